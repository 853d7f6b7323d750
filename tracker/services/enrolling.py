"""Who takes part in a cohort: invitations, the join link, enrolling oneself, accepting, leaving."""

import csv
import datetime as dt
import io
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker.evaluation.details import FIGURES
from tracker.models import (
    Assignment,
    AssignmentGap,
    Coder,
    Cohort,
    CohortAction,
    CohortActionKind,
    Dating,
    Enrollment,
    Share,
    Status,
)
from tracker.permissions import require_change, require_instructor
from tracker.secret_links import digest_of, new_token
from tracker.services.staleness import mark_stale

from .assigning import due_on
from .invitations import require_room
from .programs import check_text
from .sending import send_after_commit

MOST_AT_ONCE = 2000
WEEK = dt.timedelta(days=7)


@transaction.atomic
def save_cohort(cohort: Cohort, *, by) -> Cohort:
    """Store a cohort. A new one follows the newest version of its program."""
    require_instructor(by, cohort.program)
    if cohort.pk is None:
        cohort.version = cohort.program.versions.first()
    cohort.full_clean()
    cohort.save()
    return cohort


def renew_link(cohort: Cohort, *, by) -> str:
    """The token of a new join link; it is told once, and the one before it opens nothing any more."""
    require_instructor(by, cohort.program)
    token = new_token()
    Cohort.objects.filter(pk=cohort.pk).update(token_hash=digest_of(token))
    return token


def close_link(cohort: Cohort, *, by) -> None:
    require_instructor(by, cohort.program)
    Cohort.objects.filter(pk=cohort.pk).update(token_hash=None)


# --- Inviting ---


@dataclass
class Roster:
    """Who would be invited: (e-mail, name); and who would not, each with the reason."""

    invite: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)


def read_roster(text: str) -> list[tuple[int, str, str]]:
    """Rows of (line, e-mail, name) out of CSV or plain lines; the e-mail is whichever cell has an @. Pure."""
    rows = []
    for number, cells in enumerate(
        csv.reader(io.StringIO(text.removeprefix("\ufeff")), skipinitialspace=True), 1
    ):
        cells = [cell.strip() for cell in cells if cell.strip()]
        email = next((cell for cell in cells if "@" in cell), "")
        name = " ".join(cell for cell in cells if cell != email)
        if email or (cells and number > 1):  # a first line without an @ is the heading
            rows.append((number, email, name))
    return rows


def plan_invitations(cohort: Cohort, rows: Iterable[tuple[int, str, str]]) -> Roster:
    """The dry run: whom these rows would invite, and whom not and why. Nothing is written."""
    roster, seen = Roster(), set()
    current = Enrollment.objects.filter(cohort=cohort, left_at=None)
    invited = {email.lower() for email in current.values_list("invited_email", flat=True) if email}
    here = {
        email.lower()
        for email in current.filter(coder__isnull=False).values_list("coder__user__email", flat=True)
    }
    for number, email, name in rows:
        where = email or _("line %(number)s") % {"number": number}
        if reason := _refused(email, name, seen, invited, here):
            roster.skipped.append((where, reason))
        else:
            roster.invite.append((email, name))
        seen.add(email.lower())
    return roster


def _refused(email: str, name: str, seen, invited, here) -> str:
    if not email:
        return _("there is no e-mail address")
    try:
        validate_email(email)
        check_text(name=name)
    except ValidationError as error:
        return " ".join(error.messages)
    if len(name) > 120:
        return _("the name is longer than 120 characters")
    if email.lower() in here:
        return _("takes part already")
    if email.lower() in invited:
        return _("is invited already")
    return _("stands twice in the list") if email.lower() in seen else ""


@transaction.atomic
def invite(cohort: Cohort, rows: Iterable[tuple[int, str, str]], *, by, site: str = "") -> Roster:
    """Invite by e-mail, once each; a worker sends the mail, whose link leads to `site`.

    Raise ValidationError for more than can be done at once.
    """
    require_instructor(by, cohort.program)
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    roster = plan_invitations(cohort, rows)
    if len(roster.invite) > MOST_AT_ONCE:
        raise ValidationError(_("Invite at most %(most)s people at once.") % {"most": MOST_AT_ONCE})
    if not roster.invite:
        return roster
    require_room(by, len(roster.invite))
    made = Enrollment.objects.bulk_create(
        Enrollment(cohort=cohort, invited_email=email, invited_name=name, invited_by=by, site=site)
        for email, name in roster.invite
    )
    CohortAction.objects.create(
        cohort=cohort, kind=CohortActionKind.INVITE, by=by, before={"enrollments": [one.pk for one in made]},
        summary=_("Invited %(n)s, skipped %(skipped)s") % {"n": len(made), "skipped": len(roster.skipped)},
    )  # fmt: skip
    send_after_commit("tracker.mail_programs")
    return roster


# --- Taking part ---


def invitation_of(token: str) -> Enrollment | None:
    """The invitation that a mailed link opens, while it waits and has not expired."""
    found = Enrollment.objects.invited().select_related(
        "cohort__program__organization", "cohort__program__role"
    )
    return found.filter(token_hash=digest_of(token), expires_at__gt=timezone.now()).first()


def cohort_of_link(token: str, day: dt.date) -> Cohort | None:
    """The cohort that a join link opens, until the cohort is over on the day of whoever joins."""
    found = Cohort.objects.select_related("program__organization", "program__role", "version")
    return found.filter(token_hash=digest_of(token), ends_on__gte=day).first()


def open_cohorts(day: dt.date):
    """Cohorts in which anybody may enroll on a day."""
    return Cohort.objects.filter(open_to_all=True, opens_on__lte=day, ends_on__gte=day).select_related(
        "program__organization", "program__role", "version"
    )


@transaction.atomic
def take_part(
    cohort: Cohort, coder: Coder, kinds: Iterable[str], *, invitation: Enrollment | None = None, by
) -> Enrollment:
    """Enroll a coder in a cohort, sharing these kinds of record with the program. Who takes part already stays as they are.

    The coder is asked for what the cohort asks, and aims at the program's role unless they aim at one already.
    """
    require_change(by, coder)
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    present = Enrollment.objects.open().filter(cohort=cohort, coder=coder).first()
    if present:
        if invitation and invitation.pk != present.pk:
            Enrollment.objects.filter(pk=invitation.pk).update(left_at=timezone.now())
        return present
    enrollment = Enrollment(cohort=cohort)
    if invitation:
        # Read again under the lock: it may have been withdrawn, or taken by somebody else, meanwhile.
        waiting = Enrollment.objects.invited().filter(pk=invitation.pk, expires_at__gt=timezone.now())
        enrollment = waiting.select_for_update().first()
        if enrollment is None:
            raise ValidationError(_("This invitation is no longer open. Ask for a new one."))
    today = coder.today()
    enrollment.coder, enrollment.accepted_at, enrollment.token_hash = coder, timezone.now(), None
    enrollment.starts_on = max(today, cohort.starts_on)
    length = cohort.ends_on - cohort.starts_on
    enrollment.ends_on = (
        max(cohort.ends_on, enrollment.starts_on + WEEK)
        if cohort.dating == Dating.FIXED
        else enrollment.starts_on + length
    )
    enrollment.save()
    share(enrollment, kinds, by=by)
    Assignment.objects.bulk_create(
        Assignment(enrollment=enrollment, due_on=due_on(item.due_days, cohort, enrollment), **copied(item))
        for item in cohort.version.items.all()
    )
    if coder.target_role_id is None and cohort.program.role_id:
        coder.target_role = cohort.program.role
        coder.save(update_fields=["target_role"])
    mark_stale([coder.pk])
    return enrollment


def copied(item) -> dict:
    """What an assignment takes over from what the version asks."""
    names = ("milestone_id", "pinned_version_id", "activity_id", "position", "required", "by_signoff")
    return {name: getattr(item, name) for name in names}


@transaction.atomic
def share(enrollment: Enrollment, kinds: Iterable[str], *, by) -> None:
    """Share exactly these kinds with the program from now on."""
    require_change(by, enrollment.coder)
    wanted = set(kinds)
    # First the mark: an evaluation that read the old shares then stores nothing of them.
    mark_stale([enrollment.coder_id])
    open_shares = Share.objects.filter(enrollment=enrollment, revoked_at=None)
    if open_shares.exclude(kind__in=wanted).update(revoked_at=timezone.now()):
        # What was made of things that are shared no more goes at once; what is still shared is evaluated again.
        nothing = dict.fromkeys((*FIGURES, "lacking", "parts", "first_met_on")) | {
            "certainty": "",
            "contested": False,
            "fingerprint": 0,
        }
        AssignmentGap.objects.filter(assignment__enrollment=enrollment).update(
            status=Status.NO_EVIDENCE, **nothing
        )
    have = set(open_shares.values_list("kind", flat=True))
    Share.objects.bulk_create(
        Share(coder=enrollment.coder, enrollment=enrollment, kind=kind) for kind in sorted(wanted - have)
    )


@transaction.atomic
def leave(enrollment: Enrollment, *, by) -> Enrollment:
    """End an enrollment, as its student: the program sees nothing from now on, and every record stays the student's."""
    require_change(by, enrollment.coder)
    return _end(enrollment)


@transaction.atomic
def remove(enrollment: Enrollment, *, by) -> Enrollment:
    """End an enrollment or withdraw an invitation, as an instructor."""
    require_instructor(by, enrollment.cohort.program)
    return _end(enrollment)


def _end(enrollment: Enrollment) -> Enrollment:
    if enrollment.left_at is None:
        if enrollment.coder_id:
            mark_stale([enrollment.coder_id])
        enrollment.left_at, enrollment.token_hash = timezone.now(), None
        enrollment.save(update_fields=["left_at", "token_hash"])
        Share.objects.filter(enrollment=enrollment, revoked_at=None).update(revoked_at=timezone.now())
        AssignmentGap.objects.filter(assignment__enrollment=enrollment).delete()
    return enrollment
