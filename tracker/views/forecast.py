"""When: each open gap and the promotion on the months to come."""

import datetime as dt
from dataclasses import dataclass

from django.shortcuts import render
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from curriculum.models import Effort, Milestone
from tracker.forecast.pace import LEAST_EVENTS, LEAST_MONTHS, MOST_MONTHS
from tracker.outlook.compute import outlook
from tracker.outlook.exams import CREDENTIALS
from tracker.selectors.evaluated import evaluated
from tracker.selectors.forecasts import Said, When, track_record
from tracker.selectors.gaps import gap_board
from tracker.services.evaluation import preview
from tracker.services.forecasts import forecasts_of

from .scope import for_coder

DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class Bar:
    """A range on the axis, in percent of its length."""

    start: float
    width: float
    middle: float
    open: bool


@dataclass(frozen=True)
class DatedLine:
    slug: str
    name: str
    must: bool
    when: When
    decides: bool
    bar: Bar | None


@require_safe
@for_coder
def forecast(request, coder):
    """Computed for the page by the nightly job's own functions; nothing is stored."""
    batch = preview(coder)
    slugs = dict(Milestone.objects.values_list("pk", "slug"))
    said = Said(coder, forecasts_of(outlook(batch), slugs))
    board = gap_board(evaluated(coder))
    promotion = said.promotion({line.slug: line.name for line in board.open_gaps if line.must})
    lines = [(line, when) for line in board.open_gaps if (when := said.when(line.slug))]
    today = batch.as_of
    span = axis_months(today, [day for _, when in lines for day in (when.p50, when.p90) if day])
    decided = promotion.decided_by[0] if promotion and promotion.decided_by else ""
    dated = [
        DatedLine(line.slug, line.name, line.must, when, line.slug == decided, bar(when, today, span))
        for line, when in lines
        if when.p50
    ]
    dated.sort(key=lambda line: line.when.p50)
    context = {
        "target": batch.profile.targets[0],
        "promotion": promotion,
        "dated": dated,
        "undated": [
            DatedLine(line.slug, line.name, line.must, when, False, None)
            for line, when in lines
            if not when.p50
        ],
        "ticks": ticks(today, span),
        "span": span,
        "record": track_record(coder),
        "efforts": Effort.objects.filter(measure=CREDENTIALS),
        "most_months": MOST_MONTHS,
        "least_months": LEAST_MONTHS,
        "least_events": int(LEAST_EVENTS),
    }
    return render(request, "tracker/forecast/forecast.html", context)


def axis_months(today: dt.date, days: list[dt.date]) -> int:
    """As long as the last date needs, in half years."""
    last = max(days, default=today)
    months = (last.year - today.year) * 12 + last.month - today.month + 1
    return max(12, -(-months // 6) * 6)


def bar(when: When, today: dt.date, span: int) -> Bar:
    def at(day: dt.date | None) -> float:
        return (
            100.0
            if day is None
            else min(100.0, max(0.0, (day - today).days / (DAYS_A_YEAR / 12 * span) * 100))
        )

    start = at(when.p10)
    return Bar(
        round(start, 1), round(max(at(when.p90) - start, 0.5), 1), round(at(when.p50), 1), when.p90 is None
    )


def ticks(today: dt.date, span: int) -> list[tuple[float, str]]:
    """The beginnings of half years (or of years on a long axis), with their place in percent."""
    step, found = (6 if span <= 30 else 12), []
    for month in range(1, span + 1):
        number = today.year * 12 + today.month - 1 + month
        day = dt.date(number // 12, number % 12 + 1, 1)
        if (day.month - 1) % step == 0:
            place = (day - today).days / (DAYS_A_YEAR / 12 * span) * 100
            if place < 90:
                found.append((round(place, 1), date_format(day, "M Y")))
    return found
