"""Chart volumes, week by week. Pure but for the generator that is handed in."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from .language import Weeks

OFF = 0.04  # share of weeks that somebody is away: two weeks a year
DAYS_A_MONTH = 30.4


@dataclass(frozen=True)
class Week:
    """Monday to Friday, with what was coded in it."""

    starts_on: dt.date
    ends_on: dt.date
    charts: int
    minutes: int


def weeks_of(work: Weeks, anchor: dt.date, rng: Random) -> Iterator[Week]:
    """The whole weeks of `work` up to `anchor`. Two numbers are drawn for each, whatever comes of them."""
    monday, until = work.since.on(anchor), min(work.until.on(anchor), anchor)
    monday -= dt.timedelta(days=monday.weekday())
    begun = monday
    while (friday := monday + dt.timedelta(days=4)) <= until:
        away, noise = rng.random() < OFF, rng.gauss(1, 0.035)
        days = 5 - sum(monday <= day <= friday for day in holidays(monday.year) | holidays(friday.year))
        if not away and days:
            minutes = round(work.hours * 60 * days / 5 * _share(monday) / 15) * 15
            rate = _rate(work, (monday - begun).days / DAYS_A_MONTH) * noise
            yield Week(monday, friday, max(1, round(minutes / 60 * rate)), minutes)
        monday += dt.timedelta(days=7)


def _share(monday: dt.date) -> float:
    """Meetings take more of some weeks than of others: in turn five percent less, as usual, and five percent more coding."""
    return 1 + 0.05 * (monday.toordinal() // 7 % 3 - 1)


def _rate(work: Weeks, months: float) -> float:
    first, routine = work.an_hour
    return first + (routine - first) * min(1.0, months / work.routine)


def holidays(year: int) -> set[dt.date]:
    """The days on which a hospital's coding department in the United States is usually closed."""
    thanksgiving = _nth(year, 11, 3, 4)
    fixed = {dt.date(year, 1, 1), dt.date(year, 7, 4), dt.date(year, 12, 24), dt.date(year, 12, 25)}
    memorial = dt.date(year, 5, 31) - dt.timedelta(days=dt.date(year, 5, 31).weekday())
    return fixed | {memorial, _nth(year, 9, 0, 1), thanksgiving, thanksgiving + dt.timedelta(days=1)}


def _nth(year: int, month: int, weekday: int, n: int) -> dt.date:
    first = dt.date(year, month, 1)
    return first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))
