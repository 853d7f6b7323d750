"""What holds on every page: nothing overflows a narrow screen, the keyboard gets in, the policy is kept."""

import gzip

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import RECORD_FACTORIES, CoderFactory, PayFactory, RoleFactory

from .conftest import sign_in, watch

NARROW = {"width": 320, "height": 640}  # WCAG 1.4.10: what 400% zoom leaves of 1280 pixels
OPEN_PAGES = ("tracker:landing", "account_login", "account_signup", "account_request_login_code")
PAGES = (
    "tracker:onboarding", "tracker:dashboard", "tracker:records", "tracker:pay", "tracker:pay_add", "tracker:ladder",
    "tracker:standing", "tracker:settings", "account_email", "account_set_password", "account_logout",
)  # fmt: skip


@pytest.fixture
def coder(site):
    coder = CoderFactory(stated_role=RoleFactory(slug="coder-i"), stated_years=4)
    for make in RECORD_FACTORIES.values():
        make(coder=coder)
    PayFactory(coder=coder)
    return coder


@pytest.fixture
def narrow(browser, site, coder):
    context = browser.new_context(base_url=site, viewport=NARROW)
    page = context.new_page()
    complaints = watch(page)
    yield page
    context.close()
    assert complaints == []


def addresses(coder):
    audit = ["audit", coder.audit_records.get().pk]
    return [
        *(reverse(name) for name in PAGES),
        *(reverse("tracker:record_add", args=[kind]) for kind in RECORD_FACTORIES),
        *(reverse("tracker:records_kind", args=[kind]) for kind in RECORD_FACTORIES),
        *(
            reverse(f"tracker:{name}", args=audit)
            for name in ("record_edit", "record_history", "record_remove")
        ),
        reverse("tracker:role", args=["coding-auditor"]),
        reverse("tracker:gap", args=["accuracy-95"]),
    ]


def overflow(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_no_page_overflows_a_narrow_screen(narrow, coder, site):
    wide = []
    for name in OPEN_PAGES:
        narrow.goto(reverse(name))
        wide += [name] if overflow(narrow) > 0 else []
    sign_in(narrow.context, coder.user, site)
    for address in addresses(coder):
        assert narrow.goto(address).status == 200, address
        wide += [address] if overflow(narrow) > 0 else []
    assert wide == []


def test_every_page_has_one_main_heading_and_a_title(narrow, coder, site):
    sign_in(narrow.context, coder.user, site)
    titles = set()
    for address in addresses(coder):
        narrow.goto(address)
        assert narrow.locator("h1").count() == 1, address
        titles.add(narrow.title())
    assert all(title.endswith("CoderPath") for title in titles)


def test_every_field_has_a_name_that_is_read_out(narrow, coder, site):
    sign_in(narrow.context, coder.user, site)
    nameless = []
    for address in addresses(coder):
        narrow.goto(address)
        nameless += narrow.evaluate(
            """() => [...document.querySelectorAll("main input:not([type=hidden]), main select, main textarea")]
                .filter((field) => !field.labels.length && !field.ariaLabel).map((field) => location.pathname + field.name)"""
        )
    assert nameless == []


def test_targets_are_large_enough_for_a_finger(narrow, coder, site):
    sign_in(narrow.context, coder.user, site)
    narrow.goto(reverse("tracker:dashboard"))
    small = narrow.evaluate(
        """() => [...document.querySelectorAll(".button, .chip, .nav a, summary")]
            .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML)"""
    )
    assert small == []


def test_the_keyboard_skips_to_the_content_first(narrow, coder, site):
    sign_in(narrow.context, coder.user, site)
    narrow.goto(reverse("tracker:dashboard"))
    narrow.keyboard.press("Tab")
    expect(narrow.get_by_role("link", name="Skip to content")).to_be_focused()
    narrow.keyboard.press("Enter")
    assert narrow.evaluate("document.activeElement.id") == "main"


def test_the_account_menu_closes_with_escape(narrow, coder, site):
    sign_in(narrow.context, coder.user, site)
    narrow.goto(reverse("tracker:dashboard"))
    narrow.locator(".menu > summary").click()
    expect(narrow.get_by_role("link", name="Settings")).to_be_visible()
    narrow.keyboard.press("Escape")
    expect(narrow.get_by_role("link", name="Settings")).to_be_hidden()


def test_a_dashboard_comes_in_under_150_kilobytes(narrow, coder, site):
    """Static files go compressed over the wire (whitenoise), the page itself as it is."""
    sizes = []

    def weigh(response):
        body = response.body()
        sizes.append(len(gzip.compress(body) if "/static/" in response.url else body))

    narrow.on("response", weigh)
    sign_in(narrow.context, coder.user, site)
    narrow.goto(reverse("tracker:dashboard"), wait_until="networkidle")
    assert len(sizes) > 5
    assert sum(sizes) < 150_000
