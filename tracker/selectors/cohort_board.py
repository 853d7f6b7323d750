"""An instructor's view of a cohort: students by assignments, in a fixed number of queries at any number of students."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from tracker.models import RECORD_KINDS, Assignment, Certificate, Cohort, Enrollment, Practicum
from tracker.pace import Activity, Pace, Standing, late, pace, risks
from tracker.permissions import shared_under

from .assignments import Line, lines_of

# An instructor's percentages carry no counts, so a fall is told only where it is plain to see.
FALL = 5


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that is asked of somebody in the cohort. `done` of `asked` students."""

    key: tuple
    name: str
    required: bool
    by_signoff: bool
    asked: int
    done: int


@dataclass(frozen=True, slots=True)
class Student:
    """A row of the board. `cells` are in the order of the columns, None where a student is not asked."""

    enrollment: Enrollment
    name: str
    cells: list[Line | None]
    pace: Pace
    overdue: int
    risks: list[str]
    certificate: Certificate | None

    @property
    def to_sign(self) -> int:
        return sum(line is not None and line.state.to_sign for line in self.cells)


@dataclass(frozen=True)
class Board:
    cohort: Cohort
    day: dt.date
    columns: list[Column]
    students: list[Student]
    invited: list[Enrollment] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many students each filter shows."""
        return {name: len(self.shown(name)) for name in FILTERS}

    def shown(self, which: str) -> list[Student]:
        return [student for student in self.students if FILTERS.get(which, FILTERS["all"])(student)]

    @property
    def to_sign(self) -> int:
        return sum(student.to_sign for student in self.students)


FILTERS = {
    "all": lambda student: True,
    "overdue": lambda student: student.overdue > 0,
    "risk": lambda student: bool(student.risks),
    "done": lambda student: student.enrollment.completed_on is not None,
}


def cohort_board(cohort: Cohort, day: dt.date, *, only: int | None = None) -> Board:
    """Seven queries. Only what students share with the program is in it; `only` takes one enrollment's."""
    these = Enrollment.objects.filter(cohort=cohort, left_at=None)
    assignments = Assignment.objects.current().filter(enrollment__cohort=cohort)
    if only is not None:
        these, assignments = these.filter(pk=only), assignments.filter(enrollment=only)
    enrollments = list(these.select_related("coder__user").order_by("pk"))
    here = [one for one in enrollments if one.accepted_at and one.coder_id]
    lines = lines_of(assignments, day)
    columns = _columns(line for some in lines.values() for line in some)
    certificates = {
        one.enrollment_id: one
        for one in Certificate.objects.filter(enrollment__cohort=cohort, revoked_at=None)
    }
    seen = _activity(cohort)
    order = [column.key for column in columns]
    students = []
    for one in here:
        mine = lines.get(one.pk, [])
        by_key = {line.key: line for line in mine}
        far = pace(((line.required, line.state) for line in mine), one.starts_on, one.ends_on, day)
        overdue = sum(line.required and line.overdue(day) for line in mine)
        reasons = [] if one.completed_on else _risks(one, mine, far, overdue, seen, day)
        students.append(
            Student(
                enrollment=one,
                name=str(one.coder.user),
                cells=[by_key.get(key) for key in order],
                pace=far,
                overdue=overdue,
                risks=reasons,
                certificate=certificates.get(one.pk),
            )
        )
    students.sort(key=lambda student: (student.name.lower(), student.enrollment.pk))
    return Board(cohort, day, columns, students, [one for one in enrollments if not one.accepted_at])


def _risks(one: Enrollment, mine: list[Line], far: Pace, overdue: int, seen: dict, day: dt.date) -> list[str]:
    states = [(line.required, line.state) for line in mine]
    texts = (late(line.name, line.share, line.due_on, one.starts_on, day) for line in mine if line.is_open)
    standing = Standing(
        pace=far,
        own_part=pace(states, one.starts_on, one.ends_on, day, students_part=True),
        overdue=overdue,
        hidden=sum(line.required and line.state.hidden for line in mine),
        too_late=next(filter(None, texts), ""),
        seen=seen.get(one.coder_id, Activity()),
    )
    return risks(standing, one.starts_on, day)


def _columns(lines: Iterable[Line]) -> list[Column]:
    """In the order in which the first student who is asked has them."""
    first: dict[tuple, Line] = {}
    asked, done = Counter(), Counter()
    for line in lines:
        first.setdefault(line.key, line)
        asked[line.key] += not line.state.waived
        done[line.key] += line.state.done
    return [
        Column(key, line.name, line.required, line.by_signoff, asked[key], done[key])
        for key, line in first.items()
    ]


def _activity(cohort: Cohort) -> dict[int, Activity]:
    """By coder, when something shared was last logged, and whether the accuracy that instructors tracked fell."""
    through = Q(enrollment__cohort=cohort)
    students = Enrollment.objects.open().filter(cohort=cohort).values("coder")
    first, *rest = (
        model.objects.current()
        .filter(shared_under(model, through), coder__in=students)
        .order_by()
        .values("coder_id")
        .annotate(last=Max("recorded_at"))
        .values_list("coder_id", "last")
        for model in RECORD_KINDS.values()
    )
    logged: dict[int, dt.date] = {}
    for coder, last in first.union(*rest, all=True):
        logged[coder] = max(logged.get(coder, last.date()), last.date())
    tracked = defaultdict(list)
    practicums = Practicum.objects.current().filter(
        shared_under(Practicum, through), coder__in=students, accuracy__isnull=False
    )
    for coder, accuracy in practicums.order_by("ends_on", "pk").values_list("coder_id", "accuracy"):
        tracked[coder].append(accuracy)
    return {coder: Activity(logged.get(coder), _fell(tracked[coder])) for coder in {*logged, *tracked}}


def _fell(accuracies: list) -> str:
    """The last one against the one before, in words; empty where it did not fall plainly."""
    if len(accuracies) < 2 or accuracies[-2] - accuracies[-1] < FALL:
        return ""
    return _("practicum accuracy fell from %(before)s%% to %(now)s%%") % {
        "before": f"{accuracies[-2].normalize():f}", "now": f"{accuracies[-1].normalize():f}",
    }  # fmt: skip


def queue(board: Board) -> list[tuple[Student, Line]]:
    """What waits for an instructor's word, what is due first coming first."""
    waiting = [
        (student, line)
        for student in board.students
        for line in student.cells
        if line is not None and line.state.to_sign
    ]
    return sorted(waiting, key=lambda pair: (pair[1].due_on or dt.date.max, pair[0].name))
