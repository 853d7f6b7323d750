"""Which wage row stands for an occupation in an area, and what a stage is worth there."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from curriculum.models import AreaType, Industry, Occupation, Stage, Wage, WageArea, WageRelease
from curriculum.percentiles import Band, Basis, Kind
from curriculum.wages import (
    area_choices,
    industry_choices,
    newest_release,
    search_areas,
    stage_bands,
    stage_bands_in,
    wage_for,
    wages_for,
)

pytestmark = pytest.mark.django_db

CODER, ANALYST = "29-2072", "13-1111"
ATHENS, AUGUSTA, BOSTON, GUAM, SAN_JUAN = "12020", "12260", "14460", "66", "41980"


@pytest.fixture
def release():
    return WageRelease.objects.create(
        slug="2025-05", name="May 2025", reference_on=date(2025, 5, 1), source="a test"
    )


@pytest.fixture
def world(release):
    """A nation, two states, two territories' areas and three metropolitan areas; coders everywhere but in Athens and Guam."""
    areas = [
        ("99", "U.S.", AreaType.NATION, "US"),
        ("13", "Georgia", AreaType.STATE, "GA"),
        ("25", "Massachusetts", AreaType.STATE, "MA"),
        (GUAM, "Guam", AreaType.TERRITORY, "GU"),
        (ATHENS, "Athens-Clarke County, GA", AreaType.METROPOLITAN, "GA"),
        (AUGUSTA, "Augusta-Richmond County, GA-SC", AreaType.METROPOLITAN, "SC GA"),
        (BOSTON, "Boston-Cambridge-Newton, MA-NH", AreaType.METROPOLITAN, "MA"),
        (SAN_JUAN, "San Juan-Carolina, PR", AreaType.METROPOLITAN, "PR"),
        ("1300001", "North Georgia nonmetropolitan area", AreaType.NONMETROPOLITAN, "GA"),
    ]
    WageArea.objects.bulk_create([WageArea(code=c, title=t, type=k, states=s) for c, t, k, s in areas])
    Industry.objects.create(code=Industry.ALL, title="Cross-industry")
    Industry.objects.create(code="622000", title="Hospitals")
    Occupation.objects.create(code=CODER, title="Medical Records Specialists")
    Occupation.objects.create(code=ANALYST, title="Management Analysts")
    withheld = (None,) * 5
    for area, level in (("99", 50), ("13", 40), ("25", 60), (BOSTON, 65), ("1300001", 35)):
        put(release, CODER, area, [level * 1000 + step for step in (0, 5_000, 10_000, 20_000, 30_000)])
    put(release, CODER, ATHENS, withheld)
    put(release, CODER, AUGUSTA, withheld)
    put(release, CODER, GUAM, withheld)
    put(release, CODER, SAN_JUAN, withheld)
    put(release, CODER, "99", [55_000, 60_000, 65_000, 70_000, 75_000], industry="622000")
    put(release, ANALYST, "99", [60_000, 70_000, 80_000, 90_000, 100_000])
    return release


def put(release, occupation, area, annual, industry=Industry.ALL, **figures):
    names = [f"annual_p{p}" for p in (10, 25, 50, 75, 90)]
    figures = dict(zip(names, annual, strict=True)) | figures
    return Wage.objects.create(
        release=release, occupation_id=occupation, area_id=area, industry_id=industry, **figures
    )


# --- One row ---


def test_the_newest_release_is_the_one_that_refers_to_the_latest_month(release):
    WageRelease.objects.create(
        slug="2024-05", name="May 2024", reference_on=date(2024, 5, 1), source="a test"
    )
    assert newest_release() == release


def test_without_any_release_there_is_no_newest():
    assert newest_release() is None


def test_an_area_with_figures_stands_for_itself(world):
    choice = wage_for(CODER, BOSTON, world)
    assert choice.wage.area_id == choice.asked.code == BOSTON
    assert (choice.wider, choice.sentence) == (False, "")


@pytest.mark.parametrize("area", ["", "99"])
def test_no_area_is_the_nation(world, area):
    choice = wage_for(CODER, area, world)
    assert (choice.wage.area_id, choice.sentence) == ("99", "")


def test_a_metropolitan_area_without_figures_falls_back_to_its_state(world):
    choice = wage_for(CODER, ATHENS, world)
    assert (choice.wage.area_id, choice.asked.code, choice.wider) == ("13", ATHENS, True)
    assert choice.sentence == (
        "May 2025 has no wages for Medical Records Specialists in Athens-Clarke County, GA. "
        "These are for Georgia, the next wider area that has them."
    )


def test_an_area_across_borders_tries_each_of_its_states(world):
    assert wage_for(CODER, AUGUSTA, world).wage.area_id == "13"


def test_an_area_whose_state_has_no_figures_falls_back_to_the_nation(world):
    choice = wage_for(ANALYST, ATHENS, world)
    assert choice.wage.area_id == "99"
    assert "These are for the United States" in choice.sentence


@pytest.mark.parametrize("area", [GUAM, SAN_JUAN])
def test_a_territory_hears_that_national_figures_leave_it_out(world, area):
    choice = wage_for(CODER, area, world)
    assert choice.wage.area_id == "99"
    assert choice.sentence.endswith("National figures leave out the territories.")


def test_an_unknown_area_falls_back_to_the_nation_and_says_so(world):
    choice = wage_for(CODER, "00000", world)
    assert (choice.wage.area_id, choice.asked, choice.wider) == ("99", None, True)
    assert choice.sentence.startswith("The Bureau has no area 00000.")


def test_an_occupation_without_any_figures_has_no_row_and_says_so(world):
    choice = wage_for("11-9111", ATHENS, world)
    assert (choice.wage, choice.wider, choice.points(Basis.ANNUAL), choice.rank(1, Basis.ANNUAL)) == (
        None,
        False,
        None,
        None,
    )
    assert (
        choice.sentence
        == "May 2025 has no wages for 11-9111 in Athens-Clarke County, GA, nor in any wider area."
    )


def test_another_release_is_never_used_to_fill_in(world):
    older = WageRelease.objects.create(
        slug="2024-05", name="May 2024", reference_on=date(2024, 5, 1), source="a test"
    )
    put(older, CODER, ATHENS, [1, 2, 3, 4, 5])
    assert wage_for(CODER, ATHENS, world).wage.area_id == "13"
    assert wage_for(CODER, ATHENS, older).wage.area_id == ATHENS


def test_an_industry_is_the_nations(world):
    choice = wage_for(CODER, "", world, industry="622000")
    assert (choice.wage.industry_id, choice.wage.area_id, choice.sentence) == ("622000", "99", "")


def test_an_industry_without_figures_falls_back_to_all_industries(world):
    choice = wage_for(ANALYST, "", world, industry="622000")
    assert (choice.wage.industry_id, choice.wider) == (Industry.ALL, True)
    assert choice.sentence == (
        "May 2025 has no wages for Management Analysts in Hospitals. These are for all industries together."
    )


def test_one_chooses_an_area_or_an_industry(world):
    with pytest.raises(ValueError, match="never both"):
        wage_for(CODER, BOSTON, world, industry="622000")


# --- Many rows ---


def test_many_pairs_give_what_each_gives_alone(world):
    pairs = [
        (occupation, area)
        for occupation in (CODER, ANALYST)
        for area in ("", "99", BOSTON, ATHENS, GUAM, "0")
    ]
    choices = wages_for(pairs, world)
    assert choices == {pair: wage_for(*pair, world) for pair in pairs}


@pytest.mark.parametrize(
    "areas", [[BOSTON], [BOSTON, ATHENS, AUGUSTA, GUAM, "99", "", "13", "25", "1300001"]]
)
def test_any_number_of_pairs_takes_two_queries(world, areas, django_assert_num_queries):
    pairs = [(occupation, area) for occupation in (CODER, ANALYST) for area in areas]
    with django_assert_num_queries(2):
        for choice in wages_for(pairs, world).values():
            assert choice.wage.area.title
            assert choice.wage.occupation.title
            assert choice.wage.release.name


def test_no_pairs_are_no_choices(world):
    assert wages_for([], world) == {}


# --- Points of a row ---


def test_a_salary_is_ranked_on_the_basis_it_is_paid_on(world):
    hourly = dict(zip([f"hourly_p{p}" for p in (10, 25, 50, 75, 90)], [10, 20, 30, 40, 50], strict=True))
    Wage.objects.filter(area="99", occupation=CODER, industry=Industry.ALL).update(**hourly)
    choice = wage_for(CODER, "", world)
    assert choice.points(Basis.HOURLY).basis is Basis.HOURLY
    assert choice.rank(Decimal("25"), Basis.HOURLY).percentile == Decimal("37.5")
    assert choice.rank(60_000, Basis.ANNUAL).percentile == 50


def test_where_a_basis_has_fewer_points_the_other_one_is_used(world):
    Wage.objects.filter(area="99", occupation=CODER).update(hourly_p50=Decimal("24.16"))
    choice = wage_for(CODER, "", world)
    assert choice.points(Basis.HOURLY).basis is Basis.ANNUAL
    rank = choice.rank(Decimal("60000") / 2080 - 1, Basis.HOURLY)
    assert rank.kind is Kind.INTERPOLATED
    assert 25 < rank.percentile < 50


def test_top_codes_reach_the_points(world):
    put(world, ANALYST, "13", [90_000, 120_000, 160_000, 200_000, 239_200], topcoded=["annual_p90"])
    assert wage_for(ANALYST, "13", world).rank(300_000, Basis.ANNUAL).kind is Kind.ABOVE
    assert wage_for(ANALYST, "13", world).points(Basis.ANNUAL).topcoded == {90}


def test_an_administrator_cannot_enter_percentiles_that_fall(world):
    wage = wage_for(CODER, "", world).wage
    wage.annual_p25 = 10
    with pytest.raises(ValidationError, match="annual percentiles"):
        wage.full_clean()


# --- Choices for a form ---


def test_areas_are_grouped_by_type_with_the_nation_first(world, django_assert_num_queries):
    with django_assert_num_queries(1):
        groups = area_choices(world)
    assert [heading for heading, _ in groups] == [
        "Nation",
        "States",
        "Territories",
        "Metropolitan areas",
        "Nonmetropolitan areas",
    ]
    assert groups[1][1] == [("13", "Georgia"), ("25", "Massachusetts")]


def test_areas_of_another_release_are_not_offered(world):
    other = WageRelease.objects.create(
        slug="2024-05", name="May 2024", reference_on=date(2024, 5, 1), source="a test"
    )
    put(other, CODER, "99", [1, 2, 3, 4, 5])
    assert area_choices(other) == [("Nation", [("99", "U.S.")])]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("boston", [BOSTON]),
        ("Boston, MA", [BOSTON]),
        ("georgia", ["13", "1300001"]),
        ("ga", ["13", ATHENS, AUGUSTA, "1300001"]),
        ("ga athens", [ATHENS]),
        ("united states", ["99"]),
        ("14460", [BOSTON]),
        ("nowhere", []),
    ],
)
def test_areas_are_found_by_every_word(world, text, codes):
    assert [code for _, group in search_areas(text, world) for code, _ in group] == codes


def test_a_search_gives_no_more_than_its_limit(world):
    assert sum(len(group) for _, group in search_areas("", world, limit=3)) == 3


def test_industries_with_figures_are_offered_all_of_them_first(world):
    assert industry_choices(world) == [("000000", "Cross-industry"), ("622000", "Hospitals")]
    assert industry_choices(world, ANALYST) == [("000000", "Cross-industry")]


# --- What a stage is worth ---


@pytest.fixture
def stages():
    rows = [("foundation", 10, 25), ("specialization", 25, 75), ("advancing", None, None), ("senior", 75, 90)]
    return [
        Stage.objects.create(
            slug=slug,
            name=slug,
            years_from=2 * n,
            percentile_low=low,
            percentile_high=high,
            position=n,
            source="a test",
        )
        for n, (slug, low, high) in enumerate(rows)
    ]


def test_a_stage_is_worth_the_coders_percentiles_in_the_area(world, stages, django_assert_num_queries):
    with django_assert_num_queries(3):
        choice, bands = stage_bands_in(world, BOSTON)
    assert choice.wage.area_id == BOSTON
    assert bands == {
        "foundation": Band(Basis.ANNUAL, 65_000, 70_000),
        "specialization": Band(Basis.ANNUAL, 70_000, 85_000),
        "advancing": None,
        "senior": Band(Basis.ANNUAL, 85_000, 95_000),
    }


def test_bands_follow_the_fall_back(world, stages):
    choice, bands = stage_bands_in(world, ATHENS)
    assert choice.wider
    assert bands["foundation"] == Band(Basis.ANNUAL, 40_000, 45_000)


def test_bands_are_never_those_of_another_occupation(world, stages):
    with pytest.raises(ValueError, match="29-2072"):
        stage_bands(wage_for(ANALYST, "", world), stages=stages)


def test_without_any_figures_no_stage_has_a_band(release, stages):
    choice, bands = stage_bands_in(release)
    assert choice.wage is None
    assert set(bands.values()) == {None}
