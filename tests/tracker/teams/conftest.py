"""A team with a manager and one member, who shares all records."""

import pytest
from django.test import Client

from curriculum.catalogue import load
from tests.curriculum.small_catalogue import write_small_catalogue
from tests.factories import MembershipFactory, StaffFactory, TeamFactory, UserFactory


@pytest.fixture
def team(db):
    return TeamFactory(organization__name="Gulf Pines Health", name="Inpatient")


@pytest.fixture
def manager(team):
    return StaffFactory(organization=team.organization, user=UserFactory(full_name="Mara Ruiz")).user


@pytest.fixture
def member(team):
    return MembershipFactory(team=team, coder__user__full_name="Linh Tran")


@pytest.fixture
def catalogue(db, tmp_path):
    load(write_small_catalogue(tmp_path))


@pytest.fixture
def signed_in():
    """A browser in which somebody is signed in."""

    def signed_in(user):
        client = Client()
        client.force_login(user)
        return client

    return signed_in
