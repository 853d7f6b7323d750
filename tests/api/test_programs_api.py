"""Programs by the API: the same services and the same doors as the pages."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from tests.factories import (
    CohortFactory,
    EnrollmentFactory,
    InstructorFactory,
    LearningActivityFactory,
    ProgramFactory,
)
from tracker.models import AccessLog, Enrollment, SignOff

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
        "status": "open", "in_words": "open", "done": False,
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
