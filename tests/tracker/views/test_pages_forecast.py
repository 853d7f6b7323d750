"""Dates on the pages: the forecast, the dashboard and a gap's own page."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import RoleFactory
from tracker.models import Forecast
from tracker.selectors.forecasts import Said
from tracker.services.evaluation import evaluate_if_stale
from tracker.services.forecasts import forecast_due


@pytest.fixture
def candidate(coder, catalogue, live_worker):
    """Somebody with an exam ahead, evaluated and forecast."""
    coder.stated_role, coder.stated_years = RoleFactory(slug="coder-i"), 1
    coder.save()
    evaluate_if_stale(coder.pk)
    forecast_due()
    return coder


def text(page):
    return page.content.decode()


def test_the_page_says_what_it_cannot_say_and_why(site, candidate):
    page = text(site.get(reverse("tracker:forecast")))
    assert "No date can be named yet" in page
    assert "Cannot say yet, because nothing of the kind is logged yet." in page
    assert "How a date comes about" in page


def test_looking_stores_nothing(site, candidate):
    before = list(Forecast.objects.values())
    site.get(reverse("tracker:forecast"))
    assert list(Forecast.objects.values()) == before


def test_the_dashboard_says_when_and_the_gap_its_month(site, candidate):
    day = timezone.now().date().replace(day=15)
    Forecast.objects.filter(coder=candidate, what="accuracy-95").update(reason="", p10=day, p50=day, p90=day)
    assert "Expected</span> <strong>" in text(site.get(reverse("tracker:dashboard")))
    assert "Expected</span> <strong>" in text(site.get(reverse("tracker:gap", args=["accuracy-95"])))


def test_a_forecast_is_nobody_elses(candidate, stranger):
    assert Said(candidate).rows and not Said(stranger).rows
