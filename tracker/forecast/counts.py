"""When what one counts up reaches its target: charts, audits, hours, months logged."""

import numpy as np
from scipy.special import ndtr

from .grid import HORIZON, MONTHS
from .pace import DRIFT, Pace

_SMALL = 1e-9


def closing(
    history: np.ndarray, value: np.ndarray, target: float, window: int | None, pace: Pace, whole: bool = True
) -> np.ndarray:
    """The CDF of the month in which the count of the last `window` months (None: ever) reaches `target`.

    `value` is the count now. What leaves the window is known, what comes is gamma-distributed with the moments of the
    pace. `whole` numbers reach the target half a unit early, as a continuous distribution stands in for them.
    """
    value = np.asarray(value, float)
    spans = MONTHS if window is None else np.minimum(MONTHS, window)
    need = target - kept(history, value, window) - (0.5 if whole else 0.0)
    reached = exceeds(need, pace.mean[:, None] * spans, spread(pace, spans))
    reached[value >= target] = 1.0
    return np.maximum.accumulate(reached, axis=1)


def spread(pace: Pace, spans: np.ndarray) -> np.ndarray:
    """Variance of what `spans` months bring: of the months, of the pace's doubt, and of its drift from now on."""
    drift = (DRIFT * pace.mean[:, None]) ** 2 * spans**3 / 3
    return pace.noise[:, None] * spans + pace.doubt[:, None] * spans**2 + drift


def kept(history: np.ndarray, value: np.ndarray, window: int | None) -> np.ndarray:
    """What of the present count is still in the window 1, 2, ... HORIZON months from now."""
    value = np.asarray(value, float)
    if window is None:
        return np.repeat(value[:, None], HORIZON, axis=1)
    leaves = np.zeros((len(value), HORIZON))
    length = history.shape[1]
    for month in range(min(HORIZON, window)):
        oldest = length - window + month  # the month that lies in the window for the last time
        if oldest >= 0:
            leaves[:, month] = history[:, oldest]
    rest = value[:, None] - np.cumsum(leaves, axis=1)
    rest[:, window:] = 0.0
    return np.where(np.abs(rest) < _SMALL, 0.0, rest)


def exceeds(need: np.ndarray, mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """P(X >= need) of a gamma distribution with these moments (Wilson and Hilferty's cube root, PNAS 17, 1931)."""
    mean = np.maximum(mean, _SMALL)
    shape = np.maximum(mean**2 / np.maximum(variance, _SMALL), 0.05)
    ratio = np.maximum(need, 0.0) / mean
    z = (np.cbrt(ratio) - (1 - 1 / (9 * shape))) * 3 * np.sqrt(shape)
    return np.where(need <= 0, 1.0, ndtr(-z))
