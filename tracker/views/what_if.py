"""What if: assumptions in the address, their effect on the page; nothing is stored but a plan that somebody saves."""

from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tracker.forms.what_if import WhatIfForm
from tracker.models import Plan
from tracker.selectors.whatif import looked
from tracker.services.plans import assumptions_of, delete_plan, rename_plan, save_plan
from tracker.whatif.assumptions import Assumptions, offered
from tracker.whatif.compute import look

from .messages import say, say_error
from .scope import for_coder, sentences


def address(assumed: Assumptions) -> str:
    query = urlencode(assumed.as_query())
    return reverse("tracker:what_if") + (f"?{query}" if query else "")


@require_safe
@for_coder
def what_if(request, coder):
    form = WhatIfForm(request.GET, credentials=[])
    view = looked(look(coder, form.assumed))
    context = {"form": form, "view": view, "assumed": form.assumed, "query": form.assumed.as_query()}
    if request.htmx:
        return render(request, "tracker/what_if/result.html", context)
    form.fields["credentials"].choices, context["worth"] = _credentials(view)
    context["plans"] = [(plan, address(assumptions_of(plan))) for plan in coder.plans.all()]
    return render(request, "tracker/what_if/what_if.html", context)


MOST_WORTH = 9


def _credentials(view) -> tuple[list[tuple[str, str]], int]:
    """All credentials as slug and code: first those that are assumed or worth it, which are so many."""
    slugs = [*view.seen.assumed.credentials, *(m.certification for m in view.moves if m.certification)]
    if view.target:
        slugs += view.target.serving_certifications.values_list("slug", flat=True)
    codes = dict(offered().order_by("code").values_list("slug", "code"))
    worth = [slug for slug in dict.fromkeys(slugs) if slug in codes][:MOST_WORTH]
    return [(slug, codes[slug]) for slug in dict.fromkeys([*worth, *codes])], len(worth)


@require_POST
@for_coder
def plan_save(request, coder):
    """Save the assumptions of the page, which come along in hidden fields."""
    form = WhatIfForm(request.POST, credentials=[])
    try:
        plan = save_plan(coder, request.POST.get("name", ""), form.assumed, by=request.user)
    except ValidationError as error:
        say_error(request, sentences(error))
    else:
        say(request, _("Saved as “%(name)s”. Nobody but you sees your plans.") % {"name": plan})
    return redirect(address(form.assumed))


@require_safe
@for_coder
def plans(request, coder):
    """Every plan with what it assumes, in words."""
    rows = [
        (plan, address(assumed), spelled(assumed))
        for plan in coder.plans.all()
        for assumed in [assumptions_of(plan)]
    ]
    return render(request, "tracker/what_if/plans.html", {"plans": rows})


@require_POST
@for_coder
def plan_rename(request, coder, pk):
    plan = _plan(coder, pk)
    try:
        rename_plan(plan, request.POST.get("name", ""), by=request.user)
    except ValidationError as error:
        say_error(request, sentences(error))
    return redirect("tracker:plans")


@require_POST
@for_coder
def plan_delete(request, coder, pk):
    plan = _plan(coder, pk)
    delete_plan(plan, by=request.user)
    say(request, _("The plan “%(name)s” is deleted.") % {"name": plan.name})
    return redirect("tracker:plans")


def _plan(coder, pk) -> Plan:
    plan = coder.plans.filter(pk=pk).first()
    if plan is None:
        raise Http404
    return plan


def spelled(assumed: Assumptions) -> list[tuple[str, str]]:
    """Assumptions as label and value, as the form has them."""
    form = WhatIfForm.base_fields
    lines = []
    for name, value in assumed.as_json().items():
        if name == "credentials":
            text = ", ".join(slug.upper() for slug in value)
        elif name in ("target", "work_type", "specialty", "employer_type", "area"):
            field = form[name]
            row = field.queryset.model.objects.filter(**{field.to_field_name or "pk": value}).first()
            text = str(row or value)
        else:
            text = f"{value:g}"
        lines.append((str(form[name].label), text))
    return lines
