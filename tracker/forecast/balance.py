"""When a rate over a rolling window reaches its target: accuracy, attainment, the share of a specialty.

A rate k of n reaches t where the balance k - t n is not negative. Each month adds to it; what it will add is known only by
its posterior (the rate is not known), and what leaves the window is known. Of several conceivable rates each is followed by
itself, as a random walk towards the day on which it makes up for what is missing.
"""

import numpy as np
from scipy.special import ndtr, ndtri

from .counts import kept
from .grid import HORIZON

NODES = 7  # conceivable rates, equally likely
_QUANTILES = ndtri((np.arange(NODES) + 0.5) / NODES)
_NODES = _QUANTILES / np.sqrt((_QUANTILES**2).mean())  # with the variance that they stand for
FOLLOWED = 36  # months; after them a rate that has not reached its target does not get there by waiting


def closing(
    history: np.ndarray, value: np.ndarray, window: int, mean, noise, doubt, enough: np.ndarray | None = None
) -> np.ndarray:
    """The CDF of the month in which the balance of the last `window` months is not negative.

    `history` and `value` are balances, by month and now; a month to come brings `mean`, give or take `noise` (variance)
    and the `doubt` (variance) about that mean. `enough` is the CDF of having the minimum sample, if that is asked.
    """
    value = np.asarray(value, float)
    need = -kept(history, value, window)
    drift = np.asarray(mean, float)[:, None] + np.sqrt(np.maximum(doubt, 0.0))[:, None] * _NODES
    step = np.maximum(np.asarray(noise, float), 1e-12)[:, None]
    cdf = _first_passage(need, drift, step, window)
    cdf[value >= 0] = 1.0
    if enough is None:
        return cdf
    waiting = ~(enough[:, 0] >= 1.0)
    cdf[waiting] = _once_enough(need[waiting], drift[waiting], step[waiting], window, enough[waiting])
    return cdf


def _first_passage(need, drift, step, window) -> np.ndarray:
    """Chance of having been there by each month. Those who were not keep a normal distribution, cut off at what was
    needed and matched in its first two moments, which the next month moves on."""
    size = len(need)
    mean, variance = np.zeros((size, NODES)), np.zeros((size, NODES))
    open_, cdf = np.ones((size, NODES)), np.empty((size, HORIZON))
    for month in range(FOLLOWED):
        if month < window:
            mean, variance = mean + drift, variance + step
        else:  # what was added first leaves again: the sum goes back to what a whole window holds
            stay = 1 - 1 / window
            mean, variance = stay * mean + drift, stay**2 * variance + 2 * step * (1 - 0.5 / window)
        sd = np.sqrt(variance)
        z = (need[:, month, None] - mean) / sd
        below = np.maximum(ndtr(z), 1e-12)
        open_ = open_ * below
        hazard = np.exp(-0.5 * np.minimum(z * z, 1400.0)) / 2.5066282746310002 / below
        mean = mean - sd * hazard
        variance = variance * np.clip(1 - z * hazard - hazard**2, 0.02, 1.0)
        cdf[:, month] = 1 - open_.mean(axis=1)
    cdf[:, FOLLOWED:] = cdf[:, FOLLOWED - 1 : FOLLOWED]
    return cdf


def _once_enough(need, drift, step, window, enough) -> np.ndarray:
    """While the sample is too small nothing counts: what counts is how it stands from the month on in which it is enough."""
    spans = np.minimum(np.arange(1, HORIZON + 1), window)
    met = np.empty((len(need), HORIZON))
    for month in range(HORIZON):
        z = (need[:, month, None] - drift * spans[month]) / np.sqrt(step * spans[month])
        met[:, month] = ndtr(-z).mean(axis=1)
    return np.maximum.accumulate(met * enough, axis=1)


def rate_posterior(correct, reviewed, spread) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of the true rate behind `correct` of `reviewed`, by Jeffreys' prior; `spread` is by how much the
    rates of audits differ more than chance would make them, which makes the sample worth so much less."""
    k, n = np.asarray(correct, float) / spread, np.asarray(reviewed, float) / spread
    a, b = k + 0.5, n - k + 0.5
    mean = a / (a + b)
    return mean, mean * (1 - mean) / (a + b + 1)


USUAL_SPREAD = 1.5  # codes of one chart are not independent, nor are audits alike; until a coder's own audits say otherwise
PRIOR_AUDITS = 4.0


def spread_between(correct: np.ndarray, reviewed: np.ndarray) -> np.ndarray:
    """By how much months differ more than independent codes would (Pearson's chi-square over its degrees of freedom),
    mixed with what is usual; never less than 1."""
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = (correct.sum(axis=1) + 0.5) / (reviewed.sum(axis=1) + 1.0)
        expected = reviewed * rate[:, None]
        chi = np.where(reviewed > 0, (correct - expected) ** 2 / (expected * (1 - rate[:, None])), 0.0).sum(
            axis=1
        )
    freedom = np.maximum((reviewed > 0).sum(axis=1) - 1, 0)
    return np.maximum(1.0, (chi + PRIOR_AUDITS * USUAL_SPREAD) / (freedom + PRIOR_AUDITS))
