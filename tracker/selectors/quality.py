"""Quality beside speed: accuracy with its interval beside attainment, by work type and month. Sums first, shares last."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from django.db.models import F, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from curriculum.models import WorkType
from tracker import wording
from tracker.design_effect import design_effect
from tracker.intervals import wilson
from tracker.measures.base import months_before
from tracker.models import AuditScore, Basis, Coder, Volume

MONTHS = 12
CHARTS = ("chart_count", "variance_as_drawn", "variance_drawn_alone")


@dataclass
class Cell:
    """What was coded and audited of one work type in one month, or in all of them. Hours are of coding."""

    charts: int = 0
    minutes: int = 0
    standard_hours: float | None = None
    correct: int = 0
    reviewed: int = 0
    charts_known: tuple[float, float, float] = (0.0, 0.0, 0.0)  # number and variances, for the design effect

    def add(self, other: "Cell") -> None:
        self.charts, self.minutes = self.charts + other.charts, self.minutes + other.minutes
        self.correct, self.reviewed = self.correct + other.correct, self.reviewed + other.reviewed
        self.charts_known = tuple(a + b for a, b in zip(self.charts_known, other.charts_known, strict=True))
        if other.standard_hours is not None:
            self.standard_hours = (self.standard_hours or 0) + other.standard_hours

    @property
    def hours(self) -> float:
        return self.minutes / 60

    @property
    def attainment(self) -> str:
        """Standard hours earned over hours worked; empty without a confirmed target."""
        if self.standard_hours is None or not self.minutes:
            return ""
        return wording.percent(100 * self.standard_hours / self.hours)

    @property
    def accuracy(self) -> str:
        return wording.percent(100 * self.correct / self.reviewed) if self.reviewed else ""

    @property
    def counts(self) -> str:
        return wording.counts(self.correct, self.reviewed) if self.reviewed else ""

    @property
    def interval(self) -> str:
        if not self.reviewed:
            return ""
        effect = self.design_effect or 1.0
        bounds = wilson(self.correct / effect, self.reviewed / effect)
        return wording.interval(*(100 * float(bound) for bound in bounds))

    @property
    def design_effect(self) -> float | None:
        """What the counts are divided by for the interval; None where too few charts are known one by one."""
        effect = float(design_effect(*self.charts_known))
        return None if np.isnan(effect) else effect

    @property
    def design_effect_text(self) -> str:
        return "" if self.design_effect is None else f"{self.design_effect:.2f}"


@dataclass(frozen=True)
class Month:
    first: dt.date
    cell: Cell


@dataclass(frozen=True)
class WorkTypeLines:
    """A work type with its months, the last first, their sum, the confirmed target and the published range."""

    work_type: WorkType | None
    target: Decimal | None
    months: list[Month]
    total: Cell

    @property
    def name(self) -> str:
        return str(self.work_type) if self.work_type else _("Work type not given")


def quality_and_speed(coder: Coder, method: str, as_of: dt.date) -> list[WorkTypeLines]:
    """The last twelve months and the one under way. Four queries, whatever the history."""
    first = months_before(as_of.replace(day=1), MONTHS)
    cells: dict = defaultdict(lambda: defaultdict(Cell))
    targets = dict(coder.productivity_targets.values_list("work_type", "per_hour"))
    volumes = Volume.objects.counted().filter(coder=coder, ends_on__gte=first, ends_on__lte=as_of)
    for work_type, month, charts, minutes in (
        volumes.annotate(month=TruncMonth("ends_on"))
        .values_list("work_type", "month")
        .annotate(n=Sum("charts"), took=Sum("minutes"))
        .order_by()
    ):
        rate = targets.get(work_type)
        standard = float(charts / rate) if rate else None
        cells[work_type][month].add(Cell(charts, minutes, standard))
    scores = AuditScore.objects.filter(
        audit__coder=coder, audit__removed_at=None, audit__counted=True, method=method, reviewed__isnull=False,
        audit__audited_on__gte=first, audit__audited_on__lte=as_of,
    ).exclude(audit__basis=Basis.TARGETED)  # fmt: skip
    for work_type, month, correct, reviewed, *charts in (
        scores.annotate(month=TruncMonth("audit__audited_on"), work_type=F("audit__work_type"))
        .values_list("work_type", "month")
        .annotate(right=Sum("correct"), seen=Sum("reviewed"), **{name: Sum(name) for name in CHARTS})
        .order_by()
        .values_list("work_type", "month", "right", "seen", *CHARTS)
    ):
        cells[work_type][month].add(
            Cell(correct=correct, reviewed=reviewed, charts_known=tuple(float(n or 0) for n in charts))
        )
    work_types = WorkType.objects.in_bulk([pk for pk in cells if pk])
    lines = [_lines(work_types.get(pk), targets.get(pk), by_month) for pk, by_month in cells.items()]
    return sorted(lines, key=lambda line: (line.work_type is None, -line.total.minutes, line.name))


def _lines(work_type: WorkType | None, target, by_month: dict) -> WorkTypeLines:
    total = Cell()
    for cell in by_month.values():
        total.add(cell)
    months = [Month(month, by_month[month]) for month in sorted(by_month, reverse=True)]
    return WorkTypeLines(work_type, target, months, total)
