"""What every test may use. `broker` and `worker` are the real things: a Valkey server and a Celery worker process.

Tests that use `worker` need the database to be committed: request `transactional_db` as well.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import pytest
import redis
from django.conf import settings
from django.db import connection

from coderpath_site.celery import app
from coderpath_site.embedded import server_command
from coderpath_site.environment import BASE_DIR, VAR_DIR, BadEnvironment, redis_py_url

QUEUES = ("evaluate", "sweep")


@pytest.fixture(scope="session", autouse=True)
def _uploads_of_this_run(tmp_path_factory):
    """No test writes where the site keeps its uploads."""
    settings.MEDIA_ROOT = str(tmp_path_factory.mktemp("media"))


def pytest_configure(config):
    _remove_databases_of_dead_runs()
    if os.environ.get("REDIS_URL"):
        _take_a_broker_of_its_own(config)
    else:
        # Never the broker of a site that runs from this directory. Nothing listens here until a test asks for
        # `broker`: until then publishing fails at once, as it does on a machine without one.
        config.coderpath_sockets = Path(tempfile.mkdtemp(prefix="coderpath-test-"))
        app.conf.task_routes  # noqa: B018  (loads the settings, which would otherwise replace the next line)
        app.conf.broker_url = f"redis+socket://{config.coderpath_sockets / 'broker.sock'}"


def _take_a_broker_of_its_own(config):
    """Each process of a parallel run has its own test database, and so must its messages: Redis keeps sixteen apart by number."""
    worker = getattr(config, "workerinput", {}).get("workerid", "").removeprefix("gw")
    if worker:
        url = urlsplit(os.environ["REDIS_URL"])
        number = (int(url.path.strip("/") or 0) + 1 + int(worker)) % 16
        os.environ["REDIS_URL"] = urlunsplit(url._replace(path=f"/{number}"))
        app.conf.task_routes  # noqa: B018  (as below)
        app.conf.broker_url = os.environ["REDIS_URL"]


def pytest_unconfigure(config):
    if hasattr(config, "coderpath_sockets"):
        shutil.rmtree(config.coderpath_sockets, ignore_errors=True)


def pytest_report_header(config):
    """.ci/run reads this line: it is the proof of what the suite ran against."""
    version = "embedded" if hasattr(config, "coderpath_sockets") else "of REDIS_URL"
    return f"database: {connection.vendor}, broker: {version}"


def _remove_databases_of_dead_runs():
    """Each run has a database file with its process number in the name; a killed run leaves it behind."""
    for path in VAR_DIR.glob("test-*.sqlite3*"):
        number = path.name.removeprefix("test-").partition(".")[0]
        try:
            os.kill(int(number), 0)
        except (ProcessLookupError, ValueError):
            path.unlink(missing_ok=True)
        except PermissionError:
            pass


class Valkey:
    """A private server on a socket of its own, that a test may also stop, hang and kill."""

    def __init__(self, directory: Path):
        self.socket = directory / "broker.sock"
        self.url = f"redis+socket://{self.socket}"
        self.client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2)
        self.start()

    def start(self):
        self.process = subprocess.Popen(server_command(self.socket))
        wait_until(self.answers, "Valkey does not answer on its socket")

    def answers(self):
        try:
            return self.client.ping()
        except redis.RedisError:
            return False

    def hang(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        self.go_on()
        self.client.close()
        self.process.terminate()
        self.process.wait(10)


def wait_until(condition, complaint, seconds=10.0):
    """The first true value of condition(), asked twenty times a second."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"{complaint} (after {seconds:g} s)")
        time.sleep(0.05)
    return value


@pytest.fixture
def valkey():
    """A Valkey server for this test alone."""
    require_embedded()
    with tempfile.TemporaryDirectory(
        prefix="coderpath-test-"
    ) as directory:  # tmp_path can be too long for a socket
        server = Valkey(Path(directory))
        yield server
        server.stop()


@pytest.fixture(scope="session")
def broker(request):
    """The URL of a real broker, which the Celery app of this process also uses: REDIS_URL, or a private Valkey."""
    if os.environ.get("REDIS_URL"):
        _purge(app.conf.broker_url)
        yield app.conf.broker_url
        return
    require_embedded()
    server = Valkey(request.config.coderpath_sockets)
    yield server.url
    server.stop()


def require_embedded():
    try:
        server_command(Path("broker.sock"))
    except BadEnvironment as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))


def _purge(broker_url):
    """No message of an earlier test is left, waiting or taken."""
    with redis.Redis.from_url(redis_py_url(broker_url)) as client:
        client.delete(*QUEUES, "unacked", "unacked_index")


class Worker:
    """A real `celery worker` on the test database, or on another one."""

    def __init__(self, broker_url, log: Path, database: str | None = None):
        self.broker_url = broker_url
        self.log = log
        self.database = database
        self.start()

    def start(self):
        command = "worker --concurrency 1 --loglevel info --without-gossip --without-mingle --queues"
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "celery",
                    "--app",
                    "coderpath_site",
                    *command.split(),
                    ",".join(QUEUES),
                ],
                cwd=BASE_DIR,
                env=os.environ
                | {
                    "DATABASE_URL": self.database or database_url(),
                    "REDIS_URL": redis_py_url(self.broker_url),
                    "DEBUG": "0",
                    "CELERY_SKIP_CHECKS": "true",
                },
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.until(lambda: " ready." in self.log.read_text(), "The worker did not start", seconds=60)

    def until(self, condition, complaint="The worker did not do it", seconds=10.0):
        """The first true value of condition(); what the worker said, if it does not come in time."""
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{complaint} (after {seconds:g} s). It said:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.05)
        return value

    def idle(self):
        """Nothing waits and nothing is being done."""
        with redis.Redis.from_url(redis_py_url(self.broker_url)) as client:
            return not any(client.llen(queue) for queue in QUEUES) and not client.hlen("unacked")

    def kill(self):
        """As kill -9 does."""
        self.process.kill()
        self.process.wait()

    def lose_messages(self):
        """What waited, and what a killed worker had taken: it gives nothing back before the visibility timeout."""
        _purge(self.broker_url)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def database_url(name=None):
    """The test database of this run as DATABASE_URL says it, or another one of the same PostgreSQL server."""
    wanted = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(str(wanted['NAME']))}"
    user, password, host, own = (
        quote(str(wanted[part]), safe="") for part in ("USER", "PASSWORD", "HOST", "NAME")
    )
    return f"postgresql://{user}:{password}@{host}:{wanted['PORT'] or 5432}/{name or own}"


# Not for the whole run: to a worker that outlives its module, any later test can send a message by saving something, and it
# would then work on the database while that test's rows are being removed.
@pytest.fixture(scope="module")
def _worker_process(broker, django_db_setup, django_db_blocker, tmp_path_factory):
    process = Worker(broker, tmp_path_factory.mktemp("worker") / "worker.log")
    yield process
    process.stop()


@pytest.fixture
def worker(_worker_process, transactional_db):
    """The worker of this module, idle before and after the test, so that no test sees another's work."""
    _worker_process.until(_worker_process.idle, "The worker did not come to rest")
    yield _worker_process
    _worker_process.until(_worker_process.idle, "The worker did not come to rest")
