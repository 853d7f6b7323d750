"""When: each open gap and the promotion on the months to come."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from curriculum.models import Effort
from tracker.forecast.pace import LEAST_EVENTS, LEAST_MONTHS, MOST_MONTHS
from tracker.outlook.exams import CREDENTIALS
from tracker.selectors.ahead import look_ahead
from tracker.selectors.forecasts import track_record

from .charts import chart_url, figures_of
from .scope import for_coder


@require_safe
@for_coder
def forecast(request, coder):
    """Computed for the page; nothing is stored."""
    ahead = look_ahead(coder)
    dated = sorted((line for line in ahead.lines if line[1].p50), key=lambda line: line[1].p50)
    [figure] = figures_of([(ahead.chart, chart_url("forecast"))])
    context = {
        "target": ahead.target,
        "promotion": ahead.promotion,
        "dated": dated,
        "undated": [line for line in ahead.lines if not line[1].p50],
        "decides": ahead.decides,
        "figure": figure,
        "record": track_record(coder),
        "efforts": Effort.objects.filter(measure=CREDENTIALS),
        "most_months": MOST_MONTHS,
        "least_months": LEAST_MONTHS,
        "least_events": int(LEAST_EVENTS),
    }
    return render(request, "tracker/forecast/forecast.html", context)
