"""An instructor's word on assignments: sign-offs and waivers, for one or many; and the student's own on an activity."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker.models import Assignment, Cohort, CohortAction, CohortActionKind, SignOff, Waiver
from tracker.permissions import require_change, require_instructor
from tracker.services.staleness import mark_stale

from .assigning import skips
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
    if expires_on and expires_on < timezone.now().date():
        raise ValidationError(
            {"expires_on": _("This day has passed. Leave it empty, or choose a later one.")}
        )
    given = {"kind": kind, "reason": reason, "expires_on": expires_on}
    # One that has run out makes room for another.
    Waiver.objects.filter(
        assignment__in=assignments, withdrawn_at=None, expires_on__lt=timezone.now().date()
    ).update(withdrawn_at=timezone.now())
    made, outcome = _make(cohort, assignments, Waiver, given, by, _("they are waived already"))
    if made:
        text = ngettext("Waived %(n)s assignment", "Waived %(n)s assignments", len(made)) % {"n": len(made)}
        _note(cohort, CohortActionKind.WAIVE, text + skips(outcome.skipped), {"waivers": made}, by)
    return outcome


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
def mark_done(assignment: Assignment, done: bool, *, by) -> Assignment:
    """The student's own word that an activity is done, as of their today; or that it is not."""
    require_change(by, assignment.enrollment.coder)
    if assignment.activity_id is None:
        raise ValidationError(_("A milestone is met by your records. Log what shows it."))
    wanted = (assignment.done_on or assignment.enrollment.coder.today()) if done else None
    if wanted != assignment.done_on:
        assignment.done_on = wanted
        assignment.save(update_fields=["done_on"])
        send_after_commit("tracker.complete_programs")
    return assignment
