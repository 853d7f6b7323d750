"""How the figures over all gaps came about: readiness, the stage that was shown, years, and where pay stands."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from curriculum.models import Requirement, Role, Stage, WageArea
from curriculum.percentiles import Basis, Kind, ordinal, words
from curriculum.wages import wages_for
from tracker.evaluation.reading import readings_of
from tracker.evaluation.requirements import Requirements
from tracker.explain.steps import Step
from tracker.measures.career import years_workings
from tracker.models import Coder, Gap, Status

from .evaluated import Evaluated
from .gaps import GapLine, gap_board
from .standing import dollars


@dataclass(frozen=True)
class Weighed:
    """One milestone in the sum: its weight, whether it counts, and whether it is met."""

    line: GapLine
    is_asked: bool
    weight_met: int


@dataclass(frozen=True)
class ReadinessExplained:
    target: Role | None
    rows: list[Weighed]
    weight_met: int
    weight_asked: int
    steps: list[Step]


def explain_readiness(state: Evaluated) -> ReadinessExplained:
    lines = [line for line in gap_board(state).by_milestone.values() if line.asked]
    rows = []
    for line in sorted(lines, key=lambda line: (line.status == Status.MET, -line.weight, line.name)):
        is_asked = line.status not in (Status.WAIVED, Status.NOT_APPLICABLE)
        rows.append(Weighed(line, is_asked, line.weight if line.status == Status.MET else 0))
    met = sum(row.weight_met for row in rows)
    asked = sum(row.line.weight for row in rows if row.is_asked)
    return ReadinessExplained(state.target, rows, met, asked, readiness_steps(met, asked) if asked else [])


def readiness_steps(met: int, asked: int) -> list[Step]:
    """From the two weights to what is shown."""
    share = 100 * Fraction(met, asked)
    return [
        Step(
            _("Weight of what is met over the weight of what is asked"),
            f"{met} ÷ {asked}",
            f"{int(100 * share) / 100:.2f}%",
            _("What is waived or does not apply is left out of both."),
        ),
        Step(_("Shown as"), "", f"{int(share)}%", _("Rounded down: 100% only where everything is met.")),
    ]


@dataclass(frozen=True)
class MustShown:
    name: str
    slug: str
    first_met_on: dt.date | None
    status: str
    status_label: str
    is_shown: bool


@dataclass(frozen=True)
class StageExplained:
    stage: Stage
    musts: list[MustShown]
    is_shown: bool


def explain_stage(state: Evaluated) -> list[StageExplained]:
    """The musts of each stage, each met once or not. A stage counts as shown with all of its own and all before it."""
    rows = Requirement.objects.filter(role=None).select_related("stage", "milestone")
    requirements = Requirements([row for row in rows if row.stage_id], Stage.objects.all())
    gaps = defaultdict(list)
    for gap in sorted(state.gaps, key=lambda gap: gap.milestone_version.no):
        gaps[gap.milestone_version.milestone_id].append(gap)
    still, stages = True, []
    for stage in requirements.stages:
        asks = [ask for ask in requirements.by_stage.get(stage.pk, []) if ask.must and gaps[ask.milestone_id]]
        musts = [_must(gaps[ask.milestone_id]) for ask in asks]
        still = still and all(must.is_shown for must in musts)
        stages.append(StageExplained(stage, musts, still))
    return stages


def _must(gaps: list[Gap]) -> MustShown:
    """A milestone by the gaps of its versions, the newest last: met once is met once, by whichever version."""
    newest = gaps[-1]
    first = min((gap.first_met_on for gap in gaps if gap.first_met_on), default=None)
    spared = newest.status in (Status.WAIVED, Status.NOT_APPLICABLE)
    milestone = newest.milestone_version.milestone
    return MustShown(
        milestone.name,
        milestone.slug,
        first,
        newest.status,
        newest.get_status_display(),
        spared or first is not None,
    )


def explain_years(coder: Coder, as_of: dt.date) -> list[Step]:
    """The positions that the years are the sum of, or that they were stated."""
    coder = Coder.objects.select_related("user", "track").get(pk=coder.pk)
    data = readings_of((), [coder], as_of).data
    return [Step(working.what, working.how, working.result) for working in years_workings(data, 0)]


def explain_standing(state: Evaluated) -> list[Step]:
    """Where the pay falls between two published percentiles; nothing where no pay is logged or no wages are known."""
    standing = state.standing
    if standing is None:
        return []
    asked = state.coder.area_id or WageArea.NATION
    choice = wages_for([(standing.occupation_id, asked)], standing.release)[standing.occupation_id, asked]
    points = choice.points(Basis.ANNUAL)
    if points is None:
        return []
    rank = choice.rank(standing.annual, Basis.ANNUAL)
    steps = [
        Step(_("Your pay, for a year"), "", dollars(standing.annual), _("In force on the day; hourly pay times 2,080 hours.")),
        Step(
            _("Compared with"),
            f"{standing.occupation}; {choice.wage.area}; {standing.release}",
            "",
            " ".join(filter(None, [choice.sentence, standing.release.source])),
        ),
    ]  # fmt: skip
    if rank.kind == Kind.INTERPOLATED and points.basis == Basis.ANNUAL:
        low, high = rank.between
        at_low, at_high = points.at(low), points.at(high)
        steps.append(
            Step(
                _("On a straight line between the %(low)s and the %(high)s percentile")
                % {"low": ordinal(low), "high": ordinal(high)},
                f"{low} + {high - low} × ({dollars(standing.annual)} − {dollars(at_low)}) ÷ ({dollars(at_high)} − {dollars(at_low)})",
                f"{float(rank.percentile):.2f}",
                _("Between published points nothing better is known; beyond them no rank is claimed."),
            )
        )
    steps.append(Step(_("Shown as"), "", words(rank), _("A rank is said in whole percentiles.")))
    return steps
