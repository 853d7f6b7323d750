"""Where each activity counts, so that the fewest further hours are needed. Pure and exact.

Bodies do not know of each other: an activity may count for several, so each body is a problem of its own. Within one, an
activity counts whole, in one cycle, for one subject or for none in particular. In order, the solution

1. needs the fewest further hours in the cycle that ends first: an hour missing there is a lapse,
2. of these, the fewest over all cycles (there is one, but for the renewal month and certifications that renew apart),
3. of these, spends the fewest hours that a later cycle could still use, and gives to a subject what is one of its own.

An integer program for HiGHS (scipy.optimize.milp). All figures are whole hundredths of an hour, and are added up anew from
the solver's choices, so that no rounding of its own gets into them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from math import gcd

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from curriculum.renewals import HUNDREDTHS, Demand, Minimum

from .hours import Activity, Cycle


@dataclass(frozen=True)
class Pin:
    """A choice that is made already: this activity in this cycle, for this subject ("" for none in particular, None for
    whichever needs it)."""

    activity: int
    cycle: int
    subject: str | None = None


@dataclass(frozen=True)
class Credit:
    """One activity in one cycle. `could` names the other places that it might have gone to, as (cycle, subject)."""

    activity: Activity
    cycle: int
    subject: str = ""
    pinned: bool = False
    could: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Met:
    """A minimum of a cycle, and how many hundredths of it are there."""

    minimum: Minimum
    hundredths: int

    @property
    def missing(self) -> int:
        return max(0, self.minimum.hundredths - self.hundredths)


@dataclass
class Result:
    """What is in one cycle. Figures in hundredths of an hour."""

    cycle: Cycle
    demand: Demand
    credits: list[Credit] = field(default_factory=list)

    @cached_property
    def earned(self) -> int:
        return sum(credit.activity.hundredths for credit in self.credits)

    @cached_property
    def minimums(self) -> list[Met]:
        return [Met(minimum, _toward(minimum, self.credits)) for minimum in self.demand.minimums]

    @property
    def required(self) -> int:
        return self.demand.hours * HUNDREDTHS

    @cached_property
    def further(self) -> int:
        """Hours still to earn: for the total, for every subject, and for each share (of sponsors, of a quality); one hour may
        serve the total, a subject and all shares at once, but not two subjects."""
        subjects = sum(met.missing for met in self.minimums if met.minimum.subject)
        shares = [met.missing for met in self.minimums if not met.minimum.subject]
        return max([self.required - self.earned, subjects, 0, *shares])

    @property
    def beyond(self) -> int:
        """Earned beyond the total, which no later cycle takes over."""
        return max(0, self.earned - self.required)


@dataclass
class Allocation:
    """One body's cycles in the order of their ends, and what counts in none of them: why, by activity."""

    results: list[Result]
    repeats: dict[int, Activity] = field(default_factory=dict)
    outside: list[Activity] = field(default_factory=list)
    broken_pins: list[Pin] = field(default_factory=list)

    @property
    def further(self) -> int:
        return sum(result.further for result in self.results)


def _toward(minimum: Minimum, credits: Sequence[Credit]) -> int:
    if minimum.subject:
        return sum(c.activity.hundredths for c in credits if c.subject == minimum.subject)
    return sum(c.activity.hundredths for c in credits if minimum.is_share_of(c.activity))


def allocate(cycles: Sequence[Cycle], activities: Sequence[Activity], pins: Sequence[Pin] = ()) -> Allocation:
    """Give one body's activities to its cycles. A pin that is not possible (any more) is left out and reported.

    Which cycles there are is the caller's: those that still run, and whichever the renewal month's choice reaches.
    """
    cycles = sorted(cycles, key=lambda cycle: (cycle.span.last, cycle.key))
    results = {cycle.key: Result(cycle, cycle.rule.demand(cycle.span)) for cycle in cycles}
    inside = [a for a in activities if any(cycle.takes(a) for cycle in cycles)]
    places = {activity.key: _places(activity, results) for activity in inside}
    broken, pinned = [], {}
    for pin in pins:
        fitting = [
            place
            for place in places.get(pin.activity, ())
            if place[0] == pin.cycle and pin.subject in (None, place[1])
        ]
        if fitting:
            pinned[pin.activity] = fitting
        else:
            broken.append(pin)
    open_places = {key: _useful(pinned.get(key, options)) for key, options in places.items()}
    chosen = _choose(list(results.values()), _by_course(inside, pinned), open_places)
    taken = {a.course: a for a in inside if a.key in chosen and a.course}
    repeats = {a.key: taken[a.course] for a in inside if a.key not in chosen}
    for activity in inside:
        if activity.key not in chosen:
            continue
        place = chosen[activity.key]
        others = tuple(option for option in places[activity.key] if option != place)
        credit = Credit(activity, *place, pinned=activity.key in pinned, could=others)
        results[place[0]].credits.append(credit)
    outside = [a for a in activities if not any(cycle.takes(a) for cycle in cycles)]
    return Allocation(list(results.values()), repeats, outside, broken)


def _places(activity: Activity, results: dict[int, Result]) -> list[tuple[int, str]]:
    """Every cycle that takes an activity, for each subject of its own that is asked there, or for none in particular.

    Nothing from before a certification counts for its subject.
    """
    return [
        (key, subject)
        for key, result in results.items()
        if result.cycle.takes(activity)
        for subject in (
            *(
                m.subject
                for m in result.demand.minimums
                if m.subject in activity.subjects and activity.day >= result.cycle.span.joined[m.subject]
            ),
            "",
        )
    ]


def _useful(options: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Without "none in particular" where a subject of the same cycle would take it: that is never worse."""
    with_subject = {cycle for cycle, subject in options if subject}
    return [(cycle, subject) for cycle, subject in options if subject or cycle not in with_subject]


def _by_course(activities: Sequence[Activity], pinned) -> list[list[Activity]]:
    """Activities that are the same course, of which one counts: a pinned one, where there is one."""
    groups = defaultdict(list)
    for activity in activities:
        groups[activity.course or activity.key].append(activity)
    return [[a for a in group if a.key in pinned][:1] or group for group in groups.values()]


def _choose(results, groups, places) -> dict[int, tuple[int, str]]:
    """The place of each activity that counts. What has one place needs no choice; without choices no solver runs."""
    fixed, chosen, free = defaultdict(list), {}, []
    for group in groups:
        if len(group) == 1 and len(places[group[0].key]) == 1:
            activity, (cycle, subject) = group[0], places[group[0].key][0]
            chosen[activity.key] = (cycle, subject)
            fixed[cycle].append(Credit(activity, cycle, subject))
        else:
            free.append(group)
    return chosen | _Program(results, fixed, free, places).solve() if free else chosen


def _common_unit(results, fixed, options) -> int:
    """The largest unit in which all figures are whole, a quarter of an hour as a rule: small numbers are exact in floats."""
    figures = [result.required for result in results]
    figures += [minimum.hundredths for result in results for minimum in result.demand.minimums]
    figures += [credit.activity.hundredths for credits in fixed.values() for credit in credits]
    return gcd(*figures, *(activity.hundredths for activity, *_ in options)) or 1


class _Program:
    """The integer program: a 0/1 variable for each free activity and place, and what is missing of each minimum.

    For a cycle, further >= required - earned; further >= the sum of what its subjects miss; further >= what each of its
    shares misses.
    """

    def __init__(self, results: list[Result], fixed, free: list[list[Activity]], places):
        self.options = [(a, *place) for group in free for a in group for place in places[a.key]]
        self.unit = _common_unit(results, fixed, self.options)
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.size = len(self.options)
        self.further = {result.cycle.key: self._variable() for result in results}
        self.has_repeats = any(len(group) > 1 for group in free)
        for group in free:
            keys = {activity.key for activity in group}
            self._row({i: 1 for i, option in enumerate(self.options) if option[0].key in keys}, 1, 1)
        for result in results:
            self._cycle(result, fixed[result.cycle.key])
        self.order = [result.cycle.key for result in results]

    def _variable(self) -> int:
        self.size += 1
        return self.size - 1

    def _row(self, coefficients: dict[int, float], low: float, high: float = np.inf) -> None:
        self.rows.append((coefficients, low, high))

    def _cycle(self, result: Result, fixed: list[Credit]) -> None:
        key, further = result.cycle.key, self.further[result.cycle.key]
        here = {i: a.hundredths // self.unit for i, (a, cycle, _) in enumerate(self.options) if cycle == key}
        there = sum(credit.activity.hundredths for credit in fixed)
        self._row({**here, further: 1}, (result.required - there) // self.unit)
        missing = {}
        for minimum in result.demand.minimums:
            there = _toward(minimum, fixed)
            if not minimum.subject:
                mine = {i: n for i, n in here.items() if minimum.is_share_of(self.options[i][0])}
                self._row({**mine, further: 1}, (minimum.hundredths - there) // self.unit)
                continue
            missing[variable := self._variable()] = -1
            mine = {i: n for i, n in here.items() if self.options[i][2] == minimum.subject}
            self._row({**mine, variable: 1}, (minimum.hundredths - there) // self.unit)
        self._row({**missing, further: 1}, 0)

    def solve(self) -> dict[int, tuple[int, str]]:
        goals = [dict.fromkeys(self.further.values(), 1.0)]
        if self.has_repeats:
            goals.append(self._most_hours_and_earliest())
        if len(self.order) > 1:
            goals.insert(0, {self.further[self.order[0]]: 1.0})
            rank = {key: n for n, key in enumerate(reversed(self.order))}
            goals.append(
                {i: a.hundredths // self.unit * rank[cycle] for i, (a, cycle, _) in enumerate(self.options)}
            )
        solution = self._minimise(goals[0])
        for done, goal in pairwise(goals):
            self._hold(done, solution)
            solution = self._minimise(goal)
        return {
            activity.key: (cycle, subject)
            for i, (activity, cycle, subject) in enumerate(self.options)
            if solution[i] > 0.5
        }

    def _most_hours_and_earliest(self) -> dict[int, float]:
        """Of a course taken twice, the time that brought more; of the same, the first."""
        order = {
            a.key: n for n, a in enumerate(sorted({o[0] for o in self.options}, key=lambda a: (a.day, a.key)))
        }
        return {
            i: order[a.key] - a.hundredths // self.unit * len(order) for i, (a, *_) in enumerate(self.options)
        }

    def _hold(self, goal: dict[int, float], solution: np.ndarray) -> None:
        """From here on, no worse by this goal. All its values are whole, so half of one is no slack."""
        reached = round(sum(weight * solution[i] for i, weight in goal.items()))
        self._row(goal, -np.inf, reached + 0.5)

    def _minimise(self, goal: dict[int, float]) -> np.ndarray:
        objective = np.zeros(self.size)
        for i, weight in goal.items():
            objective[i] = weight
        cells = [
            (r, i, value)
            for r, (coefficients, *_) in enumerate(self.rows)
            for i, value in coefficients.items()
        ]
        row, column, values = (np.array(part) for part in zip(*cells, strict=True))
        matrix = csr_array((values.astype(float), (row, column)), shape=(len(self.rows), self.size))
        integrality = np.zeros(self.size)
        integrality[: len(self.options)] = 1
        upper = np.full(self.size, np.inf)
        upper[: len(self.options)] = 1
        found = milp(
            objective,
            integrality=integrality,
            bounds=Bounds(0, upper),
            constraints=LinearConstraint(
                matrix, [low for _, low, _ in self.rows], [h for *_, h in self.rows]
            ),
            options={"mip_rel_gap": 0},
        )
        if found.x is None:  # cannot be: "further" makes every choice possible
            raise ArithmeticError(f"The allocation found no solution: {found.message}")
        return found.x
