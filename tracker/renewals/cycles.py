"""Which cycle runs: from the dates of credentials, and from the cycles that are known, to what has to change."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from curriculum.renewals import Rule

# A new end is the next cycle's where that cycle would begin no earlier than so many days before the known one ends;
# otherwise the end was typed wrong, and is corrected.
SLACK = dt.timedelta(days=45)


@dataclass(frozen=True)
class Held:
    """A credential that is or was held, under its certification's slug (an apprentice form: that of the full one)."""

    key: int
    slug: str
    earned_on: dt.date
    expires_on: dt.date


@dataclass(frozen=True)
class Known:
    """A cycle that is stored. `from_dates` is true where it was opened from dates alone, so that they may correct it."""

    first: dt.date
    last: dt.date
    is_open: bool
    from_dates: bool


@dataclass(frozen=True)
class Change:
    """What has to happen: nothing (KEEP), correct the open cycle (MOVE), open the first one (OPEN), close it and open the next
    (NEXT), or take back the last opening (BACK). `first` and `last` are those of the cycle that is open afterwards."""

    what: str
    first: dt.date
    last: dt.date
    after_break: bool = False


def end_of(held: Sequence[Held], today: dt.date) -> dt.date:
    """The end of the cycle that credentials which renew together are in: of those that are valid, the first to end.

    Of a certification logged twice (renewed as a second entry) the later one counts.
    """
    ends: dict[str, dt.date] = {}
    for one in held:
        ends[one.slug] = max(one.expires_on, ends.get(one.slug, one.expires_on))
    return min((end for end in ends.values() if end >= today), default=max(ends.values()))


def change_for(
    rule: Rule, held: Sequence[Held], known: Sequence[Known], today: dt.date, bound: Rule | None = None
) -> Change:
    """What has to happen to the cycles of credentials that renew together. `known` are theirs in order, `held` not empty.

    `rule` is for a cycle that opens now; `bound` is what the open one is under, where that is another.
    """
    last = end_of(held, today)
    earliest = min(one.earned_on for one in held)
    begins = max(rule.first_day(last), min(earliest, last))
    current = next((cycle for cycle in known if cycle.is_open), None)
    if current is None:
        return Change("open", begins, last)
    corrected = max((bound or rule).first_day(last), min(earliest, last))
    if last == current.last:
        first = corrected if current.from_dates else current.first
        return Change("keep" if first == current.first else "move", first, last)
    before = [cycle for cycle in known if not cycle.is_open]
    if before and last == before[-1].last:
        return Change("back", before[-1].first, last)
    if rule.first_day(last) >= current.last - SLACK:
        first = max(current.last + dt.timedelta(days=1), begins)
        return Change("next", first, last, after_break=first > current.last + dt.timedelta(days=1))
    first = corrected if current.from_dates else min(current.first, last)
    return Change("move", first, last)


def members(
    held: Sequence[Held], first: dt.date, last: dt.date, replaced: frozenset[str]
) -> dict[int, dt.date]:
    """The credentials in a cycle, and since when: earned by its end, not run out before it, not replaced by another."""
    return {
        one.key: max(first, one.earned_on)
        for one in held
        if one.earned_on <= last and one.expires_on >= first and one.slug not in replaced
    }
