"""The examples of tracker/api/about.md, which the API's documentation shows, do what they say."""

import re
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

from tests.factories import WorkTypeFactory
from tracker.models import Volume
from tracker.services.tokens import create_token

TEXT = (settings.BASE_DIR / "tracker" / "api" / "about.md").read_text()


@pytest.mark.parametrize("language", ["python", "sh"])
def test_an_example_runs_as_it_stands(language, live_site):
    if language == "sh" and shutil.which("curl") is None:
        pytest.skip("There is no curl here.")
    url, token = live_site
    (example,) = re.findall(rf"```{language}\n(.*?)```", TEXT, re.S)
    program = [sys.executable, "-c"] if language == "python" else ["sh", "-ec"]
    example = example.replace("curl ", "curl --fail --silent ")
    done = subprocess.run(
        [*program, example],
        env={"CODERPATH_URL": url, "CODERPATH_TOKEN": token, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    if language == "python":
        assert Volume.objects.get().external_id == "week-2026-10"


@pytest.fixture
def live_site(transactional_db, live_server, coder):
    WorkTypeFactory()
    _token, text = create_token(coder.user, name="docs", scopes=["read", "write"], days=30)
    return live_server.url, text
