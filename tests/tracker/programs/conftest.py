"""A school with a program of two milestones and an activity, a cohort, and students in it."""

import datetime as dt

import pytest
import time_machine

from curriculum.models import LearningActivity, Milestone, MilestoneVersion, Standard
from tests.factories import CohortFactory, EnrollmentFactory, InstructorFactory, ProgramFactory
from tracker.services.programs import Wanted, add_version

CASES = {"measure": "practicum", "params": {"of": "cases"}, "target": "150", "close": "25"}
SKILL = {"measure": "skills", "target": "1"}


def make_milestone(slug, needs, **more):
    milestone = Milestone.objects.create(
        slug=slug, name=slug.capitalize(), summary="test", source="test", **more
    )
    MilestoneVersion.objects.create(
        milestone=milestone, valid_from=dt.date(2000, 1, 1), definition={"needs": needs}
    )
    return milestone


@pytest.fixture
def cases(db):
    Standard.installation()
    return make_milestone("practicum-cases", CASES)


@pytest.fixture
def skill(db):
    return make_milestone("a-skill", SKILL)


@pytest.fixture
def exercise(db):
    return LearningActivity.objects.create(slug="exercise", name="Timed exercise", source="test")


@pytest.fixture
def instructor(db):
    """Who teaches in the program: a user."""
    return InstructorFactory(program=ProgramFactory(name="Coding basics")).staff.user


@pytest.fixture
def program(instructor, cases, exercise):
    program = instructor.staff.get().programs.get().program
    wanted = [Wanted(milestone=cases, due_days=60), Wanted(activity=exercise, required=False, due_days=30)]
    add_version(program, wanted, by=instructor)
    return program


@pytest.fixture(autouse=True)
def midday():
    """A moment at which it is the same day for the coder, the instructor and the server."""
    with time_machine.travel(dt.datetime(2026, 10, 15, 17, tzinfo=dt.UTC)):
        yield


@pytest.fixture
def cohort(program):
    today = dt.datetime.now(dt.UTC).date()
    return CohortFactory(
        program=program,
        name="Fall",
        opens_on=today - dt.timedelta(days=120),
        starts_on=today - dt.timedelta(days=100),
        ends_on=today + dt.timedelta(days=100),
    )


@pytest.fixture
def student(cohort):
    return EnrollmentFactory(cohort=cohort, starts_on=cohort.starts_on, ends_on=cohort.ends_on)
