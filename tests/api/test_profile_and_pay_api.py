"""/api/v1/me/ and /api/v1/pay/: what only the coder sees; gaps, readiness and standing; and the catalogue, which everyone reads."""

import datetime as dt
from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from curriculum.models import Milestone, MilestoneVersion
from tests import factories
from tracker.models import Coder, Pay

pytestmark = pytest.mark.django_db


def test_the_profile_is_read_and_changed_in_part(client, coder):
    role, area = factories.RoleFactory(), factories.WageAreaFactory()
    response = client.patch(
        "/api/v1/me/",
        {"full_name": "Ana Reyes", "stated_role": role.slug, "area": area.code, "stated_years": "2.5"},
    )
    assert response.status_code == 200, response.json()
    body = client.get("/api/v1/me/").json()
    assert (body["full_name"], body["stated_role"], body["area"]) == ("Ana Reyes", role.slug, area.code)
    stored = Coder.objects.get(pk=coder.pk)
    assert (stored.stated_years, stored.user.full_name) == (Decimal("2.5"), "Ana Reyes")
    assert client.patch("/api/v1/me/", {"target_role": role.slug}).json()["target_role"] == role.slug
    assert client.patch("/api/v1/me/", {"target_role": None}).json()["target_role"] is None


@pytest.mark.parametrize(
    ("values", "field"),
    [({"time_zone": "Mars"}, "time_zone"), ({"area": "x"}, "area"), ({"stated_years": 61}, "stated_years"),
     ({"target_role": "emperor"}, "target_role"), ({"is_staff": True}, "is_staff")],
)  # fmt: skip
def test_an_impossible_profile_is_refused_by_field(values, field, client):
    response = client.patch("/api/v1/me/", values)
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]


def test_the_email_is_not_changed_here(client, coder):
    client.patch("/api/v1/me/", {"email": "else@example.com"})
    coder.user.refresh_from_db()
    assert coder.user.email != "else@example.com"


def test_pay_is_created_read_changed_removed_and_restored(client):
    created = client.post("/api/v1/pay/", {"effective_on": "2026-01-01", "amount": "58000"})
    assert created.status_code == 201, created.json()
    one = f"/api/v1/pay/{created.json()['id']}/"
    assert client.patch(one, {"amount": "28.50", "basis": "hourly"}).json()["amount"] == "28.50"
    assert len(client.get("/api/v1/pay/").json()["results"]) == 1
    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == 404
    assert client.post(one + "restore/").json()["amount"] == "28.50"
    summaries = [change["summary"] for change in client.get(one + "history/").json()]
    assert summaries[:2] == ["Restored", "Removed"]


def test_pay_is_refused_as_in_its_form(client):
    client.post("/api/v1/pay/", {"effective_on": "2026-01-01", "amount": "58000"})
    twice = client.post("/api/v1/pay/", {"effective_on": "2026-01-01", "amount": "9"}).json()["errors"]
    assert "Change that entry" in twice["effective_on"][0]
    assert "$10,000 to $1,000,000" in twice["amount"][0]


def test_a_strangers_pay_is_not_found(strangers_client, coder):
    pay = factories.PayFactory(coder=coder)
    one = f"/api/v1/pay/{pay.pk}/"
    assert strangers_client.get("/api/v1/pay/").json()["results"] == []
    for response in (
        strangers_client.get(one),
        strangers_client.patch(one, {"amount": "60000"}),
        strangers_client.delete(one),
        strangers_client.get(one + "history/"),
        strangers_client.post(one + "restore/"),
    ):
        assert response.status_code == 404
    assert Pay.objects.get().amount == pay.amount


def test_pay_that_never_was_is_not_restored(client):
    assert client.post("/api/v1/pay/999999999999999999/restore/").status_code == 404


@pytest.mark.parametrize("path", ["gaps", "readiness", "standing"])
def test_a_new_coder_has_an_answer_to_everything(path, client):
    assert client.get(f"/api/v1/{path}/").status_code in (200, 204)


def test_reading_makes_no_coder_and_saying_something_does():
    user, client = factories.UserFactory(), APIClient()
    client.force_login(user)
    assert client.get("/api/v1/me/").json()["email"] == user.email
    for path in ("gaps", "readiness", "standing"):
        response = client.get(f"/api/v1/{path}/")
        assert response.status_code == 404
        assert "Send your profile first" in response.json()["detail"]
    for path in ("records/volume", "pay"):
        assert client.get(f"/api/v1/{path}/").json()["results"] == []
    assert not Coder.objects.exists()
    assert client.patch("/api/v1/me/", {"full_name": "Ana"}).status_code == 200
    assert Coder.objects.get().user == user


CATALOGUE = {
    "stages": factories.StageFactory,
    "tracks": factories.TrackFactory,
    "roles": factories.RoleFactory,
    "certifications": factories.ApprenticeCertificationFactory,
    "bodies": factories.BodyFactory,
    "work-types": factories.WorkTypeFactory,
    "specialties": factories.SpecialtyFactory,
    "skills": factories.SkillFactory,
    "employer-types": factories.EmployerTypeFactory,
    "accreditations": factories.AccreditationFactory,
    "areas": factories.WageAreaFactory,
}


@pytest.mark.parametrize("path", CATALOGUE)
def test_the_catalogue_is_read_and_not_written(path, client):
    row = CATALOGUE[path]()
    key = getattr(row, "code" if path == "areas" else "slug")
    rows = client.get(f"/api/v1/catalogue/{path}/").json()["results"]
    one = client.get(f"/api/v1/catalogue/{path}/{key}/")
    assert one.status_code == 200
    assert one.json() in rows
    assert client.post(f"/api/v1/catalogue/{path}/", {}).status_code == 405
    for missing in ("none", "%00"):
        assert client.get(f"/api/v1/catalogue/{path}/{missing}/").status_code == 404


@pytest.mark.parametrize("path", CATALOGUE)
def test_a_list_of_the_catalogue_costs_the_same_queries_at_any_length(
    path, client, django_assert_max_num_queries
):
    for number in range(1, 10):
        key = {"code": f"A{number}"} if path == "areas" else {"slug": f"row-{number}"}
        more = {"code": f"X{number}"} if path == "certifications" else {}
        CATALOGUE[path](**key, **more)
    with django_assert_max_num_queries(4):
        assert len(client.get(f"/api/v1/catalogue/{path}/").json()["results"]) >= 9


def test_a_milestone_is_shown_in_the_version_of_today(client):
    milestone = Milestone.objects.create(slug="years", name="Three years", summary="Time.", source="test")
    for number, start, years in (
        (1, dt.date(2020, 1, 1), "2"),
        (2, dt.date(2021, 1, 1), "3"),
        (3, dt.date(2099, 1, 1), "4"),
    ):
        leaf = {"measure": "experience_years", "cmp": ">=", "target": years}
        MilestoneVersion.objects.create(
            milestone=milestone, no=number, valid_from=start, definition={"needs": leaf}
        )
    body = client.get("/api/v1/catalogue/milestones/years/").json()
    assert body["version"] == 2
    assert "3 years" in body["in_words"]
    assert body["definition"]["needs"]["target"] == "3"
