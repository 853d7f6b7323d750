"""How much less the codes of an audit say because they come chart by chart. Pure: numbers and numpy arrays.

Codes of one chart are right or wrong together more often than codes drawn one by one, so that an interval which takes
them as independent is too narrow. The design effect (L. Kish, Survey Sampling, 1965, section 5.4) says how much: the
variance of the accuracy as charts were drawn, over the variance as if each code had been drawn alone. Counts divided
by it may be used as if they were independent (J. N. K. Rao and A. J. Scott, Biometrics 48, 1992).

An audit of m charts with r reviewed and c correct codes each (n and k in all, p = k/n) gives

    as drawn      m / (m - 1) * sum of (c - p r)^2    the ratio estimator's variance, times n^2 (W. G. Cochran,
                                                      Sampling Techniques, 3rd ed. 1977, section 6.3)
    if drawn alone  n^2 / (n - 1) * p (1 - p)         the binomial one, unbiased like the first, times n^2

and several audits give the sum of the first over the sum of the second: each audit is a draw of its own, so what the
coder learned from one to the next is not mistaken for what charts have in common.
"""

from collections.abc import Iterable

import numpy as np

# Below so many charts the estimate says more about chance than about charts.
LEAST_CHARTS = 20


def chart_variances(charts: Iterable[tuple[int, int]]) -> tuple[float, float]:
    """An audit's two variances, times n^2: as drawn, and if each code was drawn alone. `charts` are (correct, reviewed)."""
    pairs = np.array([pair for pair in charts if pair[1] > 0], float).reshape(-1, 2)
    correct, reviewed = pairs[:, 0], pairs[:, 1]
    m, n, k = len(pairs), reviewed.sum(), correct.sum()
    if m < 2:
        return 0.0, 0.0
    residuals = correct - k / n * reviewed
    return float(m / (m - 1) * residuals @ residuals), float(k * (n - k) / (n - 1))


def design_effect(charts, as_drawn, drawn_alone) -> np.ndarray:
    """The design effect of summed variances, at least 1; NaN where fewer than LEAST_CHARTS charts are known.

    Below 1 it would say that codes of one chart differ on purpose; that is chance, and is not used to claim more.
    Without any error there is nothing to tell by, and the effect is 1.
    """
    charts, as_drawn, drawn_alone = (np.asarray(a, float) for a in (charts, as_drawn, drawn_alone))
    with np.errstate(invalid="ignore", divide="ignore"):
        effect = np.where(drawn_alone > 0, as_drawn / drawn_alone, 1.0)
    return np.where(charts >= LEAST_CHARTS, np.maximum(effect, 1.0), np.nan)
