"""Students of programs: the same judgment, from what is shared with each program and nothing else."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from curriculum.models import Milestone, MilestoneVersion
from tests.factories import (
    DAY,
    JOINED,
    AuditFactory,
    CohortFactory,
    EnrollmentFactory,
    OrganizationFactory,
    ProgramFactory,
    SkillShownFactory,
    UserFactory,
    VolumeFactory,
    WorkTypeFactory,
)
from tracker.evaluation.students import evaluate_students
from tracker.models import AssignmentGap, Gap, ProductivityTarget, Share, Staleness
from tracker.selectors.assignments import lines_of
from tracker.services import enrolling, evaluation
from tracker.services.assigning import apply_version
from tracker.services.disputes import open_dispute
from tracker.services.programs import Wanted, add_version
from tracker.services.replay import repair, verify_coders

from .conftest import CASES, SKILL


@pytest.fixture
def asked(ladder):
    """Two milestones of the catalogue that nobody else asks for."""
    found = []
    for slug, needs in (("accurate", CASES), ("skilled", SKILL)):
        milestone = Milestone.objects.create(slug=slug, name=slug, summary="test", source="test")
        MilestoneVersion.objects.create(
            milestone=milestone, valid_from=dt.date(2000, 1, 1), definition={"needs": needs}
        )
        found.append(milestone)
    return found


def student_of(asked, **given):
    return EnrollmentFactory(cohort=CohortFactory(program=ProgramFactory(asks=asked)), **given)


@pytest.fixture
def student(asked):
    return student_of(asked)


def seen(enrollment, day=DAY):
    assert not evaluation.evaluate_coders([enrollment.coder_id], day).failed
    gaps = AssignmentGap.objects.filter(assignment__enrollment=enrollment)
    return {
        gap.milestone_version.milestone.slug: gap
        for gap in gaps.select_related("milestone_version__milestone")
    }


def labels(enrollment):
    lines = lines_of(enrollment.assignments.all(), DAY)[enrollment.pk]
    return {line.slug: line.state.label for line in lines}


def own(enrollment, slug):
    return Gap.objects.get(coder=enrollment.coder, milestone_version__milestone__slug=slug)


def test_of_two_employers_a_school_sees_its_own_work_and_what_names_none(student):
    coder, school = student.coder, student.cohort.program.organization
    AuditFactory(coder=coder, made_under=school, scores={"case": (28, 40)})
    AuditFactory(coder=coder, scores={"case": (10, 10)})
    for employer in (OrganizationFactory(), OrganizationFactory()):
        AuditFactory(coder=coder, made_under=employer, scores={"case": (400, 400)})
    AuditFactory(coder=coder, audited_on=JOINED - dt.timedelta(days=1), scores={"case": (400, 400)})
    gap = seen(student)["accurate"]
    assert (gap.numerator, gap.denominator, gap.status) == (38, 50, "open")
    assert (own(student, "accurate").denominator, own(student, "accurate").status) == (1250, "met")


def test_two_programs_each_see_their_own(asked, student):
    other = student_of(asked[:1], coder=student.coder)
    AuditFactory(
        coder=student.coder, made_under=student.cohort.program.organization, scores={"case": (98, 100)}
    )
    AuditFactory(
        coder=student.coder, made_under=other.cohort.program.organization, scores={"case": (60, 100)}
    )
    assert (seen(student)["accurate"].numerator, seen(other)["accurate"].numerator) == (98, 60)
    assert set(seen(other)) == {"accurate"}


def test_what_is_not_shared_is_unknown_and_not_unmet(student):
    SkillShownFactory(coder=student.coder)
    assert seen(student)["skilled"].status == "met"
    enrolling.share(student, ["audit"], by=student.coder.user)
    assert AssignmentGap.objects.get(assignment__milestone__slug="skilled").status == "no_evidence"
    assert seen(student)["skilled"].status == "no_evidence"
    assert own(student, "skilled").status == "met"


def test_a_target_of_ones_own_is_not_the_programs(ladder):
    productive = Milestone.objects.create(slug="productive", name="p", summary="test", source="test")
    MilestoneVersion.objects.create(
        milestone=productive, valid_from=dt.date(2000, 1, 1),
        definition={"needs": {"measure": "attainment", "target": "100"}},
    )  # fmt: skip
    student, work = student_of([productive]), WorkTypeFactory()
    ProductivityTarget.objects.create(coder=student.coder, work_type=work, per_hour=1)
    VolumeFactory(coder=student.coder, work_type=work, charts=480, minutes=2400)
    assert (seen(student)["productive"].status, own(student, "productive").status) == ("no_evidence", "met")


def test_twice_writes_nothing_and_a_change_writes_what_changed(student, django_assert_num_queries):
    AuditFactory(coder=student.coder, scores={"case": (38, 40)})
    before = {pk: gap.seq for pk, gap in ((g.pk, g) for g in seen(student).values())}
    SkillShownFactory(coder=student.coder)
    after = {slug: gap.seq for slug, gap in seen(student).items()}
    assert after["skilled"] > after["accurate"] == min(before.values())
    assert {slug: gap.seq for slug, gap in seen(student).items()} == after


def test_what_is_not_asked_any_more_goes(student, asked):
    assert set(seen(student)) == {"accurate", "skilled"}
    program = student.cohort.program
    apply_version(student.cohort, add_version(program, [Wanted(milestone=asked[0])], by=None), by=None)
    assert set(seen(student)) == {"accurate"}
    enrolling.leave(student, by=student.coder.user)
    assert not AssignmentGap.objects.exists()
    assert not seen(student)


def test_a_newer_version_of_a_milestone_takes_the_place_of_the_older(student, asked):
    first = seen(student)["skilled"]
    newer = MilestoneVersion.objects.create(
        milestone=asked[1],
        no=2,
        valid_from=dt.date(2000, 1, 1),
        definition={"needs": SKILL | {"target": "5"}},
    )
    after = seen(student)["skilled"]
    assert (after.pk, after.milestone_version) == (first.pk, newer)


def test_an_evaluation_that_read_the_old_shares_stores_nothing_of_them(student, monkeypatch):
    seen(student)
    read = evaluation.evaluate_students

    def and_then_it_is_taken_back(batch):
        found = read(batch)
        enrolling.share(student, [], by=student.coder.user)
        return found

    monkeypatch.setattr(evaluation, "evaluate_students", and_then_it_is_taken_back)
    SkillShownFactory(coder=student.coder)
    evaluation.evaluate_coders([student.coder_id], DAY)
    assert not AssignmentGap.objects.filter(status="met").exists()
    assert Staleness.objects.get(coder=student.coder).is_stale


def test_students_of_many_programs_cost_a_fixed_number_of_queries(asked, student):
    others = [student_of(asked) for _n in range(3)]
    counts = []
    for some in ([student], [student, *others]):
        batch = evaluation.evaluate([one.coder for one in some], DAY)
        with CaptureQueriesContext(connection) as queries:
            (found,) = evaluate_students(batch)
        assert len(found.verdicts()) == 2 * len(some)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_replaying_finds_and_mends_what_does_not_follow_from_the_records(student):
    seen(student, student.coder.today())
    assert not verify_coders([student.coder_id]).drifts
    AssignmentGap.objects.filter(assignment__milestone__slug="skilled").update(status="met", fingerprint=1)
    drifts = verify_coders([student.coder_id]).drifts
    assert [drift.figures for drift in drifts] == [("figures",)]
    repair(drifts)
    assert not verify_coders([student.coder_id]).drifts
    assert AssignmentGap.objects.get(assignment__milestone__slug="skilled").status == "no_evidence"


def test_shares_of_another_program_open_nothing(asked, student):
    other = student_of(asked, coder=student.coder)
    SkillShownFactory(coder=student.coder)
    Share.objects.filter(enrollment=student).update(revoked_at=timezone.now())
    assert (seen(student)["skilled"].status, seen(other)["skilled"].status) == ("no_evidence", "met")


def test_a_contested_score_counts_for_a_program_and_is_marked(student):
    school = student.cohort.program.organization
    audit = AuditFactory(
        coder=student.coder, made_under=school, scores={"case": (38, 40)}, verified=True,
        verified_by=UserFactory(), verified_for=school,
    )  # fmt: skip
    seen(student)
    assert labels(student)["accurate"] == "met"
    with time_machine.travel(dt.datetime.combine(DAY, dt.time(17), dt.UTC)):
        open_dispute(audit.scores.get(), reason="Guideline I.C.4", by=student.coder.user)
    assert seen(student)["accurate"].contested
    assert labels(student) == {"accurate": "met, contested", "skilled": "no evidence"}
    (batch,) = evaluate_students(evaluation.evaluate([student.coder], DAY))
    assert {verdict[3] for verdict in batch.verdicts().values()} == {True, False}
    enrolling.share(student, (), by=student.coder.user)
    assert not AssignmentGap.objects.filter(contested=True).exists()
