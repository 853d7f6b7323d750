"""The site's own processes for a benchmark, with a broker of their own, and people who are signed in."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coderpath_site.embedded import server_command
from coderpath_site.environment import BASE_DIR

TOKEN = "c" * 32  # a browser's CSRF cookie
WEB = "-m gunicorn coderpath_site.wsgi --workers 2 --threads 4 --preload --log-level warning --no-control-socket"
WORKER = "-m celery --quiet --app coderpath_site worker --concurrency 1 --loglevel warning --without-gossip --without-mingle"


@contextmanager
def broker() -> Iterator[str]:
    """Its address, as REDIS_URL says it."""
    with tempfile.TemporaryDirectory(prefix="coderpath-bench-") as directory:
        socket = Path(directory) / "broker.sock"
        process = subprocess.Popen(server_command(socket))
        while not socket.exists():
            time.sleep(0.05)
        yield f"unix://{socket}"
        process.kill()
        process.wait()


@contextmanager
def site(port: int, environment: dict[str, str], log: Path) -> Iterator[None]:
    """A web server with two processes, and a worker for each queue, as `make run` has them."""
    environment = os.environ | environment | {"DEBUG": "0", "CELERY_SKIP_CHECKS": "true"}
    commands = [
        [*WEB.split(), "--bind", f"127.0.0.1:{port}"],
        [*WORKER.split(), "--queues", "evaluate", "-n", "evaluate"],
        [*WORKER.split(), "--queues", "sweep", "-n", "sweep", "--beat"],
    ]
    with log.open("w") as output:
        running = [
            subprocess.Popen(
                [sys.executable, *command], cwd=BASE_DIR, env=environment, stdout=output, stderr=output
            )
            for command in commands
        ]
        try:
            while not answers(port):
                if running[0].poll() is not None:
                    raise SystemExit(log.read_text()[-2000:])
                time.sleep(0.2)
            yield
        finally:
            for process in running:
                process.terminate()
            for process in running:
                try:
                    process.wait(8)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=2):
            return True
    except OSError:
        return False


def signed_in(users) -> list[str]:
    """The session of each user, as a browser keeps it: signing in is slow by design, and not what is measured."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    keys = []
    for user in users:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        keys.append(session.session_key)
    return keys


def percentiles(numbers: list[float]) -> tuple[float, float, float]:
    """p50, p95 and p99."""
    ordered = sorted(numbers)
    return tuple(ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.95, 0.99))
