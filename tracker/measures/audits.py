"""Accuracy and audit work. Counts are pooled, percentages never averaged; methods are never mixed (domain 2.3)."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import ceil

import numpy as np
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from curriculum import words
from tracker import wording
from tracker.design_effect import design_effect
from tracker.intervals import proves, reaches
from tracker.models.records import ATTESTED, Audit, AuditScore, AuditWork, Basis, Method

from .base import (
    Column,
    Measure,
    Measurement,
    Source,
    Working,
    amount_of,
    counted,
    flag,
    measure,
    months_before,
    percent_of,
    window_words,
    within,
)  # fmt: skip

SCORES = Source(
    "audit scores",
    AuditScore,
    group=("method", "targeted", "attested", "contested"),
    record="audit",
    date="audit__audited_on",
    named={
        "targeted": flag(Q(audit__basis=Basis.TARGETED)),
        "attested": flag(Q(audit__provenance__in=[p.value for p in ATTESTED])),
    },
)
AUDIT_WORK = Source("audit work", AuditWork)

COUNTED_METHODS = (Method.CODE_OVER_CODE, Method.CASE, Method.DRG, Method.APC)
METHOD_UNITS = {"code_over_code": "codes", "case": "records", "drg": "groups", "apc": "groups"}
METHOD_WORDS = {
    "code_over_code": "code-over-code accuracy",
    "case": "case accuracy (records without any error)",
    "drg": "DRG accuracy",
    "apc": "APC accuracy",
}
MOST_YEARS = 10
GROUPS = {"drg": "DRGs", "apc": "APCs"}


def unit_words(method: str, unit: str | None = None) -> str:
    """A unit of the method's sample as people call it; its own unit by default."""
    unit = unit or METHOD_UNITS[method]
    return GROUPS.get(method, unit) if unit == "groups" else unit


def wrong_sample(params, minimum) -> str | None:
    """A complaint about a minimum in another method's units, which nobody could ever reach."""
    method = params.get("method")
    possible = {"records", "audits", METHOD_UNITS[method]}
    if unknown := set(minimum) - possible:
        return f"by the method “{method}” nothing is counted in {min(unknown)}; use {', '.join(sorted(possible))}."
    return None


@dataclass(frozen=True)
class Period:
    """Days after `after` (None: from the first) up to and with `until`. Equal ones share their columns."""

    after: dt.date | None
    until: dt.date

    @property
    def q(self) -> Q:
        q = Q(audit__audited_on__lte=self.until)
        return q & Q(audit__audited_on__gt=self.after) if self.after else q


def _column(name: str, method: str, period: Period, aggregate, having: Q, attested: bool = False) -> Column:
    """A column of one method's scores. Targeted audits feed learning, not this."""
    where = having & period.q & Q(method=method) & ~Q(audit__basis=Basis.TARGETED)
    pick = (("method", method), ("targeted", False))
    if attested:
        where, pick = where & SCORES.attested, (*pick, ("attested", True))
    return Column(SCORES, f"{name}:{period.after}:{period.until}", aggregate, where, pick)


def _score_columns(method: str, period: Period, attested: bool) -> list[Column]:
    """Correct, reviewed, audits and records of one method's counted scores."""
    has_counts = Q(reviewed__isnull=False)
    aggregates = {
        "correct": Sum("correct", filter=period.q),
        "reviewed": Sum("reviewed", filter=period.q),
        "audits": Count("reviewed", filter=period.q),
        "records": Sum("audit__records_reviewed", filter=period.q & has_counts),
    }
    return [
        _column(name, method, period, aggregate, has_counts, attested)
        for name, aggregate in aggregates.items()
    ]


def _chart_columns(method: str, period: Period) -> list[Column]:
    """What the charts of the same scores tell of how their units cluster, attested or not: it is how the work is."""
    charted = Q(chart_count__gt=0)
    return [
        _column(field, method, period, Sum(field, filter=period.q & charted), charted)
        for field in ("chart_count", "variance_as_drawn", "variance_drawn_alone")
    ]


def _contested(method: str, period: Period) -> Column:
    """Pooled audits whose score is contested and not answered yet. It adds up what is added up anyway."""
    has_counts = Q(reviewed__isnull=False)
    audits = _column("audits", method, period, Count("reviewed", filter=period.q), has_counts)
    return replace(audits, where=audits.where & Q(contested=True), pick=(*audits.pick, ("contested", True)))


def _uncounted(method: str, period: Period) -> Column:
    """Audits that give a percentage by the method, but not the counts behind it."""
    without = Q(reviewed__isnull=True)
    return _column("uncounted", method, period, Count("pk", filter=period.q & without), without)


TARGETED = gettext_lazy("aimed at a problem: it feeds learning, and no milestone")
WITHOUT_COUNTS = gettext_lazy("a percentage without counts cannot be pooled")
UNMARKED = gettext_lazy("how its records were chosen is not known; it counts as if at random")
CONTESTED = gettext_lazy("contested: it counts until the dispute is answered")


class AccuracyMeasure(Measure):
    """What all measures of accuracy leave out, and remark on."""

    def within(self, leaf, as_of) -> Q:
        """Scores by the method in the time that is looked at."""
        raise NotImplementedError

    def left_out(self, leaf, as_of):
        scores = self.within(leaf, as_of)
        targeted = Q(audit__basis=Basis.TARGETED)
        return [
            (SCORES, scores & targeted, TARGETED),
            (SCORES, scores & ~targeted & Q(reviewed__isnull=True), WITHOUT_COUNTS),
        ]

    def remarks(self, leaf, as_of):
        pooled = self.within(leaf, as_of) & Q(reviewed__isnull=False) & ~Q(audit__basis=Basis.TARGETED)
        return [
            (SCORES, pooled & Q(audit__basis=Basis.UNMARKED), UNMARKED),
            (SCORES, pooled & Q(contested=True), CONTESTED),
        ]


@measure
class AuditAccuracy(AccuracyMeasure):
    slug, title, kind = "audit_accuracy", "accuracy", Audit.KIND
    params = {"method": tuple(m.value for m in COUNTED_METHODS)}
    required = ("method",)
    samples = ("codes", "groups", "records", "audits")

    def check(self, params, minimum):
        return wrong_sample(params, minimum)

    def noun(self, leaf):
        return f"{METHOD_WORDS[leaf.params['method']]} of {percent_of(leaf)}"

    def unit_words(self, unit, params):
        return unit_words(params["method"], unit)

    def within(self, leaf, as_of):
        return within("audit__audited_on", leaf.window, as_of) & Q(method=leaf.params["method"])

    def columns(self, leaf, as_of, attested):
        method, period = leaf.params["method"], Period(self.since(leaf, as_of), as_of)
        return [
            *_score_columns(method, period, attested),
            _uncounted(method, period),
            _contested(method, period),
            *_chart_columns(method, period),
        ]

    def read(self, leaf, data, attested):
        columns = self.columns(leaf, data.as_of, attested)
        correct, reviewed, audits, records, uncounted, contested, *charts = map(data.column, columns)
        with np.errstate(invalid="ignore", divide="ignore"):
            value = np.where(reviewed > 0, 100 * correct / reviewed, np.nan)
        unit = METHOD_UNITS[leaf.params["method"]]
        return Measurement(
            value,
            correct.astype(np.int64),
            reviewed.astype(np.int64),
            design_effect=design_effect(*charts),
            samples={"records": records, "audits": audits} | {unit: reviewed},
            uncounted=uncounted > 0,
            contested=contested > 0,
        )


@measure
class AuditAccuracySustained(AccuracyMeasure):
    """Years in a row, back from today, whose pooled accuracy reaches `at`: as many as the target asks are looked at.

    The sample is the smallest year's.
    """

    slug, title, kind = "audit_accuracy_sustained", "accuracy, year after year", Audit.KIND
    unit = "years"
    params = {"method": tuple(m.value for m in COUNTED_METHODS), "at": None}
    required = ("method", "at")
    samples = ("records", "audits")

    def check(self, params, minimum):
        try:
            at = Decimal(str(params.get("at")))
        except InvalidOperation:
            at = Decimal("NaN")
        if not (at.is_finite() and 0 < at <= 100):
            return "“at” is a percentage in quotes, such as “95.0”."
        return wrong_sample(params, minimum)

    def phrase(self, leaf):
        text = f"{METHOD_WORDS[leaf.params['method']]} of at least {leaf.params['at']}%"
        if leaf.comparator != ">=":
            return f"{text}, {amount_of(leaf, 'years in a row')}" + self.sample_words(leaf)
        years = "the last year" if leaf.target <= 1 else f"each of the last {words.number(leaf.target)} years"
        return f"{text} in {years}" + self.sample_words(leaf)

    def sample_words(self, leaf):
        return f"{super().sample_words(leaf)} a year" if leaf.minimum else ""

    def since(self, leaf, as_of):
        return months_before(as_of, 12 * self._number(leaf))

    def within(self, leaf, as_of):
        since = Q(audit__audited_on__gt=self.since(leaf, as_of), audit__audited_on__lte=as_of)
        return since & Q(method=leaf.params["method"])

    def workings(self, leaf, data, i):
        at, lines = Fraction(leaf.params["at"]) / 100, []
        for year, columns in enumerate(self._years(leaf, data.as_of, attested=False)):
            k, n = (int(data.column(column)[i]) for column in columns[:2])
            until = months_before(data.as_of, 12 * year)
            share = wording.percent(100 * k / n) if n else "–"
            reached = _("reached") if reaches(k, n, at) else _("not reached")
            lines.append(
                Working(
                    _("Year to %(day)s") % {"day": f"{until:%B %-d, %Y}"},
                    f"{k:,} ÷ {n:,}" if n else _("no audit"),
                    f"{share}, {leaf.params['at']}% {reached}" if n else reached,
                )
            )
        return lines

    @staticmethod
    def _number(leaf) -> int:
        """Years that are looked at: as many as the target asks."""
        return min(MOST_YEARS, max(1, ceil(leaf.target)))

    def _years(self, leaf, as_of, attested):
        for year in range(self._number(leaf)):
            period = Period(months_before(as_of, 12 * (year + 1)), months_before(as_of, 12 * year))
            yield _score_columns(leaf.params["method"], period, attested)

    def _charts(self, leaf, as_of):
        """Of all years together: how codes cluster is told by many charts, and is not what differs from year to year."""
        return _chart_columns(leaf.params["method"], Period(self.since(leaf, as_of), as_of))

    def columns(self, leaf, as_of, attested):
        years = [column for year in self._years(leaf, as_of, attested) for column in year]
        return [*years, *self._charts(leaf, as_of), self._contested(leaf, as_of)]

    def _contested(self, leaf, as_of):
        """Of all years together."""
        return _contested(leaf.params["method"], Period(self.since(leaf, as_of), as_of))

    def read(self, leaf, data, attested):
        at = Fraction(leaf.params["at"]) / 100
        years, sure = np.zeros(data.size), np.zeros(data.size)
        reached, proven = np.ones(data.size, bool), np.ones(data.size, bool)
        any_audit, samples = np.zeros(data.size, bool), {}
        effect = design_effect(*map(data.column, self._charts(leaf, data.as_of)))
        divisor = np.nan_to_num(effect, nan=1.0)
        for columns in self._years(leaf, data.as_of, attested):
            correct, reviewed, audits, records = map(data.column, columns)
            reached = reached & reaches(correct, reviewed, at)
            proven = proven & proves(correct / divisor, reviewed / divisor, at)
            years, sure = years + reached, sure + proven
            any_audit |= reviewed > 0
            year = {"records": records, "audits": audits}
            samples = {unit: np.minimum(samples.get(unit, n), n) for unit, n in year.items()}
        contested = data.column(self._contested(leaf, data.as_of)) > 0
        return Measurement(
            np.where(any_audit, years, np.nan), sure=sure, samples=samples, contested=contested
        )


@measure
class AuditsDone(Measure):
    slug, title, unit, kind = "audit_work", "audits as reviewer", "audits", AuditWork.KIND
    samples = ("charts",)

    def phrase(self, leaf):
        charts = leaf.minimum.get("charts")
        of = f", with at least {words.count(charts, 'charts')} reviewed" if charts else ""
        return amount_of(leaf, self.title) + window_words(leaf) + of

    def columns(self, leaf, as_of, attested):
        where = within("done_on", leaf.window, as_of)
        if attested:
            where &= AUDIT_WORK.attested
        key = f"{leaf.window}:{attested}"
        return [
            Column(AUDIT_WORK, f"audits:{key}", Count("pk", filter=where), where),
            Column(AUDIT_WORK, f"charts:{key}", Sum("charts", filter=where), where),
        ]

    def read(self, leaf, data, attested):
        audits, charts = map(data.column, self.columns(leaf, data.as_of, attested))
        return counted(audits, charts=charts)
