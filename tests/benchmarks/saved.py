"""How long it takes from a saved record to its gap on the embedded default, while 20 records a second come in.

    python -m tests.benchmarks.saved --seconds 30

SQLite in a directory of its own, a Valkey, two web processes, a worker for each queue: what `make run` starts. The people save
through the form of the page. A gap is new when the coder is not marked stale any more.
"""

import argparse
import datetime as dt
import http.client
import os
import socket
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

from tests.benchmarks.site_processes import TOKEN, broker, percentiles, signed_in, site

RATE = 20
PEOPLE = 400
BUDGET = 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=int, default=30)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory(prefix="coderpath-bench-") as directory, broker() as redis_url:
        environment = {
            "DATABASE_URL": f"sqlite:///{directory}/site.sqlite3",
            "REDIS_URL": redis_url,
            "DJANGO_SETTINGS_MODULE": "coderpath_site.settings",
            "DEBUG": "0",
        }
        os.environ |= environment
        sessions, work_type = people()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with site(port, environment, Path(directory) / "log"):
            run = Run(port, sessions, work_type)
            run.go(seconds)
    print(
        f"{PEOPLE} people with two years of weekly volumes; {len(run.saves)} records saved in {seconds} s, {run.errors} errors"
    )
    for what, numbers in (("saving", run.saves), ("record to gap", run.gaps)):
        p50, p95, p99 = percentiles(numbers)
        print(f"  {what:14} p50 {1000 * p50:6.0f} ms  p95 {1000 * p95:6.0f} ms  p99 {1000 * p99:6.0f} ms")
    print(
        f"  p95 from record to gap is {percentiles(run.gaps)[1] / BUDGET:.2f} of what it may be ({BUDGET:g} s)"
    )
    if run.errors or run.waiting:
        raise SystemExit(f"{run.errors} records were refused and {len(run.waiting)} never evaluated.")


def people() -> tuple[dict[int, str], int]:
    """Coders with records and a session each, and the work type that they log."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from curriculum.models import Role, WorkType
    from tracker.models import Coder, Staleness, User, Volume
    from tracker.services.evaluation import evaluate_coders

    call_command("migrate", verbosity=0)
    call_command("load_catalogue")
    role, work_type = Role.objects.get(slug="coder-i"), WorkType.objects.first()
    users = User.objects.bulk_create(
        User(email=f"c{i}@bench.example", password="!", time_zone="America/New_York") for i in range(PEOPLE)
    )
    coders = Coder.objects.bulk_create(
        Coder(user=user, stated_role=role, onboarded_at=timezone.now()) for user in users
    )
    Staleness.objects.bulk_create(Staleness(coder=coder, since=timezone.now()) for coder in coders)
    today = coders[0].today()
    Volume.objects.bulk_create(
        Volume(
            coder=coder, starts_on=today - dt.timedelta(days=7 * week + 6), ends_on=today - dt.timedelta(days=7 * week),
            work_type=work_type, charts=300, minutes=2000, recorded_at=timezone.now(),
        )
        for coder in coders for week in range(1, 105)
    )  # fmt: skip
    evaluate_coders(coder.pk for coder in coders)
    return dict(zip((coder.pk for coder in coders), signed_in(users), strict=True)), work_type.pk


class Run:
    def __init__(self, port: int, sessions: dict[int, str], work_type: int):
        self.port, self.sessions, self.work_type = port, list(sessions.items()), work_type
        self.saves: list[float] = []
        self.gaps: list[float] = []
        self.errors = 0
        self.waiting: dict[int, float] = {}

    def go(self, seconds: int) -> None:
        watching = threading.Thread(target=self.watch, args=(seconds,))
        watching.start()
        started, threads = time.monotonic(), []
        for n in range(seconds * RATE):
            time.sleep(max(0, started + n / RATE - time.monotonic()))
            thread = threading.Thread(target=self.save, args=(n,))
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join()
        self.saving = False
        watching.join()

    saving = True

    def save(self, n: int) -> None:
        coder, session = self.sessions[n % len(self.sessions)]
        day = (dt.datetime.now(dt.UTC) - dt.timedelta(days=2)).date().isoformat()
        # Of another day for each round, so that nothing is logged twice.
        said = {
            "starts_on": day,
            "ends_on": day,
            "work_type": self.work_type,
            "charts": 30 + n // len(self.sessions),
            "minutes": "4:00",
        }
        headers = {
            "Cookie": f"sessionid={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
        }  # fmt: skip
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        started = time.monotonic()
        connection.request("POST", "/records/volume/add/", urlencode(said), headers)
        status = connection.getresponse().status
        now = time.monotonic()
        connection.close()
        self.saves.append(now - started)
        if status == 302:
            self.waiting[coder] = now
        else:
            self.errors += 1

    def watch(self, seconds: int) -> None:
        from django.db.models import F

        from tracker.models import Staleness

        until = time.monotonic() + seconds + 30
        while (self.saving or self.waiting) and time.monotonic() < until:
            time.sleep(0.02)
            asked = list(self.waiting)
            stale = set(
                Staleness.objects.filter(coder__in=asked, seq__gt=F("done_seq")).values_list(
                    "coder_id", flat=True
                )
            )
            now = time.monotonic()
            self.gaps += [now - self.waiting.pop(coder) for coder in asked if coder not in stale]


if __name__ == "__main__":
    main()
