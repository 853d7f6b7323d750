"""/healthz tells the truth about each part, and only the database takes the site down."""

import time
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from coderpath_site import health
from coderpath_site.celery import app
from tests.conftest import Worker
from tracker.models import WorkerHeartbeat

GONE_BROKER = "redis+socket:///nowhere/broker.sock"


@pytest.fixture
def beat(db):
    def make(seconds_ago):
        WorkerHeartbeat.objects.update_or_create(
            name="worker", defaults={"at": timezone.now() - timedelta(seconds=seconds_ago)}
        )

    return make


@pytest.fixture
def broker_at(monkeypatch):
    """Where the app of this process looks for its broker."""
    return lambda url: monkeypatch.setattr(app.conf, "broker_url", url)


def test_all_is_well(client, broker, beat):
    beat(5)
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "broker": "ok", "worker": "ok"}
    assert "no-store" in response["Cache-Control"]


def test_a_worker_that_fell_silent_is_gone(client, broker, beat):
    beat(46)
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "degraded", "database": "ok", "broker": "ok", "worker": "gone"}


@pytest.mark.django_db
def test_there_never_was_a_worker(client, broker):
    assert client.get("/healthz").json()["worker"] == "gone"


def test_a_broker_that_is_not_there_only_degrades(client, beat, broker_at):
    beat(5)
    broker_at(GONE_BROKER)
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "degraded", "database": "ok", "broker": "gone", "worker": "ok"}


def test_a_broker_that_hangs_is_gone_within_a_second(client, beat, broker_at, valkey):
    beat(5)
    broker_at(valkey.url)
    valkey.hang()
    began = time.monotonic()
    response = client.get("/healthz")
    assert time.monotonic() - began < 1
    assert response.json()["broker"] == "gone"


@pytest.mark.django_db
def test_without_the_database_it_is_down(client, broker, monkeypatch, tmp_path):
    """Another connection of the same alias, to a database that cannot be opened."""
    lost = connections["default"].copy()
    nowhere = {"NAME": str(tmp_path / "no" / "such")} if lost.vendor == "sqlite" else {"PORT": "1"}
    lost.settings_dict = lost.settings_dict | nowhere
    monkeypatch.setattr(health, "connection", lost)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {"status": "down", "database": "gone", "broker": "ok", "worker": "gone"}


@pytest.mark.django_db
def test_a_stranger_may_ask_but_not_post(client):
    assert client.get("/healthz").status_code == 200
    assert client.post("/healthz").status_code == 405


def test_a_worker_that_starts_is_seen_at_once(client, broker, transactional_db, tmp_path):
    """Its first heartbeat does not wait for the schedule."""
    worker = Worker(broker, tmp_path / "worker.log")
    try:
        worker.until(health.worker_answers, "No heartbeat came")
        assert client.get("/healthz").json()["status"] == "ok"
    finally:
        worker.stop()


@pytest.mark.django_db
def test_alive_and_ready(client, broker_at, monkeypatch):
    """Without a broker people can still be served."""
    monkeypatch.setattr(health, "_migrated", True)  # the test's tables come from the models
    broker_at(GONE_BROKER)
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_without_the_database_it_lives_but_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(health, "database_answers", lambda: False)
    assert client.get("/livez").status_code == 200
    response = client.get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, "gone")


@pytest.mark.django_db
def test_it_is_not_ready_before_its_tables_are_there(client, monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: [("one", False)])
    response = client.get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, "not migrated")
