"""Forecasts of any number of coders, from what an evaluation brought: each open gap, and the promotion as a whole.

Reads records by month; writes nothing. One coder on a page, what-if and the nightly job go through the same function.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from curriculum.conditions import Leaf, leaves
from tracker.evaluation.compare import MET as LEAF_MET
from tracker.evaluation.compare import Verdict
from tracker.evaluation.compute import MET, NOT_APPLICABLE, WAIVED, Batch, Column
from tracker.forecast import grid
from tracker.forecast.pace import Reason
from tracker.measures import Measurement

from .exams import CREDENTIALS, Chances, Exam, planned
from .histories import Histories
from .leaves import Paces, Reader, exams_for, monthly_leaves

CLOSED = (MET, WAIVED, NOT_APPLICABLE)
OWN = Paces()  # nothing is assumed


@dataclass
class GapOutlook:
    """One version's open gaps: rows of `who` (indices of coders), CDFs, why none can be named, and what drives them."""

    version: int
    who: np.ndarray
    cdf: np.ndarray
    reason: np.ndarray
    driver: str | None
    exams: dict[int, list[Exam]] = field(default_factory=dict)  # by coder's index, where exams close it

    def row(self, i: int) -> int | None:
        """The row of a coder; None where the gap is not open."""
        place = int(np.searchsorted(self.who, i))
        return place if place < len(self.who) and self.who[place] == i else None


@dataclass
class Promotion:
    """One coder's way to the target. `cdf` is of the musts of which something can be said; `unsaid` are the others."""

    cdf: np.ndarray
    decided_by: int | None  # milestone
    unsaid: dict[int, Reason]  # by milestone
    musts_open: int

    @property
    def can_say(self) -> bool:
        return not self.unsaid


@dataclass
class Outlook:
    batch: Batch
    gaps: dict[int, GapOutlook]  # by version
    histories: Histories

    def promotions(self, indices: Iterable[int] | None = None) -> dict[int, Promotion]:
        """By the coder's index; who has no must open has none."""
        batch, found = self.batch, {}
        pairs = defaultdict(list)
        for i in range(len(batch.coders)) if indices is None else indices:
            pairs[batch.profile.targets[i], batch.profile.roles[i]].append(i)
        for (target, role), members in pairs.items():
            musts = {}
            for ask in batch.context.requirements.asked_of(target, role):
                if ask.must and ask.version_id in self.gaps:
                    musts[ask.milestone_id] = self.gaps[ask.version_id]
            found |= _promotions(np.array(members), musts, batch.as_of)
        return found


def outlook(
    batch: Batch,
    exams: dict[int, list[Exam]] | None = None,
    paces: Paces = OWN,
    histories: Histories | None = None,
) -> Outlook:
    """The outlook of all coders of an evaluation.

    What-if has `exams` in the place of those that are planned, `paces` in that of the coders' own, and `histories` that
    it read once for several looks.
    """
    needed = {
        column.version: np.flatnonzero(column.asked & ~np.isin(column.status, CLOSED))
        for column in batch.columns
    }
    if histories is None:
        rules = batch.context.rules
        asked = {leaf for version, who in needed.items() if len(who) for leaf in leaves(rules[version].needs)}
        histories = Histories(batch.data, monthly_leaves(asked))
    exams = planned(batch.ids, Chances.load()) if exams is None else exams
    reader = Reader(batch.data, _once(batch), histories, exams, paces)
    gaps = {
        column.version: _gap(column, needed[column.version], reader)
        for column in batch.columns
        if len(needed[column.version])
    }
    return Outlook(batch, gaps, histories)


def _once(batch: Batch):
    """Each condition read once, however many look at it."""
    read: dict[str, Measurement] = {}

    def once(leaf: Leaf) -> Measurement:
        if leaf.key not in read:
            read[leaf.key] = batch.read(leaf)
        return read[leaf.key]

    return once


def _gap(column: Column, who: np.ndarray, reader: Reader) -> GapOutlook:
    cdf, reason, exams = _node(column.verdict, who, reader)
    return GapOutlook(column.version, who, cdf, reason, _driver(column.verdict), exams)


def _node(verdict: Verdict, who: np.ndarray, reader: Reader) -> tuple[np.ndarray, np.ndarray, dict]:
    """A condition, or a group of them, for some coders: CDF, reason, and the exams that it takes, by coder's index."""
    cdf, reason, exams = grid.at_once(len(who)), np.zeros(len(who), int), {}
    open_ = np.flatnonzero(verdict.status[who] != LEAF_MET)
    if not len(open_):
        return cdf, reason, exams
    if verdict.leaf is not None:
        cdf[open_], reason[open_] = reader.closing(verdict.leaf, who[open_])
        cdf[reason != Reason.CAN_SAY] = 0.0
        if verdict.leaf.measure == CREDENTIALS and reader.exams:
            used = {i: exams_for(reader, verdict.leaf, i) for i in who[open_].tolist()}
            exams = {i: some for i, some in used.items() if some}
        return cdf, reason, exams
    parts = [_node(part, who[open_], reader) for part in verdict.parts]
    n = int(verdict.denominator[0])
    said = np.stack([part[1] == Reason.CAN_SAY for part in parts])
    cdf[open_] = grid.some_of(n, [part[0] for part in parts])
    # Of alternatives one that can be said is enough; what cannot be said never closes, and does no harm.
    reasons = np.stack([part[1] for part in parts])
    first = np.take_along_axis(reasons, said.argmin(axis=0)[None], 0)[0]
    reason[open_] = np.where(said.sum(axis=0) >= n, Reason.CAN_SAY, first)
    for row, i in enumerate(who[open_].tolist()):
        for part_cdf, _, part_exams in parts:
            if i in part_exams and np.array_equal(part_cdf[row], cdf[open_[row]]):
                exams[i] = part_exams[i]  # of several ways this exam is the one that closes it
    return cdf, reason, exams


def _driver(verdict: Verdict) -> str | None:
    """What a gap moves with: all that rests on audits of one method does so together."""
    methods = {
        leaf.params["method"]
        for leaf in _leaves_of(verdict)
        if leaf.measure in ("audit_accuracy", "audit_accuracy_sustained")
    }
    return f"audits:{methods.pop()}" if len(methods) == 1 else None


def _leaves_of(verdict: Verdict) -> Iterable[Leaf]:
    if verdict.leaf is not None:
        yield verdict.leaf
    for part in verdict.parts:
        yield from _leaves_of(part)


EXAMS = "exams"


def _promotions(members: np.ndarray, musts: dict[int, GapOutlook], today: dt.date) -> dict[int, Promotion]:
    """Of coders with the same target and role, and so with the same musts."""
    milestones, cdfs, drivers = [], [], []
    unsaid: dict[int, dict[int, Reason]] = defaultdict(dict)
    open_musts = np.zeros(len(members), int)
    for milestone, gap in musts.items():
        place = np.searchsorted(gap.who, members)
        has = gap.who[np.minimum(place, len(gap.who) - 1)] == members
        if not has.any():
            continue
        rows = place[has]
        cdf = grid.at_once(len(members))
        says = gap.reason[rows] == Reason.CAN_SAY
        cdf[np.flatnonzero(has)[says]] = gap.cdf[rows[says]]
        for member, row in zip(members[has][~says].tolist(), rows[~says].tolist(), strict=True):
            unsaid[member][milestone] = Reason(int(gap.reason[row]))
        open_musts += has
        milestones.append(milestone)
        cdfs.append(cdf)
        drivers.append(EXAMS if gap.exams else gap.driver)
    if not cdfs:
        return {}
    whole = grid.all_of(cdfs, drivers)
    _join_exams(whole, members, cdfs, drivers, [musts[m] for m in milestones], today)
    decides = grid.deciding(cdfs, drivers)
    return {
        i: Promotion(
            cdf=whole[row],
            decided_by=milestones[decides[row]] if len(unsaid[i]) < open_musts[row] else None,
            unsaid=dict(unsaid[i]),
            musts_open=int(open_musts[row]),
        )
        for row, i in enumerate(members.tolist())
        if open_musts[row]
    }


def _join_exams(whole, members, cdfs, drivers, gaps, today: dt.date) -> None:
    """One exam that closes several gaps is passed once; different exams are each to be passed."""
    plain = [place for place, driver in enumerate(drivers) if driver != EXAMS]
    for row, i in enumerate(members.tolist()):
        used = dict.fromkeys(exam for gap in gaps for exam in gap.exams.get(i, []))
        if used:
            others = [cdfs[place][row : row + 1] for place in plain]
            rest = grid.all_of(others, [drivers[place] for place in plain])[0] if others else 1.0
            whole[row] = rest * np.multiply.reduce([exam.cdf(today) for exam in used])
