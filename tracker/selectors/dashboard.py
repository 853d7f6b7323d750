"""Everything a coder's dashboard shows, in a fixed number of queries."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from curriculum.ladder import promotion_options
from curriculum.models import Role, SalaryDriver, Stage
from tracker.models import Coder, Status, TargetSource

from .evaluated import Evaluated, evaluated
from .gaps import GapLine, gap_board
from .records import RecordLine, recent_records
from .standing import StandingCard, standing_card
from .student_programs import StudentProgram, my_programs


@dataclass(frozen=True)
class DriverLine:
    """What the guide names as moving pay: an association, never a promise."""

    name: str
    statement: str
    status: str
    status_label: str


@dataclass(frozen=True)
class Dashboard:
    coder: Coder
    as_of: dt.date
    evaluated_at: dt.datetime | None
    is_fresh: bool
    worker_alive: bool
    computed_here: bool
    role: Role | None
    target: Role | None
    target_source: str
    fork_choices: list[Role]
    expected_stage: Stage | None
    demonstrated_stage: Stage | None
    years: float | None
    years_source: str
    readiness: int | None
    weight_met: int
    weight_asked: int
    musts_open: int
    open_gaps: list[GapLine]
    unproven_gaps: list[GapLine]
    more_gaps: list[GapLine]
    met_gaps: list[GapLine]
    na_gaps: list[GapLine]
    standing: StandingCard | None
    drivers: list[DriverLine]
    recent: list[RecordLine]
    is_past: bool
    programs: list[StudentProgram]

    @property
    def is_new(self) -> bool:
        return not self.recent


COPIED = (
    "coder", "as_of", "evaluated_at", "is_fresh", "worker_alive", "computed_here", "role", "target", "target_source",
    "expected_stage", "demonstrated_stage", "years", "years_source", "readiness", "weight_met", "weight_asked", "is_past",
)  # fmt: skip


def dashboard_for(coder: Coder, as_of: dt.date | None = None) -> Dashboard:
    state = evaluated(coder, as_of)
    board = gap_board(state)
    return Dashboard(
        **{name: getattr(state, name) for name in COPIED},
        fork_choices=_fork_choices(state),
        musts_open=board.musts_open,
        open_gaps=board.open_gaps,
        unproven_gaps=board.unproven_gaps,
        more_gaps=board.more_gaps,
        met_gaps=board.met_gaps,
        na_gaps=board.na_gaps,
        standing=standing_card(state),
        drivers=_drivers(state),
        recent=recent_records(state.coder),
        programs=[] if state.is_past else my_programs(state.coder, state.as_of, state),
    )


def _fork_choices(state: Evaluated) -> list[Role]:
    if state.target_source != TargetSource.FORK:
        return []
    return [way.to_role for way in promotion_options(state.role)]


def _drivers(state: Evaluated) -> list[DriverLine]:
    status = {gap.milestone_version.milestone_id: gap.status for gap in state.gaps}
    lines = []
    for driver in SalaryDriver.objects.exclude(milestone=None):
        done = status.get(driver.milestone_id) == Status.MET
        lines.append(
            DriverLine(
                driver.name,
                driver.statement,
                "done" if done else "open",
                _("done") if done else _("open to you"),
            )
        )
    return lines
