"""An N+1 query fails here: every page and every address of the API that there is asks the database as often with thirty rows
of each kind as with one, and no more than a number that holds for all.

The addresses come from the URL configuration, so that a new list is among them by itself; one whose path begins as none did
before fails until `OBJECTS` says what its number stands for.
"""

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from curriculum.models import Milestone
from tests.factories import (
    RECORD_FACTORIES,
    CohortFactory,
    EnrollmentFactory,
    ImportBatchFactory,
    InstructorFactory,
    LearningActivityFactory,
    MembershipFactory,
    PayFactory,
    ProgramFactory,
    StaffFactory,
    TeamFactory,
)
from tracker import program_urls
from tracker.api import urls as api_urls
from tracker.models import ContinuingEducation, Credential, Dispute, LinkPart, Membership, Plan
from tracker.services.evaluation import evaluate_coders
from tracker.services.resume import create_link

from .test_pages_access import readable

MOST = 45  # of any address; the most are asked where a past day is computed anew
MANY = 29


class World:
    """A coder who also manages a team, is in it, teaches in a program and learns in it. `grow` adds more of everything."""

    def __init__(self, coder):
        self.coder = coder
        self.member = Membership.objects.open().get(coder=coder)
        self.team = self.member.team
        self.instructor = InstructorFactory(
            program=ProgramFactory(asks=list(Milestone.objects.all()[:2])), staff__user=coder.user
        )
        self.program, self.teaching = self.instructor.program, self.instructor
        self.cohort = CohortFactory(program=self.program)
        self.enrollment = EnrollmentFactory(cohort=self.cohort, coder=coder)
        self.activity = LearningActivityFactory()
        self.record = ContinuingEducation.objects.get(coder=coder)
        self.apprentice = Credential.objects.get(coder=coder, certification__apprentice_of__isnull=False)
        # Somebody else as well: that one looks at others is written down, which takes a query whoever they are.
        MembershipFactory(team=self.team)
        EnrollmentFactory(cohort=self.cohort)

    def settle(self):
        evaluate_coders(Membership.objects.open().values_list("coder", flat=True))
        evaluate_coders([self.coder.pk])

    def grow(self):
        for make in RECORD_FACTORIES.values():
            make.create_batch(MANY, coder=self.coder)
        for audit in self.coder.audit_records.all()[:MANY]:
            Dispute.objects.get_or_create(
                score=audit.scores.get(), defaults={"reason": "x", "before": {"correct": 29, "reviewed": 30}}
            )
        PayFactory.create_batch(MANY, coder=self.coder)
        MembershipFactory.create_batch(MANY, team=self.team)
        for n in range(MANY):
            MembershipFactory(team=self.team, invited=True, token_hash=f"{n:064}")
            ImportBatchFactory(source__coder=self.coder)
            Plan.objects.create(coder=self.coder, name=f"Plan {n}", assumptions={"charts": 90.0})
            EnrollmentFactory(cohort=self.cohort)
            CohortFactory(program=self.program)
        for n in range(15):  # there may be twenty
            create_link(self.coder, name=f"Link {n}", parts=[LinkPart.values[0]], days=30, by=self.coder.user)
        StaffFactory.create_batch(MANY, organization=self.team.organization)
        TeamFactory.create_batch(3, organization=self.team.organization)
        self.settle()


# What the number in a path stands for, by how the path begins.
OBJECTS = {
    "assignments": lambda world: world.enrollment.assignments.first().pk,
    "enrollments": lambda world: world.enrollment.pk,
    "programs": lambda world: world.program.pk,
    "cohorts": lambda world: world.cohort.pk,
    "certificates": lambda world: world.enrollment.pk,
    "teams": lambda world: world.team.pk,
    "sharing": lambda world: world.member.pk,
    "team-members": lambda world: world.member.pk,
    "renewals": lambda world: world.coder.renewal_cycles.first().pk,
    "apprentice": lambda world: world.apprentice.pk,
}
WORDS = {"token": "x", "record": 1, "file_format": "csv", "no": 1, "action": 1, "slug": "accuracy-95"}


def addresses_of(namespace, urlpatterns, world):
    """Every address of a URL configuration, by its name."""
    for pattern in urlpatterns:
        if not hasattr(pattern, "name"):
            continue
        route = str(pattern.pattern)
        given = {}
        for name in pattern.pattern.converters:
            if name in ("pk", "id"):
                given[name] = OBJECTS[route.partition("/")[0]](world)
            else:
                given[name] = WORDS.get(name) or getattr(world, name).pk
        yield f"{namespace}:{pattern.name}", reverse(f"{namespace}:{pattern.name}", kwargs=given)


def lists_of_the_router():
    for _prefix, _viewset, basename in api_urls.router.registry:
        try:
            yield f"api:{basename}", reverse(f"api:{basename}-list")
        except NoReverseMatch:
            continue


@pytest.fixture
def world(coder, addresses, live_worker):
    world = World(coder)
    world.settle()
    return world


@pytest.fixture
def everywhere(world, addresses):
    own = {f"tracker:{name}": address for name, address in readable(addresses).items()}
    programs = dict(addresses_of("programs", program_urls.urlpatterns, world))
    api = dict(addresses_of("api", api_urls.urlpatterns, world)) | dict(lists_of_the_router())
    return own | programs | api


def asked_by(site, addresses):
    """Queries and statuses, by name."""
    counts, answered = {}, {}
    for name, address in addresses.items():
        caches["default"].clear()
        with CaptureQueriesContext(connection) as queries:
            answered[name] = site.get(address).status_code
        counts[name] = len(queries)
    return counts, answered


def test_no_page_and_no_list_asks_more_the_more_there_is(site, world, everywhere):
    asked_by(site, everywhere)  # what is asked once in a process's life, or written down once a day
    few, answered = asked_by(site, everywhere)
    unread = {name for name, status in answered.items() if status != 200}
    world.grow()
    asked_by(site, everywhere)
    many, still = asked_by(site, everywhere)
    more = [f"{name}: {few[name]} before, {n} now" for name, n in many.items() if n > few[name]]
    assert not more, "\n".join(more)
    assert {name: n for name, n in many.items() if n > MOST} == {}
    assert still == answered
    assert len(everywhere) - len(unread) > 100, sorted(unread)
