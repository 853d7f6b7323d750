"""What the cohort page costs at 25 and at 500 students, twelve assignments each: processor time at the median and p95
(SQLite's included: it runs in the same process, and what else the machine does is left out).

    python -m tests.benchmarks.cohort_page            (SQLite in a temporary file, or DATABASE_URL)

The design asks for a p95 under 250 ms at 500 students. That it costs the same queries with one student and with twenty
is for tests/tracker/programs/test_pages.py to say.
"""

import os
import tempfile
import time
from pathlib import Path

ROUNDS = 40


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(directory) / 'bench.sqlite3'}")
        os.environ |= {"DEBUG": "0", "DJANGO_SETTINGS_MODULE": "coderpath_site.settings"}
        import logging

        import django

        django.setup()
        logging.disable(logging.WARNING)  # no broker is needed here
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        measured = {students: _measure(students) for students in (25, 500)}
    for students, (median, p95) in measured.items():
        print(f"{students:4} students: median {median:5.0f} ms, p95 {p95:5.0f} ms")
    (small, _), (large, p95) = measured[25], measured[500]
    print(f"20 times the students cost {large / small:.1f} times the time; p95 {p95 / 250:.2f} of 250 ms")


def _measure(students: int) -> tuple[float, float]:
    from django.test import Client
    from django.urls import reverse

    cohort, user = _filled(students)
    browser, address = Client(headers={"host": "localhost"}), reverse("programs:cohort", args=[cohort.pk])
    browser.force_login(user)
    assert browser.get(address).status_code == 200  # writes the access log, once a day
    times = []
    for _round in range(ROUNDS):
        started = time.process_time()
        browser.get(address)
        times.append(1000 * (time.process_time() - started))
    times.sort()
    return times[ROUNDS // 2], times[int(ROUNDS * 0.95)]


def _filled(students: int):
    import datetime as dt

    from django.db import transaction

    from curriculum.models import Milestone, MilestoneVersion, Standard
    from tests.factories import (
        CohortFactory,
        EnrollmentFactory,
        InstructorFactory,
        PracticumFactory,
        ProgramFactory,
    )
    from tracker.services.evaluation import evaluate_coders

    Standard.installation()
    asks = []
    for n in range(12):
        slug = f"cases-{students}-{n}"
        milestone = Milestone.objects.create(
            slug=slug, name=f"Milestone {n}", summary="made up", source="made up"
        )
        needs = {"measure": "practicum", "params": {"of": "cases"}, "target": str(20 + 20 * n)}
        MilestoneVersion.objects.create(
            milestone=milestone, valid_from=dt.date(2000, 1, 1), definition={"needs": needs}
        )
        asks.append(milestone)
    teacher = InstructorFactory(program=ProgramFactory(asks=asks))
    cohort = CohortFactory(program=teacher.program)
    with transaction.atomic():
        enrolled = [EnrollmentFactory(cohort=cohort, shares=["practicum"]) for _n in range(students)]
        for n, one in enumerate(enrolled):
            PracticumFactory(coder=one.coder, cases=10 + n % 250)
    evaluate_coders(one.coder_id for one in enrolled)
    return cohort, teacher.staff.user


if __name__ == "__main__":
    main()
