"""An N+1 query fails here: every page there is asks the database as often with thirty records of each kind as with one."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import RECORD_FACTORIES
from tracker.services.evaluation import evaluate_coders

from .test_pages_access import readable


def asked_by(site, addresses):
    counts = {}
    for name, address in readable(addresses).items():
        with CaptureQueriesContext(connection) as queries:
            site.get(address)
        counts[name] = len(queries)
    return counts


def test_no_page_asks_more_the_more_there_is(site, addresses, coder, live_worker):
    asked_by(site, addresses)  # what is asked once in a process's life
    few = asked_by(site, addresses)
    for make in RECORD_FACTORIES.values():
        make.create_batch(29, coder=coder)
    evaluate_coders([coder.pk])  # as before: a page of somebody stale says so, with a question more
    many = asked_by(site, addresses)
    assert {name: (few[name], n) for name, n in many.items() if n > few[name]} == {}
