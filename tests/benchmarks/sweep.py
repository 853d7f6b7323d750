"""How the nightly sweep compares with a floor of bare SQL, in one run on PostgreSQL.

    BENCH_DATABASE_URL=postgresql://postgres@localhost/coderpath_bench python -m tests.benchmarks.sweep 10000 100000

The database is dropped and made anew. Data: 24 months of weekly volumes, monthly audits, three credentials and a position
a coder; 12 requirements. The floor does, per window of 5,000 coders and in one session, one INSERT ... SELECT of the same
aggregates and statuses into a table with the same columns, keys and indexes as the gaps: no intervals, no history.
"""

import os
import resource
import sys
import time

DATABASE_URL = os.environ.get("BENCH_DATABASE_URL", "postgresql://postgres@localhost/coderpath_bench")
WINDOW = 5000


def main(sizes: list[int]) -> None:
    setup_django()
    from tests.benchmarks import sweep_data as data

    previous = None
    for size in sizes:
        data.fill(size)
        floors = [timed(data.floor, size, WINDOW) for _ in range(2)]
        first = timed(sweep)
        idle = timed(sweep)
        data.a_night_passes(size)
        nightly = timed(sweep)
        floor = min(floors)
        print(f"{size:,} coders, {data.counts()}")
        print(f"  floor            {floor:8.1f} s  ({', '.join(f'{f:.1f}' for f in floors)})")
        print(f"  first evaluation {first:8.1f} s  {first / floor:5.2f} x floor (at most 2.5)")
        print(f"  nothing new      {idle:8.1f} s  {idle / floor:5.2f} x floor")
        print(f"  a night later    {nightly:8.1f} s  {nightly / floor:5.2f} x floor (at most 1.5)")
        if previous:
            slope = (nightly / size) / (previous[1] / previous[0])
            print(
                f"  seconds a coder against {previous[0]:,}: {slope:.2f} (at most 1.8 from 100,000 to 1,000,000)"
            )
        print(
            f"  peak memory      {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB (under 300)"
        )
        previous = (size, nightly)


def setup_django() -> None:
    import psycopg
    from psycopg import sql

    base, _, name = DATABASE_URL.rpartition("/")
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    os.environ |= {
        "DATABASE_URL": DATABASE_URL,
        "DEBUG": "0",
        "DJANGO_SETTINGS_MODULE": "coderpath_site.settings",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def sweep() -> None:
    from django.db.models import Max, Min

    from tracker.models import Coder
    from tracker.services.evaluation import evaluate_coders

    bounds = Coder.objects.aggregate(first=Min("pk"), last=Max("pk"))
    for start in range(bounds["first"], bounds["last"] + 1, WINDOW):
        ids = Coder.objects.filter(pk__gte=start, pk__lt=start + WINDOW).values_list("pk", flat=True)
        tally = evaluate_coders(ids)
        if tally.failed:
            raise SystemExit(f"coders failed: {tally.failed[:5]}")


def timed(function, *args) -> float:
    started = time.perf_counter()
    function(*args)
    return time.perf_counter() - started


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000])
