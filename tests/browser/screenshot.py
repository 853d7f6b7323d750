"""Make the README's screenshot: `python -m tests.browser.screenshot [FILE]`, docs/screenshot.png by default.

A database of its own with catalogue, wages and demo, a server of its own, the system's Chromium; nothing of a running
site is touched.
"""

import os
import sys
from contextlib import contextmanager
from pathlib import Path

import django

PERSON = "newcomer@demo.example"  # has everything: a thin accuracy, musts and shoulds, pay among wages
SIZE = {"width": 1280, "height": 1200}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coderpath_site.settings")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's synchronous calls run inside an event loop
    django.setup()
    default = Path(__file__).parents[2] / "docs" / "screenshot.png"
    with demo_site() as url:
        take(url, Path(sys.argv[1]) if len(sys.argv) > 1 else default)


@contextmanager
def demo_site():
    """The address of a site with the demo, on a database that is gone afterwards."""
    from django.core.management import call_command
    from django.test import utils
    from pytest_django.live_server_helper import LiveServer

    from tracker.tasks import heartbeat

    utils.setup_test_environment(debug=False)
    databases = utils.setup_databases(verbosity=0, interactive=False)
    server = LiveServer("localhost")
    try:
        for command in ("load_catalogue", "load_wages", "load_demo"):
            call_command(command, verbosity=0)
        heartbeat()  # as if a worker were there
        yield server.url
    finally:
        server.stop()
        utils.teardown_databases(databases, verbosity=0)
        utils.teardown_test_environment()


def take(url: str, target: Path) -> None:
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import ARGUMENTS, CHROMIUM, sign_in
    from tracker.models import User

    if CHROMIUM is None:
        sys.exit("There is no Chromium: install the system's package, or name one in CHROMIUM.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(base_url=url, viewport=SIZE, color_scheme="light")
        sign_in(context, User.objects.get(email=PERSON), url)
        page = context.new_page()
        page.goto("/dashboard/")
        page.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    main()
