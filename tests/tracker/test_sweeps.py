"""The sweep of what stayed stale, and the nightly evaluation of everyone in windows."""

import datetime as dt

import pytest
from celery import current_app
from django.utils import timezone

from tests.factories import DAY, CoderFactory
from tracker import tasks
from tracker.models import Evaluation, Staleness, SweepRun, SweepWindow
from tracker.services import evaluation, sweeps
from tracker.services.evaluation import evaluate_coders, evaluate_window
from tracker.services.sweeps import resume_nightly, start_nightly, sweep_stale


@pytest.fixture
def sent(monkeypatch):
    messages = []
    monkeypatch.setattr(current_app, "send_task", lambda task, args=(): messages.append((task, *args)))
    return messages


@pytest.fixture
def coders(db, sent):
    made = [CoderFactory() for _ in range(5)]
    sent.clear()
    return made


def _waiting_since(seconds, *coders):
    since = timezone.now() - dt.timedelta(seconds=seconds)
    Staleness.objects.filter(coder__in=coders).update(since=since)


# --- What stayed stale ---


def test_only_who_has_waited_for_a_while_is_swept(coders):
    patient, waiting = coders[:2], coders[2:]
    _waiting_since(60, *waiting)
    assert sweep_stale().coders == 3
    assert Evaluation.objects.filter(coder__in=patient).count() == 0
    assert sweep_stale().coders == 0


def test_without_patience_everybody_is_swept(coders):
    assert sweep_stale(0).coders == 5
    assert sweep_stale(0).coders == 0


def test_who_failed_waits_for_the_next_change(coders):
    Staleness.objects.filter(coder=coders[0]).update(failed_seq=1000)
    assert sweep_stale(0).coders == 4
    Staleness.objects.filter(coder=coders[0]).update(seq=1001)
    assert sweep_stale(0).coders == 1


def test_who_waited_longest_comes_first_and_the_rest_is_sent_for_at_once(coders, sent, monkeypatch):
    monkeypatch.setattr(sweeps, "AT_ONCE", 2)
    for seconds, coder in enumerate(coders):
        _waiting_since(100 - seconds, coder)
    assert sweep_stale().coders == 2
    assert set(Evaluation.objects.values_list("coder_id", flat=True)) == {coders[0].pk, coders[1].pk}
    assert sent == [("tracker.sweep_stale", 5.0)]
    sweep_stale(0)
    assert sweep_stale(0).coders == 1
    assert sent == [("tracker.sweep_stale", 5.0), ("tracker.sweep_stale", 0)]  # the last one was not full


# --- Everyone, once a day ---


@pytest.fixture
def small_windows(monkeypatch):
    monkeypatch.setattr(sweeps, "WINDOW", 2)


def test_every_coder_is_in_exactly_one_window(coders, small_windows, sent):
    run = start_nightly(DAY)
    windows = list(run.windows.all())
    assert len(windows) == 3
    for coder in coders:
        assert sum(w.first_id <= coder.pk <= w.last_id for w in windows) == 1
    assert sent == [("tracker.evaluate_window", window.pk) for window in windows]


def test_a_night_evaluates_everyone_fresh_or_not(coders, small_windows):
    evaluate_coders([coders[0].pk])
    Evaluation.objects.update(evaluated_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    run = start_nightly(DAY)
    for window in run.windows.all():
        tasks.evaluate_window(window.pk)
    assert Evaluation.objects.filter(evaluated_at__year__gt=2025).count() == 5
    assert all(w.done_at for w in run.windows.all())
    assert sum(w.coders for w in run.windows.all()) == 5


def test_started_again_on_the_same_day_it_sends_only_what_is_not_done(coders, small_windows, sent):
    run = start_nightly(DAY)
    first, *others = run.windows.all()
    tasks.evaluate_window(first.pk)
    sent.clear()
    CoderFactory()  # later coders are evaluated by their own marks
    sent.clear()
    assert start_nightly(DAY).pk == run.pk
    assert sent == [("tracker.evaluate_window", window.pk) for window in others]
    assert SweepRun.objects.count() == 1 and SweepWindow.objects.count() == 3


def test_another_day_is_another_run(coders, small_windows, sent):
    start_nightly(DAY)
    start_nightly(DAY + dt.timedelta(days=1))
    assert SweepRun.objects.count() == 2 and len(sent) == 6


def test_a_window_whose_message_comes_twice_is_done_once(coders, monkeypatch):
    (window,) = start_nightly(DAY).windows.all()
    tasks.evaluate_window(window.pk)
    done_at = SweepWindow.objects.get().done_at
    monkeypatch.setattr(evaluation, "evaluate_coders", lambda *args, **values: pytest.fail("done twice"))
    tasks.evaluate_window(window.pk)
    tasks.evaluate_window(10_000)  # a window that is gone
    assert SweepWindow.objects.get().done_at == done_at


def test_a_coder_who_fails_is_reported_and_the_rest_of_the_window_is_done(coders, monkeypatch):
    real = evaluation.evaluate

    def poisoned(some, *args, **values):
        if coders[1] in some:
            raise ValueError("poison")
        return real(some, *args, **values)

    monkeypatch.setattr(evaluation, "evaluate", poisoned)
    (window,) = start_nightly(DAY).windows.all()
    tally = evaluate_window(window)
    assert (tally.coders, tally.failed) == (4, [coders[1].pk])
    window.refresh_from_db()
    assert window.done_at and (window.coders, window.failed) == (4, [coders[1].pk])


def test_a_night_without_coders_is_an_empty_run(db, sent):
    assert start_nightly(DAY).windows.count() == 0
    assert sent == []


def test_the_tasks_day_is_that_of_the_schedule(coders, sent):
    tasks.evaluate_everyone()
    assert SweepRun.objects.get().day == timezone.now().date()


# --- Lost messages ---


def test_what_a_run_left_undone_for_long_is_sent_again(coders, small_windows, sent):
    run = start_nightly(DAY)
    first, *others = run.windows.all()
    tasks.evaluate_window(first.pk)
    sent.clear()
    assert resume_nightly() == 0  # its messages may still be on their way
    SweepRun.objects.update(started_at=timezone.now() - sweeps.LOST_AFTER * 2)
    assert resume_nightly() == 2
    assert sent == [("tracker.evaluate_window", window.pk) for window in others]


def test_only_the_last_night_is_resumed(coders, sent):
    start_nightly(DAY)
    run = start_nightly(DAY + dt.timedelta(days=1))
    SweepRun.objects.update(started_at=timezone.now() - sweeps.LOST_AFTER * 2)
    sent.clear()
    tasks.resume_nightly()
    assert sent == [("tracker.evaluate_window", run.windows.get().pk)]


def test_nothing_to_resume(db):
    assert resume_nightly() == 0


def test_resuming_without_a_broker_counts_nothing(coders, monkeypatch):
    start_nightly(DAY)
    SweepRun.objects.update(started_at=timezone.now() - sweeps.LOST_AFTER * 2)
    monkeypatch.setattr(sweeps, "send", lambda *args: False)
    assert resume_nightly() == 0
