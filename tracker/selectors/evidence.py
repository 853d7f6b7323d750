"""The records that a gap's figures were made of: the same filters as the measures', asked for rows instead of sums."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable

from django.db.models import Q, QuerySet

from curriculum.conditions import Leaf, leaves
from tracker.evaluation.queries import record_model
from tracker.measures import get_measure
from tracker.models import Gap, Record

from .records import listed_records

# By kind, the records of one coder that a reader may see.
Door = Callable[[type[Record]], QuerySet]


def own_door(user) -> Door:
    return lambda model: listed_records(user, model)


def records_behind(user, gap: Gap, day: dt.date) -> list[Record]:
    """The user's records that the gap's conditions looked at as of a day, the newest first."""
    return records_read(own_door(user), gap.coder_id, leaves(gap.milestone_version.rule.needs), day)


def records_read(door: Door, coder_id: int, wanted: Iterable[Leaf], day: dt.date) -> list[Record]:
    """A coder's records that conditions looked at as of a day, as far as the door shows them, the newest first.

    One query for each kind and grain. A measure that goes through rows of a finer grain, or that looks at no record
    (the target role), adds none.
    """
    keys = defaultdict(set)
    for source, where in record_filters(wanted, day).items():
        rows = source.model.objects.filter(source.countable & where, **{source.coder: coder_id})
        keys[record_model(source)] |= set(rows.values_list(source.path("pk"), flat=True))
    records = [record for model, some in keys.items() if some for record in door(model).filter(pk__in=some)]
    return sorted(records, key=lambda record: (record.counts_on or dt.date.min, record.pk), reverse=True)


def record_filters(wanted: Iterable[Leaf], day: dt.date) -> dict:
    """By source, what any of the conditions' columns lets through."""
    filters: dict = {}
    for leaf in wanted:
        for column in get_measure(leaf.measure).columns(leaf, day, attested=False):
            source = column.source
            if not record_model(source):
                continue
            # An empty condition lets everything through, which `|` would take for nothing.
            where = column.where or Q(pk__isnull=False)
            filters[source] = filters[source] | where if source in filters else where
    return filters
