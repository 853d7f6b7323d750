"""Write rows in bulk as the services would one by one: checked the same way, each with its change history."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Model
from simple_history.utils import get_history_manager_for_model

from tracker.models import (
    RECORD_MODELS,
    Audit,
    ContinuingEducation,
    Pay,
    ProductivityTarget,
    Record,
    Source,
    Volume,
)
from tracker.services.scores import check_scores

from .building import Built

BATCH = 200
SAMPLED = 20  # of so many volumes, one is checked in full


def write_records(everything: Iterable[Built]) -> None:
    by_model = defaultdict(list)
    for built in sorted(everything, key=lambda built: built.logged_at):
        by_model[type(built.record)].append(built)
    for model in RECORD_MODELS:
        for number, built in enumerate(by_model[model]):
            _check(built.record, number)
            _stamp(built.record, built)
        _insert([built.record for built in by_model[model]])
    _write_scores(by_model[Audit])
    _write_lists(by_model[ContinuingEducation])


def _check(record: Record, number: int) -> None:
    """Weekly volumes are all of one kind: of those a sample is checked against the database, too, at ten queries each."""
    if isinstance(record, Volume) and number % SAMPLED:
        record.clean()
    else:
        record.full_clean()


def _stamp(row: Model, built: Built) -> None:
    """Who logged it, and when: what is imported was nobody's own doing."""
    record = built.record
    row._history_date = built.logged_at
    row._history_user = None if record.source == Source.IMPORT else record.coder.user


def _insert(rows: list[Model]) -> None:
    if not rows:
        return
    model = type(rows[0])
    model._default_manager.bulk_create(rows, batch_size=BATCH)
    if hasattr(model, "recorded_at"):
        for row in rows:
            row.recorded_at = row._history_date
        # Not when it is inserted: the column takes the present then, whatever it is given.
        model._default_manager.bulk_update(rows, ["recorded_at"], batch_size=BATCH)
    get_history_manager_for_model(model).bulk_history_create(rows, batch_size=BATCH)


def _write_scores(audits: list[Built]) -> None:
    for built in audits:
        check_scores(built.scores, built.record.records_reviewed)
        for score in built.scores:
            score.audit = built.record
            _stamp(score, built)
    _insert([score for built in audits for score in built.scores])


def _write_lists(courses: list[Built]) -> None:
    """What courses count for, and the subjects they are in, with the same in their history."""
    history = ContinuingEducation.history.model
    begun = {row.id: row for row in history.objects.filter(id__in=[built.record.pk for built in courses])}
    for name, of in (("bodies", "body"), ("subjects", "certification")):
        through, past = getattr(ContinuingEducation, name).through, getattr(history, name).model
        through.objects.bulk_create(
            through(continuingeducation=built.record, **{of: row})
            for built in courses
            for row in getattr(built, name)
        )
        past.objects.bulk_create(
            past(
                id=row.pk, history=begun[row.continuingeducation_id],
                **{f"{key}_id": getattr(row, f"{key}_id") for key in ("continuingeducation", of)},
            )
            for row in through.objects.filter(continuingeducation__in=[built.record for built in courses])
        )  # fmt: skip


def write_pay(entries: list[Pay]) -> None:
    for pay in entries:
        pay.full_clean()
    _insert(entries)


def write_targets(targets: list[ProductivityTarget]) -> None:
    for target in targets:
        target.full_clean()
    ProductivityTarget.objects.bulk_create(targets)
