"""CDFs on the grid: what holds of any of them, and figures worked out by other means."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.forecast import grid
from tracker.forecast.dated import clock, exams


@st.composite
def cdfs(draw, most=4):
    """A few CDFs of one coder each: rising, from 0 to 1."""
    rows = draw(st.lists(st.lists(st.floats(0, 1), min_size=60, max_size=60), min_size=1, max_size=most))
    return [np.maximum.accumulate(np.array([row]), axis=1) for row in rows]


@given(cdfs(most=1))
def test_the_middle_of_a_range_lies_within_it(some):
    low, middle, high = grid.quantiles(some[0])[:, 0]
    assert np.isnan(middle) or low <= middle
    assert np.isnan(high) or middle <= high


@given(cdfs(), st.booleans())
def test_all_of_them_are_never_closed_before_the_last_and_one_of_them_never_after_the_first(some, together):
    drivers = ["exam"] * len(some) if together else None
    everything, one = grid.all_of(some, drivers), grid.any_of(some)
    for cdf in some:
        assert (everything <= cdf + 1e-12).all()
        assert (one >= cdf - 1e-12).all()


@given(cdfs(), st.data())
def test_some_of_several_agrees_with_going_through_every_outcome(some, data):
    n = data.draw(st.integers(1, len(some)))
    by_hand = np.zeros_like(some[0])
    for outcome in itertools.product((0, 1), repeat=len(some)):
        if sum(outcome) >= n:
            by_hand += np.multiply.reduce(
                [cdf if done else 1 - cdf for done, cdf in zip(outcome, some, strict=True)]
            )
    assert grid.some_of(n, some) == pytest.approx(by_hand, abs=1e-9)


@pytest.mark.parametrize("months", [0.2, 1.0, 3.5, 17.0])
def test_what_has_a_day_comes_out_at_the_day_give_or_take_the_grid(months):
    low, middle, high = grid.quantiles(grid.closed_at(np.array([months])))[:, 0]
    assert middle == pytest.approx(months, abs=0.31)
    assert high - low <= 1.8


def test_what_never_happens_has_no_date():
    cdf = grid.closed_at(np.array([np.nan, 61.0]))
    assert np.isnan(grid.quantiles(cdf)).all()


def test_the_gap_that_decides_is_the_one_most_likely_to_be_last():
    rng = np.random.default_rng(1)
    days = [rng.gamma(9, 1, 40_000), rng.gamma(16, 0.6, 40_000), rng.gamma(4, 1, 40_000)]
    some = [(d[:, None] <= grid.MONTHS).mean(axis=0)[None] for d in days]
    last = np.bincount(np.argmax(np.stack(days), axis=0)).argmax()
    assert grid.deciding(some)[0] == last == 1


def test_of_gaps_that_move_together_the_later_decides_and_what_has_no_end_decides_over_all():
    soon, late = grid.closed_at(np.array([3.0])), grid.closed_at(np.array([9.0]))
    between = grid.closed_at(np.array([6.0]))
    assert grid.deciding([soon, late, between], ["exam", "exam", None])[0] == 1
    assert grid.deciding([soon, between, grid.never(1)])[0] == 2


def test_gaps_of_one_driver_close_when_the_later_does_not_later_still():
    """One exam closes both: the product, which takes them for independent, would be too late."""
    rng = np.random.default_rng(2)
    exam = rng.gamma(9, 1, 40_000)
    first, second = [(d[:, None] <= grid.MONTHS).mean(axis=0)[None] for d in (exam, exam + 1)]
    truth = (exam[:, None] + 1 <= grid.MONTHS).mean(axis=0)
    assert grid.all_of([first, second], ["cpc", "cpc"])[0] == pytest.approx(truth, abs=1e-9)
    assert grid.all_of([first, second])[0][9] < truth[9] - 0.05


def test_an_exam_that_is_surely_passed_has_its_day_and_one_that_may_fail_has_its_retakes():
    certain, doubtful = exams(np.array([4.0, 4.0]), np.array([1.0, 0.6]), np.array([2.0, 2.0]))
    assert certain == pytest.approx(grid.closed_at(np.array([4.0]))[0])
    assert doubtful[[4, 6, 8]] == pytest.approx([0.6, 0.84, 0.936])
    assert exams(np.array([np.nan]), np.array([0.9]), np.array([1.0])).max() == 0


def test_exams_agree_with_sitting_them():
    rng = np.random.default_rng(3)
    tries = rng.geometric(0.55, 40_000)
    passed = 5 + (tries - 1) * 3
    simulated = (passed[:, None] <= grid.MONTHS + 0.5).mean(axis=0)
    cdf = exams(np.array([5.0]), np.array([0.55]), np.array([3.0]))[0]
    assert cdf[5::3] == pytest.approx(simulated[5::3], abs=0.01)


def test_what_time_closes_is_nearly_certain():
    low, _, high = grid.quantiles(clock(np.array([7.0]), 1.2))[:, 0]
    assert 5.5 <= low <= high <= 7.2
    assert np.isnan(grid.quantiles(clock(np.array([np.nan]), 1.2))).all()
