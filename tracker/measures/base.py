"""What a measure is, and how it says what it needs from the database.

A measure names *columns*: aggregates over one kind of record at one grain. The evaluator asks each (kind, grain) once,
for any number of coders, with all columns as filtered aggregates of one query. Back come arrays with one entry a
coder, in which the measure reads its value. One coder or a million: the same function.
"""

import datetime as dt
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import TypeVar

import numpy as np
from django.db.models import Aggregate, BooleanField, ExpressionWrapper, Model, Q

from curriculum import words
from curriculum.conditions import COMPARATORS, Leaf, MeasureSpec, register
from tracker.models.records import ATTESTED

T = TypeVar("T")


@dataclass(frozen=True)
class Source:
    """One kind of record at one grain: the coder, or the coder and `group` (paths of the ORM).

    `record` is the path from the model to the record whose coder, `removed_at`, `counted` and `provenance` hold
    ("" where the model is the record itself). `date` is the path of the date that it counts by. `named` gives the
    expression of a group that is no field.
    """

    name: str
    model: type[Model]
    group: tuple[str, ...] = ()
    record: str = ""
    date: str = ""
    named: Mapping = field(default_factory=dict, compare=False)
    is_record: bool = True

    def path(self, name: str) -> str:
        return f"{self.record}__{name}" if self.record else name

    @property
    def coder(self) -> str:
        return self.path("coder_id")

    @property
    def countable(self) -> Q:
        if not self.is_record:
            return Q()
        return Q(**{self.path("removed_at__isnull"): True, self.path("counted"): True})

    @property
    def attested(self) -> Q:
        return Q(**{self.path("provenance__in"): [p.value for p in ATTESTED]})


def flag(where: Q) -> ExpressionWrapper:
    """A group of a source: whether a row fulfils a condition."""
    return ExpressionWrapper(where, output_field=BooleanField())


@dataclass(frozen=True)
class Column:
    """One aggregate of a source. Equal keys are the same aggregate, asked once.

    `pick` chooses among the groups of the source, as ("attested", True): the database adds up each row once for all columns
    that differ in nothing else. `where` says all that the records behind the column fulfil.
    """

    source: Source
    key: str
    aggregate: Aggregate = field(compare=False)
    where: Q = field(compare=False, default=Q())
    pick: tuple[tuple[str, object], ...] = ()


class Data:
    """What the queries of one window brought, for `size` coders in the order of their ids."""

    def __init__(self, ids: np.ndarray, as_of: dt.date):
        self.ids, self.as_of, self.size = ids, as_of, len(ids)
        self._columns: dict[Column, np.ndarray] = {}
        self._rows: dict[str, tuple[np.ndarray, dict[str, list]]] = {}
        self._remembered: dict[Hashable, object] = {}
        self.profile = None  # evaluation.profile.Profile: roles, targets, tracks
        self.context = None  # evaluation.context.Context: the catalogue as of the day
        self.readings: dict[
            tuple[str, bool], Measurement
        ] = {}  # by condition and whether attested alone; of few coders
        self.names: Mapping[int, str] = {}  # of work types, where somebody is to read them

    def put(self, source: Source, rows: Sequence[tuple], columns: Sequence[Column]) -> None:
        """Take the rows of a source: the coder's id, the group, the columns. Rows of other coders are left out."""
        coder_ids, *cells = zip(*rows, strict=True) if rows else [()] * (1 + len(source.group) + len(columns))
        coder_ids = np.array(coder_ids, np.int64)
        index = np.searchsorted(self.ids, coder_ids)
        ours = self.ids[np.minimum(index, self.size - 1)] == coder_ids
        index, names, values = index[ours], cells[: len(source.group)], cells[len(source.group) :]
        groups = {name: list(compress(cell, ours)) for name, cell in zip(source.group, names, strict=True)}
        arrays = {c.key: _floats(cell)[ours] for c, cell in zip(columns, values, strict=True)}
        self._rows[source.name] = (index, groups | arrays)

    def column(self, column: Column) -> np.ndarray:
        """One number a coder; 0 where there is no record."""
        if column not in self._columns:
            index, _ = self.rows(column.source)
            self._columns[column] = np.bincount(index, self.values(column), minlength=self.size)
        return self._columns[column]

    def values(self, column: Column) -> np.ndarray:
        """One number for each row of the column's source; 0 in rows that it does not pick."""
        _, rows = self.rows(column.source)
        values = rows[column.key]
        for name, wanted in column.pick:
            values = np.where(np.array(rows[name]) == wanted, values, 0.0)
        return values

    def remembered(self, key: Hashable, work_out: Callable[[], T]) -> T:
        """What follows from the rows alone and several measures ask for: worked out once."""
        if key not in self._remembered:
            self._remembered[key] = work_out()
        return self._remembered[key]

    def rows(self, source: Source) -> tuple[np.ndarray, dict[str, list]]:
        """Rows of a finer grain: the index of each row's coder, and the row's fields and columns by name."""
        return self._rows[source.name]


def _floats(values) -> np.ndarray:
    """Numbers of any kind as floats; nothing is 0, as no record is."""
    return np.nan_to_num(np.array(values, float))


@dataclass
class Measurement:
    """One leaf for every coder of the window.

    `value` is in the measure's unit, NaN where there is nothing to go on. Where it is a proportion, `correct` of
    `reviewed` are its whole-number counts; `is_sample` is false where they are all there is (charts coded), so that
    there is nothing to infer and no interval. `design_effect` tells how much less they say because they come in
    clusters; NaN where that is not known, and they are taken as they are. A value that rests on samples without being a proportion itself gives in
    `sure` what it is with 95% confidence. `samples` counts by unit. `ran_out` marks evidence that counted once and has
    expired, `uncounted` figures that were given without the counts that could be pooled, `contested` figures in which
    something counts that its coder disputes and nobody has answered yet.
    """

    value: np.ndarray
    correct: np.ndarray | None = None
    reviewed: np.ndarray | None = None
    design_effect: np.ndarray | None = None
    is_sample: bool = True
    sure: np.ndarray | None = None
    samples: dict[str, np.ndarray] = field(default_factory=dict)
    ran_out: np.ndarray | None = None
    uncounted: np.ndarray | None = None
    contested: np.ndarray | None = None

    def effective(self) -> tuple[np.ndarray, np.ndarray]:
        """`correct` of `reviewed` as units that are independent of each other would say the same: no whole numbers."""
        if self.design_effect is None:
            return self.correct, self.reviewed
        effect = np.nan_to_num(self.design_effect, nan=1.0)
        return self.correct / effect, self.reviewed / effect


def counted(numbers: np.ndarray, **samples: np.ndarray) -> Measurement:
    """A measurement of something counted: none at all is no evidence, not a measured zero."""
    return Measurement(np.where(numbers > 0, numbers, np.nan), samples=samples)


def nothing(size: int) -> Measurement:
    """Nothing to go on for anybody, such as where nobody can attest what is asked."""
    return Measurement(np.full(size, np.nan))


@dataclass(frozen=True)
class Working:
    """One line of how a value came about: what is worked out, the formula with its values, what comes out."""

    what: str
    how: str
    result: str


class Measure:
    """One way to turn records into numbers. A subclass gives the class attributes, `columns` and `read`.

    `kind` is the kind of record that a page offers for closing a gap. `holds` is true where what was met can only be
    lost by losing it (a credential): not met any more then reads "lapsed". `of_profile` is true where it reads who the coder
    is to whoever asks (target, track, stated years) beside the records.

    A condition in words is `noun`, with the amount, then the window, then the minimum sample; a measure for which that
    does not read well says the whole of it in `phrase`.
    """

    slug: str
    title: str
    unit = "percent"
    params: Mapping[str, tuple | None] = {}
    required: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    windowed = True
    kind: str | None = None
    holds = False
    of_profile = False

    def unit_of(self, params: Mapping) -> str:
        return self.unit

    def check(self, params: Mapping, minimum: Mapping) -> str | None:
        """What is wrong with parameters and minimum sample together, in a sentence; None where nothing is."""

    def phrase(self, leaf: Leaf) -> str:
        return self.noun(leaf) + window_words(leaf) + self.sample_words(leaf)

    def noun(self, leaf: Leaf) -> str:
        return amount_of(leaf, self.title)

    def wanted(self, leaf: Leaf) -> str:
        """What somebody lacks who has nothing yet, as the object of a verb: "the CPMA", "ICD-10-PCS"; "" for nothing
        in particular."""
        return ""

    def sample_words(self, leaf: Leaf) -> str:
        if not leaf.minimum:
            return ""
        units = [words.count(n, self.unit_words(unit, leaf.params)) for unit, n in leaf.minimum.items()]
        return f", from at least {words.joined(units)}"

    def unit_words(self, unit: str, params: Mapping) -> str:
        """A unit of the sample as people call it."""
        return unit

    def columns(self, leaf: Leaf, as_of: dt.date, attested: bool) -> list[Column]:
        """The columns that `read` will look at, for all records or for the attested ones alone."""
        return []

    def since(self, leaf: Leaf, as_of: dt.date) -> dt.date | None:
        """The day after which its records lie, so that older ones need not be read; None where any may count."""
        return months_before(as_of, leaf.months) if leaf.months else None

    def sources(self, leaf: Leaf) -> list[Source]:
        """Finer grains that `read` goes through row by row."""
        return []

    def read(self, leaf: Leaf, data: Data, attested: bool) -> Measurement:
        raise NotImplementedError

    def workings(self, leaf: Leaf, data: Data, i: int) -> list[Working]:
        """How the value of the coder in place `i` came about, where it is more than a count or a share of counts."""
        return []

    def left_out(self, leaf: Leaf, as_of: dt.date) -> list[tuple["Source", Q, str]]:
        """Records that lie near enough to be expected in the figure and are not in it: which ones, and why."""
        return []

    def remarks(self, leaf: Leaf, as_of: dt.date) -> list[tuple["Source", Q, str]]:
        """Records in the figure of which a reader should know something: which ones, and what."""
        return []


_measures: dict[str, Measure] = {}


def measure(cls: type[Measure]) -> type[Measure]:
    """Register a measure, so that conditions may name it."""
    one = cls()
    _measures[one.slug] = one
    register(
        MeasureSpec(
            slug=one.slug,
            title=one.title,
            unit=one.unit,
            phrase=one.phrase,
            params=one.params,
            required=one.required,
            samples=one.samples,
            windowed=one.windowed,
            unit_of=one.unit_of,
            check=one.check,
        )
    )
    return cls


def get_measure(slug: str) -> Measure:
    return _measures[slug]


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day of an earlier month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    month += 1
    for last in (day.day, 30, 29, 28):
        try:
            return dt.date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")


def within(path: str, leaf_window: int | str, as_of: dt.date) -> Q:
    """Dated up to `as_of`, and after the start of the window. A window of 12 months to March 10 starts on March 11."""
    q = Q(**{f"{path}__lte": as_of})
    if isinstance(leaf_window, int):
        q &= Q(**{f"{path}__gt": months_before(as_of, leaf_window)})
    return q


def listed(leaf: Leaf, name: str) -> list:
    """A list parameter, or an empty list; a single value is a list of one."""
    value = leaf.params.get(name, [])
    return list(value) if isinstance(value, list | tuple) else [value]


def named(leaf: Leaf, name: str, joint: str = "or") -> str:
    """A list of slugs as words; empty where there is none."""
    return words.joined(map(words.name, listed(leaf, name)), joint)


# --- Conditions in words ---


def amount_of(leaf: Leaf, many: str, one: str | None = None) -> str:
    """ "an audit", "2 audits", "no audit", "at most 2 audits"; "at least" is not said of what one counts up.

    `one` is the singular where it is more than the first word of `many` without its s.
    """
    one = one or words.singular(many)
    if leaf.comparator == ">=" and leaf.target == 1:
        return words.with_article(one)
    if leaf.comparator == "<=" and leaf.target == 0:
        return f"no {one}"
    text = f"{words.number(leaf.target)} {one if leaf.target == 1 else many}"
    return text if leaf.comparator == ">=" else f"{COMPARATORS[leaf.comparator]} {text}"


def percent_of(leaf: Leaf) -> str:
    """ "at least 95.0%", as exact as the definition."""
    return f"{COMPARATORS[leaf.comparator]} {leaf.target}%"


def window_words(leaf: Leaf) -> str:
    if not leaf.months:
        return ""
    return f" in the last {leaf.months} months" if leaf.months > 1 else " in the last month"
