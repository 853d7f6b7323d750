"""A student's own programs: what is asked by when, how far that is, what to do next."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from tracker.models import Assignment, Certificate, Coder, Enrollment, Gap, Share
from tracker.pace import Pace, pace

from .assignments import Line, lines_of
from .records import JoinedLines

SHOWN = 3


@dataclass(frozen=True)
class StudentProgram:
    """One enrollment, with its lines in the order in which they are due."""

    enrollment: Enrollment
    lines: list[Line]
    pace: Pace
    day: dt.date

    @property
    def program(self):
        return self.enrollment.cohort.program

    @property
    def open_lines(self) -> list[Line]:
        """What is left, the most pressing first: by date, what is required before what is not."""
        left = [line for line in self.lines if line.is_open]
        return sorted(left, key=lambda line: (line.due_on or dt.date.max, not line.required))

    @property
    def done_lines(self) -> list[Line]:
        return [line for line in self.lines if not line.is_open]

    @property
    def next_lines(self) -> list[Line]:
        return self.open_lines[:SHOWN]

    @property
    def rest(self) -> int:
        return max(0, len(self.open_lines) - SHOWN)

    @property
    def overdue(self) -> int:
        return sum(line.required and line.overdue(self.day) for line in self.lines)


def _kinds_as_text():
    """The kinds of record that are shared with the program now, a line each."""
    shares = Share.objects.filter(enrollment=OuterRef("pk"), revoked_at=None).order_by().values("enrollment")
    return Subquery(shares.annotate(joined=JoinedLines("kind")).values("joined"))


def my_programs(coder: Coder, day: dt.date, gaps: Iterable[Gap] | None = None) -> list[StudentProgram]:
    """The programs a coder takes part in. One query where there is none; with the coder's `gaps` given, two."""
    enrollments = list(
        Enrollment.objects.open()
        .filter(coder=coder)
        .select_related("cohort__program__organization", "cohort__program__role")
        .annotate(kinds=_kinds_as_text())
        .order_by("completed_on", "ends_on")
    )
    if not enrollments:
        return []
    assignments = Assignment.objects.current().filter(enrollment__in=[one.pk for one in enrollments])
    shared = {one.pk: set((one.kinds or "").splitlines()) for one in enrollments}
    lines = lines_of(assignments, day, gaps, shared)
    return [
        StudentProgram(one, lines.get(one.pk, []), _pace(one, lines.get(one.pk, []), day), day)
        for one in enrollments
    ]


def _pace(enrollment: Enrollment, lines: list[Line], day: dt.date) -> Pace:
    return pace(
        ((line.required, line.state) for line in lines), enrollment.starts_on, enrollment.ends_on, day
    )


def my_certificates(coder: Coder):
    return Certificate.objects.filter(enrollment__coder=coder).select_related(
        "enrollment__cohort__program__organization"
    )
