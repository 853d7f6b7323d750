"""A student's own programs: what is asked by when, how far that is, what to do next."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from tracker.evaluation.students import evaluate_students, kinds_behind
from tracker.models import RECORD_KINDS, Assignment, Certificate, Coder, Enrollment, Gap, Share
from tracker.pace import Pace, pace
from tracker.permissions import WORK_MODELS

from .assignments import Line, lines_of
from .evaluated import Evaluated
from .records import JoinedLines

SHOWN = 3
WORK_KINDS = {model.KIND for model in WORK_MODELS}


@dataclass(frozen=True)
class StudentProgram:
    """One enrollment, with its lines in the order in which they are due."""

    enrollment: Enrollment
    lines: list[Line]
    pace: Pace
    day: dt.date
    notes: dict[int, str]  # by assignment, where the student sees something else

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
    def next_lines(self) -> list[tuple[Line, str]]:
        """Each with what the student sees otherwise."""
        return [(line, self.notes.get(line.pk, "")) for line in self.open_lines[:SHOWN]]

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


def my_programs(coder: Coder, day: dt.date, state: Evaluated | None = None) -> list[StudentProgram]:
    """The programs a coder takes part in, as these see them. One query where there is none; with the coder's `state`
    given, two."""
    enrollments = list(
        Enrollment.objects.open()
        .filter(coder=coder)
        .select_related("cohort__program__organization", "cohort__program__role")
        .annotate(kinds=_kinds_as_text())
        .order_by("completed_on", "ends_on")
    )
    if not enrollments:
        return []
    own = {gap.milestone_version_id: gap for gap in (own_gaps(coder) if state is None else state.gaps)}
    versions = {pk: gap.milestone_version for pk, gap in own.items()}
    lines = lines_of(
        Assignment.objects.current().filter(enrollment__in=[one.pk for one in enrollments]),
        day,
        versions=versions,
        verdicts=_computed_here(state),
        shared=(shared := {one.pk: set((one.kinds or "").splitlines()) for one in enrollments}),
    )
    found = []
    for one in enrollments:
        mine = lines.get(one.pk, [])
        notes = {
            line.pk: difference(line, own[line.version], one, shared[one.pk])
            for line in mine
            if line.version in own
        }
        found.append(StudentProgram(one, mine, _pace(one, mine, day), day, notes))
    return found


def notes_on(slug: str, coder: Coder, state: Evaluated) -> list[str]:
    """Where programs see something else of one milestone than the coder does."""
    return [
        one.notes[line.pk]
        for one in my_programs(coder, state.as_of, state)
        for line in one.lines
        if line.slug == slug and one.notes.get(line.pk)
    ]


def own_gaps(coder: Coder):
    return Gap.objects.filter(coder=coder).select_related("milestone_version__milestone")


def _computed_here(state: Evaluated | None) -> dict[int, tuple]:
    """What programs would see, where nobody is there to store it."""
    if state is None or state.batch is None:
        return {}
    return {
        pk: seen for students in evaluate_students(state.batch) for pk, seen in students.verdicts().items()
    }


def difference(line: Line, own: Gap, enrollment: Enrollment, shared: set[str]) -> str:
    """In one sentence, that a program sees something else of an assignment than its student does, and why; or nothing."""
    if not line.is_open or line.state.to_sign or line.state.status == own.status:
        return ""
    said = {
        "yours": own.get_status_display(),
        "school": enrollment.cohort.program.organization,
        "theirs": line.state.label,
        "day": f"{enrollment.starts_on:%b %-d, %Y}",
    }
    rule = own.milestone_version.rule
    missing = [kind for kind in RECORD_KINDS if kind in kinds_behind(rule) - shared]
    if missing:
        said["kinds"] = _(" and ").join(str(RECORD_KINDS[kind]._meta.verbose_name_plural) for kind in missing)
        return _("For you it is %(yours)s. %(school)s sees “%(theirs)s”, because you do not share your %(kinds)s with it.") % said  # fmt: skip
    if kinds_behind(rule) & WORK_KINDS:
        return (
            _(
                "For you it is %(yours)s. %(school)s sees “%(theirs)s”, because of your work it sees only what you did since "
                "%(day)s, under it or under no employer."
            )
            % said
        )
    return _("For you it is %(yours)s. %(school)s sees “%(theirs)s”, because it goes by the records that you share alone.") % said  # fmt: skip


def _pace(enrollment: Enrollment, lines: list[Line], day: dt.date) -> Pace:
    return pace(
        ((line.required, line.state) for line in lines), enrollment.starts_on, enrollment.ends_on, day
    )


def my_certificates(coder: Coder):
    return Certificate.objects.filter(enrollment__coder=coder).select_related(
        "enrollment__cohort__program__organization"
    )
