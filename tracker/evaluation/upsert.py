"""Write many rows at once, on both databases, behind two functions. Rows are tuples of plain values, dates as ISO texts.

Both must run in a transaction. PostgreSQL takes many rows by COPY, which is several times as fast as statements.
"""

from collections.abc import Sequence

from django.db import connection, models

FEW = 50


def insert(model: type[models.Model], names: Sequence[str], rows: Sequence[tuple]) -> None:
    """Insert rows whose values stand in the order of `names` (attributes of the model)."""
    if rows:
        _write(model, names, rows, "")


def upsert(
    model: type[models.Model], names: Sequence[str], rows: Sequence[tuple], unique: Sequence[str]
) -> None:
    """Insert rows, or update those that exist by `unique`."""
    if rows:
        columns = {name: _column(model, name) for name in names}
        update = ", ".join(f"{c} = excluded.{c}" for name, c in columns.items() if name not in unique)
        _write(
            model,
            names,
            rows,
            f"ON CONFLICT ({', '.join(columns[n] for n in unique)}) DO UPDATE SET {update}",
        )


def _column(model: type[models.Model], name: str) -> str:
    return connection.ops.quote_name(next(f.column for f in model._meta.concrete_fields if f.attname == name))


def _write(model: type[models.Model], names: Sequence[str], rows: Sequence[tuple], conflict: str) -> None:
    """Names come from the models; values are bound or copied."""
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(_column(model, name) for name in names)
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql" or len(rows) <= FEW:
            places = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places}) {conflict}", rows)  # noqa: S608
        elif not conflict:
            _copy(cursor, table, columns, rows)
        else:
            cursor.execute(f"CREATE TEMP TABLE upsert_rows AS SELECT {columns} FROM {table} WITH NO DATA")  # noqa: S608
            _copy(cursor, "upsert_rows", columns, rows)
            cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM upsert_rows {conflict}")  # noqa: S608
            cursor.execute("DROP TABLE upsert_rows")


def _copy(cursor, table: str, columns: str, rows: Sequence[tuple]) -> None:
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
