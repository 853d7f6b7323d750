"""The manager's month and the instructor's cohort in a real browser, with a real worker behind the pages."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from tests.factories import (
    CertificationFactory,
    CoderFactory,
    CredentialFactory,
    RoleFactory,
    UserFactory,
)
from tracker.models import Audit, Certificate, Credential, Enrollment, Provenance
from tracker.tasks import heartbeat

from .conftest import sign_in, watch

AUDITS = """Coder,Auditor,Audit Dt,# Enc,Total Codes,Dx Errors,Accuracy %
"TRAN, LINH",KM,{one},20,110,2,98.2 %
"TRAN, LINH",KM,{other},20,110,2,98.2 %
TOTAL / AVG,,,40,220,4,
"""
SLOW = 30_000  # milliseconds: a worker shares the machine with the browser


@pytest.fixture
def tabs(browser, site, worker):
    """Give a signed-in browser to somebody: tabs(user). Nothing may be complained about in any of them."""
    heartbeat()
    contexts, complaints = [], []

    def open_for(user):
        context = browser.new_context(base_url=site, accept_downloads=True)
        context.set_default_timeout(SLOW)
        sign_in(context, user, site)
        page = context.new_page()
        contexts.append(context)
        complaints.append(watch(page))
        return page

    yield open_for
    for context in contexts:
        context.close()
    assert not any(complaints), complaints


def pdf(page, link) -> bytes:
    """What a link to a document answers, fetched with the page's session."""
    return page.request.get(link.get_attribute("href")).body()


def test_a_manager_invites_imports_a_month_verifies_and_takes_a_packet_along(tabs, worker):
    manager = UserFactory(full_name="Mara Ruiz")
    coder = CoderFactory(user__full_name="Linh Tran", stated_role=RoleFactory(slug="coder-i"), stated_years=2)
    CredentialFactory(coder=coder, certification=CertificationFactory(slug="cpc"))
    leads, codes = tabs(manager), tabs(coder.user)

    leads.goto("/teams/")
    leads.get_by_label("Organization").fill("Gulf Pines Health")
    leads.get_by_label("Name of the team").fill("Inpatient")
    leads.get_by_role("button", name="Found it").click()
    leads.get_by_role("link", name="People and invitations").click()
    leads.get_by_role("button", name="Make a link to hand over").click()
    link = leads.locator("code.token").inner_text()

    codes.goto(link)
    for kind in ("audit", "credential"):
        codes.locator(f"input[name='kinds'][value='{kind}']").check()
    codes.get_by_role("button", name="Join, and share these").click()
    expect(codes.get_by_role("heading", level=1)).to_be_visible()
    today = coder.today()
    # Work counts from the day of joining on; the month is one that follows it.
    coder.memberships.update(joined_on=today - dt.timedelta(days=90))

    leads.get_by_role("link", name="Imports").click()
    leads.get_by_role("link", name="Import a file").first.click()
    leads.get_by_label("Where does it come from?").fill("Scorecard")
    days = [today - dt.timedelta(days=n) for n in (20, 13)]
    text = AUDITS.format(one=days[0], other=days[1])
    leads.get_by_label("File", exact=True).set_input_files(
        {"name": "audits.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    leads.get_by_role("button", name="Read the file").click()
    leads.locator("select[name='answer:method']").select_option("code_over_code")
    leads.get_by_role("button", name="Read the file").click()
    leads.get_by_label("TRAN, LINH").select_option(label="Linh Tran")
    leads.get_by_role("button", name="Go on").click()
    expect(leads.get_by_text("Nothing has been stored yet.")).to_be_visible()
    leads.get_by_role("button", name="Import 2 records").click()
    expect(leads.get_by_role("button", name="Undo the whole import")).to_be_visible(timeout=SLOW)
    worker.until(lambda: Audit.objects.filter(coder=coder, provenance=Provenance.IMPORTED).count() == 2)

    leads.goto("/teams/")
    leads.get_by_role("link", name="Inpatient").first.click()
    leads.get_by_role("link", name="Verify").click()
    leads.get_by_label("Linh Tran: ").first.check()
    leads.get_by_role("button", name="Verify the chosen").click()
    expect(leads.get_by_role("status").filter(has_text="erified")).to_be_visible()
    assert Credential.objects.get(coder=coder).provenance == Provenance.VERIFIED

    leads.get_by_role("link", name="People by milestones").click()
    leads.get_by_role("rowheader", name="Linh Tran").get_by_role("link").click()
    expect(leads.get_by_role("heading", name="Records shared with the team")).to_be_visible()
    assert pdf(leads, leads.get_by_role("link", name="Evidence (PDF)")).startswith(b"%PDF-")


def test_an_instructor_runs_a_cohort_to_the_certificate(tabs, worker):
    teacher, student = UserFactory(full_name="Angela Okafor"), UserFactory(full_name="Ana Ruiz")
    teaches, learns = tabs(teacher), tabs(student)
    today = student.today()

    teaches.goto("/programs/")
    teaches.get_by_role("link", name="Open a program").click()
    teaches.get_by_label("Name", exact=True).fill("Basics of coding")
    teaches.get_by_label("Name of the new school or academy").fill("Riverbend College")
    teaches.get_by_role("button", name="Save").click()
    teaches.get_by_role("link", name="New activity").first.click()
    teaches.get_by_label("Title", exact=True).fill("Ten charts in class")
    teaches.get_by_role("button", name="Save").click()
    teaches.goto(teaches.url.split("/activities")[0].rstrip("/") + "/content/")
    row = teaches.locator("tbody tr").first
    row.locator("select").select_option(label="Ten charts in class")
    row.locator("input[name$='by_signoff']").check()
    teaches.get_by_role("button", name="Next: whom it affects").click()
    teaches.get_by_role("link", name="To the program").click()
    teaches.get_by_role("link", name="Open a cohort").first.click()
    teaches.get_by_label("Name", exact=True).fill("Fall evening class")
    teaches.get_by_label("Enrollment opens on").fill(today.isoformat())
    teaches.get_by_label("Starts on").fill(today.isoformat())
    teaches.get_by_label("Ends on").fill((today + dt.timedelta(days=60)).isoformat())
    teaches.get_by_role("button", name="Save").click()
    teaches.get_by_role("button", name="Make a link").click()
    link = teaches.locator("code.address").inner_text()

    learns.goto(link)
    learns.get_by_role("button", name="Take part").click()
    enrollment = worker.until(lambda: Enrollment.objects.open().filter(coder__user=student).first())
    learns.goto("/assignments/")
    learns.get_by_role("button", name="I did it").click()
    expect(learns.get_by_text("to be signed off").first).to_be_visible()

    teaches.goto(f"/cohorts/{enrollment.cohort_id}/sign-offs/")
    teaches.get_by_label("Ten charts in class").check()
    teaches.get_by_role("button", name="Sign off the chosen ones").click()
    expect(teaches.get_by_text("Nothing waits for your word.")).to_be_visible()
    worker.until(lambda: Certificate.objects.exists(), "No certificate was issued", seconds=30)

    learns.goto("/assignments/")
    expect(learns.get_by_text("signed off by Angela Okafor")).to_be_visible()
    assert pdf(learns, learns.get_by_role("link", name="PDF")).startswith(b"%PDF-")
    learns.get_by_role("link", name="address to check it").click()
    expect(learns.get_by_text("genuine")).to_be_visible()
