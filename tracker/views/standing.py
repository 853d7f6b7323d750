"""Wages: what an occupation earns somewhere, and where the coder's own pay falls in it."""

from dataclasses import replace

from django import forms
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from curriculum.models import Industry, Occupation, WageArea, WageRelease
from curriculum.wages import CODERS, area_choices, industry_choices, newest_release
from tracker.charts.pictures import picture
from tracker.models import Evaluation
from tracker.permissions import visible_pay
from tracker.selectors.charts import wages
from tracker.services.coders import update_coder

from .charts import figures_of
from .messages import say
from .scope import for_coder
from .wages import bands, wage_table


class StandingForm(forms.Form):
    """Which wages to look at. An area is chosen here to look; making it one's own is a POST."""

    area = forms.ChoiceField(label=gettext_lazy("Area"), required=False)
    industry = forms.ChoiceField(
        label=gettext_lazy("Industry"),
        required=False,
        help_text=gettext_lazy("Of the whole nation, in the place of an area."),
    )
    occupation = forms.ModelChoiceField(
        Occupation.objects.all(), label=gettext_lazy("Occupation"), required=False, empty_label=None
    )
    release = forms.ModelChoiceField(
        WageRelease.objects.all(),
        to_field_name="slug",
        label=gettext_lazy("Release"),
        required=False,
        empty_label=None,
    )

    def __init__(self, data, *, newest, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["area"].choices = area_choices(newest) if newest else []
        occupation = self.data.get("occupation") or CODERS
        self.fields["industry"].choices = industry_choices(newest, occupation) if newest else []
        self.fields["occupation"].label_from_instance = lambda row: row.title


@require_http_methods(["GET", "HEAD", "POST"])
@for_coder
def standing(request, coder):
    newest = newest_release()
    if request.method == "POST":
        return _keep_area(request, coder)
    return render(request, "tracker/standing.html", _page(request, coder, newest))


@require_safe
@for_coder
def standing_chart(request, coder):
    """The picture of the wages that the page shows, drawn: alone for htmx, on a page of its own otherwise."""
    figure = _page(request, coder, newest_release()).get("figure")
    if figure is None:  # nothing published to draw; the page says so
        return redirect("tracker:standing")
    figure = replace(figure, picture=picture(figure.chart))
    template = "components/plot.html" if request.htmx else "tracker/chart.html"
    return render(request, template, {"figure": figure})


def _page(request, coder, newest) -> dict:
    pay = visible_pay(request.user).filter(effective_on__lte=coder.today()).select_related("role").first()
    defaults = {
        "area": coder.area_id or WageArea.NATION,
        "industry": Industry.ALL,
        "occupation": _occupation(coder, pay),
        "release": newest and newest.slug,
    }
    form = StandingForm({**defaults, **request.GET.dict()}, newest=newest)
    chosen = form.cleaned_data if form.is_valid() else {}
    release = chosen.get("release") or newest
    area = chosen.get("area") or defaults["area"]
    occupation = chosen["occupation"].pk if chosen.get("occupation") else defaults["occupation"]
    industry = chosen.get("industry") or Industry.ALL
    if industry != Industry.ALL:
        area = WageArea.NATION  # one chooses an area or an industry, never both
    context = {
        "form": form,
        "pay": pay,
        "area": area,
        "is_mine": area == defaults["area"] or industry != Industry.ALL,
        "release": release,
    }
    if release:
        context["table"] = wage_table(occupation, area, release, pay, me=_("Your pay"), industry=industry)
        context["coders"], context["bands"] = bands(area, release)
        context["is_coders"] = occupation == CODERS
        context["figure"] = _figure(request, coder, context)
    return context


def _figure(request, coder, context):
    """The chart of the wages, drawn by an address with the same choices; None where there is nothing to draw."""
    evaluation = Evaluation.objects.filter(coder=coder).select_related("target__stage").first()
    stage = evaluation.target.stage if evaluation and evaluation.target else None
    found = wages(context["table"], context["bands"], context["pay"], stage)
    query = request.GET.urlencode()
    url = reverse("tracker:standing_chart") + (f"?{query}" if query else "")
    return next(iter(figures_of([(found, url)])), None)


def _occupation(coder, pay) -> str:
    """The occupation of the role that the pay is for; else of the role that the coder states; else the coders' own."""
    role = (pay and pay.role) or coder.stated_role
    return role.occupation_id if role else CODERS


def _keep_area(request, coder):
    area = WageArea.objects.filter(pk=request.POST.get("area", "")).first()
    if area:
        update_coder(coder, {"area": area}, by=request.user)
        say(request, _("Your pay is compared with wages in %(area)s from now on.") % {"area": area})
    return redirect(reverse("tracker:standing"))
