from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from curriculum.percentiles import (
    PERCENTILES,
    Band,
    Basis,
    Kind,
    Points,
    Relation,
    band,
    bracket_words,
    convert,
    next_point,
    next_words,
    ordinal,
    percentile_of,
    relation,
    relation_words,
    salary_at,
    shown,
    words,
)

MAY_2024 = Points.annual(35_780, 41_600, 50_250, 64_070, 80_950)
TIES = Points.annual(20_000, 30_000, 30_000, 40_000, 40_000)

dollars = st.decimals(min_value=1, max_value=400_000, places=2)
percentiles = st.fractions(min_value=10, max_value=90, max_denominator=1000)


@st.composite
def distributions(draw):
    """Five ascending points with ties, withheld points and, at the top, top codes."""
    few = draw(st.lists(st.decimals(min_value=1, max_value=300_000, places=2), min_size=1, max_size=5))
    values = sorted(draw(st.lists(st.sampled_from(few), min_size=5, max_size=5)))
    capped = frozenset(PERCENTILES[draw(st.integers(0, 5)) :])
    withheld = draw(st.sets(st.integers(0, 4)))
    return Points(
        draw(st.sampled_from(Basis)),
        tuple(None if i in withheld else v for i, v in enumerate(values)),
        capped,
    )


@st.composite
def released_distributions(draw):
    """Five known points, ascending, some of them equal, the first below the last."""
    values = draw(
        st.lists(st.decimals(min_value=1, max_value=300_000, places=2), min_size=2, max_size=5, unique=True)
    )
    more = [draw(st.sampled_from(values)) for _ in range(5 - len(values))]
    return Points.annual(*sorted(values + more))


@st.composite
def points_and_salary_within(draw):
    points = draw(released_distributions())
    share = draw(st.fractions(min_value=0, max_value=1, max_denominator=997))
    (_, least), (_, most) = points.released[0], points.released[-1]
    return points, least + (most - least) * share


def ends(rank):
    """The percentiles between which a rank lies, the open ends included."""
    if rank.kind is Kind.NOT_RELEASED:
        return 0, 100
    return (rank.low if rank.low is not None else 0), (rank.high if rank.high is not None else 100)


# --- Percentile of a salary ---


@pytest.mark.parametrize(("value", "percentile"), zip(MAY_2024.values, PERCENTILES, strict=True))
def test_a_published_point_is_its_own_percentile(value, percentile):
    rank = percentile_of(MAY_2024, value)
    assert rank.kind is Kind.EXACT
    assert rank.percentile == percentile


def test_between_two_points_the_line_is_straight():
    rank = percentile_of(MAY_2024, 50_000)
    assert rank.kind is Kind.INTERPOLATED
    assert rank.percentile == 25 + Fraction(25 * (50_000 - 41_600), 50_250 - 41_600)
    assert rank.between == (25, 50)


def test_the_articles_experienced_range_lies_where_the_dossier_says():
    assert [int(percentile_of(MAY_2024, salary).percentile) for salary in (50_000, 80_000)] == [49, 89]


def test_outside_the_published_points_nothing_is_extrapolated():
    below, above = percentile_of(MAY_2024, 35_779), percentile_of(MAY_2024, 80_951)
    assert (below.kind, below.low, below.high) == (Kind.BELOW, None, 10)
    assert (above.kind, above.low, above.high) == (Kind.ABOVE, 90, None)
    assert below.percentile is above.percentile is None


def test_equal_neighbours_are_a_range():
    assert (percentile_of(TIES, 30_000).kind, *ends(percentile_of(TIES, 30_000))) == (Kind.RANGE, 25, 50)
    assert ends(percentile_of(TIES, 40_000)) == (75, 90)
    assert percentile_of(TIES, 35_000).percentile == Fraction(125, 2)


def test_five_equal_points_are_one_range():
    flat = Points.annual(*[31_000] * 5)
    assert ends(percentile_of(flat, 31_000)) == (10, 90)
    assert percentile_of(flat, 30_999).kind is Kind.BELOW
    assert percentile_of(flat, 31_001).kind is Kind.ABOVE


def test_withheld_points_are_stepped_over():
    points = Points.annual(None, 40_000, None, 60_000, None)
    assert percentile_of(points, 50_000).percentile == 50
    assert percentile_of(points, 50_000).between == (25, 75)
    assert words(percentile_of(points, 39_000)) == "below the 25th percentile"
    assert words(percentile_of(points, 61_000)) == "above the 75th percentile"


def test_nothing_released_says_so():
    nothing = Points.annual(None, None, None, None, None)
    assert percentile_of(nothing, 50_000).kind is Kind.NOT_RELEASED
    assert words(percentile_of(nothing, 50_000)) == "not released"
    assert salary_at(nothing, 50) is next_point(nothing, 1) is None


def test_a_top_code_bounds_from_below_only():
    points = Points.annual(90_000, 120_000, 160_000, 200_000, 239_200, topcoded=[90])
    assert (percentile_of(points, 220_000).kind, *ends(percentile_of(points, 220_000))) == (
        Kind.RANGE,
        75,
        90,
    )
    assert words(percentile_of(points, 239_200)) == "above the 75th percentile"
    assert salary_at(points, 80) is None


def test_where_all_is_top_coded_only_less_is_known():
    points = Points.hourly(115, 115, 115, 115, 115, topcoded=PERCENTILES)
    assert words(percentile_of(points, 100)) == "below the 10th percentile"
    assert percentile_of(points, 115).kind is Kind.NOT_RELEASED


@given(distributions(), dollars, dollars)
def test_who_earns_more_never_ranks_lower(points, one, other):
    one, other = sorted((one, other))
    lower, upper = ends(percentile_of(points, one)), ends(percentile_of(points, other))
    assert lower[0] <= upper[0] or not points.released
    assert lower[1] <= upper[1]


@given(distributions(), dollars)
def test_a_rank_lies_within_the_points_around_the_salary(points, salary):
    low, high = ends(percentile_of(points, salary))
    assert all(percentile <= high for percentile, value in points.released if value <= salary)
    assert all(percentile >= low for percentile, value in points.released if value >= salary)


@given(distributions(), dollars)
@example(TIES, Decimal(30_000))
def test_a_rank_has_the_ends_that_its_kind_promises(points, salary):
    rank = percentile_of(points, salary)
    present = {Kind.BELOW: (False, True), Kind.ABOVE: (True, False), Kind.NOT_RELEASED: (False, False)}
    assert (rank.low is not None, rank.high is not None) == present.get(rank.kind, (True, True))
    assert (rank.percentile is not None) == (rank.kind in (Kind.EXACT, Kind.INTERPOLATED))
    if rank.kind is Kind.RANGE:
        assert rank.low < rank.high


# --- Salary at a percentile ---


def test_a_salary_at_a_percentile_lies_on_the_line():
    assert [salary_at(MAY_2024, p) for p in PERCENTILES] == list(MAY_2024.values)
    assert salary_at(MAY_2024, 30) == 41_600 + Fraction(50_250 - 41_600, 5)
    assert salary_at(TIES, 33) == 30_000


@pytest.mark.parametrize("percentile", [0, Decimal("9.99"), Decimal("90.01"), 100])
def test_no_salary_is_made_up_outside_the_published_points(percentile):
    assert salary_at(MAY_2024, percentile) is None


@given(released_distributions(), percentiles)
def test_the_two_directions_undo_each_other(points, percentile):
    rank = percentile_of(points, salary_at(points, percentile))
    low, high = ends(rank)
    assert low <= percentile <= high
    if rank.kind is not Kind.RANGE:
        assert low == high == percentile


@given(points_and_salary_within())
def test_every_percentile_found_earns_the_salary_that_found_it(case):
    points, salary = case
    low, high = ends(percentile_of(points, salary))
    assert salary_at(points, low) == salary_at(points, high) == salary


@given(released_distributions(), percentiles, percentiles)
def test_a_higher_percentile_never_earns_less(points, one, other):
    lower, upper = sorted((one, other))
    assert salary_at(points, lower) <= salary_at(points, upper)


# --- The next point ---


def test_the_next_point_says_how_much_is_missing():
    point = next_point(MAY_2024, Decimal("49999.50"))
    assert (point.low, point.high, point.value, point.dollars) == (50, 50, 50_250, Decimal("250.50"))
    assert next_words(point) == "50th percentile"


def test_a_published_point_is_not_its_own_next_one():
    assert next_point(MAY_2024, 50_250).low == 75


def test_above_the_highest_point_there_is_no_next_one():
    assert next_point(MAY_2024, 80_950) is None


def test_equal_neighbours_are_reached_together():
    point = next_point(TIES, 20_000)
    assert (point.low, point.high) == (25, 50)
    assert next_words(point) == "25th to 50th percentile"


def test_a_top_coded_next_point_is_at_least():
    points = Points.annual(90_000, 120_000, 160_000, 200_000, 239_200, topcoded=[90])
    assert next_point(points, 150_000).at_least is False
    assert (next_point(points, 220_000).dollars, next_point(points, 220_000).at_least) == (19_200, True)
    assert next_point(points, 239_200) is None


@given(distributions(), dollars)
def test_what_is_missing_reaches_the_next_point_and_no_point_lies_between(points, salary):
    point = next_point(points, salary)
    if point is None:
        assert all(value <= salary for _, value in points.released)
        return
    assert point.dollars > 0
    assert salary + point.dollars >= point.value
    assert not [value for _, value in points.released if salary < value < point.value]


def test_missing_dollars_of_a_converted_salary_are_rounded_up():
    third = convert(Decimal("100"), Basis.ANNUAL, Basis.HOURLY)
    points = Points.hourly(1, 2, 3, 4, 5)
    assert next_point(points, third).dollars == Decimal("0.96")


# --- Stage bands ---


def test_bands_share_their_ends_and_an_end_is_at_the_boundary():
    foundation, specialization = band(MAY_2024, 10, 25), band(MAY_2024, 25, 75)
    assert foundation == Band(Basis.ANNUAL, 35_780, 41_600)
    assert relation(41_600, foundation) is relation(41_600, specialization) is Relation.BOUNDARY
    assert relation(35_780, foundation) is Relation.BOUNDARY


@pytest.mark.parametrize(
    ("salary", "where"),
    [
        (35_779, Relation.BELOW),
        (35_781, Relation.INSIDE),
        (41_599, Relation.INSIDE),
        (41_601, Relation.ABOVE),
    ],
)
def test_a_salary_is_below_inside_or_above_a_band(salary, where):
    assert relation(salary, band(MAY_2024, 10, 25)) is where


def test_a_stage_without_percentiles_has_no_band():
    assert band(MAY_2024, None, None) is None


def test_an_end_that_was_not_released_leaves_the_answer_open():
    half = band(Points.annual(None, 40_000, 50_000, 60_000, 70_000), 10, 25)
    assert relation(30_000, half) is None
    assert relation(41_000, half) is Relation.ABOVE
    assert relation(40_000, half) is Relation.BOUNDARY
    assert band(Points.annual(None, None, 50_000, 60_000, 70_000), 10, 25) is None


def test_a_top_coded_end_is_an_open_end():
    points = Points.annual(90_000, 120_000, 160_000, 200_000, 239_200, topcoded=[90])
    assert relation(300_000, band(points, 75, 90)) is None


# --- Points, bases and words ---


@pytest.mark.parametrize(
    ("values", "topcoded"),
    [
        ((3, 2, 4, 5, 6), ()),
        ((3, None, 2, 5, 6), ()),
        ((0, 2, 4, 5, 6), ()),
        ((1, 2, 3, 4), ()),
        ((1, 2, 3, 115, 120), (75,)),
    ],
)
def test_what_is_no_distribution_is_refused(values, topcoded):
    with pytest.raises(ValueError):
        Points.hourly(*values, topcoded=topcoded)


@given(st.decimals(min_value=Decimal("0.01"), max_value=1000, places=2))
def test_hourly_and_annual_undo_each_other(hourly):
    assert convert(convert(hourly, Basis.HOURLY, Basis.ANNUAL), Basis.ANNUAL, Basis.HOURLY) == hourly


def test_a_year_has_2080_hours():
    assert convert(Decimal("24.16"), Basis.HOURLY, Basis.ANNUAL) == Decimal("50252.8")
    assert convert(50_250, Basis.HOURLY, Basis.HOURLY) == 50_250


def test_amounts_are_shown_in_dollars_a_year_and_cents_an_hour():
    assert str(shown(Decimal("50252.5"), Basis.ANNUAL)) == "50253"
    assert str(shown(Fraction(50_250, 2080), Basis.HOURLY)) == "24.16"


@pytest.mark.parametrize(
    ("salary", "said", "published"),
    [
        (30_000, "below the 10th percentile", "below the 10th percentile"),
        (50_249, "49th percentile", "between the 25th and 50th percentile"),
        (50_250, "50th percentile", "50th percentile"),
        (56_900, "62nd percentile", "between the 50th and 75th percentile"),
        (90_000, "above the 90th percentile", "above the 90th percentile"),
    ],
)
def test_a_rank_in_words(salary, said, published):
    rank = percentile_of(MAY_2024, salary)
    assert words(rank) == said
    assert bracket_words(rank) == published


def test_a_range_in_words():
    assert words(percentile_of(TIES, 30_000)) == "between the 25th and 50th percentile"


def test_a_rank_is_stored_to_two_decimals():
    assert percentile_of(MAY_2024, 50_000).stored == (Decimal("49.28"), Decimal("49.28"))
    assert percentile_of(MAY_2024, 90_000).stored == (90, None)


@pytest.mark.parametrize(
    ("number", "name"),
    [(1, "1st"), (2, "2nd"), (11, "11th"), (12, "12th"), (13, "13th"), (73, "73rd"), (90, "90th")],
)
def test_ordinals(number, name):
    assert ordinal(number) == name


def test_a_relation_in_words():
    assert relation_words(Relation.INSIDE, "Foundation") == "inside the Foundation band"
    assert relation_words(Relation.BOUNDARY, "Foundation") == "at the boundary of the Foundation band"
    assert relation_words(Relation.ABOVE, "Foundation") == "above the Foundation band"
    assert relation_words(None, "Foundation") == ""
