"""Take what stayed stale, and once a day everyone, because time passes: windows roll, credentials expire."""

import datetime as dt

from django.db.models import F, Max, Min
from django.utils import timezone

from tracker.models import Coder, Staleness, SweepRun, SweepWindow

from .evaluation import Tally, evaluate_coders
from .staleness import send

# A message on its way does it within a second; only what waits longer is taken by the sweep.
PATIENCE = dt.timedelta(seconds=5)
AT_ONCE = 2000
WINDOW = 5000
# Longer than a message can be out with a worker that died (the visibility timeout).
LOST_AFTER = dt.timedelta(minutes=30)


def sweep_stale(patience: float | None = None) -> Tally:
    """Evaluate coders who have been stale for longer than `patience` seconds, and send for the next where there are more.

    Whoever failed waits for the next change or the night.
    """
    seconds = PATIENCE.total_seconds() if patience is None else patience
    waiting = Staleness.objects.filter(
        seq__gt=F("done_seq"),
        failed_seq__lt=F("seq"),
        since__lte=timezone.now() - dt.timedelta(seconds=seconds),
    ).order_by("since")
    ids = list(waiting.values_list("coder_id", flat=True)[:AT_ONCE])
    tally = evaluate_coders(ids, yielding=True)
    if len(ids) == AT_ONCE:
        send("tracker.sweep_stale", seconds)
    return tally


def start_nightly(day: dt.date) -> SweepRun:
    """Cut all coders into windows and send each to a worker. Called again it sends only what is not done."""
    run, _ = SweepRun.objects.get_or_create(day=day)
    if not run.windows.exists():
        bounds = Coder.objects.aggregate(first=Min("pk"), last=Max("pk"))
        if bounds["first"] is not None:
            starts = range(bounds["first"], bounds["last"] + 1, WINDOW)
            windows = [SweepWindow(run=run, first_id=s, last_id=s + WINDOW - 1) for s in starts]
            SweepWindow.objects.bulk_create(windows, ignore_conflicts=True)
    for window_id in run.windows.filter(done_at=None).values_list("pk", flat=True):
        send("tracker.evaluate_window", window_id)
    return run


def resume_nightly() -> int:
    """Send again what the last run left undone for so long that its messages must be lost; return how many."""
    run = SweepRun.objects.filter(started_at__lt=timezone.now() - LOST_AFTER).first()
    if run is None:
        return 0
    return sum(
        send("tracker.evaluate_window", pk)
        for pk in run.windows.filter(done_at=None).values_list("pk", flat=True)
    )
