"""Giving a version of a program to cohorts, and moving due dates: each first as a plan, then done, and undone within a day."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curriculum.models import ProgramVersion
from tracker.models import (
    Assignment,
    AssignmentGap,
    Cohort,
    CohortAction,
    CohortActionKind,
    Dating,
    Enrollment,
    Extension,
    SignOff,
    Waiver,
)
from tracker.permissions import require_instructor
from tracker.selectors.assignments import lines_of
from tracker.services.staleness import mark_stale

from .sending import send_after_commit

# Of a fixed date that has passed before somebody joined, so many days are left from then on.
LATE_JOINER_DAYS = 14
UNDO_FOR = dt.timedelta(days=1)
GIVEN = ("pinned_version_id", "position", "required", "by_signoff")
BATCH = 500


def due_on(due_days: int | None, cohort: Cohort, enrollment: Enrollment) -> dt.date | None:
    """When something due so many days after the start is due for one student. Pure."""
    if due_days is None:
        return None
    base = cohort.starts_on if cohort.dating == Dating.FIXED else enrollment.starts_on
    day = base + dt.timedelta(days=due_days)
    if day < enrollment.starts_on:
        return enrollment.starts_on + dt.timedelta(days=LATE_JOINER_DAYS)
    return day


# --- A version for a cohort ---


@dataclass
class Plan:
    """What giving a version to a cohort would do. `skipped` counts by reason, in words."""

    cohort: Cohort
    version: ProgramVersion
    create: list[Assignment] = field(default_factory=list)
    change: list[tuple[Assignment, dict]] = field(default_factory=list)
    withdraw: list[Assignment] = field(default_factory=list)
    skipped: Counter = field(default_factory=Counter)
    students: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.create or self.change or self.withdraw)

    @property
    def summary(self) -> str:
        """ "creates 214, changes 3, withdraws 12; skips 6, because they have it already"."""
        parts = [
            (_("creates %(n)s"), len(self.create)),
            (_("changes %(n)s"), len(self.change)),
            (_("withdraws %(n)s"), len(self.withdraw)),
        ]
        done = ", ".join(text % {"n": f"{n:,}"} for text, n in parts if n) or _("changes nothing")
        return done + skips(self.skipped)


def skips(skipped: Counter) -> str:
    """ "; skips 6, because they have it already"; nothing where nothing is skipped."""
    if not skipped:
        return ""
    reasons = _(" and ").join(
        f"{reason} ({n:,})" if len(skipped) > 1 else reason for reason, n in skipped.items()
    )
    return _("; skips %(n)s, because %(reasons)s") % {"n": f"{skipped.total():,}", "reasons": reasons}


def today_of(user) -> dt.date:
    """The day of whoever acts: what an instructor types is meant on their calendar. The site itself goes by UTC.

    What is about a student (start, completion, how long a waiver holds) goes by the student's own day.
    """
    return user.today() if user is not None else timezone.now().date()


def plan_version(cohort: Cohort, version: ProgramVersion, since: dt.datetime | None = None) -> Plan:
    """The dry run. What is done stays done: what is not asked any more is only withdrawn.

    `since` takes those alone who joined after that moment.
    """
    (plan,) = plan_versions([cohort], version, since)
    return plan


def plan_versions(
    cohorts: Iterable[Cohort], version: ProgramVersion, since: dt.datetime | None = None
) -> list[Plan]:
    """The dry run for each of some cohorts, in four queries for all of them."""
    cohorts, items = list(cohorts), list(version.items.all())
    students = defaultdict(list)
    here = Enrollment.objects.open().filter(cohort__in=cohorts)
    for student in here if since is None else here.filter(accepted_at__gt=since):
        students[student.cohort_id].append(student)
    by_student: dict[int, dict] = defaultdict(dict)
    enrolled = [student.pk for some in students.values() for student in some]
    for assignment in Assignment.objects.filter(enrollment__in=enrolled).order_by("pk"):
        by_student[assignment.enrollment_id][assignment.key] = assignment
    moved = Extension.objects.filter(assignment__enrollment__cohort__in=cohorts)
    extended = set(moved.values_list("assignment_id", flat=True))
    plans = []
    for cohort in cohorts:
        plan = Plan(cohort, version)
        plan.students = len(students[cohort.pk])
        for student in students[cohort.pk]:
            mine = by_student[student.pk]
            for item in items:
                _plan_item(plan, item, student, mine.pop(item.key, None), extended)
            plan.withdraw += [left for left in mine.values() if left.withdrawn_at is None]
        plans.append(plan)
    return plans


def _plan_item(plan: Plan, item, student: Enrollment, known: Assignment | None, extended: set[int]) -> None:
    wanted = {name: getattr(item, name) for name in GIVEN}
    wanted["due_on"] = due_on(item.due_days, plan.cohort, student)
    if known is None:
        plan.create.append(
            Assignment(
                enrollment=student, milestone_id=item.milestone_id, activity_id=item.activity_id, **wanted
            )
        )
        return
    if known.pk in extended:
        wanted["due_on"] = known.due_on  # a date that was moved by hand stays where it was moved to
    wanted["withdrawn_at"] = None
    changes = {name: value for name, value in wanted.items() if getattr(known, name) != value}
    if changes.keys() - {"position"}:
        plan.change.append((known, changes))
    else:
        plan.skipped[_("they have it already")] += 1


@transaction.atomic
def apply_version(cohort: Cohort, version: ProgramVersion, *, by) -> Plan:
    """Do what `plan_version` says now. Done again, it finds nothing to do."""
    require_instructor(by, cohort.program)
    cohort = Cohort.objects.select_for_update().select_related("program").get(pk=cohort.pk)
    if version.program_id != cohort.program_id:
        raise ValidationError(_("This is a version of another program."))
    plan, before = plan_version(cohort, version), {"version": cohort.version_id}
    if plan.is_empty and cohort.version_id == version.pk:
        return plan
    Cohort.objects.filter(pk=cohort.pk).update(version=version)
    before |= _carry_out(plan)
    _note(cohort, CohortActionKind.ASSIGN, plan.summary, before, by)
    _stale(cohort)
    return plan


def _carry_out(plan: Plan) -> dict:
    """Do what a plan says; return what it takes to undo it."""
    Assignment.objects.bulk_create(plan.create, batch_size=BATCH)
    changed = [
        {
            "id": one.pk,
            "before": {name: _json(getattr(one, name)) for name in changes},
            "after": {name: _json(value) for name, value in changes.items()},
        }
        for one, changes in plan.change
    ]
    for one, changes in plan.change:
        for name, value in changes.items():
            setattr(one, name, value)
    _update([one for one, _changes in plan.change])
    withdrawn = [one.pk for one in plan.withdraw]
    Assignment.objects.filter(pk__in=withdrawn).update(withdrawn_at=timezone.now())
    AssignmentGap.objects.filter(assignment__in=withdrawn).delete()
    return {"created": [one.pk for one in plan.create], "changed": changed, "withdrawn": withdrawn}


def _update(assignments: list[Assignment]) -> None:
    Assignment.objects.bulk_update(assignments, [*GIVEN, "due_on", "withdrawn_at"], batch_size=BATCH)


def _json(value):
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value


def _note(cohort: Cohort, kind: str, summary: str, before: dict, by) -> CohortAction:
    return CohortAction.objects.create(cohort=cohort, kind=kind, summary=summary[:200], before=before, by=by)


def _stale(cohort: Cohort) -> None:
    mark_stale(Enrollment.objects.open().filter(cohort=cohort).values_list("coder_id", flat=True))


# --- Due dates ---


@dataclass
class Moves:
    """Assignments whose date would move to `until`, and those that would not, counted by the reason in words."""

    until: dt.date
    move: list[Assignment] = field(default_factory=list)
    skipped: Counter = field(default_factory=Counter)

    @property
    def summary(self) -> str:
        moved = ngettext(
            "moves %(n)s due date to %(day)s", "moves %(n)s due dates to %(day)s", len(self.move)
        )
        return moved % {"n": f"{len(self.move):,}", "day": f"{self.until:%b %-d, %Y}"} + skips(self.skipped)


def plan_extension(assignments, until: dt.date, day: dt.date) -> Moves:
    """The dry run: which of a queryset of assignments would be due on another day than now."""
    moves = Moves(until)
    lines = {line.pk: line for some in lines_of(assignments, day).values() for line in some}
    for assignment in assignments.select_related("enrollment"):
        if lines[assignment.pk].state.done:
            moves.skipped[_("they are done")] += 1
        elif lines[assignment.pk].state.waived:
            moves.skipped[_("they are waived")] += 1
        elif assignment.due_on == until:
            moves.skipped[_("they are due on that day already")] += 1
        elif until < assignment.enrollment.starts_on:
            moves.skipped[_("their student starts later than that")] += 1
        else:
            moves.move.append(assignment)
    return moves


@transaction.atomic
def extend(cohort: Cohort, assignments, until: dt.date, reason: str, *, by, site: str = "") -> Moves:
    """Move due dates of a cohort's students, also after they have passed; the students get a notice with the reason."""
    require_instructor(by, cohort.program)
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    moves = plan_extension(assignments.filter(enrollment__cohort=cohort), until, today_of(by))
    if not moves.move:
        return moves
    rows = [
        Extension(assignment=one, old_due_on=one.due_on, new_due_on=until, reason=reason, by=by, site=site)
        for one in moves.move
    ]
    rows[0].full_clean()
    Extension.objects.bulk_create(rows, batch_size=BATCH)
    before = {"due": [[one.pk, _json(one.due_on)] for one in moves.move], "until": until.isoformat()}
    before["extensions"] = [row.pk for row in rows]
    Assignment.objects.filter(pk__in=[one.pk for one in moves.move]).update(due_on=until)
    _note(cohort, CohortActionKind.EXTEND, moves.summary, before, by)
    send_after_commit("tracker.mail_programs")
    return moves


# --- Undo ---


def can_undo(action: CohortAction, now: dt.datetime) -> bool:
    return action.undone_at is None and now - action.at <= UNDO_FOR


@transaction.atomic
def undo(action: CohortAction, *, by) -> str:
    """Take back what an action did, as far as nobody has changed it since; return in words what was left as it is."""
    require_instructor(by, action.cohort.program)
    action = CohortAction.objects.select_for_update().select_related("cohort__program").get(pk=action.pk)
    if action.undone_at:
        return ""
    if not can_undo(action, timezone.now()):
        raise ValidationError(_("This was done more than a day ago. Make the opposite change instead."))
    later = CohortAction.objects.filter(
        cohort=action.cohort, kind=action.kind, pk__gt=action.pk, undone_at=None
    )
    if action.kind == CohortActionKind.ASSIGN and later.exists():
        raise ValidationError(_("Another version was given since. Undo that first."))
    left = _UNDO[action.kind](action)
    CohortAction.objects.filter(pk=action.pk).update(undone_at=timezone.now())
    _stale(action.cohort)
    return (
        ngettext("%(n)s was changed since and stays.", "%(n)s were changed since and stay.", left)
        % {"n": left}
        if left
        else ""
    )


def _undo_assign(action: CohortAction) -> int:
    """Back to the version before, also for those who joined since; what anybody did or changed since stays."""
    before = action.before
    Cohort.objects.filter(pk=action.cohort_id).update(version=before["version"])
    made = Assignment.objects.filter(pk__in=before["created"])
    touched = (
        made.filter(done_on__isnull=False)
        | made.filter(sign_offs__isnull=False)
        | made.filter(waivers__isnull=False)
        | made.filter(extensions__isnull=False)
    )
    keep = set(touched.values_list("pk", flat=True))
    made.exclude(pk__in=keep).delete()
    known, changed_since = Assignment.objects.in_bulk([row["id"] for row in before["changed"]]), set()
    for row in before["changed"]:
        if one := known.get(row["id"]):
            for name, value in row["before"].items():
                if _json(getattr(one, name)) == row["after"][name]:
                    field = Assignment._meta.get_field(name.removesuffix("_id"))
                    setattr(one, name, value if field.is_relation else field.to_python(value))
                else:
                    changed_since.add(one.pk)
    _update(list(known.values()))
    Assignment.objects.filter(pk__in=before["withdrawn"]).update(withdrawn_at=None)
    cohort = Cohort.objects.select_related("version").get(pk=action.cohort_id)
    _carry_out(plan_version(cohort, cohort.version, since=action.at))
    return len(keep | changed_since)


def _undo_extend(action: CohortAction) -> int:
    before, left = action.before, 0
    known = Assignment.objects.in_bulk([pk for pk, _day in before["due"]])
    for pk, day in before["due"]:
        assignment = known.get(pk)
        if (
            assignment is None
            or assignment.due_on is None
            or assignment.due_on.isoformat() != before["until"]
        ):
            known.pop(pk, None)
            left += 1
            continue
        assignment.due_on = dt.date.fromisoformat(day) if day else None
    _update(list(known.values()))
    Extension.objects.filter(pk__in=before["extensions"], assignment__in=known).delete()
    return left


def _undo_invite(action: CohortAction) -> int:
    made = Enrollment.objects.filter(pk__in=action.before["enrollments"], left_at=None)
    waiting = made.filter(accepted_at=None)
    accepted = made.count() - waiting.count()
    waiting.update(left_at=timezone.now(), token_hash=None)
    return accepted


def _undo_sign_off(action: CohortAction) -> int:
    SignOff.objects.filter(pk__in=action.before["sign_offs"], withdrawn_at=None).update(
        withdrawn_at=timezone.now()
    )
    return 0


def _undo_waive(action: CohortAction) -> int:
    Waiver.objects.filter(pk__in=action.before["waivers"], withdrawn_at=None).update(
        withdrawn_at=timezone.now()
    )
    return 0


_UNDO = {
    CohortActionKind.ASSIGN: _undo_assign,
    CohortActionKind.EXTEND: _undo_extend,
    CohortActionKind.INVITE: _undo_invite,
    CohortActionKind.SIGN_OFF: _undo_sign_off,
    CohortActionKind.WAIVE: _undo_waive,
}


def cohort_assignments(cohort: Cohort, pks: Iterable[int]):
    """The current assignments of a cohort among some ids, as a queryset."""
    return Assignment.objects.current().filter(enrollment__cohort=cohort, pk__in=list(pks))
