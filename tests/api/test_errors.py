"""Errors of models and of the database become problem details; anything else stays a failure that is seen."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import Http404
from rest_framework import exceptions

from tests import factories
from tracker.api import serializers
from tracker.api.errors import handle


@pytest.mark.parametrize(
    ("error", "status", "errors"),
    [
        (ValidationError({"ends_on": "Swap them."}), 400, {"ends_on": ["Swap them."]}),
        (ValidationError("Restore it first."), 400, {"non_field_errors": ["Restore it first."]}),
        (ValidationError({"__all__": ["No."]}), 400, {"non_field_errors": ["No."]}),
        (
            exceptions.ValidationError({"scores": [{}, {"correct": ["A number."]}], "note": ["Too long."]}),
            400,
            {"scores[1].correct": ["A number."], "note": ["Too long."]},
        ),
        (exceptions.ParseError("JSON parse error"), 400, None),
        (Http404(), 404, None),
        (PermissionDenied(), 403, None),
        (exceptions.MethodNotAllowed("PUT"), 405, None),
    ],
)
def test_an_error_is_a_problem_with_its_fields(error, status, errors):
    response = handle(error, {})
    assert response.status_code == response.data["status"] == status
    assert response.content_type == "application/problem+json"
    assert response.data["type"] == "about:blank"
    assert response.data["title"]
    assert response.data["detail"]
    assert response.data.get("errors") == errors


def test_what_the_database_refuses_is_said_without_its_words():
    response = handle(IntegrityError("UNIQUE constraint failed: tracker_volume.external_id"), {})
    assert response.status_code == 400
    assert "UNIQUE" not in str(response.data)
    assert "send yours anew" in response.data["errors"]["non_field_errors"][0]


def test_a_crash_is_not_dressed_up():
    assert handle(RuntimeError("a bug"), {}) is None


@pytest.mark.django_db
def test_losing_a_race_is_the_clients_to_repeat(client, coder, monkeypatch):
    def lose(*args, **kwargs):
        raise IntegrityError("somebody was faster")

    monkeypatch.setattr(serializers, "save_record", lose)
    one = f"/api/v1/records/volume/{factories.VolumeFactory(coder=coder).pk}/"
    assert client.patch(one, {"charts": 5}).status_code == 400
