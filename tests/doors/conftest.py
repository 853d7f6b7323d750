"""The world of tests that go through every door of the site."""

import datetime as dt

import pytest
import time_machine
from django.core.cache import caches

from tests.world import make_world
from tracker.tasks import heartbeat


@pytest.fixture
def world(db, tmp_path):
    """At a moment that is one day everywhere, with a worker alive as far as the site can see."""
    with time_machine.travel(dt.datetime(2026, 11, 18, 17, tzinfo=dt.UTC), tick=False):
        caches["limits"].clear()
        heartbeat()
        yield make_world(tmp_path)
