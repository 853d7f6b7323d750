"""Roles side by side, the picture of the ladder, and wages by industry."""

import pytest
from django.urls import reverse

from curriculum.models import Role
from curriculum.wages import CODERS
from tests.tracker.whatif.wages import release_with
from tracker.selectors.paths import compared, ways_from
from tracker.services.evaluation import preview

COMPARE = "tracker:compare"


@pytest.fixture
def junior(coder, catalogue):
    coder.stated_role, coder.stated_years = Role.objects.get(slug="coder-i"), 1
    coder.save()
    return coder


def text(page):
    return page.content.decode()


def test_roles_are_compared_by_what_the_real_target_is_judged_by(junior):
    roles = list(Role.objects.filter(slug__in=["coder-ii-senior", "coding-manager"]).order_by("position"))
    found = compared(junior, roles)
    for path in found.paths:
        junior.target_role = path.role
        batch = preview(junior)
        asked = int(batch.weight_asked[0])
        assert path.readiness == 100 * int(batch.weight_met[0]) // asked
    assert all(row.by_all for row in found.shared)
    assert len(found.shared) + len(found.extra) == len({row.milestone.pk for row in found.rows})
    junior.refresh_from_db()
    assert junior.target_role is None


def test_the_page_says_what_is_shared_and_what_is_asked_besides(site, junior):
    release_with(CODERS)
    page = text(site.get(reverse(COMPARE) + "?role=coder-ii-senior&role=coding-auditor&role=coding-manager"))
    assert "All of them ask" in page and "$40,000 · <strong>$50,000" in page
    assert "an association, not a promise" in page


@pytest.mark.parametrize("query", ["", "?role=emperor", "?role=coder-i&role=coder-i", "?role=coder-i&role="])
def test_fewer_than_two_roles_are_asked_for(site, junior, query):
    assert "Choose two roles or three." in text(site.get(reverse(COMPARE) + query))


def test_the_picture_has_what_is_next_and_beyond_and_the_table_says_the_same(site, junior):
    role = Role.objects.get(slug="coder-i")
    ways = ways_from(role, None)
    assert {r.slug for r in ways.next} <= {"coder-ii-senior", "coding-auditor"} and ways.next
    assert "coding-manager" in {r.slug for r in ways.beyond}
    assert {b for _a, b in ways.promotions} == {r.pk for r in [*ways.next, *ways.beyond]}
    page = text(site.get(reverse("tracker:ladder")))
    for one in [*ways.next, *ways.beyond]:
        assert page.count(one.name) >= 2  # in the table and on the ladder; the drawing may break the line


def test_the_ladder_and_the_forecast_are_drawn(site, junior):
    for kind in ("ladder", "forecast"):
        page = site.get(reverse("tracker:chart", args=[kind]))
        assert page.status_code == 200
    assert "<svg" in text(site.get(reverse("tracker:chart", args=["ladder"])))


def test_who_has_no_role_yet_stands_before_the_target(db, catalogue):
    target = Role.objects.get(slug="coder-i")
    ways = ways_from(None, target)
    assert ways.here is None and ways.next == [target] and ways.promotions[0] == (0, target.pk)


def test_wages_of_an_industry_are_the_nations(site, junior):
    release_with(CODERS, n622000=60_000)
    page = text(site.get(reverse("tracker:standing"), {"industry": "622000"}))
    assert "Industry 622000" in page and "$60,000" in page
    assert "$50,000" in text(site.get(reverse("tracker:standing")))
