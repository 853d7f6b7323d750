"""What to do about a team: the gap that holds most people back, who is ready, credentials that lapse, accuracy that fell."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field, replace

from django.db.models import F, Q, Sum
from django.db.models.functions import TruncMonth

from curriculum.models import Certification
from tracker.falls import BEFORE, RECENT, Fall, fall
from tracker.measures.audits import METHOD_WORDS
from tracker.measures.base import months_before
from tracker.models import Audit, AuditScore, Credential, Membership, Team
from tracker.models.records import Basis
from tracker.permissions import shared_under

from .activities import learning_by_milestone
from .team_board import DONE, LACKING, Board, Column, Row, is_unclear

SOON = dt.timedelta(days=120)
# So many open musts are few enough to name as what a promotion still waits for.
FEW = 2


@dataclass(frozen=True)
class Blocker:
    """A must and what closing it would do: whom it blocks, and whom nothing else would then hold back."""

    column: Column
    blocked: list[Row]
    alone: list[Row]
    learning: list[str] = field(default_factory=list)

    @property
    def share(self) -> int:
        return 100 * len(self.blocked) // self.column.asked if self.column.asked else 0


@dataclass(frozen=True)
class Candidate:
    row: Row
    lacking: list[Column] = field(default_factory=list)
    unclear: list[Column] = field(default_factory=list)


@dataclass(frozen=True)
class Candidates:
    """Ready: every must is met, and more than the coder's own word says so. Ready if: up to two musts are open. Unclear: none is
    known to be open, but of some nothing is known, or only the coder says so."""

    ready: list[Candidate]
    ready_if: list[Candidate]
    unclear: list[Candidate]
    on_the_way: int


def blockers(board: Board, most: int = 5) -> list[Blocker]:
    """Musts by how many they block, then by how many would be ready once they are closed."""
    open_musts = {row.member.pk: row.musts(LACKING) for row in board.rows}
    found = []
    for column in board.columns:
        blocked = [row for row in board.rows if column.version in open_musts[row.member.pk]]
        alone = [row for row in blocked if all_but(row, column.version)]
        if blocked:
            found.append(Blocker(column, blocked, alone))
    found = sorted(found, key=lambda one: (-len(one.blocked), -len(one.alone), one.column.name))[:most]
    learning = learning_by_milestone((one.column.slug for one in found), board.team.organization_id)
    return [replace(one, learning=learning.get(one.column.slug, [])) for one in found]


def all_but(row: Row, version: int) -> bool:
    """Whether every other must is done."""
    return all(cell.status in DONE for v, cell in row.cells.items() if cell.must and v != version)


def candidates(board: Board) -> Candidates:
    """Who aims at a role, by how near. Nobody is ranked: each list goes by name."""
    columns = {column.version: column for column in board.columns}
    ready, ready_if, unclear, others = [], [], [], 0
    for row in board.rows:
        musts = {version: cell for version, cell in row.cells.items() if cell.must}
        lacking = [columns[version] for version, cell in musts.items() if cell.status in LACKING]
        vague = [columns[version] for version, cell in musts.items() if is_unclear(cell)]
        if not musts or not row.target:
            others += 1
        elif not lacking:
            (unclear if vague else ready).append(Candidate(row, [], vague))
        elif len(lacking) <= FEW:
            ready_if.append(Candidate(row, lacking, vague))
        else:
            others += 1
    return Candidates(ready, ready_if, unclear, others)


@dataclass(frozen=True)
class Lapse:
    """A member's credential that runs out, and what is left of it in the team then. `needed` is None where nobody said."""

    member: Membership
    certification: Certification
    expires_on: dt.date
    days: int
    held: int
    left: int
    needed: int | None

    @property
    def short(self) -> bool:
        return self.needed is not None and self.left < self.needed


@dataclass(frozen=True)
class Coverage:
    certification: Certification
    held: int
    needed: int | None

    @property
    def short(self) -> bool:
        return self.needed is not None and self.held < self.needed


def lapses(team: Team, members: dict[int, Membership], day: dt.date) -> tuple[list[Lapse], list[Coverage]]:
    """Shared credentials that run out within four months, and how many hold what. Two queries.

    Who holds a credential twice holds it until the later day.
    """
    shared = Credential.objects.counted().filter(
        shared_under(Credential, Q(membership__team=team)), coder__in=members, earned_on__lte=day
    )
    until: dict[int, dict[int, dt.date]] = defaultdict(dict)
    names: dict[int, Certification] = {}
    for credential in shared.select_related("certification"):
        last = credential.expires_on or dt.date.max
        names[credential.certification_id] = credential.certification
        holders = until[credential.certification_id]
        if last >= day and last > holders.get(credential.coder_id, dt.date.min):
            holders[credential.coder_id] = last
    needs = {need.certification_id: need for need in team.coverage_needs.select_related("certification")}
    names |= {pk: need.certification for pk, need in needs.items()}
    running_out = []
    for pk, holders in until.items():
        needed = needs[pk].people if pk in needs else None
        for coder, last in holders.items():
            if last <= day + SOON:
                # Whoever runs out on the same day or before is gone by then, too.
                left = sum(other > last for other in holders.values())
                running_out.append(
                    Lapse(members[coder], names[pk], last, (last - day).days, len(holders), left, needed)
                )
    held = [
        Coverage(names[pk], len(until.get(pk, ())), needs[pk].people if pk in needs else None) for pk in names
    ]
    running_out.sort(key=lambda lapse: (lapse.expires_on, str(lapse.member)))
    return running_out, sorted(held, key=lambda row: (row.needed is None, row.certification.code))


@dataclass(frozen=True)
class Fallen:
    member: Membership
    method: str
    fall: Fall

    @property
    def method_words(self) -> str:
        return METHOD_WORDS[self.method]


def falls(team: Team, members: dict[int, Membership], method: str, day: dt.date) -> list[Fallen]:
    """Members whose accuracy really fell, by the team's method or else the one that most was counted by. One query.

    Whole months before this one: so it is looked at once a month, whenever the page is opened.
    """
    month = day.replace(day=1)
    scores = AuditScore.objects.filter(
        shared_under(Audit, Q(membership__team=team), record="audit"),
        audit__coder__in=members,
        audit__removed_at=None,
        audit__counted=True,
        audit__audited_on__lt=month,
        audit__audited_on__gte=months_before(month, 2 * (RECENT + BEFORE)),
        reviewed__isnull=False,
        method__in=[method] if method else list(METHOD_WORDS),
    ).exclude(audit__basis=Basis.TARGETED)
    months = (
        scores.annotate(month=TruncMonth("audit__audited_on"), coder=F("audit__coder"))
        .values("coder", "method", "month")
        .order_by("month")
        .annotate(right=Sum("correct"), looked=Sum("reviewed"))
    )
    series: dict[int, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for row in months:
        series[row["coder"]][row["method"]].append((row["right"], row["looked"]))
    found = []
    for coder, by_method in series.items():
        used = max(by_method, key=lambda name: (sum(looked for _, looked in by_method[name]), name))
        if verdict := fall(by_method[used]):
            found.append(Fallen(members[coder], used, verdict))
    return sorted(found, key=lambda one: str(one.member.coder.user).lower())
