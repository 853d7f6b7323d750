"""A student's assignments: what is asked by when, how it stands, what to do next."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from curriculum.models import LearningActivity
from tracker.models import Assignment, Extension, SignOff, Waiver
from tracker.selectors.student_programs import my_certificates, my_programs
from tracker.services.signoffs import mark_done

from .messages import say
from .scope import for_coder, next_url


@require_safe
@for_coder
def assignments(request, coder):
    programs = my_programs(coder, coder.today())
    pks = [line.pk for one in programs for line in one.lines]
    of = {
        "signed": SignOff.objects.filter(assignment__in=pks, withdrawn_at=None).select_related("by"),
        "waived": Waiver.objects.filter(assignment__in=pks, withdrawn_at=None).select_related("by"),
        # The oldest last, so that the newest stands.
        "moved": reversed(Extension.objects.filter(assignment__in=pks)),
    }
    notes = {name: {row.assignment_id: row for row in rows} for name, rows in of.items()}
    activities = LearningActivity.objects.prefetch_related("credits__body").in_bulk(
        {line.activity for one in programs for line in one.lines if line.activity}
    )
    day = coder.today()
    for one in programs:
        one.enrollment.rows = [
            {
                "line": line,
                "overdue": line.overdue(day),
                "activity": activities.get(line.activity),
                "differs": one.notes.get(line.pk),
                **{name: rows.get(line.pk) for name, rows in notes.items()},
            }
            for line in (*one.open_lines, *one.done_lines)
        ]
    context = {"programs": programs, "certificates": my_certificates(coder)}
    return render(request, "tracker/programs/assignments.html", context)


@require_POST
@for_coder
def done(request, coder, pk):
    """The student's own word that an activity is done; the same button takes it back."""
    mine = Assignment.objects.current().filter(enrollment__coder=coder, activity__isnull=False)
    assignment = mine.select_related("enrollment__coder__user").filter(pk=pk).first()
    if assignment is None:
        raise Http404
    take_back = "undo" in request.GET
    mark_done(assignment, not take_back, by=request.user)
    if take_back:
        say(request, _("Noted as not done."))
    else:
        say(request, _("Noted as done."), undo=reverse("programs:done", args=[pk]) + "?undo")
    return redirect(next_url(request, reverse("programs:assignments")))
