"""Do the ranges hold? For coders whose pace is the model's, and for those whose pace breaks it.

`pytest -n0 -s tests/tracker/forecast/test_coverage.py` prints the figures.
"""

import numpy as np
import pytest

from tests.tracker.forecast.simulated import LIVES
from tracker.forecast import counts, dated, grid, rates
from tracker.forecast.pace import Reason, pace_of

CODERS = 3000


def history_of(months, past):
    history = np.zeros((len(months), 24))
    history[:, 24 - past :] = months[:, :past]
    return history


@pytest.mark.parametrize("past", [5, 9, 18])
@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.name)
def test_eighty_percent_ranges_hold_for_70_to_90_percent(life, past):
    """Something counted, one to eight a month, of which another 4 to 20 months' worth is missing."""
    rng = np.random.default_rng(100 + past)
    usual = np.exp(rng.uniform(0, np.log(8), CODERS))
    months = life.months(rng, usual, past)
    history = history_of(months, past)
    done = history.sum(axis=1)
    target = np.ceil(done + usual * rng.uniform(4, 20, CODERS))
    pace = pace_of(history)
    highest = target.max()  # one target for all: who needs less has that much more
    cdf = counts.closing(history, done + highest - target, highest, None, pace)
    low, middle, high = grid.quantiles(cdf)
    says = pace.reason == Reason.CAN_SAY
    sums = done[:, None] + np.cumsum(months[:, past:], axis=1)
    reached = sums >= target[:, None]
    day = np.where(reached.any(axis=1), reached.argmax(axis=1) + rng.random(CODERS), np.inf)
    high = np.where(np.isnan(high), np.inf, high)
    held = ((day >= low) & (day <= high))[says].mean()
    print(  # noqa: T201  (the figures are the point)
        f"\n{life.name}, {past} months: says for {says.mean():.0%}, held {held:.1%} "
        f"(too early {(day < low)[says].mean():.1%}, too late {(day > high)[says].mean():.1%}), "
        f"median {np.nanmedian(middle[says]):.1f} months, width {np.median((high - low)[says]):.1f}"
    )
    assert says.mean() >= 0.8  # it does not earn its coverage by keeping silent
    assert 0.70 <= held <= 0.90


@pytest.mark.parametrize("between", [0.0, 0.02], ids=["steady", "audits differ"])
def test_accuracy_is_reached_as_often_as_was_said(between):
    """True rates from 91% to 98%, nine months of audits so far. A latest month is rarely named; an earliest one is, and
    the chance of being there within a year is what came true, to ten points."""
    rng = np.random.default_rng(5)
    past, length = 9, 9 + grid.HORIZON
    p = rng.uniform(0.91, 0.98, (CODERS, 1)) * np.ones((1, length))
    if between:
        size = p * (1 - p) / between**2 - 1
        p = rng.beta(p * size, (1 - p) * size)
    n = rng.poisson(40, (CODERS, length))
    k = rng.binomial(n, p)
    k_past, n_past = history_of(k, past), history_of(n, past)
    now = (k_past[:, -12:].sum(axis=1), n_past[:, -12:].sum(axis=1))
    cdf, reason = rates.accuracy(k_past, n_past, now, 0.95, 12)
    gains = np.cumsum(np.pad(k - 0.95 * n, ((0, 0), (12, 0))), axis=1)
    window = gains[:, 12:] - gains[:, :-12]
    reached = window[:, past:] >= -1e-9
    day = np.where(reached.any(axis=1), reached.argmax(axis=1) + rng.random(CODERS), np.inf)
    open_ = (now[0] < 0.95 * now[1]) & (reason == Reason.CAN_SAY)
    low = grid.quantile(cdf, 0.1)
    too_early = (day < low)[open_].mean()
    said, came = cdf[open_, 11].mean(), (day[open_] <= 12).mean()
    print(  # noqa: T201  (the figures are the point)
        f"\nwithin a year: said {said:.1%}, came {came:.1%}; before the earliest month {too_early:.1%}"
    )
    assert too_early <= 0.2
    assert said == pytest.approx(came, abs=0.12)


MUSTS = 4  # beside the exam


@pytest.mark.parametrize("together", [False, True], ids=["apart", "together"])
@pytest.mark.parametrize("past", [5, 18])
@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.name)
def test_the_ranges_of_a_promotion_hold_for_70_to_90_percent(life, past, together):
    """Four counts and an exam. Milestones ask the same of everybody: 8 to 60 more of each, whatever the coder's pace, which
    is one to eight a month. `together` breaks what the product supposes: all counts pause, drift and step as one.

    Were what is asked in proportion to each one's own pace, the gap that looks slowest would mostly be the unluckiest, and
    the promotion too late: a forecast cannot know that.
    """
    rng = np.random.default_rng(300 + past)
    usual = np.exp(rng.uniform(0, np.log(8), (CODERS // 2, MUSTS)))
    size, says, cdfs, days = len(usual), np.ones(len(usual), bool), [], []
    for months in life.kinds(rng, usual, past, together):
        history = history_of(months, past)
        done = history.sum(axis=1)
        target = done + np.ceil(np.exp(rng.uniform(np.log(8), np.log(60), size)))
        pace, highest = pace_of(history), target.max()
        cdfs.append(counts.closing(history, done + highest - target, highest, None, pace))
        says &= pace.reason == Reason.CAN_SAY
        reached = done[:, None] + np.cumsum(months[:, past:], axis=1) >= target[:, None]
        days.append(np.where(reached.any(axis=1), reached.argmax(axis=1) + rng.random(size), np.inf))
    exam, rate, retake = rng.uniform(2, 14, size), np.full(size, 0.7), np.full(size, 1.5)
    cdfs.append(dated.exams(exam, rate, retake))
    days.append(exam + (rng.geometric(rate) - 1) * retake)
    low, middle, high = (np.where(np.isnan(x), np.inf, x) for x in grid.quantiles(grid.all_of(cdfs)))
    day = np.max(days, axis=0)
    held = ((day >= low) & (day <= high))[says].mean()
    print(  # noqa: T201  (the figures are the point)
        f"\n{life.name}, {past} months: says for {says.mean():.0%}, held {held:.1%} "
        f"(too early {(day < low)[says].mean():.1%}, too late {(day > high)[says].mean():.1%}), "
        f"median {np.median(middle[says]):.1f} months"
    )
    assert says.mean() >= 0.5  # of four paces; it does not earn its coverage by keeping silent
    assert 0.70 <= held <= 0.90
