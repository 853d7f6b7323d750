"""What an instructor sees of a student: the kinds that are shared with the program, while they are."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.factories import (
    JOINED,
    CohortFactory,
    EnrollmentFactory,
    InstructorFactory,
    MembershipFactory,
    OrganizationFactory,
    PracticumFactory,
    ProgramFactory,
    VolumeFactory,
)
from tracker.models import Practicum, Share, Volume
from tracker.permissions import require_instructor, taught_cohorts, taught_programs, visible_records

pytestmark = pytest.mark.django_db


@pytest.fixture
def instructor():
    return InstructorFactory()


@pytest.fixture
def enrollment(instructor):
    return EnrollmentFactory(cohort=CohortFactory(program=instructor.program))


def _sees(instructor, model=Practicum):
    return visible_records(instructor.staff.user, model).exists()


def test_an_instructor_sees_what_a_student_shares(instructor, enrollment):
    PracticumFactory(coder=enrollment.coder)
    assert _sees(instructor)


@pytest.mark.parametrize("other", ["of another program", "of the same school", "who has left"])
def test_other_instructors_see_nothing(instructor, enrollment, other):
    PracticumFactory(coder=enrollment.coder)
    if other == "of another program":
        stranger = InstructorFactory()
    elif other == "of the same school":
        stranger = InstructorFactory(program=ProgramFactory(organization=instructor.program.organization))
    else:
        stranger = instructor
        stranger.staff.ended_at = timezone.now()
        stranger.staff.save()
    assert not _sees(stranger)


@pytest.mark.parametrize("change", ["not shared", "revoked", "left"])
def test_what_is_not_shared_any_more_is_not_seen(instructor, enrollment, change):
    PracticumFactory(coder=enrollment.coder)
    shares = Share.objects.filter(enrollment=enrollment)
    if change == "not shared":
        shares.filter(kind="practicum").delete()
    elif change == "revoked":
        shares.filter(kind="practicum").update(revoked_at=timezone.now())
    else:
        enrollment.left_at = timezone.now()
        enrollment.save()
    assert not _sees(instructor)


@pytest.mark.parametrize(
    ("employer", "day", "seen"),
    [
        ("nobody", JOINED, True),
        ("the school", JOINED, True),
        ("another", JOINED, False),
        ("nobody", JOINED - dt.timedelta(days=1), False),
    ],
)
def test_work_counts_since_the_start_and_never_that_of_an_employer(
    instructor, enrollment, employer, day, seen
):
    under = {"nobody": None, "the school": instructor.program.organization}
    made_under = under[employer] if employer in under else OrganizationFactory()
    VolumeFactory(coder=enrollment.coder, starts_on=day, ends_on=day, made_under=made_under)
    assert _sees(instructor, Volume) is seen


def test_a_team_still_sees_no_work_that_names_no_employer(instructor):
    member = MembershipFactory(team__organization=instructor.program.organization)
    VolumeFactory(coder=member.coder, starts_on=JOINED, ends_on=JOINED)
    assert not _sees(instructor, Volume)


def test_one_teaches_where_one_was_put(instructor, enrollment):
    other = InstructorFactory()
    assert taught_programs(instructor.staff.user).get() == instructor.program
    assert taught_cohorts(instructor.staff.user).get() == enrollment.cohort
    require_instructor(instructor.staff.user, instructor.program)
    with pytest.raises(PermissionDenied):
        require_instructor(other.staff.user, instructor.program)


def test_a_share_is_with_a_team_or_with_a_program(enrollment):
    for more in ({}, {"enrollment": enrollment, "membership": MembershipFactory(coder=enrollment.coder)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Share.objects.create(coder=enrollment.coder, kind="target", **more)
