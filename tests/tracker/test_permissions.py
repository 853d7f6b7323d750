"""Whose records one sees: one's own, and nobody else's."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from tests.factories import RECORD_FACTORIES, PayFactory, UserFactory
from tracker.models import RECORD_KINDS
from tracker.permissions import may_change, require_change, visible_pay, visible_records

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
