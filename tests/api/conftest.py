"""Clients of the API: the coder whose records these are, another coder, and nobody."""

import pytest
from django.core.cache import caches
from hypothesis import settings
from rest_framework.test import APIClient

from tests import factories

# A slow machine is no wrong answer.
settings.register_profile("coderpath", deadline=None)
settings.load_profile("coderpath")


@pytest.fixture(autouse=True)
def _nobody_was_counted():
    """Limits on requests outlive a test, and so do the keys of SQLite's rows."""
    caches["limits"].clear()


@pytest.fixture
def coder(db):
    return factories.CoderFactory()


@pytest.fixture
def client(coder):
    return _signed_in(coder.user)


@pytest.fixture
def strangers_client(db):
    return _signed_in(factories.CoderFactory().user)


@pytest.fixture
def nobody(db):
    return APIClient()


def _signed_in(user):
    client = APIClient()
    client.force_login(user)
    return client
