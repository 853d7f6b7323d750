"""What programs ask is judged like everything else; what they waive is waived, and never met."""

import datetime as dt

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from curriculum.models import Milestone, MilestoneVersion
from tests.factories import (
    DAY,
    AuditWorkFactory,
    CohortFactory,
    EnrollmentFactory,
    OrganizationFactory,
    ProgramFactory,
)
from tracker.evaluation.context import load_context
from tracker.evaluation.kept import Kept
from tracker.evaluation.programs import program_asks
from tracker.models import Waiver

from .conftest import REVIEWER


@pytest.fixture
def own(ladder):
    """A milestone of a school's own, in two versions: one audit, then three."""
    milestone = Milestone.objects.create(
        slug="own", name="own", summary="test", source="test", owner=OrganizationFactory()
    )
    for no, target in ((1, "1"), (2, "3")):
        MilestoneVersion.objects.create(
            milestone=milestone, no=no, valid_from=dt.date(2000, 1, 1), definition={"needs": REVIEWER | {"target": target}}
        )  # fmt: skip
    return milestone


@pytest.fixture
def enrollment(own, coder):
    """A student whose program asks for the first version of its own milestone."""
    cohort = CohortFactory(program=ProgramFactory(organization=own.owner, asks=[own]))
    enrollment = EnrollmentFactory(cohort=cohort, coder=coder)
    enrollment.assignments.update(pinned_version=own.versions.get(no=1))
    return enrollment


def _waive(enrollment, **given):
    return Waiver.objects.create(assignment=enrollment.assignments.get(), reason="Did it before", **given)


def test_a_program_asks_its_students_and_nobody_else(enrollment, own, gaps_on, stranger):
    assert gaps_on(DAY, enrollment.coder)["own"].milestone_version.no == 1
    assert "own" not in gaps_on(DAY, stranger)


def test_whom_a_program_asked_once_is_judged_on(enrollment, gaps_on):
    AuditWorkFactory(coder=enrollment.coder)
    assert gaps_on(DAY, enrollment.coder)["own"].status == "met"
    enrollment.left_at = timezone.now()
    enrollment.save()
    enrollment.coder.auditwork_records.update(done_on=DAY - dt.timedelta(days=500))
    assert gaps_on(DAY, enrollment.coder)["own"].status != "met"


def test_a_waiver_makes_it_waived_until_it_expires(enrollment, gaps_on):
    _waive(enrollment, expires_on=DAY)
    assert gaps_on(DAY, enrollment.coder)["own"].status == "waived"
    assert gaps_on(DAY + dt.timedelta(days=1), enrollment.coder)["own"].status == "no_evidence"


def test_what_is_met_is_met_with_a_waiver_too(enrollment, gaps_on):
    _waive(enrollment)
    AuditWorkFactory(coder=enrollment.coder)
    gap = gaps_on(DAY, enrollment.coder)["own"]
    assert (gap.status, gap.first_met_on) == ("met", DAY)


def test_what_is_waived_was_never_met(enrollment, gaps_on):
    _waive(enrollment)
    assert gaps_on(DAY, enrollment.coder)["own"].first_met_on is None


@pytest.mark.parametrize("end", ["left", "withdrawn"])
def test_a_waiver_ends_with_its_enrollment_or_when_it_is_withdrawn(enrollment, gaps_on, end):
    waiver = _waive(enrollment)
    if end == "left":
        enrollment.left_at = timezone.now()
        enrollment.save()
    else:
        waiver.withdrawn_at = timezone.now()
        waiver.save()
    gaps = gaps_on(DAY, enrollment.coder)
    assert "own" not in gaps or gaps["own"].status == "no_evidence"


def test_a_waiver_is_for_its_student_alone(enrollment, gaps_on):
    _waive(enrollment)
    other = EnrollmentFactory(cohort=enrollment.cohort)
    gaps_on(DAY, enrollment.coder, other.coder)
    assert gaps_on(DAY, other.coder)["own"].status == "no_evidence"


def test_what_is_waived_is_left_out_of_readiness(ladder, ask, outcome_of, coder):
    ask("audits", REVIEWER, by="coder")
    ask("more", REVIEWER | {"target": "3"}, by="coder")
    cohort = CohortFactory(program=ProgramFactory(asks=[Milestone.objects.get(slug="more")]))
    enrollment = EnrollmentFactory(cohort=cohort, coder=coder)
    coder.target_role = ladder.roles["coder"]
    coder.save()
    assert outcome_of(coder).weight_asked == 6
    _waive(enrollment)
    assert (outcome_of(coder).weight_met, outcome_of(coder).weight_asked) == (0, 3)


def test_students_cost_a_fixed_number_of_queries(enrollment):
    others = [EnrollmentFactory(cohort=enrollment.cohort) for _ in range(3)]
    ids = np.array(sorted(e.coder_id for e in (enrollment, *others)))
    counts = []
    for some in (ids[:1], ids):
        context = load_context(DAY)
        with CaptureQueriesContext(connection) as queries:
            asks = program_asks(context, Kept(some), some)
        counts.append(len(queries))
        assert sum(mask.sum() for mask in asks.asked.values()) == len(some)
    assert counts[0] == counts[1] <= 3
