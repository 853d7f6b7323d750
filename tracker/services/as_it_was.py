"""Records as they were at a moment, for the length of a block: restored from their history, measured, and rolled back.

So the past is read by the very code that reads the present. Nothing is committed, and no signal is sent.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import models, transaction
from django.utils import timezone

from tracker.models import Audit, AuditScore, Coder, Record

Key = tuple[type[Record], int]  # a record: its kind and primary key


@contextmanager
def as_they_were(keys: Iterable[Key], moment: dt.datetime) -> Iterator[None]:
    """Inside, these records and the scores of audits among them are as their history has them at the moment."""
    keys = list(keys)
    if not keys:
        yield
        return
    with transaction.atomic():
        for model, pk in keys:
            _restore(model, pk, moment)
        yield
        transaction.set_rollback(True)


def touched_since(
    coder: Coder, kinds: Iterable[type[Record]], moment: dt.datetime
) -> tuple[set[Key], set[Key]]:
    """Records that were logged after a moment, and those logged before it that were changed or removed after."""
    new, changed = set(), set()
    for model in kinds:
        first: dict[int, dt.datetime] = {}
        last: dict[int, dt.datetime] = {}
        rows = model.history.filter(coder_id=coder.pk).values("id")
        for row in rows.annotate(
            first=models.Min("history_date"), last=models.Max("history_date")
        ).order_by():
            first[row["id"]], last[row["id"]] = row["first"], row["last"]
        if model is Audit:
            scores = AuditScore.history.filter(audit_id__in=list(first), history_date__gt=moment)
            for audit_id in scores.values_list("audit_id", flat=True):
                last[audit_id] = max(last[audit_id], moment + dt.timedelta(microseconds=1))
        new |= {(model, pk) for pk, at in first.items() if at > moment}
        changed |= {(model, pk) for pk, at in last.items() if at > moment >= first[pk]}
    return new, changed


def _restore(model: type[models.Model], pk: int, moment: dt.datetime) -> None:
    row = _at(model.history.filter(id=pk), moment).get(pk)
    if row is None:
        model.objects.filter(pk=pk).update(removed_at=timezone.now())
        return
    model.objects.filter(pk=pk).update(**_values(row, besides=("coder",)))
    if model is Audit:
        _restore_scores(pk, moment)


def _restore_scores(audit_id: int, moment: dt.datetime) -> None:
    then = _at(AuditScore.history.filter(audit_id=audit_id), moment)
    now = set(AuditScore.objects.filter(audit=audit_id).values_list("pk", flat=True))
    gone = AuditScore.objects.filter(pk__in=now - set(then))
    gone._raw_delete(gone.db)
    for pk, row in then.items():
        if pk in now:
            AuditScore.objects.filter(pk=pk).update(**_values(row, besides=("audit",)))
    AuditScore.objects.bulk_create(row.instance for pk, row in then.items() if pk not in now)


def _at(history, moment: dt.datetime) -> dict:
    """By primary key, the last row of a history up to a moment; nothing for what was deleted by then."""
    rows = defaultdict(lambda: None)
    for row in history.filter(history_date__lte=moment).order_by("history_date", "history_id"):
        rows[row.id] = row
    return {pk: row for pk, row in rows.items() if row.history_type != "-"}


def _values(row, besides: tuple[str, ...]) -> dict:
    fields = row.instance_type._meta.concrete_fields
    return {f.attname: getattr(row, f.attname) for f in fields if not f.primary_key and f.name not in besides}
