"""Whether an accuracy really fell, or only wobbled. Pure: monthly counts in, a verdict out.

The last three months are compared with up to twelve before them. Were all months alike, any three of them could just as well
have been the last: so the share of all choices of three months that look at least as bad is an exact chance, whatever the size
of the audits and however errors cluster in them. Below 1% it is called a fall, and looked at once a month that is at most one false
alarm per 100 coders and month.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb

import numpy as np

RECENT, BEFORE = 3, 12
CHANCE = 0.01
# A real fall too small to act upon is left alone.
LEAST_POINTS = 1.0


@dataclass(frozen=True)
class Fall:
    """Accuracies in percent, pooled; `chance` is how often chance alone does this."""

    before: float
    now: float
    chance: float
    months_before: int


@lru_cache(maxsize=BEFORE + 1)
def _choices(n: int) -> np.ndarray:
    return np.array(list(combinations(range(n), RECENT)))


def fall(months: Sequence[tuple[int, int]]) -> Fall | None:
    """The fall in a series of (correct, reviewed) by month, the oldest first, whole months only; None where there is none.

    With fewer than ten months no choice of three could be rare enough, so nothing is said.
    """
    months = [(correct, reviewed) for correct, reviewed in months if reviewed > 0][-(RECENT + BEFORE) :]
    n = len(months)
    if n <= RECENT or comb(n, RECENT) * CHANCE < 1:
        return None
    correct, reviewed = (np.array(column, float) for column in zip(*months, strict=True))
    chosen = _choices(n)
    right, looked = correct[chosen].sum(axis=1), reviewed[chosen].sum(axis=1)
    now = right / looked
    before = (correct.sum() - right) / (reviewed.sum() - looked)
    drops = before - now
    last = drops[-1]  # combinations come in order: the last choice is the last three months
    chance = float(np.mean(drops >= last - 1e-12))
    if chance > CHANCE or 100 * last < LEAST_POINTS:
        return None
    return Fall(100 * before[-1], 100 * now[-1], chance, n - RECENT)
