"""Milestones of an organization's own, made from any measure without code, in two steps: which measures, then their figures.

Programs and teams ask for them; each brings its own addresses and says what comes after.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import render

from curriculum import conditions
from curriculum.models import Milestone, MilestoneVersion, Organization
from curriculum.version_forms import ConditionForm, flat, grouped, initial_of
from tracker import wording
from tracker.forms.fields import word_errors
from tracker.forms.programs import OwnShapeForm
from tracker.services.programs import save_milestone

from .scope import posted, sentences


@dataclass
class Place:
    """Where a milestone is written from: `crumbs` are (address, words); `saved` answers the request once it is stored."""

    organization: Organization
    shape_url: str
    figures_url: str
    cancel_url: str
    crumbs: list[tuple[str, str]]
    saved: Callable[[MilestoneVersion, str], HttpResponseRedirect]
    about_changes: str
    without: frozenset[str] = field(default_factory=frozenset)  # measures that cannot be asked here


def shape_step(request, place: Place):
    """First step: its name, and which measures it looks at. What is chosen stands in the address of the second step."""
    asked = request.GET
    own = Milestone.objects.filter(owner=place.organization)
    chosen = asked.get("milestone", "")
    known = own.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 18 else None
    if "needs_op" in asked:
        shape = _shape(place, asked)
        if "back" not in asked and shape.is_valid():
            return HttpResponseRedirect(f"{place.figures_url}?{asked.urlencode()}")
    else:
        shape = _shape(place, initial=_shape_of(known) if known else None)
    context = {"place": place, "shape": shape, "milestone": known}
    return render(request, "tracker/own_milestones/shape.html", context, status=422 if shape.errors else 200)


def _shape(place: Place, *args, **kwargs) -> OwnShapeForm:
    return OwnShapeForm(*args, organization=place.organization, without=place.without, **kwargs)


def _shape_of(milestone: Milestone) -> dict:
    """The first step's answers for the newest version; where conditions hold conditions, only name and summary."""
    initial = {"milestone": milestone.pk, "name": milestone.name, "summary": milestone.summary}
    newest = milestone.versions.order_by("no").last()
    shape = flat(newest.rule.needs) if newest else None
    if shape:
        initial |= {"needs_op": shape[0], "needs_n": shape[1]}
        initial |= {f"needs_{i}": leaf.measure for i, leaf in enumerate(shape[2])}
    return initial


def figures_step(request, place: Place):
    """Second step: the figures of each measure, and how the milestone reads before it is stored."""
    back = f"{place.shape_url}?{request.GET.urlencode()}&back=1"
    shape = _shape(place, request.GET)
    if not shape.is_valid():
        return HttpResponseRedirect(back)
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
            version = save_milestone(place.organization, shape.cleaned_data, definition, by=request.user)
        except ValidationError as refused:
            error = sentences(refused)
        else:
            return place.saved(version, reading)
    context = {
        "place": place, "shape": shape, "forms": forms, "reading": reading, "error": error, "back": back,
    }  # fmt: skip
    bad = request.method == "POST" and not definition
    return render(request, "tracker/own_milestones/figures.html", context, status=422 if bad else 200)


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
        for one in form.fields.values():
            word_errors(one)
        forms.append(form)
    return forms
