"""The design effect of audits by chart: against textbook cases, by property, and by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.design_effect import LEAST_CHARTS, chart_variances, design_effect
from tracker.intervals import wilson


@st.composite
def some_charts(draw, least=2, most=60):
    sizes = draw(st.lists(st.integers(1, 30), min_size=least, max_size=most))
    return [(draw(st.integers(0, reviewed)), reviewed) for reviewed in sizes]


def effect_of(*audits) -> float:
    sums = np.sum([chart_variances(charts) for charts in audits], axis=0)
    return float(design_effect(sum(map(len, audits)), *sums))


@given(st.lists(st.sampled_from([(0, 1), (1, 1)]), min_size=LEAST_CHARTS, max_size=80))
def test_one_code_a_chart_is_as_good_as_codes_alone(charts):
    assert effect_of(charts) == pytest.approx(1)


@pytest.mark.parametrize("size", [2, 5, 12])
def test_charts_right_or_wrong_as_a_whole_count_once_each(size):
    charts = [(size, size)] * 36 + [(0, size)] * 4
    assert effect_of(charts) == pytest.approx((40 * size - 1) / 39)


@given(some_charts(least=LEAST_CHARTS))
def test_it_never_claims_more_than_the_counts_do(charts):
    effect = effect_of(charts)
    assert effect >= 1
    assert effect <= max(reviewed for _, reviewed in charts) * len(charts)


@given(some_charts(), st.randoms())
def test_the_order_of_the_charts_means_nothing(charts, chance):
    shuffled = charts.copy()
    chance.shuffle(shuffled)
    assert chart_variances(shuffled) == pytest.approx(chart_variances(charts))


@given(some_charts())
def test_the_variance_as_drawn_is_the_textbook_one(charts):
    """Cochran 6.3: the sum over charts of (c - p r)^2 over m - 1, here by a plain loop."""
    k, n = map(sum, zip(*charts, strict=True))
    residuals = sum((c - k / n * r) ** 2 for c, r in charts)
    assert chart_variances(charts)[0] == pytest.approx(len(charts) * residuals / (len(charts) - 1))


def test_below_20_charts_nothing_is_said():
    charts = [(9, 10)] * (LEAST_CHARTS - 1)
    assert np.isnan(effect_of(charts))
    assert not np.isnan(effect_of(charts, [(8, 10)]))


def test_without_an_error_there_is_nothing_to_tell_by():
    assert effect_of([(12, 12)] * 25) == 1


@pytest.mark.parametrize("charts", [[], [(5, 6)], [(0, 0), (5, 6)]])
def test_a_single_chart_has_no_variance(charts):
    assert chart_variances(charts) == (0, 0)


def test_what_a_coder_learned_between_audits_is_not_taken_for_clustering():
    """Both audits have independent codes, one far better than the other."""
    chance = np.random.default_rng(5)
    bad, good = ([(int(c), 10) for c in chance.binomial(10, rate, 400)] for rate in (0.5, 0.99))
    assert effect_of(bad, good) == pytest.approx(1, abs=0.15)
    assert effect_of(bad + good) > 3


def test_it_restores_the_coverage_that_clustering_takes():
    """2,000 coders, 60 charts of 10 codes each with an accuracy of its own around 93%."""
    chance, rate = np.random.default_rng(11), 0.93
    correct = chance.binomial(10, chance.beta(rate * 2, (1 - rate) * 2, (2000, 60)))
    sums = np.array([chart_variances([(c, 10) for c in coder]) for coder in correct])
    effect = design_effect(np.full(2000, 60), *sums.T)
    found = correct.sum(axis=1)

    def coverage(divisor):
        lower, upper = wilson(found / divisor, 600 / divisor)
        return ((lower <= rate) & (rate <= upper)).mean()

    assert coverage(np.ones(2000)) < 0.75
    assert 0.92 < coverage(effect) < 0.97
