"""Programs by the API: the same services and the same doors as the pages."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from tests.factories import (
    CohortFactory,
    ContinuingEducationFactory,
    EnrollmentFactory,
    InstructorFactory,
    LearningActivityFactory,
    ProgramFactory,
    UserFactory,
)
from tracker.models import AccessLog, Certificate, Enrollment, SignOff
from tracker.services import completion

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"api:{name}", args=args)


def _client(user):
    client = APIClient()
    client.force_login(user)
    return client


@pytest.fixture
def teacher():
    return InstructorFactory()


@pytest.fixture
def student(teacher):
    student = EnrollmentFactory(cohort=CohortFactory(program=teacher.program))
    student.assignments.create(activity=LearningActivityFactory())
    return student


def test_a_student_reads_what_is_asked_and_says_that_it_is_done(student):
    client, pk = _client(student.coder.user), student.assignments.get().pk
    (program,) = client.get(url("assignments")).json()
    assert program["assignments"][0] == {
        "id": pk, "name": "Exercise", "milestone": "", "required": True, "by_signoff": False, "due_on": None,
        "status": "open", "in_words": "open", "done": False, "differs": "",
    }  # fmt: skip
    for done in (True, True, False):
        assert client.post(url("assignment-done", pk), {"done": done}, format="json").status_code == 204
        assert client.get(url("assignments")).json()[0]["assignments"][0]["done"] is done
    assert (
        _client(EnrollmentFactory().coder.user).post(url("assignment-done", pk), format="json").status_code
        == 404
    )


def test_an_instructor_reads_the_board_and_leaves_a_trace(teacher, student):
    client = _client(teacher.staff.user)
    assert client.get(url("programs")).json()[0]["cohorts"][0]["id"] == student.cohort_id
    (row,) = client.get(url("cohort-students", student.cohort_id)).json()
    assert (row["name"], row["pace"]["done"]) == (student.coder.user.full_name, 0)
    assert AccessLog.objects.get().coder == student.coder


def test_what_an_instructor_does_is_done_once(teacher, student):
    client, pk = _client(teacher.staff.user), student.assignments.get().pk
    sent = {"assignments": [pk], "until": "2031-05-06", "reason": "Snow", "dry_run": True}
    assert client.post(url("cohort-extensions", student.cohort_id), sent, format="json").json()["done"] == 1
    assert student.assignments.get().due_on is None
    for done in (1, 0):
        sent["dry_run"] = False
        assert (
            client.post(url("cohort-extensions", student.cohort_id), sent, format="json").json()["done"]
            == done
        )
    for done in (1, 0):
        answer = client.post(url("cohort-sign-offs", student.cohort_id), {"assignments": [pk]}, format="json")
        assert answer.json()["done"] == done
    assert SignOff.objects.count() == 1
    people = {"people": [{"email": "a@x.example"}, {"email": "no address"}]}
    answer = client.post(url("cohort-invitations", student.cohort_id), people, format="json").json()
    assert (answer["done"], sum(answer["skipped"].values())) == (1, 1)


@pytest.mark.parametrize("who", ["a student", "another instructor"])
def test_nobody_else_gets_at_a_cohort(student, teacher, who):
    other = InstructorFactory(program=ProgramFactory(organization=teacher.program.organization)).staff.user
    client = _client(student.coder.user if who == "a student" else other)
    before = Enrollment.objects.count()
    assert client.get(url("cohort-students", student.cohort_id)).status_code == 404
    for name in ("cohort-sign-offs", "cohort-extensions", "cohort-invitations"):
        assert client.post(url(name, student.cohort_id), {}, format="json").status_code == 404
    assert Enrollment.objects.count() == before


# --- Everything the pages do ---


def test_a_program_is_opened_filled_and_taught_by_the_api():
    client, activity = _client(UserFactory()), LearningActivityFactory()
    answer = client.post(url("programs"), {"name": "Basics", "school": "Northside"}, format="json")
    assert answer.status_code == 201
    pk = answer.json()["id"]
    assert (
        client.patch(url("program", pk), {"summary": "Ten weeks"}, format="json").json()["summary"]
        == "Ten weeks"
    )
    cohort = {"name": "Fall", "opens_on": "2026-08-01", "starts_on": "2026-09-01", "ends_on": "2036-12-01"}
    number = client.post(url("program-cohorts", pk), cohort, format="json").json()["id"]
    assert (
        client.patch(url("cohort", number), {"open_to_all": True}, format="json").json()["open_to_all"]
        is True
    )
    items = {"items": [{"activity": activity.slug, "due_days": 30}]}
    for _again in range(2):
        made = client.post(url("program-versions", pk), items, format="json").json()
        assert (made["version"]["no"], made["plans"][0]["cohort"]) == (2, number)
    give = {"version": 2, "dry_run": True}
    assert client.post(url("cohort-version", number), give, format="json").status_code == 200
    assert client.get(url("cohort", number)).json()["version"] == 1
    client.post(url("cohort-version", number), {"version": 2}, format="json")
    assert client.get(url("cohort", number)).json()["version"] == 2
    own = {"name": "Own exercise", "hours": "2.0"}
    made = client.post(url("program-activities", pk), own, format="json").json()
    changed = client.patch(url("program-activity", pk, made["id"]), {"provider": "Us"}, format="json").json()
    assert (changed["provider"], changed["hours"]) == ("Us", "2.0")
    definition = {"needs": {"measure": "skills", "target": "1"}}
    given = {"name": "Own", "summary": "Because", "definition": definition}
    assert client.post(url("program-milestones", pk), given, format="json").json()["version"] == 1
    wrong = given | {"definition": {"needs": {"measure": "nonsense", "target": "1"}}}
    assert client.post(url("program-milestones", pk), wrong, format="json").status_code == 400
    teaching = client.post(url("program-instructors", pk), {"email": "kim@x.example"}, format="json").json()
    assert teaching["accepted"] is False
    assert client.delete(url("program-instructor", pk, teaching["id"])).status_code == 204
    assert client.get(url("program-outcomes", pk)).json()[0]["of"] == 0
    link = client.post(url("cohort-link", number)).json()["link"]
    assert "/programs/join/" in link and client.delete(url("cohort-link", number)).status_code == 204


def test_from_a_waiver_to_a_certificate_that_is_revoked(teacher, student):
    client, cohort = _client(teacher.staff.user), student.cohort_id
    pk = student.assignments.get().pk
    waiver = {"assignments": [pk], "kind": "prior", "reason": "Did it at work"}
    for done in (1, 0):
        assert client.post(url("cohort-waivers", cohort), waiver, format="json").json()["done"] == done
    (action,) = client.get(url("cohort-actions", cohort)).json()
    assert action["can_undo"]
    assert client.post(url("cohort-undo", cohort, action["id"])).json()["left"] == ""
    assert not student.assignments.get().waivers.filter(withdrawn_at=None).exists()
    chosen = {"student": student.pk}
    assert client.post(url("cohort-certificates", cohort), chosen, format="json").status_code == 400
    client.post(url("cohort-sign-offs", cohort), {"assignments": [pk]}, format="json")
    completion.complete_programs()
    first, second = (
        client.post(url("cohort-certificates", cohort), chosen, format="json").json() for _n in "12"
    )
    assert first == second
    token = Certificate.objects.get().token
    mine = _client(student.coder.user)
    assert mine.get(url("certificates")).json()[0]["number"] == first["number"]
    assert mine.get(url("certificate-check", token)).json()["stands"] is True
    assert (
        mine.post(url("certificate-revocation", first["id"]), {"reason": "x"}, format="json").status_code
        == 404
    )
    revoked = client.post(url("certificate-revocation", first["id"]), {"reason": "By mistake"}, format="json")
    assert revoked.json()["revoked"] is True
    answer = mine.get(url("certificate-check", token))
    assert answer.json()["stands"] is False and "mistake" not in answer.content.decode()
    message = {"students": [student.pk], "subject": "Hello", "body": "See you."}
    assert client.post(url("cohort-messages", cohort), message, format="json").json()["students"] == 1
    assert client.delete(url("cohort-student", cohort, student.pk)).status_code == 204
    assert client.delete(url("cohort-student", cohort, student.pk)).status_code == 404


def test_a_record_of_ones_own_shows_that_an_activity_was_taken(student):
    client, pk = _client(student.coder.user), student.assignments.get().pk
    theirs = ContinuingEducationFactory()
    mine = ContinuingEducationFactory(coder=student.coder)
    address = url("assignment-done", pk)
    assert client.post(address, {"record": theirs.pk}, format="json").status_code == 404
    assert client.post(address, {"record": mine.pk}, format="json").status_code == 204
    assert student.assignments.get().done_on == mine.completed_on


@pytest.mark.parametrize("who", ["a student", "another instructor"])
def test_nobody_else_changes_a_program(student, teacher, who):
    other = InstructorFactory(program=ProgramFactory(organization=teacher.program.organization)).staff.user
    client = _client(student.coder.user if who == "a student" else other)
    for name in ("versions", "cohorts", "activities", "milestones", "instructors"):
        assert client.post(url(f"program-{name}", teacher.program.pk), {}, format="json").status_code == 404
    for name in ("version", "link", "waivers", "messages", "certificates"):
        assert client.post(url(f"cohort-{name}", student.cohort_id), {}, format="json").status_code == 404
    assert client.patch(url("program", teacher.program.pk), {}, format="json").status_code == 404
    assert client.patch(url("cohort", student.cohort_id), {}, format="json").status_code == 404
    assert client.delete(url("cohort-student", student.cohort_id, student.pk)).status_code == 404
    sent = {"name": "Mine", "organization": teacher.program.organization_id}
    status = client.post(url("programs"), sent, format="json").status_code
    assert status == (404 if who == "a student" else 201)
