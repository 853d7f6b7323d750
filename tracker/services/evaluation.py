"""Evaluate coders and store what changed. Pages, jobs and the shell all come through here."""

import contextlib
import datetime as dt
import gc
import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection
from django.db.models import F
from django.utils import timezone

from tracker.evaluation.compute import Batch, evaluate
from tracker.evaluation.kept import kept_of
from tracker.evaluation.members import evaluate_members, members_among
from tracker.evaluation.queries import coder_filter
from tracker.evaluation.standing import standings_for
from tracker.evaluation.store import store
from tracker.evaluation.students import evaluate_students
from tracker.models import Coder, Staleness, SweepWindow

logger = logging.getLogger(__name__)

# Coders computed and written at once. SQLite has one writer: small transactions, and a pause as long as each of them,
# leave room for people who save (measured in the trials: 0.2 s instead of 3 s from a record to its gap beside a sweep).
CHUNK = {"sqlite": 200, "postgresql": 5000}
# From so many coders on, what a chunk keeps in memory is worth thinking of.
MANY = 100
# A database that restarts, or SQLite's single writer: worth another try, and nothing else is.
PASSING = (OperationalError, InterfaceError)
# Coders who wait for a worker too and are evaluated along with the one that a message names.
ALONG = 50


@dataclass
class Tally:
    coders: int = 0
    gaps_changed: int = 0
    failed: list[int] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.coders += other.coders
        self.gaps_changed += other.gaps_changed
        self.failed += other.failed


def evaluate_coders(
    coder_ids: Iterable[int], as_of: dt.date | None = None, *, yielding: bool = False
) -> Tally:
    """Evaluate coders as of a day (each coder's own today by default) and store the differences.

    One coder who cannot be evaluated fails alone. `yielding` pauses after each write where the database has one writer.
    """
    ids, tally, size = sorted(set(coder_ids)), Tally(), CHUNK[connection.vendor]
    for start in range(0, len(ids), size):
        chunk = ids[start : start + size]
        with _without_collecting(len(chunk)):
            tally.add(_evaluate_chunk(chunk, as_of, yielding and connection.vendor == "sqlite"))
    return tally


@contextlib.contextmanager
def _without_collecting(coders: int) -> Iterator[None]:
    """A window's rows are hundreds of thousands of objects that all live until it is written: Python's search for cycles
    among them, again and again, finds nothing and costs a seventh of the time."""
    if coders < MANY or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _evaluate_chunk(ids: list[int], as_of: dt.date | None, yielding: bool) -> Tally:
    seqs = _seqs(ids)  # before anything else is read: what changes from here on leaves the coder stale
    try:
        return _evaluate_together(ids, seqs, as_of, yielding)
    except PASSING:
        raise  # no coder's fault: whoever called tries again
    except Exception as error:
        if len(ids) == 1:
            logger.exception("Evaluation failed for coder %s.", ids[0])
            Staleness.objects.filter(coder_id=ids[0]).update(failed_seq=seqs.get(ids[0], 0))
            return Tally(failed=ids)
        if isinstance(error, SoftTimeLimitExceeded):
            raise  # there is no time to try each alone
        logger.warning("A window of %s coders failed; trying each alone.", len(ids))
    tally = Tally()
    for coder_id in ids:
        tally.add(_evaluate_chunk([coder_id], as_of, yielding))
    return tally


def _evaluate_together(
    ids: list[int], seqs: dict[int, int], as_of: dt.date | None, yielding: bool, tries: int = 3
) -> Tally:
    ours = coder_filter("pk", np.array(ids, np.int64), exactly=True)
    coders = list(Coder.objects.filter(ours).select_related("user", "track"))
    seqs |= _begin_staleness([coder.pk for coder in coders if coder.pk not in seqs])
    by_day = defaultdict(list)
    for coder in coders:
        by_day[as_of or coder.today()].append(coder)
    tally, overtaken = Tally(coders=len(coders)), []
    for day, some in by_day.items():
        batch = _evaluated(some, day, seqs)
        standings = standings_for(batch)
        members = evaluate_members(members_among(coder.pk for coder in some), batch.context)
        students = evaluate_students(batch)
        not_today = [coder.pk for coder in some if as_of and as_of != coder.today()]
        started = time.monotonic()
        stored = store(batch, standings, members=members, students=students, not_today=not_today)
        tally.gaps_changed += stored.gaps_changed
        overtaken += stored.overtaken
        if yielding:
            time.sleep(time.monotonic() - started)
    if overtaken and tries > 1:
        again = _evaluate_together(overtaken, _seqs(overtaken), as_of, yielding, tries - 1)
        tally.gaps_changed += again.gaps_changed
    return tally


def _evaluated(coders: list[Coder], day: dt.date, seqs: dict[int, int]) -> Batch:
    return evaluate(coders, day, kept_of(sorted(coder.pk for coder in coders)), seqs)


def _seqs(ids: list[int]) -> dict[int, int]:
    ours = coder_filter("coder_id", np.array(ids, np.int64), exactly=True)
    return dict(Staleness.objects.filter(ours).values_list("coder_id", "seq"))


def _begin_staleness(ids: list[int]) -> dict[int, int]:
    """Coders who were written in bulk, past all signals, have no row yet."""
    now = timezone.now()
    Staleness.objects.bulk_create([Staleness(coder_id=i, since=now) for i in ids], ignore_conflicts=True)
    return dict.fromkeys(ids, 1)


def evaluate_if_stale(*coder_ids: int) -> Tally:
    """Evaluate coders unless somebody already has, and whoever waits along with them.

    Many coders cost little more than one, so a burst of messages is worked off by the first few of them.
    """
    waiting = Staleness.objects.filter(seq__gt=F("done_seq"))
    named = list(waiting.filter(coder_id__in=coder_ids).values_list("coder_id", flat=True))
    if not named:
        return Tally()
    others = waiting.filter(failed_seq__lt=F("seq")).order_by("since").values_list("coder_id", flat=True)
    return evaluate_coders([*named, *others[:ALONG]])


def preview(coder: Coder) -> Batch:
    """Evaluate one coder now, by the same functions, without storing anything."""
    return _evaluated([coder], coder.today(), {})


def recomputed(coder: Coder, as_of: dt.date) -> Batch:
    """One coder as of a past day: from the records dated up to then as known today, with the rules of that day.

    What was first met later is not met once yet; the target, the area and what the coder stated are today's.
    """
    return evaluate([coder], as_of, kept_of([coder.pk]).known_on(as_of))


def evaluate_window(window: SweepWindow) -> Tally:
    """Evaluate a window of the nightly sweep and note that it is done."""
    ids = Coder.objects.filter(pk__gte=window.first_id, pk__lte=window.last_id).values_list("pk", flat=True)
    tally = evaluate_coders(ids, yielding=True)
    SweepWindow.objects.filter(pk=window.pk).update(
        done_at=timezone.now(), coders=tally.coders, gaps_changed=tally.gaps_changed, failed=tally.failed
    )
    return tally
