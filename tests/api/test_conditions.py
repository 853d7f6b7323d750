"""Keys, conditions, bulk and limits: what a program may rely on when it sends something twice, late or too often."""

import datetime as dt

import pytest
from django.core.cache import caches
from django.utils import timezone

from tests import factories
from tracker.api import idempotency
from tracker.models import AnsweredRequest, Pay, Volume

pytestmark = pytest.mark.django_db
VOLUMES = "/api/v1/records/volume/"


@pytest.fixture
def week(coder):
    """week(n, **more): a week of charts."""
    work_type = factories.WorkTypeFactory().slug

    def make(number=1, **more):
        day = dt.date(2026, 3, 1) + dt.timedelta(weeks=number)
        return {
            "starts_on": str(day),
            "ends_on": str(day),
            "work_type": work_type,
            "charts": 10,
            "minutes": 120,
            **more,
        }

    return make


def send(client, body, key="a key", path=VOLUMES):
    return client.post(path, body, headers={"Idempotency-Key": key})


# --- Idempotency-Key ---


def test_a_request_sent_again_under_its_key_is_answered_as_before_and_does_nothing(client, week):
    first, again = send(client, week()), send(client, week())
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert Volume.objects.count() == 1


def test_a_key_is_for_one_request_of_one_person(client, strangers_client, week):
    send(client, week())
    other = send(client, week(charts=11))
    assert other.status_code == 422
    assert "new key" in other.json()["detail"]
    assert send(strangers_client, week()).status_code == 201
    assert send(client, week(2), key="another").status_code == 201


def test_what_was_refused_may_be_mended_under_the_same_key(client, week):
    assert send(client, week(charts=-1)).status_code == 400
    assert send(client, week()).status_code == 201


def test_a_request_still_being_worked_on_is_not_started_twice_unless_its_process_died(client, coder, week):
    send(client, week())
    AnsweredRequest.objects.update(status=None, body=None)
    assert send(client, week()).status_code == 409
    AnsweredRequest.objects.update(claimed_at=timezone.now() - idempotency.HELD - dt.timedelta(seconds=1))
    Volume.objects.all().delete()
    assert send(client, week()).status_code == 201


def test_an_answer_cannot_be_read_from_the_database_and_is_forgotten_after_a_day(client):
    send(client, {"effective_on": "2026-01-01", "amount": "58123"}, path="/api/v1/pay/")
    row = AnsweredRequest.objects.get()
    assert b"58123" not in bytes(row.body)
    assert idempotency.forget_answers() == 0
    AnsweredRequest.objects.update(claimed_at=timezone.now() - idempotency.KEPT)
    assert idempotency.forget_answers() == 1
    assert Pay.objects.count() == 1


def test_a_key_that_is_too_long_is_refused(client, week):
    assert send(client, week(), key="x" * 256).status_code == 400


# --- ETags ---


def test_what_has_not_changed_is_not_sent_again(client, coder):
    one = f"{VOLUMES}{factories.VolumeFactory(coder=coder).pk}/"
    etag = client.get(one)["ETag"]
    unchanged = client.get(one, headers={"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    client.patch(one, {"charts": 5})
    assert client.get(one, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_what_changed_since_it_was_read_is_not_overwritten(method, client, coder, week):
    one = f"{VOLUMES}{factories.VolumeFactory(coder=coder).pk}/"
    read = client.get(one)["ETag"]
    changed = client.patch(one, {"charts": 5}, headers={"If-Match": read})
    assert changed.status_code == 200
    stale = getattr(client, method)(one, week(), headers={"If-Match": read})
    assert stale.status_code == 412
    assert client.get(one).json()["charts"] == 5
    fresh = getattr(client, method)(one, week(), headers={"If-Match": changed["ETag"]})
    assert fresh.status_code in (200, 204)


# --- Many at once ---


def test_many_are_stored_at_once_and_sent_again_change_the_same_ones(client, coder, week):
    body = {"records": [week(number, external_id=f"w{number}") for number in range(3)]}
    stored = client.post(f"{VOLUMES}bulk/", body)
    assert stored.status_code == 200, stored.json()
    assert [row["created"] for row in stored.json()] == [True] * 3
    body["records"][1]["charts"] = 99
    again = client.post(f"{VOLUMES}bulk/", body).json()
    assert [row["id"] for row in again] == [row["id"] for row in stored.json()]
    assert [row["created"] for row in again] == [False] * 3
    assert sorted(Volume.objects.values_list("charts", flat=True)) == [10, 10, 99]


def test_of_many_none_is_stored_where_one_is_wrong_and_each_says_what(client, week):
    body = {"records": [week(1), week(2, charts=-1), week(3, ends_on="2020-01-01"), week(4, minutes="x")]}
    refused = client.post(f"{VOLUMES}bulk/", body)
    assert refused.status_code == 400
    assert {"records[1].charts", "records[3].minutes"} <= set(refused.json()["errors"])
    del body["records"][3], body["records"][1]
    rules = client.post(f"{VOLUMES}bulk/", body).json()["errors"]
    assert all(name.startswith("records[1]") for name in rules)
    assert not Volume.objects.exists()


@pytest.mark.parametrize("sent", [None, [], {}, {"records": []}, {"records": [{}] * 1_001}, {"records": "x"}])
def test_a_bulk_of_another_shape_is_refused(sent, client):
    refused = client.post(f"{VOLUMES}bulk/", sent)
    assert refused.status_code == 400
    assert "1000" in str(refused.json()) or refused.json()["detail"]


# --- Limits ---


def test_requests_are_counted_and_too_many_are_asked_to_wait(client, strangers_client, settings):
    settings.API_REQUESTS_A_MINUTE = 2
    caches["limits"].clear()
    assert client.get(VOLUMES)["RateLimit-Remaining"] == "1"
    assert client.get(VOLUMES)["RateLimit-Remaining"] == "0"
    refused = client.get(VOLUMES)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 60
    assert strangers_client.get(VOLUMES).status_code == 200


def test_without_the_cache_that_counts_nobody_is_shut_out(client, monkeypatch):
    def gone(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(caches["limits"], "add", gone)
    assert client.get(VOLUMES).status_code == 200


def test_an_address_that_is_none_is_a_problem_and_no_page(client):
    response = client.get("/api/v1/records/volume/x/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_a_body_that_is_too_large_is_refused_as_a_problem(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    response = client.post(VOLUMES, {"note": "x" * 100})
    assert response.status_code == 413
    assert response["Content-Type"] == "application/problem+json"
