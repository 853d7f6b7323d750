"""Coders who do not exist, month by month: the truth that forecasts are tested against.

`futures` follows the forecast's own model, path by path: what the grid computes in closed form. `Life` breaks it: paces
that change, pauses, leave.
"""

from dataclasses import dataclass

import numpy as np

from tracker.forecast.grid import HORIZON
from tracker.forecast.pace import DRIFT


def futures(rng, mean: float, noise: float, doubt: float, paths: int) -> np.ndarray:
    """Months to come of one coder: paths x HORIZON, gamma-distributed about a pace that is uncertain and drifts."""
    first = mean + np.sqrt(doubt) * rng.standard_normal((paths, 1))
    drift = np.cumsum(DRIFT * mean * rng.standard_normal((paths, HORIZON)), axis=1)
    rate = np.maximum(first + drift, 1e-6)
    shape = rate**2 / noise
    return rng.gamma(np.maximum(shape, 1e-6), rate / np.maximum(shape, 1e-6))


def first_month(reached: np.ndarray) -> np.ndarray:
    """By path, the first month in which it is reached; HORIZON + 1 where it is not."""
    return np.where(reached.any(axis=1), reached.argmax(axis=1) + 1, HORIZON + 1)


def cdf_of(months: np.ndarray) -> np.ndarray:
    return (months[:, None] <= np.arange(1, HORIZON + 1)).mean(axis=0)


@dataclass(frozen=True)
class Life:
    """How the pace of many coders runs over `past` months and those to come. Shares and chances are a month's."""

    name: str
    variation: float = 0.3  # between months, beyond chance
    step_sd: float = 0.0  # of the log of the pace, at one change somewhere in the past or to come
    pause: float = 0.0  # chance that a pause of two months begins
    leave: float = 0.0  # chance that a leave of four months begins
    slide: float = 0.0  # of the log of the pace, a month

    def months(self, rng, rates: np.ndarray, past: int) -> np.ndarray:
        """Counts by month: coders x (past + HORIZON)."""
        return rng.poisson(rates[:, None] * self._level(rng, len(rates), past))

    def kinds(self, rng, rates: np.ndarray, past: int, together: bool) -> list[np.ndarray]:
        """Counts of several kinds of thing by month; `rates` is coders x kinds. `together`: a busy month is busy in all of
        them, a pause stops them all, and a new pace is everything's."""
        if not together:
            return [self.months(rng, rates[:, kind], past) for kind in range(rates.shape[1])]
        level = self._level(rng, len(rates), past)
        return [rng.poisson(rates[:, kind, None] * level) for kind in range(rates.shape[1])]

    def _level(self, rng, size: int, past: int) -> np.ndarray:
        """By month, the pace over what is usual."""
        length = past + HORIZON
        log = np.zeros((size, length))
        if self.step_sd:
            at = rng.integers(1, past + 12, size)
            step = self.step_sd * rng.standard_normal(size)
            log += np.where(np.arange(length)[None] >= at[:, None], step[:, None], 0.0)
        log += np.cumsum(self.slide * rng.standard_normal((size, length)), axis=1)
        rate = np.exp(log)
        for chance, long in ((self.pause, 2), (self.leave, 4)):
            begins = rng.random((size, length)) < chance
            for shift in range(long):
                away = np.zeros_like(begins)
                away[:, shift:] = begins[:, : length - shift]
                rate = np.where(away, 0.0, rate)
        shape = 1 / self.variation**2
        return rate * rng.gamma(shape, 1 / shape, (size, length))


LIVES = [
    Life("steady"),
    Life("lively", variation=0.6),
    Life("changed pace", step_sd=0.35),
    Life("drifting pace", slide=0.06),
    Life("pauses", pause=0.05),
    Life("leave", leave=0.02),
]
