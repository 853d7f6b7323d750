"""How long the page of a team of 500 takes, beside one of 50: `python -m tests.benchmarks.team_page` on an empty database.

Everything is made in a transaction that is rolled back. The catalogue must be loaded.
"""

import argparse
import datetime as dt
import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coderpath_site.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from curriculum.models import Organization, Role, Standard  # noqa: E402
from tracker.models import (  # noqa: E402
    RECORD_KINDS,
    Coder,
    MemberGap,
    Membership,
    Share,
    Staff,
    Staleness,
    Team,
    User,
)
from tracker.services.evaluation import evaluate_coders  # noqa: E402


def team_of(size: int) -> tuple[Team, User]:
    organization = Organization.objects.create(name=f"Organization of {size}", kind="employer")
    manager = User.objects.create(email=f"manager{size}@bench.example")
    Staff.objects.create(organization=organization, user=manager, accepted_at=timezone.now())
    standard = Standard.objects.create(slug=f"bench-{size}", name="Bench", owner=organization)
    team = Team.objects.create(organization=organization, name="Bench", standard=standard)
    users = User.objects.bulk_create(
        User(email=f"c{size}-{i}@bench.example", full_name=f"Coder {i:03}") for i in range(size)
    )
    coders = Coder.objects.bulk_create(Coder(user=user, onboarded_at=timezone.now()) for user in users)
    Staleness.objects.bulk_create(Staleness(coder=coder, since=timezone.now()) for coder in coders)
    target = Role.objects.get(slug="coder-ii-senior")
    members = Membership.objects.bulk_create(
        Membership(
            team=team, coder=c, accepted_at=timezone.now(), joined_on=dt.date(2025, 1, 1), target_role=target
        )
        for c in coders
    )
    Share.objects.bulk_create(
        Share(coder_id=m.coder_id, membership=m, kind=kind) for m in members for kind in RECORD_KINDS
    )
    evaluate_coders([coder.pk for coder in coders])
    fill(team)
    return team, manager


def fill(team: Team) -> None:
    """Figures into most cells, as a team has them that logs: each its own, so that nothing is written once for many."""
    cells = list(MemberGap.objects.filter(membership__team=team).order_by("pk"))
    for n, cell in enumerate(cells):
        if n % 4:
            cell.status, cell.certainty = ("met", "close", "open")[n % 3], "supported"
            cell.value, cell.numerator, cell.denominator = 80 + n % 2000 / 100, n % 400, 400
    MemberGap.objects.bulk_update(
        cells, ["status", "certainty", "value", "numerator", "denominator"], batch_size=500
    )


def measured(team: Team, manager: User, times: int) -> tuple[float, float, int]:
    """The 95th percentile in milliseconds, of time that passed and of processor time, and the number of queries."""
    client = Client(headers={"host": "localhost"})
    client.force_login(manager)
    url = f"/teams/{team.pk}/"
    client.get(url)  # writes the log of the day, and warms caches
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    statements = len(queries)
    taken, worked = [], []
    for _ in range(times):
        started, began = time.perf_counter(), time.process_time()
        client.get(url)
        taken.append(1000 * (time.perf_counter() - started))
        worked.append(1000 * (time.process_time() - began))
    place = int(0.95 * (times - 1))
    return sorted(taken)[place], sorted(worked)[place], statements


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=40)
    times = parser.parse_args().times
    settings.DEBUG = False  # which writes every statement down
    with transaction.atomic():
        teams = [team_of(size) for size in (50, 500)]
        import coderpath_site.wsgi  # noqa: F401  from here on the process is as gunicorn serves it

        small, large = (measured(*team, times) for team in teams)
        transaction.set_rollback(True)
    for size, (p95, worked, queries) in ((50, small), (500, large)):
        print(f"{size:>4} people: p95 {p95:6.1f} ms ({worked:.1f} ms of processor time), {queries} queries")
    print(f"500 people cost {large[1] / small[1]:.1f} times what 50 cost (ten times the people).")


if __name__ == "__main__":
    main()
