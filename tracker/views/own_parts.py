"""What a program's organization adds of its own: milestones made from any measure without code, learning activities."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from curriculum.models import LearningActivity
from tracker.forms.programs import ActivityForm
from tracker.services.programs import save_activity

from .messages import say
from .own_milestones import Place, figures_step, shape_step
from .programs import FORM_METHODS, taught_or_404
from .scope import posted, sentences


@require_safe
def milestone_shape(request, pk):
    return shape_step(request, _place(request, pk))


@require_http_methods(FORM_METHODS)
def milestone_figures(request, pk):
    return figures_step(request, _place(request, pk))


def _place(request, pk) -> Place:
    program = taught_or_404(request.user, pk)

    def saved(version, reading):
        text = _("%(name)s: %(reading)s. Now ask for it in the program’s content.")
        say(request, text % {"name": version.milestone, "reading": reading})
        return redirect("programs:content", pk)

    home = reverse("programs:program", args=[pk])
    return Place(
        organization=program.organization,
        shape_url=reverse("programs:milestone", args=[pk]),
        figures_url=reverse("programs:milestone_figures", args=[pk]),
        cancel_url=home,
        crumbs=[(reverse("programs:list"), _("Programs")), (home, str(program))],
        saved=saved,
        about_changes=_(
            "Students keep the version that they were given, until you give their cohort a new version of the program."
        ),
    )


@require_http_methods(FORM_METHODS)
def activity_add(request, pk):
    return _activity(request, pk, None)


@require_http_methods(FORM_METHODS)
def activity_edit(request, pk, activity):
    program = taught_or_404(request.user, pk)
    return _activity(
        request, pk, get_object_or_404(LearningActivity, pk=activity, owner=program.organization)
    )


def _activity(request, pk, instance):
    program = taught_or_404(request.user, pk)
    form = ActivityForm(posted(request), organization=program.organization, instance=instance)
    if request.method == "POST" and form.is_valid():
        try:
            save_activity(
                program.organization, form.save(commit=False), milestones=form.cleaned_data["milestones"],
                credits=form.credits(), by=request.user,
            )  # fmt: skip
        except ValidationError as error:
            form.add_error(None, sentences(error))
        else:
            say(request, _("Saved."))
            return redirect("programs:program", pk)
    context = {"program": program, "form": form, "activity": instance}
    return render(request, "tracker/programs/activity.html", context, status=422 if form.is_bound else 200)
