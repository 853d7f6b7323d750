"""Intervals against scipy, against the figures of domain 2.3, and against brute force."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import beta, binom, binomtest

from tracker.intervals import (
    MOST_UNITS,
    Z_ONE_SIDED_95,
    chance_at_least,
    disproves,
    flawless_to_reach,
    proves,
    reaches,
    units_to_disprove,
    units_to_prove,
    units_to_settle,
    wilson,
)

NINETY_FIVE = Fraction(95, 100)


@st.composite
def counts(draw, most=5000):
    reviewed = draw(st.integers(1, most))
    return draw(st.integers(0, reviewed)), reviewed


# --- Wilson ---


@given(counts())
def test_the_interval_holds_the_estimate_and_stays_between_0_and_1(found):
    correct, reviewed = found
    lower, upper = wilson(correct, reviewed)
    assert 0 <= lower <= correct / reviewed <= upper <= 1


@given(counts())
def test_the_interval_is_that_of_scipy(found):
    correct, reviewed = found
    theirs = binomtest(correct, reviewed).proportion_ci(0.95, method="wilson")
    assert wilson(correct, reviewed) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@given(counts())
def test_the_one_sided_bound_is_that_of_scipy(found):
    correct, reviewed = found
    theirs = binomtest(correct, reviewed, alternative="greater").proportion_ci(0.95, method="wilson")
    assert wilson(correct, reviewed, Z_ONE_SIDED_95)[0] == pytest.approx(theirs.low, abs=1e-12)


@given(counts())
def test_one_more_correct_raises_both_bounds(found):
    correct, reviewed = found
    assume(correct < reviewed)
    lower, upper = wilson(np.array([correct, correct + 1]), np.array([reviewed, reviewed]))
    assert lower[0] < lower[1]
    assert upper[0] < upper[1] or upper[1] == 1


@given(counts(most=500), st.integers(2, 9))
def test_the_same_rate_in_a_larger_sample_narrows_the_interval(found, times):
    correct, reviewed = found
    lower, upper = wilson(np.array([correct, correct * times]), np.array([reviewed, reviewed * times]))
    assert upper[1] - lower[1] < upper[0] - lower[0]


@given(counts())
def test_proof_asks_less_than_the_two_sided_bound_and_more_than_the_estimate(found):
    correct, reviewed = found
    assert wilson(correct, reviewed)[0] <= wilson(correct, reviewed, Z_ONE_SIDED_95)[0] <= correct / reviewed


def test_nothing_reviewed_has_no_interval():
    assert np.isnan(wilson([0, 0], [0, 0])).all()
    assert not proves(0, 0, NINETY_FIVE)
    assert not reaches(0, 0, NINETY_FIVE)


@pytest.mark.parametrize(
    ("correct", "reviewed", "low", "high"),
    [(29, 30, "83", "99"), (30, 30, "89", "100"), (95, 100, "89", "98"), (285, 300, "92", "97")],
)
def test_figures_of_the_dossier(correct, reviewed, low, high):
    assert tuple(f"{100 * bound:.0f}" for bound in wilson(correct, reviewed)) == (low, high)


def test_485_of_500_is_95_point_1_to_98_point_2():
    assert tuple(f"{100 * bound:.1f}" for bound in wilson(485, 500)) == ("95.1", "98.2")


@pytest.mark.parametrize(("correct", "reviewed", "in_all"), [(1, 1, 52), (49, 50, 147), (97, 100, 331)])
def test_codes_in_all_that_prove_95_percent_by_the_dossier(correct, reviewed, in_all):
    """Domain 2.3: about 52 flawless, 147 at 98%, 331 at 97%."""
    assert reviewed + units_to_prove(correct, reviewed, NINETY_FIVE) == pytest.approx(in_all, abs=1)


def test_mean_coverage_of_the_95_percent_interval_lies_between_93_and_97_percent():
    """By enumeration over true rates of 0.90 to 0.99, at every sample size from 30 to 1,000.

    Both bounds rise with the number correct, so that the numbers whose interval holds a rate are those from one to
    another, and their chance is a difference of two binomial sums.
    """
    rates = np.linspace(0.90, 0.99, 91)
    lowest = (1.0, 0, 0.0)
    for n in range(30, 1001):
        lower, upper = wilson(np.arange(n + 1), n)
        first = np.searchsorted(
            upper, rates
        )  # the least number correct whose upper bound is not below the rate
        last = np.searchsorted(lower, rates, side="right") - 1
        coverage = binom.cdf(last, n, rates) - binom.cdf(first - 1, n, rates)
        assert 0.93 <= coverage.mean() <= 0.97, f"n = {n}: {coverage.mean():.4f}"
        lowest = min(lowest, (coverage.min(), n, rates[coverage.argmin()]))
    print(f"Worst point: {lowest[0]:.1%} at n = {lowest[1]}, true rate {lowest[2]:.3f}.")  # noqa: T201  asked for (pytest -s)
    assert lowest[0] > 0.80


# --- The chance of being at or above the target ---


@given(counts())
def test_the_chance_is_that_of_the_beta_distribution_of_scipy(found):
    correct, reviewed = found
    theirs = beta.sf(0.95, correct + 0.5, reviewed - correct + 0.5)
    assert chance_at_least(correct, reviewed, NINETY_FIVE) == pytest.approx(theirs, abs=1e-12)


@given(counts(), st.sampled_from(["0.50", "0.90", "0.95", "0.97"]))
def test_one_more_correct_raises_the_chance_and_a_higher_target_lowers_it(found, target):
    correct, reviewed = found
    assume(correct < reviewed)
    target = Fraction(target)
    now = chance_at_least(correct, reviewed, target)
    assert 0 <= now <= chance_at_least(correct + 1, reviewed, target) <= 1
    assert now >= chance_at_least(correct, reviewed, target + Fraction(1, 100))


def test_after_nothing_there_is_no_chance():
    assert np.isnan(chance_at_least([0], [0], NINETY_FIVE)).all()


@given(counts(), st.floats(1, 8))
def test_clustered_codes_leave_more_doubt(found, effect):
    correct, reviewed = found
    narrow, wide = wilson(correct, reviewed), wilson(correct / effect, reviewed / effect)
    assert wide[0] <= narrow[0] + 1e-12 and narrow[1] <= wide[1] + 1e-12


# --- Reaching the target ---


def test_94_point_96_percent_never_reaches_95():
    assert not reaches(2374, 2500, NINETY_FIVE)
    assert reaches(2375, 2500, NINETY_FIVE)


@given(counts(most=10**6))
def test_reaching_is_exact_at_any_size(found):
    correct, reviewed = found
    assert bool(reaches(correct, reviewed, NINETY_FIVE)) is (Fraction(correct, reviewed) >= NINETY_FIVE)


@given(st.integers(10**6, 10**8))
def test_one_short_of_the_target_does_not_reach_it(n):
    enough = -(-95 * n // 100)
    assert reaches(enough, n, NINETY_FIVE)
    assert not reaches(enough - 1, n, NINETY_FIVE)


# --- How many more ---


def test_97_of_100_take_231_more_codes_to_prove_95_percent():
    assert units_to_prove(97, 100, NINETY_FIVE) == 231


def _fewest(correct, reviewed, target):
    """By trying every number from 0 on."""
    more = np.arange(100_000)
    return int(proves(correct + correct * more // reviewed, reviewed + more, target).argmax())


@st.composite
def above_a_target(draw):
    """Counts at least half a percentage point above a target."""
    target, reviewed = Fraction(draw(st.sampled_from(["0.90", "0.95", "0.97"]))), draw(st.integers(1, 400))
    errors = draw(st.integers(0, int((1 - target - Fraction(1, 200)) * reviewed)))
    return reviewed - errors, reviewed, target


@given(above_a_target())
def test_no_smaller_number_would_prove_it(found):
    correct, reviewed, target = found
    assert units_to_prove(correct, reviewed, target) == _fewest(correct, reviewed, target)


@pytest.mark.parametrize(
    ("correct", "reviewed"), [(39, 41), (191, 200), (1911, 2000), (4790, 5000), (20, 20)]
)
def test_no_smaller_number_would_prove_it_near_the_target_either(correct, reviewed):
    assert units_to_prove(correct, reviewed, NINETY_FIVE) == _fewest(correct, reviewed, NINETY_FIVE)


@given(counts())
def test_what_is_proven_needs_nothing_more_and_what_is_not_above_the_target_never_gets_there(found):
    correct, reviewed = found
    more = units_to_prove(correct, reviewed, NINETY_FIVE)
    if Fraction(correct, reviewed) <= NINETY_FIVE:
        assert more is None
    else:
        assert (more == 0) is bool(proves(correct, reviewed, NINETY_FIVE))


@given(above_a_target(), st.floats(1, 6))
def test_with_a_design_effect_no_smaller_number_would_prove_it_either(found, effect):
    correct, reviewed, target = found
    more = np.arange(200_000)
    proven = proves((correct + correct * more // reviewed) / effect, (reviewed + more) / effect, target)
    assert units_to_prove(correct, reviewed, target, effect) == int(proven.argmax())


@given(st.integers(1, 400), st.integers(1, 60), st.sampled_from(["0.90", "0.95"]))
def test_no_smaller_number_would_disprove_it(reviewed, errors, target):
    target, correct = Fraction(target), reviewed - errors
    assume(correct >= 0 and target - Fraction(correct, reviewed) >= Fraction(1, 200))
    more = np.arange(100_000)
    disproven = disproves(correct - -correct * more // reviewed, reviewed + more, target)
    assert units_to_disprove(correct, reviewed, target) == int(disproven.argmax())


def test_it_is_settled_either_way_and_at_the_target_never():
    assert units_to_settle(97, 100, NINETY_FIVE) == 231
    assert units_to_settle(93, 100, NINETY_FIVE) == units_to_disprove(93, 100, NINETY_FIVE) > 0
    assert units_to_settle(50, 100, NINETY_FIVE) == 0
    assert units_to_settle(95, 100, NINETY_FIVE) is None


def test_a_million_more_is_no_advice():
    assert units_to_prove(950_001, 1_000_000, NINETY_FIVE) is None
    assert MOST_UNITS == 1_000_000
    assert units_to_prove(0, 0, NINETY_FIVE) is None


@given(counts(), st.sampled_from(["0.90", "0.95", "0.985"]))
def test_no_smaller_number_without_an_error_lifts_the_rate_to_the_target(found, target):
    correct, reviewed = found
    target = Fraction(target)
    need = flawless_to_reach(correct, reviewed, target)
    assert reaches(correct + need, reviewed + need, target)
    assert need == 0 or not reaches(correct + need - 1, reviewed + need - 1, target)


def test_an_error_can_never_be_lifted_to_100_percent():
    assert flawless_to_reach(29, 30, Fraction(1)) is None
    assert flawless_to_reach(30, 30, Fraction(1)) == 0
