"""From an invitation to a certificate through a real broker and a real worker process."""

import datetime as dt
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.test import Client
from django.urls import reverse

from coderpath_site.mailbox import described, read_messages
from curriculum.models import LearningActivity, Milestone, MilestoneVersion, Standard
from tests.factories import CohortFactory, InstructorFactory, ProgramFactory, UserFactory
from tracker.models import Certificate, Enrollment, Practicum, Staleness
from tracker.services.programs import Wanted, add_version
from tracker.services.records import save_record

CASES = {"measure": "practicum", "params": {"of": "cases"}, "target": "150"}


@pytest.fixture
def cohort(transactional_db):
    Standard.installation()
    cases = Milestone.objects.create(slug="practicum-cases", name="Cases", summary="test", source="test")
    MilestoneVersion.objects.create(
        milestone=cases, valid_from=dt.date(2000, 1, 1), definition={"needs": CASES}
    )
    exercise = LearningActivity.objects.create(slug="exercise", name="Exercise", source="test")
    teacher = InstructorFactory(program=ProgramFactory(name="Basics"))
    wanted = [Wanted(milestone=cases, due_days=60), Wanted(activity=exercise, by_signoff=True, due_days=30)]
    add_version(teacher.program, wanted, by=teacher.staff.user)
    today = UserFactory.build().today()  # where the student is
    return CohortFactory(
        program=teacher.program, opens_on=today, starts_on=today - dt.timedelta(days=30), ends_on=today + dt.timedelta(days=60)
    )  # fmt: skip


def _browser(user):
    browser = Client()
    browser.force_login(user)
    return browser


def test_from_the_invitation_to_the_certificate(cohort, worker):
    teacher = _browser(cohort.program.instructors.get().staff.user)
    student = UserFactory(email="ana@x.example", full_name="Ana Ruiz")

    teacher.post(
        reverse("programs:invite", args=[cohort.pk]), {"people": "ana@x.example,Ana Ruiz", "send": ""}
    )
    worker.until(lambda: Enrollment.objects.filter(mailed_at__isnull=False).exists(), "The mail was not sent")
    # The row is claimed before the mail is sent, so that nobody is written to twice.
    link = worker.until(_mailed_link, "No mail was written")

    browser = _browser(student)
    assert "Practicums" in browser.get(link).content.decode()
    browser.post(link, {"kinds": ["practicum"]})
    enrollment = Enrollment.objects.open().get()

    day = enrollment.coder.today()
    practicum = Practicum(
        coder=enrollment.coder, starts_on=day - dt.timedelta(days=20), ends_on=day, cases=160
    )
    save_record(practicum, by=student)
    exercise = enrollment.assignments.get(activity__isnull=False)
    browser.post(reverse("programs:done", args=[exercise.pk]))
    worker.until(lambda: not Staleness.objects.get(coder=enrollment.coder).is_stale, "Not evaluated")
    assert not Certificate.objects.exists()

    board = teacher.get(reverse("programs:sign_offs", args=[cohort.pk])).content.decode()
    assert (
        "Exercise" in board and "Cases" not in board.split("<main")[1].split("Exercise")[0].split("<ul")[-1]
    )
    teacher.post(reverse("programs:sign_offs", args=[cohort.pk]), {"assignment": [exercise.pk]})
    certificate = worker.until(lambda: Certificate.objects.first(), "No certificate was issued")
    current_app.send_task("tracker.complete_programs")  # as the schedule does every minute
    worker.until(worker.idle)
    assert Certificate.objects.count() == 1

    assert browser.get(reverse("programs:certificate", args=[certificate.pk])).content.startswith(b"%PDF-")
    assert "genuine" in Client().get(reverse("programs:check", args=[certificate.token])).content.decode()


def _mailed_link() -> str | None:
    """What the worker mailed stands in a file, as on any development machine."""
    directory = Path(settings.EMAIL_FILE_PATH)
    for key, message in read_messages(directory):
        mailed = described(key, message)
        if mailed["to"] == "ana@x.example":
            (directory / f"{key.rpartition('.')[0]}.log").unlink()
            return "/programs/invitations/" + mailed["body"].split("/programs/invitations/")[1].split()[0]
    return None
