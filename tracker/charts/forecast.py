"""The months to come: for each open gap the range in which it may close, and what decides the date of the whole."""

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .base import Chart

ROW = 48  # pixels a gap
LETTERS = 44  # of a name on a telephone


@dataclass(frozen=True)
class Expected:
    """One open gap: the months that are reached with a chance of 10, 50 and 90%; no latest one where none can be named."""

    name: str
    p10: dt.date | None
    p50: dt.date
    p90: dt.date | None
    decides: bool = False


def forecast_chart(found: list[Expected], today: dt.date, undated: int = 0) -> Chart:
    """`undated` is the number of open gaps of which no date can be said."""
    if not found:
        return Chart("forecast", _("Nothing that is open has a date yet"))
    found = sorted(found, key=lambda one: (one.p50, one.name))
    last = max([one.p90 or one.p50 for one in found]) + dt.timedelta(days=45)
    last = max(last, today + dt.timedelta(days=365))
    middle = today + (last - today) / 2
    ranges = []
    for place, one in enumerate(found):
        start = max(today, one.p10 or one.p50)
        end = one.p90 or last
        left = start < middle
        ranges.append(
            {
                "row": f"{place:02d}", "name": one.name, "narrow": one.name if len(one.name) <= LETTERS else one.name[: LETTERS - 1] + "…",
                "from": start.isoformat(), "middle": one.p50.isoformat(), "to": end.isoformat(),
                "open": one.p90 is None, "decides": one.decides,
                "at": (start if left else end).isoformat(), "align": "left" if left else "right",
            }
        )  # fmt: skip
    height = ROW * len(found) + 40
    return Chart(
        "forecast",
        _title(found, undated),
        _("A bar is where eight of ten of our ranges should hold, its dot the middle; a darker bar decides the date, an arrow has no latest month that we could name."),
        (_("Milestone"), _("Earliest"), _("Expected"), _("Latest")),
        [(one.name, _month(one.p10), _month(one.p50), _month(one.p90)) for one in found],
        {"ranges": ranges, "first": today.isoformat(), "last": last.isoformat()},
        height=height, narrow_height=height,
    )  # fmt: skip


def _month(day: dt.date | None) -> str:
    return date_format(day, "M Y") if day else "–"


def _title(found: list[Expected], undated: int) -> str:
    decides = next((one for one in found if one.decides), None)
    if decides and not undated:
        return _("%(name)s decides: expected in %(month)s") % {
            "name": decides.name,
            "month": date_format(decides.p50, "F Y"),
        }
    first = found[0]
    said = {"name": first.name, "month": date_format(first.p50, "F Y"), "n": undated}
    if not undated:
        return _("%(name)s comes first, in %(month)s") % said
    return (
        ngettext(
            "%(name)s comes first, in %(month)s; of one more no date can be said",
            "%(name)s comes first, in %(month)s; of %(n)s more no date can be said",
            undated,
        )
        % said
    )
