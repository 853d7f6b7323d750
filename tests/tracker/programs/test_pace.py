"""How far is far enough: pure, on a day that is given."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.models import Status
from tracker.pace import Activity, Evidence, Standing, late, pace, risks, state_of

START, END = dt.date(2026, 1, 1), dt.date(2026, 4, 11)  # 100 days
DONE = state_of(Evidence(is_activity=True, by_signoff=False, done=True))
OPEN = state_of(Evidence(is_activity=True, by_signoff=False))
TO_SIGN = state_of(Evidence(is_activity=True, by_signoff=True, done=True))
WAIVED = state_of(Evidence(is_activity=True, by_signoff=False, waived="waived"))
evidence = st.builds(
    Evidence, is_activity=st.booleans(), by_signoff=st.booleans(), done=st.booleans(),
    signed=st.booleans(), waived=st.sampled_from(["", "waived"]), shared=st.booleans(),
    gap=st.none() | st.sampled_from([s.value for s in Status if s != Status.WAIVED]),
)  # fmt: skip


def _on(day):
    return START + dt.timedelta(days=day)


@given(evidence)
def test_done_is_never_less_than_was_asked(known):
    state = state_of(known)
    if known.by_signoff:
        assert state.done is known.signed
    if state.waived:
        assert state.status in (Status.WAIVED, Status.NOT_APPLICABLE) and not state.done
    if state.hidden:
        assert not known.shared and not state.done and not state.waived
    if state.status == Status.WAIVED:
        assert known.waived


@given(st.lists(st.tuples(st.booleans(), evidence.map(state_of)), max_size=12), st.integers(-30, 200))
def test_percentages_are_percentages_and_100_is_all(states, day):
    mine = pace(states, START, END, _on(day))
    assert 0 <= mine.elapsed <= 100
    assert mine.done is None or 0 <= mine.done <= 100
    assert (mine.done == 100) is mine.complete


@pytest.mark.parametrize(
    ("states", "text"),
    [
        ([(True, DONE), (True, OPEN), (True, OPEN)], "33% done, 40% elapsed"),
        ([(True, DONE), (True, WAIVED), (False, OPEN)], "100% done, 40% elapsed"),
        ([(False, DONE)], "nothing is required; 40% of the time elapsed"),
    ],
)
def test_pace_in_words(states, text):
    assert pace(states, START, END, _on(40)).text == text


def _risks(states, day, **more):
    args = (START, END, _on(day))
    own = pace(states, *args, students_part=True)
    return risks(Standing(pace(states, *args), own, **more), START, _on(day))


def test_who_has_done_their_part_is_at_no_risk():
    assert _risks([(True, DONE), (True, TO_SIGN)], 90) == []
    assert _risks([(True, OPEN)], -5) == []


def test_reasons_are_told_one_by_one():
    seen = Activity(_on(10), falling="practicum accuracy fell from 94% to 86%")
    assert _risks([(True, OPEN)], 50, overdue=2, seen=seen) == [
        "2 overdue", "practicum accuracy fell from 94% to 86%", "nothing logged for 40 days",
        "behind pace: 0% done, 50% elapsed",
    ]  # fmt: skip


def test_of_what_is_not_shared_nobody_says_that_nothing_was_logged():
    assert _risks([(True, DONE), (True, OPEN)], 50, hidden=1) == ["1 not shared"]


@pytest.mark.parametrize(
    ("share", "day", "is_late"),
    [
        (0.5, 40, False),
        (0.3, 40, True),
        (None, 40, False),
        (0.0, 40, False),
        (0.1, 5, False),
        (1.2, 40, False),
    ],
)
def test_a_straight_line_past_the_due_date(share, day, is_late):
    assert bool(late("Cases", share, END, START, _on(day))) is is_late
