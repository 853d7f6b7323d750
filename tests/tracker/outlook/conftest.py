"""The small ladder of the evaluation's tests, and milestones made up for one test."""

from tests.tracker.evaluation.conftest import ask, ladder  # noqa: F401
