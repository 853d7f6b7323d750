"""From monthly counts to the month in which a rate reaches its target: accuracy, and shares where every unit is counted."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from . import balance, counts
from .pace import MOST_MONTHS, Pace, Reason, pace_of


def accuracy(
    correct: np.ndarray, reviewed: np.ndarray, now: tuple[np.ndarray, np.ndarray], target: float, window: int,
    enough: np.ndarray | None = None, rate: float | None = None, ahead: float | None = None,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """CDF and reasons for audits: `correct` of `reviewed` by month, and in the window `now`; `target` from 0 to 1.

    What a coder will get right is the posterior predictive of what was audited in the last year, at the coder's own pace
    of audits. Where somebody assumes to code at a `rate` (0 to 1), or to have so many units a month audited (`ahead`), that
    takes their place.
    """
    pace = pace_of(reviewed if ahead is None else np.full_like(reviewed, ahead))
    year = slice(-MOST_MONTHS, None)
    spread = balance.spread_between(correct[:, year], reviewed[:, year])
    p, doubt_of_p = balance.rate_posterior(
        correct[:, year].sum(axis=1), reviewed[:, year].sum(axis=1), spread
    )
    if rate is not None:
        p, doubt_of_p = np.full_like(p, rate), np.zeros_like(p)
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
    return cdf, _audited(pace, reviewed) if rate is None else pace.reason


# Audits come in batches: what is asked of a pace is asked of the months that have any, not of the codes in them.
LEAST_AUDITED = 2


def _audited(pace: Pace, reviewed: np.ndarray) -> np.ndarray:
    audited = (reviewed[:, -MOST_MONTHS:] > 0).sum(axis=1)
    return np.where((pace.reason == Reason.CAN_SAY) & (audited < LEAST_AUDITED), Reason.TOO_FEW, pace.reason)


def share(
    part: np.ndarray, whole: np.ndarray, now: tuple[np.ndarray, np.ndarray], target: float, window: int,
    enough: np.ndarray | None = None, ahead: tuple[float, float] | None = None,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """CDF and reasons for a part of a whole of which every unit is counted, such as charts of one specialty.

    `ahead` is what somebody assumes of a month to come: the part and the whole.
    """
    past = part - target * whole
    if ahead is not None:
        part, whole = np.full_like(part, ahead[0]), np.full_like(whole, ahead[1])
    pace = pace_of(whole)
    gain = part - target * whole
    used = np.arange(gain.shape[1])[None, :] >= gain.shape[1] - np.maximum(pace.months, 1)[:, None]
    n = used.sum(axis=1)
    mean = np.where(used, gain, 0).sum(axis=1) / n
    # Months that are alike leave a little doubt all the same: a tenth of the pace.
    noise = (
        np.where(used, (gain - mean[:, None]) ** 2, 0).sum(axis=1) + (0.1 * pace.mean) ** 2
    ) / np.maximum(n - 1, 1)
    cdf = balance.closing(past, now[0] - target * now[1], window, mean, noise, noise / n, enough)
    return cdf, pace.reason


def samples(
    history: Mapping[str, np.ndarray], now: Mapping[str, np.ndarray], minimum: Mapping[str, float], window: int | None,
    ahead: Mapping[str, float] = MappingProxyType({}),
) -> np.ndarray | None:  # fmt: skip
    """The CDF of having every minimum sample; None where none is asked. Units come together: the last one counts.

    `ahead` is what somebody assumes of a month to come, by unit.
    """
    paces = {
        unit: pace_of(np.full_like(history[unit], ahead[unit]) if unit in ahead else history[unit])
        for unit in minimum
    }
    cdfs = [
        counts.closing(history[unit], now[unit], least, window, paces[unit])
        for unit, least in minimum.items()
    ]
    return np.minimum.reduce(cdfs) if cdfs else None
