"""The catalogue as of a day: versions in force, stages by years, the next role."""

import datetime as dt

import pytest

from curriculum.models import MilestoneVersion, SalaryDriver, Transition
from tests.factories import DAY
from tracker.evaluation.context import load_context

from .conftest import CASES, REVIEWER, SKILL


@pytest.mark.parametrize(
    ("years", "stage"),
    [
        (0, "foundation"),
        (2.9, "foundation"),
        (3.0, "specialization"),
        (4.9, "specialization"),
        (5.0, "senior"),
        (40, "senior"),
    ],
)
def test_stages_are_half_open(ladder, years, stage):
    assert load_context(DAY).stage_at(years).slug == stage


@pytest.mark.parametrize(
    ("role", "target", "how"),
    [
        (None, "coder", "default"),
        ("coder", "senior-coder", "default"),
        ("auditor", "manager", "default"),
        ("senior-coder", None, "fork"),
        ("manager", "manager", "top"),
    ],
)
def test_the_next_role(ladder, role, target, how):
    context = load_context(DAY)
    role_id = ladder.roles[role].pk if role else None
    target_id = ladder.roles[target].pk if target else None
    assert context.default_target(role_id) == (target_id, how)


def test_a_lateral_move_is_no_promotion(ladder):
    assert Transition.objects.filter(from_role=ladder.roles["manager"]).exists()
    assert load_context(DAY).default_target(ladder.roles["manager"].pk)[1] == "top"


def test_without_any_role_there_is_no_target(db):
    assert load_context(DAY).default_target(None) == (None, "default")


def _version(milestone, no, valid_from, needs):
    return MilestoneVersion.objects.create(
        milestone=milestone, no=no, valid_from=valid_from, definition={"needs": needs}
    )


def test_the_newest_version_in_force_on_the_day_holds(ask):
    milestone = ask("m", SKILL, by="foundation").milestone
    second = _version(milestone, 2, dt.date(2026, 1, 1), REVIEWER)
    third = _version(milestone, 3, DAY + dt.timedelta(days=1), CASES)
    first = milestone.versions.get(no=1)

    def in_force(day):
        return list(load_context(day).rules)

    assert in_force(dt.date(2025, 12, 31)) == [first.pk]
    assert in_force(dt.date(2026, 1, 1)) == in_force(DAY) == [second.pk]
    assert in_force(DAY + dt.timedelta(days=1)) == [third.pk]
    assert in_force(dt.date(1999, 12, 31)) == []


def test_a_pinned_version_stays(ask):
    requirement = ask("m", SKILL, by="foundation")
    requirement.pinned_version = requirement.milestone.versions.get()
    requirement.save()
    _version(requirement.milestone, 2, dt.date(2026, 1, 1), REVIEWER)
    assert list(load_context(DAY).rules) == [requirement.pinned_version_id]


def test_what_tells_a_driver_of_pay_is_judged_though_nobody_asks_for_it(ask):
    driver = ask("driver", SKILL, by="foundation").milestone
    driver.requirements.all().delete()
    SalaryDriver.objects.create(slug="d", name="D", statement="s", milestone=driver, source="test")
    context = load_context(DAY)
    assert context.driver_versions == [driver.versions.get().pk] == list(context.rules)


def test_a_fixed_number_of_queries(ask, count_queries):
    for i in range(3):
        ask(f"m{i}", SKILL, by="foundation")
    with count_queries(9):
        load_context(DAY)
    for i in range(3, 12):
        ask(f"m{i}", SKILL, by="auditor")
    with count_queries(9):
        load_context(DAY)
