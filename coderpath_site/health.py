"""/healthz: what a load balancer and the launcher ask.

200 while people can be served: "degraded" when the broker or the worker is gone, for then saving works and
evaluation waits. 503 only when the database is gone.
"""

from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseError
from django.db import connection
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
