"""Fetch what the measures of some rules need: one query per kind of record and grain, whatever the number of coders.

Building such a query costs Django more than running it for one coder, and all coders of a day ask the same. So the
statement is compiled once per day and window shape, and run with other ids.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.db import connection
from django.db.models import Model, Q

from curriculum.conditions import Leaf
from tracker.measures import Column, Data, Source, get_measure
from tracker.measures.career import POSITIONS

# Stand for the window's ids in a compiled statement; no id is negative.
_FIRST, _LAST = -1_000_000_001, -1_000_000_002


def coder_filter(path: str, ids: np.ndarray, *, exactly: bool = False) -> Q:
    """Coders of a window, in the order of their ids: from the first to the last where they lie close (a sweep), else each.

    A range may take in a few coders of other windows, who are for the one who asks to leave out; `exactly` takes none in.
    """
    if len(ids) and ((_is_range(ids) and not exactly) or ids[-1] - ids[0] == len(ids) - 1):
        return Q(**{f"{path}__gte": int(ids[0]), f"{path}__lte": int(ids[-1])})
    return Q(**{f"{path}__in": ids.tolist()})


def _is_range(ids: np.ndarray) -> bool:
    return len(ids) == 1 or ids[-1] - ids[0] < 2 * len(ids)


def fetch(
    leaves: Iterable[Leaf],
    ids: np.ndarray,
    as_of: dt.date,
    only: Callable[[Source], Q | None] | None = None,
) -> Data:
    """Query every source that the leaves name. Positions always: the current role is read from them.

    `only` narrows the rows of each source, such as to what is shared with a team; where it gives None, nothing is read.
    """
    data = Data(ids, as_of)
    for ask in _asks(frozenset(leaves), as_of):
        data.put(ask.source, _run(ask, ids) if only is None else _narrowed(ask, ids, only), ask.columns)
    return data


def record_model(source: Source) -> type[Model] | None:
    """The kind of record that a source's rows are of or hang from; None where they are of no record."""
    model = source.model
    for name in filter(None, source.record.split("__")):
        model = model._meta.get_field(name).related_model
    return model if source.is_record else None


def _narrowed(ask: "SourceAsk", ids: np.ndarray, only: Callable[[Source], Q | None]) -> list[tuple]:
    where = only(ask.source)
    if where is None:
        return []
    return list(ask.queryset(coder_filter(ask.source.coder, ids) & where))


@dataclass(frozen=True)
class SourceAsk:
    """What is asked of one source: columns, from its records dated after `since`."""

    source: Source
    columns: tuple[Column, ...]
    since: dt.date | None
    as_of: dt.date

    def queryset(self, coders: Q):
        """Rows of the coder's id, the source's group and the columns."""
        source = self.source
        rows = source.model._default_manager.filter(source.countable, coders)
        if source.date and self.since:
            rows = rows.filter(**{f"{source.date}__gt": self.since, f"{source.date}__lte": self.as_of})
        rows = rows.annotate(**source.named).values_list(source.coder, *source.group).order_by()
        return rows.annotate(**{f"c{i}": column.aggregate for i, column in enumerate(self.columns)})


@lru_cache(maxsize=16)
def _asks(leaves: frozenset[Leaf], as_of: dt.date) -> tuple[SourceAsk, ...]:
    columns: dict[Source, dict[str, Column]] = {POSITIONS: {}}
    since: dict[Source, list[dt.date | None]] = defaultdict(list)
    for leaf in leaves:
        measure = get_measure(leaf.measure)
        own = [c for attested in (False, True) for c in measure.columns(leaf, as_of, attested)]
        for source in {*measure.sources(leaf), *(column.source for column in own)}:
            columns.setdefault(source, {}).update({c.key: c for c in own if c.source == source})
            since[source].append(measure.since(leaf, as_of))
    return tuple(
        SourceAsk(
            source,
            tuple(wanted.values()),
            min(since[source]) if all(since[source]) and since[source] else None,
            as_of,
        )
        for source, wanted in columns.items()
    )


def _run(ask: SourceAsk, ids: np.ndarray) -> list[tuple]:
    if _is_range(ids):
        return _compiled(connection.vendor, ask)(int(ids[0]), int(ids[-1]))
    return list(ask.queryset(coder_filter(ask.source.coder, ids)))


@lru_cache(maxsize=256)
def _compiled(vendor: str, ask: SourceAsk) -> Callable[[int, int], list[tuple]]:
    """A function of a first and a last id, which runs a source's query for the coders from one to the other.

    It does what a values_list() queryset does with its compiler, but compiles only once.
    """
    between = Q(**{f"{ask.source.coder}__gte": _FIRST, f"{ask.source.coder}__lte": _LAST})
    query = ask.queryset(between).query
    compiler = query.get_compiler(connection=connection)
    sql, template = compiler.as_sql()
    # Sums and counts become floats in any case; only the coder and the groups need Django's own types.
    expressions = [expression for expression, _, _ in compiler.select][: 1 + len(ask.source.group)]
    template = tuple(template)

    def run(first: int, last: int) -> list[tuple]:
        place = {_FIRST: first, _LAST: last}
        params = [place.get(p, p) if isinstance(p, int) else p for p in template]
        converters = compiler.get_converters(expressions)
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            rows = cursor.fetchall()
        if converters:
            rows = compiler.apply_converters(rows, converters)
        return list(rows)

    return run
