"""Whose records one sees: one's own, and what is shared with a team that one manages, while it is."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import (
    DAY,
    RECORD_FACTORIES,
    AuditFactory,
    CoderFactory,
    CredentialFactory,
    MembershipFactory,
    OrganizationFactory,
    PayFactory,
    StaffFactory,
    UserFactory,
    VolumeFactory,
)
from tracker.models import RECORD_KINDS, AuditScore, Credential, Share, Volume
from tracker.permissions import (
    WORK_MODELS,
    managed_members,
    managed_teams,
    may_change,
    own_records,
    require_change,
    require_manager,
    shared_records,
    shared_under,
    visible_pay,
    visible_records,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_only_the_owner_sees_a_record(kind, coder, stranger):
    record = RECORD_FACTORIES[kind](coder=coder)
    model = RECORD_KINDS[kind]
    assert visible_records(coder.user, model).get() == record
    for other in (stranger.user, UserFactory(is_staff=True, is_superuser=True), AnonymousUser()):
        assert not visible_records(other, model, with_removed=True).exists()


def test_removed_records_are_seen_only_where_they_are_asked_for(coder):
    removed = RECORD_FACTORIES["volume"](coder=coder, removed=True)
    assert not visible_records(coder.user, type(removed)).exists()
    assert visible_records(coder.user, type(removed), with_removed=True).get() == removed


def test_only_the_owner_sees_pay(coder, stranger):
    pay = PayFactory(coder=coder)
    assert visible_pay(coder.user).get() == pay
    for other in (stranger.user, UserFactory(is_staff=True, is_superuser=True), AnonymousUser()):
        assert not visible_pay(other).exists()


def test_only_the_owner_may_change_and_the_site_itself(coder, stranger):
    assert may_change(coder.user, coder)
    assert not may_change(stranger.user, coder)
    assert not may_change(AnonymousUser(), coder)
    require_change(coder.user, coder)
    require_change(None, coder)
    for other in (stranger.user, AnonymousUser()):
        with pytest.raises(PermissionDenied):
            require_change(other, coder)


@pytest.fixture
def shared(db):
    """A member of a team with a manager, who shares everything; `made_under` is the team's organization."""
    membership = MembershipFactory()
    organization = membership.team.organization
    return membership, StaffFactory(organization=organization).user, organization


def all_kinds(coder, made_under=None):
    return {
        kind: make(coder=coder, made_under=made_under if RECORD_KINDS[kind] in WORK_MODELS else None)
        for kind, make in RECORD_FACTORIES.items()
    }


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_a_manager_sees_a_kind_that_is_shared_and_no_other(kind, shared):
    membership, manager, organization = shared
    records = all_kinds(membership.coder, organization)
    membership.shares.exclude(kind=kind).delete()
    for other, model in RECORD_KINDS.items():
        seen = list(visible_records(manager, model))
        assert seen == ([records[kind]] if other == kind else [])
        assert list(shared_records(membership, model)) == seen
        assert not own_records(manager, model).exists()
    assert not visible_pay(manager).exists()


@pytest.mark.parametrize("model", WORK_MODELS)
def test_work_of_another_employer_or_before_joining_is_never_seen(model, shared):
    membership, manager, organization = shared
    make = RECORD_FACTORIES[model.KIND]
    make(coder=membership.coder, made_under=None)
    make(coder=membership.coder, made_under=OrganizationFactory())
    own = make(coder=membership.coder, made_under=organization)
    assert list(visible_records(manager, model)) == [own]
    membership.joined_on = DAY + dt.timedelta(days=1)
    membership.save()
    assert not visible_records(manager, model).exists()


def test_nobody_sees_anything_before_acceptance_after_leaving_or_after_it_is_taken_back(shared):
    membership, manager, organization = shared
    all_kinds(membership.coder, organization)
    assert visible_records(manager, Volume).exists()
    for change, back in (
        ({"left_at": membership.accepted_at}, {"left_at": None}),
        ({"accepted_at": None}, {"accepted_at": membership.accepted_at}),
    ):
        for values, sees in ((change, False), (back, True)):
            type(membership).objects.filter(pk=membership.pk).update(**values)
            assert all(visible_records(manager, m).exists() is sees for m in RECORD_KINDS.values())
            assert managed_members(manager).exists() is sees
    Share.objects.update(revoked_at=membership.accepted_at)
    assert not any(visible_records(manager, m).exists() for m in RECORD_KINDS.values())


def test_only_a_manager_of_the_teams_organization_sees(shared):
    membership, manager, organization = shared
    all_kinds(membership.coder, organization)
    colleague = MembershipFactory(team=membership.team).coder.user
    strangers = (
        StaffFactory().user,
        StaffFactory(organization=organization, role="instructor").user,
        StaffFactory(organization=organization, accepted_at=None).user,
        StaffFactory(organization=organization, ended_at=membership.accepted_at).user,
        UserFactory(is_superuser=True, is_staff=True),
        colleague,
        AnonymousUser(),
    )
    for other in strangers:
        assert not any(visible_records(other, m, with_removed=True).exists() for m in RECORD_KINDS.values())
        assert not managed_teams(other).exists()
        with pytest.raises(PermissionDenied):
            require_manager(other, organization)
    require_manager(manager, organization)
    assert managed_teams(manager).get() == membership.team


def test_one_employer_sees_nothing_that_another_shares_in(shared):
    membership, manager, organization = shared
    second = MembershipFactory(coder=membership.coder)
    there = VolumeFactory(coder=membership.coder, made_under=second.team.organization)
    here = VolumeFactory(coder=membership.coder, made_under=organization)
    assert list(visible_records(manager, Volume)) == [here]
    assert list(shared_records(second, Volume)) == [there]


def test_a_planned_credential_is_nobodys_business(shared):
    membership, manager, _organization = shared
    CredentialFactory(coder=membership.coder, earned_on=None, expires_on=None, planned_on=DAY)
    assert not visible_records(manager, Credential).exists()
    assert visible_records(membership.coder.user, Credential).exists()


def test_the_door_works_from_a_table_beside_the_record(shared):
    membership, _, organization = shared
    inside = AuditFactory(coder=membership.coder, made_under=organization)
    AuditFactory(coder=membership.coder)
    rows = AuditScore.objects.filter(
        shared_under(type(inside), Q(membership__team=membership.team), record="audit")
    )
    assert [row.audit for row in rows] == [inside]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_seen_is_exactly_what_the_rule_says(db, data):
    """Any mix of teams, shares and records: a manager sees a record just if the ruling, spelled out, says so."""
    with transaction.atomic():
        organizations = [OrganizationFactory() for _ in range(2)]
        managers = [StaffFactory(organization=o).user for o in organizations]
        coder = CoderFactory()
        day = st.dates(dt.date(2026, 1, 1), dt.date(2026, 1, 9))
        members = [
            MembershipFactory(
                team__organization=organization,
                coder=coder,
                joined_on=data.draw(day),
                shares=data.draw(st.sets(st.sampled_from(["volume", "credential"]))),
                left_at=data.draw(st.sampled_from([None, timezone.now()])),
            )
            for organization in data.draw(st.lists(st.sampled_from(organizations), max_size=3))
        ]
        made = [
            VolumeFactory(
                coder=coder,
                starts_on=dt.date(2026, 1, 1),
                ends_on=data.draw(day),
                made_under=data.draw(st.sampled_from([None, *organizations])),
            )
            for _ in range(3)
        ]
        held = CredentialFactory(coder=coder)
        for manager, organization in zip(managers, organizations, strict=True):
            theirs = [m for m in members if m.team.organization == organization and m.left_at is None]
            kinds = {m.pk: {share.kind for share in m.shares.all()} for m in theirs}
            since = [m.joined_on for m in theirs if "volume" in kinds[m.pk]]
            volumes = {
                v.pk for v in made if v.made_under == organization and any(v.ends_on >= day for day in since)
            }
            assert {v.pk for v in visible_records(manager, Volume)} == volumes
            sees_it = any("credential" in kinds[m.pk] for m in theirs)
            assert list(visible_records(manager, Credential)) == ([held] if sees_it else [])
        assert {v.pk for v in visible_records(coder.user, Volume)} == {v.pk for v in made}
        transaction.set_rollback(True)
