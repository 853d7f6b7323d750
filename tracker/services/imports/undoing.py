"""Take an import back: what it made goes, what it replaced returns.

What somebody edited or verified since stays, and is listed; so does what belongs to people who have left, for it is theirs.
"""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from tracker.imports.kinds import KINDS
from tracker.models import (
    AssignmentGap,
    Audit,
    AuditScore,
    ContinuingEducation,
    Credential,
    CycleCredential,
    Evaluation,
    Gap,
    GapEvent,
    ImportBatch,
    ImportState,
    MemberGap,
    Record,
    Status,
)
from tracker.services.counting import recount
from tracker.services.history import attributed
from tracker.services.records import write_with_lists
from tracker.services.renewals import keep_cycles
from tracker.services.staleness import mark_stale

from . import bulk, roster
from .kinds import REASON, WRITERS
from .sources import people_of
from .storing import set_scores

MOST_LISTED = 100
AT_ONCE = 1000


def undo(batch: ImportBatch) -> None:
    """Everything in the current transaction."""
    model = WRITERS[batch.source.kind].model
    changes = list(batch.changes.values_list("record_id", "coder_id", "was"))
    keys = [pk for pk, _coder, _was in changes]
    present = _present(model, keys)
    touched = _touched(batch, model, keys) & present
    still_here = people_of(batch.source)
    touched |= {pk for pk, coder, _was in changes if coder not in still_here} & present
    batch.undone_at = moment = timezone.now()
    because = f"{REASON}{batch.pk} undone"
    gone = [pk for pk, _c, was in changes if was is None and pk in present and pk not in touched]
    back = {pk: was for pk, _c, was in changes if was is not None and pk in present and pk not in touched}
    if model is ContinuingEducation:
        _undo_education(batch, gone, back, moment, because)
    else:
        _delete(model, gone, moment, because, by=batch.by)
        _restore(model, back, moment, because, by=batch.by)
    coders = sorted({coder for pk, coder, _was in changes if pk not in touched})
    for start in range(0, len(coders), 200):
        recount(model, coders[start : start + 200])
    if model is Credential:
        keep_cycles(coders)
    _forget_what_was_met(batch, coders)
    if coders:
        mark_stale(coders)
    batch.state = ImportState.UNDONE
    batch.counts = {**batch.counts, "undone": len(gone) + len(back), "left": len(touched)}
    batch.report = sorted(touched)[:MOST_LISTED]
    batch.save(update_fields=["state", "undone_at", "counts", "report"])


def _forget_what_was_met(batch: ImportBatch, coders: list[int]) -> None:
    """What was met for the first time after the import may only have been met by it: it is found anew, and so is the stage.

    Else a milestone that was never met would read as lapsed. What we said then stays in the gaps' history.
    """
    for some in _chunks(coders):
        gaps = Gap.objects.filter(coder_id__in=some, first_met_on__isnull=False)
        before = GapEvent.objects.filter(
            coder=OuterRef("coder"), milestone_version=OuterRef("milestone_version"), standard=OuterRef("standard"),
            new_status=Status.MET, recorded_at__lte=batch.committed_at,
        )  # fmt: skip
        gaps.filter(~Exists(before)).update(first_met_on=None)
        # What teams and programs see has no such history; the day of the import where the sun sets last is one earlier.
        since = batch.committed_at.date() - dt.timedelta(days=1)
        for seen, of_these in (
            (MemberGap, {"membership__coder_id__in": some}),
            (AssignmentGap, {"assignment__enrollment__coder_id__in": some}),
        ):
            seen.objects.filter(**of_these, first_met_on__gte=since).update(first_met_on=None)
        for evaluation in Evaluation.objects.filter(coder_id__in=some):
            evaluation.demonstrated_stage_id = batch.stages.get(str(evaluation.pk))
            evaluation.evaluated_at = batch.undone_at  # one that is under way starts again
            evaluation.save(update_fields=["demonstrated_stage", "evaluated_at"])


def _present(model: type[Record], keys: list[int]) -> set[int]:
    return {
        pk for some in _chunks(keys) for pk in model.objects.filter(pk__in=some).values_list("pk", flat=True)
    }


def _touched(batch: ImportBatch, model: type[Record], keys: list[int]) -> set[int]:
    """Records with a change of any kind after this import's, or that something else hangs on by now."""
    touched: set[int] = set()
    histories = [(model, "id")] + ([(AuditScore, "audit_id")] if model is Audit else [])
    for some in _chunks(keys):
        for changed, link in histories:
            rows = changed.history.filter(**{f"{link}__in": some}).order_by().values(link)
            later = rows.annotate(last=Max("history_date")).filter(last__gt=batch.committed_at)
            touched |= set(later.values_list(link, flat=True))
        for related, path in _hanging_on(model):
            touched |= set(related._base_manager.filter(**{f"{path}__in": some}).values_list(path, flat=True))
    return touched


def _hanging_on(model: type[Record]) -> Iterable[tuple[type, str]]:
    """(model, path to the record) of all that points to records of a kind, but for its own parts and its history."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not (
            relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
        ):
            continue
        related = relation.related_model
        if related is CycleCredential:
            continue  # follows the credential's dates by itself
        if related is AuditScore:
            yield from ((deeper, f"{path}__audit") for deeper, path in _hanging_on(AuditScore))
        elif not related._meta.auto_created and not related.__name__.startswith("Historical"):
            yield related, relation.field.name


def _delete(model, keys: list[int], moment, because: str, *, by) -> None:
    if model is Audit:
        bulk.write_history_of(AuditScore, keys, moment, by=by, type_="-", because=because, link="audit_id")
        bulk.delete_rows(AuditScore, keys, link="audit_id")
    if model is Credential:
        CycleCredential.objects.filter(credential__in=keys).delete()
    bulk.write_history_of(model, keys, moment, by=by, type_="-", because=because)
    bulk.delete_rows(model, keys)


def _restore(model, back: dict[int, dict], moment, because: str, *, by) -> None:
    if not back:
        return
    rows = []
    for row in model.objects.filter(pk__in=list(back)).select_for_update().values():
        row |= _typed(model, back[row["id"]])
        rows.append(
            {name: bulk.plain(model, name, value) if name != "id" else value for name, value in row.items()}
        )
    bulk.replace_rows(model, rows)
    bulk.write_history_of(model, list(back), moment, by=by, type_="~", because=because)
    if model is Audit:
        scored = {pk: was["scores"] for pk, was in back.items() if "scores" in was}
        for pk, audit in Audit.objects.in_bulk(list(scored)).items():
            set_scores(audit, scored[pk], by=by, because=because, moment=moment)


def _undo_education(batch: ImportBatch, gone: list[int], back: dict[int, dict], moment, because: str) -> None:
    records = ContinuingEducation.objects.select_for_update().in_bulk([*gone, *back])
    for pk, record in records.items():
        with attributed(record, by=batch.by, because=because, moment=moment):
            if pk in back:
                for name, value in _typed(ContinuingEducation, back[pk]).items():
                    setattr(record, name, value)
                write_with_lists(record, {"bodies": back[pk]["bodies"]})
            else:
                record.delete()


def _typed(model, was: dict) -> dict:
    return {
        name: model._meta.get_field(name).to_python(value)
        for name, value in was.items()
        if name not in ("scores", "bodies")
    }


def left_of(batch: ImportBatch) -> list[tuple[str, str, str]]:
    """What stayed when an import was undone, as it reads now: who, when, what. What has gone with its coder says nothing more."""
    if batch.state != ImportState.UNDONE:
        return []
    if not KINDS[batch.source.kind].record:
        return roster.left_of(batch)
    rows = WRITERS[batch.source.kind].model.objects.filter(pk__in=batch.report).select_related("coder__user")
    return [
        (str(row.coder), row.counts_on.isoformat() if row.counts_on else "", row.headline()) for row in rows
    ]


def _chunks(keys: list[int]):
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
