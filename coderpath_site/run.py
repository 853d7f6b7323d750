"""`make run`: everything on one machine, started in order and stopped whole. `make reset` is `--reset`.

honcho runs the services of the Procfile. Around it this module does what honcho does not: it looks before it
leaps (port, database, a run that is already there), it stops everything when the terminal is closed, not only at
Ctrl-C, and it clears away what a killed run left behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import http.client
import logging
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NoReturn

from .embedded import server_command
from .environment import BASE_DIR, VAR_DIR, BadEnvironment, broker_socket

RUN_DIR = VAR_DIR / "run"
SIGN_INS = RUN_DIR / "sign-ins"  # who may sign in, as load_demo said; shown at every start
STOP_WAIT = 8.0


def main() -> None:
    if sys.argv[1:] == ["--reset"]:
        reset()
        return
    try:
        port = int(os.environ.get("PORT") or 8000)
    except ValueError:
        stop_with(f"PORT is {os.environ['PORT']!r}: say a number, as in `make run PORT=8001`.")
    lock = take_lock()
    stop_strays()
    embedded = not os.environ.get("REDIS_URL")
    try:
        if embedded:
            server_command(broker_socket())  # says in one sentence where there is none
        require_free(port)
        prepare_database()
    except BadEnvironment as error:
        stop_with(str(error))
    returncode = supervise(port, embedded)
    lock.close()
    sys.exit(returncode)


def stop_with(sentence: str) -> NoReturn:
    sys.exit(f"CoderPath: {sentence}")


def say(text: str) -> None:
    """The terminal may be gone already; that must not keep anything from being stopped."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


# --- Before ---


def take_lock() -> IO[str]:
    """Held by this process alone and let go by the system when it dies, however it dies."""
    RUN_DIR.mkdir(parents=True, exist_ok=True)
    lock = (RUN_DIR / "lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        stop_with("it is already running from this directory; stop that one first (Ctrl-C where it runs).")
    return lock


def require_free(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OverflowError:
            raise BadEnvironment(f"PORT is {port}: a port is a number up to 65535.") from None
        except OSError as error:
            raise BadEnvironment(
                f"port {port} cannot be used ({error.strerror}); choose another with `make run PORT={port + 1}`."
            ) from None


def prepare_database() -> None:
    """Migrate, then bring catalogue, wages and, where nobody is there yet, the demo people.

    The SQLite file remembers (in its user_version) with which code and fixtures that was done: with the same ones
    there is nothing to do, and two seconds are saved.
    """
    file = None if os.environ.get("DATABASE_URL") else VAR_DIR / "coderpath.sqlite3"
    state = code_state()
    with contextlib.suppress(sqlite3.Error):  # whatever is wrong with it, the next step says so
        if file and file.exists() and user_version(file) == state:
            return
    say("Preparing the database ...")
    migrate_and_load()
    if file:
        user_version(file, state)


def user_version(file: Path, new: int | None = None) -> int:
    with contextlib.closing(sqlite3.connect(file, timeout=5)) as connection:
        if new is not None:
            connection.execute(f"PRAGMA user_version = {new:d}")
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def code_state() -> int:
    """A number that changes with the code or the fixtures."""
    state = hashlib.sha256()
    for folder in ("coderpath_site", "curriculum", "tracker", "fixtures"):
        for path in sorted((BASE_DIR / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                found = path.stat()
                state.update(f"{path}|{found.st_size}|{found.st_mtime_ns}\n".encode())
    return int.from_bytes(state.digest()[:4]) >> 1 or 1


def migrate_and_load() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coderpath_site.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, call_command
    from django.db import DatabaseError, InterfaceError, connection, connections
    from django.db.migrations.exceptions import InconsistentMigrationHistory, NodeNotFoundError

    try:
        django.setup()
        connection.ensure_connection()
    except ImproperlyConfigured as error:
        raise BadEnvironment(str(error)) from None
    except (DatabaseError, InterfaceError) as error:
        reason = str(error).strip().splitlines()[0]
        name = "the database of DATABASE_URL" if os.environ.get("DATABASE_URL") else f"{VAR_DIR}"
        raise BadEnvironment(f"{name} cannot be opened: {reason}.") from None
    logging.getLogger("tracker").setLevel(
        logging.ERROR
    )  # that there is no broker yet is no news: it starts next
    try:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_catalogue")
        call_command("load_wages")
        call_command("load_demo")
        with SIGN_INS.open("w") as file:
            call_command("load_demo", show=True, stdout=file)
    except CommandError as error:
        raise BadEnvironment(str(error)) from None
    except (InconsistentMigrationHistory, NodeNotFoundError, DatabaseError) as error:
        reason = str(error).strip().splitlines()[0]
        raise BadEnvironment(
            f"this database does not match the code ({reason}). If it is an old one of yours and its data may go, "
            "`make reset` removes it."
        ) from None
    finally:
        connections.close_all()


# --- While ---


def supervise(port: int, embedded: bool) -> int:
    environment = os.environ | {
        "BIND": f"127.0.0.1:{port}",
        "RUN_DIR": str(RUN_DIR),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        # Whoever runs a development copy as root (a container, say) need not be told so by each worker.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }
    services = [*(["valkey"] if embedded else []), "web", "evaluate", "sweep"]
    stop_signals: list[int] = []  # not an Event: its lock may be held where a signal interrupts
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: stop_signals.append(received))
    # A session of its own: the terminal's signals come here, and from here in order to honcho. The name of the
    # file that does not exist keeps honcho from reading .env, which nothing else in this project reads.
    honcho = subprocess.Popen(
        [sys.executable, "-m", "honcho", "--no-colour", "--env", str(RUN_DIR / "no-env"), "start", *services],
        cwd=BASE_DIR,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    threading.Thread(target=relay, args=(honcho.stdout,), daemon=True).start()
    threading.Thread(target=announce, args=(port, honcho), daemon=True).start()
    try:
        while honcho.poll() is None and not stop_signals:
            time.sleep(0.1)
        if honcho.poll() is None:
            say("Stopping.")
            honcho.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                honcho.wait(STOP_WAIT)
    finally:
        stop_strays()
        if honcho.poll() is None:
            honcho.kill()
    if stop_signals:
        return 0
    say("CoderPath: a service stopped by itself (see above), so all were stopped.")
    return honcho.wait() or 1


def relay(output: IO[str]) -> None:
    for line in output:
        say(line.rstrip("\n"))


def announce(port: int, honcho: subprocess.Popen[str]) -> None:
    """Say where it is as soon as it answers, and who may sign in."""
    address = f"http://localhost:{port}/"
    while not answers(port):
        if honcho.poll() is not None:
            return
        time.sleep(0.1)
    sign_ins = SIGN_INS.read_text() if SIGN_INS.exists() else ""
    say(f"\nCoderPath is at {address} and its sent mail at {address}mail/. Ctrl-C stops it.\n{sign_ins}")


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


# --- After ---


def strays() -> Iterator[int]:
    """The services of this checkout's runs that are alive: each has a program and a path of ours in its command."""
    programs = (b"coderpath_site", b"honcho", b"valkey-server")
    paths = (str(RUN_DIR).encode(), str(broker_socket()).encode())
    for pid, command in commands():
        if any(program in command for program in programs) and any(path in command for path in paths):
            yield pid


def commands() -> Iterator[tuple[int, bytes]]:
    proc = Path("/proc")
    if (proc / "self/cmdline").exists():  # Linux; small images have no ps
        for entry in proc.iterdir():
            if entry.name.isdigit():
                try:
                    command = (entry / "cmdline").read_bytes()
                    dead = (entry / "stat").read_bytes().rpartition(b")")[2].split()[0] == b"Z"
                except OSError:
                    continue
                if not dead:
                    yield int(entry.name), command
        return
    listing = subprocess.run(["ps", "-axww", "-o", "pid=,command="], capture_output=True, check=True).stdout  # noqa: S607
    for line in listing.splitlines():
        number, _, command = line.strip().partition(b" ")
        yield int(number), command


def stop_strays() -> None:
    for number, patience in ((signal.SIGTERM, STOP_WAIT), (signal.SIGKILL, 2.0)):
        found = list(strays())
        if not found:
            return
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        deadline = time.monotonic() + patience
        while list(strays()) and time.monotonic() < deadline:
            time.sleep(0.05)


# --- Instead ---


def reset() -> None:
    """Remove the SQLite database of this checkout, and what belongs to it."""
    if os.environ.get("DATABASE_URL"):
        stop_with(
            "DATABASE_URL is set; `make reset` only removes the SQLite database in var/, never another one."
        )
    lock = take_lock()
    stop_strays()
    names = ("coderpath.sqlite3*", "mail/*", "test-*.sqlite3*")
    doomed = sorted(path for name in names for path in VAR_DIR.glob(name))
    if not doomed:
        say("There is no database to remove.")
        return
    say("This removes the database with everything in it, and the mail that was sent:")
    for path in doomed:
        say(f"  {path.relative_to(BASE_DIR)}")
    if sys.stdin.isatty() and input("Type yes to go on: ").strip().lower() != "yes":
        stop_with("nothing was removed.")
    for path in doomed:
        path.unlink(missing_ok=True)
    lock.close()
    say("Removed. The next `make run` starts afresh.")


if __name__ == "__main__":
    main()
