"""Roles side by side for one coder, and the ladder from where one stands as a picture."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from django.utils.translation import gettext as _

from curriculum.models import Milestone, Role, Transition, TransitionKind, WageArea
from curriculum.percentiles import Basis
from curriculum.wages import WageChoice, area_name, newest_release, wages_for
from tracker.evaluation.compute import STATUSES, reconsider
from tracker.models import Coder, Status
from tracker.outlook.compute import outlook
from tracker.services.evaluation import preview
from tracker.services.forecasts import when_in

from .forecasts import When, reason_words

MOST_ROLES = 3


@dataclass(frozen=True)
class Path:
    """One role: how far it is, and what its occupation earns. `when` is about the musts of which something can be said,
    of which `unsaid` are not."""

    role: Role
    readiness: int | None
    musts_open: int
    asked: int
    met: int
    when: When | None
    unsaid: list[tuple[str, str]]
    wages: WageChoice | None
    where: str

    @property
    def points(self):
        return self.wages.points(Basis.ANNUAL) if self.wages else None

    @property
    def sentence(self) -> str:
        if not self.musts_open:
            return _("Every must is met today.")
        if self.when is None:
            return _("Nothing says yet when its musts will be met.")
        return _("The others: %(when)s") % {"when": self.when.in_words} if self.unsaid else self.when.in_words


@dataclass(frozen=True)
class Shared:
    """A milestone that one role or several ask for; `asks` has "must", "should" or "" for each of them."""

    milestone: Milestone
    status: Status
    asks: list[str]

    @property
    def by_all(self) -> bool:
        return all(self.asks)


@dataclass(frozen=True)
class Comparison:
    paths: list[Path]
    rows: list[Shared]

    @property
    def shared(self) -> list[Shared]:
        return [row for row in self.rows if row.by_all]

    @property
    def extra(self) -> list[Shared]:
        return [row for row in self.rows if not row.by_all]


def compared(coder: Coder, roles: Sequence[Role]) -> Comparison:
    """Each role as the target, by the functions that judge the real one. Nothing is stored."""
    batch = preview(coder)
    area = coder.area_id or WageArea.NATION
    release = newest_release()
    choices = wages_for([(role.occupation_id, area) for role in roles], release) if release else {}
    milestones, paths, asks, status = Milestone.objects.in_bulk(), [], [], {}
    histories = None
    for role in roles:
        aimed = copy(batch.coders[0])
        aimed.target_role = role
        side = reconsider(batch, [aimed])
        columns = {column.version: column for column in side.columns}
        wanted = side.context.requirements.asked_of(role, side.profile.roles[0])
        asks.append({ask.milestone_id: "must" if ask.must else "should" for ask in wanted})
        status |= {ask.milestone_id: Status(STATUSES[columns[ask.version_id].status[0]]) for ask in wanted}
        found = outlook(side, histories=histories)
        promotion = found.promotions().get(0)
        asked = int(side.weight_asked[0])
        paths.append(
            Path(
                role=role,
                readiness=100 * int(side.weight_met[0]) // asked if asked else None,
                musts_open=promotion.musts_open if promotion else 0,
                asked=len(wanted),
                met=sum(status[ask.milestone_id] == Status.MET for ask in wanted),
                when=When(**when_in(promotion.cdf, side.as_of))
                if promotion and promotion.decided_by
                else None,
                unsaid=[
                    (milestones[m].name, reason_words(reason.name.lower()))
                    for m, reason in (promotion.unsaid.items() if promotion else ())
                ],
                wages=choices.get((role.occupation_id, area)),
                where=_where(choices.get((role.occupation_id, area))),
            )
        )
    rows = [
        Shared(milestones[m], status[m], [one.get(m, "") for one in asks])
        for m in dict.fromkeys(m for one in asks for m in one)
    ]
    done = (Status.MET, Status.WAIVED, Status.NOT_APPLICABLE)
    rows.sort(
        key=lambda row: (
            row.status in done and done.index(row.status) + 1,
            "must" not in row.asks,
            row.milestone.position,
        )
    )
    return Comparison(paths, rows)


def _where(choice: WageChoice | None) -> str:
    return area_name(choice.wage.area) if choice and choice.wage else ""


# --- The picture ---


@dataclass(frozen=True)
class Ways:
    """Where one stands (None: no role yet), what is next, sideways and beyond, and the promotions among them by key."""

    here: Role | None
    next: list[Role]
    sideways: list[Role]
    beyond: list[Role]
    promotions: list[tuple[int, int]]


def ways_from(role: Role | None, target: Role | None) -> Ways:
    """Two queries. Who has no role yet stands before the target, as key 0."""
    ways = list(
        Transition.objects.select_related("from_role", "to_role__stage").order_by(
            "-is_default", "to_role__position"
        )
    )
    up = [way for way in ways if way.kind == TransitionKind.PROMOTION]
    nexts = [way.to_role for way in up if role and way.from_role_id == role.pk]
    if target and not role:
        nexts = [target]
    asides = [
        way.to_role
        for way in ways
        if role and way.from_role_id == role.pk and way.kind != TransitionKind.PROMOTION
    ]
    next_ids = {one.pk for one in nexts}
    asides = [one for one in asides if one.pk not in next_ids]
    known = next_ids | {one.pk for one in asides} | ({role.pk} if role else set())
    leads = [way for way in up if way.from_role_id in next_ids and way.to_role_id not in known]
    beyond = {way.to_role_id: way.to_role for way in leads}
    promotions = [(role.pk if role else 0, one.pk) for one in nexts]
    return Ways(
        role,
        nexts,
        asides,
        list(beyond.values()),
        promotions + [(way.from_role_id, way.to_role_id) for way in leads],
    )
