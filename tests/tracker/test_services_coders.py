"""What a coder says about themself, and what follows from saying it."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests import factories
from tracker.models import Coder, ProductivityTarget, Staleness
from tracker.services.coders import (
    choose_target,
    coder_of,
    finish_onboarding,
    set_productivity_target,
    update_coder,
)

pytestmark = pytest.mark.django_db


def test_everyone_has_one_coder_made_once_and_stale_from_the_start():
    user = factories.UserFactory()
    coder = coder_of(user)
    assert coder_of(user) == coder
    assert Coder.objects.filter(user=user).count() == 1
    assert Staleness.objects.get(coder=coder).is_stale


def test_a_profile_is_stored_in_part(coder):
    role = factories.RoleFactory()
    update_coder(
        coder, {"full_name": "Ana Reyes", "stated_role": role, "stated_years": Decimal("2.5")}, by=coder.user
    )
    update_coder(coder, {"time_zone": "America/Chicago"}, by=coder.user)
    coder = Coder.objects.get(pk=coder.pk)
    assert (coder.user.full_name, coder.user.time_zone) == ("Ana Reyes", "America/Chicago")
    assert (coder.stated_role, coder.stated_years) == (role, Decimal("2.5"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"time_zone": "Mars"}, "time_zone"), ({"stated_years": Decimal(61)}, "stated_years"),
     ({"stated_years": Decimal(-1)}, "stated_years"), ({"full_name": "x" * 121}, "full_name")],
)  # fmt: skip
def test_an_impossible_profile_is_refused_whole(changes, field, coder):
    with pytest.raises(ValidationError) as caught:
        update_coder(coder, {"track": factories.TrackFactory(), **changes}, by=coder.user)
    assert field in caught.value.message_dict
    assert Coder.objects.get(pk=coder.pk).track is None


def test_what_a_coder_does_not_have_is_a_programmers_error(coder):
    with pytest.raises(TypeError):
        update_coder(coder, {"email": "else@example.com"}, by=coder.user)


def test_a_target_is_chosen_and_given_up(coder):
    role = factories.RoleFactory()
    assert choose_target(coder, role, by=coder.user).target_role == role
    assert choose_target(coder, None, by=coder.user).target_role is None


def test_the_welcome_is_done_once():
    coder = coder_of(factories.UserFactory())
    assert coder.onboarded_at is None
    first = finish_onboarding(coder, by=coder.user).onboarded_at
    assert first
    assert finish_onboarding(coder, by=coder.user).onboarded_at == first


def test_charts_an_hour_are_confirmed_changed_and_taken_away(coder):
    work_type = factories.WorkTypeFactory()
    set_productivity_target(coder, work_type, Decimal(12), by=coder.user)
    set_productivity_target(coder, work_type, Decimal("12.5"), by=coder.user)
    assert ProductivityTarget.objects.get().per_hour == Decimal("12.5")
    with pytest.raises(ValidationError):
        set_productivity_target(coder, work_type, Decimal(0), by=coder.user)
    assert set_productivity_target(coder, work_type, None, by=coder.user) is None
    assert set_productivity_target(coder, work_type, None, by=coder.user) is None
    assert not ProductivityTarget.objects.exists()


def test_every_change_marks_the_coder_stale(coder):
    work_type = factories.WorkTypeFactory()
    for change in (
        lambda: update_coder(coder, {"time_zone": "America/Denver"}, by=coder.user),
        lambda: choose_target(coder, factories.RoleFactory(), by=coder.user),
        lambda: set_productivity_target(coder, work_type, Decimal(12), by=coder.user),
        lambda: set_productivity_target(coder, work_type, None, by=coder.user),
    ):
        Staleness.objects.filter(coder=coder).update(seq=7, done_seq=7)
        change()
        assert Staleness.objects.get(coder=coder).is_stale


def test_a_stranger_changes_nothing(coder, stranger):
    for change in (
        lambda by: update_coder(coder, {"full_name": "Mallory"}, by=by),
        lambda by: choose_target(coder, None, by=by),
        lambda by: finish_onboarding(coder, by=by),
        lambda by: set_productivity_target(coder, factories.WorkTypeFactory(), Decimal(12), by=by),
    ):
        with pytest.raises(PermissionDenied):
            change(stranger.user)
