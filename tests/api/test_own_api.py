"""One's own line, résumé, links and shares by the API: as the pages do it."""

import pytest

from tests.factories import AuditFactory, MembershipFactory, VolumeFactory, WorkTypeFactory
from tracker.models import AccessLog, Share, Volume

pytestmark = pytest.mark.django_db


def test_a_line_is_understood_and_stored_only_if_asked(client):
    WorkTypeFactory()
    said = client.post("/api/v1/log/", {"line": "emergency 120 charts 8h"})
    assert (said.status_code, said.json()["kind"], said.json()["errors"]) == (200, "volume", {})
    assert not Volume.objects.exists()
    stored = client.post("/api/v1/log/", {"line": "emergency 120 charts 8h", "save": True})
    assert stored.status_code == 201
    assert Volume.objects.get(pk=stored.json()["id"]).charts == 120
    puzzled = client.post("/api/v1/log/", {"line": "what a day", "save": True})
    assert (puzzled.status_code, puzzled.json()["kind"]) == (200, "")
    assert client.post("/api/v1/log/", {"line": "MRN 12345678"}).status_code == 400


def test_the_resume_is_read_and_chosen(client, coder):
    VolumeFactory(coder=coder)
    AuditFactory(coder=coder)
    before = client.get("/api/v1/resume/").json()
    key = before["facts"][0]["key"]
    lines = [
        {"fact": "", "wording": "Calm in a backlog"},
        {"fact": key, "wording": before["facts"][0]["default"]},
    ]
    after = client.put("/api/v1/resume/", {"headline": "Emergency coder", "lines": lines}).json()
    assert after["headline"] == "Emergency coder"
    assert [line["fact"] for line in after["lines"]] == ["", key]
    assert "Calm in a backlog" in [line["text"] for part in after["sections"] for line in part["lines"]]
    assert (
        client.put("/api/v1/resume/", {"lines": [{"fact": key, "wording": "{nonsense}"}]}).status_code == 400
    )


def test_a_link_shows_its_address_once_and_closes(client, coder, nobody):
    made = client.post("/api/v1/share-links/", {"name": "Lakeside", "parts": ["results"], "days": 30})
    assert made.status_code == 201
    (row,) = client.get("/api/v1/share-links/").json()["results"]
    assert row["address"] == ""
    path = made.json()["address"].removeprefix("http://testserver")
    assert nobody.get(path).status_code == 200
    assert client.delete(f"/api/v1/share-links/{row['id']}/").status_code == 204
    assert nobody.get(path).status_code == 404
    assert client.get(f"/api/v1/share-links/{row['id']}/").json()["is_open"] is False


def test_what_is_shared_is_changed_by_its_owner_alone(client, coder, strangers_client):
    member = MembershipFactory(coder=coder)
    path = f"/api/v1/sharing/{member.pk}/"
    assert strangers_client.put(path, {"kinds": []}).status_code == 404
    assert client.put(path, {"kinds": ["audit"]}).json()["kinds"] == ["audit"]
    assert [share.kind for share in Share.objects.filter(membership=member, revoked_at=None)] == ["audit"]
    assert client.get("/api/v1/sharing/").json()[0]["kinds"] == ["audit"]


def test_one_reads_who_looked_and_nobody_elses(client, coder, strangers_client):
    AccessLog.objects.create(coder=coder, viewer=coder.user, what="the team", day="2026-03-31")
    assert [row["what"] for row in client.get("/api/v1/access-log/").json()["results"]] == ["the team"]
    assert strangers_client.get("/api/v1/access-log/").json()["results"] == []
