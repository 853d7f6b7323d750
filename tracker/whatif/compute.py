"""One coder as things are and as they would be: readiness, dates and wages, by the functions that everything else uses."""

import datetime as dt
from copy import copy
from dataclasses import dataclass

from django.db.models import Q

from curriculum.models import Certification, Effort, Milestone, Role
from curriculum.wages import CODERS
from tracker.evaluation.compute import Batch, reconsider
from tracker.forecast import grid
from tracker.models import Coder, Status
from tracker.outlook.compute import Outlook, outlook
from tracker.outlook.exams import CREDENTIALS, DAYS_A_MONTH, Chances, Exam, planned
from tracker.services.evaluation import preview

from .assumptions import Assumptions
from .overlay import Overlay

WEEKS_A_MONTH = DAYS_A_MONTH / 7


@dataclass
class Side:
    """One side of the comparison. `evaluated` is as if everything assumed had come true; `found` says when that is."""

    evaluated: Batch
    found: Outlook

    @property
    def target(self) -> Role | None:
        return self.evaluated.profile.targets[0]

    @property
    def readiness(self) -> int | None:
        asked = int(self.evaluated.weight_asked[0])
        return 100 * int(self.evaluated.weight_met[0]) // asked if asked else None


@dataclass
class WhatIf:
    """`now` is aimed at the same target as `then`, so that they can be compared; `chances` is what is assumed of exams."""

    coder: Coder
    assumed: Assumptions
    now: Side
    then: Side
    exams: list[Exam]
    held: set[str]
    milestones: dict[int, Milestone]
    efforts: list[Effort]
    needs_target_rate: bool

    @property
    def today(self) -> dt.date:
        return self.now.evaluated.as_of

    def changes(self) -> list[tuple[Milestone, Status, Status]]:
        """The gaps that would have another status: the milestone, now and then."""
        now = {column.version: column for column in self.now.evaluated.columns}
        context, found = self.then.evaluated.context, []
        asked = {ask.version_id for ask in context.requirements.asked_of(self.then.target, self.role)}
        for column in self.then.evaluated.columns:
            if column.version in asked and column.version in now:
                was, would = (
                    side.gap(c, 0).status
                    for side, c in ((self.now.evaluated, now[column.version]), (self.then.evaluated, column))
                )
                if was != would:
                    found.append(
                        (self.milestones[context.milestone_of[column.version]], Status(was), Status(would))
                    )
        return found

    @property
    def target_occupation(self) -> str:
        role = self.then.target or self.role
        return role.occupation_id if role else CODERS

    @property
    def role(self) -> Role | None:
        return self.now.evaluated.profile.roles[0]


def look(coder: Coder, assumed: Assumptions) -> WhatIf:
    """Nothing is stored. The records are read once; what is assumed costs no further query but for the exams' names."""
    batch = preview(coder)
    efforts = list(Effort.objects.all())
    chances = Chances.load(efforts)
    if assumed.target:
        aimed = copy(batch.coders[0])
        aimed.target_role = Role.objects.get(slug=assumed.target)
        batch = reconsider(batch, [aimed])
    own = planned(batch.ids, chances).get(0, [])
    held = held_now(coder, batch.as_of)
    exams = assumed_exams(assumed, own, held, efforts, chances, batch.as_of)
    target = (
        coder.productivity_targets.filter(work_type__slug=assumed.work_type).first()
        if assumed.work_type
        else None
    )
    overlay = Overlay(assumed, tuple(exams), float(target.per_hour) if target else None)
    now = Side(batch, outlook(batch, {0: own}))
    every = sorted([*own, *exams], key=lambda exam: exam.day)
    return WhatIf(
        coder=coder,
        assumed=assumed,
        now=now,
        then=Side(
            reconsider(batch, batch.coders, overlay) if assumed.any else batch,
            outlook(batch, {0: every}, overlay.paces, now.found.histories),
        ),
        exams=exams,
        held=held,
        milestones=Milestone.objects.in_bulk(),
        efforts=efforts,
        needs_target_rate=bool(assumed.charts and assumed.hours and target is None),
    )


def held_now(coder: Coder, today: dt.date) -> set[str]:
    """Certifications that are active: nobody earns them twice. A cleared apprentice form is the full one."""
    rows = (
        coder.credential_records.counted()
        .filter(Q(expires_on__isnull=True) | Q(expires_on__gte=today), earned_on__lte=today)
        .values_list("certification__slug", "certification__apprentice_of__slug", "apprentice_cleared_on")
    )
    return {full if full and cleared and cleared <= today else slug for slug, full, cleared in rows}


def assumed_exams(
    assumed: Assumptions,
    own: list[Exam],
    held: set[str],
    efforts: list[Effort],
    chances: Chances,
    today: dt.date,
) -> list[Exam]:
    """An exam for each assumed credential, one after the other, as soon as its hours are done at the weekly hours of study.

    One that is planned anyway keeps its day.
    """
    days = {exam.certification: exam.day for exam in own}
    rows = {
        row.slug: row
        for row in Certification.objects.filter(slug__in=assumed.credentials).select_related("body")
    }
    exams, weeks = [], 0.0
    for slug in assumed.credentials:
        if slug in held:
            continue
        row = rows[slug]
        effort = effort_of_exam(row.family, efforts)
        weeks += float(effort.hours) / assumed.study_hours if effort else 0.0
        months = max(weeks / WEEKS_A_MONTH, float(effort.months) if effort else 0.0)
        day = days.get(slug) or today + dt.timedelta(days=round(months * DAYS_A_MONTH))
        if slug not in days:
            exams.append(Exam(slug, row.family, row.body.slug, day, *chances.of(row.family)))
    return exams


def effort_of_exam(family: str, efforts: list[Effort]) -> Effort | None:
    """What is assumed of an exam of this family; else of any."""
    rows = [row for row in efforts if row.measure == CREDENTIALS]
    return next((row for row in rows if family in row.families), None) or next(
        (row for row in rows if not row.families), None
    )


def middle(cdf) -> float:
    """The middle in months; the horizon where there is none."""
    found = grid.quantile(cdf[None], 0.5)[0]
    return grid.HORIZON if found != found else float(found)
