"""States of a credential on a day, and what the dates of credentials make of the cycles that are known."""

import datetime as dt

import pytest

from curriculum.renewals import Rule
from tracker.renewals.cycles import Held, Known, change_for, members
from tracker.renewals.states import Facts, State, state_on

DAY = dt.date(2026, 3, 31)
RULE = Rule("aapc", "aapc", 24, True, {"kind": "by_count", "base": 36, "step": 4, "most": 5})


def days(n):
    return DAY + dt.timedelta(days=n)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"earned_on": None, "expires_on": None}, State.PLANNED),
        ({"earned_on": days(1)}, State.PLANNED),
        ({"expires_on": None}, State.ACTIVE),
        ({"expires_on": days(91)}, State.ACTIVE),
        ({"expires_on": days(90)}, State.EXPIRING),
        ({"expires_on": DAY}, State.EXPIRING),
        ({"expires_on": days(-1)}, State.LAPSED),
        ({"expires_on": days(-1), "grace_days": 180}, State.IN_GRACE),
        ({"expires_on": days(-180), "grace_days": 180}, State.IN_GRACE),
        ({"expires_on": days(-181), "grace_days": 180}, State.LAPSED),
        ({"expires_on": days(400), "reinstated": True}, State.REINSTATED),
        ({"expires_on": days(-1), "is_legacy": True}, State.LEGACY),
        ({"expires_on": days(400), "is_legacy": True}, State.ACTIVE),
        ({"expires_on": days(-1), "is_replaced": True}, State.REPLACED),
    ],
)
def test_the_state_comes_out_of_the_dates(facts, state):
    assert state_on(Facts(**{"earned_on": days(-700), "expires_on": None} | facts), DAY) == state


# --- Cycles ---

EARNED, END = dt.date(2020, 5, 1), dt.date(2027, 3, 31)
BEGIN = dt.date(2025, 4, 1)


def held(slug="cpc", earned=EARNED, expires=END, key=1):
    return Held(key, slug, earned, expires)


def known(first=BEGIN, last=END, is_open=True, from_dates=True):
    return Known(first, last, is_open, from_dates)


def change(*credentials, cycles=None, today=DAY):
    cycles = (known(),) if cycles is None else cycles
    found = change_for(RULE, credentials, cycles, today)
    return found.what, found.first, found.last


def test_the_first_cycle_is_the_period_before_the_end_but_not_before_it_was_earned():
    assert change(held(), cycles=()) == ("open", BEGIN, END)
    late = dt.date(2026, 1, 10)
    assert change(held(earned=late), cycles=()) == ("open", late, END)


def test_nothing_new_changes_nothing():
    assert change(held()) == ("keep", BEGIN, END)
    assert change(held(), held("coc", dt.date(2026, 1, 1), key=2)) == ("keep", BEGIN, END)


def test_a_renewal_opens_the_next_cycle():
    assert change(held(expires=dt.date(2029, 3, 31))) == ("next", dt.date(2027, 4, 1), dt.date(2029, 3, 31))


def test_until_all_are_renewed_the_first_to_end_decides():
    renewed = held(expires=dt.date(2029, 3, 31))
    assert change(renewed, held("coc", key=2)) == ("keep", BEGIN, END)
    after = END + dt.timedelta(days=1)
    assert change(renewed, held("coc", key=2), today=after)[0] == "next"


def test_a_reinstatement_leaves_the_break_visible():
    found = change_for(RULE, [held(expires=dt.date(2029, 9, 30))], [known()], dt.date(2027, 10, 10))
    assert (found.what, found.first, found.after_break) == ("next", dt.date(2027, 10, 1), True)


@pytest.mark.parametrize("last", [dt.date(2026, 3, 31), dt.date(2027, 4, 30), dt.date(2028, 3, 31)])
def test_a_date_typed_wrong_is_corrected(last):
    what, first, end = change(held(expires=last))
    assert (what, first, end) == ("move", RULE.first_day(last), last)


def test_a_renewal_taken_back_opens_the_cycle_before_again():
    cycles = (known(is_open=False), known(dt.date(2027, 4, 1), dt.date(2029, 3, 31), from_dates=False))
    assert change(held(), cycles=cycles) == ("back", BEGIN, END)


def test_who_is_in_a_cycle_and_since_when():
    joins = dt.date(2026, 1, 10)
    in_it = members(
        [held(), held("coc", joins, key=2), held("rhit", key=3), held("crc", END + dt.timedelta(days=1), key=4),
         held("cpb", expires=BEGIN - dt.timedelta(days=1), key=5)],
        BEGIN, END, frozenset({"rhit"}),
    )  # fmt: skip
    assert in_it == {1: BEGIN, 2: joins}
