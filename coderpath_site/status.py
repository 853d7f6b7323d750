"""/status/: how the site is doing, for its staff, in figures and in words. Nobody is named on it."""

import platform
import sqlite3

import django
from django.db import connection
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tracker.selectors.operations import operations, runs
from tracker.selectors.worker import worker_alive

from .health import broker_answers
from .task_times import queue_lengths, task_times

NIGHTS = 7


@never_cache
@require_safe
def status(request):
    if not request.user.is_staff:
        raise Http404
    times = task_times()
    context = {
        "now": operations(),
        "broker": broker_answers(),
        "worker": worker_alive(),
        "queues": queue_lengths(),
        "nights": runs()[:NIGHTS],
        "tasks": [(name, _summary(one)) for name, one in sorted(times.items())],
        "versions": {
            "Python": platform.python_version(),
            "Django": django.get_version(),
            _database(): _database_version(),
        },
    }
    return render(request, "status.html", context)


def _summary(times) -> dict:
    runs = times.cumulative()[-1][1]
    return {"runs": runs, "mean": times.seconds / runs if runs else 0.0, "failed": times.failed}


def _database() -> str:
    return connection.display_name


def _database_version() -> str:
    if connection.vendor == "sqlite":
        return sqlite3.sqlite_version
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return cursor.fetchone()[0]
