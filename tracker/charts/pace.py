"""Pace beside quality, quarter by quarter: whether going faster costs accuracy."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tracker import wording
from tracker.intervals import wilson

from .base import Chart

QUARTERS = 8


@dataclass(frozen=True)
class Worked:
    """Charts of one work type with a confirmed rate, counted by a day: standard hours earned, and hours worked."""

    day: dt.date
    earned: float
    hours: float


@dataclass(frozen=True)
class Reviewed:
    day: dt.date
    correct: int
    reviewed: int


@dataclass(frozen=True)
class Quarter:
    name: str
    attainment: float
    accuracy: float
    correct: int
    reviewed: int


def quarter_of(day: dt.date) -> tuple[int, int]:
    return day.year, (day.month + 2) // 3


def quarters(worked: list[Worked], reviewed: list[Reviewed]) -> list[Quarter]:
    """The last quarters that have both, the oldest first. Counts are pooled and hours summed, never averaged."""
    hours: dict[tuple[int, int], list[float]] = {}
    counts: dict[tuple[int, int], list[int]] = {}
    for work in worked:
        sums = hours.setdefault(quarter_of(work.day), [0.0, 0.0])
        sums[0] += work.earned
        sums[1] += work.hours
    for audit in reviewed:
        found = counts.setdefault(quarter_of(audit.day), [0, 0])
        found[0] += audit.correct
        found[1] += audit.reviewed
    return [
        Quarter(f"Q{quarter} {year}", 100 * hours[year, quarter][0] / hours[year, quarter][1],
                100 * counts[year, quarter][0] / counts[year, quarter][1], *counts[year, quarter])
        for year, quarter in sorted(set(hours) & set(counts))
    ][-QUARTERS:]  # fmt: skip


def pace_chart(found: list[Quarter], accuracy_target: float, accuracy_words: str) -> Chart:
    if not found:
        return Chart(
            "pace",
            _("Pace and quality need a quarter with both"),
            _("Confirm your charts an hour in your settings, and log charts with their hours and audits with their counts."),
        )  # fmt: skip
    points = []
    for quarter in found:
        lower, upper = (100 * float(bound) for bound in wilson(quarter.correct, quarter.reviewed))
        points.append(
            {
                "name": quarter.name,
                "x": quarter.attainment,
                "y": quarter.accuracy,
                "lower": lower,
                "upper": upper,
            }
        )
    return Chart(
        "pace",
        _title(found, accuracy_target),
        _(
            "Each dot is a quarter, with the 95% interval of its accuracy; up and to the right is faster and better."
        ),
        (_("Quarter"), _("Pace, of your target"), _("Accuracy"), _("Correct"), _("95% interval")),
        [
            (
                quarter.name,
                wording.percent(quarter.attainment),
                wording.percent(quarter.accuracy),
                wording.counts(quarter.correct, quarter.reviewed),
                wording.interval(point["lower"], point["upper"]),
            )
            for quarter, point in zip(reversed(found), reversed(points), strict=True)
        ],
        {
            "points": points,
            "target": accuracy_target,
            "x_words": _("pace, percent of your target"),
            "y_words": _("accuracy, percent (asked: %(target)s)") % {"target": accuracy_words},
        },
    )


def _title(found: list[Quarter], target: float) -> str:
    last = found[-1]
    said = {
        "quarter": last.name,
        "pace": wording.percent(last.attainment),
        "accuracy": wording.percent(last.accuracy),
    }
    if last.attainment >= 100 and last.accuracy >= target:
        return _("%(quarter)s: on pace at %(pace)s, and accurate at %(accuracy)s") % said
    if last.attainment >= 100:
        return _("%(quarter)s: on pace at %(pace)s, accuracy behind at %(accuracy)s") % said
    if last.accuracy >= target:
        return _("%(quarter)s: accurate at %(accuracy)s, pace behind at %(pace)s") % said
    return _("%(quarter)s: pace at %(pace)s and accuracy at %(accuracy)s, both behind") % said
