"""What-if and plans on their pages: without JavaScript by address, with htmx the result alone."""

import pytest
from django.urls import reverse

from curriculum.wages import CODERS
from tests.factories import CertificationFactory, RoleFactory
from tests.tracker.whatif.wages import release_with
from tracker.models import Gap, Plan

WHAT_IF = "tracker:what_if"


@pytest.fixture
def candidate(coder, catalogue):
    coder.stated_role, coder.stated_years = RoleFactory(slug="coder-i"), 1
    coder.save()
    return coder


def text(page):
    return page.content.decode()


def test_the_form_works_by_its_address(site, candidate):
    page = text(site.get(reverse(WHAT_IF), {"accuracy": "97", "audited": "30"}))
    assert "With what you assume" in page and "As things are" in page
    assert 'value="97"' in page
    assert "Coding accuracy of 95%" in page and "would be" in page
    assert not Gap.objects.exists() and not Plan.objects.exists()


def test_htmx_gets_the_result_alone(site, candidate):
    page = text(site.get(reverse(WHAT_IF), {"accuracy": "97"}, headers={"HX-Request": "true"}))
    assert "With what you assume" in page and '<form class="form what-if-form"' not in page


def test_what_cannot_be_assumed_is_said_and_the_rest_is_shown(site, candidate):
    page = text(site.get(reverse(WHAT_IF), {"accuracy": "400", "audited": "30", "target": "emperor"}))
    assert "Enter a number from 50 to 100." in page
    assert "Nothing is called “emperor” here." in page
    assert 'value="400"' in page and "With what you assume" in page


def test_a_plan_is_saved_listed_opened_renamed_and_deleted(site, candidate):
    CertificationFactory(slug="cpma")
    site.post(reverse("tracker:plan_save"), {"name": "Audit", "credentials": ["cpma"], "accuracy": "97"})
    plan = Plan.objects.get(coder=candidate)
    assert plan.assumptions == {"credentials": ["cpma"], "accuracy": 97.0}
    page = text(site.get(reverse("tracker:plans")))
    assert "Audit" in page and "credentials=cpma&amp;accuracy=97" in page
    site.post(reverse("tracker:plan_rename", args=[plan.pk]), {"name": "Auditing"})
    assert "Auditing" in text(site.get(reverse(WHAT_IF)))
    site.post(reverse("tracker:plan_delete", args=[plan.pk]))
    assert not Plan.objects.exists()


def test_a_plan_without_a_name_is_refused_and_nothing_is_lost(site, candidate):
    response = site.post(reverse("tracker:plan_save"), {"name": " ", "accuracy": "97"}, follow=True)
    assert "Give the plan a name." in text(response) or "This field cannot be blank." in text(response)
    assert 'value="97"' in text(response)


def test_a_strangers_plan_is_not_there(other_site, site, candidate):
    site.post(reverse("tracker:plan_save"), {"name": "Mine", "accuracy": "97"})
    plan = Plan.objects.get()
    for name in ("plan_rename", "plan_delete"):
        assert other_site.post(reverse(f"tracker:{name}", args=[plan.pk]), {"name": "x"}).status_code == 404
    assert "Mine" not in text(other_site.get(reverse("tracker:plans")))
    plan.refresh_from_db()
    assert plan.name == "Mine"


def test_pay_is_an_association_with_its_source(site, candidate):
    release_with(CODERS)
    page = text(site.get(reverse(WHAT_IF)))
    assert "an association, not a promise" in page and "Source: test" in page
