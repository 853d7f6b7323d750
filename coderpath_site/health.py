"""What a load balancer, a supervisor and the launcher ask.

/livez: this process answers; 503 never, for starting it again helps nobody whose database is gone. /readyz: it may be
given requests: the database answers and has this code's tables, else 503. /healthz: how all parts are; "degraded"
(and 200) when the broker or the worker is gone, for then saving works and evaluation waits.
"""

from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .celery import app
from .environment import redis_py_url


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except DatabaseError:
        connection.close()  # a broken connection must not be the next request's
        return False


def broker_answers(url: str | None = None) -> bool:
    """One PING; a broker that hangs counts as gone after half a second."""
    import redis  # here, because it takes a third of a second that starting a web process need not wait for

    client = redis.Redis.from_url(
        redis_py_url(url or app.conf.broker_url),
        socket_timeout=0.5,
        socket_connect_timeout=0.5,
        retry=None,
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def worker_answers() -> bool:
    from tracker.selectors.worker import worker_alive

    try:
        return worker_alive()
    except DatabaseError:  # not migrated yet
        return False


_migrated = False


def is_migrated() -> bool:
    """Whether every migration of this code is applied; asked until it is, for then it stays so."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


@login_not_required
@never_cache
@require_safe
def livez(request):
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def readyz(request):
    if not database_answers():
        return JsonResponse({"status": "down", "database": "gone"}, status=503)
    if not is_migrated():
        return JsonResponse({"status": "down", "database": "not migrated"}, status=503)
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def healthz(request):
    database = database_answers()
    parts = {
        "database": database,
        "broker": broker_answers(),
        "worker": database and worker_answers(),
    }
    status = "ok" if all(parts.values()) else "degraded" if database else "down"
    body = {"status": status} | {name: "ok" if good else "gone" for name, good in parts.items()}
    return JsonResponse(body, status=200 if database else 503)
