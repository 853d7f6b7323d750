"""/api/v1/records/<kind>/: every kind is created, listed, changed, removed and restored, by its owner alone."""

import datetime as dt
import json

import pytest

from tests import factories
from tests.factories import RECORD_FACTORIES
from tracker.forms import form_for
from tracker.models import RECORD_KINDS, Provenance, Source, Volume

pytestmark = pytest.mark.django_db
READ_ONLY = {"id", "text", "counts_on", "source", "provenance", "verified_at", "recorded_at"}


def url(kind, *parts) -> str:
    return "/".join(["/api/v1/records", kind, *map(str, parts)]) + "/"


@pytest.fixture
def ordinary(client, coder):
    """payload(kind, **values): what a client would send for an ordinary record."""

    def make(kind, **values):
        record = RECORD_FACTORIES[kind](coder=coder)
        shown = client.get(url(kind, record.pk)).json()
        record.delete()
        return {name: value for name, value in shown.items() if name not in READ_ONLY} | values

    return make


# One figure of each kind as JSON, another one than the factory's.
CHANGE = {
    "volume": {"charts": 481},
    "audit": {"scores": [{"method": "case", "correct": 28, "reviewed": 30}]},
    "credential": {"expires_on": "2028-06-30"},
    "continuing-education": {"hours": "2.00"},
    "position": {"people_led": 2},
    "specialty": {"setting": "office"},
    "audit-work": {"charts": 21},
    "claim-outcome": {"rate": "97.60"},
    "skill": {"since": "2024-01-02"},
    "contribution": {"people": 4},
    "education": {"field": "him"},
    "practicum": {"cases": 151},
}


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_a_record_is_created_read_changed_removed_and_restored(kind, client, coder, ordinary):
    sent = ordinary(kind)
    created = client.post(url(kind), sent)
    assert created.status_code == 201, created.json()
    body = created.json()
    assert {name: body[name] for name in sent} == sent
    record = RECORD_KINDS[kind].objects.get(pk=body["id"])
    assert (record.coder, record.source, record.provenance) == (coder, Source.API, Provenance.SELF_REPORTED)
    assert body["text"] == record.headline()

    one = url(kind, body["id"])
    changed = client.patch(one, CHANGE[kind])
    assert changed.status_code == 200, changed.json()
    assert client.get(one).json() == changed.json()
    for name, value in CHANGE[kind].items():
        if name != "scores":
            assert changed.json()[name] == value
    assert client.put(one, sent).json()["text"] == body["text"]

    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == 404
    assert client.get(url(kind)).json()["results"] == []
    assert [row["id"] for row in client.get(url(kind), {"removed": "true"}).json()["results"]] == [body["id"]]
    assert client.post(one + "restore/").json()["text"] == body["text"]
    summaries = [change["summary"] for change in client.get(one + "history/").json()]
    assert summaries[-1] == "Logged"
    assert summaries[:2] == ["Restored", "Removed"]


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_a_strangers_record_is_not_found_whatever_is_asked_of_it(kind, strangers_client):
    one = url(kind, RECORD_FACTORIES[kind]().pk)
    for response in (
        strangers_client.get(one),
        strangers_client.put(one, {}),
        strangers_client.patch(one, CHANGE[kind]),
        strangers_client.delete(one),
        strangers_client.get(one + "history/"),
        strangers_client.post(one + "restore/"),
    ):
        assert response.status_code == 404
        assert response.json()["title"] == "Not Found"
    assert strangers_client.get(url(kind)).json()["results"] == []
    assert RECORD_KINDS[kind].objects.current().exists()


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
@pytest.mark.parametrize("number", [1, 30])
def test_a_list_costs_the_same_queries_at_any_length(kind, number, client, coder, django_assert_num_queries):
    for index in range(number):
        values = {}
        if kind == "credential":
            values = {"certification": factories.CertificationFactory(slug=f"c-{index}", code=f"C{index}")}
        RECORD_FACTORIES[kind](coder=coder, **values)
    # session, user, rows; and the scores, or bodies and subjects, of all rows
    with django_assert_num_queries({"audit": 4, "continuing-education": 5}.get(kind, 3)):
        assert len(client.get(url(kind)).json()["results"]) == number


def test_a_list_comes_in_pages_the_newest_first_and_misses_none_when_more_is_added_meanwhile(client, coder):
    ids = [factories.VolumeFactory(coder=coder).pk for _ in range(3)]
    body = client.get(url("volume"), {"page_size": 2}).json()
    factories.VolumeFactory(coder=coder)
    more = client.get(body["next"]).json()
    assert [row["id"] for row in body["results"] + more["results"]] == ids[::-1]
    assert more["next"] is None
    assert client.get(url("volume"), {"cursor": "/w=="}).status_code == 404


def test_a_list_is_filtered_by_day_and_provenance(client, coder):
    march = factories.VolumeFactory(coder=coder).pk
    april = factories.VolumeFactory(coder=coder, ends_on=dt.date(2026, 4, 7), verified=True).pk

    def found(**filters):
        return {row["id"] for row in client.get(url("volume"), filters).json()["results"]}

    assert found() == {march, april}
    assert found(date_from="2026-04-01") == {april}
    assert found(date_to="2026-03-31") == {march}
    assert found(provenance="verified") == {april}
    for wrong in ({"date_from": "soon"}, {"provenance": "sworn"}):
        response = client.get(url("volume"), wrong)
        assert response.status_code == 400
        assert set(response.json()["errors"]) == set(wrong)


def test_sending_the_same_external_id_again_changes_the_same_record(client, ordinary):
    first = client.post(url("volume"), ordinary("volume", external_id="week-2026-12"))
    again = client.post(url("volume"), ordinary("volume", external_id="week-2026-12", charts=481))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    assert Volume.objects.get().charts == 481


def test_without_an_external_id_the_same_twice_is_refused_and_a_note_tells_two_apart(client, ordinary):
    first = client.post(url("volume"), ordinary("volume"))
    again = client.post(url("volume"), ordinary("volume"))
    other = client.post(url("volume"), ordinary("volume", note="The second half of the week."))
    assert (first.status_code, again.status_code, other.status_code) == (201, 400, 201)
    assert "exactly this already" in str(again.json())
    assert Volume.objects.count() == 2


def test_an_external_id_is_ones_own(client, strangers_client, ordinary):
    sent = ordinary("volume", external_id="week-1")
    assert client.post(url("volume"), sent).status_code == 201
    assert strangers_client.post(url("volume"), sent).status_code == 201
    assert Volume.objects.count() == 2


def test_sending_what_was_removed_again_does_not_bring_it_back(client, ordinary):
    sent = ordinary("volume", external_id="week-1")
    number = client.post(url("volume"), sent).json()["id"]
    client.delete(url("volume", number))
    response = client.post(url("volume"), sent)
    assert response.status_code == 409
    assert "Restore it first" in response.json()["detail"]
    assert not Volume.objects.current().exists()


def test_an_external_id_never_changes(client, ordinary):
    number = client.post(url("volume"), ordinary("volume", external_id="week-1")).json()["id"]
    response = client.patch(url("volume", number), {"external_id": "week-2"})
    assert response.json()["errors"] == {"external_id": ["It never changes. Leave it out."]}
    assert client.patch(url("volume", number), {"external_id": "week-1", "charts": 5}).status_code == 200


@pytest.mark.parametrize(
    ("external_id", "status"),
    [("550e8400-e29b-41d4-a716-446655440000", 201), ("12345678-1234-4234-8234-123456789012", 201),
     ("week-2026-12", 201), ("MRN 4821377", 400), ("48213771", 400), ("x" * 121, 400)],
)  # fmt: skip
def test_an_external_id_names_no_patient(external_id, status, client, ordinary):
    assert client.post(url("volume"), ordinary("volume", external_id=external_id)).status_code == status


def test_provenance_cannot_be_claimed(client, ordinary):
    sent = ordinary("volume", provenance="verified", source="import", verified_at="2026-01-01T00:00:00Z")
    body = client.post(url("volume"), sent).json()
    assert (body["provenance"], body["source"], body["verified_at"]) == ("self_reported", "api", None)


def test_a_changed_figure_makes_a_verified_record_self_reported_and_a_note_does_not(client, coder):
    one = url("volume", factories.VolumeFactory(coder=coder, verified=True).pk)
    assert client.patch(one, {"note": "Mostly trauma."}).json()["provenance"] == "verified"
    assert client.patch(one, {"charts": 481}).json()["provenance"] == "self_reported"


def test_withdrawing_a_verified_record_needs_a_reason(client, coder):
    one = url("volume", factories.VolumeFactory(coder=coder, verified=True).pk)
    refused = client.delete(one)
    assert refused.status_code == 400
    assert "why you withdraw it" in refused.json()["errors"]["because"][0]
    assert client.delete(f"{one}?because=Counted%20twice.").status_code == 204
    assert Volume.objects.get().removed_because == "Counted twice."
    assert client.delete(f"{one}?because=%00").status_code == 404


def test_what_is_not_known_is_refused_by_name(client, ordinary):
    response = client.post(url("volume"), ordinary("volume", mrn="4821377"))
    assert response.json()["errors"] == {"mrn": ["There is no such field. Leave it out."]}
    assert "4821377" not in response.content.decode()


TWINS = [
    ("volume", {"note": "MRN 4821377"}, {}, "note"),
    ("volume", {"ends_on": "2026-03-24"}, {}, "ends_on"),
    ("volume", {"ends_on": "2099-03-24"}, {}, "ends_on"),
    ("volume", {"charts": 0}, {}, "charts"),
    ("volume", {"charts": 100_001}, {}, "charts"),
    ("volume", {"minutes": 10_081}, {"minutes": "168:01"}, "minutes"),
    ("credential", {"expires_on": "2024-05-01"}, {}, "expires_on"),
    ("credential", {"earned_on": None}, {"earned_on": ""}, "earned_on"),
    ("credential", {"apprentice_cleared_on": "2025-01-01"}, {}, "apprentice_cleared_on"),
    ("position", {"title": "", "role": None}, {"role": ""}, "title"),
    ("claim-outcome", {"definition": "denial_volume"}, {}, "definition"),
    ("claim-outcome", {"rate": "100.01"}, {}, "rate"),
    ("education", {"completed_on": None}, {"completed_on": ""}, "started_on"),
    ("practicum", {"accuracy": "100.5"}, {}, "accuracy"),
    ("continuing-education", {"hours": "0.1"}, {}, "hours"),
    ("audit", {"audited_on": "2099-01-01"}, {}, "audited_on"),
]


@pytest.mark.parametrize(("kind", "values", "typed_values", "field"), TWINS)
def test_form_and_api_refuse_the_same_with_the_same_words(
    kind, values, typed_values, field, client, coder, ordinary
):
    record = RECORD_FACTORIES[kind](coder=coder)
    form_data = {
        name: getattr(record, f"{name}_id", getattr(record, name, "")) for name in form_for(kind).base_fields
    }
    record.delete()
    form_data = {name: "" if value is None else value for name, value in form_data.items()}
    if kind == "volume":
        form_data["minutes"] = "40"
    if kind == "audit":
        form_data["records_correct"] = 29
    if kind == "continuing-education":
        form_data["bodies"] = [factories.BodyFactory().pk]
    form = form_for(kind)({**form_data, **values, **typed_values}, coder=coder)
    response = client.post(url(kind), ordinary(kind, **values))
    assert not form.is_valid()
    assert response.status_code == 400
    assert response.json()["errors"][field] == list(form.errors[field])


def test_the_duplicate_of_a_credential_is_refused_alike(client, coder, ordinary):
    sent = ordinary("credential")
    held = factories.CredentialFactory(coder=coder)
    form = form_for("credential")(
        {"certification": held.certification_id, "earned_on": "2024-05-01"}, coder=coder
    )
    assert client.post(url("credential"), sent).json()["errors"]["certification"] == list(
        form.errors["certification"]
    )


def test_scores_are_refused_with_their_method(client, ordinary):
    sent = ordinary(
        "audit",
        scores=[{"method": "case", "correct": 31, "reviewed": 30}, {"method": "drg", "points": "101"}],
    )
    assert client.post(url("audit"), sent).json()["errors"] == {
        "scores": [
            "Case (records without any error): More were correct than were reviewed. Check the two numbers.",
            "DRG: A percentage lies between 0 and 100. Check the number.",
        ]
    }
    for scores in ([], None, "many", [{"method": "vibes"}], [{}]):
        assert client.post(url("audit"), ordinary("audit", scores=scores)).status_code == 400


def test_a_patch_leaves_scores_and_bodies_that_it_does_not_name(client, coder):
    audit = factories.AuditFactory(coder=coder)
    taken = factories.ContinuingEducationFactory(coder=coder)
    assert len(client.patch(url("audit", audit.pk), {"note": "x"}).json()["scores"]) == 1
    assert client.patch(url("continuing-education", taken.pk), {"note": "x"}).json()["bodies"] == ["aapc"]


@pytest.mark.parametrize("text", ["\x00", "\ud800", "😀" * 2000])
@pytest.mark.parametrize(
    "field", ["note", "setting", "work_type", "starts_on", "charts", "external_id", "unknown"]
)
def test_strange_text_is_refused_and_never_repeated(text, field, client, ordinary):
    sent = json.dumps(ordinary("volume", **{field: text}))
    response = client.post(url("volume"), sent, content_type="application/json")
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]
    assert text not in response.content.decode()
