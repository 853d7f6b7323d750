"""Forecast coders and keep what was said, one row a coder, thing and month."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from curriculum.models import Milestone
from tracker.evaluation.compute import evaluate
from tracker.evaluation.kept import kept_of
from tracker.forecast import grid
from tracker.forecast.pace import Reason
from tracker.models import Coder, Forecast, ForecastState, GapEvent, Staleness
from tracker.outlook.compute import Outlook, outlook
from tracker.outlook.exams import DAYS_A_MONTH

AT_ONCE = 500
DATES = ("p10", "p50", "p90")
FIELDS = ["made_on", "target", *DATES, "method", "decided_by", "reason"]
METHOD = "grid"


def forecast_due(coder_ids: Iterable[int] | None = None) -> int:
    """Forecast those (of these) coders whose records, target or gaps changed since, and once a month each; how many."""
    ids = list(_due(coder_ids).values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        forecast_coders(ids[start : start + AT_ONCE])
    return len(ids)


def _due(coder_ids: Iterable[int] | None):
    """Gaps also change by themselves, as windows roll; the history of gaps tells."""
    coders = Coder.objects.filter(evaluation__isnull=False)
    if coder_ids is not None:
        coders = coders.filter(pk__in=list(coder_ids))
    moved = GapEvent.objects.filter(coder=OuterRef("pk"), recorded_at__gt=OuterRef("forecast_state__made_at"))
    month = timezone.now().date().replace(day=1)
    return coders.filter(
        Q(forecast_state=None)
        | Q(forecast_state__month__lt=month)
        | ~Q(forecast_state__seq=F("staleness__seq"))
        | Exists(moved)
    ).order_by("pk")


def forecast_coders(coder_ids: Iterable[int], as_of: dt.date | None = None) -> int:
    """Forecast coders as of a day (each one's own today by default), and store it; the number of rows."""
    ids = sorted(set(coder_ids))
    made_at = timezone.now()
    seqs = dict(Staleness.objects.filter(coder_id__in=ids).values_list("coder_id", "seq"))
    by_day = defaultdict(list)
    for coder in Coder.objects.filter(pk__in=ids).select_related("user", "track"):
        by_day[as_of or coder.today()].append(coder)
    slugs = dict(Milestone.objects.values_list("pk", "slug"))
    rows, states = [], []
    for day, coders in by_day.items():
        coders.sort(key=lambda coder: coder.pk)
        batch = evaluate(coders, day, kept_of(np.array([coder.pk for coder in coders], np.int64)))
        rows += forecasts_of(outlook(batch), slugs)
        month = day.replace(day=1)
        states += [
            ForecastState(coder=coder, seq=seqs.get(coder.pk, 0), made_at=made_at, month=month)
            for coder in coders
        ]
    with transaction.atomic():
        Forecast.objects.bulk_create(
            rows, batch_size=500, update_conflicts=True, unique_fields=["coder", "what", "month"], update_fields=FIELDS
        )  # fmt: skip
        ForecastState.objects.bulk_create(
            states, batch_size=500, update_conflicts=True, unique_fields=["coder"],
            update_fields=["seq", "made_at", "month"],
        )  # fmt: skip
    return len(rows)


def forecasts_of(found: Outlook, slugs: dict[int, str]) -> list[Forecast]:
    """Unsaved rows: the promotion of every coder, the open gaps that the target asks for, and others that have a date."""
    batch, rows = found.batch, []
    asked = _asked_versions(batch)
    for gap in found.gaps.values():
        what = slugs[batch.context.milestone_of[gap.version]]
        days = grid.quantiles(gap.cdf)
        for row, i in enumerate(gap.who.tolist()):
            if gap.version in asked[i] or gap.reason[row] == Reason.CAN_SAY:
                rows.append(_forecast(batch, i, what, days[:, row], Reason(int(gap.reason[row]))))
    for i, promotion in found.promotions().items():
        days = grid.quantiles(promotion.cdf[None])[:, 0]
        decided = slugs.get(promotion.decided_by, "")
        if promotion.can_say:
            rows.append(_forecast(batch, i, Forecast.PROMOTION, days, decided_by=decided))
            continue
        reason = next(iter(promotion.unsaid.values()))
        rows.append(_forecast(batch, i, Forecast.PROMOTION, days, reason))
        if promotion.decided_by is not None:
            rows.append(_forecast(batch, i, Forecast.PART, days, decided_by=decided))
    return rows


def _asked_versions(batch) -> list[set[int]]:
    known: dict[tuple, set[int]] = {}
    pairs = list(zip(batch.profile.targets, batch.profile.roles, strict=True))
    for target, role in set(pairs):
        known[target, role] = {ask.version_id for ask in batch.context.requirements.asked_of(target, role)}
    return [known[pair] for pair in pairs]


def _forecast(batch, i, what, days, reason=Reason.CAN_SAY, decided_by="") -> Forecast:
    says = reason == Reason.CAN_SAY
    return Forecast(
        coder=batch.coders[i],
        what=what,
        month=batch.as_of.replace(day=1),
        made_on=batch.as_of,
        target=batch.profile.targets[i],
        method=METHOD,
        decided_by=decided_by,
        reason="" if says else reason.name.lower(),
        **{name: date_after(batch.as_of, m) if says else None for name, m in zip(DATES, days, strict=True)},
    )


def when_in(cdf: np.ndarray, day: dt.date) -> dict[str, dt.date | None]:
    """The three dates of one CDF, by name."""
    months = grid.quantiles(cdf[None])[:, 0]
    return {name: date_after(day, m) for name, m in zip(DATES, months, strict=True)}


def date_after(day: dt.date, months: float) -> dt.date | None:
    """The day so many months later; None for no number."""
    return None if np.isnan(months) else day + dt.timedelta(days=round(float(months) * DAYS_A_MONTH))
