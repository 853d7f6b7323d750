"""A fall is called where chance would not do it, and hardly ever otherwise."""

import numpy as np
import pytest

from tracker.falls import CHANCE, fall

CODERS, MONTHS = 100, 120


def series(rng, accuracies, clustered: bool):
    """Monthly (correct, reviewed) at some accuracies; clustered: a month is good or bad as a whole."""
    rows = []
    for p in accuracies:
        n = int(rng.integers(15, 120))
        spread = 40 if clustered else 1e6
        q = rng.beta(p * spread, (1 - p) * spread)
        rows.append((int(rng.binomial(n, q)), n))
    return rows


@pytest.mark.parametrize("clustered", [False, True], ids=["independent", "clustered"])
def test_at_most_one_false_alarm_per_100_coders_and_month(clustered):
    rng = np.random.default_rng(2072)
    alarms = looks = 0
    for _coder in range(CODERS):
        p = rng.uniform(0.88, 0.99)
        months = series(rng, [p] * MONTHS, clustered)
        for until in range(15, MONTHS + 1):
            looks += 1
            alarms += fall(months[:until]) is not None
    assert alarms / looks <= CHANCE


@pytest.mark.parametrize("clustered", [False, True], ids=["independent", "clustered"])
def test_a_real_fall_is_seen(clustered):
    rng = np.random.default_rng(7)
    seen = [fall(series(rng, [0.97] * 12 + [0.88] * 3, clustered)) for _ in range(100)]
    assert sum(found is not None for found in seen) >= (80 if not clustered else 40)


def test_a_fall_says_from_where_to_where():
    found = fall([(97, 100)] * 12 + [(88, 100)] * 3)
    assert (found.before, found.now, found.months_before) == (97, 88, 12)
    assert found.chance <= CHANCE


@pytest.mark.parametrize(
    "months",
    [
        [],
        [(97, 100)] * 6 + [(50, 100)] * 3,  # nine months: no choice of three is rare enough
        [(97, 100)] * 15,
        [(88, 100)] * 12 + [(97, 100)] * 3,
        [(970, 1000)] * 12 + [(965, 1000)] * 3,  # real, and half a point
        [(0, 0)] * 15,
        [(97, 100), (50, 100)] * 6 + [(97, 100), (50, 100), (50, 100)],  # as bad before
    ],
)
def test_no_fall(months):
    assert fall(months) is None


def test_order_within_the_months_before_does_not_matter():
    before = [(90 + i % 9, 100) for i in range(12)]
    last = [(60, 100)] * 3
    assert fall(before + last) == fall(before[::-1] + last)
