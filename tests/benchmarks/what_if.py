"""How long a what-if takes with ten years of records, as the page and as what htmx asks for: on an empty database with the
catalogue and the wages loaded, `python -m tests.benchmarks.what_if`. `--profile` tells where the time goes.

Everything is made in a transaction that is rolled back.
"""

import argparse
import cProfile
import datetime as dt
import os
import pstats
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coderpath_site.settings")
django.setup()

import numpy as np  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from curriculum.models import Certification, Role, Specialty, WorkType  # noqa: E402
from tracker.models import (  # noqa: E402
    Audit,
    AuditScore,
    Coder,
    Credential,
    Position,
    ProductivityTarget,
    Staleness,
    User,
    Volume,
)
from tracker.services.evaluation import evaluate_coders  # noqa: E402

BUDGET = 200  # ms
WEEKS = 520
ASKED = (
    "/what-if/?credentials=ccs&credentials=cpma&accuracy=96.5&audited=12&charts=90&hours=7.5&work_type={}"
    "&specialty={}&target=coding-auditor"
)


def coder_of_ten_years() -> User:
    """Weekly charts, monthly audits by two methods with their charts, three credentials, two positions."""
    rng, today = np.random.default_rng(1), timezone.localdate()
    user = User.objects.create(email="ten-years@bench.example")
    role = Role.objects.get(slug="coder-ii-senior")
    coder = Coder.objects.create(user=user, onboarded_at=timezone.now(), stated_role=role)
    Staleness.objects.get_or_create(coder=coder, defaults={"since": timezone.now()})
    work_types, specialty = (
        list(WorkType.objects.order_by("pk")[:2]),
        Specialty.objects.order_by("pk").first(),
    )
    ProductivityTarget.objects.bulk_create(
        ProductivityTarget(coder=coder, work_type=one, per_hour=10) for one in work_types
    )
    ends = [today - dt.timedelta(weeks=week) for week in range(WEEKS)]
    Volume.objects.bulk_create(
        Volume(
            coder=coder, starts_on=end - dt.timedelta(days=6), ends_on=end, work_type=work_types[week % 2],
            specialty=specialty, charts=int(rng.poisson(350)), minutes=2250,
        )
        for week, end in enumerate(ends)
    )  # fmt: skip
    audits = Audit.objects.bulk_create(
        Audit(coder=coder, audited_on=end, basis="random", auditor="internal", records_reviewed=12)
        for end in ends[::4]
    )
    charts = [(int(rng.binomial(12, 0.95)), 12) for _ in range(12)]
    AuditScore.objects.bulk_create(
        AuditScore(audit=audit, method=method, reviewed=n, correct=k, charts=known)
        for audit in audits
        for method, n, k, known in (
            (
                "code_over_code",
                sum(n for _, n in charts),
                sum(k for k, _ in charts),
                [list(c) for c in charts],
            ),
            ("case", 12, int(rng.binomial(12, 0.9)), None),
        )
    )
    for i, certification in enumerate(Certification.objects.order_by("pk")[:3]):
        Credential.objects.create(
            coder=coder, certification=certification, earned_on=ends[400 - 100 * i],
            expires_on=today + dt.timedelta(days=300 + i),
        )  # fmt: skip
    Position.objects.create(coder=coder, role=role, starts_on=ends[-1])
    return user


def measured(client: Client, url: str, times: int, **headers) -> tuple[float, float, int]:
    """The 95th percentile in milliseconds, of time that passed and of processor time, and the number of queries."""
    client.get(url, headers=headers)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url, headers=headers).status_code == 200
        statements = len(queries)
    taken, worked = [], []
    for _ in range(times):
        started, began = time.perf_counter(), time.process_time()
        client.get(url, headers=headers)
        taken.append(1000 * (time.perf_counter() - started))
        worked.append(1000 * (time.process_time() - began))
    place = int(0.95 * (times - 1))
    return sorted(taken)[place], sorted(worked)[place], statements


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    settings.DEBUG = False  # which writes every statement down
    with transaction.atomic():
        user = coder_of_ten_years()
        evaluate_coders([user.coder.pk])
        client = Client(headers={"host": "localhost"})
        client.force_login(user)
        url = ASKED.format(WorkType.objects.order_by("pk")[0].slug, Specialty.objects.order_by("pk")[0].slug)
        if given.profile:
            client.get(url, headers={"HX-Request": "true"})
            profile = cProfile.Profile()
            profile.runcall(client.get, url, headers={"HX-Request": "true"})
            pstats.Stats(profile).sort_stats("cumulative").print_stats(60)
        for name, address, headers in (
            ("page", url, {}), ("change at once", url, {"HX-Request": "true"}), ("nothing assumed", "/what-if/", {}),
        ):  # fmt: skip
            taken, worked, queries = measured(client, address, given.times, **headers)
            print(
                f"{name:16} p95 {taken:6.1f} ms ({worked:.1f} ms of processor time, {worked / BUDGET:.2f} of {BUDGET}), "
                f"{queries} queries"
            )
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
