"""The records that a gap's figures were made of: the same filters as the measures', asked for rows instead of sums."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from curriculum.conditions import Leaf, leaves
from tracker.evaluation.queries import record_model
from tracker.measures import get_measure
from tracker.models import Gap, Record

from .records import listed_records


def records_behind(user, gap: Gap, day: dt.date) -> list[Record]:
    """The user's records that the gap's conditions looked at as of a day, the newest first.

    One query for each kind and grain. A measure that goes through rows of a finer grain, or that looks at no record
    (the target role), adds none.
    """
    wanted = defaultdict(set)
    for source, where in record_filters(leaves(gap.milestone_version.rule.needs), day).items():
        model = record_model(source)
        rows = source.model.objects.filter(source.countable & where, **{source.coder: gap.coder_id})
        wanted[model] |= set(rows.values_list(source.path("pk"), flat=True))
    records = [
        record
        for model, keys in wanted.items()
        if keys
        for record in listed_records(user, model).filter(pk__in=keys)
    ]
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
