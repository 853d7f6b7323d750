"""The staged rows of a file, cell by cell: filled down, read as what their columns hold, with what is wrong noted by row and column."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from . import values
from .errors import BadValueError
from .fields import Holds, Kind, Vocabulary
from .text import normal
from .values import DateOrder, Period, Scale

# A row as it is staged: its number in the file; for a total, from which of the kept columns on; its kept cells.
Staged = Sequence

AHEAD = dt.timedelta(days=20 * 365)


@dataclass(frozen=True)
class Note:
    """Something about a row, in words without its values. An error keeps the row out; anything else is a warning."""

    row: int
    column: str
    text: str
    is_error: bool = True


@dataclass(frozen=True)
class Kept:
    """A column that is staged: what it is, and what it is called for people."""

    key: str
    label: str


@dataclass(frozen=True)
class Settings:
    """How the file is to be read: what it says by itself and what was answered. `period` is for a file without dates."""

    today: dt.date
    words: Vocabulary
    order: DateOrder = DateOrder.MONTH_FIRST
    scale: Scale = Scale.PERCENT
    method: str = ""
    work_type: str = ""
    period: Period | None = None


@dataclass
class Line:
    """One row, filled down. Each reader answers None for an empty cell, and for a wrong one, which is then noted."""

    number: int
    cells: list[str]
    where: dict[str, list[int]]
    columns: Sequence[Kept]
    settings: Settings
    notes: list[Note] = field(default_factory=list)

    def text(self, key: str) -> str:
        at = self.where.get(key)
        return self.cells[at[0]] if at else ""

    def has(self, key: str) -> bool:
        return key in self.where

    def error(self, key: str, text) -> None:
        self.notes.append(Note(self.number, self.label(key), str(text)))

    def warn(self, key: str, text) -> None:
        self.notes.append(Note(self.number, self.label(key), str(text), is_error=False))

    def label(self, key: str) -> str:
        at = self.where.get(key)
        return self.columns[at[0]].label if at else ""

    @property
    def is_wrong(self) -> bool:
        return any(note.is_error for note in self.notes)

    def count(self, key: str) -> int | None:
        return self._read(key, _count)

    def hours(self, key: str) -> int | None:
        return self._read(key, _hours)

    def minutes(self, key: str) -> int | None:
        return self._read(key, values.minutes)

    def number_of(self, key: str) -> Decimal | None:
        return self._read(key, values.number)

    def percent(self, key: str) -> Decimal | None:
        return self._read(key, lambda text: values.percent(text, self.settings.scale))

    def period(self, key: str) -> Period | None:
        settings = self.settings
        found = self._read(key, lambda text: _period(text, settings.order, settings.today))
        if found and not found[0].year >= 1950:
            return self.error(key, _("The year is long past. Check it."))
        if found and found[1] > settings.today:
            return self.error(key, _("This lies in the future, or its period is not over yet."))
        return found

    def day(self, key: str, *, planned: bool = False) -> dt.date | None:
        """One day; `planned` lets it lie in the future, but in this century."""
        settings = self.settings
        # Of a year in two digits: what is planned may lie this far ahead.
        latest = settings.today + AHEAD if planned else settings.today
        found = self._read(key, lambda text: values.date(text, settings.order, latest))
        if found and not 1950 <= found.year <= 2100:
            return self.error(key, _("The year cannot be. Check it."))
        if found and not planned and found > settings.today:
            return self.error(key, _("This lies in the future."))
        return found

    def word(self, key: str, vocabulary: str) -> str | None:
        """The slug of a word of the catalogue; what nobody knows is an error."""
        text = self.text(key)
        if not text:
            return None
        slug = self.settings.words.find(vocabulary, text)
        if slug is None:
            self.error(key, _("Nobody has said yet what this word stands for."))
        return slug or None

    def sum_of(self, key: str) -> int | None:
        """The columns of a field that adds up; None where all of them are empty or any is wrong."""
        at = self.where.get(key, ())
        found = []
        for i in at:
            if self.cells[i]:
                try:
                    found.append(_count(self.cells[i]))
                except BadValueError as error:
                    self.notes.append(Note(self.number, self.columns[i].label, str(error)))
                    return None
        return sum(found) if found else None

    def _read(self, key: str, read):
        text = self.text(key)
        if not text:
            return None
        try:
            return read(text)
        except BadValueError as error:
            self.error(key, error)
            return None


_count = lru_cache(4096)(values.count)
_hours = lru_cache(16384)(values.minutes_of_hours)
_period = lru_cache(8192)(values.period)
_number = lru_cache(4096)(values.number)


def read_lines(
    staged: Iterable[Staged], columns: Sequence[Kept], kind: Kind, settings: Settings, notes: list[Note]
) -> Iterator[Line]:
    """Each data row in turn. What the file's own totals get wrong, and rows that repeat another, go to `notes`."""
    where: dict[str, list[int]] = {}
    for i, column in enumerate(columns):
        where.setdefault(column.key, []).append(i)
    fills = [i for i, column in enumerate(columns) if (f := kind.field(column.key)) and f.fills]
    above = [""] * len(columns)
    totals, seen = _Totals(columns, kind, notes), set()
    for number, total_from, cells in staged:
        cells = [*cells, *[""] * (len(columns) - len(cells))]
        if total_from is not None:
            totals.compare(number, cells)
            above[total_from:] = [""] * (len(columns) - total_from)
            continue
        for i in fills:
            cells[i] = above[i] = cells[i] or above[i]
        if not kind.repeats_count:
            mark = hash(tuple(cells))
            if mark in seen:
                notes.append(
                    Note(
                        number,
                        "",
                        str(_("This row repeats another word for word; it is taken once.")),
                        is_error=False,
                    )
                )
                continue
            seen.add(mark)
        totals.add(cells)
        yield Line(number, cells, where, columns, settings)


class _Totals:
    """The file's totals against its rows: since the total before, since the name changed, and since the beginning."""

    def __init__(self, columns: Sequence[Kept], kind: Kind, notes: list[Note]):
        self.columns, self.notes = columns, notes
        self.at = [
            (i, kind.field(column.key).holds)
            for i, column in enumerate(columns)
            if column.key.partition("@")[0] in kind.adds_up
        ]
        self.who = next((i for i, column in enumerate(columns) if column.key == "who"), None)
        self.name, self.rows = "", 0
        self.since_total, self.since_name, self.since_start = ({i: 0 for i, _h in self.at} for _ in range(3))

    def add(self, cells: list[str]) -> None:
        self.rows += 1
        if self.who is not None and cells[self.who] != self.name:
            self.name, self.since_name = cells[self.who], {i: 0 for i, _h in self.at}
        for i, holds in self.at:
            value = _sum_value(cells[i], holds) or 0
            self.since_total[i] += value
            self.since_name[i] += value
            self.since_start[i] += value

    def compare(self, number: int, cells: list[str]) -> None:
        for i, holds in self.at:
            said = _sum_value(cells[i], holds)
            if said is None:
                continue
            # Each row's time is rounded to the minute.
            slack = self.rows if holds in (Holds.HOURS, Holds.MINUTES) else 0
            sums = (self.since_total[i], self.since_name[i], self.since_start[i])
            if all(abs(said - one) > slack for one in sums):
                text = _(
                    "The file’s own total is not the sum of its rows. The rows count, the total does not."
                )
                self.notes.append(Note(number, self.columns[i].label, str(text), is_error=False))
        self.since_total = {i: 0 for i, _h in self.at}


def _sum_value(text: str, holds: Holds) -> int | None:
    if not text:
        return None
    try:
        return (
            _hours(text)
            if holds == Holds.HOURS
            else values.minutes(text)
            if holds == Holds.MINUTES
            else int(_number(text))
        )
    except BadValueError:
        return None


@lru_cache(4096)
def name_key(text: str) -> str:
    """A name as it is remembered: "DOE, J" and "Doe, J." are one; nothing else is ever guessed."""
    return normal(text)


@dataclass(slots=True)
class Entry:
    """A record that some rows amount to. `key` is its identity beside who and the source."""

    rows: list[int]
    who: str
    kind: str
    key: tuple
    values: dict
    scores: dict | None = None
