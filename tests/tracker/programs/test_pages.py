"""Every address of programs: what it shows, to whom, and what it does once and then not again."""

import datetime as dt

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    CoderFactory,
    CohortFactory,
    EducationFactory,
    EnrollmentFactory,
    InstructorFactory,
    OrganizationFactory,
    PracticumFactory,
    ProgramFactory,
    ProofFactory,
    UserFactory,
    VolumeFactory,
)
from tests.tracker.views.test_pages_access import assert_keeps_the_policy
from tracker.models import AccessLog, Certificate, CohortAction, CohortMessage, Enrollment, Share, Staff
from tracker.program_urls import urlpatterns
from tracker.secret_links import digest_of
from tracker.services import completion, enrolling, invitations, program_mail, programs, signoffs
from tracker.services.evaluation import evaluate_coders
from tracker.tasks import heartbeat

from .conftest import SKILL, make_milestone


def url(name, *args):
    return reverse(f"programs:{name}", args=args)


@pytest.fixture
def teacher(instructor):
    return _signed_in(instructor)


@pytest.fixture
def mine(student):
    return _signed_in(student.coder.user)


def _signed_in(user):
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def certificate(student, instructor):
    signoffs.sign_off(student.cohort, student.assignments.all(), by=instructor)
    completion.complete_programs()
    return Certificate.objects.get()


@pytest.fixture
def addresses(student, certificate, program, cohort, instructor, exercise):
    """Every address by its name, with arguments that exist; and for whom it is."""
    cohort.open_to_all = True
    cohort.save()
    invited = enrolling.invite(cohort, [(1, "new@x.example", "New")], by=instructor)
    assert invited.invite
    action = CohortAction.objects.filter(kind="invite").get()
    own = programs.save_activity(program.organization, type(exercise)(name="Own"), by=instructor)
    token = enrolling.renew_link(cohort, by=instructor)
    Enrollment.objects.filter(invited_email="new@x.example").update(token_hash=digest_of("invited"))
    activity = student.assignments.get(activity__isnull=False)
    given = {
        "done": [activity.pk], "sharing": [student.pk], "seen": [student.pk],
        "instructor_remove": [program.pk, program.instructors.get().pk], "leave": [student.pk], "invitation": ["invited"],
        "join": [token], "enroll": [cohort.pk], "version": [program.pk, 2], "activity_edit": [program.pk, own.pk],
        "cohort": [cohort.pk], "cohort_edit": [cohort.pk], "export": [cohort.pk, "csv"], "invite": [cohort.pk],
        "link": [cohort.pk], "log": [cohort.pk], "undo": [cohort.pk, action.pk], "act": [cohort.pk],
        "sign_offs": [cohort.pk], "student": [cohort.pk, student.pk], "remove": [cohort.pk, student.pk],
        "certificate": [certificate.pk], "issue": [student.pk], "revoke": [certificate.pk], "check": [certificate.token],
    }  # fmt: skip
    plain = {"assignments", "list", "add"}
    return {
        p.name: url(p.name, *given.get(p.name, [] if p.name in plain else [program.pk])) for p in urlpatterns
    }


FOR_STUDENTS = {"done", "sharing", "seen", "leave"}
FOR_ANYBODY = {"assignments", "list", "add", "invitation", "join", "enroll", "check"}
BY_POST = {
    "done",
    "leave",
    "instructors",
    "instructor_remove",
    "link",
    "undo",
    "act",
    "remove",
    "issue",
    "revoke",
}
FILES = {"certificate", "export"}
SHOWN_TO_STUDENTS = {"certificate"}


def _ask(browser, name, address):
    return browser.post(address) if name in BY_POST else browser.get(address)


def test_the_instructor_opens_every_page_of_theirs_and_it_keeps_the_policy(teacher, addresses):
    for name, address in addresses.items():
        if name in FOR_STUDENTS | BY_POST | {"assignments"}:
            continue
        response = teacher.get(address)
        assert response.status_code in (200, 302), name
        if response.status_code == 200 and name not in FILES:
            assert_keeps_the_policy(response)


def test_a_student_opens_theirs(mine, addresses):
    for name in ("assignments", "sharing", "certificate", "list", "check", "join"):
        assert mine.get(addresses[name]).status_code == 200, name


@pytest.mark.parametrize("who", ["of another program", "of the same school", "who left the school"])
def test_other_instructors_find_nothing(addresses, program, instructor, who):
    if who == "who left the school":
        instructor.staff.update(ended_at=timezone.now())
        browser = _signed_in(instructor)
    else:
        same = program.organization if who == "of the same school" else ProgramFactory().organization
        browser = _signed_in(InstructorFactory(program=ProgramFactory(organization=same)).staff.user)
    CoderFactory(user=get_user(browser))
    before = _everything()
    for name, address in addresses.items():
        if name not in FOR_ANYBODY:
            assert _ask(browser, name, address).status_code in (403, 404), name
    assert _everything() == before


@pytest.mark.parametrize("who", ["of the same cohort", "of another cohort", "of none", "who left"])
def test_other_students_find_nothing(addresses, student, program, who):
    if who == "who left":
        other = student
        enrolling.leave(student, by=student.coder.user)
    elif who == "of none":
        other = EnrollmentFactory()
    else:
        cohort = student.cohort if who == "of the same cohort" else CohortFactory(program=program)
        other = EnrollmentFactory(cohort=cohort)
    browser, before = _signed_in(other.coder.user), _everything()
    for name, address in addresses.items():
        keeps = who == "who left" and name == "certificate"
        if name not in FOR_ANYBODY and not keeps:
            assert _ask(browser, name, address).status_code in (403, 404), name
    assert _everything() == before


def test_the_school_of_a_former_student_finds_nothing(teacher, student, addresses):
    enrolling.leave(student, by=student.coder.user)
    for name in ("student", "remove", "certificate", "issue", "revoke"):
        assert _ask(teacher, name, addresses[name]).status_code == 404, name
    assert student.coder.user.full_name not in teacher.get(addresses["cohort"]).content.decode()
    assert student.coder.user.full_name not in teacher.get(addresses["export"]).content.decode()


def test_strangers_sign_in_first_but_for_checking_a_certificate(client, addresses):
    for name, address in addresses.items():
        response = _ask(client, name, address)
        if name == "check":
            assert response.status_code == 200
        else:
            assert response.status_code == 302 and "login" in response.url, name


def _everything():
    models = (Enrollment, Certificate, CohortAction, CohortMessage, Share)
    return [list(model.objects.order_by("pk").values()) for model in models]


# --- The board ---


def test_the_board_shows_who_stands_where_and_leaves_a_trace(teacher, student, cohort):
    PracticumFactory(coder=student.coder, cases=130)
    evaluate_coders([student.coder_id])
    html = teacher.get(url("cohort", cohort.pk)).content.decode()
    assert "close" in html
    assert "1 overdue" not in teacher.get(url("cohort", cohort.pk) + "?show=done").content.decode()
    assert AccessLog.objects.get().coder == student.coder


def test_what_is_not_shared_says_so_and_nothing_more(teacher, student, cohort):
    PracticumFactory(coder=student.coder, cases=130)
    evaluate_coders([student.coder_id])
    enrolling.share(student, [], by=student.coder.user)
    page = teacher.get(url("cohort", cohort.pk)).content.decode()
    assert "not shared" in page
    assert "close" not in page.split("<tbody>")[1]
    assert "130" not in teacher.get(url("student", cohort.pk, student.pk)).content.decode()


def test_the_file_says_what_the_page_says(teacher, student, cohort):
    EnrollmentFactory(cohort=cohort, coder__user__full_name="=HYPERLINK(1)")
    lines = teacher.get(url("export", cohort.pk, "csv")).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("Student,Done %") and "Practicum-cases" in lines[0]
    assert "'=HYPERLINK(1)" in lines[1] or "'=HYPERLINK(1)" in lines[2]
    assert "no evidence, overdue" in lines[1]
    assert teacher.get(url("export", cohort.pk, "xlsx")).content.startswith(b"PK")
    assert teacher.get(url("export", cohort.pk, "exe")).status_code == 404


def test_an_instructor_opens_the_proof_of_what_is_signed_off(teacher, student, cohort, mine):
    proof = ProofFactory(EducationFactory(coder=student.coder))
    address = reverse("tracker:proof", args=[proof.pk])
    with CaptureQueriesContext(connection) as one:
        assert address in teacher.get(url("student", cohort.pk, student.pk)).content.decode()
    for _more in range(3):
        ProofFactory(EducationFactory(coder=student.coder))
    with CaptureQueriesContext(connection) as several:
        teacher.get(url("student", cohort.pk, student.pk))
    assert len(several) <= len(one)
    assert address in mine.get(url("seen", student.pk)).content.decode()
    assert teacher.get(address).status_code == 200
    Share.objects.filter(enrollment=student, kind="education").update(revoked_at=timezone.now())
    assert address not in teacher.get(url("student", cohort.pk, student.pk)).content.decode()
    assert teacher.get(address).status_code == 404


@pytest.mark.parametrize("page", ["cohort", "sign_offs"])
def test_it_costs_the_same_with_one_student_and_with_twenty(teacher, student, cohort, page):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert teacher.get(url(page, cohort.pk)).status_code == 200
        return len(queries)

    cost()
    at_one = cost()
    for _n in range(19):
        EnrollmentFactory(cohort=cohort)
    cost()
    assert cost() == at_one <= 15


# --- What an instructor does ---


def test_moving_dates_is_looked_at_first_and_undone_after(teacher, student, cohort, mine):
    due = dt.date(2031, 5, 6)
    asked = [f"a{student.assignments.get(activity__isnull=False).activity_id}"]
    sent = {"what": "extend", "student": [student.pk], "asked": asked, "until": due, "reason": "Snow"}
    page = teacher.post(url("act", cohort.pk), {**sent, "step": "plan"}).content.decode()
    assert "moves 1 due date to May 6, 2031" in page
    assert not CohortAction.objects.exists()
    teacher.post(url("act", cohort.pk), {**sent, "step": "do"})
    assert "Snow" in mine.get(url("assignments")).content.decode()
    teacher.post(url("undo", cohort.pk, CohortAction.objects.get().pk))
    assert "Snow" not in mine.get(url("assignments")).content.decode()


def test_a_message_is_sent_to_the_chosen(teacher, student, cohort):
    sent = {"what": "message", "student": [student.pk], "subject": "Monday", "body": "Bring your books."}
    assert "1 student" in teacher.post(url("act", cohort.pk), {**sent, "step": "plan"}).content.decode()
    teacher.post(url("act", cohort.pk), {**sent, "step": "do"})
    program_mail.mail_waiting()
    assert mail.outbox[0].to == [student.coder.user.email]
    bad = {**sent, "body": "Patient John Smith, MRN 12345678", "step": "do"}
    assert teacher.post(url("act", cohort.pk), bad).status_code == 422
    assert CohortMessage.objects.count() == 1


def test_a_waiver_and_a_sign_off_from_the_students_page(teacher, student, cohort, cases):
    assignment = student.assignments.get(milestone=cases)
    sent = {
        "what": "waive",
        "student": [student.pk],
        "assignment": [assignment.pk],
        "kind": "prior",
        "reason": "Nurse",
    }
    teacher.post(url("act", cohort.pk), {**sent, "step": "do"})
    assert "credit for prior learning" in teacher.get(url("student", cohort.pk, student.pk)).content.decode()
    teacher.post(url("sign_offs", cohort.pk), {"assignment": [assignment.pk], "note": "Seen"})
    assert "signed off" in teacher.get(url("student", cohort.pk, student.pk)).content.decode()


def test_nothing_is_done_for_nobody(teacher, student, cohort):
    for what in ("extend", "waive", "sign", "message"):
        assert teacher.post(url("act", cohort.pk), {"what": what, "step": "do"}).status_code == 302
    assert not CohortAction.objects.exists()


def test_inviting_shows_first_whom_and_skips_who_is_there(teacher, student, cohort):
    people = f"ana@x.example,Ana Ruiz\n{student.coder.user.email}\n"
    page = teacher.post(url("invite", cohort.pk), {"people": people}).content.decode()
    assert "takes part already" in page
    assert Enrollment.objects.count() == 1
    teacher.post(url("invite", cohort.pk), {"people": people, "send": ""})
    assert Enrollment.objects.invited().get().invited_name == "Ana Ruiz"


def test_a_link_is_shown_once_and_closed(teacher, cohort):
    page = teacher.post(url("link", cohort.pk), follow=True).content.decode()
    address = page.split('<code class="address">')[1].split("<")[0]
    assert address not in teacher.get(url("invite", cohort.pk)).content.decode()
    somebody = _signed_in(CoderFactory().user)
    assert somebody.get(address).status_code == 200
    teacher.post(url("link", cohort.pk), {"close": ""})
    assert somebody.get(address).status_code == 404


def test_a_program_from_nothing_to_a_cohort(cases, exercise):
    browser = _signed_in(UserFactory())
    browser.post(url("add"), {"school": "Night school", "name": "Basics", "certificate_by": "completion"})
    program = browser.get(url("list")).context["taught"].get()
    rows = {"items-TOTAL_FORMS": 2, "items-INITIAL_FORMS": 0, "items-0-asked": f"m{cases.pk}", "items-0-due_days": 30,
            "items-0-required": "on", "items-1-asked": f"a{exercise.pk}"}  # fmt: skip
    response = browser.post(url("content", program.pk), rows)
    assert response.url == url("version", program.pk, 2)
    assert "150 practicum cases" in browser.get(response.url).content.decode()
    again = rows | {"items-INITIAL_FORMS": 2, "items-1-asked": f"m{cases.pk}"}
    twice = browser.post(url("content", program.pk), again)
    assert twice.status_code == 422
    dates = {"opens_on": "2030-01-01", "starts_on": "2030-01-10", "ends_on": "2030-01-05"}
    wrong = browser.post(url("cohort_add", program.pk), {"name": "Fall", "dating": "fixed", **dates})
    assert wrong.status_code == 422 and "ends before it starts" in wrong.content.decode()
    browser.post(
        url("cohort_add", program.pk), {"name": "Fall", "dating": "fixed", **dates, "ends_on": "2030-06-01"}
    )
    assert program.cohorts.get().version.no == 2


def test_a_milestone_of_ones_own_without_code(teacher, program):
    shape = {"name": "Ready to code", "summary": "Because.", "needs_op": "n_of", "needs_n": 2, "needs_0": "practicum",
             "needs_1": "skills", "needs_2": "audit_work"}  # fmt: skip
    step = teacher.get(url("milestone", program.pk), shape)
    assert step.status_code == 302
    figures = {"needs-0-param_of": "cases"}
    for i in range(3):
        figures |= {f"needs-{i}-cmp": ">=", f"needs-{i}-target": "100" if i == 0 else "1"}
    page = teacher.post(step.url, figures | {"read": ""}).content.decode()
    assert "2 of these 3: 100 practicum cases" in page
    teacher.post(step.url, figures | {"save": ""})
    assert program.organization.milestones.get().versions.get().definition["needs"]["n_of"] == 2
    assert teacher.post(step.url, {"needs-0-target": "x", "save": ""}).status_code == 422


# --- What a student does ---


def test_accepting_shows_what_is_shared_and_shares_what_is_ticked(cohort, program):
    enrolling.invite(cohort, [(1, "ana@x.example", "Ana")], by=None)
    program_mail.mail_waiting()
    address = "/programs/invitations/" + mail.outbox[0].body.split("/programs/invitations/")[1].split()[0]
    browser = _signed_in(UserFactory())
    page = browser.get(address).content.decode()
    assert "Practicums" in page and "150 practicum cases" in page
    assert browser.post(address, {"kinds": ["volume"]}).status_code == 422
    browser.post(address, {"kinds": ["practicum"]})
    assert Share.objects.open().get().kind == "practicum"
    assert browser.get(address).status_code == 404


def test_a_student_says_that_an_activity_is_done_and_takes_it_back(mine, student):
    activity = student.assignments.get(activity__isnull=False)
    for address, done in (("", True), ("?undo", False), ("", True), ("", True)):
        mine.post(url("done", activity.pk) + address)
        activity.refresh_from_db()
        assert (activity.done_on is not None) is done


def test_the_dashboard_has_the_assignments_in_one_more_query(mine, student):
    heartbeat()
    assert connection.features.supports_json_field  # which a SQLite connection asks once in its life
    PracticumFactory(coder=student.coder)
    evaluate_coders([student.coder_id])
    with CaptureQueriesContext(connection) as with_program:
        html = mine.get(reverse("tracker:dashboard")).content.decode()
    assert "100% done, 50% elapsed" in html
    enrolling.leave(student, by=student.coder.user)
    evaluate_coders([student.coder_id])
    with CaptureQueriesContext(connection) as without:
        mine.get(reverse("tracker:dashboard"))
    assert len(with_program) - len(without) == 1


def test_a_gap_that_only_a_program_asks_names_it_and_its_activities(mine, student, program, instructor):
    given = {"name": "Own one", "summary": "Because."}
    own = programs.save_milestone(program.organization, given, {"needs": SKILL}, by=instructor).milestone
    activity = type(student.assignments.exclude(activity=None).get().activity)(name="School’s exercise")
    programs.save_activity(program.organization, activity, milestones=[own], by=instructor)
    student.assignments.create(milestone=own, pinned_version=own.versions.get())
    evaluate_coders([student.coder_id])
    heartbeat()
    html = mine.get(reverse("tracker:gap", args=[own.slug])).content.decode()
    assert "School’s exercise" in html and program.name in html


def test_work_for_an_employer_is_the_students_and_completes_nothing(teacher, mine, student, instructor):
    """What the school sees counts there; where the student sees more, both are told, and why."""
    charts = make_milestone("charts", {"measure": "charts_coded", "target": "100"})
    student.assignments.all().delete()
    student.assignments.create(milestone=charts)
    coder, day = student.coder, student.coder.today()
    for employer in (OrganizationFactory(), OrganizationFactory()):
        VolumeFactory(coder=coder, starts_on=day, ends_on=day, charts=500, made_under=employer)
    evaluate_coders([coder.pk])
    heartbeat()
    completion.complete_programs()
    student.refresh_from_db()
    assert student.completed_on is None
    board = teacher.get(url("cohort", student.cohort_id)).content.decode()
    assert "0 of 1" in board and "1,000" not in board
    said = "sees “no evidence”, because of your work it sees only what you did since"
    for address in (
        url("assignments"),
        reverse("tracker:gap", args=["charts"]),
        reverse("tracker:dashboard"),
    ):
        assert said in mine.get(address).content.decode()
    VolumeFactory(
        coder=coder, starts_on=day, ends_on=day, charts=500, made_under=student.cohort.program.organization
    )
    evaluate_coders([coder.pk])
    assert said not in mine.get(url("assignments")).content.decode()
    completion.complete_programs()
    student.refresh_from_db()
    assert student.completed_on == day


# --- Certificates ---


def test_a_certificate_is_checked_by_anybody_and_says_when_it_is_revoked(client, teacher, mine, certificate):
    check = url("check", certificate.token)
    assert "genuine" in client.get(check).content.decode()
    pdf = mine.get(url("certificate", certificate.pk))
    assert pdf.content.startswith(b"%PDF-")
    teacher.post(url("revoke", certificate.pk), {"reason": "Given by mistake"})
    page = client.get(check).content.decode()
    assert "is revoked" in page and "mistake" not in page
    assert mine.get(url("certificate", certificate.pk)).status_code == 404
    assert client.get(url("check", "guessed")).status_code == 404


def test_outcomes_have_denominators_and_say_who_is_left_out(teacher, program, certificate, student):
    enrolling.share(student, ["practicum"], by=student.coder.user)
    html = teacher.get(url("outcomes", program.pk)).content.decode()
    assert "1 of 1" in html and "1 not shared" in html and "20.6–100.0%" in html


# --- Who teaches ---


def _invite_teacher(teacher, program, email="kim@x.example"):
    teacher.post(url("instructors", program.pk), {"email": email})
    invitation = Staff.objects.filter(invited_email=email).latest("pk")
    Staff.objects.filter(pk=invitation.pk).update(token_hash=digest_of("teach"))
    return invitation


def test_an_instructor_is_invited_by_mail_and_sees_nothing_before_the_yes(teacher, program, cohort):
    _invite_teacher(teacher, program)
    invitations.mail_waiting()
    assert "to teach in Coding basics" in mail.outbox[0].body
    assert len(mail.outbox) == 1 and not invitations.mail_waiting()
    assert "kim@x.example" in teacher.get(url("program", program.pk)).content.decode()
    Staff.objects.update(token_hash=None)
    Staff.objects.filter(invited_email="kim@x.example").update(token_hash=digest_of("teach"))
    kim = _signed_in(UserFactory(email="kim@x.example"))
    assert kim.get(url("cohort", cohort.pk)).status_code == 404
    link = reverse("tracker:invitation", args=["teach"])
    assert "Teach in Coding basics" in kim.get(link).content.decode()
    kim.post(link)
    assert kim.get(url("cohort", cohort.pk)).status_code == 200
    assert kim.get(link).status_code == 404


def test_an_invitation_to_teach_is_sent_once_and_can_be_withdrawn(teacher, program):
    for _again in range(2):
        invitation = _invite_teacher(teacher, program)
    assert Staff.objects.filter(invited_email="kim@x.example").count() == 1
    teaching = program.instructors.get(staff=invitation)
    teacher.post(url("instructor_remove", program.pk, teaching.pk))
    kim = _signed_in(UserFactory(email="kim@x.example"))
    assert kim.post(reverse("tracker:invitation", args=["teach"])).status_code == 404
    assert kim.get(url("program", program.pk)).status_code == 404


def test_only_who_teaches_invites_and_the_last_one_stays(teacher, program, mine):
    assert mine.post(url("instructors", program.pk), {"email": "a@x.example"}).status_code == 403
    assert not Staff.objects.filter(invited_email="a@x.example").exists()
    teacher.post(url("instructor_remove", program.pk, program.instructors.get().pk))
    assert program.instructors.count() == 1


def test_who_teaches_for_the_school_already_teaches_here_too(teacher, program):
    other = InstructorFactory(program=ProgramFactory(organization=program.organization)).staff
    _invite_teacher(teacher, program, other.user.email)
    _signed_in(other.user).post(reverse("tracker:invitation", args=["teach"]))
    assert program.instructors.filter(staff=other).exists() and program.instructors.count() == 2


# --- What a student is shown of what a program sees ---


def test_a_student_reads_in_one_place_what_each_program_sees_and_opens_it(teacher, mine, student):
    enrolling.share(student, ["practicum"], by=student.coder.user)
    PracticumFactory(coder=student.coder, cases=130)
    evaluate_coders([student.coder_id])
    page = mine.get(reverse("tracker:sharing")).content.decode()
    said = page.split("It sees:")[1].split("</p>")[0].lower()
    assert "practicum" in said and "credential" not in said and url("leave", student.pk) in page
    own = mine.get(url("seen", student.pk)).content.decode()
    theirs = teacher.get(url("student", student.cohort_id, student.pk)).content.decode()
    assert "130" in own and "130" in theirs and "This is what the instructors" in own
    for button in ("Sign off", "Take out of the cohort"):
        assert button in theirs and button not in own
    enrolling.leave(student, by=student.coder.user)
    assert mine.get(url("seen", student.pk)).status_code == 404
    assert url("leave", student.pk) not in mine.get(reverse("tracker:sharing")).content.decode()


def test_the_students_page_shows_what_is_shared_with_that_program_alone(teacher, student, instructor):
    """Not what another program sees in which the same instructor teaches."""
    other = InstructorFactory(program=ProgramFactory(organization=student.cohort.program.organization))
    EnrollmentFactory(cohort=CohortFactory(program=other.program), coder=student.coder)
    other.program.instructors.create(staff=instructor.staff.get())
    PracticumFactory(coder=student.coder, cases=137)
    enrolling.share(student, [], by=student.coder.user)
    assert "137" not in teacher.get(url("student", student.cohort_id, student.pk)).content.decode()
