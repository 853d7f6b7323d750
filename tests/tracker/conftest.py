"""People and what they type, for the tests of records."""

import pytest
from django.db import connection
from hypothesis import settings

from tests.factories import CoderFactory

# A slow machine is no wrong answer.
settings.register_profile("coderpath", deadline=None)
settings.load_profile("coderpath")


@pytest.fixture
def coder(db):
    return CoderFactory()


@pytest.fixture
def stranger(db):
    return CoderFactory()


@pytest.fixture
def count_queries(django_assert_num_queries):
    """As django_assert_num_queries, without what a SQLite connection asks once in its life: whether it has JSON."""
    assert connection.features.supports_json_field
    return django_assert_num_queries
