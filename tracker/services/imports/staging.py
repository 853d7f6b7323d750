"""An upload becomes staged rows: only of columns that are known or named, only once nothing stands in the way, for a day at most."""

import hashlib
import json
from collections.abc import Collection, Mapping

from django.db import transaction

from tracker.evaluation.upsert import insert
from tracker.imports.opening import Opened, open_file, settings_of
from tracker.imports.reading import Sheet
from tracker.imports.text import normal
from tracker.models import Coder, ImportBatch, ImportRows, ImportSource, ImportState, Team

from .sources import get_source, require_import, vocabulary_of

A_CHUNK = 500  # rows in one row of the database


def inspect(
    sheets: list[Sheet],
    *,
    by,
    source: ImportSource | None,
    kind: str = "",
    columns=None,
    dropped: Collection[str] = (),
    answers=None,
) -> Opened:
    """What a file is that was read, with what is remembered of its source and what is said now. Raises UnreadableFileError."""
    told = {**(source.columns if source else {}), **(columns or {})}
    given = {**(source.answers if source else {}), **(answers or {})}
    return open_file(
        sheets, vocabulary_of(source), today=by.today(), kind=source.kind if source else kind, told=told, dropped=dropped, answers=given,
    )  # fmt: skip


def stage(
    data: bytes,
    opened: Opened,
    *,
    by,
    organization,
    coder: Coder | None,
    name: str,
    team: Team | None = None,
    columns: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
) -> ImportBatch:
    """Keep the rows of an opened file that is ready, and what was said about it. Raises ValidationError, PermissionDenied."""
    if not opened.is_ready:
        raise ValueError("Only a file in whose way nothing stands can be staged.")
    with transaction.atomic():
        source = get_source(
            by, organization=organization, team=team, coder=coder, kind=opened.kind.slug, name=name
        )
        require_import(by, source)
        # Only what this file asks and has is remembered: any other text would have passed no gate.
        asked = {question.key for question in opened.questions}
        said = {key: value for key, value in (answers or {}).items() if value and key in asked}
        given = {**source.answers, **said}
        here = {
            name
            for one in opened.assigned
            if one.column.header
            for name in (one.column.full_name, one.column.name)
        }
        # The period of one file is not the next one's.
        source.answers = {key: value for key, value in given.items() if key not in ("first_day", "last_day")}
        source.columns |= {name: key for name, key in (columns or {}).items() if name in here}
        source.save(update_fields=["answers", "columns"])
        batch = ImportBatch.objects.create(
            source=source,
            by=by,
            state=ImportState.NAMES,  # no worker touches it before its rows are in
            file_hash=hashlib.sha256(data).hexdigest(),
            rows=len(opened.body.rows),
            columns=[[one.key, one.label] for one in opened.kept_columns()],
            left_out=[one.column.header for one in opened.assigned if not one.key and one.column.header],
            answers=_settled(
                opened, source, {key: value for key, value in given.items() if key in asked}, by
            ),
        )
    _keep(batch, opened)
    return batch


def _settled(opened: Opened, source: ImportSource, given: dict, by) -> dict:
    """How dates are written is told by the whole file, and a worker sees rows: it is settled here."""
    settings = settings_of(opened, vocabulary_of(source), given, by.today())
    return {**given, "date_order": str(settings.order)}


def _keep(batch: ImportBatch, opened: Opened) -> None:
    rows = opened.staged()
    chunks = [
        (batch.pk, start, json.dumps(rows[start : start + A_CHUNK])) for start in range(0, len(rows), A_CHUNK)
    ]
    with transaction.atomic():
        insert(ImportRows, ("batch_id", "position", "rows"), chunks)


def staged_rows(batch: ImportBatch):
    for rows in batch.staged.order_by("position").values_list("rows", flat=True).iterator(20):
        yield from rows


def told_from(columns: Mapping[str, str]) -> dict[str, str]:
    """What was said of columns, by normalised header, from what a form or the API sends by header."""
    return {normal(name): key for name, key in columns.items()}
