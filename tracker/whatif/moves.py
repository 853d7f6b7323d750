"""The next best moves: what to do, how much sooner what it closes would close, and what that takes.

A move closes one gap or several (one exam may close three). Saved are the months by which each of them closes earlier than
at the present pace, five years at most where nothing says when, counted by the weight with which the target asks for it; the
order is by that for an hour of one's own time. Hours are assumptions, and each move shows its own.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from curriculum.conditions import Leaf, Node
from curriculum.models import Certification, Effort, Milestone
from tracker.evaluation.compare import MET, Verdict
from tracker.forecast import grid
from tracker.forecast.pace import Reason
from tracker.measures.base import listed
from tracker.outlook.compute import GapOutlook
from tracker.outlook.exams import CREDENTIALS, DAYS_A_MONTH, Exam, needed
from tracker.outlook.leaves import held_now

from .assumptions import offered
from .compute import WEEKS_A_MONTH, WhatIf, effort_of_exam, middle

MOST = 8
# Sooner than this by nobody's count.
LEAST_SAVED = 1.0


@dataclass(frozen=True)
class Move:
    """`closes` are milestones; `saved` months times weight, over all of them; `sooner` the most months that one of them
    closes earlier; `by` the day it would be done."""

    title: str
    closes: tuple[Milestone, ...]
    must: bool
    hours: float
    by: dt.date
    saved: float
    efforts: tuple[Effort, ...]
    certification: str = ""

    sooner: float = 0.0

    @property
    def score(self) -> float:
        return self.saved / max(self.hours, 1.0)


@dataclass(frozen=True)
class _Open:
    milestone: Milestone
    gap: GapOutlook
    verdict: Verdict
    needs: Node
    weight: int
    must: bool

    @property
    def months(self) -> float:
        """Until it closes as things go."""
        row = self.gap.row(0)
        return middle(self.gap.cdf[row]) if self.gap.reason[row] == Reason.CAN_SAY else float(grid.HORIZON)


def next_moves(seen: WhatIf, most: int = MOST) -> list[Move]:
    """For one coder and the target looked at, the most saved for an hour first."""
    gaps = _open_gaps(seen)
    moves = [*_exam_moves(gaps, seen), *_other_moves(gaps, seen)]
    moves = [move for move in moves if move.saved >= LEAST_SAVED]
    return sorted(moves, key=lambda move: (-move.score, move.hours, move.title))[:most]


def _open_gaps(seen: WhatIf) -> list[_Open]:
    batch, found = seen.now.evaluated, seen.now.found
    verdicts = {column.version: column.verdict for column in batch.columns}
    gaps = []
    for ask in batch.context.requirements.asked_of(seen.now.target, seen.role):
        gap = found.gaps.get(ask.version_id)
        if gap is not None and gap.row(0) is not None:
            needs = batch.context.rules[ask.version_id].needs
            milestone = seen.milestones[ask.milestone_id]
            gaps.append(_Open(milestone, gap, verdicts[ask.version_id], needs, ask.weight, ask.must))
    return gaps


def _exam_moves(gaps: list[_Open], seen: WhatIf) -> Iterable[Move]:
    """One exam for each certification that closes something; of those that close the same, the best known effort."""
    wanted = [gap for gap in gaps if isinstance(gap.needs, Leaf) and gap.needs.measure == CREDENTIALS]
    if not wanted:
        return
    best: dict[tuple, Move] = {}
    for row in _candidates(wanted, seen):
        exam = Exam(row.slug, row.family, row.body.slug, seen.today, 1.0, 1.0)
        closed = [gap for gap in wanted if _closes(gap, exam, seen)]
        effort = effort_of_exam(row.family, seen.efforts)
        if not closed or effort is None:
            continue
        move = _move(row.code, closed, [effort], float(effort.hours), seen, certification=row.slug)
        key = tuple(gap.milestone.pk for gap in closed)
        # The target's own, then the cheaper one, then the order of the catalogue.
        if key not in best or move.hours < best[key].hours:
            best[key] = move
    for key, move in best.items():
        # One that closes less than another, and takes no less, is no move.
        if not any(set(key) < set(other) and best[other].hours <= move.hours for other in best):
            yield move


def _candidates(wanted: list[_Open], seen: WhatIf) -> list[Certification]:
    rows = [
        row
        for row in offered().select_related("body").order_by("body__position", "position", "code")
        if row.slug not in seen.held
    ]
    named = {slug for gap in wanted for slug in listed(gap.needs, "any_of")}
    serving = set()
    if seen.now.target:
        serving = set(seen.now.target.serving_certifications.values_list("slug", flat=True))
    return sorted(rows, key=lambda row: (row.slug not in serving, row.slug not in named))


def _closes(gap: _Open, exam: Exam, seen: WhatIf) -> bool:
    leaf, batch = gap.needs, seen.now.evaluated
    held = held_now(leaf, batch.data, batch.read(leaf), 0)
    return exam.fits(leaf) and needed(leaf, [exam], *held) is not None


def _other_moves(gaps: list[_Open], seen: WhatIf) -> Iterable[Move]:
    efforts = {row.measure: row for row in reversed(seen.efforts) if row.measure != CREDENTIALS}
    for gap in gaps:
        if isinstance(gap.needs, Leaf) and gap.needs.measure == CREDENTIALS:
            continue
        needed_efforts = _cheapest(gap.needs, gap.verdict, efforts)
        if needed_efforts:
            hours = sum(float(row.hours) for row in needed_efforts)
            yield _move(gap.milestone.name, [gap], needed_efforts, hours, seen)


def _cheapest(node: Node, verdict: Verdict, efforts: dict[str, Effort]) -> list[Effort] | None:
    """What it takes to meet a condition, by the cheapest of its ways; None where nothing one does brings it about."""
    if verdict.status[0] == MET:
        return []
    if isinstance(node, Leaf):
        row = efforts.get(node.measure)
        return [row] if row else None
    ways = [_cheapest(child, part, efforts) for child, part in zip(node.of, verdict.parts, strict=True)]
    known = sorted(
        (way for way in ways if way is not None), key=lambda way: sum(float(row.hours) for row in way)
    )
    if len(known) < node.n:
        return None
    return [row for way in known[: node.n] for row in way]


def _move(title, closed: list[_Open], efforts, hours: float, seen: WhatIf, certification: str = "") -> Move:
    by_hours = hours / seen.assumed.study_hours / WEEKS_A_MONTH
    months = max([by_hours, *(float(row.months) for row in efforts)])
    return Move(
        title=title,
        closes=tuple(gap.milestone for gap in closed),
        must=any(gap.must for gap in closed),
        hours=hours,
        by=seen.today + dt.timedelta(days=round(months * DAYS_A_MONTH)),
        saved=sum(max(0.0, gap.months - months) * gap.weight for gap in closed),
        sooner=max(gap.months for gap in closed) - months,
        efforts=tuple(dict.fromkeys(efforts)),
        certification=certification,
    )
