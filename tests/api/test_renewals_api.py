"""Renewals through the API: what the page says, pins, renewals, the log, apprentice routes and reminders; one's own alone."""

import datetime as dt

import pytest

from curriculum.models import ApprenticeRoute, ReminderLadder, RenewalRule, RouteStep
from tests.factories import (
    ApprenticeCertificationFactory,
    BodyFactory,
    CertificationFactory,
    ContinuingEducationFactory,
    CredentialFactory,
    ProofFactory,
)
from tracker.models import CreditPin, NoticeChoice, RenewalCycle, StepDone

END = dt.date(2027, 3, 31)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(dt.datetime(2026, 4, 1, 17, tzinfo=dt.UTC))


@pytest.fixture
def cpma(coder):
    """A CPC and a CPMA half-way, with nine hours that may count in the CPMA's subject."""
    params = {"kind": "by_count", "base": 36, "step": 4, "most": 5}
    params["minimums"] = [{"hours": 16, "subject_of_each": ["cpma"]}]
    RenewalRule.objects.create(
        slug="aapc", name="AAPC", body=BodyFactory(), source="test", statement="The rule.", params=params
    )
    for slug in ("cpc", "cpma"):
        credential = CredentialFactory(
            coder=coder, certification=CertificationFactory(slug=slug), earned_on=dt.date(2020, 5, 1), expires_on=END
        )  # fmt: skip
    return credential


@pytest.fixture
def course(coder, cpma):
    row = ContinuingEducationFactory(coder=coder, hours=9, completed_on=dt.date(2025, 9, 1), title="Audits")
    row.subjects.add(cpma.certification)
    return row


def test_what_is_needed_by_when_and_why(client, strangers_client, cpma, course):
    found = client.get("/api/v1/renewals/").json()
    (cycle,) = found["cycles"]
    assert (cycle["required"], cycle["earned"], cycle["due_by_today"], cycle["ahead"]) == (40, 9, 20, -11)
    assert cycle["minimums"] == [
        {"in_words": "in the subject of the CPMA", "have": 9, "asked": 16, "missing": 7}
    ]
    (credit,) = cycle["credits"]
    assert credit["because"].startswith("The CPMA asks for 16 hours of its own") and not credit["pinned"]
    assert found["timeline"][0]["day"] == "2027-03-31"
    theirs = strangers_client.get("/api/v1/renewals/").json()
    assert theirs["cycles"] == theirs["timeline"] == []


def test_a_pin_is_set_and_taken_back(client, strangers_client, cpma, course):
    address = f"/api/v1/renewals/{RenewalCycle.objects.get().pk}/pins/{course.pk}/"
    assert client.put(address, {"subject": "cpc"}).status_code == 400
    assert strangers_client.put(address, {"subject": ""}).status_code == 404
    assert strangers_client.delete(address).status_code == 404
    assert not CreditPin.objects.exists()
    (cycle,) = client.put(address, {"subject": ""}).json()["cycles"]
    assert cycle["minimums"][0]["have"] == 0 and cycle["credits"][0]["pinned"]
    assert client.delete(address).status_code == 204
    assert not CreditPin.objects.exists()


def test_a_renewal_is_noted(client, strangers_client, cpma):
    address = f"/api/v1/renewals/{RenewalCycle.objects.get().pk}/renew/"
    assert strangers_client.post(address, {"until": "2029-03-31"}).status_code == 404
    assert client.post(address, {"until": "2027-03-31"}).status_code == 400
    done = client.post(address, {"until": "2029-03-31"}).json()
    assert done["cycles"][0]["ends_on"] == "2029-03-31" and done["past"][0]["ended"] == "renewed"


def test_the_log_says_what_it_lacks(client, strangers_client, cpma, course):
    address = f"/api/v1/renewals/{RenewalCycle.objects.get().pk}/log/"
    assert strangers_client.get(address).status_code == 404
    proof = ProofFactory(course)
    log = client.get(address).json()
    assert log["complete"] is False and log["further"] == 31
    assert log["activities"][0]["proofs"] == [proof.pk]
    assert log["activities"][0]["lacks"] == "the sponsor and the index number of the certificate"


def test_the_ways_out_of_apprentice_status(client, strangers_client, coder):
    certification = ApprenticeCertificationFactory()
    credential = CredentialFactory(coder=coder, certification=certification)
    said = {"source": "test", "name": "An 80-hour course"}
    step = RouteStep.objects.create(slug="course-80", kind=RouteStep.Kind.COURSE, **said)
    years = RouteStep.objects.create(slug="two-years", kind=RouteStep.Kind.EXPERIENCE, months=24, **said)
    route = ApprenticeRoute.objects.create(slug="course", name="Course", source="test", statement="")
    route.certifications.add(certification)
    route.steps.set([step, years])
    address = f"/api/v1/apprentice/{credential.pk}/"
    assert client.get(address).json()["routes"][0]["steps_left"] == 2
    assert client.put(address, {"done": ["two-years"]}).status_code == 400  # only work does that
    assert client.put(address, {"done": ["course-80"]}).json()["routes"][0]["steps_left"] == 1
    assert strangers_client.put(address, {"done": []}).status_code == 404
    assert StepDone.objects.count() == 1
    assert client.put(address, {"done": []}).json()["routes"][0]["steps_left"] == 2


def test_reminders_are_chosen_and_the_next_is_read_before_it_is_sent(client, coder, cpma):
    ReminderLadder.objects.create(slug="renewal", name="Renewals", source="test", before=[90, 60], after=[1])
    assert client.get("/api/v1/reminders/").json() == {"renewal": "at_once", "exam": "at_once"}
    assert client.put("/api/v1/reminders/", {"renewal": "hourly"}).status_code == 400
    assert client.put("/api/v1/reminders/", {"exam": "weekly"}).json() == {
        "renewal": "at_once",
        "exam": "weekly",
    }
    found = client.get("/api/v1/reminders/next/").json()
    assert found["day"] == "2026-12-31" and "CPC and CPMA" in found["subject"]
    assert "40 are missing" in found["text"]
    client.put("/api/v1/reminders/", {"renewal": "off"})
    assert client.get("/api/v1/reminders/next/").json() == {"day": None, "subject": None, "text": None}
    assert NoticeChoice.objects.filter(coder=coder).count() == 2
