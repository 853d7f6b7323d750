"""Drills against real processes: whatever is killed, stopped, flushed or repeated, nothing is lost and nothing doubled.

After each, `verify` replays the records of everybody: all gaps are those of a fresh evaluation, and no history says anything
twice. A broker and workers of their own, for they are not treated well.
"""

import datetime as dt
import os
import signal
import tempfile
import threading
import time
from pathlib import Path

import pytest
import time_machine
from celery import current_app
from django.db import connection
from django.utils import timezone

from curriculum.catalogue import load
from tests.conftest import Valkey, Worker, require_embedded
from tests.curriculum.small_catalogue import write_small_catalogue
from tests.factories import SkillFactory
from tracker.models import (
    Audit,
    AuditScore,
    Coder,
    Evaluation,
    GapEvent,
    SkillShown,
    Staleness,
    SweepRun,
    User,
)
from tracker.services import sweeps
from tracker.services.evaluation import evaluate_coders
from tracker.services.records import save_record
from tracker.services.replay import verify_coders
from tracker.services.staleness import mark_everyone_stale

N, WINDOW = 120, 20


@pytest.fixture
def everyone(transactional_db, tmp_path, monkeypatch):
    """Coders with an audit each, written past all signals: none has ever been evaluated."""
    load(write_small_catalogue(tmp_path))
    monkeypatch.setattr(sweeps, "WINDOW", WINDOW)
    users = User.objects.bulk_create(
        User(email=f"c{i}@drill.example", time_zone="America/New_York") for i in range(N)
    )
    coders = Coder.objects.bulk_create(Coder(user=user) for user in users)
    Staleness.objects.bulk_create(Staleness(coder=coder, since=timezone.now()) for coder in coders)
    day = coders[0].today() - dt.timedelta(days=3)
    audits = Audit.objects.bulk_create(
        Audit(coder=coder, audited_on=day, records_reviewed=30, recorded_at=timezone.now())
        for coder in coders
    )
    AuditScore.objects.bulk_create(
        AuditScore(audit=audit, method="code_over_code", correct=200 + i % 11, reviewed=212)
        for i, audit in enumerate(audits)
    )
    return coders


@pytest.fixture(scope="module")
def processes(django_db_setup, django_db_blocker, tmp_path_factory):
    """A broker and a worker of these drills alone."""
    require_embedded()
    with tempfile.TemporaryDirectory(prefix="coderpath-test-") as directory:
        valkey = Valkey(Path(directory))
        worker = Worker(valkey.url, tmp_path_factory.mktemp("drill") / "worker.log")
        yield valkey, worker
        worker.stop()
        valkey.stop()


@pytest.fixture
def site(everyone, processes, monkeypatch):
    """The worker, idle before and after each drill; this process sends to its broker."""
    valkey, worker = processes
    monkeypatch.setattr(current_app.conf, "broker_url", valkey.url)
    current_app._after_fork()  # as in a new process, no connection is open
    worker.lose_messages()
    yield worker
    worker.until(worker.idle, "The worker did not come to rest")
    current_app._after_fork()


@pytest.fixture
def valkey(processes):
    return processes[0]


def as_the_schedule_does(task, *args):
    current_app.send_task(task, args=args)


def assert_all_is_right():
    """Nobody waits, and everything that is stored follows from the records."""
    report = verify_coders(Coder.objects.values_list("pk", flat=True))
    assert [str(drift) for drift in report.drifts] == []
    assert (report.coders, report.waiting) == (Coder.objects.count(), 0)


def done_windows():
    return SweepRun.objects.get().windows.exclude(done_at=None).count()


def night_is_done():
    return done_windows() == N // WINDOW


def somebody_waits():
    return Evaluation.objects.count() < N or any(row.is_stale for row in Staleness.objects.all())


def log_skill(coder):
    skill = SkillShown(coder=coder, skill=SkillFactory(), since=coder.today())
    started = time.monotonic()
    save_record(skill, by=coder.user)
    return time.monotonic() - started


def test_a_worker_killed_in_mid_sweep(everyone, site):
    sweeps.start_nightly(timezone.now().date())
    site.until(lambda: 0 < done_windows() < N // WINDOW, "No window was done")
    site.kill()
    assert not night_is_done()
    site.lose_messages()
    site.start()
    SweepRun.objects.update(started_at=timezone.now() - sweeps.LOST_AFTER)
    as_the_schedule_does("tracker.resume_nightly")
    site.until(night_is_done, "The night was not resumed", seconds=20)
    assert_all_is_right()


def test_a_broker_that_is_gone_while_people_save(everyone, site, valkey):
    evaluate_coders(coder.pk for coder in everyone)
    valkey.stop()
    assert max(log_skill(coder) for coder in everyone[:3]) < 1, "saving waits for no broker"
    assert somebody_waits()
    valkey.start()
    site.until(lambda: len(valkey.client.client_list()) > 1, "The worker did not come back", seconds=20)
    as_the_schedule_does("tracker.sweep_stale", 0)
    site.until(lambda: not somebody_waits(), "What was saved meanwhile was not evaluated")
    assert SkillShown.objects.count() == 3
    assert_all_is_right()


@pytest.mark.slow
def test_a_broker_that_is_gone_for_a_minute(everyone, site, valkey):
    """Long enough for the worker to ask less and less often whether it is back."""
    evaluate_coders(coder.pk for coder in everyone)
    valkey.stop()
    back, saved = time.monotonic() + 60, []
    while time.monotonic() < back:
        saved.append(log_skill(everyone[len(saved)]))
        time.sleep(1)
    assert max(saved) < 1, "saving waits for no broker"
    valkey.start()
    site.until(lambda: len(valkey.client.client_list()) > 1, "The worker did not come back", seconds=60)
    as_the_schedule_does("tracker.sweep_stale", 0)
    site.until(lambda: not somebody_waits(), "What was saved meanwhile was not evaluated", seconds=30)
    assert SkillShown.objects.count() == len(saved) > 20
    assert_all_is_right()


def test_a_broker_that_forgets_everything(everyone, site, valkey):
    evaluate_coders(coder.pk for coder in everyone)
    os.kill(site.process.pid, signal.SIGSTOP)
    for coder in everyone[:3]:
        log_skill(coder)
    assert valkey.client.llen("evaluate") > 0
    valkey.client.flushall()
    os.kill(site.process.pid, signal.SIGCONT)
    as_the_schedule_does("tracker.sweep_stale", 0)
    site.until(lambda: not somebody_waits(), "What was lost was not swept up")
    assert_all_is_right()


def test_two_sweeps_at_once_and_a_change_in_between(everyone, site, valkey, tmp_path):
    another = Worker(valkey.url, tmp_path / "another.log")
    try:
        sweeps.start_nightly(timezone.now().date())
        sweeps.start_nightly(timezone.now().date())  # each window is sent twice
        by_hand = threading.Thread(target=evaluate_in_a_thread, args=([coder.pk for coder in everyone],))
        by_hand.start()
        for coder in everyone[:: N // 4]:
            log_skill(coder)
        by_hand.join()
        site.until(lambda: night_is_done() and not somebody_waits(), "Not all was evaluated", seconds=20)
    finally:
        another.stop()
    assert_all_is_right()


def evaluate_in_a_thread(ids):
    try:
        evaluate_coders(ids)
    finally:
        connection.close()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no server to lose")
def test_a_database_that_throws_everybody_out(everyone, site):
    """As a restart does to who is connected; tests/e2e/test_restart.py restarts a server."""
    sweeps.start_nightly(timezone.now().date())
    site.until(lambda: done_windows() > 0, "No window was done")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    site.until(night_is_done, "The night was not finished", seconds=30)
    assert_all_is_right()


def test_a_day_is_skipped_and_another_repeated(everyone):
    """No process is needed: the schedule asks with a day, and each coder has their own."""
    morning = timezone.now().replace(hour=15)
    for days in (0, 2, 2, 30):  # the first of them, none on the next, one twice, and a month away
        with time_machine.travel(morning + dt.timedelta(days=days), tick=True):
            run = sweeps.start_nightly(timezone.now().date())
            for window in run.windows.filter(done_at=None):
                sweeps_window(window)
            said = GapEvent.objects.count()
            mark_everyone_stale()
            evaluate_coders(coder.pk for coder in everyone)
            assert GapEvent.objects.count() == said, "what was said once is not said again"
            assert_all_is_right()
    assert SweepRun.objects.count() == 3


def sweeps_window(window):
    from tracker.tasks import evaluate_window

    evaluate_window(window.pk)
