"""How the figures over all gaps came about."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tracker.selectors.evaluated import evaluated
from tracker.selectors.overall import explain_readiness, explain_stage, explain_standing, explain_years

from .as_of import as_of_form
from .scope import for_coder

TITLES = ("readiness", "stage", "years", "standing")


@require_safe
@for_coder
def explain(request, coder, what):
    """One of TITLES: readiness, the stage that was shown, years of experience, where pay stands."""
    if what not in TITLES:
        raise Http404
    form = as_of_form(request, coder)
    state = evaluated(coder, form.past)
    context = {"what": what, "state": state, "as_of_form": form, "title": _title(what)}
    if what == "readiness":
        context["readiness"] = explain_readiness(state)
    elif what == "stage":
        context["stages"] = explain_stage(state)
    elif what == "years":
        context["steps"] = explain_years(coder, state.as_of)
    else:
        context["steps"] = explain_standing(state)
    return render(request, "tracker/explain/overall.html", context)


def _title(what: str) -> str:
    return {
        "readiness": _("How your readiness came about"),
        "stage": _("How the stage you have shown came about"),
        "years": _("How your years of experience came about"),
        "standing": _("How your standing came about"),
    }[what]
