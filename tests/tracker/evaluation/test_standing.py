"""Pay among real wages: of the occupation of the role that is paid, in the coder's area, in the newest release."""

import datetime as dt
from decimal import Decimal

import pytest

from curriculum.models import AreaType, Industry, Occupation, Wage, WageArea, WageRelease
from tests.factories import DAY, CoderFactory, PayFactory, RoleFactory
from tracker.evaluation.compute import evaluate
from tracker.evaluation.standing import standings_for
from tracker.models import Coder, Standing
from tracker.services.evaluation import evaluate_coders

CODERS, MANAGERS = "29-2072", "11-9111"


@pytest.fixture
def wages(ladder):
    """Coders and managers in the nation, coders alone in Ohio; an older release pays a tenth of it."""
    Industry.objects.create(code=Industry.ALL, title="Cross-industry")
    nation = WageArea.objects.create(code=WageArea.NATION, title="U.S.", type=AreaType.NATION)
    ohio = WageArea.objects.create(code="39", title="Ohio", type=AreaType.STATE, states="OH")
    managers, _ = Occupation.objects.get_or_create(code=MANAGERS, defaults={"title": "Managers"})
    old = WageRelease.objects.create(
        slug="2024-05", name="May 2024", reference_on=dt.date(2024, 5, 1), source="t"
    )
    new = WageRelease.objects.create(
        slug="2025-05", name="May 2025", reference_on=dt.date(2025, 5, 1), source="t"
    )
    for release, area, occupation, median in [
        (new, nation, CODERS, 50_000), (new, nation, MANAGERS, 120_000), (new, ohio, CODERS, 40_000),
        (old, nation, CODERS, 5_000),
    ]:  # fmt: skip
        points = {10: 0.7, 25: 0.8, 50: 1, 75: 1.2, 90: 1.6}
        figures = {f"annual_p{p}": int(median * share) for p, share in points.items()}
        Wage.objects.create(
            release=release, area=area, occupation_id=occupation, industry_id=Industry.ALL, **figures
        )
    for slug, low, high in (("foundation", 10, 25), ("specialization", 25, 75)):
        stage = ladder.stages[slug]
        stage.percentile_low, stage.percentile_high = low, high
        stage.save()
    manager = ladder.roles["manager"]
    manager.occupation = managers
    manager.save()
    return new


@pytest.fixture
def standing_of(wages):
    def standing_of(coder, day=DAY):
        coder = Coder.objects.select_related("user", "track").get(pk=coder.pk)
        return next(iter(standings_for(evaluate([coder], day))), None)

    return standing_of


def test_pay_falls_where_it_falls(coder, standing_of, wages):
    PayFactory(coder=coder, amount=50_000)
    standing = standing_of(coder)
    assert (standing.occupation_id, standing.area_id, standing.release) == (CODERS, WageArea.NATION, wages)
    assert (standing.percentile_low, standing.percentile_high, standing.annual) == (50, 50, 50_000)


def test_pay_by_the_hour_is_compared_as_a_year(coder, standing_of):
    PayFactory(coder=coder, amount=Decimal("25.00"), basis="hourly")
    assert standing_of(coder).annual == 52_000


@pytest.mark.parametrize(("amount", "low", "high"), [(34_999, None, 10), (80_001, 90, None)])
def test_beyond_the_published_points_it_stays_open(coder, standing_of, amount, low, high):
    PayFactory(coder=coder, amount=amount)
    standing = standing_of(coder)
    assert (standing.percentile_low, standing.percentile_high) == (low, high)


def test_the_coders_area_or_the_next_wider_one_that_has_figures(coder, ladder, standing_of):
    coder.area = WageArea.objects.get(code="39")
    coder.save()
    pay = PayFactory(coder=coder, amount=40_000)
    assert (standing_of(coder).area_id, standing_of(coder).percentile_low) == ("39", 50)
    pay.role = ladder.roles["manager"]
    pay.save()
    assert standing_of(coder).area_id == WageArea.NATION


def test_the_occupation_is_that_of_the_role_paid_else_of_the_current_role_else_coders(
    coder, ladder, standing_of
):
    pay = PayFactory(coder=coder, amount=60_000)
    assert standing_of(coder).occupation_id == CODERS
    coder.stated_role = ladder.roles["manager"]
    coder.save()
    assert standing_of(coder).occupation_id == MANAGERS
    pay.role = ladder.roles["coder"]
    pay.save()
    assert standing_of(coder).occupation_id == CODERS


def test_the_stages_band_is_one_of_coders_whatever_the_occupation(coder, ladder, standing_of):
    coder.stated_role, coder.stated_years = ladder.roles["manager"], 1
    coder.save()
    PayFactory(coder=coder, amount=38_000)
    standing = standing_of(coder)
    assert standing.occupation_id == MANAGERS
    assert (standing.band_stage.slug, standing.band_place) == ("foundation", "inside")  # 35,000 to 40,000


@pytest.mark.parametrize("years", [None, 9], ids=["no stage is expected", "the stage has no band"])
def test_no_band_to_compare_with(coder, standing_of, years):
    coder.stated_years = years
    coder.save()
    PayFactory(coder=coder)
    standing = standing_of(coder)
    assert (standing.band_stage, standing.band_place) == (None, "")


def test_the_pay_in_force_on_the_day(coder, standing_of):
    PayFactory(coder=coder, effective_on=dt.date(2025, 1, 1), amount=40_000)
    PayFactory(coder=coder, effective_on=dt.date(2026, 1, 1), amount=50_000)
    assert standing_of(coder).annual == 50_000
    assert standing_of(coder, dt.date(2025, 12, 31)).annual == 40_000
    assert standing_of(coder, dt.date(2024, 12, 31)) is None


def test_without_wages_or_without_pay_there_is_no_standing(coder, standing_of):
    assert standing_of(coder) is None
    PayFactory(coder=coder)
    Wage.objects.all().delete()
    assert standing_of(coder) is None
    WageRelease.objects.all().delete()
    assert standing_of(coder) is None


def test_it_is_stored_changed_and_taken_away_with_the_pay(coder, wages):
    pay = PayFactory(coder=coder, amount=50_000)
    evaluate_coders([coder.pk])
    assert Standing.objects.get(coder=coder).percentile_low == 50
    pay.amount = 60_000
    pay.save()
    evaluate_coders([coder.pk])
    assert Standing.objects.get(coder=coder).percentile_low == 75
    pay.delete()
    evaluate_coders([coder.pk])
    assert not Standing.objects.exists()


def test_many_coders_take_as_many_queries_as_one(wages, ladder, django_assert_num_queries):
    coders = [CoderFactory(area=WageArea.objects.get(code="39")) for _ in range(5)]
    for coder in coders:
        PayFactory(coder=coder, role=RoleFactory(slug="manager"))
    everybody = list(Coder.objects.select_related("user", "track"))
    for some in (everybody[:1], everybody):
        batch = evaluate(some, DAY)
        with django_assert_num_queries(4):
            assert len(standings_for(batch)) == len(some)
