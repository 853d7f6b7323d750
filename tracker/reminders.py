"""When a reminder is due: rungs of days before and after a day. Pure."""

import datetime as dt
from collections.abc import Iterable, Sequence

# A rung that was missed (an outage, something logged late) is still sent within so many days, merged into the latest one.
CATCH_UP_DAYS = 30


def due_rung(due_on: dt.date, rungs: Sequence[int], day: dt.date, sent: Iterable[int] = ()) -> int | None:
    """The latest rung that has come by `day` and was not sent; None where it was, or a later one, or long ago.

    Earlier ones that were missed are merged into it: nobody wants five messages about the same day.
    """
    come = [rung for rung in rungs if due_on + dt.timedelta(days=rung) <= day]
    if not come:
        return None
    latest = max(come)
    if any(rung >= latest for rung in sent):
        return None
    return latest if (day - due_on).days - latest <= CATCH_UP_DAYS else None


def next_day(due_on: dt.date, rungs: Sequence[int], day: dt.date) -> dt.date | None:
    """The first day after `day` on which a rung comes."""
    later = [due_on + dt.timedelta(days=rung) for rung in rungs]
    return min((one for one in later if one > day), default=None)


def digest_day(day: dt.date, weekly: bool) -> dt.date:
    """The day whose rungs a message of today tells of: for a weekly one, that of the last Monday (today included)."""
    return day - dt.timedelta(days=day.weekday()) if weekly else day


def message_day(day: dt.date, weekly: bool) -> dt.date:
    """The day of the message that tells of a rung of `day`: for a weekly one, the Monday that follows (or is it)."""
    return day + dt.timedelta(days=-day.weekday() % 7) if weekly else day
