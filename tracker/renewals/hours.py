"""Which activities may count in which cycle. Hours are whole hundredths."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from curriculum.renewals import Rule, Span


@dataclass(frozen=True)
class Activity:
    """Something taken that one body counts. `course` names the course: the same one counts once in a cycle."""

    key: int
    day: dt.date
    hundredths: int
    course: str = ""
    sponsor: str = ""
    subjects: frozenset[str] = frozenset()
    qualities: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Cycle:
    """A cycle to which hours can be given. `follows` is the last day of the cycle before it, where nothing broke them."""

    key: int
    rule: Rule
    span: Span
    follows: dt.date | None = None

    @property
    def opens(self) -> dt.date:
        """The first day whose hours may count here: the renewal month before it, where the rule leaves the choice; and
        nothing from before the first certification was earned."""
        first = self.span.first
        if self.follows and self.rule.params.get("renewal_month"):
            first = self.follows.replace(day=1)
        return first

    def takes(self, activity: Activity) -> bool:
        return self.opens <= activity.day <= self.span.last


def course_key(index_number: str, title: str, provider: str) -> str:
    """What makes two activities the same course: the number on the certificate, or else title and sponsor."""
    number = index_number.strip().casefold()
    return f"no {number}" if number else "|".join(" ".join(t.casefold().split()) for t in (title, provider))


def once_each(activities: Iterable[Activity]) -> list[Activity]:
    """The activities with each course once: where it brought the most hours, and of these the first time."""
    best: dict[str, Activity] = {}
    for activity in sorted(activities, key=lambda a: (-a.hundredths, a.day, a.key)):
        best.setdefault(activity.course or f"key {activity.key}", activity)
    return list(best.values())


def earned(cycle: Cycle, activities: Iterable[Activity], day: dt.date, pins: dict[int, int]) -> int:
    """Hundredths earned in a cycle by the end of `day`: within its dates, or pinned to it, each course once.

    `pins` gives the cycle to which an activity is pinned; hours pinned elsewhere do not count here.
    """
    span = cycle.span
    here = [
        a
        for a in activities
        if a.day <= day and (pins.get(a.key, cycle.key) == cycle.key)
        and (span.first <= a.day <= span.last or (a.key in pins and cycle.takes(a)))
    ]  # fmt: skip
    return sum(activity.hundredths for activity in once_each(here))
