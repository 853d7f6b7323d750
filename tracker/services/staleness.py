"""Marking coders stale, and telling a worker. The mark is the truth; the message only saves waiting for the sweep."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from celery import current_app
from django.db import connection, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from tracker.models import Coder, Staleness

logger = logging.getLogger(__name__)

# More coders than this at once are left to the sweep, which takes them in windows.
MOST_AT_ONCE = 20


def mark_stale(coder_ids: Iterable[int]) -> None:
    """Mark coders stale in the current transaction, and have them evaluated once it is committed.

    The price is two queries and one message, whatever the number of coders.
    """
    ids = sorted(set(coder_ids))
    if not ids:
        return
    with transaction.atomic():
        now = timezone.now()
        _raise_seq(Staleness.objects.filter(coder_id__in=ids), now)
        missing = [Staleness(coder_id=i, since=now) for i in ids]
        Staleness.objects.bulk_create(missing, ignore_conflicts=True)
        after_commit(Message("tracker.evaluate_coder", tuple(ids)) if len(ids) <= MOST_AT_ONCE else SWEEP_NOW)


def mark_everyone_stale() -> int:
    """Mark every coder stale, as after a change of the catalogue; return how many."""
    with transaction.atomic():
        now = timezone.now()
        marked = _raise_seq(Staleness.objects.all(), now)
        without = Coder.objects.filter(staleness=None).values_list("pk", flat=True)
        new = [Staleness(coder_id=i, since=now) for i in without]
        Staleness.objects.bulk_create(new, ignore_conflicts=True)
        if marked or new:
            after_commit(SWEEP_NOW)
    return marked + len(new)


def _raise_seq(rows, now) -> int:
    since = Case(When(seq__gt=F("done_seq"), then=F("since")), default=Value(now))
    return rows.update(since=since, seq=F("seq") + 1)


@dataclass(frozen=True)
class Message:
    """A task to be sent. Equal ones are the same message."""

    task: str
    args: tuple

    def __call__(self) -> None:
        send(self.task, *self.args)


SWEEP_NOW = Message("tracker.sweep_stale", (0,))


def after_commit(message: Message) -> None:
    """Send once the transaction is committed, and once only: a record, its scores and its history are one change.

    What waits already belongs to this savepoint or one around it, or to one that is done: it goes only if this goes.
    """
    waiting = [function for _savepoints, function, *_ in connection.run_on_commit]
    if message not in waiting:
        transaction.on_commit(message)


def send(task: str, *args) -> bool:
    """Send a task; False where the broker does not take it. What is stale stays in the database for the sweep."""
    try:
        current_app.send_task(task, args=args)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("No broker for %s: %s. The sweep will do it.", task, type(error).__name__)
        return False
    except Exception:
        # The change is committed: whatever is wrong with the message, it must not look as if the change had failed.
        logger.exception("Could not send %s. The sweep will do it.", task)
        return False
    return True
