"""What if, in words and figures for a page or the API: now beside then."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from curriculum.models import PERCENTILES, EmployerType, Milestone, Role, WageArea
from curriculum.percentiles import ordinal
from curriculum.wages import CODERS, WageChoice, area_name, newest_release, wage_for
from tracker.models import Status
from tracker.outlook.compute import Promotion
from tracker.services.forecasts import when_in
from tracker.whatif.compute import Side, WhatIf
from tracker.whatif.moves import Move, next_moves

from .forecasts import When, reason_words


@dataclass(frozen=True)
class SideLine:
    """Readiness in whole percent; when the musts of which something can be said are met (None: nothing is open or nothing
    can be said), and what nothing can be said of."""

    readiness: int | None
    when: When | None
    decided_by: Milestone | None
    unsaid: list[tuple[Milestone, str]]
    musts_open: int

    @property
    def sentence(self) -> str:
        if not self.musts_open:
            return _("Every must is met today.")
        if self.when is None:
            return _("No date can be named.")
        return (
            self.when.in_words
            if not self.unsaid
            else _("Without the musts below: %(when)s") % {"when": self.when.in_words}
        )


@dataclass(frozen=True)
class WageLine:
    """One distribution: dollars a year at the published percentiles, and of whom."""

    label: str
    of: str
    annual: list[tuple[str, Decimal | None]]
    note: str
    source: str


@dataclass(frozen=True)
class Looked:
    seen: WhatIf
    target: Role | None
    now: SideLine
    then: SideLine
    changes: list[tuple[Milestone, Status, Status]]
    exams: list[tuple[str, object, float]]
    wages: list[WageLine]
    moves: list[Move]
    notes: list[str]


def looked(seen: WhatIf) -> Looked:
    return Looked(
        seen=seen,
        target=seen.then.target,
        now=side_line(seen, seen.now),
        then=side_line(seen, seen.then),
        changes=seen.changes(),
        exams=[(exam.certification.upper(), exam.day, exam.pass_rate) for exam in seen.exams],
        wages=wage_lines(seen),
        moves=next_moves(seen),
        notes=_notes(seen),
    )


def side_line(seen: WhatIf, side: Side) -> SideLine:
    promotion = side.found.promotions().get(0)
    if promotion is None:
        return SideLine(side.readiness, None, None, [], 0)
    return SideLine(
        readiness=side.readiness,
        when=when_of(promotion, seen) if promotion.decided_by is not None else None,
        decided_by=seen.milestones.get(promotion.decided_by),
        unsaid=[
            (seen.milestones[m], reason_words(reason.name.lower())) for m, reason in promotion.unsaid.items()
        ],
        musts_open=promotion.musts_open,
    )


def when_of(promotion: Promotion, seen: WhatIf) -> When:
    return When(**when_in(promotion.cdf, seen.today))


def wage_lines(seen: WhatIf) -> list[WageLine]:
    """Now: the current role's occupation in the coder's area. Then: the target's occupation in the assumed area, and in the
    industry of the assumed kind of employer, which is published for the nation only."""
    release = newest_release()
    if release is None:
        return []
    here = seen.coder.area_id or WageArea.NATION
    now = seen.role.occupation_id if seen.role else CODERS
    then = seen.target_occupation
    there = seen.assumed.area or here
    lines = [_line(_("Now"), wage_for(now, here, release))]
    if (then, there) != (now, here):
        lines.append(_line(_("Then"), wage_for(then, there, release)))
    employer = EmployerType.objects.filter(slug=seen.assumed.employer_type).first()
    if employer and employer.industry:
        choice = wage_for(then, WageArea.NATION, release, employer.industry)
        lines.append(_line(_("Then, with such an employer"), choice, industry=True))
    return [line for line in lines if line]


def _line(label: str, choice: WageChoice, industry: bool = False) -> WageLine | None:
    wage = choice.wage
    if wage is None:
        return None
    where = wage.industry.title if industry and not choice.sentence else area_name(wage.area)
    return WageLine(
        label=label,
        of=_("%(occupation)s, %(where)s") % {"occupation": wage.occupation.title, "where": where},
        annual=[(ordinal(p), getattr(wage, f"annual_p{p}")) for p in PERCENTILES],
        note=choice.sentence,
        source=wage.release.source,
    )


def _notes(seen: WhatIf) -> list[str]:
    """What was assumed and could not be used, and why."""
    assumed, notes = seen.assumed, []
    if bool(assumed.charts) != bool(assumed.hours):
        notes.append(
            _(
                "Charts a day and hours a day go together: with both, productivity can be compared with your target."
            )
        )
    if seen.needs_target_rate:
        notes.append(
            _(
                "Productivity is judged only against charts an hour that you confirmed: choose a setting for which you did, or confirm them in your settings."
            )
        )
    if (
        assumed.employer_type
        and not EmployerType.objects.filter(slug=assumed.employer_type).exclude(industry="").exists()
    ):
        notes.append(_("The Bureau publishes no industry that matches this kind of employer."))
    return notes
