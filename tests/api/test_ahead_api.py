"""Forecasts, what-if, plans and roles side by side through the API."""

import pytest

from tests.factories import CertificationFactory, RoleFactory
from tracker.models import Forecast, Plan
from tracker.services.evaluation import evaluate_coders
from tracker.services.forecasts import forecast_due


@pytest.fixture
def role(db):
    return RoleFactory(slug="records-coder")


def test_forecasts_are_ones_own_with_their_track_record(client, strangers_client, coder, role):
    evaluate_coders([coder.pk])
    forecast_due()
    day = coder.today()
    Forecast.objects.create(
        coder=coder, what="charts", month=day.replace(day=1), made_on=day, reason="too_few"
    )
    found = client.get("/api/v1/forecasts/").json()
    assert found["track_record"] == {"held": 0, "missed": 0, "pending": 0}
    (row,) = [one for one in found["forecasts"] if one["what"] == "charts"]
    assert row["in_words"].startswith("Cannot say yet, because")
    assert strangers_client.get("/api/v1/forecasts/").json()["forecasts"] == []


def test_what_if_answers_and_stores_nothing(client, coder, role):
    answer = client.post("/api/v1/what-if/", {"accuracy": 97, "audited": 30}, format="json")
    assert answer.status_code == 200
    assert set(answer.json()) == {"target", "now", "then", "changes", "wages", "moves", "notes"}
    assert not Forecast.objects.exists() and not Plan.objects.exists()
    refused = client.post("/api/v1/what-if/", {"accuracy": 400, "target": "emperor"}, format="json")
    assert refused.status_code == 400 and "accuracy" in refused.content.decode()
    assert client.post("/api/v1/what-if/", {"target": "emperor"}, format="json").status_code == 400


def test_plans_are_made_changed_and_deleted_and_are_ones_own(client, strangers_client, coder):
    CertificationFactory(slug="cpc")
    sent = {"name": "CPC", "assumptions": {"credentials": ["cpc"], "accuracy": 97}}
    made = client.post("/api/v1/plans/", sent, format="json")
    assert made.status_code == 201 and made.json()["assumptions"] == {
        "credentials": ["cpc"],
        "accuracy": 97.0,
    }
    one = f"/api/v1/plans/{made.json()['id']}/"
    assert client.post("/api/v1/plans/", sent, format="json").status_code == 400  # the name is taken
    assert (
        client.post("/api/v1/plans/", {"name": "Nothing", "assumptions": {}}, format="json").status_code
        == 400
    )
    assert client.patch(one, {"name": "The CPC first"}, format="json").json()["name"] == "The CPC first"
    for method in ("get", "delete"):
        assert getattr(strangers_client, method)(one).status_code == 404
    assert client.delete(one).status_code == 204
    assert not Plan.objects.exists()


def test_roles_are_compared(client, coder, role):
    RoleFactory(slug="coding-auditor")
    found = client.get("/api/v1/compare/?role=records-coder&role=coding-auditor")
    assert [path["role"] for path in found.json()["paths"]] == ["records-coder", "coding-auditor"]
    assert client.get("/api/v1/compare/?role=records-coder").status_code == 400
