"""Imports by the API: from the upload to the undoing, with the rules of the pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from tests.api.test_tokens import using
from tests.factories import (
    CoderFactory,
    MembershipFactory,
    StaffFactory,
    TeamFactory,
    UserFactory,
    WorkTypeFactory,
)
from tests.tracker.imports.conftest import A2, P1
from tracker.models import ImportBatch, ImportRows, ImportSource, Membership, Volume
from tracker.services.tokens import create_token

IMPORTS = "/api/v1/imports/"
MONTH = "Coder,Date,Work type,Charts,Hours\nA. Roe,2026-01-05,ED,60,5\nNobody,2026-01-05,ED,3,1\nA. Roe,2026-01-06,ED,-1,1\n"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _work_type():
    WorkTypeFactory(slug="emergency", aliases=["ED", "ER"])


@pytest.fixture
def member():
    return MembershipFactory(coder__user__full_name="Ann Roe")


def signed_in(user):
    client = APIClient()
    client.force_login(user)
    return client


@pytest.fixture
def manager(member):
    return signed_in(StaffFactory(organization=member.team.organization).user)


def bearer(user, scopes):
    return using(create_token(user, name="My robot", scopes=scopes, days=30)[1])


def send(client, text, key="", **said):
    file = SimpleUploadedFile("export.csv", text if isinstance(text, bytes) else text.encode())
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(IMPORTS, {"file": file, **said}, format="multipart", headers=headers)


def test_from_the_upload_to_the_undoing(manager, member):
    owner = str(member.team.organization_id)
    taken = send(manager, MONTH, owner=owner, name="Activity")
    assert taken.status_code == 201, taken.content
    one = f"{IMPORTS}{taken.json()['id']}/"
    assert taken.json()["state"] == "names" and taken.json()["rows"] == 3
    asked = manager.get(f"{one}names/").json()
    assert {(name["key"], name["rows"]) for name in asked["names"]} == {("a roe", 2), ("nobody", 1)}
    roe = next(choice for choice in asked["choices"]["who"] if choice["label"] == "Ann Roe")
    wrong = {"names": [{"vocabulary": "who", "key": "a roe", "value": str(CoderFactory().pk)}]}
    assert manager.post(f"{one}names/", wrong, format="json").status_code == 400
    said = {"names": [{"vocabulary": "who", "key": "a roe", "value": roe["value"]}]}
    assert manager.post(f"{one}names/", said, format="json").json()["state"] == "names"
    said["names"][0] = {"vocabulary": "who", "key": "nobody", "value": "-"}
    ready = manager.post(f"{one}names/", said, format="json").json()
    assert (ready["state"], ready["progress"], ready["errors"]) == ("ready", 100, 1)
    new = manager.get(f"{one}preview/", {"show": "new"}).json()
    (line,) = new["lines"]
    assert (new["page"], new["pages"], line["who"], line["rows"]) == (1, 1, "Ann Roe", [2])
    (error,) = manager.get(f"{one}preview/", {"show": "error"}).json()["lines"]
    assert error["rows"] == [4] and error["column"] and error["text"]
    (stranger,) = manager.get(f"{one}preview/", {"show": "stranger"}).json()["lines"]
    assert stranger["who"] == "Nobody"
    assert manager.get(f"{one}preview/", {"show": "new", "page": 2}).status_code == 404
    assert manager.get(f"{one}preview/", {"show": "x"}).status_code == 400
    refused = manager.post(f"{one}commit/", {}, format="json")
    assert refused.status_code == 400 and "Some rows have errors" in refused.content.decode()
    assert not Volume.objects.exists()
    done = manager.post(f"{one}commit/", {"only_good": True}, format="json").json()
    assert done["state"] == "done" and done["notes"][0]["row"] == 4
    assert Volume.objects.get().coder == member.coder
    assert manager.post(f"{one}cancel/").status_code == 400
    again = send(manager, MONTH, owner=owner, name="Activity").json()  # names are remembered
    assert again["state"] == "ready" and again["counts"]["same"] == 1
    assert manager.post(f"{IMPORTS}{again['id']}/cancel/").json()["state"] == "cancelled"
    assert manager.post(f"{one}undo/").json()["state"] == "undone"
    assert not Volume.objects.exists()
    assert [row["id"] for row in manager.get(IMPORTS).json()["results"]] == [again["id"], taken.json()["id"]]


def test_what_stands_in_the_way_is_said_and_nothing_is_kept(manager, member, caplog):
    caplog.set_level(0)
    owner = str(member.team.organization_id)
    answered = send(manager, A2, owner=owner)
    assert answered.status_code == 200
    seen = answered.json()
    assert not seen["ready"]
    assert [one["column"] for one in seen["refused"]] == ["D"]
    assert "100234567" not in answered.content.decode() + caplog.text
    assert not ImportSource.objects.exists() and not ImportRows.objects.exists()
    key = seen["refused"][0]["key"]
    dropped = send(manager, A2, owner=owner, drop=[key]).json()
    assert dropped["refused"] == [] and not ImportBatch.objects.exists()
    asked = {question["key"] for question in dropped["questions"] if not question["answered"]}
    answers = '{"method": "code_over_code", "each_row": "record"}'
    assert asked <= {"method", "each_row"}
    assert send(manager, A2, owner=owner, drop=[key], answers=answers).status_code == 201


def test_columns_can_be_told_and_a_file_only_looked_at():
    client = signed_in(CoderFactory().user)
    text = "day done,work type,charts,hours\n2026-01-05,ED,3,1\n"
    seen = send(client, text).json()
    assert seen["refused"][0]["can_be_told"]
    (column,) = [one for one in seen["columns"] if one["field"] is None]
    told = f'{{"{column["told_by"]}": "date"}}'
    looked = send(client, text, columns=told, look="true")
    assert looked.status_code == 200 and looked.json()["ready"]
    assert not ImportBatch.objects.exists()
    assert send(client, text, columns=told).status_code == 201
    for wrong in ('{"a": 1}', "[]", "{", '"x"', '{"a": "' + "x" * 300 + '"}'):
        assert send(client, text, columns=wrong).status_code == 400


def test_the_same_upload_under_a_key_is_taken_once():
    client = signed_in(CoderFactory().user)
    first, again = send(client, P1, key="a"), send(client, P1, key="a")
    assert first.status_code == again.status_code == 201
    assert again["Idempotent-Replayed"] == "true" and again.json() == first.json()
    assert ImportBatch.objects.count() == 1
    assert send(client, P1.replace("92", "93"), key="a").status_code == 422


def test_files_that_are_none_are_refused():
    client = signed_in(CoderFactory().user)
    for data in (b"", b"%PDF-1.7 x", b"PK\x03\x04broken", b"hello"):
        assert "file" in send(client, data).json()["errors"]
    assert send(client, b"a" * (20 * 1024 * 1024 + 200_000)).status_code == 413
    assert client.post(IMPORTS, {"owner": "me"}, format="json").status_code == 415
    assert not ImportBatch.objects.exists()


def test_a_roster_invites(manager, member):
    text = "Name,Email\nAnn,ann@example.com\n"
    owner = f"team:{member.team_id}"
    one = f"{IMPORTS}{send(manager, text, owner=owner).json()['id']}/"
    (line,) = manager.get(f"{one}preview/", {"show": "new"}).json()["lines"]
    assert line["who"] == "ann@example.com"
    manager.post(f"{one}commit/", {}, format="json")
    assert Membership.objects.get(invited_email="ann@example.com").site == "http://testserver"


def test_nobody_imports_for_others_nor_sees_what_they_import(manager, member):
    organization = member.team.organization
    stranger = signed_in(StaffFactory().user)
    other = TeamFactory(organization=organization)
    alone = signed_in(StaffFactory(organization=organization, team=other).user)
    nobody = signed_in(UserFactory())
    for client in (stranger, alone, nobody):
        for owner in (str(organization.pk), f"team:{member.team_id}"):
            assert "owner" in send(client, MONTH, owner=owner).json()["errors"]
    assert "owner" in send(nobody, MONTH).json()["errors"]
    one = f"{IMPORTS}{send(manager, MONTH, owner=str(organization.pk)).json()['id']}/"
    for client in (stranger, alone, nobody, signed_in(member.coder.user)):
        assert client.get(IMPORTS).json()["results"] == []
        for path in ("", "names/", "preview/?show=new"):
            assert client.get(f"{one}{path}").status_code == 404
        for path in ("names/", "commit/", "cancel/", "undo/", "forget/"):
            assert client.post(f"{one}{path}", {}, format="json").status_code == 404
    assert manager.get(one).status_code == 200


def test_a_token_imports_what_its_scopes_say(member):
    user = StaffFactory(organization=member.team.organization, user=CoderFactory().user).user
    both = signed_in(user)
    mine, theirs = (
        send(both, P1).json()["id"],
        send(both, MONTH, owner=str(member.team.organization_id)).json()["id"],
    )
    for scopes, seen in (
        (["read"], [mine]),
        (["team"], [theirs]),
        (["read", "team"], [theirs, mine]),
        (["pay"], []),
    ):
        client = bearer(user, scopes)
        assert [row["id"] for row in client.get(IMPORTS).json()["results"]] == seen, scopes
        assert send(client, P1).status_code == 403  # it may not write
    assert (
        "owner"
        in send(bearer(user, ["read", "write"]), MONTH, owner=str(member.team.organization_id)).json()[
            "errors"
        ]
    )
    assert "owner" in send(bearer(user, ["team", "write"]), P1).json()["errors"]
    assert (
        send(bearer(user, ["team", "write"]), MONTH, owner=str(member.team.organization_id)).status_code
        == 201
    )


def test_no_text_is_remembered_that_the_file_neither_asks_for_nor_has():
    client = signed_in(CoderFactory().user)
    said = {"answers": '{"note": "MRN 12345678"}', "columns": '{"Jane Roe DOB 01/02/1950": ""}'}
    assert send(client, P1, **said).status_code == 201
    source = ImportSource.objects.get()
    assert "note" not in source.answers and source.columns == {}


def test_a_work_type_that_is_none_breaks_neither_the_file_nor_its_source():
    client = signed_in(CoderFactory().user)
    text = "date,work type,charts,hours\n2026-01-05,ED,3,1\n"
    for columns in ('{"charts": "charts@nope"}', '{"charts": "date@emergency"}'):
        assert send(client, text, columns=columns).json()["state"] == "ready"


def test_a_vocabulary_that_is_none_is_said(manager, member):
    taken = send(manager, MONTH, owner=str(member.team.organization_id)).json()
    said = {"names": [{"vocabulary": "bogus", "key": "a roe", "value": "-"}]}
    refused = manager.post(f"{IMPORTS}{taken['id']}/names/", said, format="json")
    assert refused.status_code == 400 and "bogus" in refused.content.decode()
