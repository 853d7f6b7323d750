"""The team page: people by milestones, as the team's standard asks and as far as each shares. Rows are ready to print."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from curriculum.conditions import Leaf, Node, in_words
from curriculum.models import MUST_WEIGHT, MilestoneVersion, Role
from tracker import wording
from tracker.evaluation.standards import TeamStandard, rule_under
from tracker.models import Certainty, MemberGap, Membership, StandardVersion, Status, Team

# From what needs work to what needs none; what is unknown stands between, and is not the same as not met.
ORDER = {
    status: place
    for place, status in enumerate(
        (Status.LAPSED, Status.OPEN, Status.CLOSE, Status.NO_EVIDENCE, Status.MET, Status.WAIVED, Status.NOT_APPLICABLE)
    )
}  # fmt: skip
NOT_ASKED = len(ORDER)
LACKING = frozenset({Status.LAPSED, Status.OPEN, Status.CLOSE})
DONE = frozenset({Status.MET, Status.WAIVED, Status.NOT_APPLICABLE})


def status_words() -> dict[str, str]:
    """A status as one word of a cell."""
    return {
        Status.MET: _("Met"),
        Status.CLOSE: _("Close"),
        Status.OPEN: _("Not met"),
        Status.NO_EVIDENCE: _("Unknown"),
        Status.LAPSED: _("Lapsed"),
        Status.WAIVED: _("Waived"),
        Status.NOT_APPLICABLE: _("Not needed"),
    }


class Cell(NamedTuple):
    """One member and one milestone, of which a page has thousands. `number` is the value in the measure's unit; empty `status` is not asked."""

    status: str = ""
    word: str = ""
    value: str = ""
    number: float | None = None
    href: str = ""
    certainty: str = ""
    must: bool = False
    contested: bool = False

    @property
    def order(self) -> int:
        return ORDER[self.status] if self.status else NOT_ASKED


EMPTY = Cell()


@dataclass(slots=True)
class Column:
    """A milestone that somebody in the team is asked for; `lacking` of `asked` have not met it, of `unknown` nothing is known."""

    version: int
    slug: str
    name: str
    in_words: str
    target: str
    must: bool = False
    asked: int = 0
    lacking: int = 0
    unknown: int = 0


@dataclass(slots=True)
class Row:
    member: Membership
    name: str
    href: str
    title: str
    role: str
    target: str
    readiness: int | None
    is_fresh: bool
    cells: dict[int, Cell] = field(default_factory=dict)

    def musts(self, statuses) -> list[int]:
        """Versions of the musts that stand at one of the statuses."""
        return [version for version, cell in self.cells.items() if cell.must and cell.status in statuses]


@dataclass
class Board:
    team: Team
    standard: TeamStandard
    columns: list[Column]
    rows: list[Row]

    @property
    def stale(self) -> int:
        return sum(not row.is_fresh for row in self.rows)


def standard_for(team: Team, day) -> TeamStandard:
    """What of the standard in force changes rules, in one query."""
    version = StandardVersion.objects.filter(standard=team.standard_id, valid_from__lte=day).first()
    if version is None:
        return TeamStandard(team.standard_id)
    return TeamStandard(team.standard_id, version.no, version.accuracy_method, version.accuracy_target)


# All that a row says: what nobody reads would take as long as the rest.
_SHOWN = (
    "team_id", "coder_id", "job_title", "coder__user_id", "coder__user__full_name", "coder__user__email",
    "coder__staleness__seq", "coder__staleness__done_seq", "evaluation__role_id", "evaluation__target_id",
    "evaluation__weight_met", "evaluation__weight_asked",
)  # fmt: skip


def team_board(team: Team, day) -> Board:
    """Every member of a team against everything that is asked of them: five queries for any number of either."""
    standard = standard_for(team, day)
    related = ("coder__user", "coder__staleness", "evaluation")
    members = Membership.objects.open().filter(team=team).select_related(*related).only(*_SHOWN)
    roles = dict(Role.objects.values_list("pk", "name"))
    base = reverse("tracker:team", args=[team.pk])
    rows = {member.pk: _row(member, f"{base}members/{member.pk}/", roles) for member in members}
    gaps = list(
        MemberGap.objects.filter(membership__in=list(rows)).values_list(
            "membership_id", "milestone_version_id", "status", "certainty", "value", "numerator", "denominator",
            "weight", "contested",
        )
    )  # fmt: skip
    versions = MilestoneVersion.objects.select_related("milestone").in_bulk({gap[1] for gap in gaps})
    needs = {pk: rule_under(version.rule, standard).needs for pk, version in versions.items()}
    columns = {pk: _column(versions[pk], node) for pk, node in needs.items()}
    words = status_words()
    text_of = lru_cache(maxsize=None)(
        lambda version, *figures: value_text(needs[version], *figures)
    )  # many have the same
    for member_id, version, status, certainty, value, numerator, denominator, weight, contested in gaps:
        row, column = rows[member_id], columns[version]
        must = weight >= MUST_WEIGHT
        text = text_of(version, value, numerator, denominator) if certainty else ""
        number, href = value if certainty else None, f"{row.href}{column.slug}/"
        row.cells[version] = Cell(status, words[status], text, number, href, certainty, must, contested)
        column.must |= must
        column.asked += status != Status.NOT_APPLICABLE
        column.lacking += status in LACKING
        column.unknown += status == Status.NO_EVIDENCE
    ordered = sorted(columns.values(), key=lambda c: (not c.must, -c.lacking, -c.unknown, c.name))
    return Board(team, standard, ordered, sorted(rows.values(), key=lambda row: row.name.lower()))


def _row(member: Membership, href: str, roles: Mapping[int, str]) -> Row:
    evaluation = getattr(member, "evaluation", None)
    asked = evaluation.weight_asked if evaluation else 0
    return Row(
        member=member,
        name=str(member.coder.user),
        href=href,
        title=member.job_title,
        role=roles.get(evaluation.role_id, "") if evaluation else "",
        target=roles.get(evaluation.target_id, "") if evaluation else "",
        readiness=100 * evaluation.weight_met // asked if asked else None,
        is_fresh=evaluation is not None and not member.coder.staleness.is_stale,
    )


def _column(version: MilestoneVersion, needs: Node) -> Column:
    leaf = needs if isinstance(needs, Leaf) else None
    return Column(
        version=version.pk,
        slug=version.milestone.slug,
        name=version.milestone.name,
        in_words=of_others(wording.sentence(in_words(needs))),
        target=wording.target(leaf) if leaf else "",
    )


def value_text(needs: Node, value: float | None, numerator, denominator) -> str:
    """The value of a gap as the page shows it: the measure's, or how many of the parts are met."""
    if isinstance(needs, Leaf):
        return wording.amount(needs, value)
    return wording.counts(numerator, denominator)


def of_others(text: str) -> str:
    """A condition, which speaks to the coder, as said of somebody else."""
    return (
        text.replace("your confirmed target", "the team’s target")
        .replace("what you logged yourself", "what they logged themselves")
        .replace("your", "their")
        .replace("Your", "Their")
    )


def is_unclear(cell: Cell) -> bool:
    """Whether what is known does not carry a verdict: nothing to go on, too little, or nobody's word but the coder's."""
    return cell.status == Status.NO_EVIDENCE or (
        cell.status == Status.MET and cell.certainty in (Certainty.THIN, Certainty.REPORTED)
    )


SORTS: Mapping[str, str] = {"name": "name", "readiness": "readiness", "role": "role", "target": "target"}


def chosen_columns(board: Board, show: str) -> list[Column]:
    """All milestones, or those that somebody must meet."""
    return board.columns if show == "all" else [column for column in board.columns if column.must]


def chosen_rows(
    board: Board, *, name: str = "", role: str = "", lacks: str = "", sort: str = "name", down: bool = False
):
    """Rows that a name, a role and a milestone leave, in order. Ties go by name; what is not known comes last."""
    version = {column.slug: column.version for column in board.columns}
    rows = [
        row
        for row in board.rows
        if name.lower() in row.name.lower()
        and (not role or row.role == role)
        and (lacks not in version or row.cells.get(version[lacks], EMPTY).status in LACKING)
    ]
    if sort in version:
        rows.sort(key=lambda row: row.cells.get(version[sort], EMPTY).order, reverse=down)
    elif sort == "readiness":
        known = [row for row in rows if row.readiness is not None]
        rows = sorted(known, key=lambda row: row.readiness, reverse=down) + [
            row for row in rows if row.readiness is None
        ]
    elif sort in SORTS:
        rows.sort(key=lambda row: str(getattr(row, sort)).lower(), reverse=down)
    return rows
