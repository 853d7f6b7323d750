"""Whatever a form, an import, an address or the API is sent, it answers: 200 to 499, never a server error.

A hundred and sixty inputs in the suite; ten thousand with `-m hostile`, as in CI. Every address of the site is
posted to with the names of its own fields, so that a new page is among them by itself. Each input meets the same site: what it
did is rolled back.
"""

import json
import logging
import re
from contextlib import contextmanager

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import NoReverseMatch, reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.tracker.imports.test_malformed import malformed
from tracker.api.urls import urlpatterns as api
from tracker.imports.kinds import KINDS
from tracker.models.records import RECORD_KINDS

NASTY = [
    "", " ", "0", "-1", "1e309", "NaN", "Infinity", "9" * 400, "\x00", "\ud800", "\u202e", "𝟙𝟚", "١٢",
    "' OR 1=1 --", "<script>alert(1)</script>", "{{ 7*7 }}", "../../etc/passwd", "=cmd|' /C calc'!A0",
    "2026-02-30", "0000-00-00", "99999-01-01", "2026-13-01T25:61", "null", "[]", "{}", "true", "on",
    "1", "2026-01-05", "cpc", "audit", "9223372036854775808",
]  # fmt: skip
text = st.sampled_from(NASTY) | st.text(max_size=40)
values = text | st.lists(text, max_size=3)
FIELDS = (
    "charts", "hours", "minutes", "starts_on", "ends_on", "work_type", "specialty", "audited_on", "records_reviewed",
    "correct", "reviewed", "method", "scores", "certification", "earned_on", "expires_on", "number", "title", "note",
    "people", "rate", "outcome", "definition", "level", "field", "school", "completed_on", "skill", "since", "bodies",
    "contribution", "role", "employer", "remote", "people_led", "done_on", "cases", "accuracy", "quantity", "external_id",
    "assumptions", "name", "reason", "target", "kinds", "next", "email", "password", "due_on", "milestone",
)  # fmt: skip
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
sent = st.dictionaries(st.sampled_from(FIELDS), anything, max_size=8) | anything
queries = st.dictionaries(
    st.sampled_from(
        ["page", "kind", "from", "to", "area", "industry", "ordering", "search", "after", "before", "next", "as_of",
         "target", "sort", "stage", "plan", "limit", "offset", "q"]
    ),
    text,
    max_size=5,
)  # fmt: skip
OF_ACCOUNTS = ("account_login", "account_signup", "account_reset_password", "account_email", "mfa_index")
# Nothing is learned of a failing input by its address alone, and shrinking it takes seconds: both only where one fails.
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
MANY = settings(FEW, max_examples=2500, phases=[Phase.generate])


@pytest.fixture
def site(site, caplog):
    site.raise_request_exception = False
    caplog.set_level(logging.CRITICAL + 1)  # pytest would keep every refused request until the end
    caplog.handler.setLevel(logging.CRITICAL + 1)
    return site


@pytest.fixture
def pages(site, addresses, live_worker):
    """Every address with the names of the fields on it, by its name."""
    everything = addresses | {name: reverse(name) for name in OF_ACCOUNTS}
    with rolled_back():
        shown = {
            name: site.get(address).content.decode(errors="replace") for name, address in everything.items()
        }
    named = {name: set(re.findall(r'name="([^"]+)"', html)) for name, html in shown.items()}
    return {
        name: (address, sorted(named[name] - {"csrfmiddlewaretoken"}) or FIELDS)
        for name, address in everything.items()
    }


@pytest.fixture
def api_addresses():
    """Every address of the API, with 1 for what it asks."""
    found = []
    for pattern in api[:-1]:
        names = pattern.pattern.regex.groupindex
        found.append(reverse(f"api:{pattern.name}", kwargs=dict.fromkeys(names, 1)))
    for name in [*RECORD_KINDS, "dispute", "pay", "plan"]:
        for end, args in (("list", []), ("detail", [1])):
            try:
                found.append(reverse(f"api:{name}-{end}", args=args))
            except NoReverseMatch:
                continue
    return found


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def encodable(value):
    """A browser cannot send half a surrogate; the API's JSON can."""
    return (
        value.encode("utf-8", "replace").decode() if isinstance(value, str) else [encodable(v) for v in value]
    )


def send_form(site, pages, data):
    name = data.draw(st.sampled_from(sorted(pages)))
    address, fields = pages[name]
    said = data.draw(st.dictionaries(st.sampled_from(fields), values, max_size=8))
    with rolled_back():
        response = site.post(address, {key: encodable(value) for key, value in said.items()})
    assert response.status_code < 500, (name, said)


def send_json(site, addresses, data):
    address = data.draw(st.sampled_from(addresses))
    method = data.draw(st.sampled_from(["post", "patch", "put", "delete", "get"]))
    payload = json.dumps(data.draw(sent))
    with rolled_back():
        response = site.generic(method.upper(), address, payload, content_type="application/json")
    assert response.status_code < 500, (address, method, payload)


def ask(site, pages, addresses, data):
    address = data.draw(st.sampled_from([*(address for address, _ in pages.values()), *addresses]))
    query = data.draw(queries)
    with rolled_back():
        response = site.get(address, {name: encodable(value) for name, value in query.items()})
    assert response.status_code < 500, (address, query)


def send_file(site, number, kind, name, said):
    try:
        file = SimpleUploadedFile(encodable(name), malformed(number))
    except SuspiciousFileOperation:
        return  # no browser has such a file
    answers = {"kind": encodable(kind), "name": "x"} | {key: encodable(value) for key, value in said.items()}
    with rolled_back():
        response = site.post(reverse("tracker:import_new"), answers | {"file": file})
    assert response.status_code < 500, (number, kind, name, said)


files = (
    st.integers(0, 10**9),
    st.sampled_from(["", *KINDS]) | text,
    st.sampled_from(["a.csv", "a.xlsx", "a.xls", "a.exe", "../a", "a"]) | text,
    st.dictionaries(
        st.sampled_from(["owner", "answer:method", "column:0", "name", "source", "sheet"]), text, max_size=3
    ),
)


@FEW
@given(data=st.data())
def test_forms_answer_whatever_they_are_sent(site, pages, data):
    send_form(site, pages, data)


@FEW
@given(data=st.data())
def test_the_api_answers_whatever_it_is_sent(site, addresses, api_addresses, data):
    send_json(site, api_addresses, data)


@FEW
@given(data=st.data())
def test_addresses_answer_whatever_they_are_asked(site, pages, api_addresses, data):
    ask(site, pages, api_addresses, data)


@FEW
@given(*files)
def test_imports_answer_whatever_file_they_are_sent(site, addresses, number, kind, name, said):
    send_file(site, number, kind, name, said)


@pytest.mark.hostile
class TestTenThousand:
    """The same, 2,500 times each."""

    @MANY
    @given(data=st.data())
    def test_forms(self, site, pages, data):
        send_form(site, pages, data)

    @MANY
    @given(data=st.data())
    def test_the_api(self, site, addresses, api_addresses, data):
        send_json(site, api_addresses, data)

    @MANY
    @given(data=st.data())
    def test_addresses(self, site, pages, api_addresses, data):
        ask(site, pages, api_addresses, data)

    @MANY
    @given(*files)
    def test_imports(self, site, addresses, number, kind, name, said):
        send_file(site, number, kind, name, said)
