"""What is read from months gone by, and when it is too little."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.forecast import counts, grid
from tracker.forecast.pace import Reason, pace_of


def months(*counts_):
    """A history of 24 months that ends with these."""
    return np.array([[0.0] * (24 - len(counts_)) + list(counts_)])


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        (months(), Reason.NOTHING),
        (months(5), Reason.TOO_SHORT),
        (months(5, 5, 5), Reason.TOO_SHORT),
        (months(5, 5, 5, 5), Reason.CAN_SAY),
        (months(1, 0, 0, 0, 1, 0, 1), Reason.TOO_FEW),
        (months(1, 0, 0, 1, 0, 0, 1, 0, 0, 1), Reason.CAN_SAY),
        (months(4, 5, 3, 4, 5, 4, 0, 0, 0), Reason.PAUSED),
        (months(3, 0, 0, 4, 0, 0, 3, 0, 0), Reason.CAN_SAY),  # quarterly: a silence of two months is none
        (months(100, 104, 96, 100, 102, 98, 100, 1, 1), Reason.CHANGED),
    ],
)
def test_a_date_takes_a_minimum_of_data(history, reason):
    assert Reason(pace_of(history).reason[0]) == reason


def test_the_first_month_with_records_is_where_looking_began_and_is_no_evidence_of_pace():
    assert pace_of(months(9, 1, 1, 1, 1)).mean[0] == pytest.approx(1, abs=0.1)


def test_only_the_months_after_a_step_count():
    pace = pace_of(months(10, 10, 11, 10, 9, 10, 10, 50, 51, 50, 49))
    assert pace.mean[0] == pytest.approx(50, rel=0.01) and pace.months[0] == 4


def test_a_pace_that_only_wavers_is_no_step():
    assert pace_of(months(5, 4, 6, 5, 7, 5, 4, 6, 5, 5, 6)).months[0] == 10


histories = st.lists(st.integers(0, 40), min_size=6, max_size=20)


@given(histories, st.integers(1, 200), st.sampled_from([None, 6, 12, 24]), st.integers(2, 5))
def test_more_pace_is_never_later(history, target, window, factor):
    slow = months(*history)
    now = slow.sum(axis=1) if window is None else slow[:, -window:].sum(axis=1)
    fast = slow * factor

    def dates(these, value):
        pace = pace_of(these)
        return pace, grid.quantiles(counts.closing(these, value, now[0] + target, window, pace))[:, 0]

    (slow_pace, late), (fast_pace, early) = dates(slow, now), dates(fast, now)
    if slow_pace.reason[0] == fast_pace.reason[0] == Reason.CAN_SAY and slow_pace.months == fast_pace.months:
        # Few events leave a pace more open than many do, which draws the first tenth of a chance nearer: by three days at most.
        for sooner, later, room in zip(early, late, (0.1, 1e-6, 1e-6), strict=True):
            assert np.isnan(later) or sooner <= later + room


@given(histories, st.integers(0, 300), st.sampled_from([None, 3, 12, 24]))
def test_a_count_that_is_there_has_no_date_to_come_and_every_cdf_rises(history, target, window):
    these = months(*history)
    value = these.sum(axis=1) if window is None else these[:, -window:].sum(axis=1)
    cdf = counts.closing(these, value, target, window, pace_of(these))[0]
    assert (np.diff(cdf) >= 0).all() and 0 <= cdf[0] <= cdf[-1] <= 1
    if value[0] >= target:
        assert (cdf == 1).all()


def test_of_a_rolling_window_the_old_months_leave():
    these = months(30, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2)
    left = counts.kept(these, these.sum(axis=1), 12)[0]
    assert left[[0, 5, 6, 11, 12]].tolist() == [12, 12, 10, 0, 0]


@pytest.mark.parametrize(("rate", "least", "most"), [(1.5, 0.02, 0.06), (60.0, 0.0, 0.005)])
def test_few_events_are_taken_for_half_an_event_more(rate, least, most):
    """With many it makes no difference."""
    months = 12
    history = np.zeros((400, 24))
    history[:, -months - 1 :] = np.random.default_rng(3).poisson(rate, (400, months + 1)) + 1e-9
    pace, plain = pace_of(history), history[:, -months:].mean(axis=1)
    whole = pace.months == months  # no step was seen
    assert pace.mean[whole] == pytest.approx((plain + 0.5 * pace.noise / plain / months)[whole])
    assert least < np.median((pace.mean / plain - 1)[whole]) < most
