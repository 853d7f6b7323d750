"""Gaps as lines of a page or of the API: in the order in which they block, each with what to do about it."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from curriculum.conditions import Group, Leaf, Node, in_words, leaves
from curriculum.models import Requirement, Role
from tracker import wording
from tracker.advice import Figures, advise
from tracker.evaluation.requirements import Ask, Requirements
from tracker.measures import get_measure
from tracker.models import Certainty, Coder, Gap, Status
from tracker.sureness import Sureness, sureness

from .activities import activities_for
from .evaluated import Evaluated, evaluated
from .exams import with_exams

STATUS_ORDER = [Status.LAPSED, Status.CLOSE, Status.OPEN, Status.NO_EVIDENCE]


def certainty_help(certainty: str) -> str:
    return {
        Certainty.NONE: "",
        Certainty.THIN: _("There is too little evidence yet to say."),
        Certainty.REPORTED: _("It rests on what you logged yourself, or on percentages without counts."),
        Certainty.SUPPORTED: _("Imported or verified counts say the same."),
        Certainty.PROVEN: _("Imported or verified evidence shows it with at least 95% confidence."),
    }[certainty]


@dataclass(frozen=True)
class PartLine:
    in_words: str
    status: str
    status_label: str
    value: str
    target: str
    interval: str
    sample: str
    sureness: Sureness | None
    contested: bool


@dataclass(frozen=True)
class GapLine:
    slug: str
    name: str
    summary: str
    in_words: str
    status: str
    status_label: str
    certainty: str
    certainty_label: str
    certainty_help: str
    value: str
    target: str
    interval: str
    sample: str
    askers: list[str]
    must: bool
    weight: int
    asked: bool  # by the target: it counts for readiness
    status_since: dt.date | None
    first_met_on: dt.date | None
    advice: str
    record_kind: str | None
    learning: list[tuple[str, str]]
    parts: list[PartLine]
    sureness: Sureness | None
    contested: bool
    gap: Gap = field(repr=False)

    @property
    def learning_names(self) -> list[str]:
        return [name for _slug, name in self.learning]

    @property
    def is_held(self) -> bool:
        """Met now, which is another fact than met once."""
        return self.status == Status.MET


@dataclass(frozen=True)
class GapBoard:
    """Gaps by what they mean for the target: `open_gaps` block it, `more_gaps` are worth doing besides.

    `unproven_gaps` are met, but rest on a sample that leaves room for doubt.
    """

    open_gaps: list[GapLine]
    unproven_gaps: list[GapLine]
    more_gaps: list[GapLine]
    met_gaps: list[GapLine]
    na_gaps: list[GapLine]
    musts_open: int
    by_milestone: dict[int, GapLine] = field(repr=False)

    @property
    def every(self) -> list[GapLine]:
        return [*self.open_gaps, *self.unproven_gaps, *self.more_gaps, *self.met_gaps, *self.na_gaps]


def gap_board(state: Evaluated) -> GapBoard:
    """All gaps that the target and its stages ask for, in a fixed number of queries."""
    rows = _requirements(state.target)
    stages = {row.stage_id: row.stage for row in rows if row.stage_id}
    # A stage of which nothing is asked is still a place on the way.
    stages |= {role.stage_id: role.stage for role in (state.role, state.target) if role}
    requirements = Requirements(rows, stages.values())
    asked = {a.milestone_id: a for a in requirements.asked_of(state.target, state.role)} if stages else {}
    besides = requirements.stage_asks_on_the_way(state.target, state.role) if stages else []
    lines = with_exams(state, _lines(state.coder, _newest(state.gaps), rows, asked, besides))
    lists: dict[str, list[GapLine]] = defaultdict(list)
    for milestone_id, line in lines.items():
        lists[_where(line, milestone_id in asked)].append(line)
    order = [stage.name for stage in requirements.stages]
    for some in lists.values():
        some.sort(key=lambda line: _blocking(line, order))
    return GapBoard(
        open_gaps=lists["open"],
        unproven_gaps=lists["unproven"],
        more_gaps=lists["more"],
        met_gaps=lists["met"],
        na_gaps=lists["na"],
        musts_open=sum(line.must for line in lists["open"]),
        by_milestone=lines,
    )


def gap_lines(coder: Coder) -> list[GapLine]:
    """Every gap of a coder, what blocks the target first."""
    return gap_board(evaluated(coder)).every


def find_line(state: Evaluated, slug: str) -> GapLine | None:
    """The gap as the dashboard has it; or, where the target does not ask for it, as whoever does."""
    for line in gap_board(state).every:
        if line.slug == slug:
            return line
    for found in state.gaps:
        if found.milestone_version.milestone.slug == slug:
            rows = Requirement.objects.filter(milestone__slug=slug).select_related("stage", "role")
            return gap_line(found, None, [row.asker.name for row in rows], [])
    return None


def _requirements(target: Role | None) -> list[Requirement]:
    rows = Requirement.objects.select_related("stage", "role", "milestone")
    return [row for row in rows if row.stage_id or (target and row.role_id == target.pk)]


def _newest(gaps: list[Gap]) -> dict[int, Gap]:
    newest: dict[int, Gap] = {}
    for gap in sorted(gaps, key=lambda gap: gap.milestone_version.no):
        newest[gap.milestone_version.milestone_id] = gap
    return newest


def _lines(
    coder: Coder, newest: dict[int, Gap], rows, asked: dict[int, Ask], besides: list[Ask]
) -> dict[int, GapLine]:
    wanted = {**{ask.milestone_id: ask for ask in besides}, **asked}
    askers, learning = defaultdict(list), defaultdict(list)
    for row in sorted(
        rows, key=lambda row: (row.role_id is None, row.stage.years_from if row.stage_id else 0)
    ):
        askers[row.milestone_id].append(row.asker.name)
    activities = activities_for(coder).filter(milestones__in=wanted).values_list("milestones", "slug", "name")
    for milestone_id, slug, name in activities.order_by("position", "name"):
        learning[milestone_id].append((slug, name))
    return {
        milestone_id: gap_line(
            newest[milestone_id],
            ask,
            askers[milestone_id],
            learning[milestone_id],
            asked=milestone_id in asked,
        )
        for milestone_id, ask in wanted.items()
        if milestone_id in newest
    }


def gap_line(
    gap: Gap, ask: Ask | None, askers: list[str], learning: list[tuple[str, str]], *, asked: bool = False
) -> GapLine:
    milestone, needs = gap.milestone_version.milestone, gap.milestone_version.rule.needs
    leaf = needs if isinstance(needs, Leaf) else None
    return GapLine(
        slug=milestone.slug,
        name=milestone.name,
        summary=milestone.summary,
        in_words=wording.sentence(in_words(needs)),
        status=gap.status,
        status_label=_status_label(gap),
        certainty=gap.certainty,
        certainty_label=gap.get_certainty_display() if gap.certainty else "",
        certainty_help=certainty_help(gap.certainty),
        value=wording.amount(leaf, gap.value) if leaf else wording.counts(gap.numerator, gap.denominator),
        target=wording.target(leaf) if leaf else "",
        interval=wording.interval(gap.lower, gap.upper),
        sample=_sample(leaf, gap),
        askers=askers,
        must=bool(ask and ask.must),
        weight=ask.weight if ask else 0,
        asked=asked,
        status_since=gap.status_since,
        first_met_on=gap.first_met_on,
        advice=advise(needs, Figures.of(gap), gap.certainty),
        record_kind=next(
            (kind for kind in (get_measure(x.measure).kind for x in leaves(needs)) if kind), None
        ),
        learning=learning,
        parts=_parts(needs, gap.parts or []),
        sureness=sureness(leaf, gap) if leaf else None,
        contested=gap.contested,
        gap=gap,
    )


def _status_label(gap: Gap) -> str:
    if gap.status == Status.NO_EVIDENCE and gap.certainty == Certainty.THIN:
        return _("not enough evidence")
    return gap.get_status_display()


def _sample(leaf: Leaf | None, gap: Gap) -> str:
    """The counts behind a percentage, or the size of what was looked at."""
    if leaf is None:
        return ""
    if gap.denominator is not None:
        return wording.counts(gap.numerator, gap.denominator)
    unit = next(iter(leaf.minimum), None)
    if gap.sample is None or unit is None:
        return ""
    return wording.units(gap.sample, get_measure(leaf.measure).unit_words(unit, leaf.params))


def _parts(node: Node, parts: list[dict]) -> list[PartLine]:
    if not isinstance(node, Group):
        return []
    lines = []
    for child, part in zip(node.of, parts, strict=False):
        if isinstance(child, Group):
            lines += _parts(child, part.get("parts") or [])
            continue
        status = Status(part["status"])
        lines.append(
            PartLine(
                in_words=wording.sentence(in_words(child)),
                status=status.value,
                status_label=status.label,
                value=wording.amount(child, part.get("value")),
                target=wording.target(child),
                interval=wording.interval(part.get("lower"), part.get("upper")),
                sample=wording.counts(part.get("numerator"), part.get("denominator")),
                sureness=sureness(child, Figures.of(part)),
                contested=part.get("contested", False),
            )
        )
    return lines


def _where(line: GapLine, asked: bool) -> str:
    if line.status == Status.MET:
        return "unproven" if line.must and line.interval and line.certainty != Certainty.PROVEN else "met"
    if line.status in (Status.NOT_APPLICABLE, Status.WAIVED):
        return "na"
    return "open" if asked else "more"


def _blocking(line: GapLine, stage_order: list[str]) -> tuple:
    """Musts first; among them what an earlier stage asks, then what weighs more, then what has lapsed or is close."""
    stage = min((stage_order.index(a) for a in line.askers if a in stage_order), default=len(stage_order))
    status = STATUS_ORDER.index(line.status) if line.status in STATUS_ORDER else len(STATUS_ORDER)
    return not line.must, stage, -line.weight, status, line.name
