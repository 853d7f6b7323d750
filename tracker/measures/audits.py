"""Accuracy and audit work. Counts are pooled, percentages never averaged; methods are never mixed (domain 2.3)."""

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import ceil

import numpy as np
from django.db.models import Count, Q, Sum

from curriculum import words
from tracker.design_effect import design_effect
from tracker.intervals import proves, reaches
from tracker.models.records import Audit, AuditScore, AuditWork, Basis, Method

from .base import (
    Column,
    Measure,
    Measurement,
    Source,
    amount_of,
    counted,
    measure,
    months_before,
    percent_of,
    window_words,
    within,
)  # fmt: skip

SCORES = Source("audit scores", AuditScore, record="audit", date="audit__audited_on")
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


def _score_columns(method: str, name: str, where: Q, attested: bool) -> list[Column]:
    """Correct, reviewed, audits and records of one method's counted scores. Targeted audits feed learning, not this."""
    where = where & Q(method=method, reviewed__isnull=False) & ~Q(audit__basis=Basis.TARGETED)
    if attested:
        where &= SCORES.attested
    key = f"{method}:{name}:{attested}"
    return [
        Column(SCORES, f"correct:{key}", Sum("correct", filter=where), where),
        Column(SCORES, f"reviewed:{key}", Sum("reviewed", filter=where), where),
        Column(SCORES, f"audits:{key}", Count("pk", filter=where), where),
        Column(SCORES, f"records:{key}", Sum("audit__records_reviewed", filter=where), where),
    ]


def _chart_columns(method: str, name: str, where: Q) -> list[Column]:
    """What the charts of the same scores tell of how their units cluster, attested or not: it is how the work is."""
    where = where & Q(method=method, chart_count__gt=0) & ~Q(audit__basis=Basis.TARGETED)
    key = f"{method}:{name}"
    return [
        Column(SCORES, f"{field}:{key}", Sum(field, filter=where), where)
        for field in ("chart_count", "variance_as_drawn", "variance_drawn_alone")
    ]


def _uncounted(method: str, name: str, where: Q) -> Column:
    """Audits that give a percentage by the method, but not the counts behind it."""
    where = where & Q(method=method, reviewed__isnull=True) & ~Q(audit__basis=Basis.TARGETED)
    return Column(SCORES, f"uncounted:{method}:{name}", Count("pk", filter=where), where)


@measure
class AuditAccuracy(Measure):
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

    def columns(self, leaf, as_of, attested):
        where = within("audit__audited_on", leaf.window, as_of)
        method, name = leaf.params["method"], f"{leaf.window}"
        return [
            *_score_columns(method, name, where, attested),
            _uncounted(method, name, where),
            *_chart_columns(method, name, where),
        ]

    def read(self, leaf, data, attested):
        columns = self.columns(leaf, data.as_of, attested)
        correct, reviewed, audits, records, uncounted, *charts = map(data.column, columns)
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
        )


@measure
class AuditAccuracySustained(Measure):
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

    @staticmethod
    def _number(leaf) -> int:
        """Years that are looked at: as many as the target asks."""
        return min(MOST_YEARS, max(1, ceil(leaf.target)))

    def _years(self, leaf, as_of, attested):
        for year in range(self._number(leaf)):
            after, until = months_before(as_of, 12 * (year + 1)), months_before(as_of, 12 * year)
            where = Q(audit__audited_on__gt=after, audit__audited_on__lte=until)
            yield _score_columns(leaf.params["method"], f"year {year}", where, attested)

    def _charts(self, leaf, as_of):
        """Of all years together: how codes cluster is told by many charts, and is not what differs from year to year."""
        where = Q(audit__audited_on__gt=self.since(leaf, as_of), audit__audited_on__lte=as_of)
        return _chart_columns(leaf.params["method"], f"{self._number(leaf)} years", where)

    def columns(self, leaf, as_of, attested):
        years = [column for year in self._years(leaf, as_of, attested) for column in year]
        return years + self._charts(leaf, as_of)

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
        return Measurement(np.where(any_audit, years, np.nan), sure=sure, samples=samples)


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
