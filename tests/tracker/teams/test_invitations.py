"""From an invitation to what a team sees, and out again."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from curriculum.models import Role
from tests.factories import (
    CoderFactory,
    CredentialFactory,
    MembershipFactory,
    StaffFactory,
    TeamFactory,
    UserFactory,
)
from tracker.models import MemberGap, Membership, Staff, Staleness
from tracker.permissions import managed_teams, visible_records
from tracker.services import invitations, sharing
from tracker.services.evaluation import evaluate_coders
from tracker.services.teams import end_staff, found_organization, found_team
from tracker.services.verification import verify


@pytest.fixture
def invited(team, manager):
    """An open invitation and the token of its link."""
    return invitations.invitation_link(team, by=manager)


def test_a_token_is_stored_hashed_and_opens_its_invitation(invited):
    membership, token = invited
    assert token not in str(Membership.objects.filter(pk=membership.pk).values())
    assert invitations.invitation_for(token) == membership
    assert invitations.invitation_for(token + "x") is None
    assert invitations.invitation_for("") is None


def test_an_invitation_that_expired_was_withdrawn_or_used_opens_nothing(team, manager, invited):
    membership, token = invited
    with time_machine.travel(timezone.now() + dt.timedelta(days=15)):
        assert invitations.invitation_for(token) is None
    invitations.withdraw_invitation(membership, by=manager)
    assert invitations.invitation_for(token) is None
    _again, token = invitations.invitation_link(team, by=manager)
    coder = CoderFactory()
    sharing.accept_membership(token, coder, ["credential"], by=coder.user)
    other = CoderFactory()
    with pytest.raises(ValidationError, match="not open any more"):
        sharing.accept_membership(token, other, [], by=other.user)


def test_only_a_manager_invites(team, member):
    for nobody in (member.coder.user, StaffFactory().user, UserFactory(is_superuser=True)):
        with pytest.raises(PermissionDenied):
            invitations.invitation_link(team, by=nobody)
        with pytest.raises(PermissionDenied):
            invitations.invite_members(team, ["a@example.com"], by=nobody, site="http://here")


def test_an_invitation_is_mailed_once_and_its_link_works(team, manager, django_capture_on_commit_callbacks):
    wanted = ["Ann@Example.com", "ann@example.com ", "bo@example.com"]
    rows = invitations.invite_members(team, wanted, by=manager, site="https://coder.example")
    assert [row.invited_email for row in rows] == ["ann@example.com", "bo@example.com"]
    assert not invitations.invite_members(team, wanted, by=manager, site="https://coder.example")
    for _twice in range(2):
        invitations.mail_invitation("member", rows[0].pk)
    assert invitations.mail_waiting() == 1
    assert [message.to for message in mail.outbox] == [["ann@example.com"], ["bo@example.com"]]
    body = mail.outbox[0].body
    assert "Mara Ruiz invites you to the team Inpatient of Gulf Pines Health" in body
    (token,) = re.findall(r"https://coder\.example/invitations/([\w-]+)/", body)
    assert invitations.invitation_for(token) == rows[0]


def test_a_mail_that_could_not_be_sent_is_sent_later(team, manager, monkeypatch):
    (row,) = invitations.invite_members(team, ["ann@example.com"], by=manager, site="https://x")

    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(invitations.EmailMessage, "send", refuse)
        with pytest.raises(ConnectionRefusedError):
            invitations.mail_invitation("member", row.pk)
    row.refresh_from_db()
    assert row.mailed_at is None
    assert invitations.mail_waiting() == 1
    assert len(mail.outbox) == 1


def test_wrong_addresses_invite_nobody(team, manager):
    with pytest.raises(ValidationError, match="Not an e-mail address: nonsense"):
        invitations.invite_members(team, ["ann@example.com", "nonsense"], by=manager, site="https://x")
    assert not team.memberships.exists()


def test_joining_shares_what_was_chosen_and_nothing_before(team, manager, invited, signed_in):
    _membership, token = invited
    coder = CoderFactory()
    held = CredentialFactory(coder=coder)
    page = signed_in(coder.user)
    url = reverse("tracker:invitation", args=[token])
    shown = page.get(url).content.decode()
    assert "Mara Ruiz" in shown
    assert 'value="pay"' not in shown
    assert re.search(r'value="credential"[^>]*checked', shown)
    assert not re.search(r'value="target"[^>]*checked', shown)
    assert not visible_records(manager, type(held)).exists()
    assert page.post(url, {"kinds": ["volume"]}).status_code == 302
    membership = Membership.objects.open().get(coder=coder)
    assert membership.joined_on == coder.today()
    assert not visible_records(manager, type(held)).exists()
    sharing.change_shares(membership, ["credential"], by=coder.user)
    assert visible_records(manager, type(held)).get() == held
    assert page.get(url).status_code == 404


def test_one_is_in_a_team_once(team, manager, invited):
    coder = CoderFactory()
    MembershipFactory(team=team, coder=coder)
    with pytest.raises(ValidationError, match="already"):
        sharing.accept_membership(invited[1], coder, [], by=coder.user)


def test_what_is_taken_back_is_forgotten_at_once(team, member, catalogue):
    member.target_role = Role.objects.get(slug="coding-auditor")
    member.save()
    evaluate_coders([member.coder_id])
    assert MemberGap.objects.exists()
    sharing.change_shares(member, ["volume"], by=member.coder.user)
    assert not MemberGap.objects.exists()
    assert Staleness.objects.get(coder=member.coder).is_stale
    evaluate_coders([member.coder_id])
    sharing.leave_team(member, by=member.coder.user)
    assert not MemberGap.objects.exists()
    assert not member.shares.filter(revoked_at=None).exists()
    evaluate_coders([member.coder_id])
    assert not MemberGap.objects.exists()


def test_nobody_else_changes_what_one_shares(member, manager):
    with pytest.raises(PermissionDenied):
        sharing.change_shares(member, ["volume"], by=manager)
    with pytest.raises(PermissionDenied):
        sharing.leave_team(member, by=UserFactory())
    with pytest.raises(ValidationError, match="pay"):
        sharing.change_shares(member, ["pay"], by=member.coder.user)


def test_a_manager_is_invited_and_the_last_one_stays(team, manager, signed_in):
    row = invitations.invite_manager(team.organization, "new@example.com", by=manager, site="https://x")
    invitations.mail_invitation("staff", row.pk)
    (token,) = re.findall(r"/invitations/([\w-]+)/", mail.outbox[0].body)
    second = UserFactory()
    assert not managed_teams(second).exists()
    page = signed_in(second)
    assert "Manage the teams of Gulf Pines Health" in page.get(f"/invitations/{token}/").content.decode()
    page.post(f"/invitations/{token}/")
    assert managed_teams(second).get() == team
    first, last = Staff.objects.managers().order_by("pk")
    end_staff(first, by=second)
    with pytest.raises(ValidationError, match="Somebody must manage"):
        end_staff(last, by=second)


def test_anybody_may_found_a_team(db):
    user = UserFactory()
    organization = found_organization("  Lakeside   Hospital ", by=user)
    team = found_team(organization, "Night shift", by=user)
    assert (organization.name, managed_teams(user).get()) == ("Lakeside Hospital", team)
    assert team.standard.owner == organization
    with pytest.raises(ValidationError):
        found_team(organization, "Night shift", by=user)
    with pytest.raises(PermissionDenied):
        found_team(organization, "Other", by=UserFactory())
    with pytest.raises(ValidationError):
        found_organization("MRN 1234567", by=user)


def test_one_person_invites_only_so_many_a_day(team, manager, settings, signed_in):
    settings.INVITATIONS_A_DAY = 3
    invitations.invite_members(team, ["a@example.com", "b@example.com"], by=manager, site="https://x")
    invitations.invitation_link(team, by=manager)  # a link is mailed to nobody
    page, url = signed_in(manager), reverse("tracker:team_people", args=[team.pk])
    refused = page.post(url, {"form": "invite", "emails": "c@example.com d@example.com"})
    assert refused.status_code == 422
    assert "3 people by e-mail within 24 hours: 1 more now" in refused.content.decode()
    assert team.memberships.exclude(invited_email="").count() == 2
    assert page.post(url, {"form": "manager", "email": "m@example.com", "whole": "no"}).status_code == 302
    refused = page.post(url, {"form": "manager", "email": "n@example.com", "whole": "no"})
    assert "within 24 hours" in refused.content.decode()
    # Withdrawing frees nothing; a day does. Another manager has days of their own.
    for row in team.memberships.invited():
        invitations.withdraw_invitation(row, by=manager)
    with pytest.raises(ValidationError, match="within 24 hours"):
        invitations.invite_members(team, ["c@example.com"], by=manager, site="https://x")
    other = StaffFactory(organization=team.organization).user
    assert invitations.invite_members(team, ["c@example.com"], by=other, site="https://x")
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25)):
        assert invitations.invite_members(team, ["d@example.com"], by=manager, site="https://x")


def test_a_manager_of_one_team_manages_that_one_and_no_other(team, manager, member, signed_in):
    second = TeamFactory(organization=team.organization, name="Outpatient")
    elsewhere = MembershipFactory(team=second)
    invitations.invite_manager(team.organization, "new@example.com", by=manager, site="https://x", team=team)
    invitations.mail_waiting()
    assert "to manage the team Inpatient of Gulf Pines Health" in mail.outbox[0].body
    (token,) = re.findall(r"/invitations/([\w-]+)/", mail.outbox[0].body)
    user = UserFactory(full_name="Only One")
    page = signed_in(user)
    assert (
        "Manage the team Inpatient of Gulf Pines Health"
        in page.get(f"/invitations/{token}/").content.decode()
    )
    page.post(f"/invitations/{token}/")
    assert list(managed_teams(user)) == [team]
    here, there = CredentialFactory(coder=member.coder), CredentialFactory(coder=elsewhere.coder)
    assert list(visible_records(user, type(here))) == [here]
    assert verify(team, {"credential": [here.pk]}, by=user) == [here]
    with pytest.raises(PermissionDenied):
        verify(second, {"credential": [there.pk]}, by=user)
    with pytest.raises(PermissionDenied):
        found_team(team.organization, "A third", by=user)
    with pytest.raises(PermissionDenied):
        invitations.invite_manager(team.organization, "x@example.com", by=user, site="https://x")
    assert page.get(reverse("tracker:team_people", args=[second.pk])).status_code == 404
    people = reverse("tracker:team_people", args=[team.pk])
    assert 'name="whole"' not in page.get(people).content.decode()
    assert (
        page.post(people, {"form": "manager", "email": "deputy@example.com", "whole": "yes"}).status_code
        == 302
    )
    assert Staff.objects.get(invited_email="deputy@example.com").team == team
    # The coder reads who sees them; a manager of the other team is not among them.
    seen = (
        signed_in(member.coder.user).get(reverse("tracker:share_change", args=[member.pk])).content.decode()
    )
    assert "Only One" in seen
    seen = (
        signed_in(elsewhere.coder.user)
        .get(reverse("tracker:share_change", args=[elsewhere.pk]))
        .content.decode()
    )
    assert "Only One" not in seen
    # Nobody of one team takes the organization's manager away; the organization's takes them away.
    whole = Staff.objects.get(user=manager)
    with pytest.raises(PermissionDenied):
        end_staff(whole, by=user)
    signed_in(manager).post(reverse("tracker:manager_end", args=[team.pk, Staff.objects.get(user=user).pk]))
    assert not managed_teams(user).exists()
    assert page.get(people).status_code == 404


def test_whoever_never_answered_is_forgotten_after_a_month(team, manager, member):
    def invite(email):
        return invitations.invite_members(team, [email], by=manager, site="https://x")[0]

    waiting, withdrawn = invite("ann@example.com"), invite("bo@example.com")
    invitations.withdraw_invitation(withdrawn, by=manager)
    sharing.leave_team(member, by=member.coder.user)
    now, days = timezone.now(), dt.timedelta(days=1)
    assert invitations.forget_unanswered(now + 29 * days) == 0
    assert invitations.forget_unanswered(now + 31 * days) == 1
    assert set(team.memberships.all()) == {waiting, member}  # who was on the team is no mere invitation
    assert invitations.forget_unanswered(waiting.expires_at + 31 * days) == 1
    assert set(team.memberships.all()) == {member}
