"""What a coder comes for, in a real browser: with JavaScript, and the same without."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from tests.factories import AuditFactory, CertificationFactory, CoderFactory, CredentialFactory, RoleFactory
from tracker.models import Audit, Coder, Credential
from tracker.services.evaluation import evaluate_if_stale
from tracker.tasks import heartbeat

from .conftest import sign_in


def code_in(message) -> str:
    return re.search(r"^\s*([A-Z0-9-]{6,9})\s*$", message.body, re.MULTILINE)[1]


@pytest.fixture
def coder(site):
    return CoderFactory(stated_role=RoleFactory(slug="coder-i"), stated_years=1)


def test_from_the_front_page_to_a_useful_dashboard(tab):
    tab.goto("/")
    tab.get_by_role("link", name="Sign up with your e-mail").click()
    tab.get_by_label("Email").fill("rosa@example.com")
    tab.get_by_role("button", name="Send me the code").click()

    tab.get_by_label("Code").fill(code_in(mail.outbox[-1]))
    tab.get_by_role("button", name="Confirm").click()

    expect(tab.get_by_role("heading", name="Where do you stand?")).to_be_visible()
    tab.get_by_label("Your name").fill("Rosa Alvarez")
    tab.get_by_label("Your role now").select_option(label="Medical Coder I")
    tab.get_by_label("Years of coding").fill("1.5")
    tab.get_by_label("Certification").select_option(label="CPC: Certified Professional Coder")
    tab.get_by_label("Earned on").fill("2024-05-01")
    tab.get_by_role("button", name="Show me my dashboard").click()

    expect(tab.get_by_role("heading", level=1)).to_contain_text("Medical Coder II")
    expect(tab.get_by_role("heading", name="To close, in this order")).to_be_visible()
    expect(tab.locator("#gaps")).to_contain_text("Coding accuracy of 95%")
    coder = Coder.objects.get(user__email="rosa@example.com")
    assert coder.user.full_name == "Rosa Alvarez"
    assert Credential.objects.get(coder=coder).certification.code == "CPC"


def test_an_audit_is_logged_from_the_dashboard_and_taken_back(tab, coder, site):
    sign_in(tab.context, coder.user, site)
    tab.goto("/dashboard/")
    tab.get_by_label("Log something").get_by_role("link", name="Audit").click()
    tab.get_by_label("Records reviewed").fill("30")
    tab.get_by_label("Codes reviewed").fill("202")
    tab.get_by_label("Codes correct").fill("212")
    tab.get_by_role("button", name="Save").click()

    expect(tab.get_by_text("More were correct than were reviewed")).to_be_visible()
    expect(tab.get_by_label("Codes reviewed")).to_have_value("202")
    tab.get_by_label("Codes correct").fill("196")
    tab.get_by_role("button", name="Save").click()

    expect(tab.get_by_role("status").filter(has_text="Logged: 30 records audited")).to_be_visible()
    expect(tab.locator("#recent")).to_contain_text("196 of 202 code over code")
    assert Audit.objects.current().filter(coder=coder).count() == 1

    tab.get_by_role("button", name="Undo").click()
    expect(tab.get_by_role("status").filter(has_text="Removed: 30 records audited")).to_be_visible()
    assert not Audit.objects.current().exists()

    tab.get_by_role("button", name="Undo").click()
    expect(tab.get_by_role("status").filter(has_text="It is back")).to_be_visible()
    assert Audit.objects.current().count() == 1


def test_a_target_is_chosen_on_the_ladder(tab, coder, site):
    sign_in(tab.context, coder.user, site)
    tab.goto("/ladder/")
    tab.get_by_role("button", name=re.compile("Aim here.*Coding Auditor")).click()
    expect(tab.get_by_text("You are aiming at Coding Auditor")).to_be_visible()
    expect(tab.locator(".from")).to_contain_text("Coding Auditor")


def test_a_withdrawn_audit_says_why(tab, coder, site):
    audit = AuditFactory(coder=coder, verified=True)
    sign_in(tab.context, coder.user, site)
    tab.goto(f"/records/audit/{audit.pk}/")
    tab.get_by_role("link", name="Withdraw").click()
    tab.get_by_label("Why you withdraw it").fill("It was another coder’s sample")
    tab.get_by_role("button", name="Withdraw it").click()
    expect(tab.get_by_role("status").filter(has_text="Removed")).to_be_visible()
    audit.refresh_from_db()
    assert audit.removed_because == "It was another coder’s sample"


def test_a_waiting_dashboard_shows_the_new_evaluation_by_itself(browser, coder, site):
    heartbeat()
    evaluate_if_stale(coder.pk)
    CredentialFactory(coder=coder, certification=CertificationFactory(slug="cpc"), expires_on=None)
    context = browser.new_context(base_url=site)
    sign_in(context, coder.user, site)
    page = context.new_page()
    page.goto("/dashboard/")
    page.get_by_role("link", name="Charts", exact=True).click()
    page.get_by_label("Charts", exact=True).fill("31")

    expect(page.locator("#freshness")).to_contain_text("Your last change is being evaluated")
    before = page.locator(".readiness strong").inner_text()
    with page.expect_response("**/dashboard/freshness/"):
        pass  # it asked in vain, and will ask again
    expect(page.locator("#freshness")).to_contain_text("Your last change is being evaluated")
    evaluate_if_stale(coder.pk)

    expect(page.locator("#freshness")).to_contain_text("evaluated at")
    expect(page.locator(".readiness strong")).not_to_have_text(before)
    expect(page.get_by_label("Charts", exact=True)).to_have_value("31")  # what is being typed is left alone
    context.close()
