"""What is too large is refused by the length that it announces: nothing of it is read."""

import io

import pytest
from django.urls import reverse

from tests.factories import CoderFactory
from tracker.upload_limits import LARGEST, MB

pytestmark = pytest.mark.django_db
FORM = {"CONTENT_TYPE": "multipart/form-data; boundary=x"}
SHORT = FORM | {"wsgi.input": io.BytesIO()}


class Unread:
    def read(self, *_size):
        raise AssertionError("it was read")

    readline = read


@pytest.mark.parametrize("path", ["/log/education/", "/settings/", "/api/v1/proofs/", "/no/such/address/"])
def test_a_body_that_is_too_large_is_refused_unread(client, path):
    client.force_login(CoderFactory().user)
    answer = client.generic("POST", path, **FORM | {"CONTENT_LENGTH": LARGEST + 1, "wsgi.input": Unread()})
    assert answer.status_code == 413
    assert "larger than 6 MB" in answer.content.decode()
    assert (answer["Content-Type"] == "application/problem+json") is path.startswith("/api/")


def test_an_archive_may_be_larger(client):
    client.force_login(CoderFactory().user)
    path = reverse("tracker:archive")
    assert client.generic("POST", path, **SHORT | {"CONTENT_LENGTH": 105 * MB}).status_code == 422
    assert client.generic("POST", path, **FORM | {"CONTENT_LENGTH": 105 * MB + 1}).status_code == 413


def test_imports_say_it_beside_their_form(client):
    client.force_login(CoderFactory().user)
    answer = client.generic("POST", reverse("tracker:import_new"), **SHORT | {"CONTENT_LENGTH": 30 * MB})
    assert answer.status_code == 422


def test_a_length_that_is_no_number_is_none(client):
    assert client.generic("POST", "/no/such/address/", CONTENT_LENGTH="x").status_code != 413
