"""How a gap under a team's standard came about: the same figures as are stored, from what is shared alone."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from tests.factories import DAY, AuditFactory, MembershipFactory, OrganizationFactory, StaffFactory
from tracker.models import AccessLog, MemberGap, Share, StandardVersion
from tracker.selectors.members import evidence
from tracker.services.evaluation import evaluate_coders

from .conftest import CASES

NOON = dt.datetime.combine(DAY, dt.time(17), dt.UTC)


@pytest.fixture
def member(ask):
    """Two audits here, one of them targeted, and one elsewhere."""
    ask("accurate", CASES, by="foundation")
    member = MembershipFactory()
    coder, here = member.coder, member.team.organization
    AuditFactory(coder=coder, made_under=here, scores={"case": (37, 40)}, audited_on=DAY)
    AuditFactory(coder=coder, made_under=here, scores={"case": (9, 30)}, audited_on=DAY, basis="targeted")
    AuditFactory(coder=coder, made_under=OrganizationFactory(), scores={"case": (400, 400)}, audited_on=DAY)
    return member


@pytest.fixture
def found(member):
    def found():
        assert not evaluate_coders([member.coder_id], DAY).failed
        member.refresh_from_db()
        return evidence(member, "accurate", DAY)

    return found


def test_the_steps_are_of_what_the_team_sees(member, found):
    explained = found().explanation
    gap = MemberGap.objects.get()
    (condition,) = explained.conditions
    assert (gap.numerator, gap.denominator) == (37, 40)
    assert condition.steps[0].how == "37 ÷ 40"
    assert [noted.record.scores.get().reviewed for noted in explained.records] == [40]
    (targeted,) = explained.left_out
    assert targeted.record.basis == "targeted" and "aimed at a problem" in targeted.note


def test_the_teams_own_target_is_in_it_and_named(member, found):
    StandardVersion.objects.create(
        standard=member.team.standard, no=1, valid_from=dt.date(2026, 1, 1), accuracy_target=Decimal(90)
    )
    explained = found().explanation
    assert explained.status == "met" and "90" in explained.rule.in_words
    assert "version 1 of the team" in explained.rule.standard
    assert any("reaches the target" in step.result for step in explained.conditions[0].steps)


def test_what_is_not_shared_is_named_and_nothing_is_worked_out(member, found):
    Share.objects.filter(kind="audit").update(revoked_at=timezone.now())
    explained = found().explanation
    assert (explained.conditions, explained.records, explained.left_out) == ([], [], [])
    assert explained.not_shared == ["Audit results"]


@time_machine.travel(NOON)
def test_manager_and_member_read_it_and_nobody_else(client, member, found, django_user_model):
    found()
    manager = StaffFactory(organization=member.team.organization).user
    stranger = StaffFactory().user
    page = reverse("tracker:team_evidence", args=[member.team_id, member.pk, "accurate"])
    own = reverse("tracker:share_evidence", args=[member.pk, "accurate"])
    api = f"/api/v1/team-members/{member.pk}/gaps/accurate/explanation/"
    client.force_login(manager)
    assert "37 ÷ 40" in client.get(page).content.decode()
    assert client.get(api).json()["conditions"][0]["steps"][0]["how"] == "37 ÷ 40"
    assert AccessLog.objects.get().viewer == manager
    client.force_login(member.coder.user)
    assert "37 ÷ 40" in client.get(own).content.decode()
    for user in (member.coder.user, stranger):
        client.force_login(user)
        assert client.get(page).status_code == client.get(api).status_code == 404
