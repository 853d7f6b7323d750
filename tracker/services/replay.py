"""Replay the records of coders and compare what comes out with what is stored: gaps, what they amount to, standing,
members' and students' gaps, and the history. The same functions as an evaluation, as of the day that is stored; nothing is trusted but
records, and what was met once.

Coders who wait for an evaluation are left out: that they are out of date is known. So is whoever changes meanwhile.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from django.db import connection
from django.db.models import Model

from curriculum.models import MilestoneVersion
from tracker.evaluation.compute import Batch, evaluate
from tracker.evaluation.kept import kept_of
from tracker.evaluation.members import evaluate_members, members_among
from tracker.evaluation.standing import standings_for
from tracker.evaluation.store import GAP, MEMBER_SUMMARY, STANDING, SUMMARY
from tracker.evaluation.students import evaluate_students
from tracker.models import (
    AssignmentGap,
    Coder,
    Evaluation,
    Gap,
    GapEvent,
    MemberEvaluation,
    MemberGap,
    Staleness,
    Standing,
    Status,
)

from .evaluation import evaluate_coders
from .staleness import mark_stale

AT_ONCE = 500
# What of a gap follows from the records; the rest is who, and which state of them was read.
FIGURES = tuple(name for name in GAP if not name.endswith("_id") and name != "seq")


@dataclass(frozen=True)
class Drift:
    """Something stored that does not follow from the records: what, and which of its figures. Values are not repeated."""

    coder_id: int
    what: str
    figures: tuple[str, ...]
    version_id: int | None = None

    def __str__(self):
        return f"coder {self.coder_id}: {self.what}: {', '.join(self.figures)}"


@dataclass
class Report:
    coders: int = 0
    gaps: int = 0
    waiting: int = 0
    drifts: list[Drift] = field(default_factory=list)

    def add(self, other: "Report") -> None:
        self.coders += other.coders
        self.gaps += other.gaps
        self.waiting += other.waiting
        self.drifts += other.drifts


def verify_coders(coder_ids: Iterable[int]) -> Report:
    """Replay coders, in windows."""
    ids, report = sorted(set(coder_ids)), Report()
    for start in range(0, len(ids), AT_ONCE):
        report.add(_verify_window(ids[start : start + AT_ONCE]))
    return report


def database_faults() -> list[str]:
    """What the database itself finds wrong. PostgreSQL enforces its constraints always; SQLite is asked."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        faults = [text for (text,) in cursor.execute("PRAGMA integrity_check").fetchall() if text != "ok"]
        broken = cursor.execute("PRAGMA foreign_key_check").fetchall()
    return faults + [
        f"row {row} of {table} names a row of {parent} that is not there" for table, row, parent, _ in broken
    ]


def repair(drifts: Iterable[Drift]) -> int:
    """Evaluate anew whoever drifted; return how many coders. What was said before is what the history says."""
    drifts = list(drifts)
    for drift in drifts:
        if drift.version_id is not None:
            _forget(drift)
    ids = {drift.coder_id for drift in drifts}
    MemberGap.objects.filter(membership__coder__in=ids).update(fingerprint=0)
    AssignmentGap.objects.filter(assignment__enrollment__coder__in=ids).update(fingerprint=0)
    mark_stale(ids)
    evaluate_coders(ids)
    return len(ids)


def _forget(drift: Drift) -> None:
    """Have the next evaluation write a gap whatever it says now, from the status and the first day that the history tells."""
    gap = Gap.objects.filter(coder_id=drift.coder_id, milestone_version_id=drift.version_id)
    told = GapEvent.objects.filter(coder_id=drift.coder_id, milestone_version_id=drift.version_id)
    met = told.filter(new_status=Status.MET).order_by("day").first()
    last = told.first()
    gap.update(fingerprint=0, first_met_on=met and met.day, **({"status": last.new_status} if last else {}))


def _verify_window(ids: list[int]) -> Report:
    fresh = {row.coder_id: row.seq for row in Staleness.objects.filter(coder__in=ids) if not row.is_stale}
    evaluations = Evaluation.objects.filter(coder__in=fresh).in_bulk()
    by_day = defaultdict(list)
    for coder in Coder.objects.filter(pk__in=evaluations).select_related("user", "track"):
        by_day[evaluations[coder.pk].as_of].append(coder)
    report = Report(coders=len(evaluations), waiting=len(ids) - len(evaluations))
    names = dict(MilestoneVersion.objects.values_list("pk", "milestone__slug"))
    for day, coders in by_day.items():
        batch = evaluate(coders, day, kept_of(sorted(coder.pk for coder in coders)), fresh)
        gaps, drifts = _gap_drifts(batch, names)
        report.gaps += gaps
        drifts += _summary_drifts(batch, evaluations) + _standing_drifts(batch)
        drifts += _member_drifts(batch, names) + _student_drifts(batch, names) + _history_drifts(batch, names)
        report.drifts += drifts
    return _without_changed(report, fresh)


def _without_changed(report: Report, seqs: dict[int, int]) -> Report:
    """Somebody who logged something while we looked is another question."""
    if report.drifts:
        now = dict(Staleness.objects.filter(coder__in=seqs).values_list("coder_id", "seq"))
        report.drifts = [one for one in report.drifts if now.get(one.coder_id) == seqs[one.coder_id]]
    return report


def _differing(names: Iterable[str], stored: Model, fresh: Model) -> tuple[str, ...]:
    """Figures that are not the same once they are stored: what is computed as a Decimal may be kept as a float."""

    def value(row, name):
        return stored._meta.get_field(name).to_python(getattr(row, name))

    return tuple(name for name in names if value(stored, name) != value(fresh, name))


def _gap_drifts(batch: Batch, names: dict[int, str]) -> tuple[int, list[Drift]]:
    stored = {
        (gap.coder_id, gap.milestone_version_id): gap
        for gap in Gap.objects.filter(coder__in=batch.coders, standard=batch.context.standard_id)
    }
    drifts, n = [], 0
    for i, coder in enumerate(batch.coders):
        for column in batch.columns:
            if not column.asked[i]:
                continue
            n += 1
            gap, what = stored.get((coder.pk, column.version)), f"gap {names[column.version]}"
            figures = ("missing",) if gap is None else _differing(FIGURES, gap, batch.gap(column, i))
            if figures:
                drifts.append(Drift(coder.pk, what, figures, column.version))
    return n, drifts


def _summary_drifts(batch: Batch, evaluations: dict[int, Evaluation]) -> list[Drift]:
    drifts = []
    for i, coder in enumerate(batch.coders):
        found = zip(SUMMARY, batch.summary(i), strict=True)
        figures = tuple(name for name, value in found if getattr(evaluations[coder.pk], name) != value)
        if figures:
            drifts.append(Drift(coder.pk, "readiness", figures))
    return drifts


def _standing_drifts(batch: Batch) -> list[Drift]:
    fresh = {standing.coder_id: standing for standing in standings_for(batch)}
    stored = Standing.objects.filter(coder__in=batch.coders).in_bulk()
    drifts = [Drift(pk, "standing", ("missing",)) for pk in fresh.keys() - stored.keys()]
    drifts += [Drift(pk, "standing", ("left over",)) for pk in stored.keys() - fresh.keys()]
    for pk in fresh.keys() & stored.keys():
        if figures := _differing(STANDING, stored[pk], fresh[pk]):
            drifts.append(Drift(pk, "standing", figures))
    return drifts


def _member_drifts(batch: Batch, names: dict[int, str]) -> list[Drift]:
    """Gaps of the same coders as members of their teams."""
    drifts = []
    for team in evaluate_members(members_among(coder.pk for coder in batch.coders), batch.context):
        stored = {
            (gap.membership_id, gap.milestone_version_id): gap
            for gap in MemberGap.objects.filter(membership__in=team.members)
        }
        summaries = MemberEvaluation.objects.filter(membership__in=team.members).in_bulk()
        for i, member in enumerate(team.members):
            summary = summaries.get(member.pk)
            if summary is None or [getattr(summary, n) for n in MEMBER_SUMMARY[3:]] != team.summary(i):
                drifts.append(Drift(member.coder_id, f"membership {member.pk}", ("readiness",)))
            for column in team.columns:
                gap = stored.pop((member.pk, column.version), None)
                same = gap is not None and gap.fingerprint == column.fingerprint[i]
                if column.asked[i] and not same:
                    what = f"membership {member.pk}, gap {names[column.version]}"
                    drifts.append(Drift(member.coder_id, what, ("figures",)))
                elif gap is not None and not column.asked[i]:
                    drifts.append(Drift(member.coder_id, f"membership {member.pk}", ("a gap left over",)))
    return drifts


def _student_drifts(batch: Batch, names: dict[int, str]) -> list[Drift]:
    """What programs see of the same coders as their students."""
    drifts = []
    for students in evaluate_students(batch):
        gaps = AssignmentGap.objects.filter(assignment__enrollment__in=students.enrollments.tolist())
        stored = {(gap.assignment_id, gap.milestone_version_id): gap.fingerprint for gap in gaps}
        for column in students.columns:
            for i in np.flatnonzero(column.asked).tolist():
                assignment = int(students.assignments[column.version][i])
                if stored.pop((assignment, column.version), None) != column.fingerprint[i]:
                    what = f"assignment {assignment}, gap {names[column.version]}"
                    drifts.append(Drift(int(students.ids[i]), what, ("figures",)))
        left = AssignmentGap.objects.filter(pk__in=[pk for pk, _version in stored])
        for coder, pk in left.values_list("assignment__enrollment__coder_id", "pk"):
            drifts.append(Drift(coder, f"assignment {pk}", ("a gap left over",)))
    return drifts


def _history_drifts(batch: Batch, names: dict[int, str]) -> list[Drift]:
    """Each status follows on the one before, nothing is said twice, and the last one is the gap's."""
    events = GapEvent.objects.filter(coder__in=batch.coders, standard=batch.context.standard_id)
    said: dict[tuple[int, int], str] = {}
    broken: dict[tuple[int, int], str] = {}
    for event in events.order_by("pk"):
        key = event.coder_id, event.milestone_version_id
        if key in said and event.old_status not in ("", said[key]):
            broken[key] = "does not follow"
        if event.old_status == event.new_status:
            broken[key] = "said twice"
        said[key] = event.new_status
    gaps = Gap.objects.filter(coder__in=batch.coders, standard=batch.context.standard_id)
    for gap in gaps.only("coder_id", "milestone_version_id", "status"):
        key = gap.coder_id, gap.milestone_version_id
        if said.get(key) != gap.status:
            broken[key] = "does not end with the gap’s status"
    return [
        Drift(coder, f"history of {names[version]}", (what,), version)
        for (coder, version), what in broken.items()
    ]
