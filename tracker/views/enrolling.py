"""Joining a program, deciding what it sees, leaving it."""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.forms.programs import SharingForm
from tracker.models import Coder, Cohort, Enrollment
from tracker.selectors.assignments import kinds_needed
from tracker.selectors.student_view import student_view
from tracker.services.coders import coder_of
from tracker.services.enrolling import cohort_of_link, invitation_of, leave, open_cohorts, share, take_part

from .cohort_actions import context_of
from .kinds import KINDS
from .messages import say
from .programs import FORM_METHODS, read_items
from .scope import for_coder, posted

# Of no assignment's concern, and so not ticked: with them a school can tell how its graduates do.
AFTERWARDS = ("credential", "position")


def _choices(cohort: Cohort) -> tuple[list[tuple[str, str]], list[str]]:
    """Kinds that may be shared, with their words; and those that the assignments need."""
    needed = kinds_needed(cohort.version)
    kinds = [*needed, *(kind for kind in AFTERWARDS if kind not in needed)]
    return [(kind, KINDS[kind].plural) for kind in kinds], needed


@require_http_methods(FORM_METHODS)
def invitation(request, token):
    """What a mailed invitation opens, once."""
    found = invitation_of(token)
    if found is None:
        return render(request, "tracker/programs/invitation_gone.html", status=404)
    return _join(request, found.cohort, invitation=found)


@require_http_methods(FORM_METHODS)
def join(request, token):
    """What a cohort's link opens, for anybody who has it."""
    found = cohort_of_link(token, request.user.today())
    if found is None:
        return render(request, "tracker/programs/invitation_gone.html", status=404)
    return _join(request, found)


@require_http_methods(FORM_METHODS)
def enroll(request, pk):
    """A cohort that is open to anybody."""
    return _join(request, get_object_or_404(open_cohorts(request.user.today()), pk=pk))


def _join(request, cohort: Cohort, invitation: Enrollment | None = None):
    choices, needed = _choices(cohort)
    form = SharingForm(posted(request), choices=choices, shared=needed)
    if request.method == "POST" and form.is_valid():
        coder = coder_of(request.user)
        take_part(cohort, coder, form.cleaned_data["kinds"], invitation=invitation, by=request.user)
        say(request, _("Welcome to %(program)s. This is what it asks of you.") % {"program": cohort.program})
        return redirect("programs:assignments")
    coder = Coder.objects.filter(user=request.user).first()
    here = coder and Enrollment.objects.open().filter(cohort=cohort, coder=coder).exists()
    items = cohort.version.items.select_related("milestone", "pinned_version", "activity")
    context = {
        "cohort": cohort, "program": cohort.program, "form": form, "items": read_items(items), "needed": needed,
        "here": here, "has_target": bool(coder and coder.target_role_id),
    }  # fmt: skip
    return render(request, "tracker/programs/join.html", context, status=422 if form.errors else 200)


def _mine_or_404(coder, pk) -> Enrollment:
    mine = (
        Enrollment.objects.open()
        .filter(coder=coder)
        .select_related("cohort__program__organization", "cohort__version")
    )
    enrollment = get_object_or_404(mine, pk=pk)
    enrollment.coder = coder
    return enrollment


@require_http_methods(FORM_METHODS)
@for_coder
def sharing(request, coder, pk):
    """What a program sees of me, to change at any time."""
    enrollment = _mine_or_404(coder, pk)
    choices, needed = _choices(enrollment.cohort)
    shared = list(enrollment.shares.filter(revoked_at=None).values_list("kind", flat=True))
    known = {kind for kind, _label in choices}
    choices += [(kind, KINDS[kind].plural) for kind in shared if kind not in known and kind in KINDS]
    form = SharingForm(posted(request), choices=choices, shared=shared)
    if request.method == "POST" and form.is_valid():
        share(enrollment, form.cleaned_data["kinds"], by=request.user)
        say(request, _("Saved. It holds from now on."))
        return redirect("programs:assignments")
    context = {"enrollment": enrollment, "program": enrollment.cohort.program, "form": form, "needed": needed}
    return render(request, "tracker/programs/sharing.html", context, status=422 if form.errors else 200)


@require_safe
@for_coder
def seen(request, coder, pk):
    """What an instructor sees: the same view, rendered for oneself."""
    enrollment = _mine_or_404(coder, pk)
    view = student_view(enrollment.cohort, enrollment.pk, coder.today())
    return render(
        request, "tracker/cohorts/student.html", {**context_of(enrollment.cohort, view), "own": True}
    )


@require_POST
@for_coder
def leave_program(request, coder, pk):
    enrollment = _mine_or_404(coder, pk)
    leave(enrollment, by=request.user)
    say(request, _("You left %(program)s. It sees nothing of yours any more; all your records are still here.") % {
        "program": enrollment.cohort.program,
    })  # fmt: skip
    return redirect(reverse("programs:list"))
