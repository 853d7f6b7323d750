"""Positions, years, moves, people led, time in a specialty. By the calendar: a year is twelve months, leap year or not."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import (
    DAY,
    EmployerTypeFactory,
    PositionFactory,
    RoleFactory,
    SpecialtyExperienceFactory,
    SpecialtyFactory,
)
from tests.tracker.reading import data_of, leaf_of, value
from tracker.measures.career import ONE_DAY, in_tenths, merged, months_in, years_sources

d = dt.date


# --- Months and years ---

days = st.dates(d(1990, 1, 1), d(2026, 12, 31))
spans = st.lists(st.tuples(days, days).map(lambda pair: (min(pair), max(pair))), max_size=6)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (d(2021, 1, 1), d(2021, 12, 31), 12),
        (d(2024, 1, 1), d(2024, 12, 31), 12),
        (d(2021, 1, 1), d(2023, 12, 31), 36),
        (d(2025, 9, 1), d(2026, 2, 28), 6),
        (d(2025, 2, 1), d(2025, 2, 28), 1),
        (d(2025, 1, 15), d(2025, 2, 14), 1),
        (d(2025, 6, 1), d(2025, 6, 15), 15 / 31),
        (d(2025, 1, 31), d(2025, 2, 27), 28 / 31),
        (d(2025, 3, 3), d(2025, 3, 3), 1 / 28),
    ],
)
def test_months_by_the_calendar(first, last, months):
    assert months_in([(first, last)]) == pytest.approx(months)


def test_overlaps_count_once_and_gaps_not():
    year = (d(2023, 1, 1), d(2023, 12, 31))
    assert months_in([year, year]) == 12
    assert months_in([year, (d(2023, 7, 1), d(2024, 6, 30))]) == 18
    assert months_in([year, (d(2024, 1, 1), d(2024, 6, 30))]) == 18
    assert months_in([year, (d(2025, 1, 1), d(2025, 6, 30))]) == 18
    assert months_in([]) == 0


@given(spans)
def test_merged_spans_cover_the_same_days_and_neither_touch_nor_overlap(given_spans):
    united = merged(given_spans)

    def covered(some):
        return {first.toordinal() + i for first, last in some for i in range((last - first).days + 1)}

    assert covered(united) == covered(given_spans)
    assert all(left[1] + ONE_DAY < right[0] for left, right in pairwise(united))


@given(spans, st.tuples(days, days).map(lambda pair: (min(pair), max(pair))))
def test_more_time_never_makes_less(given_spans, one):
    assert (
        months_in([*given_spans, one]) >= months_in(given_spans) - 1
    )  # a month's length depends on where it ends
    assert months_in([one]) <= ((one[1] - one[0]).days + 1) / 28 + 1e-9


@given(days, st.integers(1, 240))
def test_whole_months_from_a_first_of_a_month_are_whole(day, months):
    first = day.replace(day=1)
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    assert months_in([(first, d(year, month + 1, 1) - ONE_DAY)]) == months


def test_tenths_are_rounded_down_but_not_for_noise():
    assert [in_tenths(x) for x in (2.99, 2.9999999999999996, 3.0, 3.05, 0.1 + 0.2)] == [
        2.9,
        3.0,
        3.0,
        3.0,
        0.3,
    ]


# --- Years of experience ---


def test_three_years_are_three_on_the_last_day_of_the_third(coder):
    PositionFactory(coder=coder, starts_on=d(2023, 4, 1))
    assert value(coder, "experience_years", as_of=d(2026, 3, 31)) == 3.0
    assert value(coder, "experience_years", as_of=d(2026, 3, 30)) == 2.9


def test_years_are_the_union_of_the_coding_positions(coder):
    PositionFactory(coder=coder, starts_on=d(2020, 1, 1), ends_on=d(2021, 12, 31))
    PositionFactory(coder=coder, starts_on=d(2021, 1, 1), ends_on=d(2022, 6, 30))
    PositionFactory(coder=coder, starts_on=d(2024, 1, 1), ends_on=d(2024, 6, 30))
    PositionFactory(
        coder=coder, starts_on=d(2010, 1, 1), ends_on=d(2019, 12, 31), role=RoleFactory(slug="analyst", codes_charts=False)
    )  # fmt: skip
    assert value(coder, "experience_years") == 3.0


def test_stated_years_count_until_a_position_with_a_role_is_logged(coder):
    coder.stated_years = 4.5
    coder.save()
    assert value(coder, "experience_years") == 4.5
    PositionFactory(coder=coder, role=None, starts_on=d(2025, 1, 1))
    assert value(coder, "experience_years") == 4.5
    PositionFactory(coder=coder, starts_on=d(2025, 10, 1), ends_on=d(2026, 3, 31))
    assert value(coder, "experience_years") == 0.5


def test_nobody_attests_stated_years(coder):
    coder.stated_years = 4
    coder.save()
    assert value(coder, "experience_years", attested=True) is None
    PositionFactory(coder=coder, starts_on=d(2024, 4, 1))
    PositionFactory(coder=coder, starts_on=d(2025, 4, 1), verified=True)
    assert value(coder, "experience_years") == 2.0
    assert value(coder, "experience_years", attested=True) == 1.0


def test_what_the_years_rest_on(coder, stranger):
    stranger.stated_years = 2
    stranger.save()
    PositionFactory(coder=coder)
    leaf = leaf_of("experience_years")
    assert years_sources(data_of([coder, stranger], [leaf])) == ["positions", "stated"]
    assert years_sources(data_of([coder, stranger], [leaf], as_of=d(2020, 1, 1))) == ["", "stated"]


# --- Positions ---


def test_positions_by_what_they_were(coder):
    hospital, payer = EmployerTypeFactory(), EmployerTypeFactory(slug="payer")
    auditor = RoleFactory(slug="coding-auditor")
    PositionFactory(coder=coder, starts_on=d(2020, 1, 1), ends_on=d(2022, 1, 1), employer_type=hospital)
    PositionFactory(coder=coder, starts_on=d(2022, 1, 2), employer_type=payer, role=auditor, remote="remote")
    PositionFactory(coder=coder, starts_on=d(2022, 1, 2), role=None, employer_type=None)
    assert value(coder, "positions") == 3
    assert value(coder, "positions", {"coding": True}) == 2
    assert value(coder, "positions", {"current": True}) == 2
    assert value(coder, "positions", {"roles": ["coding-auditor"]}) == 1
    assert value(coder, "positions", {"employer_types": ["hospital", "payer"]}) == 2
    assert value(coder, "positions", {"remote": True, "current": True, "coding": True}) == 1
    assert value(coder, "positions", {"remote": True, "employer_types": ["hospital"]}) is None


def test_a_position_is_current_through_its_last_day(coder):
    PositionFactory(coder=coder, ends_on=DAY)
    assert value(coder, "positions", {"current": True}) == 1
    assert value(coder, "positions", {"current": True}, as_of=DAY + ONE_DAY) is None


# --- Moves ---

SWITCH = {"from_types": ["small-practice"], "to_types": ["health-system", "payer"]}


def _position(coder, year, kind, remote=""):
    return PositionFactory(
        coder=coder,
        starts_on=d(year, 1, 1),
        employer_type=kind and EmployerTypeFactory(slug=kind),
        remote=remote,
    )


@pytest.mark.parametrize(
    ("kinds", "moves"),
    [
        (["small-practice", "payer"], 1),
        (["payer", "small-practice"], None),
        (["small-practice", "hospital"], None),
        (["small-practice", "hospital", "payer"], None),
        (["small-practice", "payer", "small-practice", "health-system"], 2),
        (["small-practice", None, "payer"], None),
        (["small-practice"], None),
    ],
)
def test_a_move_is_from_one_position_to_the_next(coder, kinds, moves):
    for year, kind in enumerate(kinds, 2020):
        _position(coder, year, kind)
    assert value(coder, "employer_switch", SWITCH) == moves


@pytest.mark.parametrize(
    ("before", "after", "moves"), [("onsite", "remote", 1), ("remote", "remote", None), ("", "hybrid", None)]
)
def test_going_remote_counts_where_it_is_asked_for(coder, before, after, moves):
    _position(coder, 2020, "hospital", before)
    _position(coder, 2021, "hospital", after)
    assert value(coder, "employer_switch", SWITCH | {"or_remote": True}) == moves
    assert value(coder, "employer_switch", SWITCH) is None


def test_a_move_has_not_happened_before_it_did(coder):
    _position(coder, 2020, "small-practice")
    _position(coder, 2026, "payer")
    assert value(coder, "employer_switch", SWITCH, as_of=d(2025, 12, 31)) is None


# --- People ---


def test_people_led_are_the_most_at_once(coder):
    for led in (3, 8, 0):
        PositionFactory(coder=coder, people_led=led)
    assert value(coder, "people_led") == 8


# --- Time in a specialty ---


def test_the_longest_specialty_counts_and_its_spans_are_united(coder):
    cardiology, oncology = SpecialtyFactory(), SpecialtyFactory(slug="oncology")
    for first, last, specialty in [
        (d(2023, 1, 1), d(2023, 8, 31), cardiology),
        (d(2023, 7, 1), d(2023, 12, 31), cardiology),
        (d(2024, 1, 1), d(2024, 10, 31), oncology),
    ]:
        SpecialtyExperienceFactory(coder=coder, starts_on=first, ends_on=last, specialty=specialty)
    assert value(coder, "specialty_months") == 12
    assert value(coder, "specialty_months", {"specialties": ["oncology"]}) == 10
    assert value(coder, "specialty_months", {"specialties": ["oncology", "cardiology"]}) == 12


def test_the_window_cuts_off_what_lies_before_it(coder):
    SpecialtyExperienceFactory(coder=coder, starts_on=d(2010, 1, 1))
    assert value(coder, "specialty_months", window=24) == 24
    assert value(coder, "specialty_months") > 190
    other = SpecialtyExperienceFactory(starts_on=d(2020, 1, 1), ends_on=d(2025, 4, 30)).coder
    assert value(other, "specialty_months", window=12) == 1
    assert value(other, "specialty_months", window=11) is None


def test_attested_spans_alone(coder):
    SpecialtyExperienceFactory(coder=coder, starts_on=d(2024, 4, 1))
    SpecialtyExperienceFactory(coder=coder, starts_on=d(2025, 10, 1), verified=True)
    assert value(coder, "specialty_months") == 24
    assert value(coder, "specialty_months", attested=True) == 6
