"""Days as people write them: yesterday, Monday, 11/20, Nov 20, 2026-11-20, last week."""

import datetime as dt
import re

Period = tuple[dt.date, dt.date]

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_US = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?", re.ASCII)
_NUMBER = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?", re.ASCII)
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip


def _place(word: str, names: tuple[str, ...]) -> int | None:
    """Which of the names a word of three letters or more begins."""
    word = word.rstrip(".")
    if len(word) < 3:
        return None
    return next((i for i, name in enumerate(names) if name.startswith(word)), None)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _nearest(month: int, day: int, today: dt.date, ahead: bool) -> dt.date | None:
    """The last such day that is not in the future; or with `ahead` the next one."""
    found = _date(today.year, month, day)
    if ahead:
        return found if found and found >= today else _date(today.year + 1, month, day) or found
    if found is None or found > today:
        found = _date(today.year - 1, month, day) or found
    return found


def read_day(
    words: list[str], at: int, today: dt.date, *, slashes: bool = True, ahead: bool = False
) -> tuple[Period, int] | None:
    """The day or period that begins at word `at`, and how many words it takes. `slashes`: whether 11/20 is a day.

    A day without a year is the last such day that is not in the future, or with `ahead` the next one.
    """
    word = words[at]
    following = words[at + 1] if at + 1 < len(words) else ""
    if word in ("today", "yesterday"):
        day = today - dt.timedelta(days=word == "yesterday")
        return (day, day), 1
    if word in ("this", "last") and following == "week":
        return _week(today, back=word == "last"), 2
    if following == "days" and at + 2 < len(words) and words[at + 2] == "ago" and _NUMBER.fullmatch(word):
        day = today - dt.timedelta(days=int(_NUMBER.fullmatch(word)[1]))
        return (day, day), 3
    if (weekday := _place(word, WEEKDAYS)) is not None:
        day = today - dt.timedelta(days=(today.weekday() - weekday) % 7)
        return (day, day), 1
    return _numbers(words, at, today, slashes, ahead)


def _week(today: dt.date, *, back: bool) -> Period:
    """Monday to Sunday; the present week ends today."""
    monday = today - dt.timedelta(days=today.weekday() + 7 * back)
    return monday, min(monday + dt.timedelta(days=6), today)


def _numbers(
    words: list[str], at: int, today: dt.date, slashes: bool, ahead: bool
) -> tuple[Period, int] | None:
    day, length = None, 1
    if found := _ISO.fullmatch(words[at]):
        day = _date(*map(int, found.groups()))
    elif (found := _US.fullmatch(words[at])) and (slashes or found[3]):
        month, number = int(found[1]), int(found[2])
        if found[3]:
            day = _date(int(found[3]) + (2000 if len(found[3]) == 2 else 0), month, number)
        else:
            day = _nearest(month, number, today, ahead)
    elif found := _named(words[at : at + 3], today, ahead):
        day, length = found
    return ((day, day), length) if day else None


def _named(words: list[str], today: dt.date, ahead: bool) -> tuple[dt.date | None, int] | None:
    """ "Nov 20" or "November 20 2025"."""
    month = _place(words[0], MONTHS)
    number = _NUMBER.fullmatch(words[1]) if len(words) > 1 else None
    if month is None or number is None:
        return None
    if len(words) > 2 and _YEAR.fullmatch(words[2]):
        return _date(int(words[2]), month + 1, int(number[1])), 3
    return _nearest(month + 1, int(number[1]), today, ahead), 2
