"""CDFs on the monthly grid: their quantiles, what several of them amount to together, and which of them decides."""

from collections.abc import Sequence

import numpy as np

HORIZON = 60  # Months looked ahead. Beyond five years a date says nothing that anybody could act on.
MONTHS = np.arange(1.0, HORIZON + 1)
RANGE = (0.1, 0.5, 0.9)  # The 80% range and its middle.


def never(size: int) -> np.ndarray:
    return np.zeros((size, HORIZON))


def at_once(size: int) -> np.ndarray:
    return np.ones((size, HORIZON))


def closed_at(months: np.ndarray) -> np.ndarray:
    """The CDF of what is known to happen after so many months (NaN: never). Within its month it rises in a straight line,
    so that the quantiles come out at the day."""
    months = np.asarray(months, float)
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(np.clip(MONTHS - months[:, None] + 0.5, 0.0, 1.0))


def quantile(cdf: np.ndarray, share: float) -> np.ndarray:
    """Months until the CDF reaches `share`, in a straight line within a month; NaN where it does not within HORIZON."""
    reached = cdf >= share - 1e-12
    at = reached.argmax(axis=1)
    rows = np.arange(len(cdf))
    before = np.where(at > 0, cdf[rows, np.maximum(at - 1, 0)], 0.0)
    step = cdf[rows, at] - before
    within = np.where(step > 1e-12, (share - before) / np.maximum(step, 1e-12), 0.0)
    return np.where(reached.any(axis=1), at + np.clip(within, 0.0, 1.0), np.nan)


def quantiles(cdf: np.ndarray) -> np.ndarray:
    """p10, p50 and p90 in months, one row each."""
    return np.stack([quantile(cdf, share) for share in RANGE])


def all_of(cdfs: Sequence[np.ndarray], drivers: Sequence[object] | None = None) -> np.ndarray:
    """The CDF of the last of several to close.

    They are independent, but for those with an equal driver: these move together (one exam closes two gaps, the same
    audits feed both), so the later of them is what counts.
    """
    return np.multiply.reduce(list(_clusters(cdfs, drivers).values()))


def any_of(cdfs: Sequence[np.ndarray]) -> np.ndarray:
    """The CDF of the first of several independent ones to close."""
    return 1 - np.multiply.reduce([1 - cdf for cdf in cdfs])


def some_of(n: int, cdfs: Sequence[np.ndarray]) -> np.ndarray:
    """The CDF of the n-th of several independent ones to close."""
    if n == len(cdfs):
        return np.multiply.reduce(list(cdfs))
    if n == 1:
        return any_of(cdfs)
    # chance[k]: that exactly k of those seen so far are closed; n and more are one.
    chance = [np.ones_like(cdfs[0]), *(np.zeros_like(cdfs[0]) for _ in range(n))]
    for cdf in cdfs:
        for k in range(n, 0, -1):
            stays = chance[k] if k == n else chance[k] * (1 - cdf)
            chance[k] = stays + chance[k - 1] * cdf
        chance[0] = chance[0] * (1 - cdf)
    return chance[n]


def deciding(cdfs: Sequence[np.ndarray], drivers: Sequence[object] | None = None) -> np.ndarray:
    """For each coder the index of the gap that is most likely the last to close.

    Of gaps that move together the later one stands for all; what stays open beyond HORIZON is later than all else.
    """
    clusters = _clusters(cdfs, drivers)
    shares, keys = [], list(clusters)
    before = [np.ones_like(cdfs[0])]  # products of all clusters before each, and of all after it
    for key in keys:
        before.append(before[-1] * clusters[key])
    after = np.ones_like(cdfs[0])
    for place in reversed(range(len(keys))):
        cdf = clusters[keys[place]]
        density = np.diff(cdf, axis=1, prepend=0.0)
        shares.append((density * before[place] * after).sum(axis=1) + (1 - cdf[:, -1]))
        after = after * cdf
    shares.reverse()
    first = np.argmax(shares, axis=0)
    totals = np.stack([cdf.sum(axis=1) for cdf in cdfs])  # the smaller, the later
    names = _names(cdfs, drivers)
    best = np.zeros(len(cdfs[0]), int)
    for place, key in enumerate(keys):
        members = [i for i, name in enumerate(names) if name == key]
        slowest = np.array(members)[totals[members].argmin(axis=0)]
        best = np.where(first == place, slowest, best)
    return best


def _names(cdfs, drivers) -> list:
    """Each gap's cluster: its driver, or itself."""
    given = drivers or [None] * len(cdfs)
    return [("alone", i) if driver is None else ("driver", driver) for i, driver in enumerate(given)]


def _clusters(cdfs, drivers) -> dict:
    clusters: dict = {}
    for name, cdf in zip(_names(cdfs, drivers), cdfs, strict=True):
        clusters[name] = np.minimum(clusters[name], cdf) if name in clusters else cdf
    return clusters
