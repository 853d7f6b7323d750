"""A real browser: the system's Chromium, driven by Playwright. Elsewhere than in CI a missing one is a skip.

Run with `pytest tests/browser`; CHROMIUM names another executable.
"""

import os
import shutil
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
]

# Playwright's synchronous calls run inside an event loop, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args():
    if CHROMIUM is None:
        message = "There is no Chromium: install the system's package, or name one in CHROMIUM."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return {"executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture
def site(live_server):
    """The address of a running site with the whole catalogue."""
    cache.clear()  # the counts of attempts to sign in, which outlive a test
    call_command("load_catalogue", verbosity=0)
    return live_server.url


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def tab(request, browser, site):
    """A page of a fresh browser, once with JavaScript and once without. Anything it complains about fails the test."""
    context = browser.new_context(base_url=site, java_script_enabled=request.param)
    context.set_default_timeout(10_000)
    page = context.new_page()
    complaints = watch(page)
    yield page
    context.close()
    assert complaints == []


def watch(page) -> list[str]:
    """What the console will complain about, save the answers to wrong input, which are meant."""
    complaints = []
    page.on(
        "console",
        lambda message: (
            message.type in ("error", "warning")
            and "status of 422" not in message.text
            and complaints.append(message.text)
        ),
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def sign_in(context, user, url):
    """Give a browser context the session of a user, as the sign-in would."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])
