"""Proportions with honest intervals. Pure: numbers and numpy arrays in, the same out.

Wilson's score interval (E. B. Wilson, JASA 22, 1927) keeps its coverage near 0 and 1 and at small samples, where audits
live. Codes of one chart are not independent: counts may be divided by their design effect first (`design_effect.py`),
and so need not be whole here, except where a rate is compared with a target exactly. Where charts are not known, the
intervals are somewhat optimistic; pages say so.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.special import betaincc

Z_TWO_SIDED_95 = 1.959963984540054
Z_ONE_SIDED_95 = 1.6448536269514722
# Above this many further units, "n more would prove it" is no advice any more.
MOST_UNITS = 1_000_000
_AT_ONCE = 4096


def wilson(correct, reviewed, z: float = Z_TWO_SIDED_95):
    """Lower and upper bound (0 to 1) for `correct` of `reviewed`; NaN where nothing was reviewed."""
    k, n = np.asarray(correct, float), np.asarray(reviewed, float)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = k / n
        shrink = 1 + z * z / n
        centre = (p + z * z / (2 * n)) / shrink
        half = z / shrink * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        # At the ends the formula is exact but for rounding: 0 of n starts at 0, n of n ends at 1.
        lower = np.where(k == 0, 0.0, centre - half)
        upper = np.where(k == n, 1.0, centre + half)
    return np.where(n > 0, lower, np.nan), np.where(n > 0, upper, np.nan)


def proves(correct, reviewed, target: Fraction):
    """Whether the one-sided 95% lower bound of `correct` of `reviewed` reaches `target` (0 to 1)."""
    with np.errstate(invalid="ignore"):
        return wilson(correct, reviewed, Z_ONE_SIDED_95)[0] >= float(target)


def disproves(correct, reviewed, target: Fraction):
    """Whether the one-sided 95% upper bound of `correct` of `reviewed` lies below `target` (0 to 1)."""
    with np.errstate(invalid="ignore"):
        return wilson(correct, reviewed, Z_ONE_SIDED_95)[1] < float(target)


def chance_at_least(correct, reviewed, target: Fraction):
    """The chance (0 to 1) that the true rate is at or above `target`, after `correct` of `reviewed`; NaN after nothing.

    By the beta distribution that the counts leave of Jeffreys' prior, which knows nothing beforehand (L. D. Brown,
    T. T. Cai and A. DasGupta, Statistical Science 16, 2001, section 3.2): 1 - I_t(k + 1/2, n - k + 1/2).
    """
    k, n = np.asarray(correct, float), np.asarray(reviewed, float)
    with np.errstate(invalid="ignore"):
        return np.where(n > 0, betaincc(k + 0.5, n - k + 0.5, float(target)), np.nan)


def reaches(correct, reviewed, target: Fraction):
    """Whether `correct` of `reviewed` is at least `target`, compared as whole numbers: 94.96% never reaches 95%."""
    k, n = np.asarray(correct, np.int64), np.asarray(reviewed, np.int64)
    return (n > 0) & (k * target.denominator >= target.numerator * n)


def units_to_prove(correct: int, reviewed: int, target: Fraction, effect: float = 1.0) -> int | None:
    """Least number of further units at the present rate after which the target is proven.

    Of which as many are correct as at present, rounded down; counts are divided by the design `effect`. None where the
    present rate does not lie above the target, or where it would take more than MOST_UNITS.
    """
    if reviewed <= 0 or Fraction(correct, reviewed) <= target:
        return None

    def proven(more):
        return proves((correct + correct * more // reviewed) / effect, (reviewed + more) / effect, target)

    return _least(proven, correct, reviewed, target, effect)


def units_to_disprove(correct: int, reviewed: int, target: Fraction, effect: float = 1.0) -> int | None:
    """The same below the target: after so many more, with correct ones rounded up, it is settled that it is missed."""
    if reviewed <= 0 or Fraction(correct, reviewed) >= target:
        return None

    def disproven(more):
        return disproves((correct - -correct * more // reviewed) / effect, (reviewed + more) / effect, target)

    return _least(disproven, correct, reviewed, target, effect)


def units_to_settle(correct: int, reviewed: int, target: Fraction, effect: float = 1.0) -> int | None:
    """How many further units at the present rate would settle it, either way; None at the target itself, or near it."""
    more = units_to_prove(correct, reviewed, target, effect)
    return units_to_disprove(correct, reviewed, target, effect) if more is None else more


def _least(
    settled: Callable[..., Any], correct: int, reviewed: int, target: Fraction, effect: float
) -> int | None:
    """The least number of further units for which it is `settled`, at most MOST_UNITS."""
    if settled(0):
        return 0
    # Where correct units need not be whole, the bound reaches the target t at n = z^2 t (1 - t) / (p - t)^2. Rounding
    # them can only ask for more, and by chance more or less of it from one n to the next: so look from there on.
    rate, share = correct / reviewed, float(target)
    least = effect * Z_ONE_SIDED_95**2 * share * (1 - share) / (rate - share) ** 2 - reviewed
    for first in range(max(1, int(least)), MOST_UNITS + 1, _AT_ONCE):
        enough = settled(np.arange(first, first + _AT_ONCE))
        if enough.any():
            return first + int(enough.argmax())
    return None


def flawless_to_reach(correct: int, reviewed: int, target: Fraction) -> int | None:
    """How many further units without any error lift the pooled rate to the target; None where the target is 100%."""
    if target >= 1:
        return None if correct < reviewed else 0
    short = target * reviewed - correct
    return max(0, -(-short // (1 - target))) if short > 0 else 0
