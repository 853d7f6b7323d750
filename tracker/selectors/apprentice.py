"""The ways out of apprentice status, side by side: what is done of each, what is left, and the employer's letter."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curriculum.models import ApprenticeRoute, RouteStep
from tracker.measures.career import months_in
from tracker.models import Coder, Credential, Position, StepDone
from tracker.permissions import own_records


@dataclass(frozen=True)
class StepLine:
    """A step of a route. `can_tick` is false for what comes out of records, or out of other steps."""

    step: RouteStep
    done: bool
    text: str
    can_tick: bool = True
    done_on: dt.date | None = None


@dataclass(frozen=True)
class RouteLine:
    route: ApprenticeRoute
    steps: list[StepLine]

    @property
    def left(self) -> int:
        return sum(not line.done for line in self.steps)


@dataclass(frozen=True)
class Apprentice:
    credential: Credential
    months: float
    routes: list[RouteLine]
    needed: list[StepLine]  # what the routes are made of and the coder ticks, each once
    letter: list[StepLine]


def apprentices(user):
    """The user's own credentials that were earned as an apprentice's."""
    rows = own_records(user, Credential).filter(
        earned_on__isnull=False, certification__apprentice_of__isnull=False
    )
    return rows.select_related("certification__apprentice_of")


def pending(credential: Credential) -> bool:
    """Whether the credential is an apprentice's whose status was not removed."""
    return bool(
        credential.earned_on
        and credential.certification.apprentice_of_id
        and not credential.apprentice_cleared_on
    )


def apprentice_page(coder: Coder, credential: Credential, day: dt.date) -> Apprentice:
    done = {row.step_id: row.done_on for row in StepDone.objects.filter(credential=credential)}
    months = _coding_months(coder, day)
    steps = {step.slug: step for step in RouteStep.objects.all()}
    rows = ApprenticeRoute.objects.filter(certifications=credential.certification).prefetch_related("steps")
    routes = [RouteLine(row, [_line(step, done, steps, months) for step in row.steps.all()]) for row in rows]
    used = {slug for route in rows for step in route.steps.all() for slug in (step.any_of or [step.slug])}
    needed = [
        _line(step, done, steps, months)
        for step in steps.values()
        if step.slug in used and step.kind not in (RouteStep.Kind.EXPERIENCE, RouteStep.Kind.LETTER)
    ]
    letter = [_line(s, done, steps, months) for s in steps.values() if s.kind == RouteStep.Kind.LETTER]
    return Apprentice(credential, months, routes, needed, letter)


def _coding_months(coder: Coder, day: dt.date) -> float:
    """Calendar months in positions whose role codes charts, overlaps once, as the measure of experience counts them."""
    rows = Position.objects.counted().filter(coder=coder, starts_on__lte=day, role__codes_charts=True)
    return months_in([(row.starts_on, min(row.ends_on or day, day)) for row in rows])


def _line(step: RouteStep, done: dict, steps: dict, months: float) -> StepLine:
    if step.kind == RouteStep.Kind.EXPERIENCE:
        have, asked = int(months), step.months or 0
        if have >= asked:
            return StepLine(
                step, True, _("%(have)s months in coding roles are logged") % {"have": have}, False
            )
        left = asked - have
        more = ngettext("%(left)s month to go", "%(left)s months to go", left) % {"left": left}
        return StepLine(step, False, _("%(have)s of %(asked)s months; %(more)s") % {
            "have": have, "asked": asked, "more": more,
        }, False)  # fmt: skip
    if step.any_of:
        found = [steps[slug] for slug in step.any_of if slug in steps and steps[slug].pk in done]
        return StepLine(step, bool(found), ", ".join(one.name for one in found), False)
    return StepLine(step, step.pk in done, step.help, True, done.get(step.pk))
