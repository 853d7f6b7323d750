"""A database server that is killed and started again in the middle of a night: a cluster of the drill's own, so that it can be."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from coderpath_site.environment import BASE_DIR, redis_py_url
from tests.conftest import Worker, wait_until

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PROGRAMS, reason="PostgreSQL's own programs are not on this machine"),
]


class Cluster:
    """A PostgreSQL server in a directory of its own. It refuses to run as root."""

    def __init__(self, directory: Path):
        self.data, self.programs = directory / "data", PROGRAMS[-1].parent
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            shutil.chown(directory, self.user)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        self._run("pg_ctl", "-w", "-l", str(directory / "log"), "-o", self._options(directory), "start")

    def _options(self, directory: Path) -> str:
        return f"-p {self.port} -k {directory} -c listen_addresses=127.0.0.1"

    def _run(self, program: str, *args: str) -> None:
        command = [str(self.programs / program), "-D", str(self.data), *args]
        subprocess.run(command, check=True, user=self.user, cwd="/", stdout=subprocess.DEVNULL)

    def stop(self, how: str = "fast") -> None:
        self._run("pg_ctl", "-m", how, "stop")

    def start(self) -> None:
        self._run(
            "pg_ctl",
            "-w",
            "-l",
            str(self.data.parent / "log"),
            "-o",
            self._options(self.data.parent),
            "start",
        )


@pytest.fixture
def cluster():
    with tempfile.TemporaryDirectory(prefix="coderpath-test-") as directory:
        cluster = Cluster(Path(directory))
        yield cluster
        cluster.stop("immediate")


@pytest.fixture
def there(cluster, valkey):
    """Runs a step in a process of its own on the cluster."""

    def run(*command: str, check=True) -> subprocess.CompletedProcess:
        environment = os.environ | {
            "DATABASE_URL": cluster.url,
            "REDIS_URL": redis_py_url(valkey.url),
            "DEBUG": "0",
        }
        done = subprocess.run(
            [sys.executable, *command], cwd=BASE_DIR, env=environment, capture_output=True, text=True
        )
        assert not check or done.returncode == 0, done.stderr[-3000:]
        return done

    return run


def test_a_database_that_dies_in_the_middle_of_a_night_and_comes_back(cluster, there, valkey, tmp_path):
    def step(name, **how):
        return there("-m", "tests.e2e.elsewhere", name, **how)

    def left() -> list[int]:
        return [int(number) for number in step("left").stdout.split()]

    there("manage.py", "migrate", "--verbosity", "0")
    step("fill")
    valkey.client.flushall()  # the night alone is to have work to do
    worker = Worker(valkey.url, tmp_path / "worker.log", cluster.url)
    try:
        worker.until(worker.idle, "The worker did not come to rest", seconds=30)
        step("night")
        worker.until(lambda: not worker.idle(), "Nobody took a window")
        cluster.stop("immediate")  # as a machine that loses its power: no connection is closed in order
        assert step("save", check=False).returncode != 0, "what is not stored is not said to be"
        time.sleep(5)
        cluster.start()
        step("save")
        wait_until(
            lambda: worker.process.poll() is None and worker.idle(), "The worker did not go on", seconds=60
        )
        step("resume")  # what was retried in vain for too long
        wait_until(lambda: left() == [0, 0], "The night was not finished", seconds=60)
        worker.until(worker.idle, "The worker did not come to rest", seconds=30)
    finally:
        worker.stop()
    said = there("manage.py", "verify").stdout
    assert "300 coders with 300 gaps replayed; 0 wait" in said and "Everything stored follows" in said
