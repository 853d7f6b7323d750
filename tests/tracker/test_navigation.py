"""What the menus offer, to whom, and that every page is at home in one of them."""

import pytest
from django.urls import reverse

from tests.factories import StaffFactory
from tracker.navigation import IN_A_SMALL_BAR, Navigation
from tracker.program_urls import urlpatterns as program_urls
from tracker.urls import urlpatterns as tracker_urls

# Before anybody is at home, and what strangers open.
NOWHERE = {
    "landing", "glossary", "start", "onboarding", "shared", "shared_pdf", "shared_packet", "stop_reminders", "invitation",
}  # fmt: skip
NAMES = [f"tracker:{url.name}" for url in tracker_urls] + [f"programs:{url.name}" for url in program_urls]


@pytest.mark.parametrize("name", NAMES)
def test_every_page_belongs_to_a_place(name):
    found = (
        Navigation(name, frozenset(), is_staff=False).at
        or Navigation(name, frozenset(["manager"]), is_staff=False).at
    )
    assert found or name.partition(":")[2] in NOWHERE, (
        f"{name}: put it under a place in tracker/navigation.py"
    )


@pytest.mark.parametrize(
    ("here", "place"),
    [
        ("tracker:compare", "tracker:ladder"),
        ("tracker:record_edit", "tracker:records"),
        ("tracker:pay_edit", "tracker:standing"),
        ("tracker:pay", "tracker:pay"),
        ("programs:assignments", "tracker:dashboard"),
        ("programs:cohort", "programs:list"),
        ("programs:sharing", "tracker:sharing"),
        ("mfa_add_webauthn", "mfa_index"),
    ],
)
def test_a_page_belongs_to_the_nearest_place(here, place):
    assert Navigation(here, frozenset(), is_staff=False).at.name == place


def test_work_with_others_comes_after_the_dashboard_and_into_the_small_bar():
    coder, manager = (Navigation("", frozenset(roles), is_staff=False) for roles in ([], ["manager"]))
    assert [place.name for place in manager.main[:2]] == ["tracker:dashboard", "tracker:teams"]
    assert "tracker:teams" not in [place.name for place in coder.main]
    assert len(manager.bar) == IN_A_SMALL_BAR
    names = [place.name for group in manager.groups for place in group.places]
    assert "tracker:teams" not in names
    assert "admin:index" not in names


@pytest.mark.django_db
def test_the_page_says_where_one_is(client):
    client.force_login(StaffFactory().user)
    page = client.get(reverse("tracker:teams")).content.decode()
    assert page.count('aria-current="page"') == 1
    assert f'href="{reverse("tracker:teams")}" aria-current="page"' in page
