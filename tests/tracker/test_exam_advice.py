"""A planned exam in the advice of its gap, and one exam for two gaps."""

import datetime as dt

import pytest

from tests.factories import CertificationFactory, CoderFactory, CredentialFactory
from tests.tracker.evaluation.conftest import CPC, ask, ladder  # noqa: F401
from tracker.selectors.gaps import gap_lines

EITHER = CPC | {"params": {"any_of": ["cpc", "cpc-a", "ccs"]}}


@pytest.fixture
def advice(ladder, ask):  # noqa: F811
    """Advice by milestone for a coder whom the next role asks for a CPC, and for a CPC or CCS."""
    ask("credential-cpc", CPC, by="senior-coder")
    ask("cpc-or-ccs", EITHER, by="senior-coder")
    coder = CoderFactory(stated_role=ladder.roles["coder"])

    def advice(**credential):
        if credential:
            CredentialFactory(coder=coder, **{"certification": CertificationFactory(slug="cpc")} | credential)
        return {line.slug: line.advice for line in gap_lines(coder)}

    advice.today = coder.today()
    return advice


def test_a_planned_exam_is_named_with_its_day_and_all_that_it_closes(advice):
    day = advice.today + dt.timedelta(days=40)
    found = advice(earned_on=None, planned_on=day)
    assert f"You plan the CPC exam for {day:%B %-d, %Y}." in found["credential-cpc"]
    assert "The same exam closes “cpc-or-ccs”, too." in found["credential-cpc"]
    assert "The same exam closes “credential-cpc”, too." in found["cpc-or-ccs"]


def test_an_exam_whose_day_has_passed_is_asked_about(advice):
    found = advice(earned_on=None, planned_on=advice.today - dt.timedelta(days=3))
    assert "Log how it went, or a new day." in found["credential-cpc"]


def test_without_a_plan_it_says_which_exam_closes_both_and_claims_no_more(advice):
    found = advice()
    assert "The same exam closes “cpc-or-ccs”, too." in found["credential-cpc"]
    assert "The same exam" not in found["cpc-or-ccs"]  # the CCS would not


def test_an_exam_that_does_not_fit_says_nothing(advice):
    day = advice.today + dt.timedelta(days=40)
    found = advice(earned_on=None, planned_on=day, certification=CertificationFactory(slug="ccs"))
    assert "You plan" not in found["credential-cpc"]
    assert "You plan the CCS exam" in found["cpc-or-ccs"]
