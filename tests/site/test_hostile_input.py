"""Whatever a form or the API is sent, it answers: 200 to 499, never a server error, never somebody else's data.

A hundred and twenty inputs in the suite; ten thousand with `pytest -m by_hand tests/site/test_hostile_input.py`.
"""

import json

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import CoderFactory
from tracker.models.records import RECORD_KINDS

NASTY = [
    "", " ", "0", "-1", "1e309", "NaN", "Infinity", "9" * 400, "\x00", "\ud800", "\u202e", "𝟙𝟚", "١٢",
    "' OR 1=1 --", "<script>alert(1)</script>", "{{ 7*7 }}", "../../etc/passwd", "=cmd|' /C calc'!A0",
    "2026-02-30", "0000-00-00", "99999-01-01", "2026-13-01T25:61", "null", "[]", "{}", "true", "on",
]  # fmt: skip
text = st.sampled_from(NASTY) | st.text(max_size=40)
FIELDS = (
    "charts", "hours", "minutes", "starts_on", "ends_on", "work_type", "specialty", "audited_on", "records_reviewed",
    "correct", "reviewed", "method", "scores", "certification", "earned_on", "expires_on", "number", "title", "note",
    "people", "rate", "outcome", "definition", "level", "field", "school", "completed_on", "skill", "since", "bodies",
    "contribution", "role", "employer", "remote", "people_led", "done_on", "cases", "accuracy", "quantity", "external_id",
)  # fmt: skip
posted = st.dictionaries(st.sampled_from(FIELDS), text | st.lists(text, max_size=3), max_size=8)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
sent = st.dictionaries(st.sampled_from(FIELDS), anything, max_size=8) | anything
PAGES = [("record_add", [kind]) for kind in RECORD_KINDS] + [("pay_add", []), ("settings", [])]
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
FEW = settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
MANY = settings(FEW, max_examples=5000)


@pytest.fixture
def site(client, db):
    client.force_login(CoderFactory().user)
    client.raise_request_exception = False
    return client


def encodable(value):
    """A browser cannot send half a surrogate; the API's JSON can."""
    return (
        value.encode("utf-8", "replace").decode() if isinstance(value, str) else [encodable(v) for v in value]
    )


def send_form(site, page, data):
    name, args = page
    data = {key: encodable(value) for key, value in data.items()}
    response = site.post(reverse(f"tracker:{name}", args=args), data)
    assert response.status_code < 500, (page, data)


def send_json(site, kind, method, body):
    address = f"/api/v1/records/{kind}/"
    payload = json.dumps(body)
    if method == "patch":
        address += "1/"
    response = getattr(site, method)(address, payload, content_type="application/json")
    assert response.status_code < 500, (kind, method, payload)


def ask(site, query):
    for path in ("/records/", "/standing/", "/api/v1/records/audit/"):
        response = site.get(path, {name: encodable(value) for name, value in query.items()})
        assert response.status_code < 500, (path, query)


methods = st.sampled_from(["post", "patch"])
kinds = st.sampled_from(sorted(RECORD_KINDS))
queries = st.dictionaries(
    st.sampled_from(
        ["page", "kind", "from", "to", "area", "industry", "ordering", "search", "after", "before"]
    ),
    text,
)


@FEW
@given(st.sampled_from(PAGES), posted)
def test_forms_answer_whatever_they_are_sent(site, page, data):
    send_form(site, page, data)


@FEW
@given(kinds, methods, sent)
def test_the_api_answers_whatever_it_is_sent(site, kind, method, body):
    send_json(site, kind, method, body)


@FEW
@given(queries)
def test_addresses_answer_whatever_they_are_asked(site, query):
    ask(site, query)


@pytest.mark.by_hand
@MANY
@given(st.sampled_from(PAGES), posted, kinds, methods, sent)
def test_ten_thousand_inputs(site, page, data, kind, method, body):
    send_form(site, page, data)
    send_json(site, kind, method, body)
