import datetime as dt

import pytest
from django.urls import reverse

from curriculum.models import MilestoneVersion
from tests.factories import AuditFactory, PayFactory
from tracker.models import Gap
from tracker.services.evaluation import evaluate_if_stale

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def audited(coder, catalogue, role):
    for months in (2, 5, 20):
        AuditFactory(
            coder=coder,
            audited_on=coder.today() - dt.timedelta(days=30 * months),
            scores={"code_over_code": (97, 100)},
        )
    AuditFactory(
        coder=coder, audited_on=coder.today(), basis="targeted", scores={"code_over_code": (10, 100)}
    )
    AuditFactory(coder=coder, audited_on=coder.today(), removed=True, scores={"code_over_code": (10, 100)})
    evaluate_if_stale(coder.pk)
    return coder


@pytest.fixture
def role(coder, catalogue):
    from curriculum.models import Role

    coder.stated_role = Role.objects.get(slug="coder-i")
    coder.stated_years = 2
    coder.save()


def test_the_chart_pools_what_the_gap_pools(site, audited, live_worker):
    gap = Gap.objects.get(
        coder=audited, milestone_version=MilestoneVersion.objects.get(milestone__slug="accuracy-95")
    )
    assert (gap.numerator, gap.denominator) == (194, 200)
    page = site.get(reverse("tracker:gap", args=["accuracy-95"])).content.decode()
    assert "194 of 200 codes correct in 2 audits" in page


def test_progress_brings_the_numbers_at_once_and_the_pictures_later(site, audited, live_worker):
    page = site.get(reverse("tracker:progress")).content.decode()
    assert "97.0%, above the 95.0% asked" in page and "ready since" in page
    assert "<svg role=" not in page and page.count("Draw this chart") >= 2
    site.get(reverse("tracker:chart", args=["accuracy"]), **HTMX)
    again = site.get(reverse("tracker:progress")).content.decode()
    assert 'aria-label="97.0%, above the 95.0% asked' in again


def test_a_chart_without_htmx_is_a_page_of_its_own(site, audited, live_worker):
    fragment = site.get(reverse("tracker:chart", args=["readiness"]), **HTMX).content.decode()
    assert fragment.startswith('<div class="plot">') and "<html" not in fragment
    page = site.get(reverse("tracker:chart", args=["readiness"])).content.decode()
    assert "<html" in page and "As a table" in page and "<svg role=" in page


def test_progress_takes_the_same_number_of_queries_with_many_audits(
    site, audited, live_worker, django_assert_max_num_queries
):
    AuditFactory.create_batch(20, coder=audited, scores={"code_over_code": (97, 100)})
    evaluate_if_stale(audited.pk)
    with django_assert_max_num_queries(22):
        site.get(reverse("tracker:progress"))


@pytest.mark.parametrize("address", ["/charts/unknown/", "/charts/accuracy/?gap=no-such-gap"])
def test_what_is_not_there_is_not_found(site, audited, live_worker, address):
    assert site.get(address).status_code == 404


def test_a_stranger_sees_nothing_of_it(other_site, audited, live_worker):
    page = other_site.get(reverse("tracker:progress")).content.decode()
    assert "194" not in page


def test_without_wages_the_page_says_so_and_there_is_no_chart(site, audited):
    PayFactory(coder=audited)
    response = site.get(reverse("tracker:standing_chart"), follow=True)
    assert response.redirect_chain and "No wages are loaded yet" in response.content.decode()
