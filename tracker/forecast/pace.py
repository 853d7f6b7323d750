"""A coder's pace: what a month brings, how much months differ, and whether there is enough to say.

A history is counts by month, the oldest month first, the last one ending today. Only months after the first one in which
anything was logged count: that month is where looking began, and would make the pace look faster than it is.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

# Fewer months, or fewer events in them, leave the pace open by a factor of three and more: no date is worth naming.
LEAST_MONTHS = 3
LEAST_EVENTS = 3.0
# Older months say little about today's pace, and a year holds each season once.
MOST_MONTHS = 12
# Months differ more than chance alone makes them (holidays, a shorter week): a coefficient of variation of 0.3 until a
# coder's own months say otherwise, with the weight of PRIOR_MONTHS months.
PRIOR_VARIATION = 0.3
PRIOR_MONTHS = 4.0
# Few events are more often too few than too many for their pace: half an event more (Jeffreys' prior, of events as uneven
# as these months) makes the middle of what the pace may be the middle of what it was.
PRIOR_EVENTS = 0.5
# A step in the pace is believed beyond three standard errors (several places for it are tried), in which case only the
# months after it count.
STEP = 3.0
# A silence that was to be expected by chance less often than this (by the share of silent months before it) is a pause.
PAUSE = 0.03
# Nobody keeps one pace: its own standard deviation grows by this share of it with the square root of months to come.
DRIFT = 0.10


class Reason(IntEnum):
    """Why no date can be named; `CAN_SAY` is none."""

    CAN_SAY = 0
    NOTHING = 1  # nothing of the kind was ever logged
    TOO_SHORT = 2  # too few months
    TOO_FEW = 3  # too few events
    PAUSED = 4  # nothing since, though before there was
    CHANGED = 5  # the pace changed too recently
    NO_PLAN = 6  # no exam is planned
    OVERDUE = 7  # the planned day has passed without a result
    NOT_PACED = 8  # done once, not at a pace: nothing logged says when
    NOT_RUNNING = 9  # time alone closes it, but the position or specialty is not held now


@dataclass(frozen=True)
class Pace:
    """What a month brings: `mean`, `noise` (variance of a month), `doubt` (variance of the mean), from `months` months."""

    mean: np.ndarray
    noise: np.ndarray
    doubt: np.ndarray
    months: np.ndarray
    reason: np.ndarray


def pace_of(history: np.ndarray) -> Pace:
    """The pace of counts by month. One row a coder, the oldest month first."""
    history = np.asarray(history, float)
    size, length = history.shape
    any_at_all = (history > 0).any(axis=1)
    began = np.where(any_at_all, (history > 0).argmax(axis=1), length - 1)
    months = np.minimum(length - 1 - began, MOST_MONTHS)
    recent = history[:, -MOST_MONTHS:]
    months, stepped = _after_a_step(recent, months)
    mean, noise = _moments(recent, months)
    events = mean * months
    reason = np.full(size, int(Reason.CAN_SAY))
    reason[events < LEAST_EVENTS] = Reason.TOO_FEW
    reason[months < LEAST_MONTHS] = np.where(stepped, Reason.CHANGED, Reason.TOO_SHORT)[months < LEAST_MONTHS]
    reason[_paused(history)] = Reason.PAUSED
    reason[~any_at_all] = Reason.NOTHING
    some = np.maximum(months, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        half = np.where(events > 0, PRIOR_EVENTS * noise / mean / some, 0.0)
    return Pace(mean + half, noise, noise / some, months, reason)


def _moments(recent: np.ndarray, months: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of the last `months` months, and variance of one: from differences of neighbours, which a slow drift moves
    little, mixed with what months usually do."""
    used = _last(recent.shape[1], months)
    with np.errstate(invalid="ignore"):
        mean = np.where(used, recent, 0).sum(axis=1) / np.maximum(months, 1)
    pairs = used[:, 1:] & used[:, :-1]
    squares = np.where(pairs, np.diff(recent, axis=1) ** 2, 0).sum(axis=1) / 2
    usual = mean + (PRIOR_VARIATION * mean) ** 2
    return mean, (squares + PRIOR_MONTHS * usual) / (pairs.sum(axis=1) + PRIOR_MONTHS)


def _last(length: int, months: np.ndarray) -> np.ndarray:
    return np.arange(length)[None, :] >= length - months[:, None]


def _after_a_step(recent: np.ndarray, months: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Months that count once those before a step of the pace are left out, and whether there was one."""
    length = recent.shape[1]
    _, noise = _moments(recent, months)
    sums = np.cumsum(recent[:, ::-1], axis=1)  # [k - 1]: of the last k months
    total = np.where(months > 0, np.take_along_axis(sums, np.maximum(months - 1, 0)[:, None], 1)[:, 0], 0)
    strongest, kept = np.full(len(recent), STEP), months.copy()
    for k in range(2, length - 2):
        before = months - k
        possible = before >= LEAST_MONTHS
        after_mean = sums[:, k - 1] / k
        before_mean = (total - sums[:, k - 1]) / np.maximum(before, 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            size = np.abs(after_mean - before_mean) / np.sqrt(noise * (1 / k + 1 / np.maximum(before, 1)))
        found = possible & (size > strongest)
        strongest, kept = np.where(found, size, strongest), np.where(found, k, kept)
    return kept, kept < months


def _paused(history: np.ndarray) -> np.ndarray:
    """Whether the silence since the last event is longer than the months before it explain."""
    some = history > 0
    length = history.shape[1]
    silence = np.where(some.any(axis=1), some[:, ::-1].argmax(axis=1), 0)
    began = some.argmax(axis=1)
    before = np.maximum(length - 1 - began - silence, 0)
    active = np.maximum(some.sum(axis=1) - 1, 0)
    silent = (before - active + 0.5) / (before + 1.0)
    return (silence > 0) & (before >= LEAST_MONTHS) & (silent**silence < PAUSE)
