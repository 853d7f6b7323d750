"""The gate: whether a file could hold anything about a patient. It comes before everything else, and is per kind of import.

A column is refused by its name, or by what its cells look like. What is refused is named by column; no cell is ever repeated.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tracker.validators import looks_like_patient_data

from .columns import Assigned
from .errors import BadValueError
from .fields import Holds, Kind
from .headers import Column
from .values import has_date, minutes_of_hours, number

# Names of columns that identify a patient (45 CFR 164.514(b)(2) and the layouts of real exports), as words of a normalised header.
_DENIED = re.compile(
    r"\b(?:mrns?|acct|account|fin|csn|har|encounter|visit|pt|pts|patients?|dob|birth\w*|born|age|ages|sex|gender|race|ssn|dos|admit|"
    r"admission|admitted|discharged?|phone|telephone|mobile|fax|email|e mail|address|street|city|zip|zipcode|subscriber|insured|"
    r"guarantor|claim|urls?|comments?|notes?|remarks?|initials|los|charges|hicn|mbi|medicaid id|medicare id|photo|diagnosis code|"
    r"icd codes?|cpt codes?|procedure codes?)\b"
    r"|\bmedical record\b|\bdates? of (?:service|birth|death)\b|\bservice dates?\b|\bmember (?:id|no|number|#)|\bip address\b"
    r"|\b(?:record|chart|case|policy|unit) ?(?:id|no|nbr|num|number|#)"
)
# "Name" is a patient's, unless it says whose it is.
_NAME = re.compile(r"\bnames?\b")
_WHOSE = re.compile(
    r"\b(?:coder|auditor|user|employee|staff|team|member|reviewer|analyst|associate|worker|manager|supervisor|facility|work type|"
    r"category|credential|certification|course|activity|provider organization|school|report|queue)\b"
)
_SSN = re.compile(r"(?<!\d)\d{3}([- ])\d{2}\1\d{4}(?!\d)")
_LONG_NUMBER = re.compile(r"(?<![\d.,])\d{6,}(?![\d.,])")
_SHORT = re.compile(r"[^A-Za-z@]{0,40}")


@dataclass(frozen=True)
class Refusal:
    """A column that must go. `told` tells whether saying what the column is would help: dates that nobody knows."""

    column: Column
    why: str
    can_be_told: bool = False


def check(assigned: list[Assigned], kind: Kind, rows: Iterable[list[str]]) -> list[Refusal]:
    """The columns that could hold patient data. Columns without any cell are harmless."""
    values: list[set[str]] = [set() for _ in assigned]
    for cells in rows:
        for seen, cell in zip(values, cells, strict=False):
            if cell:
                seen.add(cell)
    refused = (_check_column(one, kind, seen) for one, seen in zip(assigned, values, strict=True) if seen)
    return [refusal for refusal in refused if refusal]


def _check_column(one: Assigned, kind: Kind, values: set[str]) -> Refusal | None:
    field = kind.field(one.key) if one.key else None
    if field is None and is_denied(one.column):
        return Refusal(one.column, _("its name is one of a patient’s details"))
    holds = field.holds if field else None
    for value in values:
        if why := _looks(value, holds):
            return Refusal(one.column, why)
    if one.key is None and any(has_date(value) for value in values):
        return Refusal(
            one.column,
            _("it holds dates, and its name does not say that they are dates of your work"),
            can_be_told=True,
        )
    return None


def is_denied(column: Column) -> bool:
    name = column.name
    if _DENIED.search(name):
        return True
    return bool(_NAME.search(name)) and not _WHOSE.search(name)


def _looks(value: str, holds: Holds | None):
    """What a cell looks like, in words, or None. Cells that are what their column holds are not looked at further."""
    if holds == Holds.OWN_NUMBER:
        return None
    if holds == Holds.WHO:
        return _("it holds social security numbers") if _SSN.search(value) else None
    if holds == Holds.COUNT and _LONG_NUMBER.fullmatch(value):
        return _("it holds long numbers that count nothing, such as account numbers")
    if _SHORT.fullmatch(value) and sum(map(str.isdigit, value)) < 6:
        return None
    if holds in _TYPED and _is(value, holds):
        return None
    what = looks_like_patient_data(value)
    return _("it holds what looks like %(what)s") % {"what": what} if what else None


_TYPED = {Holds.PERIOD, Holds.HOURS, Holds.NUMBER, Holds.PERCENT}
_DATE_SHAPE = re.compile(
    r"[\d/.\-–: ]{4,40}|(?:[A-Za-z]{3,9}[ ,.\-’']{0,3}){0,2}[\d ,.:/\-–]{2,30}(?:[A-Za-z]{3,9}[ ,.\-]{0,2}[\d ,:]{2,20})?(?: ?[APap][Mm])?"
)


def _is(value: str, holds: Holds) -> bool:
    if holds == Holds.PERIOD:
        return bool(_DATE_SHAPE.fullmatch(value)) and not _SSN.search(value) and has_date(value)
    try:
        minutes_of_hours(value) if holds == Holds.HOURS else number(value.removesuffix("%"))
    except BadValueError:
        return False
    return not _LONG_NUMBER.search(value)
