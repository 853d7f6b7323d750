"""Proportions with honest intervals. Pure: numbers and numpy arrays in, the same out.

Wilson's score interval (E. B. Wilson, JASA 22, 1927) keeps its coverage near 0 and 1 and at small samples, where audits
live. Codes of one chart are not independent, so the intervals are somewhat optimistic; pages say so.
"""

from fractions import Fraction

import numpy as np

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


def reaches(correct, reviewed, target: Fraction):
    """Whether `correct` of `reviewed` is at least `target`, compared as whole numbers: 94.96% never reaches 95%."""
    k, n = np.asarray(correct, np.int64), np.asarray(reviewed, np.int64)
    return (n > 0) & (k * target.denominator >= target.numerator * n)


def units_to_prove(correct: int, reviewed: int, target: Fraction) -> int | None:
    """Least number of further units at the present rate after which the target is proven.

    Of which as many are correct as at present, rounded down. None where the present rate does not lie above the
    target, or where it would take more than MOST_UNITS.
    """
    if reviewed <= 0 or Fraction(correct, reviewed) <= target:
        return None
    if proves(correct, reviewed, target):
        return 0
    # Where correct units need not be whole, the bound reaches the target t at n = z^2 t (1 - t) / (p - t)^2. Rounding
    # them down can only ask for more, and by chance more or less of it from one n to the next: so look from there on.
    rate, share = correct / reviewed, float(target)
    least = Z_ONE_SIDED_95**2 * share * (1 - share) / (rate - share) ** 2 - reviewed
    for first in range(max(1, int(least)), MOST_UNITS + 1, _AT_ONCE):
        more = np.arange(first, first + _AT_ONCE)
        enough = proves(correct + correct * more // reviewed, reviewed + more, target)
        if enough.any():
            return first + int(enough.argmax())
    return None


def flawless_to_reach(correct: int, reviewed: int, target: Fraction) -> int | None:
    """How many further units without any error lift the pooled rate to the target; None where the target is 100%."""
    if target >= 1:
        return None if correct < reviewed else 0
    short = target * reviewed - correct
    return max(0, -(-short // (1 - target))) if short > 0 else 0
