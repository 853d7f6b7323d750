"""Records as they were at a moment, for the length of a block: every query reads them so, and nothing is written.

So the past is read by the very code that reads the present. In the place of each table stands, before every query, a common
table expression of the same name: one coder's rows as they are, but for some, which come out of their history.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, models

from tracker.models import Audit, AuditScore, Coder, Record

Key = tuple[type[Record], int]  # a record: its kind and primary key


@contextmanager
def as_they_were(coder: Coder, keys: Iterable[Key], moment: dt.datetime) -> Iterator[None]:
    """Inside, these records of a coder, the scores of audits among them, and what continuing education counts for, are as
    their history has them at the moment. Of records of these kinds, only the coder's are there."""
    by_model = defaultdict(list)
    for model, pk in keys:
        by_model[model].append(pk)
    tables = [table for model, pks in by_model.items() for table in _tables(coder, model, pks, moment)]
    if not tables:
        yield
        return
    before = f"WITH {', '.join(tables)} "

    def read_so(execute, sql, params, many, context):
        return execute(before + sql if sql.lstrip().startswith("SELECT") else sql, params, many, context)

    with connection.execute_wrapper(read_so):
        yield


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


def _tables(coder: Coder, model: type[Record], pks: list[int], moment: dt.datetime) -> Iterator[str]:
    """The table of a kind of record, and those of what hangs on it, with some records as they were."""
    then = _at(model.history.filter(id__in=pks), moment)
    own = f"coder_id = {int(coder.pk)}"
    yield _table(model, f"{own} AND id NOT IN ({_numbers(pks)})", model.history.model, then)
    ours = f"IN (SELECT id FROM {_real(model)} WHERE {own})"  # noqa: S608
    if model is Audit:
        scores = _at(AuditScore.history.filter(audit_id__in=pks), moment)
        kept = f"audit_id {ours} AND audit_id NOT IN ({_numbers(pks)})"
        yield _table(AuditScore, kept, AuditScore.history.model, scores)
    for field in model._meta.many_to_many:
        through = field.remote_field.through
        history = apps.get_model(model._meta.app_label, f"{model.history.model.__name__}_{field.name}")
        column = through._meta.get_field(field.m2m_field_name()).column
        kept = f"{column} {ours} AND {column} NOT IN ({_numbers(pks)})"
        yield _table(through, kept, history, then)


def _table(model: type[models.Model], kept: str, history: type[models.Model], then: Iterable[int]) -> str:
    """A common table expression that stands for a model's table. Names come from the models; everything else is numbers."""
    columns = ", ".join(connection.ops.quote_name(field.column) for field in model._meta.concrete_fields)
    name, old = (connection.ops.quote_name(one._meta.db_table) for one in (model, history))
    return (
        f"{name} AS (SELECT {columns} FROM {_real(model)} WHERE {kept} "  # noqa: S608
        f"UNION ALL SELECT {columns} FROM {old} WHERE history_id IN ({_numbers(then)}))"
    )


def _real(model: type[models.Model]) -> str:
    """The table itself, which SQLite would take for the expression of the same name."""
    name = connection.ops.quote_name(model._meta.db_table)
    return f"main.{name}" if connection.vendor == "sqlite" else name


def _numbers(keys: Iterable[int]) -> str:
    return ", ".join(str(int(key)) for key in keys) or "NULL"


def _at(history, moment: dt.datetime) -> list[int]:
    """The rows of a history that were the last ones at a moment, by their numbers; none of what was deleted by then."""
    last = {}
    rows = history.filter(history_date__lte=moment).order_by("history_date", "history_id")
    for pk, history_id, kind in rows.values_list("id", "history_id", "history_type"):
        last[pk] = (history_id, kind)
    return [history_id for history_id, kind in last.values() if kind != "-"]
