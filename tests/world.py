"""Everybody there is, around one coder's records, in one state of the database: for tests that go through every door.

Olga owns the records. She is on a team, a student of one program and was one of another. Whoever else is here has a coder's
account of their own, so that what they may not see is simply not there. Whatever is Olga's carries `MARK`.
"""

import datetime as dt
from types import SimpleNamespace

from django.utils import timezone

from curriculum.catalogue import load
from curriculum.models import LearningActivity, Milestone, Role
from tests.curriculum.small_catalogue import write_small_catalogue
from tests.factories import (
    JOINED,
    RECORD_FACTORIES,
    ApprenticeCertificationFactory,
    CoderFactory,
    CohortFactory,
    CredentialFactory,
    EnrollmentFactory,
    ImportBatchFactory,
    InstructorFactory,
    MembershipFactory,
    OrganizationFactory,
    PayFactory,
    ProgramFactory,
    ProofFactory,
    StaffFactory,
    TeamFactory,
    VolumeFactory,
    WageAreaFactory,
)
from tracker import models
from tracker.models import LinkPart, Scope
from tracker.secret_links import digest_of
from tracker.services import enrolling, programs
from tracker.services.calendar import make_feed
from tracker.services.evaluation import evaluate_coders
from tracker.services.reminders import address_to_stop
from tracker.services.renewals import keep_cycles
from tracker.services.resume import create_link
from tracker.services.tokens import create_token

MARK = "Olgasmark"


def _coder(name, **more):
    return CoderFactory(user__full_name=name, user__email=f"{name.split()[0].lower()}@example.com", **more)


def make_world(directory) -> SimpleNamespace:
    """Everybody and everything. `directory` is for the catalogue's files."""
    load(write_small_catalogue(directory))
    WageAreaFactory()
    w = SimpleNamespace()
    w.owner = _coder(f"Olga {MARK}", stated_role=Role.objects.get(slug="coder-i"))
    w.other = _coder("Ines Other")
    _employer(w)
    _records(w)
    _school(w)
    _elsewhere(w)
    evaluate_coders([w.owner.pk, w.other.pk])
    w.users = {
        "owner": w.owner.user,
        "manager": w.manager.user,
        "former manager": w.former_manager.user,
        "instructor": w.instructor.staff.user,
        "former student’s instructor": w.former_instructor.staff.user,
        "other coder": w.other.user,
        "other organization": w.elsewhere.manager.user,
    }
    return w


def _employer(w):
    w.organization = OrganizationFactory(name="Gulf Pines Health")
    w.team = TeamFactory(organization=w.organization, name="Inpatient")
    w.manager = StaffFactory(organization=w.organization, user=_coder("Mara Manager").user)
    w.former_manager = StaffFactory(
        organization=w.organization, user=_coder("Fritz Former").user, ended_at=timezone.now()
    )
    target = Role.objects.get(slug="coding-auditor")
    w.member = MembershipFactory(team=w.team, coder=w.owner, target_role=target)
    MembershipFactory(team=w.team, coder=w.other)
    w.invited = MembershipFactory(
        team=w.team, invited=True, invited_email="new@example.com", token_hash=digest_of("a-token")
    )


def _records(w):
    coder, user = w.owner, w.owner.user
    w.records = {kind: make(coder=coder, note=f"by {MARK}") for kind, make in RECORD_FACTORIES.items()}
    w.removed = VolumeFactory(coder=coder, note=f"{MARK} removed", removed=True)
    VolumeFactory(coder=coder, note=MARK, made_under=w.organization)
    w.proof = ProofFactory(w.records["education"])
    w.pay = PayFactory(coder=coder)
    w.audit = w.records["audit"]
    # Attested by the employer, and contested: the manager's to answer.
    type(w.audit).objects.filter(pk=w.audit.pk).update(
        provenance="verified", verified_by=w.manager.user, verified_for=w.organization,
        verified_at=timezone.now(), made_under=w.organization,
    )  # fmt: skip
    w.dispute = models.Dispute.objects.create(
        score=w.audit.scores.get(), reason=f"{MARK} disagrees", before={"correct": 29, "reviewed": 30}
    )
    w.asked = models.RecordQuestion.objects.create(
        coder=coder, organization=w.organization, kind="volume", record_id=w.records["volume"].pk,
        reason="Which month?",
    )  # fmt: skip
    w.education = w.records["continuing-education"]
    w.apprentice = CredentialFactory(coder=coder, certification=ApprenticeCertificationFactory(), note=MARK)
    w.plan = models.Plan.objects.create(coder=coder, name=f"Faster {MARK}", assumptions={"charts": 90.0})
    keep_cycles([coder.pk])
    w.cycle = coder.renewal_cycles.first()
    w.batch = ImportBatchFactory(source__coder=coder, source__name=MARK, by=user)
    w.team_batch = ImportBatchFactory(source__coder=None, source__organization=w.organization)
    w.link, w.link_token = create_link(coder, name=MARK, parts=list(LinkPart.values), days=30, by=user)
    w.feed_token = make_feed(coder)
    w.stop_token = address_to_stop(coder, "renewal").rstrip("/").rpartition("/")[2]
    w.token, w.token_text = create_token(user, name=MARK, scopes=list(Scope.values), days=30)


def _school(w):
    w.instructor = InstructorFactory(program=ProgramFactory(name="Coding basics"))
    w.instructor.staff.user = _coder("Ira Instructor").user
    w.instructor.staff.save()
    by = w.instructor.staff.user
    w.program = w.instructor.program
    exercise = LearningActivity.objects.create(slug="an-exercise", name="Timed exercise", source="test")
    wanted = [
        programs.Wanted(milestone=Milestone.objects.get(slug="accuracy-95"), due_days=60),
        programs.Wanted(activity=exercise, required=False, due_days=30),
    ]
    programs.add_version(w.program, wanted, by=by)
    w.version = w.program.versions.order_by("-no").first()
    today = timezone.now().date()
    dates = {
        "opens_on": today - dt.timedelta(days=120),
        "starts_on": JOINED,
        "ends_on": today + dt.timedelta(days=200),
        "open_to_all": True,
    }
    w.cohort = CohortFactory(program=w.program, version=w.version, name="Fall", **dates)
    w.student = EnrollmentFactory(cohort=w.cohort, coder=w.owner)
    EnrollmentFactory(cohort=w.cohort, coder=w.other)
    w.done = w.student.assignments.get(activity__isnull=False)
    w.certificate = models.Certificate.objects.create(
        enrollment=w.student, number="CP-1", name=f"Olga {MARK}", issued_on=today
    )
    enrolling.invite(w.cohort, [(1, "new@x.example", "New")], by=by)
    models.Enrollment.objects.filter(invited_email="new@x.example").update(token_hash=digest_of("invited"))
    w.action = models.CohortAction.objects.filter(cohort=w.cohort, kind="invite").first()
    w.activity = programs.save_activity(w.program.organization, LearningActivity(name="Own"), by=by)
    w.join_token = enrolling.renew_link(w.cohort, by=by)
    w.former_instructor = InstructorFactory()
    w.former_instructor.staff.user = _coder("Lea Formerly").user
    w.former_instructor.staff.save()
    EnrollmentFactory(
        cohort=CohortFactory(program=w.former_instructor.program), coder=w.owner, left=True, shares=()
    )


def _elsewhere(w):
    """Another organization with people of its own, and a program."""
    organization = OrganizationFactory(name="Elsewhere Clinic")
    manager = StaffFactory(organization=organization, user=_coder("Xenia Elsewhere").user)
    team = TeamFactory(organization=organization)
    MembershipFactory(team=team, coder=_coder("Yuri Elsewhere"))
    InstructorFactory(program=ProgramFactory(organization=organization), staff__user=manager.user)
    w.elsewhere = SimpleNamespace(organization=organization, manager=manager, team=team)
