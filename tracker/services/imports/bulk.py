"""Records written in sets, with their history: one statement for the rows, one for what the history says of them.

simple-history would make an object and a statement of each. Table and column names come from the models; values are bound.
"""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice

from django.db import connection, models

from tracker.evaluation.upsert import insert, upsert
from tracker.models import Audit, AuditScore, ImportChange

_q = connection.ops.quote_name


def prepared(model: type[models.Model], values: dict) -> dict:
    """All columns of a row but its key, as the database takes them: defaults where nothing is given."""
    row = model(**values)
    return {
        field.attname: field.get_db_prep_save(field.pre_save(row, True), connection)
        for field in model._meta.concrete_fields
        if not field.primary_key
    }


def plain(model: type[models.Model], name: str, value):
    return model._meta.get_field(name).get_db_prep_save(value, connection)


def insert_rows(model: type[models.Model], template: dict, rows: Iterable[dict]) -> None:
    """Rows that differ from `template` in some columns; some thousands at a time, so that never all are held twice."""
    names, rows = list(template), iter(rows)
    while some := list(islice(rows, 5000)):
        insert(
            model,
            names,
            [tuple(_quick(row[name]) if name in row else template[name] for name in names) for row in some],
        )


def _quick(value):
    """What a row's own columns hold is simple: asking the field for each of a million cells would take as long as the rest."""
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def replace_rows(model: type[models.Model], rows: Sequence[dict]) -> None:
    """Rows with all their columns, by key."""
    if rows:
        names = list(rows[0])
        upsert(model, names, [tuple(row[name] for name in names) for row in rows], ("id",))


def note_new(
    batch_id: int, model, source: str, external_prefix: str, moment, coder_ids: Sequence[int]
) -> None:
    """Write down which records a moment's inserts made."""
    at = connection.ops.adapt_datetimefield_value(moment)
    for some in _chunks(coder_ids):
        places = ", ".join(["%s"] * len(some))
        _run(
            f"INSERT INTO {_table(ImportChange)} (batch_id, coder_id, kind, record_id, was) "  # noqa: S608
            f"SELECT %s, coder_id, %s, id, NULL FROM {_table(model)} "
            f"WHERE coder_id IN ({places}) AND source = %s AND external_id LIKE %s AND recorded_at = %s",
            [batch_id, model.KIND, *some, source, f"{external_prefix}%", at],
        )


def note_replaced(batch_id: int, model, rows: Iterable[tuple[int, int, dict]]) -> None:
    """Write down what stood in (key, coder, figures) before."""
    changes = [
        (batch_id, coder, model.KIND, pk, json.dumps(was, default=_as_json)) for pk, coder, was in rows
    ]
    insert(ImportChange, ("batch_id", "coder_id", "kind", "record_id", "was"), changes)


def write_history(
    batch_id: int, kind: str, model, moment, *, by, type_: str, because: str, new: bool, link: str = "id"
) -> None:
    """One entry in the history of every row that the batch made (`new`) or changed; `link` is the column with the record's key."""
    _history(
        model, moment, by, type_, because,
        f"{_q(link)} IN (SELECT record_id FROM {_table(ImportChange)} WHERE batch_id = %s AND kind = %s "  # noqa: S608
        f"AND was IS {'' if new else 'NOT '}NULL)",
        [batch_id, kind],
    )  # fmt: skip


def write_history_of(
    model, keys: Sequence[int], moment, *, by, type_: str, because: str, link: str = "id"
) -> None:
    for some in _chunks(keys):
        places = ", ".join(["%s"] * len(some))
        _history(model, moment, by, type_, because, f"{_q(link)} IN ({places})", list(some))


def _history(model, moment, by, type_, because, where: str, params: list) -> None:
    history = model.history.model
    columns = [
        f.column
        for f in history._meta.concrete_fields
        if f.column in {o.column for o in model._meta.concrete_fields}
    ]
    names = ", ".join(map(_q, columns))
    _run(
        f"INSERT INTO {_table(history)} ({names}, history_date, history_change_reason, history_type, history_user_id) "  # noqa: S608
        f"SELECT {names}, %s, %s, %s, %s FROM {_table(model)} WHERE {where}",
        [connection.ops.adapt_datetimefield_value(moment), because, type_, by.pk if by else None, *params],
    )


def delete_rows(model, keys: Sequence[int], link: str = "id") -> None:
    """Rows of records that nothing else points to."""
    for some in _chunks(keys):
        places = ", ".join(["%s"] * len(some))
        _run(f"DELETE FROM {_table(model)} WHERE {_q(link)} IN ({places})", list(some))  # noqa: S608


def insert_scores(rows: Iterable[tuple[int, str, object]]) -> None:
    """(audit, method, counts or percentage)."""
    template = prepared(AuditScore, {"method": "", "note": ""})
    given = []
    for audit, method, found in rows:
        counts = isinstance(found, tuple | list)
        given.append(
            {"audit_id": audit, "method": method, "reviewed": found[1] if counts else None,
             "correct": found[0] if counts else None, "points": None if counts else Decimal(found)}
        )  # fmt: skip
    insert_rows(AuditScore, template, given)


def audits_by_identity(
    coder_ids: Sequence[int], source: str, prefix: str, moment
) -> dict[tuple[int, str], int]:
    found = {}
    for some in _chunks(coder_ids):
        rows = Audit.objects.filter(
            coder_id__in=some, source=source, external_id__startswith=prefix, recorded_at=moment
        )
        found |= {
            (coder, key): pk
            for pk, coder, key in rows.values_list("pk", "coder_id", "external_id").iterator(5000)
        }
    return found


def _chunks(values: Sequence, size: int = 1000):
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _table(model) -> str:
    return _q(model._meta.db_table)


def _run(sql: str, params: list) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def _as_json(value):
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
