"""The allocation: exact against trying everything, what may never happen, and pins. How long it takes: tests/benchmarks/allocation.py."""

import datetime as dt
import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum.renewals import Rule, Span
from tracker.renewals.allocation import Credit as Given
from tracker.renewals.allocation import Pin, Result, allocate
from tracker.renewals.hours import Activity, Cycle

FIRST, LAST = dt.date(2025, 4, 1), dt.date(2027, 3, 31)
NEXT = Span(dt.date(2027, 4, 1), dt.date(2029, 3, 31), {"cpc": FIRST, "cpma": FIRST, "ccc": FIRST})
SPAN = Span(FIRST, LAST, {"cpc": FIRST, "cpma": FIRST, "ccc": FIRST})
PARAMS = {
    "kind": "by_count", "base": 36, "step": 4, "most": 5, "renewal_month": True,
    "minimums": [{"hours": 16, "subject_of_each": ["cpma"]}, {"hours": 8, "subject_of_each": ["ccc"]}],
}  # fmt: skip


def rule(**changes):
    return Rule("aapc", "aapc", 24, True, {**PARAMS, **changes})


def cycle(span=SPAN, key=1, **changes):
    return Cycle(key, rule(**changes), span, follows=LAST if span is NEXT else None)


def act(key, hours, day=dt.date(2026, 1, 10), **values):
    return Activity(key, day, int(hours * 100), course=f"course {key}", **values)


def only(allocation):
    (result,) = allocation.results
    return result


def places(allocation):
    return {c.activity.key: (c.cycle, c.subject) for r in allocation.results for c in r.credits}


def test_a_subject_gets_what_only_it_can_use_and_the_choice_goes_where_most_is_missing():
    both = frozenset({"cpma", "ccc"})
    result = only(allocate([cycle()], [act(1, 8, subjects=both), act(2, 16, subjects=both), act(3, 20)]))
    assert {c.activity.key: c.subject for c in result.credits} == {1: "ccc", 2: "cpma", 3: ""}
    assert (result.earned, result.further) == (4400, 0)


def test_what_is_missing_is_the_larger_of_the_total_and_the_subjects():
    result = only(allocate([cycle()], [act(1, 40)]))
    assert result.further == 2400  # 4 of the total, but 16 and 8 in the subjects
    result = only(allocate([cycle()], [act(1, 16, subjects=frozenset({"cpma"}))]))
    assert result.further == 2800  # 28 of the total, 8 of them in cardiology


def test_a_share_of_sponsors_is_within_the_total():
    share = [{"percent": 40, "sponsors": ["ahima"]}]
    ahima = Rule("ahima", "ahima", 24, True, {"kind": "flat", "hours": 20, "minimums": share})
    span = Span(FIRST, LAST, {"ccs": FIRST})
    result = only(allocate([Cycle(1, ahima, span)], [act(1, 15), act(2, 3, sponsor="ahima")]))
    assert result.further == 500  # two hours of the total, but five of the share
    result = only(allocate([Cycle(1, ahima, span)], [act(2, 9, sponsor="ahima")]))
    assert result.further == 1100


def test_hours_of_a_quality_are_within_the_total_and_serve_a_subject_too():
    """Half of CCB's forty are to be live; the eighty percent of AHIMA's older rule are to be in its domains."""
    live = [{"hours": 20, "quality": "live"}]
    ccb = Cycle(1, Rule("ccb", "hcca", 24, True, {"kind": "flat", "hours": 40, "minimums": live}), SPAN)
    result = only(allocate([ccb], [act(1, 30), act(2, 8, qualities=frozenset({"live"}))]))
    assert result.further == 1200  # two hours of the total, but twelve live
    both = cycle(minimums=[*PARAMS["minimums"], *live])
    one = act(1, 44, subjects=frozenset({"cpma"}), qualities=frozenset({"live"}))
    assert only(allocate([both], [one])).further == 800  # the cardiology alone
    older = Rule("ahima", "ahima", 24, True, {"kind": "flat", "hours": 20, "minimums": [
        {"percent": 80, "quality": "him-domain"}]})  # fmt: skip
    result = only(allocate([Cycle(1, older, SPAN)], [act(1, 20)]))
    assert result.further == 1600


def test_nothing_from_before_a_certification_counts_and_none_for_its_subject():
    later = Span(FIRST, LAST, {"cpc": FIRST, "cpma": dt.date(2026, 1, 1)})
    before = act(1, 6, dt.date(2025, 12, 31), subjects=frozenset({"cpma"}))
    result = only(allocate([cycle(later)], [before, act(2, 6, FIRST - dt.timedelta(days=1))]))
    assert [(c.activity.key, c.subject) for c in result.credits] == [(1, "")]


def test_the_same_course_counts_once_in_a_cycle():
    first, again = act(1, 6), Activity(2, dt.date(2026, 5, 1), 600, course="course 1")
    allocation = allocate([cycle()], [again, first])
    assert only(allocation).earned == 600
    assert allocation.repeats == {2: first}


def test_hours_of_the_renewal_month_go_to_the_next_cycle_once_this_one_has_its_own():
    month = dt.date(2027, 3, 5)
    subjects = [act(1, 16, subjects=frozenset({"cpma"})), act(2, 8, subjects=frozenset({"ccc"}))]
    needed = allocate([cycle(), cycle(NEXT, 2)], [*subjects, act(3, 10), act(4, 10, month)])
    assert places(needed)[4] == (1, "")
    spare = allocate([cycle(), cycle(NEXT, 2)], [*subjects, act(3, 20), act(4, 10, month)])
    assert places(spare)[4] == (2, "")
    assert [result.beyond for result in spare.results] == [0, 0]
    earlier = allocate([cycle(), cycle(NEXT, 2)], [*subjects, act(3, 20), act(4, 10, dt.date(2027, 2, 28))])
    assert places(earlier)[4] == (1, "")
    without = cycle(NEXT, 2, renewal_month=False)
    assert places(allocate([cycle(), without], [act(4, 10, month)]))[4] == (1, "")


def test_a_pin_holds_even_where_it_costs_hours_and_one_that_cannot_be_is_reported():
    both = frozenset({"cpma", "ccc"})
    activities = [act(1, 8, subjects=both), act(2, 16, subjects=both), act(3, 20)]
    pinned = allocate([cycle()], activities, [Pin(1, 1, "cpma")])
    assert places(pinned)[1] == (1, "cpma")
    assert pinned.further > allocate([cycle()], activities).further
    nowhere = Pin(3, 1, "ccc")
    assert allocate([cycle()], activities, [nowhere]).broken_pins == [nowhere]


# --- Properties ---

SUBJECTS = st.frozensets(st.sampled_from(["cpma", "ccc", "ccs"]))
DAYS = st.sampled_from([FIRST, dt.date(2026, 6, 1), dt.date(2027, 3, 1), LAST, dt.date(2027, 6, 1)])


@st.composite
def some_activities(draw, most=5):
    n = draw(st.integers(0, most))
    return [
        Activity(
            key, draw(DAYS), draw(st.integers(1, 80)) * 25, course=draw(st.sampled_from(["", f"c{key}", "c0"])),
            subjects=draw(SUBJECTS), sponsor=draw(st.sampled_from(["", "ahima"])), qualities=draw(st.sampled_from([frozenset(), frozenset({"live"})])),
        )
        for key in range(n)
    ]  # fmt: skip


SHARES = [{"percent": 40, "sponsors": ["ahima"]}, {"hours": 20, "quality": "live"}]


def cycles_of(share: bool):
    minimums = [*PARAMS["minimums"], *(SHARES if share else [])]
    return [cycle(minimums=minimums), cycle(NEXT, 2, minimums=minimums)]


def owed(allocation):
    """In the order in which it matters: by the first end, and in all."""
    return allocation.results[0].further, allocation.further


def best_by_trying_everything(cycles, activities):
    """The least (further in the first, further in all) over every way of placing the activities, each course once."""
    courses = {}
    for a in activities:
        if any(one.takes(a) for one in cycles):
            courses.setdefault(a.course or a.key, []).append(a)
    options = [
        [
            (a, one.key, subject)
            for a in course
            for one in cycles
            if one.takes(a)
            for subject in ("", *(s for s in ("cpma", "ccc") if s in a.subjects))
        ]
        for course in courses.values()
    ]
    found = []
    for choice in itertools.product(*options):
        results = {one.key: Result(one, one.rule.demand(one.span)) for one in cycles}
        for activity, key, subject in choice:
            results[key].credits.append(Given(activity, key, subject))
        further = [result.further for result in results.values()]
        found.append((further[0], sum(further)))
    return min(found)


@settings(max_examples=120)
@given(some_activities(), st.booleans())
def test_nothing_better_is_found_by_trying_everything(activities, share):
    cycles = cycles_of(share)
    found = allocate(cycles, activities)
    assert owed(found) == best_by_trying_everything(cycles, activities)


@settings(max_examples=80)
@given(some_activities(12), st.booleans())
def test_no_hour_counts_twice_and_never_more_than_was_earned(activities, share):
    allocation = allocate(cycles_of(share), activities)
    counted = [credit.activity.key for result in allocation.results for credit in result.credits]
    assert len(counted) == len(set(counted))
    assert sum(r.earned for r in allocation.results) <= sum(a.hundredths for a in activities)
    outside = {a.key for a in allocation.outside} | set(allocation.repeats)
    assert set(counted) | outside == {a.key for a in activities} and not set(counted) & outside
    for result in allocation.results:
        by_subject = sum(met.hundredths for met in result.minimums if met.minimum.subject)
        assert by_subject <= result.earned


@settings(max_examples=80)
@given(some_activities(8), st.booleans())
def test_one_more_activity_never_raises_what_is_owed(activities, share):
    for left_out in activities[-1:]:
        without = [a for a in activities if a is not left_out]
        assert owed(allocate(cycles_of(share), activities)) <= owed(allocate(cycles_of(share), without))
        (one, *_) = cycles_of(share)
        assert allocate([one], activities).further <= allocate([one], without).further
