"""Planned exams: which of them close a gap that asks for credentials, and when."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from curriculum.conditions import Leaf
from curriculum.models import Effort
from tracker.evaluation.queries import coder_filter
from tracker.forecast.dated import exams as passing
from tracker.measures.base import listed
from tracker.models.records import Credential

DAYS_A_MONTH = 30.4375
CREDENTIALS = "credentials"  # the measure


@dataclass(frozen=True)
class Exam:
    """An exam that a coder plans, or assumes to plan, with the chance of passing it and the months until one may try again."""

    certification: str
    family: str
    body: str
    day: dt.date
    pass_rate: float
    retake: float

    def fits(self, leaf: Leaf) -> bool:
        """Whether passing it counts for a condition on credentials."""
        named = not (listed(leaf, "any_of") or listed(leaf, "families"))
        named |= self.certification in listed(leaf, "any_of") or self.family in listed(leaf, "families")
        return named and (not listed(leaf, "bodies") or self.body in listed(leaf, "bodies"))

    def cdf(self, today: dt.date) -> np.ndarray:
        months = np.array([(self.day - today).days / DAYS_A_MONTH])
        return passing(months, np.array([self.pass_rate]), np.array([self.retake]))[0]


@dataclass(frozen=True)
class Chances:
    """What is assumed of exams, by family of certification ("" for any): the pass rate and the months between tries."""

    by_family: Mapping[str, tuple[float, float]]

    def of(self, family: str) -> tuple[float, float]:
        return self.by_family.get(family) or self.by_family.get("", (1.0, 1.0))

    @classmethod
    def load(cls, efforts: Iterable[Effort] | None = None) -> "Chances":
        rows = Effort.objects.filter(measure=CREDENTIALS) if efforts is None else efforts
        by_family = {}
        for row in rows:
            if row.measure == CREDENTIALS and row.pass_rate is not None:
                for family in row.families or [""]:
                    by_family[family] = (float(row.pass_rate), (row.retake_days or 30) / DAYS_A_MONTH)
        return cls(by_family)


def planned(ids: np.ndarray, chances: Chances) -> dict[int, list[Exam]]:
    """Every coder's planned exams, the earliest first, by the coder's index. One query."""
    rows = (
        Credential.objects.counted()
        .filter(coder_filter("coder_id", ids), earned_on=None, planned_on__isnull=False)
        .order_by("planned_on", "pk")
        .values_list(
            "coder_id", "certification__slug", "certification__family", "certification__body__slug", "planned_on"
        )
    )  # fmt: skip
    found: dict[int, list[Exam]] = defaultdict(list)
    place = {int(coder): i for i, coder in enumerate(ids)}
    for coder, slug, family, body, day in rows:
        if coder in place:
            found[place[coder]].append(Exam(slug, family, body, day, *chances.of(family)))
    return dict(found)


def needed(leaf: Leaf, exams: list[Exam], held: float, every: float | None) -> list[Exam] | None:
    """The fewest of the planned exams, earliest first, that close a condition; None where they do not suffice.

    `held` are the credentials that count already, `every` all that are held where one of them is set aside as the first.
    """
    used: list[Exam] = []
    for exam in exams:
        fits = exam.fits(leaf)
        if not fits and every is None:
            continue
        used.append(exam)
        held, every = held + fits, None if every is None else every + 1
        if (held if every is None else min(held, every - 1)) >= float(leaf.target):
            return used
    return None
