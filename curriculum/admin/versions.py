"""Versions of milestones: stored ones are read, a new one is put together in two steps without any JSON.

The first step chooses measures and lands in the address; the second asks for their figures, shows how the milestone
reads in plain English, and stores it.
"""

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from curriculum import conditions
from curriculum.catalogue import FIRST_LOCAL_VERSION
from curriculum.models import Milestone, MilestoneVersion
from curriculum.signals import catalogue_changed
from curriculum.version_forms import (
    MOST_APPLIES,
    MOST_NEEDS,
    ConditionForm,
    ShapeForm,
    flat,
    grouped,
    initial_of,
)

from .base import ReadOnlyAdmin


def needs_in_words(version: MilestoneVersion) -> str:
    return _sentence(version.rule.needs)


def applies_in_words(version: MilestoneVersion) -> str:
    applies_if = version.rule.applies_if
    return _sentence(applies_if) if applies_if else "everyone is asked"


def _sentence(node) -> str:
    words = conditions.in_words(node)
    return f"{words[:1].upper()}{words[1:]}."


@admin.register(MilestoneVersion)
class MilestoneVersionAdmin(ReadOnlyAdmin):
    list_display = ["milestone", "no", "valid_from", "needs", "applies"]
    list_filter = ["valid_from"]
    list_select_related = ["milestone"]
    search_fields = ["milestone__name", "milestone__slug"]
    ordering = ["milestone__position", "no"]
    fields = ["milestone", "no", "valid_from", "needs", "applies", "definition"]

    def has_add_permission(self, request):
        return admin.ModelAdmin.has_add_permission(self, request)

    @admin.display(description="what must be shown")
    def needs(self, obj):
        return needs_in_words(obj)

    @admin.display(description="asked only where")
    def applies(self, obj):
        return applies_in_words(obj)

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        asked = request.GET
        if "copy" in asked:
            return self._start_from_newest(request, asked.get("milestone"))
        shape = (
            ShapeForm(asked)
            if "needs_op" in asked
            else ShapeForm(initial={"milestone": asked.get("milestone")})
        )
        if not shape.is_bound or "back" in asked or not shape.is_valid():
            parts = {f"{part}_fields": shape.shown(part) for part in ("needs", "applies")}
            return self._render(request, "admin/curriculum/version_shape.html", {"shape": shape, **parts})
        return self._figures(request, shape)

    # --- first step ---

    def _start_from_newest(self, request, milestone_id):
        milestone = (
            Milestone.objects.filter(pk=milestone_id).first() if str(milestone_id).isdecimal() else None
        )
        newest = milestone and milestone.versions.order_by("no").last()
        shape = newest and _shape_of(newest)
        if not shape:
            self.message_user(
                request,
                "The newest version has conditions within conditions, which this form cannot show: start anew.",
                messages.WARNING,
            )
            shape = {"milestone": milestone_id or "", "needs_op": "all", "back": 1}
        shape["valid_from"] = timezone.localdate().isoformat()
        return HttpResponseRedirect(f"{request.path}?{urlencode(shape)}")

    # --- second step ---

    def _figures(self, request, shape: ShapeForm):
        data = request.POST if request.method == "POST" else None
        needs, applies = (self._condition_forms(shape, part, data) for part in ("needs", "applies"))
        definition, error = None, None
        if data is not None and all(form.is_valid() for form in (*needs, *applies)):
            definition, error = _definition(shape, needs, applies)
        if definition and "_save" in request.POST:
            version = self._store(request, shape, definition)
            return HttpResponseRedirect(
                reverse("admin:curriculum_milestone_change", args=[version.milestone_id])
            )
        rule = conditions.parse(definition) if definition else None
        return self._render(
            request,
            "admin/curriculum/version_figures.html",
            {
                "shape": shape,
                "needs": needs,
                "applies": applies,
                "error": error,
                "reading": rule and _sentence(rule.needs),
                "reading_applies": rule and rule.applies_if and _sentence(rule.applies_if),
                "back": f"{request.path}?{request.GET.urlencode()}&back=1",
            },
        )

    def _condition_forms(self, shape: ShapeForm, part: str, data) -> list[ConditionForm]:
        known = _known_leaves(shape.cleaned_data["milestone"], part)
        specs, forms = conditions.specs(), []
        for i, slug in enumerate(shape.measures(part)):
            # A condition of the newest version on the same measure lends its figures, each once.
            twin = next((leaf for leaf in known if leaf.measure == slug), None)
            if twin:
                known.remove(twin)
            initial = initial_of(twin) if twin else {}
            forms.append(ConditionForm(data, spec=specs[slug], prefix=f"{part}-{i}", initial=initial))
        return forms

    @transaction.atomic
    def _store(self, request, shape: ShapeForm, definition: dict) -> MilestoneVersion:
        milestone = shape.cleaned_data["milestone"]
        newest = milestone.versions.aggregate(no=Max("no"))["no"] or 0
        version = MilestoneVersion.objects.create(
            milestone=milestone,
            no=max(newest + 1, FIRST_LOCAL_VERSION if milestone.shipped else 1),
            valid_from=shape.cleaned_data["valid_from"],
            definition=definition,
        )
        self.log_addition(request, version, [{"added": {}}])
        catalogue_changed.send(sender=MilestoneVersion)
        self.message_user(
            request, f"From {version.valid_from:%B %-d, %Y}: {needs_in_words(version)}", messages.SUCCESS
        )
        return version

    def _render(self, request, template: str, context: dict):
        page = {
            **self.admin_site.each_context(request),
            "title": "Add a version of a milestone",
            "opts": self.opts,
        }
        return TemplateResponse(request, template, page | context)


def _definition(shape: ShapeForm, needs, applies) -> tuple[dict | None, str | None]:
    """The definition that the forms add up to, or what is wrong with it."""
    cleaned = shape.cleaned_data
    definition = {"needs": grouped(cleaned["needs_op"], [f.leaf() for f in needs], cleaned["needs_n"])}
    if applies:
        definition["applies_if"] = grouped(cleaned["applies_op"] or "all", [f.leaf() for f in applies])
    try:
        conditions.parse(definition)
    except ValidationError as error:
        return None, " ".join(error.messages)
    return definition, None


def _newest_rule(milestone: Milestone) -> conditions.Rule | None:
    newest = milestone.versions.order_by("no").last()
    return newest and newest.rule


def _known_leaves(milestone: Milestone, part: str) -> list[conditions.Leaf]:
    rule = _newest_rule(milestone)
    node = rule and (rule.needs if part == "needs" else rule.applies_if)
    return list(conditions.leaves(node)) if node else []


def _shape_of(version: MilestoneVersion) -> dict | None:
    """The first step's answers for a stored version; None where the form cannot express it."""
    rule = version.rule
    needs = flat(rule.needs)
    applies = flat(rule.applies_if) if rule.applies_if else ("all", None, [])
    if (
        not needs
        or not applies
        or len(needs[2]) > MOST_NEEDS
        or len(applies[2]) > MOST_APPLIES
        or applies[0] == "n_of"
    ):
        return None
    shape = {"milestone": version.milestone_id, "needs_op": needs[0], "applies_op": applies[0], "back": 1}
    if needs[1]:
        shape["needs_n"] = needs[1]
    shape |= {f"needs_{i}": leaf.measure for i, leaf in enumerate(needs[2])}
    return shape | {f"applies_{i}": leaf.measure for i, leaf in enumerate(applies[2])}
