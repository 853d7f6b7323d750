"""What the cell of a column may say: counts, hours, percentages, dates and periods. Each raises BadValueError, without the value."""

import calendar
import datetime as dt
import re
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from .errors import BadValueError


class DateOrder(StrEnum):
    """How 03/04/2026 is read: as March 4, or as the 3rd of April."""

    MONTH_FIRST = "mdy"
    DAY_FIRST = "dmy"


class Scale(StrEnum):
    """How a percentage without its sign is written: 95.5, or as a share, 0.955."""

    PERCENT = "percent"
    SHARE = "share"


Period = tuple[dt.date, dt.date]

_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_GROUPED_COMMA = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+")
_PLAIN = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)")
_CLOCK = re.compile(r"(\d{1,5}):([0-5]?\d)(?::([0-5]?\d))?")
_HOURS_WORDS = re.compile(r"(\d{1,4})\s*h(?:ours?|rs?)?\s*(?:(\d{1,2})\s*m(?:in(?:utes)?)?)?", re.IGNORECASE)
_LONGEST = 24  # characters of a number: what is longer is none


def number(text: str) -> Decimal:
    """ "1,234.5", "1.234,5", "7,5", "$ 2,075" and "(3)" for less than nothing."""
    bare = text.strip().replace("\u00a0", " ").replace("\u2212", "-").removeprefix("$").strip()
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    if len(bare) > _LONGEST:
        raise BadValueError(_("This is not a number."))
    if _GROUPED.fullmatch(bare):
        return Decimal(bare.replace(",", ""))
    if _GROUPED_COMMA.fullmatch(bare):
        return Decimal(bare.replace(".", "").replace(",", "."))
    if _PLAIN.fullmatch(bare) and bare.isascii():
        return Decimal(bare.replace(",", "."))
    raise BadValueError(_("This is not a number."))


MOST_COUNTED = 100_000


def count(text: str) -> int:
    """A whole number from 0 to 100,000, as nobody's month has more."""
    value = number(text)
    if value != value.to_integral_value():
        raise BadValueError(_("This is not a whole number."))
    if value < 0:
        raise BadValueError(_("This is less than nothing."))
    if value > MOST_COUNTED:
        raise BadValueError(_("This is more than 100,000. Check whether the column really counts."))
    return int(value)


def minutes_of_hours(text: str) -> int:
    """ "7:25:20", "13:13" (hours and minutes, also beyond a day), "7.5", "7 h 30 min", in whole minutes; 0 where it says so."""
    bare = text.strip()
    if clock := _CLOCK.fullmatch(bare):
        seconds = int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0)
        return _minutes(Decimal(seconds) / 60)
    if words := _HOURS_WORDS.fullmatch(bare):
        return int(words[1]) * 60 + int(words[2] or 0)
    return _minutes(number(re.sub(r"\s*h(?:ours?|rs?)?$", "", bare, flags=re.IGNORECASE)) * 60)


def minutes(text: str) -> int:
    return _minutes(number(re.sub(r"\s*m(?:in(?:utes)?)?$", "", text.strip(), flags=re.IGNORECASE)))


def _minutes(value: Decimal) -> int:
    if value < 0:
        raise BadValueError(_("This is less than nothing."))
    if value > 60 * 24 * 366:
        raise BadValueError(_("This is more time than a year has."))
    return int(value + Decimal("0.5")) or (1 if value else 0)


def percent(text: str, scale: Scale) -> Decimal:
    """ "95.5 %", "95,5" or, as a share, "0.955": from 0 to 100. A percent sign says the scale by itself."""
    bare = text.strip()
    if bare.endswith("%"):
        value = number(bare[:-1])
    else:
        value = number(bare) * (100 if scale == Scale.SHARE else 1)
    if not 0 <= value <= 100:
        raise BadValueError(_("A percentage lies between 0 and 100."))
    return value


def looks_like_share(texts) -> bool | None:
    """Whether percentages without a sign are written as shares; None where nothing tells."""
    largest = None
    for text in texts:
        if text.strip().endswith("%"):
            continue
        try:
            value = number(text)
        except BadValueError:
            continue
        largest = value if largest is None else max(largest, value)
    return None if largest is None or largest == 0 else largest <= 1


_MONTHS = {name.casefold(): i for i, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.casefold(): i for i, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]m)?)?"
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}", re.IGNORECASE)
_NUMERIC = re.compile(rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}", re.IGNORECASE)
_DAY_WORDS = re.compile(rf"(\d{{1,2}})[ -]({_MONTH})\.?[ ,-]+(\d{{4}}|\d{{2}})", re.IGNORECASE)
_WORDS_DAY = re.compile(
    rf"({_MONTH})\.?[ -](\d{{1,2}})(?:st|nd|rd|th)?,?[ -]+(\d{{4}}|\d{{2}})", re.IGNORECASE
)
_MONTH_ONLY = re.compile(rf"({_MONTH})\.?[ ,'’/-]+(\d{{4}}|\d{{2}})", re.IGNORECASE)
_MONTH_NUMBERS = re.compile(r"(\d{4})[-/](\d{1,2})|(\d{1,2})/(\d{4})")
_RANGE = re.compile(r"(.+?)\s*(?:\s-\s|–|—|\bto\b|\bthrough\b|(?<=\d)-(?=\d{1,2}/))\s*(.+)", re.IGNORECASE)
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
_SERIAL = re.compile(r"[3-6]\d{4}")  # 1982 to 2091, as a spreadsheet counts days
NOT_A_DATE = _("This is not a date that can be read. Write it as 2026-03-31.")


def date(text: str, order: DateOrder, today: dt.date) -> dt.date:
    """One day. A year of two digits lies in this century, unless that were after next year."""
    bare = _WEEKDAY.sub("", text.strip())
    if len(bare) > 40:
        raise BadValueError(NOT_A_DATE)
    if iso := _ISO.fullmatch(bare):
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    if found := _NUMERIC.fullmatch(bare):
        first, second = int(found[1]), int(found[3])
        day_first = order == DateOrder.DAY_FIRST or found[2] == "."
        month, day = (second, first) if day_first else (first, second)
        return _day(_year(found[4], today), month, day)
    if found := _DAY_WORDS.fullmatch(bare):
        return _day(_year(found[3], today), _MONTHS[found[2].casefold()], int(found[1]))
    if found := _WORDS_DAY.fullmatch(bare):
        return _day(_year(found[3], today), _MONTHS[found[1].casefold()], int(found[2]))
    if _SERIAL.fullmatch(bare):
        return dt.date(1899, 12, 30) + dt.timedelta(days=int(bare))
    raise BadValueError(NOT_A_DATE)


def period(text: str, order: DateOrder, today: dt.date) -> Period:
    """A day, a month ("Jan-26", "2026-01") or a range in one cell ("12/02/24 - 12/08/24"), as its first and last day."""
    bare = text.strip()
    if month := _month(bare, today):
        return month
    try:
        day = date(bare, order, today)
        return day, day
    except BadValueError:
        parts = _RANGE.fullmatch(bare) if len(bare) < 80 else None
        if parts is None:
            raise
    first, last = date(parts[1], order, today), date(parts[2], order, today)
    if last < first:
        raise BadValueError(_("The period ends before it starts."))
    return first, last


def _month(text: str, today: dt.date) -> Period | None:
    if found := _MONTH_ONLY.fullmatch(text):
        year, month = _year(found[2], today), _MONTHS[found[1].casefold()]
    elif found := _MONTH_NUMBERS.fullmatch(text):
        year, month = (int(found[1] or found[4]), int(found[2] or found[3]))
    else:
        return None
    first = _day(year, month, 1)
    return first, first.replace(day=calendar.monthrange(year, month)[1])


def _year(text: str, today: dt.date) -> int:
    if len(text) == 4:
        return int(text)
    century = today.year // 100 * 100
    year = century + int(text)
    return year - 100 if year > today.year + 1 else year


def _day(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise BadValueError(NOT_A_DATE) from None


def order_of(texts) -> DateOrder | None:
    """How the slashed dates of a file are written, as far as any of them tells; None where all could be either.

    A file without such dates is as good as month first.
    """
    any_ambiguous = False
    for text in texts:
        for found in _NUMERIC_ANYWHERE.finditer(text):
            first, separator, second = int(found[1]), found[2], int(found[3])
            if separator == "." or first == second:
                continue
            if first > 12 >= second:
                return DateOrder.DAY_FIRST
            if second > 12 >= first:
                return DateOrder.MONTH_FIRST
            any_ambiguous = True
    return None if any_ambiguous else DateOrder.MONTH_FIRST


_NUMERIC_ANYWHERE = re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2(?:\d{4}|\d{2})(?!\d)")


def has_date(text: str) -> bool:
    """Whether anything in the text looks like a day."""
    if not any(character.isdigit() for character in text):
        return False
    return bool(
        _NUMERIC_ANYWHERE.search(text)
        or re.search(r"(?<!\d)(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)", text)
        or re.search(rf"\b(?:\d{{1,2}}[ -](?:{_MONTH})|(?:{_MONTH})\.?[ -]\d{{1,2}})\b", text, re.IGNORECASE)
    )
