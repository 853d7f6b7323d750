"""Teams by the API: the same rules as on the pages."""

import pytest
from rest_framework.test import APIClient

from tests.factories import CredentialFactory, MembershipFactory, StaffFactory
from tracker.models import Provenance, RecordQuestion


@pytest.fixture
def member(db):
    return MembershipFactory()


@pytest.fixture
def manager(member):
    client = APIClient()
    client.force_login(StaffFactory(organization=member.team.organization).user)
    return client


def test_a_manager_reads_members_and_verifies(manager, member):
    held = CredentialFactory(coder=member.coder)
    team = f"/api/v1/teams/{member.team_id}/"
    assert [row["id"] for row in manager.get("/api/v1/teams/").json()] == [member.team_id]
    assert [row["id"] for row in manager.get(f"{team}members/").json()] == [member.pk]
    assert manager.get(f"/api/v1/team-members/{member.pk}/").json()["name"] == str(member.coder)
    assert manager.get(f"{team}standard/").status_code == 204
    (waiting,) = manager.get(f"{team}verification/").json()
    chosen = {"records": [{name: waiting[name] for name in ("kind", "id", "seen")}]}
    unread = {"records": [waiting | {"seen": "0" * 20}], "do": "verify"}
    assert (
        "changed since you looked"
        in manager.post(f"{team}verification/", unread, format="json").content.decode()
    )
    del unread["records"][0]["seen"]
    assert manager.post(f"{team}verification/", unread, format="json").status_code == 400
    refused = manager.post(f"{team}verification/", chosen | {"do": "question"}, format="json")
    assert refused.status_code == 400
    assert "reason" in refused.json()["errors"]
    asked = chosen | {"do": "question", "reason": "Which cycle?"}
    assert manager.post(f"{team}verification/", asked, format="json").json() == {"number": 1}
    assert RecordQuestion.objects.get().reason == "Which cycle?"
    assert manager.post(f"{team}verification/", chosen | {"do": "verify"}, format="json").json() == {
        "number": 1
    }
    held.refresh_from_db()
    assert held.provenance == Provenance.VERIFIED


@pytest.mark.parametrize("path", ["members/", "standard/", "verification/"])
def test_to_anybody_else_the_team_is_not_there(client, strangers_client, member, path):
    for stranger in (client, strangers_client):
        assert stranger.get(f"/api/v1/teams/{member.team_id}/{path}").status_code == 404
        assert stranger.get(f"/api/v1/team-members/{member.pk}/").status_code == 404
        assert stranger.get("/api/v1/teams/").json() == []
