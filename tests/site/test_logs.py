"""A line of the log: one id from the request to its tasks, and nothing about anybody."""

import json
import logging
import sys

import pytest
from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.test import override_settings
from django.urls import include, path

from coderpath_site import logs

ADDRESS = "rosa.alvarez@example.com"


@login_not_required
def fails(request, token):
    try:
        raise IntegrityError(f"DETAIL: Key (email)=({ADDRESS}) already exists.")
    except IntegrityError as error:
        raise ValueError(f"could not save {ADDRESS}") from error


urlpatterns = [path("fails/<str:token>/", fails), path("", include("coderpath_site.urls"))]


@pytest.fixture
def lines():
    """What the site logs, as production writes it."""
    written = []

    class Kept(logging.Handler):
        def emit(self, record):
            written.append(self.format(record))

    handler = Kept()
    handler.setFormatter(logs.JSONFormatter())
    handler.addFilter(logs.AddTrace())
    level = logs.requests.level
    logs.requests.setLevel(logging.INFO)  # as in production
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in written]
    logging.getLogger().removeHandler(handler)
    logs.requests.setLevel(level)


@pytest.mark.django_db
def test_a_request_is_one_line_with_the_id_that_it_is_answered_with(client, lines):
    response = client.get("/accounts/login/?email=" + ADDRESS)
    (line,) = lines()
    assert line.pop("ms") > 0
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "INFO",
        "logger": "coderpath_site.requests",
        "message": "request",
        "trace": response.headers["X-Request-ID"],
        "method": "GET",
        "route": "accounts/login/",
        "status": 200,
    }
    assert client.get("/").headers["X-Request-ID"] != line["trace"]


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_an_error_says_where_and_not_who(client, lines):
    client.raise_request_exception = False
    response = client.get("/fails/secret-token/")
    text = json.dumps(lines())
    assert ADDRESS not in text
    assert "secret-token" not in text
    error = next(line for line in lines() if line["level"] == "ERROR")
    assert error["exception"] == "builtins.ValueError"
    assert any(frame.startswith("test_logs.py:") and frame.endswith(" fails") for frame in error["frames"])
    assert error["trace"] == response.headers["X-Request-ID"]


@pytest.mark.django_db
def test_what_is_not_found_is_not_repeated(client, lines):
    client.get("/share/very-secret-token/")
    assert "very-secret-token" not in json.dumps(lines())


def test_an_address_in_a_line_of_ours_is_left_out(lines):
    logging.getLogger("tracker.x").warning("No mail to %s.", ADDRESS)
    assert lines()[0]["message"] == "No mail to <address>."


def test_a_message_carries_the_id_and_the_task_takes_it_up(lines):
    headers = {}
    token = logs.trace.set("abc123")
    logs._send_along(headers=headers)
    logs.trace.reset(token)
    task = current_app.tasks["tracker.heartbeat"]
    task.push_request(**headers)
    try:
        logs._take_up(task=task)
        assert logs.trace.get() == "abc123"
        logs._task_done(task=task, state="SUCCESS")
        assert logs.trace.get() == ""
    finally:
        task.pop_request()


def test_a_task_that_nobody_asked_for_gets_an_id_of_its_own():
    task = current_app.tasks["tracker.heartbeat"]
    task.push_request()
    try:
        logs._take_up(task=task)
        assert len(logs.trace.get()) == 32
    finally:
        task.pop_request()
        logs.trace.set("")


def test_production_writes_json():
    """Read in a process of its own, as settings are."""
    from tests.site.test_settings import PRODUCTION, run_python

    code = "import django, logging; django.setup(); logging.getLogger('tracker').info('Swept %s.', 3)"
    result = run_python(["-c", code], PRODUCTION | {"DJANGO_SETTINGS_MODULE": "coderpath_site.settings"})
    assert json.loads(result.stderr)["message"] == "Swept 3."
    assert result.returncode == 0, sys.stderr
