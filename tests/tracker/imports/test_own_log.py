"""A coder's own log, from the file to the records and back."""

import datetime as dt

import pytest
from django.utils import timezone

from tests.factories import VolumeFactory
from tests.tracker.imports.conftest import A1, P1
from tracker.models import (
    Audit,
    ImportBatch,
    ImportChange,
    ImportPage,
    ImportRows,
    ImportState,
    Provenance,
    Source,
    Volume,
)
from tracker.services.imports import running
from tracker.services.imports.undoing import left_of
from tracker.services.records import remove_record, save_record


def volumes(coder):
    rows = Volume.objects.current().filter(coder=coder).order_by("ends_on", "pk")
    return [(str(v.ends_on), v.work_type.slug, v.charts, v.minutes, v.counted) for v in rows]


def test_a_log_becomes_records_that_attest_nothing(mine, me):
    batch = mine.store(P1)
    assert volumes(me) == [
        ("2026-01-05", "emergency", 92, 450, True),
        ("2026-01-06", "emergency", 88, 450, True),
    ]
    record = Volume.objects.filter(coder=me).first()
    assert (record.source, record.provenance, record.made_under) == (
        Source.IMPORT,
        Provenance.SELF_REPORTED,
        None,
    )
    entry = record.history.get()
    assert (entry.history_type, entry.history_user, entry.charts) == ("+", me.user, record.charts)
    assert batch.counts == {"new": 2, "warning": 0, "also": 0}
    assert not ImportRows.objects.exists() and not ImportPage.objects.exists()


def test_the_same_file_twice_changes_nothing(mine, me):
    mine.store(P1)
    before = volumes(me)
    again = mine.store(P1)
    assert again.counts["same"] == 2 and "new" not in again.counts
    assert volumes(me) == before
    assert not again.changes.exists()


def test_a_corrected_file_replaces_what_it_corrects_and_shows_the_difference(mine, me):
    mine.store(P1)
    batch = mine.preview(P1.replace("92,7.5", "95,7.5"))
    assert (batch.counts["replaces"], batch.counts["same"]) == (1, 1)
    line = ImportPage.objects.get(batch=batch, outcome="replaces").lines[0]
    assert "95 Emergency charts" in line["text"] and "92 Emergency charts" in line["was"]
    running.commit(batch, by=me.user)
    assert [charts for _day, _type, charts, *_ in volumes(me)] == [95, 88]
    record = Volume.objects.get(charts=95)
    assert [entry.history_type for entry in record.history.order_by("history_id")] == ["+", "~"]


def test_undo_brings_back_what_was(mine, me):
    first = mine.store(P1)
    second = mine.store(P1.replace("92,7.5", "95,7.5"))
    mine.undo(second)
    assert [charts for _day, _type, charts, *_ in volumes(me)] == [92, 88]
    # Replaced and brought back: that is a later change, though no figure differs.
    mine.undo(first)
    assert [charts for _day, _type, charts, *_ in volumes(me)] == [92]


def test_undo_leaves_and_lists_what_was_edited_since(mine, me):
    batch = mine.store(P1)
    record = Volume.objects.get(charts=92)
    record.charts = 90
    save_record(record, by=me.user)
    batch = mine.undo(batch)
    assert volumes(me) == [("2026-01-05", "emergency", 90, 450, True)]
    assert (batch.counts["undone"], batch.counts["left"]) == (1, 1)
    ((_who, when, what),) = left_of(batch)
    assert (when, what) == ("2026-01-05", "90 Emergency charts in 7 h 30 min")
    assert batch.report == [
        record.pk
    ]  # who and what are read from what is there, so nothing outlives its coder here


def test_what_somebody_changed_or_removed_since_stays_theirs(mine, me):
    mine.store(P1)
    changed, removed = Volume.objects.get(charts=92), Volume.objects.get(charts=88)
    changed.charts = 90
    save_record(changed, by=me.user)
    remove_record(removed, by=me.user, because="Counted twice")
    batch = mine.store(P1)
    assert (batch.counts["kept"], batch.counts["withdrawn"]) == (1, 1)
    assert volumes(me) == [("2026-01-05", "emergency", 90, 450, True)]


def test_all_or_nothing_unless_one_says_the_good_rows_only(mine, me):
    batch = mine.preview(P1 + "2026-01-07,ed,,many,7.5\n")
    assert batch.errors == 1
    with pytest.raises(Exception, match="Some rows have errors"):
        running.commit(batch, by=me.user)
    assert volumes(me) == []
    running.commit(batch, by=me.user, only_good=True)
    assert len(volumes(me)) == 2
    batch.refresh_from_db()
    assert batch.report[0][:2] == [4, "D “charts”"]


def test_work_that_is_also_logged_by_hand_counts_once(mine, me):
    by_hand = VolumeFactory(coder=me, starts_on="2026-01-05", ends_on="2026-01-09", charts=400)
    batch = mine.preview(P1)
    assert batch.counts["also"] == 1
    running.commit(batch, by=me.user)
    by_hand.refresh_from_db()
    assert (by_hand.counted, by_hand.not_counted_because) == (
        False,
        "Your own import of the same work counts.",
    )
    batch.refresh_from_db()
    mine.undo(batch)
    by_hand.refresh_from_db()
    assert (by_hand.counted, by_hand.not_counted_because) == (True, "")


def test_work_logged_by_hand_after_its_import_does_not_count_again(mine, me):
    mine.store(P1)
    record = Volume(coder=me, starts_on="2026-01-06", ends_on="2026-01-06", charts=88, minutes=450)
    record.work_type = Volume.objects.first().work_type
    save_record(Volume.objects.get(pk=save_record(record, by=me.user).pk), by=me.user)
    record.refresh_from_db()
    assert not record.counted
    remove_record(Volume.objects.filter(source=Source.IMPORT, charts=88).get(), by=me.user)
    record.refresh_from_db()
    assert record.counted


def test_audits_bring_their_scores(mine, me):
    batch = mine.store(A1)
    audit = Audit.objects.get(coder=me)
    assert {s.method: (s.correct, s.reviewed) for s in audit.scores.all()} == {
        "code_over_code": (396, 412),
        "case": (24, 30),
    }
    assert all(score.history.count() == 1 for score in audit.scores.all())
    corrected = mine.store(A1.replace("412,396", "412,400"))
    assert corrected.counts["replaces"] == 1
    assert audit.scores.get(method="code_over_code").correct == 400
    mine.undo(corrected)
    assert audit.scores.get(method="code_over_code").correct == 396
    assert batch.changes.count() == 1


def test_cancelling_drops_what_was_staged(mine, me):
    batch = mine.preview(P1)
    assert ImportRows.objects.exists() and ImportPage.objects.exists()
    running.cancel(batch, by=me.user)
    batch.refresh_from_db()
    assert batch.state == ImportState.CANCELLED
    assert (
        not ImportRows.objects.exists()
        and not ImportPage.objects.exists()
        and not ImportChange.objects.exists()
    )
    assert volumes(me) == []


def test_what_was_staged_goes_after_a_day(mine, me):
    batch = mine.preview(P1)
    young = mine.preview(P1.replace("92", "93"))
    ImportBatch.objects.filter(pk=batch.pk).update(created_at=timezone.now() - dt.timedelta(hours=25))
    running.tend()
    batch.refresh_from_db()
    young.refresh_from_db()
    assert (batch.state, young.state) == (ImportState.CANCELLED, ImportState.READY)
    assert set(ImportRows.objects.values_list("batch", flat=True)) == {young.pk}
    assert set(ImportPage.objects.values_list("batch", flat=True)) == {young.pk}


def test_a_step_that_another_worker_has_in_hand_is_left_to_it(mine, me):
    batch = mine.preview(P1)
    later = timezone.now() + dt.timedelta(seconds=30)
    ImportBatch.objects.update(state=ImportState.COMMITTING, lease="somebody", lease_until=later)
    running.run(batch.pk)
    assert volumes(me) == []
    ImportBatch.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    running.run(batch.pk)
    assert len(volumes(me)) == 2
    running.run(batch.pk)
    assert len(volumes(me)) == 2
