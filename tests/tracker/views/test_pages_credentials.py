"""The page of all credentials: what it says of each state, pins, renewals, and that it is nobody else's."""

import datetime as dt
import io
import re
import zipfile

import pytest
from django.urls import reverse

from curriculum.models import RenewalRule
from tests.factories import (
    PNG,
    BodyFactory,
    CertificationFactory,
    ContinuingEducationFactory,
    CredentialFactory,
    ProofFactory,
)
from tracker.models import CreditPin, RenewalCycle

PARAMS = {
    "kind": "by_count", "base": 36, "step": 4, "most": 5, "renewal_month": True,
    "minimums": [{"hours": 16, "subject_of_each": ["cpma"]}],
}  # fmt: skip
END = dt.date(2027, 3, 31)
PAGE = reverse("tracker:credentials")


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(dt.datetime(2026, 4, 1, 15, tzinfo=dt.UTC))


@pytest.fixture
def held(coder):
    """A CPC and a CPMA in one cycle that is half over."""
    for slug, start, params in (
        ("aapc", None, PARAMS), ("aapc-new", dt.date(2027, 1, 1), PARAMS | {"base": 40}),
    ):  # fmt: skip
        RenewalRule.objects.create(
            slug=slug,
            name=slug,
            body=BodyFactory(),
            source="test",
            statement="The rule.",
            valid_from=start,
            params=params,
        )
    return [
        CredentialFactory(
            coder=coder,
            certification=CertificationFactory(slug=slug),
            earned_on=dt.date(2020, 5, 1),
            expires_on=END,
        )
        for slug in ("cpc", "cpma")
    ]


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_nothing_yet_says_what_to_do(site):
    assert "No credential yet" in text(site.get(PAGE))


def test_what_is_needed_by_when_and_what_is_done(site, coder, held):
    ContinuingEducationFactory(coder=coder, hours=9, completed_on=dt.date(2025, 9, 1), title="Claims")
    said = text(site.get(PAGE))
    assert "AAPC: CPC and CPMA" in said and "Due March 31, 2027" in said
    assert "9 of 40 hours" in said and "11 h behind: 20 h are due by today" in said
    assert "31 more hours are needed" in said
    assert "In the subject of the CPMA" in said and "0 of 16 h" in said
    assert "From April 1, 2027, your next cycle is under another rule" in said
    assert "44 hours instead of 40" in said
    assert "Claims" in said and "no minimum asks for it" in said


def test_hours_beyond_the_total_are_about_to_be_lost(site, coder, held):
    course = ContinuingEducationFactory(coder=coder, hours=45, completed_on=dt.date(2025, 9, 1))
    course.subjects.add(held[1].certification)
    assert "5 hours are beyond what this cycle asks, and none carry over" in text(site.get(PAGE))


def test_states_without_a_cycle(site, coder, held):
    CredentialFactory(
        coder=coder, certification=CertificationFactory(slug="cpc-p", status="legacy"), expires_on=None
    )
    CredentialFactory(
        coder=coder, certification=CertificationFactory(slug="ccs"), earned_on=None, expires_on=None,
        planned_on=dt.date(2026, 6, 1),
    )  # fmt: skip
    said = text(site.get(PAGE))
    assert "there is nothing to renew" in said and "Exam planned: CCS" in said


def test_a_place_is_chosen_and_left_to_the_allocation_again(site, other_site, coder, held):
    course = ContinuingEducationFactory(coder=coder, hours=9, completed_on=dt.date(2025, 9, 1))
    course.subjects.add(held[1].certification)
    cycle = RenewalCycle.objects.get(coder=coder)
    address = reverse("tracker:pin_hours", args=[cycle.pk, course.pk])
    assert other_site.post(address, {"place": f"{cycle.pk}:"}).status_code == 404
    assert site.post(address, {"place": f"{cycle.pk}:ccs"}).status_code == 404
    assert not CreditPin.objects.exists()
    assert "You chose this place" in text(site.post(address, {"place": f"{cycle.pk}:"}, follow=True))
    assert CreditPin.objects.get().subject is None
    site.post(address, {"place": ""})
    assert not CreditPin.objects.exists()


def test_a_renewal_is_noted_once_and_the_old_cycle_stays(site, other_site, coder, held):
    cycle = RenewalCycle.objects.get(coder=coder)
    address = reverse("tracker:renew_cycle", args=[cycle.pk])
    assert other_site.get(address).status_code == 404
    assert 'value="2029-03-31"' in site.get(address).content.decode()
    wrong = site.post(address, {"until": "2027-03-31"})
    assert wrong.status_code == 422 and "Enter a later day" in text(wrong)
    said = text(site.post(address, {"until": "2029-03-31"}, follow=True))
    assert "Renewed until March 31, 2029" in said and "Cycles before" in said
    assert site.post(address, {"until": "2031-03-31"}).status_code == 404


def test_a_break_stays_visible(site, coder, held):
    for credential in held:
        credential.expires_on = dt.date(2029, 9, 30)
        credential.save()
    assert "a break until Sep 30, 2027" in text(site.get(PAGE))


def test_the_page_costs_the_same_whatever_is_on_it(site, coder, held, django_assert_max_num_queries):
    for n in (1, 20):
        for index in range(n):
            ContinuingEducationFactory(
                coder=coder, hours=1, completed_on=dt.date(2025, 9, 1), title=f"Course {n} {index}"
            )
        with django_assert_max_num_queries(18):
            site.get(PAGE)


def test_the_log_for_the_body_says_what_it_lacks_and_comes_as_pdf(site, other_site, coder, held):
    ContinuingEducationFactory(
        coder=coder, hours=9, completed_on=dt.date(2025, 9, 1), title="Claims #strike[x]", index_number="A1"
    )
    cycle = RenewalCycle.objects.get(coder=coder)
    address, download = (reverse(f"tracker:{name}", args=[cycle.pk]) for name in ("ce_log", "ce_log_pdf"))
    assert other_site.get(address).status_code == other_site.get(download).status_code == 404
    said = text(site.get(address))
    assert "31 hours are still to be earned" in said and "lacks a proof and the sponsor" in said
    assert "index number of" not in said
    response = site.get(download)
    assert response.content[:4] == b"%PDF"
    assert (
        response["Content-Disposition"] == 'attachment; filename="continuing-education-aapc-2027-03-31.pdf"'
    )


def test_the_log_comes_with_its_proofs_in_order_and_says_when_nothing_is_missing(
    site, other_site, coder, held
):
    for day, title in ((20, "Later"), (3, "Earlier")):
        course = ContinuingEducationFactory(
            coder=coder, hours=30, completed_on=dt.date(2025, 9, day), title=title, provider="AAPC",
            index_number=f"A{day}",
        )  # fmt: skip
        course.subjects.add(held[1].certification)
        ProofFactory(course)
    ProofFactory(held[0])
    cycle = RenewalCycle.objects.get(coder=coder)
    said = text(site.get(reverse("tracker:ce_log", args=[cycle.pk])))
    assert "Every activity has its proof, its sponsor and its index number" in said and "lacks" not in said
    address = reverse("tracker:ce_log_zip", args=[cycle.pk])
    assert other_site.get(address).status_code == 404
    pack = zipfile.ZipFile(io.BytesIO(site.get(address).content))
    assert pack.namelist() == [
        "continuing-education-aapc-2027-03-31.pdf",
        "activities.csv",
        "credentials/cpc.png",
        "proofs/001 2025-09-03 earlier.png",
        "proofs/002 2025-09-20 later.png",
    ]
    assert pack.read("proofs/001 2025-09-03 earlier.png") == PNG
    assert b"1,2025-09-03,Earlier,AAPC,A3,30" in pack.read("activities.csv")


def test_a_closed_cycle_keeps_its_log(site, coder, held):
    """Bodies ask for proof after the renewal as well; what was taken since is not in it."""
    course = ContinuingEducationFactory(coder=coder, hours=9, completed_on=dt.date(2025, 9, 1), title="Then")
    ProofFactory(course)
    cycle = RenewalCycle.objects.get(coder=coder)
    site.post(reverse("tracker:renew_cycle", args=[cycle.pk]), {"until": "2029-03-31"})
    pack = zipfile.ZipFile(io.BytesIO(site.get(reverse("tracker:ce_log_zip", args=[cycle.pk])).content))
    assert "proofs/001 2025-09-01 then.png" in pack.namelist()
    now = RenewalCycle.objects.get(coder=coder, closed_as="")
    assert "Then" not in text(site.get(reverse("tracker:ce_log", args=[now.pk])))
