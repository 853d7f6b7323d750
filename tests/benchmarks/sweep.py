"""How the nightly sweep compares with a floor of bare SQL, in one run on PostgreSQL.

    BENCH_DATABASE_URL=postgresql://postgres@localhost/coderpath_bench python -m tests.benchmarks.sweep 10000 100000

The database is dropped and made anew. Data: 24 months of weekly volumes, monthly audits, three credentials and a position
a coder; 12 requirements. The floor does, per window of 5,000 coders and in one session, one INSERT ... SELECT of the same
aggregates and statuses into a table with the same columns, keys and indexes as the gaps: no intervals, no history. A night
passes by moving the clock of this process. Figures are ratios, for machines differ; what fails the run is a wrong gap: one
that the floor, which shares no code with the sweep, judges otherwise, or that a replay of the records does not give.

A case is a number of coders, with more behind it: `10000:10` has ten years of history, `10000+teams` makes everybody a member
of a team that sees everything. `--workers 1 2` also runs a night by so many Celery workers (REDIS_URL or the embedded broker).
`--make` only makes the data of one case, `--measure` measures what is there: to wait for a quiet machine in between.
"""

import argparse
import datetime as dt
import os
import re
import resource
import sys
import time
from dataclasses import dataclass

import time_machine

DATABASE_URL = os.environ.get("BENCH_DATABASE_URL", "postgresql://postgres@localhost/coderpath_bench")
WINDOW = 5000
SAMPLE = 300  # coders whose records are replayed
# A day that is the same in UTC and where the coders are.
TODAY = dt.datetime.now(dt.UTC).replace(hour=17, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Case:
    size: int
    years: int = 2
    teams: bool = False

    @classmethod
    def parse(cls, text: str) -> "Case":
        found = re.fullmatch(r"(\d+)(?::(\d+))?(\+teams)?", text)
        if not found:
            raise argparse.ArgumentTypeError(f"{text} is no case, such as 10000, 10000:10 or 10000+teams")
        return cls(int(found[1]), int(found[2] or 2), bool(found[3]))

    def __str__(self):
        return f"{self.size:,} coders, {self.years} years{', all in teams' if self.teams else ''}"


@dataclass
class Night:
    """Seconds of the night, by case; what the next is compared with."""

    floor: float
    nightly: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("cases", nargs="*", type=Case.parse, default=[Case(10_000)])
    parser.add_argument("--workers", nargs="+", type=int, default=[])
    parser.add_argument("--make", action="store_true")
    parser.add_argument("--measure", action="store_true")
    asked = parser.parse_args()
    setup_django(keep=asked.measure)
    nights: dict[Case, Night] = {}
    with time_machine.travel(TODAY, tick=True):
        for case in asked.cases:
            if not asked.measure:
                print(f"{case}: data in {timed(make, case):.0f} s", flush=True)
            if not asked.make:
                nights[case] = measure(case)
                compare(case, nights)
                if asked.workers:
                    by_workers(asked.workers)


def make(case: Case) -> None:
    from tests.benchmarks import sweep_data as data

    data.fill(case.size, case.years, teams=case.teams)


def measure(case: Case) -> Night:
    from tests.benchmarks import sweep_data as data

    # Two floors, for the disk's caches are cold at the first; of a million coders one, for it takes minutes.
    floors = [timed(data.floor, WINDOW) for _ in range(2 if case.size < 500_000 else 1)]
    floor = min(floors)
    say(f"{case}, {data.counts()}")
    say(f"  floor            {floor:8.1f} s  ({', '.join(f'{f:.1f}' for f in floors)})")
    first, rows = sweep()
    say(
        f"  first evaluation {first:8.1f} s  {first / floor:5.2f} x floor (at most 2.5), {rows:,} gaps written"
    )
    if case.size < 100_000:
        idle, rows = sweep()
        say(f"  nothing new      {idle:8.1f} s  {idle / floor:5.2f} x floor, {rows:,} gaps written")
    wrong = data.differences_from_floor()
    say(f"  gaps that the floor judges otherwise: {wrong}")
    with time_machine.travel(TODAY + dt.timedelta(days=1), tick=True):
        nightly, rows = sweep()
        drifts = replay()
    say(
        f"  a night later    {nightly:8.1f} s  {nightly / floor:5.2f} x floor (at most 1.5), {rows:,} gaps written"
    )
    say(f"  gaps that a replay of {SAMPLE} coders does not give: {len(drifts)}")
    say(f"  now              {data.counts()}")
    say(f"  peak memory      {peak():8.0f} MB (under 300)")
    if wrong or drifts:
        raise SystemExit("The sweep's gaps are wrong.")
    return Night(floor, nightly)


def compare(case: Case, nights: dict[Case, Night]) -> None:
    for other, night in nights.items():
        seconds = nights[case].nightly / case.size / (night.nightly / other.size)
        if other.size != case.size:
            say(f"  seconds a coder against {other}: {seconds:.2f} (at most 1.8 from 100,000 to 1,000,000)")
        elif other.years != case.years:
            say(f"  against {other}: {seconds:.2f} (at most 1.5 for ten years)")
        elif other != case:
            say(f"  against {other}: {seconds:.2f}")


def sweep() -> tuple[float, int]:
    """Seconds, and rows of gaps written."""
    from django.db.models import Max, Min

    from tracker.models import Coder
    from tracker.services.evaluation import Tally, evaluate_coders

    started, total = time.perf_counter(), Tally()
    bounds = Coder.objects.aggregate(first=Min("pk"), last=Max("pk"))
    for start in range(bounds["first"], bounds["last"] + 1, WINDOW):
        ids = Coder.objects.filter(pk__gte=start, pk__lt=start + WINDOW).values_list("pk", flat=True)
        total.add(evaluate_coders(ids))
    if total.failed:
        raise SystemExit(f"coders failed: {total.failed[:5]}")
    return time.perf_counter() - started, total.gaps_changed


def replay() -> list:
    """What is stored of some coders and does not follow from their records."""
    from tracker.models import Coder
    from tracker.services.replay import verify_coders

    ids = list(Coder.objects.order_by("pk").values_list("pk", flat=True))
    return verify_coders(ids[:: max(1, len(ids) // SAMPLE)]).drifts


def by_workers(numbers: list[int]) -> None:
    """The same night by real workers: nothing is new in it, so that each run does the same."""
    from tests.benchmarks.workers import night

    night(max(numbers))  # back to the day it is: the workers' clocks are not moved
    alone = None
    for number in numbers:
        seconds, memory = night(number)
        alone = alone or seconds
        say(
            f"  {number} worker{'s' * (number > 1)}: {seconds:.1f} s, {alone / seconds:.2f} times as fast as {numbers[0]}, {memory:.0f} MB each"
        )


def setup_django(keep: bool = False) -> None:
    import psycopg
    from psycopg import sql

    base, _, name = DATABASE_URL.rpartition("/")
    if not keep:
        with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    os.environ |= {
        "DATABASE_URL": DATABASE_URL,
        "DEBUG": "0",
        "DJANGO_SETTINGS_MODULE": "coderpath_site.settings",
    }
    import django
    from django.core.management import call_command

    django.setup()
    if not keep:
        call_command("migrate", verbosity=0)


def timed(function, *args) -> float:
    started = time.perf_counter()
    function(*args)
    return time.perf_counter() - started


def peak() -> float:
    """Megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
