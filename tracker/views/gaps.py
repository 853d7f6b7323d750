import datetime as dt

from django import forms
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from curriculum.models import Milestone
from tracker.forms.fields import DateWidget
from tracker.models import GapEvent
from tracker.models.records.base import FIRST_YEAR
from tracker.selectors.activities import activities_for, programs_asking
from tracker.selectors.changes import changes_of
from tracker.selectors.charts import accuracy, accuracy_condition
from tracker.selectors.evaluated import Evaluated, evaluated
from tracker.selectors.explanations import explain_gap
from tracker.selectors.forecasts import Said
from tracker.selectors.gaps import GapLine, find_line
from tracker.selectors.student_programs import notes_on

from .as_of import as_of_form
from .charts import chart_url, figures_of
from .kinds import KINDS
from .scope import for_coder

SHOWN = 8


@require_safe
@for_coder
def gap(request, coder, slug):
    """One gap, today or as of a past day: what is asked, how the verdict came about, what to take to close it."""
    as_of = as_of_form(request, coder)
    state = evaluated(coder, as_of.past)
    line = find_line(state, slug)
    if line is None:
        raise Http404
    explanation = explain_gap(request.user, line.gap, state.as_of)
    milestone = Milestone.objects.get(slug=slug)
    line.askers.extend(programs_asking(coder, milestone))
    context = {
        "gap": line,
        "said": None if state.is_past else Said(coder),
        "state": state,
        "as_of_form": as_of,
        "explanation": explanation,
        "milestone": milestone,
        "seen_otherwise": [] if state.is_past else notes_on(slug, coder, state),
        "log": None if state.is_past else KINDS.get(line.record_kind),
        "shown": explanation.records[:SHOWN],
        "rest": explanation.records[SHOWN:],
        "activities": activities_for(coder).filter(milestones=milestone).prefetch_related("credits__body"),
        "figures": [] if state.is_past else _figures(state, line),
        "events": GapEvent.objects.filter(coder=coder, milestone_version__milestone=milestone),
    }
    return render(request, "tracker/gap.html", context)


class ChangesForm(forms.Form):
    """Two days to compare; the last thirty by default."""

    since = forms.DateField(label=gettext_lazy("From"), widget=DateWidget)
    until = forms.DateField(label=gettext_lazy("To"), widget=DateWidget)

    def __init__(self, data, *, today: dt.date):
        month = {"since": (today - dt.timedelta(days=30)).isoformat(), "until": today.isoformat()}
        super().__init__({**month, **data.dict()})
        self.today = today

    def clean(self):
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if until and until > self.today:
            self.add_error("until", _("Choose a day up to today."))
        elif since and until and not dt.date(FIRST_YEAR, 1, 1) <= since < until:
            self.add_error("since", _("Choose a day before the other one."))


@require_safe
@for_coder
def changes(request, coder, slug):
    """Why a gap changed between two days."""
    if find_line(evaluated(coder), slug) is None:
        raise Http404
    milestone, form = Milestone.objects.get(slug=slug), ChangesForm(request.GET, today=coder.today())
    context = {"milestone": milestone, "form": form}
    if form.is_valid():
        days = form.cleaned_data
        context["changes"] = changes_of(request.user, coder, milestone, days["since"], days["until"])
    return render(request, "tracker/explain/changes.html", context)


def _figures(state: Evaluated, line: GapLine):
    """The chart of the accuracy that the gap asks for, where it asks for any."""
    leaf = accuracy_condition([line])
    if leaf is None:
        return []
    return figures_of([(accuracy(state, leaf), chart_url("accuracy", gap=line.slug))])
