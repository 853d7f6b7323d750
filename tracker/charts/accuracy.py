"""Pooled accuracy over time, with what is asked. The same window and interval as the measure's (measures/audits.py)."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker import wording
from tracker.design_effect import design_effect
from tracker.intervals import wilson
from tracker.measures.base import months_before

from .base import Chart

# Beyond this many audits a line through the last ones says as much, and the table stays readable.
MOST = 60


@dataclass(frozen=True)
class AuditPoint:
    """One score; where its charts are known, their number and variances (tracker/design_effect.py)."""

    day: dt.date
    correct: int
    reviewed: int
    charts: int = 0
    as_drawn: float = 0.0
    drawn_alone: float = 0.0


@dataclass(frozen=True)
class Pool:
    """All scores of a window together, with the interval that allows for codes of one chart going together."""

    correct: int
    reviewed: int
    audits: int
    lower: float
    upper: float

    @property
    def rate(self) -> float:
        return 100 * self.correct / self.reviewed


@dataclass(frozen=True)
class Asked:
    """The condition that the chart is about: percent, months back (None: everything), and the method's units in words."""

    target: float
    target_words: str
    months: int | None
    units: str


def pooled(
    audits: list[AuditPoint], months: int | None, ends: list[dt.date] | None = None
) -> list[Pool | None]:
    """The pool of the window that ends on each day, by default each audit's. `audits` are in order of days."""
    days = np.array([audit.day for audit in audits], "datetime64[D]")
    figures = np.array([(a.correct, a.reviewed, a.charts, a.as_drawn, a.drawn_alone) for a in audits], float)
    sums = np.vstack([np.zeros(5), figures.cumsum(axis=0)])
    ends = [audit.day for audit in audits] if ends is None else ends
    last = np.searchsorted(days, np.array(ends, "datetime64[D]"), side="right")
    starts = np.array([months_before(day, months) for day in ends], "datetime64[D]") if months else None
    first = np.zeros_like(last) if starts is None else np.searchsorted(days, starts, side="right")
    correct, reviewed, *charts = (sums[last] - sums[first]).T
    effect = np.nan_to_num(design_effect(*charts), nan=1.0)
    lower, upper = (100 * bound for bound in wilson(correct / effect, reviewed / effect))
    return [
        Pool(int(k), int(n), int(audits_in), float(low), float(high)) if n else None
        for k, n, audits_in, low, high in zip(correct, reviewed, last - first, lower, upper, strict=True)
    ]


def accuracy_chart(audits: list[AuditPoint], asked: Asked, today: dt.date) -> Chart:
    """`audits` are those that count, up to today."""
    audits = sorted(audits, key=lambda audit: audit.day)
    if not audits:
        return Chart("accuracy", _("No audit with counts yet"), _("Log one, and the line begins here."))
    points = [
        {
            "day": audit.day.isoformat(),
            "own": 100 * audit.correct / audit.reviewed,
            "reviewed": audit.reviewed,
            "pooled": pool.rate,
            "lower": pool.lower,
            "upper": pool.upper,
        }
        for audit, pool in zip(audits, pooled(audits, asked.months), strict=True)
    ][-MOST:]
    now = pooled(audits, asked.months, [today])[0]
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


def _title(now: Pool | None, asked: Asked) -> str:
    if now is None:
        return _("No audit in the last %(months)s months") % {"months": asked.months}
    said = {"rate": wording.percent(now.rate), "target": asked.target_words}
    if now.rate >= asked.target:
        if now.lower >= asked.target:
            return _("%(rate)s, above the %(target)s asked, with chance allowed for") % said
        return _("%(rate)s, above the %(target)s asked; the sample leaves room for doubt") % said
    if now.upper < asked.target:
        return _("%(rate)s, below the %(target)s asked, with chance allowed for") % said
    return _("%(rate)s, below the %(target)s asked; that may still be chance") % said


def _sentence(now: Pool | None, asked: Asked) -> str:
    if now is None:
        return _("Older audits are shown, and do not count any more.")
    said = {
        "counts": wording.counts(now.correct, now.reviewed),
        "units": asked.units,
        "audits": wording.units(now.audits, "audits"),
        "interval": wording.interval(now.lower, now.upper),
    }
    text = _(
        "%(counts)s %(units)s correct in %(audits)s: the true rate most likely lies within %(interval)s."
    )
    return text % said + " " + _("Each dot is an audit, larger where more was reviewed.")
