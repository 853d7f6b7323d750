"""How far a student is in a program, and whether that is far enough for the day. Pure: the day is an argument."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .models import Status

# So many points of what is done behind what has elapsed are worth a word. A rule of thumb, and said to be one.
BEHIND = 20
QUIET = dt.timedelta(days=14)
LONGEST_LINE = 3650  # days; further than ten years ahead a straight line says nothing


class Evidence(NamedTuple):
    """What is known of one assignment. `gap` is what the program sees of it; None where that is not evaluated yet.

    `shared` tells whether it sees all that there may be.
    """

    is_activity: bool
    by_signoff: bool
    done: bool = False
    signed: bool = False
    waived: str = ""  # in words
    gap: str | None = None
    shared: bool = True
    contested: bool = False  # a score in what the program sees is disputed


@dataclass(frozen=True, slots=True)
class State:
    """How an assignment stands: a status (for its shape), the word for it, whether it counts as done, as waived."""

    status: str
    label: str
    done: bool = False
    waived: bool = False
    to_sign: bool = False
    hidden: bool = False  # it rests on what is not shared


def state_of(known: Evidence) -> State:
    """The one answer that student, instructor, certificate and export go by. A waiver is never "met"."""
    return _state_of(known, get_language())


@lru_cache(maxsize=512)
def _state_of(known: Evidence, _language: str | None) -> State:
    if known.signed:
        return State(Status.MET, _("signed off"), done=True)
    shown = known.done if known.is_activity else known.gap == Status.MET
    if shown and not known.by_signoff:
        met = _("met, contested") if known.contested else _("met")
        return State(Status.MET, _("done") if known.is_activity else met, done=True)
    if known.waived:
        return State(Status.WAIVED, known.waived, waived=True)
    if shown:
        label = _("to be signed off, contested") if known.contested else _("to be signed off")
        return State(Status.CLOSE, label, to_sign=True)
    if not known.shared and not known.is_activity:
        return State(Status.NOT_APPLICABLE, _("not shared"), hidden=True)
    if known.is_activity:
        return State(Status.OPEN, _("open"))
    status = Status(known.gap) if known.gap else Status.NO_EVIDENCE
    # What does not apply to a student is left out, like what is waived.
    label = str(status.label)
    if known.contested:
        label = _("%(status)s, contested") % {"status": label}
    return State(status, label, waived=status == Status.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Pace:
    """Whole percents. `done` of what is required and not waived; `elapsed` of the student's time. None: nothing is asked."""

    done: int | None
    elapsed: int
    n_done: int
    n_asked: int

    @property
    def behind(self) -> bool:
        return self.done is not None and self.elapsed - self.done >= BEHIND

    @property
    def complete(self) -> bool:
        return self.n_asked > 0 and self.n_done == self.n_asked

    @property
    def text(self) -> str:
        if self.done is None:
            return _("nothing is required; %(elapsed)s%% of the time elapsed") % {"elapsed": self.elapsed}
        return _("%(done)s%% done, %(elapsed)s%% elapsed") % {"done": self.done, "elapsed": self.elapsed}


def pace(
    states: Iterable[tuple[bool, State]],
    starts_on: dt.date,
    ends_on: dt.date,
    day: dt.date,
    *,
    students_part: bool = False,
) -> Pace:
    """`states` are pairs of whether it is required and how it stands. Rounded down: 100 only when all is done.

    `students_part` counts what waits for the instructor alone as done, too.
    """
    required = [state for is_required, state in states if is_required and not state.waived]
    n_done = sum(state.done or (students_part and state.to_sign) for state in required)
    days = max(1, (ends_on - starts_on).days)
    elapsed = min(100, max(0, 100 * (day - starts_on).days // days))
    return Pace(100 * n_done // len(required) if required else None, elapsed, n_done, len(required))


def late(name: str, share: float | None, due_on: dt.date | None, starts_on: dt.date, day: dt.date) -> str:
    """In words, that what is counted up will not be there when it is due, if it goes on as it did since the start.

    A straight line, and said to be one; empty where it will, where nothing is counted, or where it is too early to tell.
    """
    passed = (day - starts_on).days
    if share is None or due_on is None or due_on < day or share >= 1 or passed < QUIET.days:
        return ""
    if share == 0 or (end := passed / share) > LONGEST_LINE:
        return ""
    end_on = starts_on + dt.timedelta(days=int(end))
    if end_on <= due_on:
        return ""
    return _("%(name)s: at the pace so far on %(end)s, due %(due)s") % {
        "name": name, "end": f"{end_on:%b %-d, %Y}", "due": f"{due_on:%b %-d, %Y}",
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Activity:
    """What was seen of a student lately, as far as it is shared."""

    last_logged_on: dt.date | None = None
    falling: str = ""  # in words


@dataclass(frozen=True, slots=True)
class Standing:
    """What a student's risks are told from. `own_part` counts as done what waits for the instructor's word alone."""

    pace: Pace
    own_part: Pace
    overdue: int = 0
    hidden: int = 0  # assignments whose records are not shared
    too_late: str = ""  # in words
    seen: Activity = Activity()


def risks(mine: Standing, starts_on: dt.date, day: dt.date) -> list[str]:
    """Why a student may not make it, in words, the gravest first; nothing for who has done their part or has not begun."""
    if mine.own_part.complete or day < starts_on:
        return []
    found = []
    if mine.overdue:
        found.append(_("1 overdue") if mine.overdue == 1 else _("%(n)s overdue") % {"n": mine.overdue})
    found += [text for text in (mine.too_late, mine.seen.falling) if text]
    quiet = (day - max(mine.seen.last_logged_on or starts_on, starts_on)).days
    if mine.hidden:
        found.append(_("%(n)s not shared") % {"n": mine.hidden})
    elif quiet >= QUIET.days:
        found.append(_("nothing logged for %(days)s days") % {"days": quiet})
    if mine.own_part.behind:
        found.append(_("behind pace: %(pace)s") % {"pace": mine.pace.text})
    return found
