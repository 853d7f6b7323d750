"""A working morning: 80% dashboards, 15% records, 5% team pages, 20 requests a second, on PostgreSQL with gunicorn.

    BENCH_DATABASE_URL=postgresql://postgres@localhost/coderpath_bench python -m tests.benchmarks.morning --seconds 300

10,000 coders in twenty teams, with ten years of weekly volumes and monthly audits (6.5 million records), the catalogue that
ships, and the settings of production: two web processes, a worker for each queue, a Redis. People are signed in already. What a
page takes is what the server's own log says of it, by route; locust says what its people waited and which requests failed.
`--make` only makes the data, `--measure` uses what is there.
"""

import argparse
import csv
import json
import logging
import os
import secrets
import socket
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from tests.benchmarks.site_processes import TOKEN, broker, percentiles, signed_in, site
from tests.benchmarks.sweep import say, setup_django, sweep, timed

RATE, PEOPLE = 20, 40
ROUTES = {
    "dashboard/": ("dashboard", 50),
    "records/<slug:kind>/add/": ("record", None),
    "teams/<int:pk>/": ("team page", 250),
}
QUERIES = 15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--coders", type=int, default=10_000)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--make", action="store_true")
    parser.add_argument("--measure", action="store_true")
    asked = parser.parse_args()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="coderpath-bench-") as directory, broker() as redis_url:
        environment = {
            "CODERPATH_ENV": "production", "SECRET_KEY": secrets.token_urlsafe(64), "ALLOWED_HOSTS": "127.0.0.1",
            "REDIS_URL": redis_url, "EMAIL_URL": "smtp://localhost", "TRUST_PROXY": "1",
            "STATIC_ROOT": f"{directory}/static", "MEDIA_ROOT": f"{directory}/media",
        }  # fmt: skip
        os.environ |= environment
        setup_django(keep=asked.measure)
        if not asked.measure:
            say(f"data in {timed(make, asked.coders, asked.years):.0f} s")
        if asked.make:
            return
        plan = Path(directory) / "plan.json"
        plan.write_text(json.dumps(people()))
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0)
        log = Path(directory) / "log"
        with site(port, {"DATABASE_URL": os.environ["DATABASE_URL"]}, log):
            waited = locust(port, plan, asked.seconds, Path(directory))
            stale = still_stale()
        report(log, waited, stale)


def make(coders: int, years: int) -> None:
    from django.core.management import call_command

    from curriculum.models import Certification, Role, Specialty, WorkType
    from tests.benchmarks import sweep_data as data
    from tracker.models import Coder

    call_command("load_catalogue")
    call_command("load_wages")
    keys = {"role": Role.objects.get(slug="coder-i").pk, "wt": WorkType.objects.first().pk}
    keys |= {
        f"c{i}": row.pk for i, row in enumerate(Certification.objects.filter(slug__in=("cpc", "ccs", "rhit")))
    }
    keys |= {f"s{i}": row.pk for i, row in enumerate(Specialty.objects.all()[:2])}
    data.fill(coders, years, teams=True, keys=keys)
    Coder.objects.update(onboarded_at=data.timezone.now())
    seconds, rows = sweep()
    say(f"evaluated in {seconds:.0f} s, {rows:,} gaps; {data.counts()}")
    data.tidy()


def people() -> dict:
    """The plan that locust's people follow: sessions of some hundred coders, and of a manager of each team."""
    from django.utils import timezone

    from curriculum.models import WorkType
    from tracker.models import Staff, Team, User

    coders = User.objects.filter(coder__isnull=False).order_by("pk")[::10]
    teams = list(Team.objects.all())
    managers = [
        User.objects.get_or_create(email=f"manager{team.pk}@bench.example", defaults={"password": "!"})[0]
        for team in teams
    ]
    for team, manager in zip(teams, managers, strict=True):
        Staff.objects.get_or_create(
            organization=team.organization, user=manager, defaults={"accepted_at": timezone.now()}
        )
    sessions = zip(signed_in(managers), (team.pk for team in teams), strict=True)
    return {
        "coders": signed_in(coders), "managers": list(sessions), "token": TOKEN, "work_type": WorkType.objects.first().pk,
        "each": RATE / PEOPLE,
    }  # fmt: skip


def locust(port: int, plan: Path, seconds: int, directory: Path) -> dict[str, dict[str, str]]:
    """What locust's own table says, by name."""
    command = [
        sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("morning_people.py")), "--headless",
        "-u", str(PEOPLE), "-r", str(PEOPLE), "-t", f"{seconds}s", "--host", f"http://127.0.0.1:{port}",
        "--csv", str(directory / "waited"), "--loglevel", "WARNING",
    ]  # fmt: skip
    subprocess.run(
        command,
        env=os.environ | {"MORNING_PLAN": str(plan)},
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with (directory / "waited_stats.csv").open() as file:
        return {row["Name"]: row for row in csv.DictReader(file)}


def still_stale() -> int:
    from django.db.models import F

    from tracker.models import Staleness

    return Staleness.objects.filter(seq__gt=F("done_seq")).count()


def queries(path: str, email: str) -> int:
    """How often a page asks the database."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tracker.models import User

    logging.getLogger("coderpath_site.requests").setLevel("WARNING")  # in this process
    client = Client(headers={"host": "127.0.0.1", "x-forwarded-proto": "https"})
    client.force_login(User.objects.get(email=email), "django.contrib.auth.backends.ModelBackend")
    client.get(path)  # writes down who looked, and warms caches
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def report(log: Path, waited: dict[str, dict[str, str]], stale: int) -> None:
    took, failed = defaultdict(list), 0
    for line in log.read_text().splitlines():
        if line.startswith("{") and (said := json.loads(line)).get("route") in ROUTES:
            took[said["route"]].append(said["ms"])
            failed += said["status"] >= 500
    everything = waited["Aggregated"]
    say(
        f"{everything['Request Count']} requests, {float(everything['Requests/s']):.1f} a second; {everything['Failure Count']} failed, {failed} by the server; {stale} coders still wait for an evaluation"
    )
    for route, (name, budget) in ROUTES.items():
        p50, p95, p99 = percentiles(took[route])
        within = f", {p95 / budget:.2f} of what its p95 may be ({budget} ms)" if budget else ""
        say(
            f"  {name:10} {len(took[route]):6,} times: p50 {p50:6.1f} ms, p95 {p95:6.1f} ms, p99 {p99:6.1f} ms{within}"
        )
    from tracker.models import Team

    team = Team.objects.first()
    for name, path, email in (
        ("dashboard", "/dashboard/", "c1@bench.example"), ("team page", f"/teams/{team.pk}/", f"manager{team.pk}@bench.example"),
    ):  # fmt: skip
        say(f"  {name:10} {queries(path, email)} queries (at most {QUERIES})")
    if failed or int(everything["Failure Count"]):
        raise SystemExit("Requests failed.")


if __name__ == "__main__":
    main()
