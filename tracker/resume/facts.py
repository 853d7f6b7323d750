"""What records can say on a résumé: each fact with its figures, where they come from, and a wording to begin with.

In the order in which a hiring manager looks (the guide, S0:3 and S0:109): accuracy with volume, productivity, denials and
first-pass rates, then work for others, and for those who begin the practicum.
"""

from dataclasses import dataclass

import numpy as np
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker import wording
from tracker.design_effect import design_effect
from tracker.intervals import wilson
from tracker.measures.audits import METHOD_WORDS, unit_words
from tracker.models import OutcomeDefinition, OutcomeKind


@dataclass(frozen=True)
class Fact:
    """`key` tells it apart for good; `values` are its figures as text by placeholder; `basis` says what they rest on."""

    key: str
    default: str
    values: dict[str, str]
    basis: str


@dataclass(frozen=True)
class Attested:
    """How many records, and how many of them somebody else attested."""

    records: int
    verified: int = 0
    imported: int = 0


def provenance(noun: str, found: Attested) -> str:
    """ "12 audits: 8 verified, 4 self-reported"."""
    own = found.records - found.verified - found.imported
    counts = {_("verified"): found.verified, _("imported"): found.imported, _("self-reported"): own}
    known = {label: n for label, n in counts.items() if n}
    records = wording.units(found.records, noun)
    if len(known) == 1:
        return f"{records}, {next(iter(known))}"
    return f"{records}: {', '.join(f'{n:,} {label}' for label, n in known.items())}"


def in_sentence(name: str) -> str:
    """A work type inside a sentence: "emergency department", but "E/M" as it is."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


@dataclass(frozen=True)
class Volumes:
    slug: str
    work_type: str
    charts: int
    since: object
    attested: Attested


@dataclass(frozen=True)
class Scores:
    """Pooled counts of one method over the last twelve months, of one work type or ("") of all."""

    method: str
    slug: str
    correct: int
    reviewed: int
    charts: tuple[
        float, float, float
    ]  # number and variances of charts that are known (tracker/design_effect.py)
    attested: Attested


def volume_facts(volumes: list[Volumes], scores: list[Scores]) -> list[Fact]:
    """Charts of each work type, with their accuracy where audits of that work type give it."""
    facts = []
    accurate = {found.slug: found for found in scores if found.method == "code_over_code"}
    for found in volumes:
        values = {
            "charts": f"{found.charts:,}",
            "work": in_sentence(found.work_type),
            "since": date_format(found.since, "F Y"),
        }
        basis = provenance(_("entries"), found.attested)
        text = _("Coded {charts} {work} charts since {since}")
        if score := accurate.get(found.slug):
            values |= accuracy_values(score)
            basis += "; " + _accuracy_basis(score)
            text = _("Coded {charts} {work} charts at {rate} {method} (95% interval {interval}, n = {n})")
        facts.append(Fact(f"volume:{found.slug}", text, values, basis))
    return facts


def accuracy_values(score: Scores) -> dict[str, str]:
    effect = float(np.nan_to_num(design_effect(*score.charts), nan=1.0))
    lower, upper = (100 * float(b) for b in wilson(score.correct / effect, score.reviewed / effect))
    return {
        "rate": wording.percent(100 * score.correct / score.reviewed),
        "method": METHOD_WORDS[score.method].partition(" (")[0],
        "interval": wording.interval(lower, upper),
        "n": _("%(number)s %(noun)s") % {"number": f"{score.reviewed:,}", "noun": unit_words(score.method)},
        "audits": wording.units(score.attested.records, _("audits")),
    }


def _accuracy_basis(score: Scores) -> str:
    return _("last 12 months, %(audits)s") % {"audits": provenance(_("audits"), score.attested)}


def accuracy_facts(scores: list[Scores]) -> list[Fact]:
    """Accuracy over all work types, by each method."""
    text = _("Held {rate} {method} over the last 12 months (95% interval {interval}, n = {n}, {audits})")
    return [
        Fact(f"accuracy:{score.method}", text, accuracy_values(score), _accuracy_basis(score))
        for score in scores
        if not score.slug and score.reviewed
    ]


def pace_fact(earned: float, hours: float, attested: Attested) -> list[Fact]:
    """Attainment over the last twelve months, where a target is confirmed."""
    if not hours:
        return []
    values = {"attainment": wording.percent(100 * earned / hours), "hours": f"{hours:,.0f}"}
    text = _("Worked at {attainment} of the productivity target over {hours} hours of coding")
    return [Fact("attainment", text, values, _("last 12 months, ") + provenance(_("entries"), attested))]


def outcome_fact(outcome: str, definition: str, rate: str, before: str, day, attested: Attested) -> Fact:
    """A rate of the coder's own claims, by its definition."""
    values = {
        "rate": f"{rate}%", "definition": str(OutcomeDefinition(definition).label),
        "month": date_format(day, "F Y"),
    }  # fmt: skip
    if outcome == OutcomeKind.FIRST_PASS:
        text = _("First-pass rate of {rate} ({definition}, {month})")
    else:
        text = _("Denial rate of {rate} ({definition}, {month})")
    if before:
        values["before"] = f"{before}%"
        text = (
            _("Raised the first-pass rate from {before} to {rate} ({definition}, {month})")
            if outcome == OutcomeKind.FIRST_PASS
            else _("Brought the denial rate from {before} to {rate} ({definition}, {month})")
        )
    return Fact(f"outcome:{outcome}:{definition}", text, values, provenance(_("rates"), attested))


def audit_work_fact(charts: int, attested: Attested) -> list[Fact]:
    if not charts:
        return []
    values = {"charts": f"{charts:,}", "audits": wording.units(attested.records, _("audits"))}
    return [Fact("audit-work", _("Reviewed {charts} charts of other coders in {audits}"), values, provenance(_("audits"), attested))]  # fmt: skip


def mentoring_fact(people: int, attested: Attested) -> list[Fact]:
    if not people:
        return []
    values = {"people": ngettext("%(n)s coder", "%(n)s coders", people) % {"n": people}}
    return [Fact("mentoring", _("Mentored {people}"), values, provenance(_("contributions"), attested))]


def practicum_fact(cases: int, accuracy: str, attested: Attested) -> list[Fact]:
    if not cases:
        return []
    values, text = {"cases": f"{cases:,}"}, _("Coded {cases} practicum cases")
    if accuracy:
        values["accuracy"] = f"{accuracy}%"
        text = _("Coded {cases} practicum cases at {accuracy} as tracked by the instructor")
    return [Fact("practicum", text, values, provenance(_("practicums"), attested))]
