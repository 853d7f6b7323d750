"""The ways out of apprentice status: what counts, what is ticked, and whose it is."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from curriculum.models import ApprenticeRoute, RouteStep
from tests.factories import ApprenticeCertificationFactory, CredentialFactory, PositionFactory, RoleFactory
from tracker.models import StepDone


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(dt.datetime(2026, 4, 1, 15, tzinfo=dt.UTC))


@pytest.fixture
def credential(coder):
    """A CPC-A with two routes: two years, or one year and a course or Practicode; fourteen months of coding."""
    held = CredentialFactory(coder=coder, certification=ApprenticeCertificationFactory())
    PositionFactory(coder=coder, role=RoleFactory(codes_charts=True), starts_on=dt.date(2025, 2, 1))

    def step(slug, kind, **values):
        return RouteStep.objects.create(slug=slug, name=slug, kind=kind, source="test", **values)

    course, practice = step("course", "course"), step("practicode", "practice")
    either = step("either", "course", any_of=["course", "practicode"])
    step("signed", "letter")
    for slug, steps in (
        ("two", [step("two-years", "experience", months=24)]),
        ("one", [step("one-year", "experience", months=12), either]),
    ):
        route = ApprenticeRoute.objects.create(slug=slug, name=slug, statement="", source="test")
        route.certifications.add(held.certification)
        route.steps.add(*steps)
    assert course and practice
    return held


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_routes_side_by_side_with_what_is_done_and_left(site, coder, credential):
    address = reverse("tracker:apprentice", args=[credential.pk])
    said = text(site.get(address))
    assert "14 of 24 months; 10 months to go" in said and "14 months in coding roles are logged" in said
    assert said.count("1 step left") == 2
    said = text(site.post(address, {"done": ["practicode", "signed", "one-year"]}, follow=True))
    assert "All of it is done" in said
    ticked = StepDone.objects.filter(credential=credential).values_list("step__slug", flat=True)
    assert sorted(ticked) == ["practicode", "signed"]  # experience is not ticked, it is logged
    site.post(address, {"done": ["signed"]})
    assert StepDone.objects.count() == 1


def test_it_is_nobody_elses_and_only_of_apprentices(site, other_site, coder, credential):
    address = reverse("tracker:apprentice", args=[credential.pk])
    assert other_site.get(address).status_code == 404
    assert other_site.post(address, {"done": ["signed"]}).status_code == 404
    full = CredentialFactory(coder=coder, earned_on=dt.date(2010, 1, 1), expires_on=dt.date(2011, 1, 1))
    assert site.get(reverse("tracker:apprentice", args=[full.pk])).status_code == 404
    assert not StepDone.objects.exists()


def test_the_page_of_credentials_leads_there_until_it_is_cleared(site, credential):
    address = reverse("tracker:apprentice", args=[credential.pk])
    assert address in site.get(reverse("tracker:credentials")).content.decode()
    credential.apprentice_cleared_on = dt.date(2026, 3, 1)
    credential.save()
    assert address not in site.get(reverse("tracker:credentials")).content.decode()
