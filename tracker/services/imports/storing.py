"""Store what was planned: everything in one transaction, prepared before it begins, so that it is short."""

import datetime as dt
from decimal import Decimal
from functools import partial

from django.utils import timezone

from tracker.models import (
    Audit,
    AuditScore,
    ContinuingEducation,
    Credential,
    Evaluation,
    ImportBatch,
    ImportChange,
    ImportPage,
    ImportRows,
    ImportState,
    Source,
)
from tracker.services.counting import recount
from tracker.services.history import attributed
from tracker.services.records import write_with_lists
from tracker.services.renewals import keep_cycles
from tracker.services.scores import store_scores
from tracker.services.staleness import mark_stale

from . import bulk
from .kinds import REASON, WRITERS, Writer
from .planning import NEW, REPLACES, Plan
from .sources import people_of


class ChangedSinceError(Exception):
    """What was previewed is no longer what would be stored."""


def store(batch: ImportBatch, plan: Plan) -> None:
    """Write the plan in the current transaction. Raises ChangedSinceError where the records are not what it was made from."""
    writer = WRITERS[batch.source.kind](batch)
    new = [item for item in plan.items if item.outcome == NEW]
    replaced = [item for item in plan.items if item.outcome == REPLACES]
    coders = sorted({item.coder for item in [*new, *replaced]})
    _check_members(batch, coders)
    moment, because = timezone.now(), f"{REASON}{batch.pk}"
    if writer.model is ContinuingEducation:
        _store_education(batch, writer, new, replaced, moment, because)
    else:
        _insert(batch, writer, new, moment, because)
        _replace(batch, writer, replaced, moment, because)
    window, mixed = _window(plan), sorted(writer.with_other_work(coders))
    for start in range(0, len(mixed), 200):
        recount(writer.model, mixed[start : start + 200], window)
    if writer.model is Credential:
        keep_cycles(coders)
    if coders:
        mark_stale(coders)
    batch.state, batch.committed_at = ImportState.DONE, moment
    batch.counts, batch.stages = dict(plan.counts), _stages(coders)
    batch.save(update_fields=["state", "committed_at", "counts", "stages"])
    drop_staged(batch)


def _stages(coders: list[int]) -> dict[int, int | None]:
    evaluations = Evaluation.objects.filter(coder_id__in=coders)
    return dict(evaluations.values_list("coder_id", "demonstrated_stage_id"))


def drop_staged(batch: ImportBatch) -> None:
    """Staged rows and the preview go once they are of no more use."""
    ImportRows.objects.filter(batch=batch)._raw_delete(using="default")
    ImportPage.objects.filter(batch=batch)._raw_delete(using="default")


def _check_members(batch: ImportBatch, coders: list[int]) -> None:
    """Who left between preview and storing gets nothing."""
    if batch.source.is_personal:
        return
    if not set(coders) <= set(people_of(batch.source, batch.by)):
        raise ChangedSinceError


def _window(plan: Plan) -> tuple[dt.date, dt.date] | None:
    days = [
        value
        for item in plan.items
        for value in (
            item.entry.values.get("starts_on") or item.entry.values.get("audited_on"),
            item.entry.values.get("ends_on"),
        )
        if value
    ]
    return (min(days), max(days)) if days else None


def _template(batch: ImportBatch, writer: Writer, moment) -> dict:
    source = batch.source
    row = bulk.prepared(
        writer.model,
        {"source": Source.IMPORT, "provenance": writer.provenance, "made_under_id": source.organization_id},
    )
    return row | {"recorded_at": bulk.plain(writer.model, "recorded_at", moment)}


def _insert(batch: ImportBatch, writer: Writer, items: list, moment, because: str) -> None:
    if not items:
        return
    model, prefix = writer.model, f"{batch.source_id}:"
    rows = (
        {"coder_id": item.coder, "external_id": item.external_id, **writer.attributes(item.entry)}
        for item in items
    )
    bulk.insert_rows(model, _template(batch, writer, moment), rows)
    coders = sorted({item.coder for item in items})
    bulk.note_new(batch.pk, model, Source.IMPORT, prefix, moment, coders)
    bulk.write_history(batch.pk, model.KIND, model, moment, by=batch.by, type_="+", because=because, new=True)
    if model is Audit:
        keys = bulk.audits_by_identity(coders, Source.IMPORT, prefix, moment)
        _insert_scores(
            batch, [(keys[item.coder, item.external_id], item) for item in items], moment, because, new=True
        )


def _insert_scores(batch: ImportBatch, audits: list, moment, because: str, *, new: bool) -> None:
    bulk.insert_scores(
        (pk, method, found) for pk, item in audits for method, found in sorted(item.entry.scores.items())
    )
    bulk.write_history(
        batch.pk,
        Audit.KIND,
        AuditScore,
        moment,
        by=batch.by,
        type_="+",
        because=because,
        new=new,
        link="audit_id",
    )


def _replace(batch: ImportBatch, writer: Writer, items: list, moment, because: str) -> None:
    if not items:
        return
    model = writer.model
    stored = {
        row["id"]: row
        for row in model.objects.filter(pk__in=[item.pk for item in items]).select_for_update().values()
    }
    rows, before = [], []
    for item in items:
        row = stored.get(item.pk)
        planned = {name: value for name, value in item.was.items() if name not in ("scores", "bodies")}
        if row is None or row["removed_at"] or any(row[name] != value for name, value in planned.items()):
            raise ChangedSinceError
        was = {name: row[name] for name in (*writer.compared(), *ATTESTATION)}
        if "scores" in item.was:
            was["scores"] = item.was["scores"]
        before.append((item.pk, item.coder, was))
        row |= writer.attributes(item.entry)
        row |= {"provenance": writer.provenance, "made_under_id": batch.source.organization_id}
        row |= {"verified_by_id": None, "verified_for_id": None, "verified_at": None}
        rows.append(
            {name: bulk.plain(model, name, value) if name != "id" else value for name, value in row.items()}
        )
    bulk.replace_rows(model, rows)
    bulk.note_replaced(batch.pk, model, before)
    bulk.write_history(
        batch.pk, model.KIND, model, moment, by=batch.by, type_="~", because=because, new=False
    )
    if model is Audit:
        _replace_scores(batch, [item for item in items if "scores" in item.was], moment, because)


# What a record loses where a file replaces its figures, and gets back when that is undone.
ATTESTATION = ("provenance", "verified_by_id", "verified_for_id", "verified_at", "made_under_id")


def _replace_scores(batch: ImportBatch, items: list, moment, because: str) -> None:
    """Through the model, score by score, so that each keeps its own history: a correction is of a few."""
    audits = Audit.objects.in_bulk([item.pk for item in items])
    for item in items:
        set_scores(audits[item.pk], item.entry.scores, by=batch.by, because=because, moment=moment)


def set_scores(audit: Audit, scores: dict, *, by, because: str, moment) -> None:
    """Make the audit's scores these: counts or percentages by method."""
    made = []
    for method, found in scores.items():
        if isinstance(found, tuple | list):
            made.append(AuditScore(method=method, correct=found[0], reviewed=found[1]))
        else:
            made.append(AuditScore(method=method, points=Decimal(found)))
    store_scores(audit, made, partial(attributed, by=by, because=because, moment=moment))


def _store_education(
    batch: ImportBatch, writer: Writer, new: list, replaced: list, moment, because: str
) -> None:
    """One by one, for its bodies have a history of their own; nobody has a hundred thousand certificates."""
    stored = ContinuingEducation.objects.select_for_update().in_bulk([item.pk for item in replaced])
    before, made = [], []
    for item in [*new, *replaced]:
        record = (
            stored.get(item.pk)
            if item.pk
            else ContinuingEducation(coder_id=item.coder, external_id=item.external_id)
        )
        if record is None or record.removed_at:
            raise ChangedSinceError
        if item.pk:
            was = {name: getattr(record, name) for name in (*writer.compared(), *ATTESTATION)}
            was["bodies"] = sorted(record.bodies.values_list("pk", flat=True))
            before.append((record.pk, item.coder, was))
        for name, value in writer.attributes(item.entry).items():
            setattr(record, name, value)
        record.source, record.provenance = Source.IMPORT, writer.provenance
        record.made_under_id = batch.source.organization_id
        record.verified_by = record.verified_for = record.verified_at = None
        with attributed(record, by=batch.by, because=because, moment=moment):
            write_with_lists(record, {"bodies": writer.body_ids(item.entry)})
        if not item.pk:
            made.append((record.pk, item.coder))
    ImportChange.objects.bulk_create(
        ImportChange(batch=batch, coder_id=coder, kind=writer.model.KIND, record_id=pk) for pk, coder in made
    )
    bulk.note_replaced(batch.pk, writer.model, before)
