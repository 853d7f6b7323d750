"""The schema says what the API does: without a warning, for every operation, with all that it can refuse."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from tests import factories

SCHEMA = SchemaGenerator().get_schema(request=None, public=True)
OPERATIONS = [(path, method) for path, methods in SCHEMA["paths"].items() for method in methods]
NAMES = [f"{method.upper()} {path}" for path, method in OPERATIONS]


def test_the_schema_is_valid_and_without_a_warning():
    # Raises CommandError otherwise.
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO(), stderr=StringIO())


def test_no_operation_is_named_twice():
    ids = [SCHEMA["paths"][path][method]["operationId"] for path, method in OPERATIONS]
    assert len(ids) == len(set(ids))
    assert len(ids) > 100


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=NAMES)
def test_every_operation_says_what_it_refuses(path, method):
    operation = SCHEMA["paths"][path][method]
    refused = {code for code in operation["responses"] if code.startswith("4")}
    assert operation["summary"]
    assert refused >= {"401", "403", "406", "429"}
    if method in ("post", "put", "patch"):
        assert refused >= {"400", "415"}
    if "{" in path:
        assert "404" in refused
    for code in refused:
        (media,) = operation["responses"][code]["content"]
        assert media == "application/problem+json"


@pytest.mark.django_db
def test_nobody_is_told_how_to_get_in():
    """That nobody gets in anywhere is in tests/doors."""
    response = APIClient().get("/api/v1/me/")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == 401


def test_pay_is_in_no_other_answer():
    for name, schema in SCHEMA["components"]["schemas"].items():
        if name not in ("Pay", "PatchedPay"):
            assert not {"amount", "effective_on"} & set(schema.get("properties", {})), name


@pytest.mark.django_db
def test_the_schema_and_its_documentation_are_served():
    client = APIClient()
    client.force_login(factories.UserFactory())
    assert client.get(reverse("api-schema")).status_code == 200
    page = client.get(reverse("api-docs"))
    assert page.status_code == 200
    assert "swagger" in page.content.decode().lower()


@pytest.mark.django_db
def test_a_change_needs_the_csrf_token():
    user = factories.UserFactory()
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(user)
    refused = client.patch("/api/v1/me/", {"full_name": "Mallory"})
    assert refused.status_code == 403
    assert "CSRF" in refused.json()["detail"]
    token = "a" * 32
    client.cookies["csrftoken"] = token
    assert (
        client.patch("/api/v1/me/", {"full_name": "Ana"}, headers={"X-CSRFToken": token}).status_code == 200
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "content_type", "accept", "status"),
    [("{", "application/json", "*/*", 400), ("a=1", "application/x-www-form-urlencoded", "*/*", 415),
     ("{}", "application/json", "text/csv", 406), ("[]", "application/json", "*/*", 400),
     ("null", "application/json", "*/*", 400)],
)  # fmt: skip
def test_a_body_or_an_answer_of_another_kind_is_refused_as_a_problem(data, content_type, accept, status):
    client = APIClient()
    client.force_login(factories.UserFactory())
    path = "/api/v1/records/volume/"
    response = client.post(path, data, content_type=content_type, headers={"Accept": accept})
    assert response.status_code == status
    assert json.loads(response.content)["status"] == status
