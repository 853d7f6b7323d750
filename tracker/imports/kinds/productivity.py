"""Productivity: charts and time by coder, period and work type; a coder's own log, and the exports of coding systems (domain 2.9)."""

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from tracker.imports.fields import Field, Holds, Kind
from tracker.imports.lines import Entry, Line, Settings
from tracker.imports.values import Period

from .common import HARMLESS, SPECIALTY, WHO, WORK_TYPE, either, period_of

DATE = Field(
    "date",
    _("the date, month or week"),
    Holds.PERIOD,
    (
        "date", "work date", "activity date", "date of work", "coded date", "coding date", "date coded", "date worked", "day",
        "month", "period", "date range", "starts on", "start date", "from", "date from", "period start", "pay period",
    ),
    fills=True,
)  # fmt: skip
WEEK = Field(
    "week",
    _("the first day of a week"),
    Holds.PERIOD,
    ("week of", "week", "week starting", "week start", "week beginning"),
    fills=True,
)
UNTIL = Field(
    "until",
    _("the last day of the period"),
    Holds.PERIOD,
    (
        "to",
        "until",
        "ends on",
        "end date",
        "date to",
        "through",
        "period end",
        "week ending",
        "week end",
        "pay period end",
    ),
    fills=True,
)
CHARTS = Field(
    "charts",
    _("charts coded"),
    Holds.COUNT,
    (
        "charts", "submitted", "charts coded", "coded charts", "chart count", "total charts", "# charts", "charts completed",
        "charts submitted", "accounts coded", "# accounts", "accounts", "records coded", "encounters coded", "visits coded",
        "cases coded", "coded", "# coded", "total coded", "completed", "final coded", "finalized", "encounters", "visits",
        "cases", "volume", "count", "total volume",
    ),
    by_work_type=True,
)  # fmt: skip
HOURS = Field(
    "hours",
    _("coding time in hours"),
    Holds.HOURS,
    (
        "hours", "hrs", "hr", "coding hours", "hours coded", "hours coding", "hours worked", "productive hours", "coding time",
        "total hours", "time totals total", "total time", "time total", "time spent", "time", "total hrs", "coding hrs",
    ),
    by_work_type=True,
)  # fmt: skip
MINUTES = Field(
    "minutes",
    _("coding time in minutes"),
    Holds.MINUTES,
    ("minutes", "mins", "min", "coding minutes", "total minutes", "time in minutes"),
    by_work_type=True,
)
PER_HOUR = Field(
    "per_hour",
    _("charts an hour (compared with the counts)"),
    Holds.NUMBER,
    (
        "cph",
        "charts per hour",
        "charts hour",
        "charts hr",
        "per hour",
        "charts an hour",
        "accounts per hour",
        "rate per hour",
    ),
    by_work_type=True,
)
# How far charts an hour in the file may be from what its counts give, before somebody should look.
ODD = 0.1
A_WEEK = dt.timedelta(days=6)  # from its first day to its last


def missing(present: set[str]) -> list[str]:
    """What has to be there, in words."""
    wanted = [
        (("charts",), _("the number of charts")),
        (("hours", "minutes"), _("the coding time, in hours or minutes")),
    ]
    return [str(words) for keys, words in wanted if not either(present, keys)]


def interpret(line: Line, settings: Settings) -> Iterator[Entry]:
    """The volumes of a row: one, or one for each work type that has columns of its own."""
    period = _period(line, settings)
    specialty = line.word("specialty", "specialty")
    wide = sorted({key.partition("@")[2] for key in line.where if key.startswith("charts@")})
    for work_type in wide or [None]:
        suffix = f"@{work_type}" if work_type else ""
        charts, minutes = _figures(line, suffix)
        if not line.is_wrong and not charts and not minutes:
            continue  # a day off, or a work type that was not worked on
        slug = work_type or _work_type(line, settings)
        if _is_complete(line, suffix, period, slug, charts, minutes):
            yield _entry(line, suffix, period, slug, specialty, charts, minutes)


def _period(line: Line, settings: Settings) -> Period | None:
    if line.text("week"):
        return _week(line, "week", settings)
    if line.text("until") and not line.text("date"):
        last = line.period("until")
        return last and (last[1] - A_WEEK, last[1])  # "week ending" alone
    return period_of(line, settings)


def _week(line: Line, key: str, settings: Settings) -> Period | None:
    """ "Week of 03/02/2026" is seven days; a range says for itself how many it is."""
    found = line.period(key)
    if found is None or found[0] != found[1]:
        return found
    if found[0] + A_WEEK > settings.today:
        return line.error(key, _("This week is not over yet."))
    return found[0], found[0] + A_WEEK


def _figures(line: Line, suffix: str) -> tuple[int | None, int | None]:
    minutes = line.hours(f"hours{suffix}")
    if minutes is None:
        minutes = line.minutes(f"minutes{suffix}")
    return line.count(f"charts{suffix}"), minutes


def _work_type(line: Line, settings: Settings) -> str | None:
    if not line.has("work_type"):
        return settings.work_type
    if not line.text("work_type"):
        return line.error("work_type", _("The work type is missing."))
    return line.word("work_type", "work_type")


def _is_complete(line: Line, suffix, period, slug, charts, minutes) -> bool:
    if line.is_wrong or not period or not slug:
        return False
    if not charts:
        line.warn(f"charts{suffix}", _("Time without any chart: nothing is taken from this row."))
        return False
    if not minutes:
        line.error(
            f"hours{suffix}" if line.has(f"hours{suffix}") else f"minutes{suffix}",
            _("The coding time is missing."),
        )
        return False
    return True


def _entry(line: Line, suffix, period, work_type, specialty, charts, minutes) -> Entry:
    said = line.number_of(f"per_hour{suffix}")
    if said is not None and abs(float(said) - charts * 60 / minutes) > ODD:
        line.warn(
            f"per_hour{suffix}", _("Charts an hour disagree with charts and time. The counts are taken.")
        )
    values = {
        "starts_on": period[0],
        "ends_on": period[1],
        "work_type": work_type,
        "specialty": specialty or "",
    }
    return Entry(
        [line.number],
        line.text("who"),
        "volume",
        tuple(values.values()),
        values | {"charts": charts, "minutes": minutes},
    )


PRODUCTIVITY = Kind(
    slug="productivity",
    label=_("Productivity"),
    what=_("Charts and coding time by day, week or month"),
    record="volume",
    fields=(WHO, DATE, WEEK, UNTIL, WORK_TYPE, SPECIALTY, CHARTS, HOURS, MINUTES, PER_HOUR),
    leaves_out=HARMLESS,
    missing=missing,
    interpret=interpret,
    adds_up=("charts", "hours", "minutes"),
    repeats_count=False,
)
