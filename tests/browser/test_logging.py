"""A week of charts, an audit and a credential on a telephone; the same without JavaScript; and what a lost connection leaves."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from tests.factories import CoderFactory, RoleFactory, VolumeFactory, WorkTypeFactory
from tracker.models import Audit, Credential, Volume

from .conftest import sign_in, watch

TELEPHONE = {"width": 380, "height": 760}


@pytest.fixture
def coder(site):
    return CoderFactory(stated_role=RoleFactory(slug="coder-i"), stated_years=1)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def telephone(request, browser, site, coder):
    context = browser.new_context(
        base_url=site, viewport=TELEPHONE, java_script_enabled=request.param, has_touch=True
    )
    context.set_default_timeout(10_000)
    sign_in(context, coder.user, site)
    page = context.new_page()
    complaints = watch(page)
    yield page
    context.close()
    assert complaints == []


def log(page, line):
    """Type a line, look at what was understood, save it: two touches beside the typing."""
    page.goto("/dashboard/")
    page.get_by_label("Log in one line").fill(line)
    page.get_by_role("button", name="Log…").click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".message.success")).to_contain_text("Logged")


def test_a_week_an_audit_and_a_credential(telephone, coder):
    log(telephone, "audit 30ch 396/412 ED random")
    log(telephone, "CPC 2026-03-01")
    telephone.goto("/log/week/")
    telephone.get_by_label("What do you code?").select_option(label="Emergency department")
    telephone.get_by_role("button", name="Add it to the week").click()
    telephone.get_by_role("link", name="Week before").click()
    if telephone.get_by_label("What do you code?").count():
        telephone.get_by_label("What do you code?").select_option(label="Emergency department")
        telephone.get_by_role("button", name="Add it to the week").click()
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        telephone.get_by_label(f"{day}, Emergency department, charts").fill("96")
        telephone.get_by_label(f"{day}, Emergency department, hours").fill("7.5")
    telephone.get_by_role("button", name="Save the week").click()
    expect(telephone.get_by_text("Saved: 5 entries.")).to_be_visible()

    assert str(Audit.objects.get(coder=coder).scores.get()) == "396 of 412 code over code"
    assert Credential.objects.get(coder=coder).certification.code == "CPC"
    assert Volume.objects.filter(coder=coder, charts=96, minutes=450).count() == 5


def test_a_puzzling_line_leads_on(telephone, coder):
    telephone.goto("/dashboard/")
    telephone.get_by_label("Log in one line").fill("hello")
    telephone.get_by_role("button", name="Log…").click()
    expect(telephone.get_by_text("That line could not be told apart.")).to_be_visible()
    telephone.get_by_role("link", name="Log charts").first.click()
    expect(telephone.get_by_label("Work type")).to_be_visible()


@pytest.fixture
def page(browser, site, coder):
    context = browser.new_context(base_url=site)
    context.set_default_timeout(10_000)
    sign_in(context, coder.user, site)
    page = context.new_page()
    yield page
    context.close()


def week_of(coder, site):
    VolumeFactory(
        coder=coder,
        work_type=WorkTypeFactory(slug="emergency"),
        starts_on=coder.today() - dt.timedelta(days=9),
        ends_on=coder.today() - dt.timedelta(days=9),
    )
    monday = coder.today() - dt.timedelta(days=coder.today().weekday() + 7)
    return f"/log/week/?week={monday}"


def test_arrow_keys_walk_the_week(page, coder, site):
    page.goto(week_of(coder, site))
    page.get_by_label("Monday, Emergency department, hours").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Tuesday, Emergency department, hours")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Monday, Emergency department, hours")).to_be_focused()


def test_a_lost_connection_loses_nothing(page, coder, site):
    address = week_of(coder, site)
    page.goto(address)
    page.get_by_label("Monday, Emergency department, charts").fill("88")
    page.get_by_label("Monday, Emergency department, hours").fill("7")
    page.context.set_offline(True)
    page.get_by_role("button", name="Save the week").click()
    page.wait_for_timeout(500)
    page.context.set_offline(False)
    page.goto("/dashboard/")
    page.goto(address)
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label("Monday, Emergency department, charts")).to_have_value("88")
    page.get_by_role("button", name="Save the week").click()
    expect(page.get_by_text("Saved: 1 entry.")).to_be_visible()
    page.goto(address)
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)


def test_neither_free_text_nor_pay_is_kept_and_signing_out_forgets(page, coder, site):
    page.goto("/records/volume/add/")
    page.get_by_label("Charts", exact=True).fill("31")
    page.get_by_label("Note").fill("a note that may hold anything")
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "31" in kept and "may hold anything" not in kept
    page.goto("/pay/add/")
    page.get_by_label("Gross pay").fill("58123")
    assert "58123" not in page.evaluate("JSON.stringify(localStorage)")
    page.locator(".menu > summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length") == 0


def test_nothing_moves_while_the_dashboard_and_the_charts_come(page, coder, site):
    shift = """() => new Promise((done) => {
        let sum = 0;
        new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value; })
            .observe({ type: "layout-shift", buffered: true });
        setTimeout(() => done(sum), 1500);
    })"""
    for address in ("/dashboard/", "/progress/"):
        page.goto(address, wait_until="networkidle")
        assert page.evaluate(shift) < 0.01, address
