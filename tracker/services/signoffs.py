"""An instructor's word on assignments: sign-offs and waivers, for one or many; and the student's own on an activity."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curriculum.models import LearningActivity
from tracker.models import (
    Assignment,
    Cohort,
    CohortAction,
    CohortActionKind,
    ContinuingEducation,
    SignOff,
    Waiver,
)
from tracker.permissions import require_change, require_instructor
from tracker.services.staleness import mark_stale

from .assigning import skips, today_of
from .sending import send_after_commit


@dataclass
class Outcome:
    """What became of a selection of assignments: how many it was done for, and why not for the others."""

    done: list[int] = field(default_factory=list)
    skipped: Counter = field(default_factory=Counter)


@transaction.atomic
def sign_off(cohort: Cohort, assignments, note: str = "", *, by) -> Outcome:
    """Sign off a queryset of a cohort's assignments; those that are already stay as they are."""
    made, outcome = _make(cohort, assignments, SignOff, {"note": note}, by, _("they are signed off already"))
    if made:
        text = ngettext("Signed off %(n)s assignment", "Signed off %(n)s assignments", len(made)) % {
            "n": len(made)
        }
        _note(cohort, CohortActionKind.SIGN_OFF, text + skips(outcome.skipped), {"sign_offs": made}, by)
    return outcome


@transaction.atomic
def waive(
    cohort: Cohort, assignments, kind: str, reason: str, expires_on: dt.date | None = None, *, by
) -> Outcome:
    """Waive a queryset of a cohort's assignments, or give credit for prior learning, with a reason and perhaps an end."""
    check_expiry(expires_on, by)
    given = {"kind": kind, "reason": reason, "expires_on": expires_on}
    # One that has run out makes room for another.
    Waiver.objects.filter(assignment__in=assignments, withdrawn_at=None, expires_on__lt=today_of(by)).update(
        withdrawn_at=timezone.now()
    )
    made, outcome = _make(cohort, assignments, Waiver, given, by, _("they are waived already"))
    if made:
        text = ngettext("Waived %(n)s assignment", "Waived %(n)s assignments", len(made)) % {"n": len(made)}
        _note(cohort, CohortActionKind.WAIVE, text + skips(outcome.skipped), {"waivers": made}, by)
    return outcome


def check_expiry(day: dt.date | None, by) -> None:
    """Raise ValidationError for a waiver that would have run out before whoever gives it."""
    if day and day < today_of(by):
        raise ValidationError(
            {"expires_on": _("This day has passed. Leave it empty, or choose a later one.")}
        )


def _make(cohort: Cohort, assignments, model, given: dict, by, already: str) -> tuple[list[int], Outcome]:
    require_instructor(by, cohort.program)
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    outcome, rows = Outcome(), []
    chosen = assignments.filter(enrollment__cohort=cohort).select_related("enrollment__coder")
    have = set(
        model.objects.filter(assignment__in=chosen, withdrawn_at=None).values_list("assignment_id", flat=True)
    )
    for assignment in chosen:
        if assignment.pk in have:
            outcome.skipped[already] += 1
        elif by is not None and assignment.enrollment.coder.user_id == by.pk:
            outcome.skipped[_("nobody does this for themselves")] += 1
        else:
            rows.append(model(assignment=assignment, by=by, **given))
            outcome.done.append(assignment.pk)
    if rows:
        rows[0].full_clean()
        model.objects.bulk_create(rows)
        mark_stale(row.assignment.enrollment.coder_id for row in rows)
        send_after_commit("tracker.complete_programs")
    return [row.pk for row in rows], outcome


def _note(cohort: Cohort, kind: str, summary: str, before: dict, by) -> None:
    CohortAction.objects.create(cohort=cohort, kind=kind, summary=summary[:200], before=before, by=by)


@transaction.atomic
def mark_done(
    assignment: Assignment, done: bool, *, by, record: ContinuingEducation | None = None
) -> Assignment:
    """The student's own word that an activity is done, as of their today; or that it is not.

    A continuing-education `record` says that they took it, and when: it is done while the record stands.
    """
    require_change(by, assignment.enrollment.coder)
    if assignment.activity_id is None:
        raise ValidationError(_("A milestone is met by your records. Log what shows it."))
    if record is not None and (record.coder_id != assignment.enrollment.coder_id or record.removed_at):
        raise ValidationError({"record": _("Choose a record of your own.")})
    taken_as = (record or assignment.taken_as) if done else None
    day = record.completed_on if record else assignment.done_on or assignment.enrollment.coder.today()
    wanted = day if done else None
    if (wanted, taken_as) != (assignment.done_on, assignment.taken_as):
        assignment.done_on, assignment.taken_as = wanted, taken_as
        assignment.save(update_fields=["done_on", "taken_as"])
        send_after_commit("tracker.complete_programs")
    return assignment


def take(activity: LearningActivity, record: ContinuingEducation, *, by) -> int:
    """Note what a coder's programs ask of them as done by a record of having taken it; return how many."""
    mine = Assignment.objects.current().filter(enrollment__coder=record.coder, activity=activity)
    mine = list(mine.select_related("enrollment__coder__user", "taken_as"))
    for assignment in mine:
        mark_done(assignment, True, by=by, record=record)
    return len(mine)


def follow_taken(record: ContinuingEducation) -> None:
    """A record that is taken away shows nothing any more, and one that comes back does again."""
    wanted = None if record.removed_at else record.completed_on
    shown = Assignment.objects.filter(taken_as=record.pk)
    if shown.exclude(done_on=wanted).update(done_on=wanted) if wanted else shown.update(done_on=None):
        send_after_commit("tracker.complete_programs")
