"""From monthly counts to the month in which a rate reaches its target: accuracy, and shares where every unit is counted."""

from collections.abc import Mapping

import numpy as np

from . import balance, counts
from .pace import MOST_MONTHS, Pace, Reason, pace_of


def accuracy(
    correct: np.ndarray, reviewed: np.ndarray, now: tuple[np.ndarray, np.ndarray], target: float, window: int,
    enough: np.ndarray | None = None, rate: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """CDF and reasons for audits: `correct` of `reviewed` by month, and in the window `now`; `target` from 0 to 1.

    What a coder will get right is the posterior predictive of what was audited in the last year, at the coder's own pace
    of audits. `rate` (0 to 1, NaN: none) takes the posterior's place where somebody assumes to code at it.
    """
    pace = pace_of(reviewed)
    year = slice(-MOST_MONTHS, None)
    spread = balance.spread_between(correct[:, year], reviewed[:, year])
    p, doubt_of_p = balance.rate_posterior(
        correct[:, year].sum(axis=1), reviewed[:, year].sum(axis=1), spread
    )
    if rate is not None:
        p, doubt_of_p = np.where(np.isnan(rate), p, rate), np.where(np.isnan(rate), doubt_of_p, 0.0)
    above = p - target
    cdf = balance.closing(
        correct - target * reviewed,
        now[0] - target * now[1],
        window,
        mean=pace.mean * above,
        noise=pace.mean * p * (1 - p) * spread + above**2 * pace.noise,
        doubt=pace.mean**2 * doubt_of_p + above**2 * pace.doubt,
        enough=enough,
    )
    return cdf, _audited(pace, reviewed)


# Audits come in batches: what is asked of a pace is asked of the months that have any, not of the codes in them.
LEAST_AUDITED = 2


def _audited(pace: Pace, reviewed: np.ndarray) -> np.ndarray:
    audited = (reviewed[:, -MOST_MONTHS:] > 0).sum(axis=1)
    return np.where((pace.reason == Reason.CAN_SAY) & (audited < LEAST_AUDITED), Reason.TOO_FEW, pace.reason)


def share(
    part: np.ndarray, whole: np.ndarray, now: tuple[np.ndarray, np.ndarray], target: float, window: int,
    enough: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """CDF and reasons for a part of a whole of which every unit is counted, such as charts of one specialty."""
    pace = pace_of(whole)
    gain = part - target * whole
    used = np.arange(gain.shape[1])[None, :] >= gain.shape[1] - np.maximum(pace.months, 1)[:, None]
    n = used.sum(axis=1)
    mean = np.where(used, gain, 0).sum(axis=1) / n
    # Months that are alike leave a little doubt all the same: a tenth of the pace.
    noise = (
        np.where(used, (gain - mean[:, None]) ** 2, 0).sum(axis=1) + (0.1 * pace.mean) ** 2
    ) / np.maximum(n - 1, 1)
    cdf = balance.closing(gain, now[0] - target * now[1], window, mean, noise, noise / n, enough)
    return cdf, pace.reason


def samples(
    history: Mapping[str, np.ndarray], now: Mapping[str, np.ndarray], minimum: Mapping[str, float], window: int | None
) -> np.ndarray | None:  # fmt: skip
    """The CDF of having every minimum sample; None where none is asked. Units come together: the last one counts."""
    cdfs = [
        counts.closing(history[unit], now[unit], least, window, pace_of(history[unit]))
        for unit, least in minimum.items()
    ]
    return np.minimum.reduce(cdfs) if cdfs else None
