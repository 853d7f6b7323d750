"""When what has a date closes: planned exams, which one may have to sit again, and time itself."""

import numpy as np

from .grid import HORIZON, MONTHS, closed_at, never


def exams(months: np.ndarray, pass_rate: np.ndarray, retake: np.ndarray) -> np.ndarray:
    """The CDF of passing an exam that is planned in so many months (NaN: none), with `retake` months between tries."""
    months = np.asarray(months, float)
    cdf, tried = never(len(months)), np.ones(len(months))
    rate, wait = np.asarray(pass_rate, float), np.maximum(np.asarray(retake, float), 0.5)
    for attempt in range(HORIZON):
        if (tried < 1e-4).all():
            break
        cdf += (tried * rate)[:, None] * closed_at(months + attempt * wait)
        tried = tried * (1 - rate)
    return np.clip(cdf, 0.0, 1.0)


def clock(missing: np.ndarray, slack: float) -> np.ndarray:
    """The CDF of what time closes in `missing` months or up to `slack` earlier, for figures are shown rounded down."""
    latest = np.asarray(missing, float)[:, None]
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(np.clip((MONTHS - (latest - slack)) / max(slack, 1e-9), 0.0, 1.0))
