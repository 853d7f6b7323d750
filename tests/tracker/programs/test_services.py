"""What instructors and students do: each once, with the right, and what was done by mistake is undone."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from curriculum.models import CertificateBy, LearningActivity, Program
from tests.factories import (
    BodyFactory,
    CoderFactory,
    ContinuingEducationFactory,
    EnrollmentFactory,
    InstructorFactory,
    PracticumFactory,
    RoleFactory,
    StaffFactory,
)
from tracker.models import (
    Assignment,
    Certificate,
    Cohort,
    CohortAction,
    Dating,
    Enrollment,
    Extension,
    Gap,
    Share,
    SignOff,
    Waiver,
)
from tracker.selectors.assignments import kinds_needed, lines_of
from tracker.services import assigning, completion, enrolling, program_mail, programs, signoffs
from tracker.services.evaluation import evaluate_coders
from tracker.services.programs import Wanted
from tracker.services.records import remove_record, restore_record

from .conftest import CASES, SKILL

DAYS = dt.timedelta(days=1)


def _today():
    return timezone.now().date()


def _all(cohort):
    return Assignment.objects.current().filter(enrollment__cohort=cohort)


def _states(enrollment):
    lines = lines_of(_all(enrollment.cohort).filter(enrollment=enrollment), _today())[enrollment.pk]
    return {line.name: line.state.label for line in lines}


# --- Programs ---


def test_the_same_content_makes_no_new_version(program, instructor, cases, exercise):
    wanted = [Wanted(milestone=cases, due_days=60), Wanted(activity=exercise, required=False, due_days=30)]
    assert programs.add_version(program, wanted, by=instructor).no == 2
    assert programs.add_version(program, wanted[:1], by=instructor).no == 3


def test_an_own_milestone_is_asked_in_the_version_it_had(program, instructor):
    given = {"name": "Ten charts", "summary": "Because."}
    first = programs.save_milestone(program.organization, given, {"needs": CASES}, by=instructor)
    given["milestone"] = first.milestone
    version = programs.add_version(program, [Wanted(milestone=first.milestone)], by=instructor)
    second = programs.save_milestone(program.organization, given, {"needs": SKILL}, by=instructor)
    assert programs.save_milestone(program.organization, given, {"needs": SKILL}, by=instructor) == second
    assert version.items.get().pinned_version == first
    newer = programs.add_version(program, [Wanted(milestone=first.milestone)], by=instructor)
    assert newer.items.get().pinned_version == second


def test_nobody_takes_another_schools_milestone(program, instructor):
    other = InstructorFactory()
    given = {"name": "Theirs", "summary": "Because."}
    theirs = programs.save_milestone(other.program.organization, given, {"needs": SKILL}, by=other.staff.user)
    with pytest.raises(ValidationError):
        programs.add_version(program, [Wanted(milestone=theirs.milestone)], by=instructor)
    with pytest.raises(PermissionDenied):
        programs.save_milestone(other.program.organization, given, {"needs": SKILL}, by=instructor)


def test_patient_data_is_refused_wherever_it_is_typed(program, instructor):
    program.summary = "Patient John Smith, MRN 12345678"
    with pytest.raises(ValidationError):
        programs.save_program(program, by=instructor)
    activity = LearningActivity(name="Patient John Smith")
    with pytest.raises(ValidationError):
        programs.save_activity(program.organization, activity, by=instructor)


# --- Taking part ---


@pytest.mark.parametrize(
    ("text", "invited", "skipped"),
    [
        ("email,name\nana@x.example,Ana Ruiz\n", ["ana@x.example"], 0),
        ("Ana Ruiz; ana@x.example".replace(";", ","), ["ana@x.example"], 0),
        ("a@x.example\nA@X.example\n\n", ["a@x.example"], 1),
        ("\ufeffname,email\n=cmd,b@x.example\nno address\n", ["b@x.example"], 1),
        ("not-an@address", [], 1),
    ],
)
def test_a_roster_says_whom_it_invites_and_whom_not(cohort, text, invited, skipped):
    roster = enrolling.plan_invitations(cohort, enrolling.read_roster(text))
    assert [email for email, _name in roster.invite] == invited
    assert len(roster.skipped) == skipped
    assert not Enrollment.objects.exists()


def test_a_roster_twice_invites_once(cohort, instructor):
    rows = enrolling.read_roster("a@x.example,Ana\nb@x.example,Ben\n")
    assert len(enrolling.invite(cohort, rows, by=instructor).invite) == 2
    again = enrolling.invite(cohort, rows, by=instructor)
    assert (again.invite, len(again.skipped), CohortAction.objects.count()) == ([], 2, 1)


def test_only_who_teaches_there_invites(cohort):
    with pytest.raises(PermissionDenied):
        enrolling.invite(cohort, [(1, "a@x.example", "")], by=InstructorFactory().staff.user)


def test_an_invitation_is_mailed_once_and_opens_once(cohort, instructor, settings):
    enrolling.invite(cohort, [(1, "a@x.example", "Ana")], by=instructor, site="https://coder.example")
    assert (program_mail.mail_waiting(), program_mail.mail_waiting()) == (1, 0)
    token = mail.outbox[0].body.split("/invitations/")[1].split("/")[0]
    invitation = enrolling.invitation_of(token)
    coder = CoderFactory()
    enrolling.take_part(cohort, coder, ["practicum"], invitation=invitation, by=coder.user)
    assert enrolling.invitation_of(token) is None
    assert Enrollment.objects.open().get().coder == coder


def test_who_accepts_is_asked_and_shares_and_aims(cohort, program):
    program.role = RoleFactory()
    program.save()
    coder, aiming = CoderFactory(), CoderFactory(target_role=RoleFactory(slug="other"))
    for one in (coder, aiming):
        enrolling.take_part(cohort, one, kinds_needed(cohort.version), by=one.user)
        one.refresh_from_db()
    assert (coder.target_role, aiming.target_role.slug) == (program.role, "other")
    assert set(Share.objects.open().values_list("kind", flat=True)) == {"practicum"}
    assert _all(cohort).count() == 4
    again = enrolling.take_part(cohort, coder, [], by=coder.user)
    assert (Enrollment.objects.count(), again.shares.count()) == (2, 1)


@pytest.mark.parametrize(("dating", "due"), [(Dating.FIXED, -40 + 54), (Dating.RELATIVE, 60)])
def test_late_joiners_follow_with_dates_that_can_be_kept(cohort, dating, due):
    cohort.dating = dating
    cohort.save()
    coder = CoderFactory(user__time_zone="UTC")
    mine = enrolling.take_part(cohort, coder, [], by=coder.user)
    assert mine.assignments.get(milestone__isnull=False).due_on == _today() + due * DAYS


def test_leaving_ends_what_is_shared_and_keeps_the_records(student):
    PracticumFactory(coder=student.coder)
    for _twice in range(2):
        enrolling.leave(student, by=student.coder.user)
    assert not Share.objects.open().exists()
    assert student.coder.practicum_records.count() == 1


def test_nobody_else_takes_part_for_somebody(cohort, student, instructor):
    with pytest.raises(PermissionDenied):
        enrolling.take_part(cohort, CoderFactory(), [], by=instructor)
    with pytest.raises(PermissionDenied):
        enrolling.leave(student, by=instructor)


# --- A version for a cohort ---


@pytest.fixture
def edited(program, instructor, cases, skill):
    """The activity is gone, the cases are due earlier, a skill is new."""
    wanted = [Wanted(milestone=cases, due_days=40), Wanted(milestone=skill, due_days=90)]
    return programs.add_version(program, wanted, by=instructor)


def test_the_dry_run_is_what_is_done_then_and_done_again_it_is_nothing(student, edited, instructor):
    plan = assigning.plan_version(student.cohort, edited)
    assert plan.summary == "creates 1, changes 1, withdraws 1"
    assert _all(student.cohort).count() == 2
    assert assigning.apply_version(student.cohort, edited, by=instructor).summary == plan.summary
    assert {str(one) for one in _all(student.cohort)} == {"Practicum-cases", "A-skill"}
    again = assigning.apply_version(student.cohort, edited, by=instructor)
    assert again.is_empty
    assert again.summary == "changes nothing; skips 2, because they have it already"
    assert CohortAction.objects.count() == 1


def test_an_edit_for_new_cohorts_only_leaves_the_others(student, edited):
    assert _states(student).keys() == {"Practicum-cases", "Timed exercise"}


def test_undo_brings_back_what_was(student, edited, instructor):
    before = list(Assignment.objects.order_by("pk").values())
    version = student.cohort.version
    assigning.apply_version(student.cohort, edited, by=instructor)
    assigning.undo(CohortAction.objects.get(), by=instructor)
    assert list(Assignment.objects.order_by("pk").values()) == before
    student.cohort.refresh_from_db()
    assert student.cohort.version == version
    assert assigning.undo(CohortAction.objects.get(), by=instructor) == ""


def test_undo_is_for_a_day(student, edited, instructor):
    assigning.apply_version(student.cohort, edited, by=instructor)
    CohortAction.objects.update(at=timezone.now() - dt.timedelta(hours=25))
    with pytest.raises(ValidationError):
        assigning.undo(CohortAction.objects.get(), by=instructor)


def test_undo_keeps_what_somebody_did_since(student, edited, instructor, skill):
    assigning.apply_version(student.cohort, edited, by=instructor)
    signoffs.sign_off(student.cohort, _all(student.cohort).filter(milestone=skill), by=instructor)
    text = assigning.undo(CohortAction.objects.get(kind="assign"), by=instructor)
    assert text == "1 was changed since and stays."
    assert _states(student)["A-skill"] == "signed off"


# --- Due dates ---


def test_a_date_is_moved_after_it_has_passed_with_a_reason_and_one_notice(student, instructor):
    assignments, until = _all(student.cohort), _today() + 10 * DAYS
    assert assigning.plan_extension(assignments, until, _today()).summary.startswith("moves 2 due dates")
    for _twice in range(2):
        assigning.extend(student.cohort, assignments, until, "Snow", by=instructor, site="https://c.example")
    assert set(assignments.values_list("due_on", flat=True)) == {until}
    assert Extension.objects.count() == 2
    assert (program_mail.mail_waiting(), program_mail.mail_waiting()) == (1, 0)
    assert "Snow" in mail.outbox[0].body
    assert student.coder.user.email in mail.outbox[0].to


def test_a_moved_date_stays_when_the_program_changes(student, edited, instructor, cases):
    until = _today() + 10 * DAYS
    assigning.extend(
        student.cohort, _all(student.cohort).filter(milestone=cases), until, "Ill", by=instructor
    )
    assigning.apply_version(student.cohort, edited, by=instructor)
    assert _all(student.cohort).get(milestone=cases).due_on == until


def test_undo_of_a_move(student, instructor):
    before = list(_all(student.cohort).values_list("pk", "due_on"))
    assigning.extend(student.cohort, _all(student.cohort), _today() + DAYS, "Snow", by=instructor)
    assigning.undo(CohortAction.objects.get(), by=instructor)
    assert list(_all(student.cohort).values_list("pk", "due_on")) == before
    assert not Extension.objects.exists()


# --- Sign-offs, waivers, completion ---


def test_a_student_meets_a_milestone_by_records_and_an_activity_by_their_word(student):
    assert _states(student) == {"Practicum-cases": "no evidence", "Timed exercise": "open"}
    PracticumFactory(coder=student.coder)
    evaluate_coders([student.coder_id])
    signoffs.mark_done(student.assignments.get(activity__isnull=False), True, by=student.coder.user)
    assert _states(student) == {"Practicum-cases": "met", "Timed exercise": "done"}
    with pytest.raises(PermissionDenied):
        signoffs.mark_done(student.assignments.get(activity__isnull=False), False, by=CoderFactory().user)


def test_what_is_not_shared_is_not_told(student):
    PracticumFactory(coder=student.coder)
    evaluate_coders([student.coder_id])
    enrolling.share(student, ["credential"], by=student.coder.user)
    assert _states(student)["Practicum-cases"] == "not shared"


def test_where_a_sign_off_is_asked_records_alone_do_not_do(student, instructor):
    student.assignments.update(by_signoff=True)
    PracticumFactory(coder=student.coder)
    evaluate_coders([student.coder_id])
    assert _states(student)["Practicum-cases"] == "to be signed off"
    first = signoffs.sign_off(student.cohort, _all(student.cohort), "Seen", by=instructor)
    again = signoffs.sign_off(student.cohort, _all(student.cohort), "Seen", by=instructor)
    assert (len(first.done), again.done, again.skipped.total()) == (2, [], 2)
    assert SignOff.objects.count() == 2
    assert _states(student)["Practicum-cases"] == "signed off"


def test_nobody_signs_off_or_waives_their_own(cohort, instructor):
    mine = EnrollmentFactory(cohort=cohort, coder=CoderFactory(user=instructor))
    for done in (
        signoffs.sign_off(cohort, mine.assignments.all(), by=instructor),
        signoffs.waive(cohort, mine.assignments.all(), "prior", "I know", by=instructor),
    ):
        assert (done.done, done.skipped.total()) == ([], 2)


def test_a_waiver_is_shown_as_waived_and_makes_the_gap_waived(student, instructor):
    for _twice in range(2):
        signoffs.waive(student.cohort, _all(student.cohort), "prior", "Nurse for ten years", by=instructor)
    assert Waiver.objects.count() == 2
    assert set(_states(student).values()) == {"credit for prior learning"}
    evaluate_coders([student.coder_id])
    assert Gap.objects.get(milestone_version__milestone__slug="practicum-cases").status == "waived"
    assigning.undo(CohortAction.objects.get(), by=instructor)
    assert _states(student)["Timed exercise"] == "open"


def test_one_waiver_after_another_has_run_out(student, instructor):
    signoffs.waive(student.cohort, _all(student.cohort), "waived", "Ill", _today(), by=instructor)
    Waiver.objects.update(expires_on=_today() - DAYS)
    assert len(signoffs.waive(student.cohort, _all(student.cohort), "waived", "Ill", by=instructor).done) == 2
    with pytest.raises(ValidationError):
        signoffs.waive(student.cohort, _all(student.cohort), "waived", "Ill", _today() - DAYS, by=instructor)


def test_completion_gives_one_certificate(student):
    assert completion.complete_programs() == 0
    PracticumFactory(coder=student.coder)
    evaluate_coders([student.coder_id])
    assert (completion.complete_programs(), completion.complete_programs()) == (1, 0)
    certificate = Certificate.objects.get()
    assert (certificate.name, certificate.issued_by) == (student.coder.user.full_name, None)


def test_no_program_certifies_those_who_teach_in_it(student, program):
    staff = StaffFactory(organization=program.organization, role="instructor", user=student.coder.user)
    InstructorFactory(program=program, staff=staff)
    PracticumFactory(coder=student.coder)
    evaluate_coders([student.coder_id])
    assert completion.complete_programs() == 1
    assert not Certificate.objects.exists()


def test_an_invitation_withdrawn_meanwhile_lets_nobody_in(cohort):
    enrolling.invite(cohort, [(1, "ana@x.example", "Ana")], by=None)
    stale = Enrollment.objects.invited().get()
    Enrollment.objects.filter(pk=stale.pk).update(left_at=timezone.now())
    coder = CoderFactory()
    with pytest.raises(ValidationError, match="no longer open"):
        enrolling.take_part(cohort, coder, ["practicum"], invitation=stale, by=coder.user)
    assert not Enrollment.objects.open().exists()


def test_where_the_program_says_so_an_instructor_gives_the_certificate(student, program, instructor):
    program.certificate_by = CertificateBy.INSTRUCTOR
    program.save()
    with pytest.raises(ValidationError):
        completion.issue_certificate(student, by=instructor)
    signoffs.sign_off(student.cohort, _all(student.cohort), by=instructor)
    completion.complete_programs()
    assert not Certificate.objects.exists()
    student.refresh_from_db()
    first = completion.issue_certificate(student, by=instructor)
    assert completion.issue_certificate(student, by=instructor) == first
    with pytest.raises(PermissionDenied):
        completion.revoke_certificate(first, "No", by=InstructorFactory().staff.user)
    with pytest.raises(ValidationError):
        completion.revoke_certificate(first, " ", by=instructor)
    completion.revoke_certificate(first, "By mistake", by=instructor)
    assert completion.issue_certificate(student, by=instructor) != first


def test_who_left_completes_nothing(student, instructor):
    signoffs.sign_off(student.cohort, _all(student.cohort), by=instructor)
    enrolling.leave(student, by=student.coder.user)
    assert completion.complete_programs() == 0


# --- Messages ---


def test_a_message_goes_once_to_each_that_was_chosen(student, instructor):
    EnrollmentFactory(cohort=student.cohort)
    former = EnrollmentFactory(cohort=student.cohort, left=True)
    program_mail.write_message(
        student.cohort,
        [student.pk, former.pk],
        "Monday",
        "Bring your books.",
        by=instructor,
        site="https://c.example",
    )
    assert (program_mail.mail_waiting(), program_mail.mail_waiting()) == (1, 0)
    assert mail.outbox[0].to == [student.coder.user.email]
    assert mail.outbox[0].reply_to == [instructor.email]


def test_a_mail_that_fails_is_tried_again(student, instructor, monkeypatch):
    program_mail.write_message(student.cohort, [student.pk], "Monday", "Books.", by=instructor, site="")
    real = program_mail.EmailMessage.send

    def down(self):
        raise ConnectionRefusedError

    monkeypatch.setattr(program_mail.EmailMessage, "send", down)
    with pytest.raises(OSError):
        program_mail.mail_waiting()
    monkeypatch.setattr(program_mail.EmailMessage, "send", real)
    assert program_mail.mail_waiting() == 1


# --- What was seen in reviews ---


def test_undo_leaves_a_date_that_was_moved_since(student, edited, instructor, cases):
    assigning.apply_version(student.cohort, edited, by=instructor)
    until = _today() + dt.timedelta(days=70)
    moved = student.assignments.filter(milestone=cases)
    assigning.extend(student.cohort, moved, until, "Illness", by=instructor)
    left = assigning.undo(CohortAction.objects.get(kind="assign"), by=instructor)
    assert moved.get().due_on == until and left.startswith("1 ")


def test_who_joined_since_is_asked_the_old_version_after_undo(student, edited, instructor):
    before = {one.key for one in student.assignments.all()}
    assigning.apply_version(student.cohort, edited, by=instructor)
    new = enrolling.take_part(Cohort.objects.get(pk=student.cohort_id), CoderFactory(), [], by=None)
    assert {one.key for one in new.assignments.all()} != before
    assigning.undo(CohortAction.objects.get(kind="assign"), by=instructor)
    assert {one.key for one in new.assignments.filter(withdrawn_at=None)} == before


def test_what_is_typed_is_meant_on_the_calendar_of_whoever_types_it(student, instructor, settings):
    """In the evening of the United States it is tomorrow already by UTC."""
    evening = dt.datetime(2026, 10, 16, 2, tzinfo=dt.UTC)  # the 15th in New York
    cohort, all_of_them = student.cohort, student.assignments.all()
    with time_machine.travel(evening, tick=False):
        assert instructor.today() == dt.date(2026, 10, 15)
        waived = signoffs.waive(cohort, all_of_them, "waived", "Did it", dt.date(2026, 10, 15), by=instructor)
        assert len(waived.done) == 2
        with pytest.raises(ValidationError):
            signoffs.waive(cohort, all_of_them, "waived", "Did it", dt.date(2026, 10, 14), by=instructor)
        token = enrolling.renew_link(cohort, by=instructor)
        Cohort.objects.filter(pk=cohort.pk).update(ends_on=dt.date(2026, 10, 15))
        browser = Client()
        browser.force_login(CoderFactory().user)
        assert browser.get(reverse("programs:join", args=[token])).status_code == 200
        # All that is required is waived, and on the student's own day it still is.
        assert completion.complete_programs() == 1
        student.refresh_from_db()
        assert student.completed_on == dt.date(2026, 10, 15)


def test_a_record_of_having_taken_an_activity_completes_it_while_it_stands(student, exercise):
    user, day = student.coder.user, _today() - dt.timedelta(days=3)
    exercise.credits.create(body=BodyFactory(), units=2)
    browser = Client()
    browser.force_login(user)
    address = reverse("tracker:record_add", args=["continuing-education"]) + f"?activity={exercise.pk}"
    form = browser.get(address).context["form"]
    assert (form["title"].value(), form["hours"].value()) == (exercise.name, 2)
    sent = {"completed_on": day, "title": exercise.name, "hours": "2", "bodies": form["bodies"].value()}
    assert browser.post(address, sent).status_code == 302
    asked = student.assignments.get(activity=exercise)
    record = asked.taken_as
    assert (asked.done_on, record.coder) == (day, student.coder)
    remove_record(record, by=user)
    asked.refresh_from_db()
    assert asked.done_on is None
    restore_record(record, by=user)
    asked.refresh_from_db()
    assert asked.done_on == day


def test_nobody_elses_record_completes_an_activity(student, exercise):
    other = ContinuingEducationFactory()
    with pytest.raises(ValidationError):
        signoffs.mark_done(
            student.assignments.get(activity=exercise), True, by=student.coder.user, record=other
        )


def test_who_teaches_nowhere_any_more_is_no_instructor(program, instructor):
    other = StaffFactory(organization=program.organization, role="instructor")
    second = programs.add_instructor(program, other, by=instructor)
    programs.remove_instructor(second, by=instructor)
    with pytest.raises(PermissionDenied):
        programs.save_program(Program(organization=program.organization, name="Another"), by=other.user)
    with pytest.raises(ValidationError):
        programs.add_instructor(program, other, by=instructor)


def test_who_teaches_elsewhere_stays_an_instructor(program, instructor):
    other = StaffFactory(organization=program.organization, role="instructor")
    second = programs.add_instructor(program, other, by=instructor)
    own = programs.save_program(Program(organization=program.organization, name="Another"), by=other.user)
    programs.remove_instructor(second, by=instructor)
    programs.save_program(own, by=other.user)
