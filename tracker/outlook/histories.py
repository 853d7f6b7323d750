"""Records by month, for any number of coders: one query a kind of record and grain, by the filters of the measures.

Months are counted back from the day of the forecast, as windows are: the last one ends that day. So what leaves a window of
twelve months with each month to come is exactly a month of the history.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from django.db.models import Case, Value, When
from django.db.models.functions import ExtractMonth, ExtractYear

from curriculum.conditions import Leaf
from tracker.evaluation.queries import coder_filter
from tracker.measures import Data, Source, get_measure
from tracker.measures.audits import AUDIT_WORK, SCORES
from tracker.measures.base import Column, months_before
from tracker.measures.growth import CONTRIBUTIONS, PRACTICUM
from tracker.measures.volumes import (
    AUDITS_BY_MONTH,
    OUTCOMES,
    VOLUMES,
    VOLUMES_BY_MONTH,
    VOLUMES_BY_SPECIALTY,
)

LENGTH = 24  # months; no window that is rolled forward is longer
# The date by which records of a source are sorted into months.
DATES = {
    SCORES: "audit__audited_on",
    AUDIT_WORK: "done_on",
    CONTRIBUTIONS: "done_on",
    PRACTICUM: "ends_on",
    OUTCOMES: "ends_on",
    VOLUMES: "ends_on",
    VOLUMES_BY_MONTH: "ends_on",
    AUDITS_BY_MONTH: "audited_on",
    VOLUMES_BY_SPECIALTY: "ends_on",
}


class Histories:
    """Columns of measures by month: `of(column)` is coders x LENGTH, the oldest month first; `rows` has a finer grain."""

    def __init__(self, data: Data, leaves: Iterable[Leaf]):
        self.data = data
        self._series: dict[Column, np.ndarray] = {}
        self._rows: dict[Source, tuple[np.ndarray, np.ndarray, dict[str, list]]] = {}
        wanted: dict[Source, dict[str, Column]] = defaultdict(dict)
        for leaf in leaves:
            for column in columns_of(leaf, data.as_of):
                if column.source in DATES:
                    wanted[column.source].setdefault(column.key, column)
        for source, columns in wanted.items():
            self._read(source, list(columns.values()))

    def of(self, column: Column) -> np.ndarray:
        if column not in self._series:
            index, month, rows = self.rows(column.source)
            chosen = np.ones(len(index), bool)
            for name, wanted in column.pick:
                chosen &= np.array(rows[name]) == wanted
            series = self._series[column] = np.zeros((len(self.data.ids), LENGTH))
            np.add.at(series, (index[chosen], month[chosen]), rows[column.key][chosen])
        return self._series[column]

    def rows(self, source: Source) -> tuple[np.ndarray, np.ndarray, dict[str, list]]:
        """The index of each row's coder, the index of its month, and its group and columns by name."""
        return self._rows[source]

    def _read(self, source: Source, columns: list[Column]) -> None:
        ids, path = self.data.ids, DATES[source]
        since = months_before(self.data.as_of, LENGTH)
        rows = (
            source.model._default_manager.filter(
                source.countable,
                coder_filter(source.coder, ids),
                **{f"{path}__gt": since, f"{path}__lte": self.data.as_of},
            )
            .annotate(**source.named, months_ago=_months_ago(path, self.data.as_of))
            .values_list(source.coder, "months_ago", *source.group)
            .order_by()
            .annotate(**{f"c{i}": column.aggregate for i, column in enumerate(columns)})
        )
        coders, ago, *cells = (
            zip(*rows, strict=True) if rows else [()] * (2 + len(source.group) + len(columns))
        )
        coders = np.array(coders, np.int64)
        index = np.searchsorted(ids, coders)
        ours = ids[np.minimum(index, len(ids) - 1)] == coders  # a range may take in other coders
        index, month = index[ours], LENGTH - 1 - np.array(ago, np.int64)[ours]
        groups, values = cells[: len(source.group)], cells[len(source.group) :]
        arrays = {
            column.key: np.nan_to_num(np.array(cell, float))[ours]
            for column, cell in zip(columns, values, strict=True)
        }
        named = {
            name: np.array(cell, object)[ours].tolist()
            for name, cell in zip(source.group, groups, strict=True)
        }
        self._rows[source] = (index, month, named | arrays)


def columns_of(leaf: Leaf, as_of) -> list[Column]:
    """What a condition's measure looks at, whenever it was."""
    return get_measure(leaf.measure).columns(replace(leaf, window="any"), as_of, False)


def _months_ago(path: str, as_of):
    """Whole months between a date and the day: 0 for the month that ends that day."""
    this = as_of.year * 12 + as_of.month
    return (
        Value(this)
        - ExtractYear(path) * 12
        - ExtractMonth(path)
        - Case(When(**{f"{path}__day__gt": as_of.day}, then=Value(1)), default=Value(0))
    )
