"""What was coded: volumes, attainment, months with metrics, share of a specialty, and claim outcomes."""

from collections import defaultdict
from collections.abc import Callable

import numpy as np
from django.db.models import Count, F, IntegerField, Q, Sum
from django.db.models.functions import Cast, ExtractMonth, ExtractYear
from django.utils.translation import gettext as _

from curriculum import words
from curriculum.conditions import COMPARATORS
from tracker.models import ProductivityTarget
from tracker.models.records import ATTESTED, Audit, ClaimOutcome, OutcomeKind, Volume

from .audits import SCORES
from .base import (
    Column,
    Measure,
    Measurement,
    Source,
    Working,
    amount_of,
    counted,
    flag,
    listed,
    measure,
    named,
    percent_of,
    window_words,
    within,
)  # fmt: skip

MONTHS = WORK_TYPES = 1_000_000


def _month(path: str):
    """Months counted from year 0: a whole number, which costs nothing to read."""
    return Cast(ExtractYear(path) * 12 + ExtractMonth(path), IntegerField())


VOLUMES = Source(
    "volumes",
    Volume,
    group=("work_type_id", "attested"),
    date="ends_on",
    named={"attested": flag(Q(provenance__in=[p.value for p in ATTESTED]))},
)
VOLUMES_BY_SPECIALTY = Source("volumes by specialty", Volume, group=("specialty__slug",), date="ends_on")
OUTCOMES = Source("claim outcomes", ClaimOutcome)


VOLUMES_BY_MONTH = Source(
    "volumes by month", Volume, group=("month",), date="ends_on", named={"month": _month("ends_on")}
)
AUDITS_BY_MONTH = Source(
    "audits by month", Audit, group=("month",), date="audited_on", named={"month": _month("audited_on")}
)
# The coder's own confirmed targets are no records: nothing about them is removed or attested.
TARGETS = Source(
    "productivity targets", ProductivityTarget, group=("work_type_id", "per_hour"), is_record=False
)


def _volume_columns(leaf, as_of, attested: bool, **aggregates: Callable) -> list[Column]:
    """Columns of the volumes that a condition looks at, by name: each a function of the filter."""
    where = within("ends_on", leaf.window, as_of)
    work_types, specialties = listed(leaf, "work_types"), listed(leaf, "specialties")
    if work_types:
        where &= Q(work_type__slug__in=work_types)
    if specialties:
        where &= Q(specialty__slug__in=specialties)
    behind, pick = (where & VOLUMES.attested, (("attested", True),)) if attested else (where, ())
    key = f"{leaf.window}:{work_types}:{specialties}"
    return [
        Column(VOLUMES, f"{name}:{key}", aggregate(where), behind, pick)
        for name, aggregate in aggregates.items()
    ]


def _charts(where: Q):
    return Sum("charts", filter=where)


def _minutes(where: Q):
    return Sum("minutes", filter=where)


def _entries(where: Q):
    return Count("pk", filter=where)


@measure
class ChartsCoded(Measure):
    slug, title, unit, kind = "charts_coded", "charts coded", "charts", Volume.KIND
    params = {"work_types": None, "specialties": None}

    def noun(self, leaf):
        kind = f"{named(leaf, 'work_types')} " if listed(leaf, "work_types") else ""
        specialty = f" in {named(leaf, 'specialties')}" if listed(leaf, "specialties") else ""
        return amount_of(leaf, f"{kind}charts coded{specialty}", f"{kind}chart coded{specialty}")

    def columns(self, leaf, as_of, attested):
        return _volume_columns(leaf, as_of, attested, charts=_charts)

    def read(self, leaf, data, attested):
        return counted(data.column(self.columns(leaf, data.as_of, attested)[0]))


@measure
class Attainment(Measure):
    """Standard hours earned over hours worked: sum(charts / charts an hour) / sum(hours), by work type (domain 2.4).

    Only work types with a confirmed target take part; without any, there is nothing to go on.
    """

    slug, title, kind = "attainment", "productivity against the confirmed target", Volume.KIND
    params = {"work_types": None}
    samples = ("hours",)

    def noun(self, leaf):
        of = f" in {named(leaf, 'work_types', 'and')} work" if listed(leaf, "work_types") else ""
        return f"productivity{of} of {percent_of(leaf)} of your confirmed target"

    def sample_words(self, leaf):
        hours = leaf.minimum.get("hours")
        return f", over at least {words.count(hours, 'hours')} of coding" if hours else ""

    def columns(self, leaf, as_of, attested):
        return _volume_columns(leaf, as_of, attested, charts=_charts, minutes=_minutes)

    def sources(self, leaf):
        return [TARGETS]

    def read(self, leaf, data, attested):
        index, rows = data.rows(VOLUMES)
        charts, minutes = map(data.values, self.columns(leaf, data.as_of, attested))
        rate = self._rates(data, index, rows["work_type_id"])
        has = ~np.isnan(rate)
        earned = np.bincount(index[has], (charts[has] / rate[has]), minlength=data.size)
        hours = np.bincount(index[has], minutes[has] / 60, minlength=data.size)
        with np.errstate(invalid="ignore", divide="ignore"):
            # Sums of quotients: nine decimals are exact, what is beyond is noise that could keep 100% from being 100%.
            value = np.where(hours > 0, np.round(100 * earned / hours, 9), np.nan)
        return Measurement(value, samples={"hours": np.round(hours, 9)})

    def workings(self, leaf, data, i):
        index, rows = data.rows(VOLUMES)
        charts, minutes = map(data.values, self.columns(leaf, data.as_of, False))
        rates = self._rates(data, index, rows["work_type_id"])
        by_type = defaultdict(lambda: np.zeros(2))
        for place in np.flatnonzero((index == i) & ~np.isnan(rates)):
            by_type[rows["work_type_id"][place], rates[place]] += charts[place], minutes[place]
        lines, earned, hours = [], 0.0, 0.0
        for (work_type, rate), (coded, took) in by_type.items():
            if not took:
                continue
            how = _("%(charts)s charts ÷ %(rate)s an hour, in %(hours)s hours") % {
                "charts": f"{coded:,.0f}", "rate": f"{rate:g}", "hours": f"{took / 60:,.1f}",
            }  # fmt: skip
            standard = _("%(hours)s standard hours") % {"hours": f"{coded / rate:,.1f}"}
            lines.append(Working(data.names.get(work_type, ""), how, standard))
            earned, hours = earned + coded / rate, hours + took / 60
        if hours:
            how = f"{earned:,.2f} ÷ {hours:,.2f}"
            what = _("Standard hours earned over hours worked")
            lines.append(Working(what, how, f"{100 * earned / hours:,.4f}%"))
        return lines

    @staticmethod
    def _rates(data, index: np.ndarray, work_types: list[int]) -> np.ndarray:
        """Charts an hour that the coder of each row confirmed for the row's work type; NaN without a target."""
        own, targets = data.rows(TARGETS)
        # A coder and a work type in one number; the last entry is met by none.
        keys = np.append(
            own * WORK_TYPES + np.array(targets["work_type_id"], np.int64), np.iinfo(np.int64).max
        )
        rates = np.append(np.array(targets["per_hour"], float), np.nan)
        order = np.argsort(keys)
        wanted = index * WORK_TYPES + np.array(work_types, np.int64)
        place = order[np.searchsorted(keys, wanted, sorter=order)]
        return np.where(keys[place] == wanted, rates[place], np.nan)


@measure
class MonthsLogged(Measure):
    """Calendar months in which every one of `kinds` was logged."""

    slug, title, unit, kind = "months_logged", "months logged", "months", Volume.KIND
    params = {"kinds": ("volume", "audit")}
    required = ("kinds",)
    SOURCES = {"volume": (VOLUMES_BY_MONTH, "ends_on"), "audit": (AUDITS_BY_MONTH, "audited_on")}

    def phrase(self, leaf):
        names = {"volume": "chart volumes", "audit": "audit results"}
        logged = words.joined(names[kind] for kind in listed(leaf, "kinds"))
        each = "both " if len(listed(leaf, "kinds")) > 1 else ""
        n = f"{COMPARATORS[leaf.comparator]} {words.number(leaf.target)}"
        of = f"of the last {leaf.months} months" if leaf.months else "months"
        return f"{each}{logged} logged in {n} {of}"

    def columns(self, leaf, as_of, attested):
        columns = []
        for kind in listed(leaf, "kinds"):
            source, date = self.SOURCES[kind]
            where = within(date, leaf.window, as_of)
            if attested:
                where &= source.attested
            columns.append(Column(source, f"{leaf.window}:{attested}", Count("pk", filter=where), where))
        return columns

    def read(self, leaf, data, attested):
        # A coder and a month in one number; months are counted from year 0 and so stay far below the factor.
        logged = None
        for column in self.columns(leaf, data.as_of, attested):
            index, rows = data.rows(column.source)
            some = rows[column.key] > 0
            pairs = index[some] * MONTHS + np.array(rows["month"], np.int64)[some]
            logged = pairs if logged is None else np.intersect1d(logged, pairs)
        numbers = np.bincount(logged // MONTHS, minlength=data.size).astype(float)
        return counted(numbers)


def one_specialty(leaf) -> str:
    """ "cardiology", "cardiology or oncology"; of a long list only its beginning."""
    specialties = [words.name(slug) for slug in listed(leaf, "specialties")]
    if len(specialties) == 1:
        return specialties[0]
    some = f" ({words.joined(specialties, 'or')})" if len(specialties) <= 4 else ""
    if len(specialties) > 4:
        some = f" (such as {words.joined(specialties[:2], 'or')})"
    return f"one specialty{some}"


@measure
class SpecialtyShare(Measure):
    """The largest share of charts in one specialty; charts without a specialty count in the whole."""

    slug, title, kind = "specialty_share", "share of charts in one specialty", Volume.KIND
    params = {"specialties": None}
    samples = ("charts",)

    def noun(self, leaf):
        return f"{percent_of(leaf)} of your charts in {one_specialty(leaf)}"

    def columns(self, leaf, as_of, attested):
        where = within("ends_on", leaf.window, as_of)
        if attested:
            where &= VOLUMES_BY_SPECIALTY.attested
        key = f"charts:{leaf.window}:{attested}"
        return [Column(VOLUMES_BY_SPECIALTY, key, Sum("charts", filter=where), where)]

    def read(self, leaf, data, attested):
        (column,) = self.columns(leaf, data.as_of, attested)
        index, rows = data.rows(VOLUMES_BY_SPECIALTY)
        charts = np.asarray(rows[column.key], float)
        whole = np.bincount(index, charts, minlength=data.size)
        wanted = listed(leaf, "specialties")
        named = [bool(s) and (not wanted or s in wanted) for s in rows["specialty__slug"]]
        most = np.zeros(data.size)
        np.maximum.at(most, index[named], charts[named])
        has = whole > 0
        value = np.where(has, 100 * most / np.where(has, whole, 1), np.nan)
        # Every chart is counted, none is drawn: the share is what it is.
        most, charts = most.astype(np.int64), whole.astype(np.int64)
        return Measurement(value, most, charts, is_sample=False, samples={"charts": whole})


def _own_rates(leaf, as_of, outcome: str, attested: bool) -> Q:
    """Rates of the coder's own work: a department's must not be claimed as one's own (domain 2.5)."""
    where = within("ends_on", leaf.window, as_of) & Q(outcome=outcome, is_own=True)
    return where & OUTCOMES.attested if attested else where


@measure
class ClaimOutcomes(Measure):
    slug, title, unit, kind = "claim_outcomes", "claim outcomes", "rates", ClaimOutcome.KIND
    params = {"kind": tuple(k.value for k in OutcomeKind), "reduced": (True, False)}
    required = ("kind",)

    def check(self, params, minimum):
        if params.get("reduced") and params.get("kind") != OutcomeKind.DENIAL:
            return "only a denial rate can be “reduced”."
        return None

    def phrase(self, leaf):
        rate = (
            "first-pass claim rate" if leaf.params["kind"] == OutcomeKind.FIRST_PASS else "coding denial rate"
        )
        if leaf.params.get("reduced"):
            many, one = f"{rate}s below the rates before", f"{rate} below the rate before"
            return f"{amount_of(leaf, many, one)}, logged{window_words(leaf)}"
        logged = amount_of(leaf, f"{rate}s logged", f"{rate} logged") + window_words(leaf)
        return f"{logged}, of your own work and with the definition used"

    def columns(self, leaf, as_of, attested):
        where = _own_rates(leaf, as_of, leaf.params["kind"], attested)
        if leaf.params.get("reduced"):
            where &= Q(baseline__isnull=False, rate__lt=F("baseline"))
        key = f"{leaf.params['kind']}:{leaf.params.get('reduced')}:{leaf.window}:{attested}"
        return [Column(OUTCOMES, key, Count("pk", filter=where), where)]

    def read(self, leaf, data, attested):
        return counted(data.column(self.columns(leaf, data.as_of, attested)[0]))


@measure
class MetricKinds(Measure):
    """How many of accuracy, volume, first-pass rate and denial rate a résumé could quantify (guide, lines 3 and 109)."""

    slug, title, unit, kind = "metric_kinds", "kinds of figures for the résumé", "kinds", Audit.KIND

    def noun(self, leaf):
        n = words.number(leaf.target)
        amount = n if leaf.comparator == ">=" else f"{COMPARATORS[leaf.comparator]} {n}"
        return (
            f"{amount} of 4 kinds of figures for your résumé (accuracy, volume, first-pass rate, denial rate)"
        )

    def columns(self, leaf, as_of, attested):
        columns = _volume_columns(leaf, as_of, attested, entries=_entries)
        where = within("audit__audited_on", leaf.window, as_of)
        behind, pick = (where & SCORES.attested, (("attested", True),)) if attested else (where, ())
        columns.append(Column(SCORES, f"any:{leaf.window}", _entries(where), behind, pick))
        for outcome in OutcomeKind:
            where = _own_rates(leaf, as_of, outcome, attested)
            key = f"any:{outcome.value}:{leaf.window}:{attested}"
            columns.append(Column(OUTCOMES, key, Count("pk", filter=where), where))
        return columns

    def read(self, leaf, data, attested):
        columns = self.columns(leaf, data.as_of, attested)
        return counted(sum((data.column(c) > 0).astype(float) for c in columns))
