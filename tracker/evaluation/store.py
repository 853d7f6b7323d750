"""Write what an evaluation changed, in one short transaction: gaps that differ, their events, readiness, standing.

Two evaluations of one coder may race. Each carries the state (`seq`) of the records that it read and what it found stored
before. An older one never overwrites a newer one; one that another overtook writes nothing and is to be done again, for
it compared with gaps that are no more; and the coder stays stale unless nothing has changed meanwhile.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone

from tracker.models import (
    AssignmentGap,
    Evaluation,
    Gap,
    GapEvent,
    MemberEvaluation,
    MemberGap,
    Staleness,
    Standing,
)

from .compute import CERTAINTIES, FIGURES, Batch, Column
from .kept import EVALUATED_AT, NEVER, STATUSES, day_of
from .members import MemberBatch
from .queries import coder_filter
from .students import StudentBatch
from .upsert import insert, upsert

GAP = (
    "coder_id", "milestone_version_id", "standard_id", "seq", "status", "certainty", "contested", *FIGURES, "lacking", "parts",
    "first_met_on", "status_since", "fingerprint",
)  # fmt: skip
EVENT = (
    "coder_id", "milestone_version_id", "standard_id", "day", "recorded_at", "old_status", "new_status", "certainty",
    "value",
)  # fmt: skip
MEMBER_GAP = ("membership_id", *GAP[1:], "weight")
ASSIGNMENT_GAP = ("assignment_id", *GAP[1:])
MEMBER_SUMMARY = (
    "membership_id", "as_of", "evaluated_at", "standard_no", "role_id", "target_id", "target_source", "weight_met",
    "weight_asked",
)  # fmt: skip
SUMMARY = (
    "role_id", "target_id", "target_source", "years", "years_source", "expected_stage_id", "demonstrated_stage_id",
    "weight_met", "weight_asked",
)  # fmt: skip
STATUS_NAMES = [status.value for status in STATUSES]
CERTAINTY_NAMES = [certainty.value for certainty in CERTAINTIES]
STANDING = tuple(field.attname for field in Standing._meta.concrete_fields)


@dataclass(frozen=True)
class Stored:
    """What became of a batch: gaps written, and the coders whom another evaluation overtook meanwhile."""

    gaps_changed: int
    overtaken: list[int]


def store(
    batch: Batch,
    standings: Iterable[Standing] = (),
    *,
    members: Iterable[MemberBatch] = (),
    students: Iterable[StudentBatch] = (),
    not_today: Collection[int] = (),
) -> Stored:
    """Write the differences to what was kept. Twice with the same records writes nothing the second time.

    `members` are the same coders as members of their teams, `students` as students of their programs. `not_today` are coders who were evaluated as of another day than theirs: they stay stale.
    """
    with transaction.atomic():
        current, overtaken, before = _race(batch)
        gaps_changed = _store_gaps(batch, current)
        now = timezone.now()
        at = _prepared(GapEvent, "recorded_at", now)
        insert(
            GapEvent, EVENT, [r for c in batch.columns for r in _event_rows(batch, c, c.moved & current, at)]
        )
        _store_summaries(batch, current, now)
        _store_standings(set(batch.ids[current].tolist()), standings)
        members, students = list(members), list(students)
        unmoved = _unmoved(batch, current, before) if members or students else set()
        for team in members:
            _store_members(team, batch, unmoved)
        for some in students:
            _store_students(some, batch, unmoved)
        _note_done(batch, current, before, set(not_today))
    return Stored(gaps_changed, overtaken)


def _store_gaps(batch: Batch, current: np.ndarray) -> int:
    """Whose gap did not exist when the batch was read has none now, or another evaluation had overtaken this one: new rows
    go in without looking for old ones, which is half the price."""
    new, old = [], []
    for column in batch.columns:
        chosen, exists = column.changed & current, column.kept.exists
        for rows, some in ((new, chosen & ~exists), (old, chosen & exists)):
            rows += _gap_rows(batch.ids, batch.seqs, batch.context.standard_id, column, some)
    insert(Gap, GAP, new)
    upsert(Gap, GAP, old, ("coder_id", "milestone_version_id", "standard_id"))
    return len(new) + len(old)


class Seen(NamedTuple):
    """How stale a coder was just before."""

    seq: int
    done_seq: int


def _race(batch: Batch) -> tuple[np.ndarray, list[int], dict[int, Seen]]:
    """Whose outcome may be stored, coders whom another evaluation overtook, and how stale each was before.

    Where newer records have been evaluated already, the outcome is old and nothing remains to be done. Taking the rows
    for update makes a second writer wait here, and so see what the first has stored.
    """
    ours = coder_filter("coder_id", batch.ids)
    rows = Staleness.objects.filter(ours)
    if connection.features.has_select_for_update:
        rows = rows.order_by("coder_id").select_for_update()
    before = {pk: Seen(*seen) for pk, *seen in rows.values_list("coder_id", *Seen._fields)}
    stored = dict(Evaluation.objects.filter(ours).values_list("coder_id", EVALUATED_AT))
    current, overtaken = np.zeros(len(batch.ids), bool), []
    for i, (coder_id, seq) in enumerate(zip(batch.ids.tolist(), batch.seqs.tolist(), strict=True)):
        if coder_id not in before or before[coder_id].done_seq > seq:
            continue
        if stored.get(coder_id) == batch.kept.evaluated_at.get(coder_id):
            current[i] = True
        else:
            overtaken.append(coder_id)
    return current, overtaken, before


def _unmoved(batch: Batch, current: np.ndarray, before: dict[int, Seen]) -> set[int]:
    """Who has not changed since the batch was read: what a coder no longer shares must not come back for a second."""
    pairs = zip(batch.ids[current].tolist(), batch.seqs[current].tolist(), strict=True)
    return {coder_id for coder_id, seq in pairs if before[coder_id].seq == seq}


def _store_members(team: MemberBatch, batch: Batch, current: set[int]) -> None:
    """Gaps and readiness of a team's members. What is no longer asked of somebody goes."""
    owners = np.array([member.pk for member in team.members], np.int64)
    coders = np.array([member.coder_id for member in team.members], np.int64)
    seqs = batch.seqs[np.searchsorted(batch.ids, coders)]
    chosen = np.isin(coders, list(current))
    rows = []
    for column in team.columns:
        some = column.changed & chosen
        figures = _gap_rows(owners, seqs, team.standard.standard_id, column, some)
        weights = team.weights[column.version][some].tolist()
        rows += [(*row, weight) for row, weight in zip(figures, weights, strict=True)]
    upsert(MemberGap, MEMBER_GAP, rows, ("membership_id", "milestone_version_id"))
    asked = {column.version: column.asked for column in team.columns}
    nobody = np.zeros(len(owners), bool)
    for version, kept in team.kept.by_version.items():
        gone = kept.exists & ~asked.get(version, nobody) & chosen
        if gone.any():
            MemberGap.objects.filter(milestone_version=version, membership__in=owners[gone].tolist()).delete()
    now = _prepared(MemberEvaluation, "evaluated_at", timezone.now())
    summaries = [
        (int(owners[i]), team.as_of.isoformat(), now, *team.summary(i))
        for i in np.flatnonzero(chosen).tolist()
    ]
    upsert(MemberEvaluation, MEMBER_SUMMARY, summaries, ("membership_id",))


def _store_students(students: StudentBatch, batch: Batch, current: set[int]) -> None:
    """What programs see of their assignments. What is asked in another version, or no more, goes."""
    chosen = np.isin(students.ids, list(current))
    seqs = batch.seqs[np.searchsorted(batch.ids, students.ids)]
    rows = []
    for column in students.columns:
        owners = students.assignments[column.version]
        rows += _gap_rows(owners, seqs, batch.context.standard_id, column, column.changed & chosen)
    upsert(AssignmentGap, ASSIGNMENT_GAP, rows, ("assignment_id",))
    nobody = np.zeros(len(chosen), np.int64)
    for version, kept in students.kept.by_version.items():
        gone = kept.exists & (students.assignments.get(version, nobody) == 0) & chosen
        if gone.any():
            left = AssignmentGap.objects.filter(milestone_version=version)
            left.filter(assignment__enrollment__in=students.enrollments[gone].tolist()).delete()


def _note_done(batch: Batch, current: np.ndarray, before: dict[int, Seen], not_today: set[int]) -> None:
    """Records up to `seq` are evaluated. One that changed meanwhile has raised it: the coder stays stale.

    How far `seq` is beyond what was read is nearly always 0, so this is one statement, or two.
    """
    behind = defaultdict(list)
    for coder_id, seq in zip(batch.ids[current].tolist(), batch.seqs[current].tolist(), strict=True):
        done = seq - (coder_id in not_today)
        if before[coder_id].done_seq != done:
            behind[before[coder_id].seq - done].append(coder_id)
    for number, ids in behind.items():
        rows = Staleness.objects.filter(coder_filter("coder_id", np.array(ids), exactly=True))
        rows.update(done_seq=F("seq") - number, failed_seq=0)


def _gap_rows(
    owners: np.ndarray, seqs: np.ndarray, standard_id: int, column: Column, chosen: np.ndarray
) -> list[tuple]:
    """Rows of GAP, or of MEMBER_GAP, for the chosen owners."""
    index = np.flatnonzero(chosen)
    details = column.details(index)
    return list(
        zip(
            owners[index].tolist(),
            [column.version] * len(index),
            [standard_id] * len(index),
            seqs[index].tolist(),
            [STATUS_NAMES[code] for code in column.status[index].tolist()],
            [CERTAINTY_NAMES[code] for code in column.certainty[index].tolist()],
            column.contested[index].tolist(),
            *(_nullable(column.figures[name][index]) for name in FIGURES),
            [None if lacking is None else json.dumps(lacking) for lacking, _ in details],
            [None if parts is None else json.dumps(parts) for _, parts in details],
            _days(column.first_met[index]),
            _days(column.since[index]),
            column.fingerprint[index].tolist(),
            strict=True,
        )
    )


def _event_rows(batch: Batch, column: Column, chosen: np.ndarray, now) -> list[tuple]:
    index = np.flatnonzero(chosen)
    old = [
        STATUS_NAMES[code] if had else ""
        for code, had in zip(
            column.kept.status[index].tolist(), column.kept.exists[index].tolist(), strict=True
        )
    ]
    return list(
        zip(
            batch.ids[index].tolist(),
            [column.version] * len(index),
            [batch.context.standard_id] * len(index),
            [batch.as_of.isoformat()] * len(index),
            [now] * len(index),
            old,
            [STATUS_NAMES[code] for code in column.status[index].tolist()],
            [CERTAINTY_NAMES[code] for code in column.certainty[index].tolist()],
            _nullable(column.figures["value"][index]),
            strict=True,
        )
    )


def _nullable(figures: np.ndarray) -> list[float | None]:
    return [
        None if figure != figure else figure for figure in figures.tolist()
    ]  # NaN alone differs from itself


def _days(ordinals: np.ndarray) -> list[str | None]:
    texts = {o: day_of(o).isoformat() for o in np.unique(ordinals).tolist() if o != NEVER}
    return [texts.get(o) for o in ordinals.tolist()]


def _prepared(model: type[models.Model], name: str, value):
    field = next(field for field in model._meta.concrete_fields if field.attname == name)
    return field.get_db_prep_save(value, connection)


def _store_summaries(batch: Batch, current: np.ndarray, now: dt.datetime) -> None:
    """Rows that differ are written; the others only learn that they still hold, in one statement."""
    at = _prepared(Evaluation, "evaluated_at", now)
    rows = Evaluation.objects.filter(coder_filter("coder_id", batch.ids))
    kept = {pk: summary for pk, *summary in rows.values_list("coder_id", *SUMMARY)}
    same, changed = [], []
    for i in np.flatnonzero(current).tolist():
        pk, summary = int(batch.ids[i]), batch.summary(i)
        if kept.get(pk) == summary:
            same.append(pk)
        else:
            changed.append((pk, batch.as_of.isoformat(), at, *summary))
    upsert(Evaluation, ("coder_id", "as_of", "evaluated_at", *SUMMARY), changed, ("coder_id",))
    if same:
        holds = rows if len(same) == len(kept) else rows.filter(coder_id__in=same)
        holds.update(as_of=batch.as_of, evaluated_at=now)


def _store_standings(ids: set[int], standings: Iterable[Standing]) -> None:
    standings = [standing for standing in standings if standing.coder_id in ids]
    everybody = coder_filter("coder_id", np.array(sorted(ids), np.int64))
    have = ids.intersection(Standing.objects.filter(everybody).values_list("coder_id", flat=True))
    if gone := have - {standing.coder_id for standing in standings}:
        Standing.objects.filter(coder_id__in=gone).delete()
    rows = [
        tuple(_prepared(Standing, name, getattr(standing, name)) for name in STANDING)
        for standing in standings
    ]
    upsert(Standing, STANDING, rows, ("coder_id",))
