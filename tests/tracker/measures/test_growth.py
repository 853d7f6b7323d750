"""Education, practicum, skills, contributions."""

from decimal import Decimal

import pytest

from tests.factories import (
    DAY,
    AccreditationFactory,
    ContributionFactory,
    EducationFactory,
    PracticumFactory,
    SkillFactory,
    SkillShownFactory,
)
from tests.tracker.reading import value


def test_programs_by_award_field_and_accreditation(coder):
    EducationFactory(coder=coder)
    EducationFactory(
        coder=coder, level="bachelor", field="him", accreditation=AccreditationFactory(slug="cahiim")
    )
    assert value(coder, "education") == 2
    assert value(coder, "education", {"levels": ["bachelor", "master"]}) == 1
    assert value(coder, "education", {"fields": ["coding"]}) == 1
    assert value(coder, "education", {"levels": ["bachelor"], "fields": ["coding"]}) is None
    assert value(coder, "education", {"accreditations": ["cahiim"], "fields": ["him"]}) == 1


def test_a_program_counts_once_it_is_completed(coder):
    EducationFactory(coder=coder, started_on=DAY, completed_on=None)
    assert value(coder, "education") is None


@pytest.mark.parametrize(
    ("of", "expected"), [("cases", 350), ("hours", 120.5), ("accuracy_recorded", 1)], ids=lambda x: str(x)
)
def test_practicum_cases_hours_and_whether_accuracy_was_tracked(coder, of, expected):
    PracticumFactory(coder=coder, cases=150, hours=Decimal("120.5"))
    PracticumFactory(coder=coder, cases=200, hours=None, accuracy=None)
    assert value(coder, "practicum", {"of": of}) == expected


def test_each_skill_counts_once(coder):
    SkillShownFactory(coder=coder)
    SkillShownFactory(coder=coder)
    SkillShownFactory(coder=coder, skill=SkillFactory(slug="cpt"))
    SkillShownFactory(coder=coder, skill=SkillFactory(slug="epic", kind="ehr"))
    assert value(coder, "skills") == 3
    assert value(coder, "skills", {"any_of": ["icd-10-cm", "cpt", "hcpcs-level-ii"]}) == 2
    assert value(coder, "skills", {"kinds": ["ehr", "encoder"]}) == 1
    assert value(coder, "skills", {"kinds": ["encoder"]}) is None


def test_contributions_by_kind_and_the_people_they_helped(coder):
    ContributionFactory(coder=coder, people=3)
    ContributionFactory(coder=coder, people=2)
    ContributionFactory(coder=coder, contribution="strategy", people=40)
    assert value(coder, "contributions", {"kinds": ["mentoring"]}) == 2
    assert value(coder, "contributions", {"kinds": ["mentoring"], "sum": "people"}) == 5
    assert value(coder, "contributions", {"kinds": ["strategy", "mentoring"]}) == 3
    assert value(coder, "contributions", {"kinds": ["vendor_management"]}) is None


def test_somebody_was_mentored_where_no_number_is_given(coder):
    ContributionFactory(coder=coder, people=None)
    assert value(coder, "contributions", {"kinds": ["mentoring"], "sum": "people"}) == 1
