"""`make run` says in one sentence why it does not start, and leaves nothing behind when it stops.

In a copy of the checkout: the real one may be running.
"""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import closing

import pytest

from coderpath_site.environment import BASE_DIR
from tests.conftest import wait_until

PARTS = ("coderpath_site", "curriculum", "tracker", "fixtures")


@pytest.fixture
def checkout(tmp_path):
    copy = tmp_path / "checkout"
    copy.mkdir()
    for part in PARTS:
        shutil.copytree(BASE_DIR / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("manage.py", "Procfile"):
        shutil.copy(BASE_DIR / file, copy / file)
    yield copy
    python(copy, "-c", "from coderpath_site.run import stop_strays; stop_strays()")


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(**variables):
    return {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ} | variables


def python(checkout, *arguments, **variables):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=checkout,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )


def refusal(checkout, **variables):
    """The one sentence with which it does not start."""
    # A broker that nobody asks: what is looked at here needs no embedded one, which not every machine has.
    variables = {"REDIS_URL": "redis://127.0.0.1:1/0"} | variables
    result = python(checkout, "-m", "coderpath_site.run", **variables)
    assert result.returncode == 1
    assert result.stderr.startswith("CoderPath: ")
    assert result.stderr.count("\n") == 1, "one sentence, no traceback"
    return result.stderr


def test_a_taken_port(checkout):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"port {port} cannot be used" in refusal(checkout, PORT=str(port))


@pytest.mark.parametrize("port", ["eighty", "70000"])
def test_a_port_that_is_none(checkout, port):
    assert port in refusal(checkout, PORT=port)


def test_an_unreachable_database(checkout, free_port):
    sentence = refusal(
        checkout, PORT=str(free_port), DATABASE_URL="postgresql://nobody:secret@127.0.0.1:1/none"
    )
    assert "the database of DATABASE_URL cannot be opened" in sentence
    assert "secret" not in sentence


def test_a_database_that_an_older_version_made(checkout, free_port):
    (checkout / "var").mkdir()
    with closing(sqlite3.connect(checkout / "var" / "coderpath.sqlite3")) as old:
        old.execute("CREATE TABLE tracker_user (id integer PRIMARY KEY, name text)")
    sentence = refusal(checkout, PORT=str(free_port))
    assert "does not match the code" in sentence
    assert "`make reset`" in sentence


def test_a_broker_address_that_is_none(checkout, free_port):
    assert "REDIS_URL must read" in refusal(checkout, PORT=str(free_port), REDIS_URL="localhost")


def test_reset_says_what_it_removes(checkout):
    (checkout / "var").mkdir()
    (checkout / "var" / "coderpath.sqlite3").touch()
    (checkout / "var" / "secret-key").write_text("kept")
    result = python(checkout, "-m", "coderpath_site.run", "--reset")
    assert result.returncode == 0
    assert "var/coderpath.sqlite3" in result.stdout
    assert not (checkout / "var" / "coderpath.sqlite3").exists()
    assert (checkout / "var" / "secret-key").exists()


def test_reset_never_touches_another_database(checkout):
    result = python(checkout, "-m", "coderpath_site.run", "--reset", DATABASE_URL="postgresql://db/x")
    assert result.returncode == 1
    assert "never another one" in result.stderr


def healthy(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as response:
            return '"status": "ok"' in response.read().decode()
    except (urllib.error.URLError, OSError):
        return False


def strays(checkout):
    found = python(checkout, "-c", "from coderpath_site.run import strays; print(*strays())")
    return found.stdout.split()


@pytest.fixture
def launch(checkout, free_port):
    """Start a run of the checkout, and wait until it says where it is."""
    launchers = []
    log = checkout / "log"

    def started():
        with log.open("w") as output:
            launcher = subprocess.Popen(
                [sys.executable, "-m", "coderpath_site.run"],
                cwd=checkout,
                env=environment(PORT=str(free_port)),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        launchers.append(launcher)
        wait_until(lambda: up(launcher), "It did not come up", seconds=240)
        return launcher

    def up(launcher):
        assert launcher.poll() is None, log.read_text()
        return "Ctrl-C stops it" in log.read_text() and healthy(free_port)

    yield started
    for launcher in launchers:
        launcher.kill()  # before its services, or it might yet start some
        launcher.wait()


@pytest.mark.slow
def test_nothing_is_left_when_the_terminal_is_closed_or_the_next_run_begins(
    checkout, launch, free_port, valkey
):
    launcher = launch()
    assert len(strays(checkout)) >= 5
    assert "already running" in refusal(checkout, PORT=str(free_port))
    launcher.send_signal(signal.SIGHUP)
    assert launcher.wait(30) == 0
    assert strays(checkout) == []

    launcher = launch()
    launcher.kill()
    launcher.wait()
    assert strays(checkout), "nothing stops the services of a launcher that was killed ..."
    python(checkout, "-c", "from coderpath_site.run import stop_strays; stop_strays()")
    assert strays(checkout) == [], "... but what the next one begins with"
