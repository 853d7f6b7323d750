"""How the site is doing, in a fixed number of queries that stay cheap at any size. No coder is named."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.utils import timezone

from tracker.models import Coder, Staleness, SweepRun, WorkerHeartbeat


@dataclass(frozen=True)
class Operations:
    """Ages are in seconds. `stale` wait for an evaluation; `failing` could not be evaluated since their last change."""

    coders: int
    stale: int
    failing: int
    oldest_stale: float
    heartbeat_age: float | None
    run: SweepRun | None

    @property
    def windows_left(self) -> int:
        return self.run.n_windows - self.run.n_done if self.run else 0

    @property
    def run_age(self) -> float | None:
        """Since the last nightly run began."""
        return _age(self.run.started_at) if self.run else None


def operations() -> Operations:
    is_failing = Q(failed_seq__gte=F("seq"))
    stale = Staleness.objects.filter(seq__gt=F("done_seq")).aggregate(
        stale=Count("pk", filter=~is_failing),
        failing=Count("pk", filter=is_failing),
        oldest=Min("since", filter=~is_failing),
    )
    beat = WorkerHeartbeat.objects.aggregate(at=Max("at"))["at"]
    return Operations(
        coders=Coder.objects.count(),
        stale=stale["stale"],
        failing=stale["failing"],
        oldest_stale=_age(stale["oldest"]) if stale["oldest"] else 0.0,
        heartbeat_age=_age(beat) if beat else None,
        run=runs().first(),
    )


def runs() -> QuerySet[SweepRun]:
    """Nightly runs, newest first, with how far each is."""
    done = Q(windows__done_at__isnull=False)
    return SweepRun.objects.annotate(
        n_windows=Count("windows"),
        n_done=Count("windows", filter=done),
        n_coders=Sum("windows__coders"),
        n_changed=Sum("windows__gaps_changed"),
        last_done=Max("windows__done_at"),
    )


def _age(moment: dt.datetime) -> float:
    return (timezone.now() - moment).total_seconds()
