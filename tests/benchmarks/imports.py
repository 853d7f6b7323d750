"""How an import of 100,000 rows compares with a floor of bare work, in one run on PostgreSQL.

    BENCH_DATABASE_URL=postgresql://postgres@localhost/coderpath_bench python -m tests.benchmarks.imports 100000

The database is dropped and made anew. The file is a vendor's report (preamble, merged heading, names filled down, totals) as CSV, of
500 members. The floor reads the same file with the csv module and inserts as many bare rows by COPY. Each step runs as the site runs it.
"""

import csv
import datetime as dt
import io
import logging
import resource
import sys

from tests.benchmarks.sweep import setup_django, timed

MEMBERS = 500
MOST_SECONDS, MOST_MEGABYTES = 30, 300


def main(rows: int) -> None:
    setup_django()
    logging.getLogger("tracker.services.staleness").setLevel("ERROR")  # there is no broker here
    from tests.benchmarks import import_data as data

    manager, organization, who = data.people(MEMBERS)
    file = report(rows, MEMBERS)
    steps: dict[str, float] = {}
    importing = data.Import(file, manager, organization, who)
    for name in ("open", "stage", "match", "preview", "commit"):
        steps[name] = timed(getattr(importing, name))
    total, memory = sum(steps.values()), peak()
    floor = timed(data.floor, file)
    steps["undo"] = timed(importing.undo)
    print(f"{rows:,} rows, {len(file) / 1e6:.1f} MB, {importing.counts()}")
    for name, seconds in steps.items():
        print(f"  {name:10} {seconds:6.1f} s  {seconds / floor:6.1f} x floor")
    print(f"  floor      {floor:6.1f} s")
    print(f"  the import {total:6.1f} s  {total / MOST_SECONDS:6.2f} of what it may take ({MOST_SECONDS} s)")
    print(
        f"  memory     {memory:6.0f} MB {memory / MOST_MEGABYTES:6.2f} of what it may take ({MOST_MEGABYTES} MB)"
    )


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def report(rows: int, members: int) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Coder Activity Report"])
    writer.writerow([*[""] * 8, "Time Totals (HH:MM:SS)"])
    writer.writerow(
        [
            "User Name",
            "Date",
            "Category",
            "Viewed",
            "Saved",
            "Submitted",
            "Resubmitted",
            "Queries",
            "Updating",
            "Viewing",
            "Total",
        ]
    )
    each = rows // members
    for member in range(members):
        for n in range(each):
            day = dt.date(2025, 1, 1) + dt.timedelta(days=n // 3)
            time = f"{1 + n % 5}:{n % 60:02d}:{member % 60:02d}"
            writer.writerow(
                [
                    f"CODER, {member}" if n == 0 else "",
                    f"{day:%m/%d/%y}",
                    ("ED", "IP", "SDS")[n % 3],
                    0,
                    1,
                    20 + n % 70,
                    0,
                    0,
                    time,
                    "0:00:00",
                    time,
                ]
            )
        writer.writerow(["Total", "", "", 0, each, "", 0, 0, "", "", ""])
    return out.getvalue().encode()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
