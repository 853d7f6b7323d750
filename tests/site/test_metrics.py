"""Figures for Prometheus and for the staff: true, cheap, and for nobody else."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from coderpath_site import task_times
from coderpath_site.celery import app
from tests.factories import CoderFactory, UserFactory
from tracker.models import Staleness, SweepRun, SweepWindow, WorkerHeartbeat


@pytest.fixture
def site(broker, db):
    """Two coders wait, one for a minute; a third could not be evaluated; a night is half done."""
    now = timezone.now()
    waiting, longest, failing = (CoderFactory() for _ in range(3))
    Staleness.objects.filter(coder=waiting).update(since=now)
    Staleness.objects.filter(coder=longest).update(since=now - dt.timedelta(minutes=1))
    Staleness.objects.filter(coder=failing).update(seq=7, failed_seq=7, since=now - dt.timedelta(hours=1))
    run = SweepRun.objects.create(day=now.date())
    SweepWindow.objects.create(run=run, first_id=1, last_id=5000, done_at=now, coders=3, gaps_changed=4)
    SweepWindow.objects.create(run=run, first_id=5001, last_id=10000)
    WorkerHeartbeat.objects.create(name="worker", at=now - dt.timedelta(seconds=7))
    task_times._broker().delete(task_times.KEY)
    task_times.note("tracker.evaluate_coder", 0.07, "SUCCESS")
    task_times.note("tracker.evaluate_coder", 3.0, "FAILURE")


def figures(response):
    families = text_string_to_metric_families(response.content.decode())
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def test_prometheus_reads_what_waits_and_what_failed(client, site):
    found = figures(client.get("/metrics"))
    assert found["coderpath_coders",] == 3
    assert found["coderpath_stale_coders",] == 2
    assert found["coderpath_failing_coders",] == 1
    assert found["coderpath_stale_oldest_seconds",] == pytest.approx(60, abs=10)
    assert found["coderpath_worker_heartbeat_age_seconds",] == pytest.approx(7, abs=10)
    assert found["coderpath_nightly_windows_left",] == 1
    assert found["coderpath_broker_up",] == 1
    assert ("coderpath_queue_messages", ("queue", "evaluate")) in found
    task = ("task", "tracker.evaluate_coder")
    assert found["coderpath_task_seconds_bucket", ("le", "0.05"), task] == 0
    assert found["coderpath_task_seconds_bucket", ("le", "0.1"), task] == 1
    assert found["coderpath_task_seconds_bucket", ("le", "+Inf"), task] == 2
    assert found["coderpath_task_seconds_sum", task] == pytest.approx(3.07)
    assert found["coderpath_task_failures_total", task] == 1


def test_without_a_broker_the_rest_is_still_told(client, db, monkeypatch):
    monkeypatch.setattr(app.conf, "broker_url", "redis+socket:///nowhere/broker.sock")
    found = figures(client.get("/metrics"))
    assert found["coderpath_broker_up",] == 0
    assert found["coderpath_coders",] == 0


@pytest.mark.django_db
def test_only_this_machine_or_who_knows_the_token_reads_it(client, settings):
    away = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", **away).status_code == 404
    assert client.get("/metrics", HTTP_X_FORWARDED_FOR="127.0.0.1").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}, **away).status_code == 404
    settings.METRICS_TOKEN = "a long token"
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}, **away).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer a long token"}, **away).status_code == 200


def test_a_task_that_ran_is_counted(client, broker, transactional_db):
    from tracker.tasks import heartbeat

    task_times._broker().delete(task_times.KEY)
    heartbeat.apply()
    times = task_times.task_times()["tracker.heartbeat"]
    assert times.cumulative()[-1] == ("+Inf", 1)
    assert 0 < times.seconds < 10


def test_staff_see_the_same_in_words(client, site, django_assert_max_num_queries):
    client.force_login(UserFactory(is_staff=True))
    with django_assert_max_num_queries(12):
        page = client.get(reverse("status")).content.decode()
    assert "1 coder could not be evaluated" in page
    assert "the oldest for" in page
    assert "1 of 2" in page
    assert "tracker.evaluate_coder" in page


@pytest.mark.django_db
def test_nobody_else_sees_the_status(client):
    assert client.get(reverse("status")).status_code == 302, "a stranger is asked to sign in"
    client.force_login(UserFactory())
    assert client.get(reverse("status")).status_code == 404
