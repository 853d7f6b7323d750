"""Evaluate students for their programs: the same judgment as a coder's own, from what is shared with the program alone.
Reads the database; writes nothing.

A milestone means the same in every program, so students of any number of programs are judged together: the first
enrollment of each coder in one go, then the second of those who have two.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.db.models import Q

from curriculum.conditions import Rule, leaves
from tracker.measures import Source, get_measure
from tracker.models import RECORD_KINDS, AssignmentGap, Coder, Enrollment, Share
from tracker.permissions import shared_under

from .compute import Batch, Column, judged_columns
from .fingerprint import fingerprint
from .kept import STATUSES, Kept
from .members import kinds_read, leave_open
from .profile import profile_of
from .programs import Given
from .queries import fetch, record_model
from .standards import is_private

PRIVATE = "private"


@dataclass
class StudentBatch:
    """One enrollment each of some coders. `assignments` holds by version who is asked by which one, 0 for nobody."""

    ids: np.ndarray
    enrollments: np.ndarray
    assignments: Mapping[int, np.ndarray]
    columns: list[Column]
    kept: Kept

    def verdicts(self) -> dict[int, tuple[int, str, float | None, bool]]:
        """By assignment: the version, the status, the value, whether it is contested."""
        found = {}
        for column in self.columns:
            values, owners = column.figures["value"], self.assignments[column.version]
            for i in np.flatnonzero(column.asked).tolist():
                value = None if np.isnan(values[i]) else float(values[i])
                found[int(owners[i])] = (
                    column.version,
                    STATUSES[column.status[i]].value,
                    value,
                    bool(column.contested[i]),
                )
        return found


def evaluate_students(batch: Batch) -> list[StudentBatch]:
    """What programs see of the students among a batch, on its day. No query where there are none."""
    enrollments: dict[int, dict[int, list[Given]]] = defaultdict(lambda: defaultdict(list))
    for one in batch.programs.given:
        enrollments[one.coder][one.enrollment].append(one)
    turns: list[dict[int, list[Given]]] = []
    for coder, by_enrollment in enrollments.items():
        for turn, pk in enumerate(sorted(by_enrollment)):
            if turn == len(turns):
                turns.append({})
            turns[turn][coder] = by_enrollment[pk]
    return [_evaluate(asked, batch) for asked in turns]


def _evaluate(asked: dict[int, list[Given]], batch: Batch) -> StudentBatch:
    """One enrollment a coder."""
    context = batch.context
    ids = np.array(sorted(asked), np.int64)
    enrollments = np.array([asked[coder][0].enrollment for coder in ids.tolist()], np.int64)
    assignments: dict[int, np.ndarray] = defaultdict(lambda: np.zeros(len(ids), np.int64))
    for i, coder in enumerate(ids.tolist()):
        for one in asked[coder]:
            assignments[one.version][i] = one.assignment
    of_the_programs = Q(enrollment__in=enrollments.tolist())

    def only(source: Source) -> Q | None:
        model = record_model(source)
        return shared_under(model, of_the_programs, source.record) if model else None

    data = fetch(
        {leaf for version in assignments for leaf in context.rules[version].leaves()},
        ids,
        context.as_of,
        only,
    )
    data.context = context
    # What the coder says of themself (target, track, stated years) has no part in it; the program's role is their target.
    roles = dict(
        Enrollment.objects.filter(pk__in=enrollments.tolist()).values_list(
            "coder_id", "cohort__program__role_id"
        )
    )
    data.profile = profile_of(data, context, {pk: Coder(pk=pk, target_role_id=roles[pk]) for pk in roles})
    kept = _kept(enrollments, ids)
    columns = judged_columns(
        context, data, kept, {version: owners > 0 for version, owners in assignments.items()}
    )
    shared = kinds_shared_by(enrollments.tolist())
    for version, column in columns.items():
        rule = context.rules[version]
        rests_on = kinds_behind(rule)
        hidden = np.array([not rests_on <= shared[pk] for pk in enrollments.tolist()], bool)
        hidden = leave_open(column, rule, hidden)
        column.fingerprint = fingerprint([column.fingerprint, hidden], [])
    return StudentBatch(ids, enrollments, assignments, list(columns.values()), kept)


def _kept(enrollments: np.ndarray, ids: np.ndarray) -> Kept:
    """The stored gaps of these students, by their coders."""
    gaps = AssignmentGap.objects.filter(assignment__enrollment__in=enrollments.tolist()).values_list(
        "assignment__enrollment__coder_id", "milestone_version_id", "milestone_version__milestone_id", "status",
        "fingerprint", "first_met_on", "status_since",
    )  # fmt: skip
    return Kept(ids, list(gaps))


def kinds_shared_by(enrollments) -> dict[int, set[str]]:
    """What each enrollment shares, by kind. One query."""
    shared = defaultdict(set)
    rows = Share.objects.open().filter(enrollment__in=enrollments)
    for enrollment, kind in rows.values_list("enrollment_id", "kind"):
        shared[enrollment].add(kind)
    return shared


@lru_cache(maxsize=1024)
def kinds_behind(rule: Rule) -> frozenset[str]:
    """The kinds of record that meeting a rule rests on; PRIVATE, which nobody shares, for a choice that is the coder's own."""
    if is_private(rule):
        return frozenset({PRIVATE})
    found = kinds_read(rule.needs) | (kinds_read(rule.applies_if) if rule.applies_if else set())
    named = {get_measure(leaf.measure).kind for leaf in leaves(rule.needs)}
    return frozenset(found | (named & RECORD_KINDS.keys()))
