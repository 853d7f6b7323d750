"""A coder's résumé: the lines they chose with today's figures, and what else is on record, in a fixed number of queries."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from curriculum.models import SkillKind
from tracker.models import (
    Coder,
    Contribution,
    Credential,
    Education,
    LinkPart,
    Position,
    Practicum,
    Resume,
    SkillShown,
    SpecialtyExperience,
)
from tracker.resume.document import Document, Line, Section
from tracker.resume.facts import Fact
from tracker.resume.wording import filled

from .resume_facts import facts_of

SUGGESTED = 6  # lines, while the coder has not chosen any


@dataclass(frozen=True)
class Bullet:
    """A line as the coder chose it: `text` has today's figures; empty where no record stands behind it any more."""

    fact: str
    wording: str
    text: str
    basis: str


def _counted(model, coder: Coder):
    return model.objects.counted().filter(coder=coder).order_by()


# --- Chosen lines ---


def bullets_of(coder: Coder, found: list[Fact]) -> list[Bullet]:
    """What the coder chose; until then, the first that the records suggest. Two queries."""
    known = {fact.key: fact for fact in found}
    resume = Resume.objects.filter(coder=coder).prefetch_related("bullets").first()
    if resume is None:
        chosen = [(fact.key, fact.default) for fact in found[:SUGGESTED]]
    else:
        chosen = [(bullet.fact, bullet.wording) for bullet in resume.bullets.all()]
    return [_bullet(key, wording, known.get(key)) for key, wording in chosen]


def _bullet(key: str, wording: str, fact: Fact | None) -> Bullet:
    if not key:
        return Bullet("", wording, wording, "")
    if fact is None:
        return Bullet(key, wording, "", "")
    return Bullet(key, wording, filled(wording, fact.values), fact.basis)


# --- The document ---


def resume_of(coder: Coder) -> Document:
    """All parts. About fifteen queries, whatever there is."""
    today = coder.today()
    resume = Resume.objects.filter(coder=coder).first()
    results = [Line(b.text, basis=b.basis) for b in bullets_of(coder, facts_of(coder)) if b.text]
    sections = [
        Section(LinkPart.CREDENTIALS, _("Credentials"), _credentials(coder, today)),
        Section(LinkPart.RESULTS, _("Results"), results),
        Section(LinkPart.TOOLS, _("Tools and specialties"), _tools(coder)),
        Section(LinkPart.POSITIONS, _("Experience"), _positions(coder)),
        Section(LinkPart.EDUCATION, _("Education"), _education(coder)),
        Section(LinkPart.CONTRIBUTIONS, _("Contributions"), _contributions(coder)),
    ]
    return Document(
        name=coder.user.full_name or _("Medical coder"),
        headline=resume.headline if resume else "",
        contact=coder.user.email,
        date=today.isoformat(),
        as_of=date_format(today, "F j, Y"),
        sections=[section for section in sections if section.lines],
    )


def _basis(record) -> str:
    return str(record.get_provenance_display()) if record.attested else ""


def _credentials(coder, today) -> list[Line]:
    """Active ones, what postings ask for first."""
    rows = (
        _counted(Credential, coder)
        .filter(earned_on__lte=today)
        .select_related("certification__body", "certification__apprentice_of__body")
    )
    active = [(_held(row), row) for row in rows if row.state(today) != "lapsed"]
    active.sort(key=lambda pair: (pair[0].position, pair[0].code))
    lines = []
    for held, row in active:
        detail = _("%(body)s, since %(month)s") % {
            "body": held.body.name, "month": date_format(row.earned_on, "F Y"),
        }  # fmt: skip
        if row.expires_on:
            detail += _(", valid until %(month)s") % {"month": date_format(row.expires_on, "F Y")}
        lines.append(Line(f"{held.code}, {held.name}", detail, _basis(row)))
    return lines


def _held(row: Credential):
    """With the apprentice status removed, a CPC-A is a CPC."""
    return row.certification.apprentice_of if row.apprentice_cleared_on else row.certification


TOOLS = (
    (SkillKind.CODE_SET, gettext_lazy("Code sets")),
    (SkillKind.EHR, gettext_lazy("Record systems")),
    (SkillKind.ENCODER, gettext_lazy("Encoders")),
)


def _tools(coder) -> list[Line]:
    rows = _counted(SkillShown, coder).select_related("skill").order_by("skill__position", "skill__name")
    names = defaultdict(list)
    for row in rows:
        names[row.skill.kind].append(row.skill.name)
    specialties = _counted(SpecialtyExperience, coder).select_related("specialty").order_by("starts_on")
    lines = [(label, names[kind]) for kind, label in TOOLS]
    lines.append(
        (_("Specialties"), [f"{row.specialty} ({_span(row.starts_on, row.ends_on)})" for row in specialties])
    )
    rest = [
        name for kind in names if kind not in dict(TOOLS) and kind != SkillKind.SOFT for name in names[kind]
    ]
    lines.append((_("Further skills"), rest))
    return [Line(str(label), ", ".join(dict.fromkeys(some))) for label, some in lines if some]


def _span(start: dt.date, end: dt.date | None) -> str:
    return f"{date_format(start, 'M Y')} – {date_format(end, 'M Y') if end else _('today')}"


def _positions(coder) -> list[Line]:
    lines = []
    for row in _counted(Position, coder).select_related("role").order_by("-starts_on"):
        details = [row.employer, _span(row.starts_on, row.ends_on), str(row.get_remote_display() or "")]
        if row.people_led:
            details.append(_("led %(n)s people") % {"n": row.people_led})
        lines.append(Line(row.title or str(row.role), ", ".join(filter(None, details)), _basis(row)))
    return lines


def _education(coder) -> list[Line]:
    lines = []
    for row in _counted(Education, coder).select_related("accreditation"):
        day = date_format(row.completed_on, "Y") if row.completed_on else _("in progress")
        text = _("%(award)s in %(field)s") % {
            "award": capfirst(row.get_level_display()), "field": row.get_field_display(),
        }  # fmt: skip
        accredited = str(row.accreditation) if row.accreditation else ""
        lines.append(Line(text, ", ".join(filter(None, [row.school, accredited, day])), _basis(row)))
    for row in _counted(Practicum, coder).order_by("-ends_on"):
        details = [row.program, _span(row.starts_on, row.ends_on)]
        lines.append(Line(capfirst(row.headline()), ", ".join(filter(None, details)), _basis(row)))
    return lines


def _contributions(coder) -> list[Line]:
    rows = _counted(Contribution, coder).order_by("-done_on")
    return [
        Line(row.title, f"{row.get_contribution_display()}, {date_format(row.done_on, 'F Y')}", _basis(row))
        for row in rows[:12]
    ]
