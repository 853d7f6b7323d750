"""The dashboard: what it says, how it refreshes itself, what it costs."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import AuditFactory, PayFactory, RoleFactory, VolumeFactory
from tracker.models import Staleness, WorkerHeartbeat
from tracker.services.evaluation import evaluate_if_stale
from tracker.services.staleness import mark_stale

MOST_QUERIES = 15


def url(name="dashboard"):
    return reverse(f"tracker:{name}")


@pytest.fixture
def junior(coder, catalogue):
    coder.stated_role, coder.stated_years = RoleFactory(slug="coder-i"), 1
    coder.save()
    return coder


def test_the_first_day_says_where_to_start(site, junior):
    html = site.get(url()).content.decode()
    assert "Start with what you have" in html
    assert reverse("tracker:record_add", args=["credential"]) in html
    assert "Log your pay" in html


def test_it_says_how_many_musts_are_open(site, junior, live_worker):
    AuditFactory(coder=junior)
    evaluate_if_stale(junior.pk)
    html = site.get(url()).content.decode()
    assert "you and Medical Coder II" in html
    assert "Coding accuracy of 95%" in html
    assert "As of" in html


def test_a_fork_asks_which_way(site, coder, catalogue):
    coder.stated_role = RoleFactory(slug="coder-ii-senior")
    coder.save()
    html = site.get(url()).content.decode()
    assert "The ladder forks after" in html
    assert 'value="compliance-officer"' in html


def test_without_a_worker_it_says_so_and_is_filled(site, junior):
    AuditFactory(coder=junior)
    WorkerHeartbeat.objects.all().delete()
    html = site.get(url()).content.decode()
    assert "No worker is running" in html
    assert "Coding accuracy of 95%" in html


def test_before_the_first_evaluation_it_is_filled_and_blames_no_worker(site, junior, live_worker):
    html = site.get(url()).content.decode()
    assert "Your last change is being evaluated" in html
    assert "Coding accuracy of 95%" in html
    assert "No worker is running" not in html


def test_waiting_asks_every_two_seconds(site, junior, live_worker):
    evaluate_if_stale(junior.pk)
    mark_stale([junior.pk])
    html = site.get(url()).content.decode()
    assert "Your last change is being evaluated" in html
    assert 'hx-trigger="every 2s' in html
    response = site.get(url("freshness"))
    assert response.status_code == 200
    assert "HX-Trigger" not in response.headers


def test_asking_stops_when_the_evaluation_is_in(site, junior, live_worker):
    evaluate_if_stale(junior.pk)
    response = site.get(url("freshness"))
    assert response.status_code == 286
    assert "evaluated" in response.headers["HX-Trigger"]
    assert "every 2s" not in response.content.decode()


def test_asking_stops_when_nobody_is_there_to_answer(site, junior):
    mark_stale([junior.pk])
    response = site.get(url("freshness"))
    assert response.status_code == 286
    assert "HX-Trigger" not in response.headers
    assert "none is running" in response.content.decode()


def test_an_evaluation_that_is_in_asks_for_nothing(site, junior, live_worker):
    evaluate_if_stale(junior.pk)
    assert "every 2s" not in site.get(url()).content.decode()


def test_it_costs_the_same_at_one_record_and_at_thirty(
    site, junior, live_worker, django_assert_max_num_queries
):
    def cost():
        evaluate_if_stale(junior.pk)
        with django_assert_max_num_queries(MOST_QUERIES) as queries:
            assert site.get(url()).status_code == 200
        return len(queries)

    AuditFactory(coder=junior)
    PayFactory(coder=junior, effective_on=dt.date(2025, 1, 1))
    mark_stale([junior.pk])
    at_one = cost()
    for day in range(1, 30):
        VolumeFactory(coder=junior, starts_on=dt.date(2026, 1, day), ends_on=dt.date(2026, 1, day))
    mark_stale([junior.pk])
    assert cost() == at_one


def test_a_gap_has_a_page_with_what_helps(site, junior, live_worker):
    AuditFactory(coder=junior)
    evaluate_if_stale(junior.pk)
    html = site.get(reverse("tracker:gap", args=["accuracy-95"])).content.decode()
    assert "Code-over-code accuracy of at least 95.0%" in html
    assert "What we said, and when" in html


def test_a_gap_that_is_not_asked_is_not_there(site, junior):
    assert site.get(reverse("tracker:gap", args=["nothing"])).status_code == 404


def test_staleness_is_never_touched_by_looking(site, junior, live_worker):
    before = Staleness.objects.get(coder=junior)
    site.get(url())
    after = Staleness.objects.get(coder=junior)
    assert (before.seq, before.done_seq) == (after.seq, after.done_seq)
    assert timezone.now() >= after.since


def test_a_gap_shows_the_records_that_it_looks_at(site, junior):
    today = junior.today()
    counted = AuditFactory(coder=junior, scores={"code_over_code": (190, 200)}, audited_on=today)
    AuditFactory(coder=junior, scores={"drg": (29, 30)}, records_reviewed=31, audited_on=today)
    AuditFactory(coder=junior, scores={"code_over_code": (19, 20)}, audited_on=dt.date(2020, 1, 1))
    AuditFactory(coder=junior, scores={"code_over_code": (18, 20)}, audited_on=today, removed=True)
    AuditFactory(scores={"code_over_code": (17, 20)}, audited_on=today)
    response = site.get(reverse("tracker:gap", args=["accuracy-95"]))
    assert [noted.record for noted in response.context["explanation"].records] == [counted]
    assert "190 of 200 code over code" in response.content.decode()
