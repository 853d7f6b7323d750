"""A manager invites, a coder accepts, and the team page shows what is shared: mail, broker, worker and pages are real."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from curriculum.catalogue import load
from curriculum.models import Role
from tests.curriculum.small_catalogue import write_small_catalogue
from tests.factories import CoderFactory, SkillFactory, UserFactory
from tracker.models import MemberEvaluation, Membership, SkillShown, Staleness
from tracker.services.invitations import mail_invitation
from tracker.services.records import save_record


@pytest.fixture
def catalogue(transactional_db, tmp_path):
    load(write_small_catalogue(tmp_path))


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_from_an_invitation_to_the_team_page(catalogue, worker):
    manager, coder = UserFactory(full_name="Mara Ruiz"), CoderFactory(user__full_name="Linh Tran")
    skill = SkillShown(coder=coder, skill=SkillFactory(), since=coder.today(), shown_by="Daily use")
    save_record(skill, by=coder.user)
    leads, codes = signed_in(manager), signed_in(coder.user)
    leads.post(reverse("tracker:teams"), {"organization_name": "Gulf Pines", "team_name": "Inpatient"})
    team_pk = manager.staff.get().organization.teams.get().pk
    leads.post(reverse("tracker:team_people", args=[team_pk]), {"form": "invite", "emails": coder.user.email})
    membership = Membership.objects.get()
    # The worker writes its mail to a file of its own; that it did is in the database.
    worker.until(lambda: Membership.objects.get().mailed_at, "The invitation was not mailed")
    Membership.objects.update(mailed_at=None)
    assert mail_invitation("member", membership.pk)
    (path,) = re.findall(r"(/invitations/[\w-]+/)", mail.outbox[0].body)
    board = reverse("tracker:team", args=[team_pk])
    assert "Linh Tran" not in leads.get(board).content.decode()
    assert codes.post(path, {"kinds": ["skill"]}).status_code == 302
    role = Role.objects.get(slug="coding-auditor")
    leads.post(
        reverse("tracker:team_person", args=[team_pk, membership.pk]),
        {"job_title": "Auditor", "target_role": role.pk},
    )
    worker.until(
        lambda: (
            MemberEvaluation.objects.filter(target=role).exists()
            and not Staleness.objects.get(coder=coder).is_stale
        ),
        "The member was not evaluated",
    )
    page = leads.get(board).content.decode()
    assert "Linh Tran" in page
    assert "Unknown" in page
    seen = leads.get(reverse("tracker:team_member", args=[team_pk, membership.pk])).content.decode()
    assert str(skill.skill) in seen
    assert "the team page" in codes.get(reverse("tracker:sharing")).content.decode()
    codes.post(reverse("tracker:share_leave", args=[membership.pk]))
    assert "Linh Tran" not in leads.get(board).content.decode()
    assert leads.get(reverse("tracker:team_member", args=[team_pk, membership.pk])).status_code == 404
