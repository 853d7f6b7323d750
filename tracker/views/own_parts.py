"""What a program's organization adds of its own: milestones made from any measure without code, learning activities."""

from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from curriculum import conditions
from curriculum.models import LearningActivity, Milestone
from curriculum.version_forms import ConditionForm, flat, grouped, initial_of
from tracker import wording
from tracker.forms.fields import word_errors
from tracker.forms.programs import ActivityForm, OwnShapeForm
from tracker.services.programs import save_activity, save_milestone

from .messages import say
from .programs import FORM_METHODS, taught_or_404
from .scope import posted, sentences


@require_safe
def milestone_shape(request, pk):
    """First step: its name, and which measures it looks at. What is chosen stands in the address of the second step."""
    program = taught_or_404(request.user, pk)
    asked = request.GET
    own = Milestone.objects.filter(owner=program.organization)
    chosen = asked.get("milestone", "")
    known = own.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 18 else None
    if "needs_op" in asked:
        shape = OwnShapeForm(asked, organization=program.organization)
        if "back" not in asked and shape.is_valid():
            return HttpResponseRedirect(
                f"{reverse('programs:milestone_figures', args=[pk])}?{asked.urlencode()}"
            )
    else:
        shape = OwnShapeForm(initial=_shape_of(known) if known else None, organization=program.organization)
    context = {"program": program, "shape": shape, "milestone": known}
    return render(
        request, "tracker/programs/milestone_shape.html", context, status=422 if shape.errors else 200
    )


def _shape_of(milestone: Milestone) -> dict:
    """The first step's answers for the newest version; where conditions hold conditions, only name and summary."""
    initial = {"milestone": milestone.pk, "name": milestone.name, "summary": milestone.summary}
    newest = milestone.versions.order_by("no").last()
    shape = flat(newest.rule.needs) if newest else None
    if shape:
        initial |= {"needs_op": shape[0], "needs_n": shape[1]}
        initial |= {f"needs_{i}": leaf.measure for i, leaf in enumerate(shape[2])}
    return initial


@require_http_methods(FORM_METHODS)
def milestone_figures(request, pk):
    """Second step: the figures of each measure, and how the milestone reads before it is stored."""
    program = taught_or_404(request.user, pk)
    shape = OwnShapeForm(request.GET, organization=program.organization)
    if not shape.is_valid():
        return HttpResponseRedirect(
            f"{reverse('programs:milestone', args=[pk])}?{request.GET.urlencode()}&back=1"
        )
    forms = _condition_forms(shape, posted(request))
    definition, reading, error = None, "", ""
    valid = [form.is_valid() for form in forms]  # each, so that each says what is wrong with it
    if request.method == "POST" and all(valid):
        cleaned = shape.cleaned_data
        definition = {
            "needs": grouped(cleaned["needs_op"], [form.leaf() for form in forms], cleaned["needs_n"])
        }
        try:
            reading = wording.sentence(conditions.in_words(conditions.parse(definition).needs))
        except ValidationError as refused:
            definition, error = None, sentences(refused)
    if definition and "save" in request.POST:
        try:
            version = save_milestone(program.organization, shape.cleaned_data, definition, by=request.user)
        except ValidationError as refused:
            error = sentences(refused)
        else:
            say(request, _("%(name)s: %(reading)s. Now ask for it in the program’s content.") % {
                "name": version.milestone, "reading": reading,
            })  # fmt: skip
            return redirect("programs:content", pk)
    context = {
        "program": program, "shape": shape, "forms": forms, "reading": reading, "error": error,
        "back": f"{reverse('programs:milestone', args=[pk])}?{request.GET.urlencode()}&back=1",
    }  # fmt: skip
    bad = request.method == "POST" and not definition
    return render(request, "tracker/programs/milestone_figures.html", context, status=422 if bad else 200)


def _condition_forms(shape: OwnShapeForm, data) -> list[ConditionForm]:
    milestone = shape.cleaned_data["milestone"]
    newest = milestone and milestone.versions.order_by("no").last()
    known = list(conditions.leaves(newest.rule.needs)) if newest else []
    forms = []
    for i, slug in enumerate(shape.measures("needs")):
        twin = next((leaf for leaf in known if leaf.measure == slug), None)
        if twin:
            known.remove(twin)
        form = ConditionForm(
            data, spec=conditions.specs()[slug], prefix=f"needs-{i}", initial=initial_of(twin) if twin else {}
        )
        for field in form.fields.values():
            word_errors(field)
        forms.append(form)
    return forms


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
