"""The small ladder of the evaluation's tests, milestones made up for one test, and somebody on the way."""

import pytest

from tests.factories import CertificationFactory, CoderFactory
from tests.tracker.evaluation.conftest import ask, ladder  # noqa: F401


@pytest.fixture
def aiming(ladder):  # noqa: F811
    """A coder on the way to senior-coder."""
    return CoderFactory(stated_role=ladder.roles["coder"])


@pytest.fixture
def certifications(db):
    return {slug: CertificationFactory(slug=slug) for slug in ("cpc", "ccs", "cpma")}
