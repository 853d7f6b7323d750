"""Readiness over time: what was said of each milestone on a day, weighed as the target asks today."""

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker import wording
from tracker.models import Status

from .base import Chart

LEFT_OUT = (Status.WAIVED, Status.NOT_APPLICABLE)


@dataclass(frozen=True)
class Said:
    """One line of gap history."""

    day: dt.date
    milestone: int
    status: str


@dataclass(frozen=True)
class Step:
    day: dt.date
    percent: int
    gained: list[str]
    lost: list[str]


def steps(history: list[Said], weights: dict[int, int], names: dict[int, str]) -> list[Step]:
    """Readiness after each day on which something changed; rounded down, as everywhere.

    `history` is in the order in which it was said. What was never said of a milestone counts as not met.
    """
    status: dict[int, str] = {}
    found: list[Step] = []
    days = sorted({said.day for said in history})
    by_day = {day: [said for said in history if said.day == day] for day in days}
    for day in days:
        before = {milestone for milestone, now in status.items() if now == Status.MET}
        status.update({said.milestone: said.status for said in by_day[day] if said.milestone in weights})
        met = {milestone for milestone, now in status.items() if now == Status.MET}
        asked = sum(weight for m, weight in weights.items() if status.get(m) not in LEFT_OUT)
        percent = 100 * sum(weights[m] for m in met) // asked if asked else 0
        step = Step(
            day, percent, sorted(names[m] for m in met - before), sorted(names[m] for m in before - met)
        )
        if not found or step.percent != found[-1].percent or step.gained or step.lost:
            found.append(step)
    return found


def readiness_chart(found: list[Step], target: str, now: int | None, today: dt.date) -> Chart:
    """`now` is the readiness that the dashboard shows: the line ends there."""
    if not found or now is None:
        return Chart(
            "readiness", _("Nothing to follow yet"), _("The line begins with your first evaluation.")
        )
    points = [{"day": step.day.isoformat(), "percent": step.percent} for step in found]
    points.append({"day": today.isoformat(), "percent": now})
    return Chart(
        "readiness",
        _title(found[0], now, today),
        _("What we said on each day, weighed by what %(target)s asks today.") % {"target": target},
        (_("Day"), _("Ready"), _("What changed")),
        [(date_format(step.day, "M j, Y"), f"{step.percent}%", _changes(step, i == 0)) for i, step in enumerate(found)][::-1],
        {"points": points, "words": _("ready")},
    )  # fmt: skip


def _title(first: Step, now: int, today: dt.date) -> str:
    said = {"now": now, "then": first.percent, "month": date_format(first.day, "F Y")}
    if first.day == today or now == first.percent:
        return _("%(now)s%% ready since %(month)s") % said
    if now > first.percent:
        return _("%(now)s%% ready, up from %(then)s%% in %(month)s") % said
    return _("%(now)s%% ready, down from %(then)s%% in %(month)s") % said


def _changes(step: Step, is_first: bool) -> str:
    if is_first:
        return _("%(milestones)s met at the first look") % {
            "milestones": wording.units(len(step.gained), "milestones")
        }
    gained = [_("met: %(names)s") % {"names": ", ".join(step.gained)}] if step.gained else []
    lost = [_("no longer met: %(names)s") % {"names": ", ".join(step.lost)}] if step.lost else []
    return "; ".join([*gained, *lost]) or _("what is asked changed")
