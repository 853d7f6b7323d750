"""What a coder's records can say on a résumé: their figures, summed by the database, in a fixed number of queries."""

from collections import defaultdict

from django.db.models import Count, Max, Min, Q, Sum

from tracker.measures.audits import COUNTED_METHODS, METHOD_WORDS
from tracker.measures.base import months_before
from tracker.models import (
    AuditScore,
    AuditWork,
    Basis,
    ClaimOutcome,
    Coder,
    Contribution,
    ContributionKind,
    Practicum,
    ProductivityTarget,
    Provenance,
    Volume,
)
from tracker.resume import facts
from tracker.resume.facts import Attested, Fact, Scores, Volumes

MONTHS = 12
SUGGESTED = 6  # lines, while the coder has not chosen any
COUNTS = {
    "records": Count("pk", distinct=True),
    "verified": Count("pk", filter=Q(provenance=Provenance.VERIFIED), distinct=True),
    "imported": Count("pk", filter=Q(provenance=Provenance.IMPORTED), distinct=True),
}


def _attested(row: dict) -> Attested:
    return Attested(row["records"], row["verified"], row["imported"])


def _counted(model, coder: Coder):
    return model.objects.counted().filter(coder=coder).order_by()


# --- Facts ---


def facts_of(coder: Coder) -> list[Fact]:
    """All that the records can say, the strongest first. Eight queries."""
    today = coder.today()
    since = months_before(today, MONTHS)
    scores = _scores(coder, since, today)
    return [
        *facts.volume_facts(_volumes(coder, today), [score for score in scores if score.slug]),
        *facts.accuracy_facts(scores),
        *_pace(coder, since, today),
        *_outcomes(coder),
        *facts.audit_work_fact(*_summed(AuditWork, coder, "charts")),
        *facts.mentoring_fact(*_summed(Contribution, coder, "people", contribution=ContributionKind.MENTORING)),
        *_practicum(coder),
    ]  # fmt: skip


def _volumes(coder, today) -> list[Volumes]:
    rows = _counted(Volume, coder).filter(ends_on__lte=today).values("work_type__slug", "work_type__name")
    rows = rows.annotate(charts=Sum("charts"), since=Min("starts_on"), **COUNTS).order_by("-charts")
    return [
        Volumes(row["work_type__slug"], row["work_type__name"], row["charts"], row["since"], _attested(row))
        for row in rows
    ]


def _scores(coder, since, today) -> list[Scores]:
    """Pooled by method and work type, and by method alone; targeted audits apart, as in the measure."""
    rows = AuditScore.objects.filter(
        audit__coder=coder, audit__removed_at__isnull=True, audit__counted=True, audit__audited_on__gt=since,
        audit__audited_on__lte=today, reviewed__isnull=False, method__in=COUNTED_METHODS,
    ).exclude(audit__basis=Basis.TARGETED)  # fmt: skip
    found = defaultdict(lambda: [0.0] * 8)
    names = ("correct", "reviewed", "chart_count", "variance_as_drawn", "variance_drawn_alone")
    for method, slug, provenance, *figures in rows.values_list("method", "audit__work_type__slug", "audit__provenance", *names):  # fmt: skip
        own = (1, provenance == Provenance.VERIFIED, provenance == Provenance.IMPORTED)
        for key in {(method, slug or ""), (method, "")}:
            found[key] = [
                total + (part or 0) for total, part in zip(found[key], (*figures, *own), strict=True)
            ]
    order = list(METHOD_WORDS)
    return [
        Scores(method, slug, int(sums[0]), int(sums[1]), tuple(sums[2:5]), Attested(*map(int, sums[5:])))
        for (method, slug), sums in sorted(
            found.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
        )
    ]


def _pace(coder, since, today) -> list[Fact]:
    rates = dict(ProductivityTarget.objects.filter(coder=coder).values_list("work_type", "per_hour"))
    rows = _counted(Volume, coder).filter(work_type__in=rates, ends_on__gt=since, ends_on__lte=today)
    rows = list(rows.values("work_type").annotate(charts=Sum("charts"), time=Sum("minutes"), **COUNTS))
    earned = sum(row["charts"] / float(rates[row["work_type"]]) for row in rows)
    together = Attested(*(sum(row[name] for row in rows) for name in COUNTS))
    return facts.pace_fact(earned, sum(row["time"] for row in rows) / 60, together)


def _outcomes(coder) -> list[Fact]:
    """The newest own rate of each definition; a department's is never claimed as one's own."""
    newest = {}
    for row in _counted(ClaimOutcome, coder).filter(is_own=True).order_by("ends_on", "pk"):
        newest[row.outcome, row.definition] = row
    return [
        facts.outcome_fact(
            row.outcome, row.definition, f"{row.rate.normalize():f}",
            f"{row.baseline.normalize():f}" if row.baseline is not None else "", row.ends_on,
            Attested(1, row.provenance == Provenance.VERIFIED, row.provenance == Provenance.IMPORTED),
        )
        for row in newest.values()
    ]  # fmt: skip


def _summed(model, coder, name: str, **which) -> tuple[int, Attested]:
    row = _counted(model, coder).filter(**which).aggregate(total=Sum(name), **COUNTS)
    return row["total"] or 0, _attested(row)


def _practicum(coder) -> list[Fact]:
    row = _counted(Practicum, coder).aggregate(cases=Sum("cases"), best=Max("accuracy"), **COUNTS)
    # The accuracies of several are not pooled: they come without counts.
    accuracy = f"{row['best'].normalize():f}" if row["records"] == 1 and row["best"] is not None else ""
    return facts.practicum_fact(row["cases"] or 0, accuracy, _attested(row))
