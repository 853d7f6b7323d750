"""A roster on its way in: it invites people to a team and does nothing else. Nobody is invited twice, and who left is not by a file."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker.imports.kinds import KINDS
from tracker.models import ImportBatch, ImportChange, ImportState, Membership, Team
from tracker.services.invitations import require_room
from tracker.services.sending import send_after_commit

from .planning import ERROR, NEW, SAME, STEP, WARNING, WITHDRAWN, Plan, lines_of
from .preview import pages, problem_lines
from .storing import ChangedSinceError, drop_staged

INVITATION = "invitation"  # the kind of what an import changed
MEMBER, INVITED, LEFT, TWICE = "member", "invited", "left", "twice"
OUTCOMES = {MEMBER: SAME, INVITED: SAME, TWICE: SAME, LEFT: WITHDRAWN, "": NEW}


@dataclass(slots=True)
class Invitee:
    """A row of the roster, and why nobody is invited by it, where that is so."""

    row: int
    email: str
    name: str
    job_title: str
    why: str

    @property
    def outcome(self) -> str:
        return OUTCOMES[self.why]

    def digest(self) -> tuple:
        return self.email, self.name, self.job_title, self.why


def make_plan(batch: ImportBatch, alive: Callable[[int], None] = lambda percent: None) -> Plan:
    """Who would be invited, and who not."""
    plan, kind = Plan(), KINDS[batch.source.kind]
    known, seen = standing(batch.source.team), set()
    for n, line in enumerate(lines_of(batch, plan.notes)):
        if n % STEP == 0:
            alive(5 + 90 * n // max(batch.rows, 1))
        entries = list(kind.interpret(line, line.settings))
        plan.notes += line.notes
        plan.counts[ERROR] += line.is_wrong
        for entry in entries:
            email = entry.values["email"]
            why = TWICE if email in seen else known.get(email, "")
            plan.items.append(Invitee(line.number, why=why, **entry.values))
            seen.add(email)
    plan.counts.update(item.outcome for item in plan.items)
    plan.counts[WARNING] = sum(not note.is_error for note in plan.notes)
    return plan


def standing(team: Team) -> dict[str, str]:
    """How people stand to the team, by e-mail address in lower case: member, invited, or left. Whose invitation ended is free."""
    found: dict[str, str] = {}
    rows = team.memberships.filter(Q(accepted_at__isnull=False) | Q(left_at=None))
    now = timezone.now()
    for invited, email, accepted, left, expires in rows.values_list(
        "invited_email", "coder__user__email", "accepted_at", "left_at", "expires_at"
    ):
        state = MEMBER if accepted and not left else LEFT if accepted else INVITED if expires > now else ""
        for address in filter(None, {(invited or "").lower(), (email or "").lower()}):
            found[address] = min(found.get(address, state), state, key=(MEMBER, INVITED, LEFT, "").index)
    return found


def pages_of(batch: ImportBatch, plan: Plan) -> list[tuple]:
    """Rows for ImportPage."""
    because = {
        MEMBER: _("is on the team already"), INVITED: _("is invited already"), TWICE: _("stands above already"),
        LEFT: _("was on the team and left"),
    }  # fmt: skip
    lines: dict[str, list] = {}
    for item in plan.items:
        text = ", ".join(filter(None, (item.name, item.job_title)))
        line = {"rows": [item.row], "more": 0, "who": item.email, "when": "", "text": text}
        if item.why:
            line["because"] = because[item.why]
        lines.setdefault(item.outcome, []).append(line)
    return pages(batch, lines | problem_lines(plan))


def store(batch: ImportBatch, plan: Plan) -> None:
    """Invite in the current transaction. Raise ChangedSinceError where somebody was invited or joined meanwhile."""
    team = Team.objects.select_for_update().get(pk=batch.source.team_id)
    new = [item for item in plan.items if item.outcome == NEW]
    known = standing(team)
    if any(known.get(item.email) for item in new):
        raise ChangedSinceError
    require_room(batch.by, len(new))
    rows = Membership.objects.bulk_create(
        Membership(
            team=team, invited_email=item.email, invited_name=item.name, job_title=item.job_title,
            invited_by=batch.by, site=batch.site,
        )
        for item in new
    )  # fmt: skip
    ImportChange.objects.bulk_create(
        ImportChange(batch=batch, kind=INVITATION, record_id=row.pk) for row in rows
    )
    for row in rows:
        send_after_commit("tracker.mail_invitation", "member", row.pk)
    batch.state, batch.committed_at, batch.counts = ImportState.DONE, timezone.now(), dict(plan.counts)
    batch.save(update_fields=["state", "committed_at", "counts"])
    drop_staged(batch)


def undo(batch: ImportBatch) -> None:
    """Withdraw what nobody has answered. Who has accepted stays, and is listed."""
    invited = Membership.objects.filter(
        pk__in=batch.changes.filter(kind=INVITATION).values("record_id"), team=batch.source.team_id
    )
    batch.undone_at = timezone.now()
    waiting = invited.filter(accepted_at=None, left_at=None)
    withdrawn = waiting.update(left_at=batch.undone_at, token_hash=None)
    accepted = invited.filter(accepted_at__isnull=False)
    joined = accepted.open().order_by("pk")
    batch.state = ImportState.UNDONE
    batch.counts = {**batch.counts, "undone": withdrawn, "left": accepted.count()}
    batch.report = list(joined.values_list("pk", flat=True))
    batch.save(update_fields=["state", "undone_at", "counts", "report"])


def left_of(batch: ImportBatch) -> list[tuple[str, str, str]]:
    """Who had accepted when it was undone, and is on the team still."""
    stayed = Membership.objects.open().filter(pk__in=batch.report, team=batch.source.team_id).order_by("pk")
    return [
        (str(row.coder), row.joined_on.isoformat(), _("has accepted"))
        for row in stayed.select_related("coder__user")
    ]
