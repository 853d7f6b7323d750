"""The grid's closed forms against paths drawn month by month, and against scipy."""

import numpy as np
import pytest
from scipy import stats

from tests.tracker.forecast.simulated import cdf_of, first_month, futures
from tracker.forecast import balance, counts, grid, rates
from tracker.forecast.pace import Pace, pace_of

PATHS = 8_000
ALIKE = (
    0.09  # the most by which the chance of being done by any month may differ; most months differ far less
)


def pace(mean, noise, doubt):
    return Pace(*(np.array([x]) for x in (mean, noise, doubt, 12, 0)))


@pytest.mark.parametrize("shape", [1.0, 3.0, 40.0])
@pytest.mark.parametrize("quantile", [0.05, 0.5, 0.95])
def test_the_gamma_tail_is_scipys(shape, quantile):
    need = stats.gamma(shape, scale=2).ppf(quantile)
    tail = counts.exceeds(np.array([need]), np.array([2 * shape]), np.array([4 * shape]))[0]
    assert tail == pytest.approx(1 - quantile, abs=0.015)


@pytest.mark.parametrize(
    ("mean", "noise", "doubt", "missing"), [(4, 6, 0.8, 40), (120, 2000, 300, 900), (1.5, 2, 0.3, 12)]
)
def test_counts_agree(mean, noise, doubt, missing):
    rng = np.random.default_rng(11)
    history = np.zeros((1, 24))
    cdf = counts.closing(history, np.array([0.0]), missing, None, pace(mean, noise, doubt), whole=False)[0]
    done = np.cumsum(futures(rng, mean, noise, doubt, PATHS), axis=1) >= missing
    assert np.abs(cdf - cdf_of(first_month(done))).max() < ALIKE


def rolling(past, future, window):
    """By path and month to come, the sum over the window that ends then."""
    both = np.concatenate([np.repeat(past[None], len(future), axis=0), future], axis=1)
    sums = np.cumsum(np.pad(both, ((0, 0), (1, 0))), axis=1)
    ends = len(past) + 1 + np.arange(future.shape[1])
    return sums[:, ends] - sums[:, ends - window]


@pytest.mark.parametrize(("correct", "reviewed"), [(368, 400), (376, 400), (379, 400), (90, 100)])
def test_accuracy_agrees(correct, reviewed):
    """Paths: a rate from the posterior, audits of the coder's own size, a window of a year that rolls."""
    rng = np.random.default_rng(12)
    k, n = np.zeros((1, 24)), np.zeros((1, 24))
    n[0, -10:], k[0, -10:] = reviewed / 10, correct / 10
    now = (k.sum(axis=1), n.sum(axis=1))
    cdf, _ = rates.accuracy(k, n, now, 0.95, 12)
    spread = balance.spread_between(k[:, -12:], n[:, -12:])[0]
    mean, variance = (float(x[0]) for x in balance.rate_posterior(*now, spread))
    size = mean * (1 - mean) / variance - 1
    p = rng.beta(mean * size, (1 - mean) * size, (PATHS, 1))
    units = reviewed / 10
    right = p * units + np.sqrt(p * (1 - p) * units * spread) * rng.standard_normal((PATHS, grid.HORIZON))
    ok = rolling(k[0] - 0.95 * n[0], right - 0.95 * units, 12) >= 0
    simulated = cdf_of(first_month(ok))
    assert np.abs(cdf[0, :24] - simulated[:24]).max() < 0.1


def test_gaps_on_the_same_audits_agree_and_as_independent_ones_would_not():
    """One rate decides both: within 94% and 95% of the same codes. The product of the two would be too late by far."""
    rng = np.random.default_rng(15)
    k, n = np.zeros((1, 24)), np.zeros((1, 24))
    n[0, -10:], k[0, -10:] = 40, 37.4
    now = (k.sum(axis=1), n.sum(axis=1))
    cdfs = [rates.accuracy(k, n, now, target, 12)[0] for target in (0.94, 0.95)]
    spread = balance.spread_between(k[:, -12:], n[:, -12:])[0]
    mean, variance = (float(x[0]) for x in balance.rate_posterior(*now, spread))
    size = mean * (1 - mean) / variance - 1
    p = rng.beta(mean * size, (1 - mean) * size, (PATHS, 1))
    right = p * 40 + np.sqrt(p * (1 - p) * 40 * spread) * rng.standard_normal((PATHS, grid.HORIZON))
    firsts = [
        first_month(rolling(k[0] - target * n[0], right - target * 40, 12) >= 0) for target in (0.94, 0.95)
    ]
    simulated = cdf_of(np.maximum(*firsts))[:24]
    joined, apart = grid.all_of(cdfs, ["audits", "audits"])[0, :24], grid.all_of(cdfs)[0, :24]
    assert np.abs(joined - simulated).max() < 0.1
    assert np.abs(apart - simulated).max() > 2 * np.abs(joined - simulated).max()


def test_waiting_for_the_sample_agrees():
    """Accurate enough in all likelihood, but with a quarter of the codes that are asked for."""
    rng = np.random.default_rng(13)
    k, n = np.zeros((1, 24)), np.zeros((1, 24))
    n[0, -5:], k[0, -5:] = [20, 22, 18, 21, 19], [20, 21, 17, 21, 18]
    now = (k.sum(axis=1), n.sum(axis=1))
    enough = rates.samples({"codes": n}, {"codes": now[1]}, {"codes": 200}, 12)
    cdf, _ = rates.accuracy(k, n, now, 0.95, 12, enough)
    spread = balance.spread_between(k[:, -12:], n[:, -12:])[0]
    mean, variance = (float(x[0]) for x in balance.rate_posterior(*now, spread))
    size = mean * (1 - mean) / variance - 1
    p = rng.beta(mean * size, (1 - mean) * size, (PATHS, 1))
    own = pace_of(n)
    units = futures(rng, own.mean[0], own.noise[0], own.doubt[0], PATHS)
    right = p * units + np.sqrt(p * (1 - p) * units * spread) * rng.standard_normal(units.shape)
    ok = (rolling(k[0] - 0.95 * n[0], right - 0.95 * units, 12) >= 0) & (rolling(n[0], units, 12) >= 200)
    assert np.abs(cdf[0, :24] - cdf_of(first_month(ok))[:24]).max() < 0.12


def test_the_promotion_agrees_with_the_latest_of_independent_gaps():
    rng = np.random.default_rng(14)
    gaps = [(4, 6, 0.8, 40), (120, 2000, 300, 900), (2, 3, 0.2, 18)]
    cdfs = [
        counts.closing(
            np.zeros((1, 24)), np.array([0.0]), missing, None, pace(mean, noise, doubt), whole=False
        )
        for mean, noise, doubt, missing in gaps
    ]
    months = [
        first_month(np.cumsum(futures(rng, mean, noise, doubt, PATHS), axis=1) >= missing)
        for mean, noise, doubt, missing in gaps
    ]
    last = np.max(months, axis=0)
    assert np.abs(grid.all_of(cdfs)[0] - cdf_of(last)).max() < ALIKE
    shares = [np.mean(m == last) for m in months]
    assert grid.deciding(cdfs)[0] == int(np.argmax(shares))
