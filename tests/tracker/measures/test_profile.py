"""Track, target role and current role. A choice is nobody's to attest; a role is attested by its position."""

import datetime as dt

import pytest

from tests.factories import DAY, PositionFactory, RoleFactory, TrackFactory
from tests.tracker.reading import value

AUDITOR = {"roles": ["coding-auditor"]}


@pytest.fixture
def auditor(db):
    return RoleFactory(slug="coding-auditor", degree_required="associate")


def test_a_track_is_chosen_or_not(coder):
    assert value(coder, "track_chosen") is None
    coder.track = TrackFactory(slug="management")
    coder.save()
    assert value(coder, "track_chosen") == 1
    assert value(coder, "track_chosen", {"tracks": ["management", "specialist"]}) == 1
    assert value(coder, "track_chosen", {"tracks": ["specialist"]}) is None
    assert value(coder, "track_chosen", attested=True) is None


def test_the_target_role_and_its_degree(coder, auditor):
    coder.target_role = auditor
    coder.save()
    assert value(coder, "target_role", AUDITOR) == 1
    assert value(coder, "target_role", {"roles": ["coding-manager"]}) == 0
    assert value(coder, "target_role", {"degrees": ["associate", "bachelor"]}) == 1
    assert value(coder, "target_role", {"degrees": ["master"]}) == 0
    assert value(coder, "target_role", AUDITOR, attested=True) is None


def test_without_any_role_on_the_ladder_there_is_no_target(coder):
    assert value(coder, "target_role") == 0


def test_the_current_role_is_that_of_the_position_held_now(coder, auditor):
    coder.stated_role = auditor
    coder.save()
    assert value(coder, "current_role", AUDITOR) == 1  # stated, while no position says otherwise
    PositionFactory(
        coder=coder, role=RoleFactory(), starts_on=dt.date(2023, 1, 1), ends_on=dt.date(2026, 1, 1)
    )
    assert value(coder, "current_role", AUDITOR) == 0  # the last one held
    PositionFactory(coder=coder, role=auditor, starts_on=dt.date(2022, 1, 1))
    assert value(coder, "current_role", AUDITOR) == 1  # the one held now, though it began earlier
    PositionFactory(coder=coder, role=RoleFactory(), starts_on=dt.date(2026, 1, 1))
    assert value(coder, "current_role", AUDITOR) == 0  # of two held now, the later one
    assert value(coder, "current_role", AUDITOR, as_of=dt.date(2022, 6, 1)) == 1


def test_a_position_without_a_role_does_not_say_which(coder, auditor):
    PositionFactory(coder=coder, role=auditor, starts_on=dt.date(2022, 1, 1))
    PositionFactory(coder=coder, role=None, starts_on=DAY)
    assert value(coder, "current_role", AUDITOR) == 1


def test_a_current_role_is_attested_by_its_position_alone(coder, auditor):
    coder.stated_role = auditor
    coder.save()
    assert value(coder, "current_role", AUDITOR, attested=True) is None
    position = PositionFactory(coder=coder, role=auditor)
    assert value(coder, "current_role", AUDITOR, attested=True) is None
    position.provenance, position.verified_at = "verified", position.recorded_at
    position.save()
    assert value(coder, "current_role", AUDITOR, attested=True) == 1
    assert value(coder, "current_role", {"roles": ["records-coder"]}, attested=True) == 0
