"""How long tasks take and how many fail, counted in the broker for all workers of all machines together.

Counters begin anew with a new broker, which Prometheus expects of counters. Where the broker does not take a count, it is
missing, and nothing else happens.
"""

import contextlib
from dataclasses import dataclass, field
from functools import lru_cache

from celery import current_app, signals

from .environment import redis_py_url
from .logs import seconds_of

KEY = "coderpath:tasks"
# Seconds; the last is below the time limit of a task.
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 240)
FAILED = ("FAILURE", "RETRY")


@lru_cache(maxsize=4)
def _client(url: str):
    import redis  # here, because it takes a third of a second that starting a web process need not wait for

    return redis.Redis.from_url(
        redis_py_url(url), socket_timeout=0.5, socket_connect_timeout=0.5, retry=None, decode_responses=True
    )


def _broker():
    return _client(current_app.conf.broker_url)


@contextlib.contextmanager
def _without_a_broker():
    from redis import RedisError

    with contextlib.suppress(RedisError, OSError):
        yield


@signals.task_postrun.connect
def _done(task=None, state=None, **kwargs):
    note(task.name, seconds_of(task), state)


def note(task: str, seconds: float, state: str) -> None:
    bucket = next((str(limit) for limit in BUCKETS if seconds <= limit), "+Inf")
    with _without_a_broker():
        pipe = _broker().pipeline(transaction=False)
        pipe.hincrby(KEY, f"{task}|le|{bucket}", 1)
        pipe.hincrbyfloat(KEY, f"{task}|sum", seconds)
        if state in FAILED:
            pipe.hincrby(KEY, f"{task}|failed", 1)
        pipe.execute()


@dataclass
class TaskTimes:
    """Of one task: runs by the upper limit of their seconds (not added up), all seconds, and failures."""

    buckets: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    failed: int = 0

    def cumulative(self) -> list[tuple[str, int]]:
        """As Prometheus wants it: how many took at most so many seconds."""
        total, rows = 0, []
        for limit in [*map(str, BUCKETS), "+Inf"]:
            total += self.buckets.get(limit, 0)
            rows.append((limit, total))
        return rows


def task_times() -> dict[str, TaskTimes]:
    times: dict[str, TaskTimes] = {}
    with _without_a_broker():
        for name, value in _broker().hgetall(KEY).items():
            task, kind, *limit = name.split("|")
            one = times.setdefault(task, TaskTimes())
            if kind == "le":
                one.buckets[limit[0]] = int(value)
            elif kind == "sum":
                one.seconds = float(value)
            else:
                one.failed = int(value)
    return times


def queue_lengths(queues=("evaluate", "sweep")) -> dict[str, int]:
    """Messages that wait, by queue; nothing where the broker does not answer."""
    with _without_a_broker():
        client = _broker()
        return {queue: client.llen(queue) for queue in queues}
    return {}
