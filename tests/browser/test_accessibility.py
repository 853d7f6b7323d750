"""WCAG 2.2 AA by axe on every page that anybody can get to, in light and dark, at 400% zoom, and with forced colours."""

import pytest
from django.core.management import call_command
from django.urls import get_resolver
from playwright.sync_api import expect

from tests.factories import StaffFactory, UserFactory
from tracker.models import Coder, LinkPart, User
from tracker.services.resume import create_link
from tracker.tasks import heartbeat

from .conftest import sign_in, watch
from .crawl import contrast_violations, crawl, overflow, violations

# 1280 pixels at 400% (WCAG 1.4.10).
ZOOMED = {"width": 320, "height": 640}
PEOPLE = ("emergency@demo.example", "newcomer@demo.example", "manager@demo.example")


@pytest.fixture
def demo(site):
    call_command("load_wages", verbosity=0)
    call_command("load_demo", verbosity=0)
    heartbeat()  # as if a worker were there
    return site


def pages(browser, url, starts):
    """Every kind of page once, as whoever gets to it first: (who, kind, address, page)."""
    known: set[str] = set()
    for user, start in starts:
        context = browser.new_context(
            base_url=url, viewport=ZOOMED, reduced_motion="reduce", color_scheme="light"
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        complaints = watch(page)
        if user:
            sign_in(context, user, url)
        for kind, address in crawl(page, url, start, known):
            known.add(kind)
            yield kind, address, page
        context.close()
        assert complaints == [], user
    assert len(known) > 60  # the crawl got around


@pytest.mark.slow
def test_every_page_is_clean_in_light_and_dark_and_at_400_percent(browser, demo):
    coder = Coder.objects.get(user__email=PEOPLE[0])
    _link, token = create_link(coder, name="Lakeside", parts=list(LinkPart.values), days=7, by=coder.user)
    starts = [
        *((User.objects.get(email=email), "/dashboard/") for email in PEOPLE),
        (UserFactory(is_staff=True), "/dashboard/"),
        (StaffFactory().user, "/start/"),
        (UserFactory(), "/welcome/"),
        (None, "/"),
        (None, f"/shared/{token}/"),
    ]
    found, seen = [], set()
    for kind, address, page in pages(browser, demo, starts):
        seen.add(kind.split(" ")[0])
        if overflow(page) > 0:
            found.append(f"{address} overflows by {overflow(page)} pixels")
        found += [f"{address} {problem}" for problem in violations(page)]
        page.emulate_media(color_scheme="dark")
        found += [f"{address} in the dark {problem}" for problem in contrast_violations(page)]
        page.emulate_media(color_scheme="light")
    assert found == []
    assert seen >= {name for name in pages_by_name() if name.rpartition(":")[2] in MUST_BE_SEEN}


# What nobody may drop out of the crawl unseen: the main pages of each person.
MUST_BE_SEEN = {
    "landing", "onboarding", "dashboard", "progress", "log", "week", "records", "records_kind", "record_add",
    "record_edit", "record_history", "gap", "ladder", "role", "standing", "pay", "pay_add", "resume", "resume_edit",
    "packet", "resume_links", "shared", "glossary", "settings", "tokens", "sharing", "start", "explain", "forecast",
}  # fmt: skip


def pages_by_name() -> set[str]:
    """The names in the URL conf of our own pages."""
    return {f"tracker:{name}" for name in get_resolver("tracker.urls").reverse_dict if isinstance(name, str)}


def test_forced_colours_keep_every_state_legible(browser, demo):
    """Pictures and meters are not recoloured by the system, so they must take its colours by themselves."""
    context = browser.new_context(base_url=demo, forced_colors="active", reduced_motion="reduce")
    sign_in(context, User.objects.get(email=PEOPLE[0]), demo)
    page = context.new_page()
    page.goto("/progress/")
    pictures = page.locator(".plot-wide svg")
    expect(pictures).to_have_count(4, timeout=30_000)  # drawn now, for the first time
    lost = """(pictures) => {
        const canvas = getComputedStyle(document.body).backgroundColor;
        return pictures.flatMap((one) => [...one.querySelectorAll("text")]).filter((text) => getComputedStyle(text).fill === canvas).length;
    }"""
    assert pictures.evaluate_all(lost) == 0
    assert contrast_violations(page) == []
    context.close()
