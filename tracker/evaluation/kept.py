"""What is stored of coders from before, which their next evaluation starts from: arrays with one entry a coder."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
from django.db.models import TextField
from django.db.models.functions import Cast

from tracker.models import Evaluation, Gap, Status

from .queries import coder_filter

STATUSES = [
    Status.NO_EVIDENCE, Status.OPEN, Status.CLOSE, Status.MET, Status.LAPSED, Status.WAIVED, Status.NOT_APPLICABLE,
]  # fmt: skip
CODES = {status.value: code for code, status in enumerate(STATUSES)}
NEVER = 0  # no date: days are ordinals
# As text: it is only compared, and making moments of time of thousands of them takes longer than reading them.
EVALUATED_AT = Cast("evaluated_at", TextField())


@dataclass
class KeptGaps:
    """The stored gaps of one version. `exists` tells who has one; dates are ordinals."""

    exists: np.ndarray
    status: np.ndarray
    fingerprint: np.ndarray
    first_met: np.ndarray
    since: np.ndarray

    @classmethod
    def nothing(cls, size: int) -> "KeptGaps":
        return cls(np.zeros(size, bool), *(np.zeros(size, np.int64) for _ in range(4)))


class Kept:
    """Gaps by version, whatever the version: what was met once stays met once. `demonstrated` is a stage's id, or 0.

    `evaluated_at` tells, by coder, whether all of this still holds when the next evaluation is stored.
    """

    def __init__(self, ids: np.ndarray, gaps: list[tuple] = (), evaluations: list[tuple] = ()):
        self.size = len(ids)
        self.evaluated_at: dict[int, str] = {coder_id: at for coder_id, at, _ in evaluations}
        self.demonstrated = np.zeros(self.size, np.int64)
        for coder_id, _, stage_id in evaluations:
            self.demonstrated[np.searchsorted(ids, coder_id)] = stage_id or 0
        self.by_version: dict[int, KeptGaps] = {}
        self.ever_met: dict[int, np.ndarray] = {}
        self.milestone_of: dict[int, int] = {}
        if gaps:
            self._take(ids, gaps)

    def _take(self, ids: np.ndarray, gaps: list[tuple]) -> None:
        coders, versions, milestones, statuses, prints, first_met, since = zip(*gaps, strict=True)
        index, versions = np.searchsorted(ids, np.array(coders, np.int64)), np.array(versions)
        self.milestone_of = dict(zip(versions.tolist(), milestones, strict=True))
        columns = (
            np.array([CODES[status] for status in statuses]),
            np.array(prints, np.int64),
            _ordinals(first_met),
            _ordinals(since),
        )
        for version in np.unique(versions).tolist():
            chosen = versions == version
            kept = KeptGaps.nothing(self.size)
            kept.exists[index[chosen]] = True
            arrays = (kept.status, kept.fingerprint, kept.first_met, kept.since)
            for array, column in zip(arrays, columns, strict=True):
                array[index[chosen]] = column[chosen]
            self.by_version[version] = kept
            met = self.ever_met.setdefault(self.milestone_of[version], np.zeros(self.size, bool))
            met |= kept.first_met != NEVER

    def known_on(self, day: dt.date) -> "Kept":
        """The same without what was first met after a day, and without the stage shown since: that follows from the rest."""
        self.demonstrated = np.zeros(self.size, np.int64)
        for kept in self.by_version.values():
            kept.first_met[kept.first_met > day.toordinal()] = NEVER
        self.ever_met = {}
        for version, kept in self.by_version.items():
            met = self.ever_met.setdefault(self.milestone_of[version], np.zeros(self.size, bool))
            met |= kept.first_met != NEVER
        return self

    def of(self, version: int) -> KeptGaps:
        return self.by_version.get(version) or KeptGaps.nothing(self.size)

    def met_once(self, milestone: int) -> np.ndarray:
        """Who has met some version of a milestone."""
        return self.ever_met.get(milestone, np.zeros(self.size, bool))


def _ordinals(days) -> np.ndarray:
    return np.array([day.toordinal() if day else NEVER for day in days], np.int64)


def day_of(ordinal: int) -> dt.date | None:
    return dt.date.fromordinal(ordinal) if ordinal != NEVER else None


def kept_of(ids: np.ndarray) -> Kept:
    """Two queries. First the evaluation: gaps stored between the two make a coder look overtaken, never the reverse."""
    ids = np.asarray(ids, np.int64)
    known, ours = set(ids.tolist()), coder_filter("coder_id", ids)
    rows = Evaluation.objects.filter(ours)
    stored = rows.values_list("coder_id", EVALUATED_AT, "demonstrated_stage_id")
    evaluations = [row for row in stored if row[0] in known]
    gaps = Gap.objects.filter(ours).values_list(
        "coder_id", "milestone_version_id", "milestone_version__milestone_id", "status", "fingerprint", "first_met_on",
        "status_since",
    )  # fmt: skip
    return Kept(ids, [row for row in gaps if row[0] in known], evaluations)
