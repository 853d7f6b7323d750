"""One student as their program sees them: for its instructors, and the same for the student."""

import datetime as dt
from dataclasses import dataclass

from tracker.models import RECORD_KINDS, Certificate, Cohort, Record, SignOff, Waiver
from tracker.permissions import shared_records

from .assignments import Line, kinds_needed
from .cohort_board import Student, cohort_board
from .records import with_lines

SHOWN = 8


@dataclass(frozen=True)
class Row:
    """An assignment with who signed it off or waived it."""

    line: Line
    overdue: bool
    signed: SignOff | None
    waived: Waiver | None


@dataclass(frozen=True)
class StudentView:
    """`records` are the newest that are shared, by kind: what the program needs, and whatever else it is shown."""

    student: Student
    rows: list[Row]
    records: list[tuple[str, list[Record]]]
    certificates: list[Certificate]


def student_view(cohort: Cohort, enrollment: int, day: dt.date) -> StudentView | None:
    """None where nobody of this cohort who takes part has that number."""
    board = cohort_board(cohort, day, only=enrollment)
    if not board.students:
        return None
    (student,) = board.students
    lines = [line for line in student.cells if line is not None]
    pks = [line.pk for line in lines]
    signed, waived = (
        {row.assignment_id: row for row in rows.select_related("by")}
        for rows in (
            SignOff.objects.filter(assignment__in=pks, withdrawn_at=None),
            Waiver.objects.filter(assignment__in=pks, withdrawn_at=None),
        )
    )
    rows = [Row(line, line.overdue(day), signed.get(line.pk), waived.get(line.pk)) for line in lines]
    return StudentView(
        student, rows, _records(student.enrollment, cohort), list(student.enrollment.certificates.all())
    )


def _records(enrollment, cohort: Cohort) -> list[tuple[str, list[Record]]]:
    shared = set(enrollment.shares.filter(revoked_at=None).values_list("kind", flat=True))
    wanted = shared | set(kinds_needed(cohort.version))
    found = []
    for kind, model in RECORD_KINDS.items():
        if kind in wanted:
            rows = with_lines(shared_records(enrollment, model), and_proofs=True)
            found.append((kind, list(rows[:SHOWN])))
    return found
