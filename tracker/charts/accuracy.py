"""Pooled accuracy over time, with what is asked. The same window and interval as the measure's (measures/audits.py)."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker import wording
from tracker.intervals import wilson
from tracker.measures.base import months_before

from .base import Chart

# Beyond this many audits a line through the last ones says as much, and the table stays readable.
MOST = 60


@dataclass(frozen=True)
class AuditPoint:
    day: dt.date
    correct: int
    reviewed: int


@dataclass(frozen=True)
class Asked:
    """The condition that the chart is about: percent, months back (None: everything), and the method's units in words."""

    target: float
    target_words: str
    months: int | None
    units: str


def pooled(audits: list[AuditPoint], months: int | None) -> list[tuple[int, int]]:
    """(correct, reviewed) of all audits in the window that ends at each audit's day. `audits` are in order of days."""
    days = [audit.day for audit in audits]
    correct = np.concatenate([[0], np.cumsum([audit.correct for audit in audits])])
    reviewed = np.concatenate([[0], np.cumsum([audit.reviewed for audit in audits])])
    sums = []
    for day in days:
        end = np.searchsorted(days, day, side="right")
        start = np.searchsorted(days, months_before(day, months), side="right") if months else 0
        sums.append((int(correct[end] - correct[start]), int(reviewed[end] - reviewed[start])))
    return sums


def accuracy_chart(audits: list[AuditPoint], asked: Asked, today: dt.date) -> Chart:
    """`audits` are those that count, up to today."""
    audits = sorted(audits, key=lambda audit: audit.day)
    if not audits:
        return Chart("accuracy", _("No audit with counts yet"), _("Log one, and the line begins here."))
    sums = pooled(audits, asked.months)
    lower, upper = (100 * bound for bound in wilson(*zip(*sums, strict=True)))
    points = [
        {
            "day": audit.day.isoformat(),
            "own": 100 * audit.correct / audit.reviewed,
            "reviewed": audit.reviewed,
            "pooled": 100 * correct / reviewed,
            "lower": float(low),
            "upper": float(high),
        }
        for audit, (correct, reviewed), low, high in zip(audits, sums, lower, upper, strict=True)
    ][-MOST:]
    now = _now(audits, asked, today)
    return Chart(
        "accuracy",
        _title(now, asked),
        _sentence(now, asked),
        (_("Audit"), _("Correct"), _("That audit"), _("Pooled"), _("95% interval")),
        [
            (
                date_format(audit.day, "M j, Y"),
                wording.counts(audit.correct, audit.reviewed),
                wording.percent(point["own"]),
                wording.percent(point["pooled"]),
                wording.interval(point["lower"], point["upper"]),
            )
            for audit, point in zip(reversed(audits), reversed(points), strict=False)
        ],
        {
            "points": points,
            "target": asked.target,
            "target_words": _("asked: %(target)s") % {"target": asked.target_words},
            "pooled_words": _("pooled"),
        },
    )


def _now(audits, asked, today) -> tuple[int, int, int] | None:
    """Correct, reviewed and number of audits in the window that ends today."""
    start = months_before(today, asked.months) if asked.months else dt.date.min
    recent = [audit for audit in audits if start < audit.day <= today]
    if not recent:
        return None
    return sum(a.correct for a in recent), sum(a.reviewed for a in recent), len(recent)


def _title(now, asked) -> str:
    if now is None:
        return _("No audit in the last %(months)s months") % {"months": asked.months}
    correct, reviewed, _count = now
    rate = 100 * correct / reviewed
    said = {"rate": wording.percent(rate), "target": asked.target_words}
    lower, upper = (100 * float(bound) for bound in wilson(correct, reviewed))
    if rate >= asked.target:
        if lower >= asked.target:
            return _("%(rate)s, above the %(target)s asked, with chance allowed for") % said
        return _("%(rate)s, above the %(target)s asked; the sample leaves room for doubt") % said
    if upper < asked.target:
        return _("%(rate)s, below the %(target)s asked, with chance allowed for") % said
    return _("%(rate)s, below the %(target)s asked; that may still be chance") % said


def _sentence(now, asked) -> str:
    if now is None:
        return _("Older audits are shown, and do not count any more.")
    correct, reviewed, count = now
    said = {
        "counts": wording.counts(correct, reviewed),
        "units": asked.units,
        "audits": wording.units(count, "audits"),
        "interval": wording.interval(*(100 * float(bound) for bound in wilson(correct, reviewed))),
    }
    text = _(
        "%(counts)s %(units)s correct in %(audits)s: the true rate most likely lies within %(interval)s."
    )
    return text % said + " " + _("Each dot is an audit, larger where more was reviewed.")
