"""Who asks for what: a target role for its own, and for the musts of every stage up to its own."""

import pytest

from curriculum.models import Requirement, Stage
from tracker.evaluation.requirements import Requirements

from .conftest import REVIEWER, SKILL


@pytest.fixture
def asked(ladder):
    """The milestones that readiness counts for a target, each with its weight there."""

    def asked(target, role=None):
        requirements = Requirements(
            Requirement.objects.select_related("milestone"), Stage.objects.all(), lambda row: row.milestone_id
        )
        roles = {**ladder.roles, None: None}
        slugs = dict(Requirement.objects.values_list("milestone_id", "milestone__slug"))
        return {
            slugs[ask.milestone_id]: ask.weight for ask in requirements.asked_of(roles[target], roles[role])
        }

    return asked


@pytest.fixture
def every_stage_and_role(ask):
    for stage in ("foundation", "specialization", "senior"):
        ask(f"{stage}-must", SKILL, by=stage, weight=3)
        ask(f"{stage}-should", SKILL, by=stage, weight=2)
    for role in ("coder", "auditor", "manager"):
        ask(f"{role}-own", SKILL, by=role, weight=1)


def test_a_target_asks_its_own_and_the_musts_of_the_stages_up_to_its_own(asked, every_stage_and_role):
    assert asked("coder") == {"coder-own": 1, "foundation-must": 3}
    assert asked("auditor") == {"auditor-own": 1, "foundation-must": 3, "specialization-must": 3}
    assert asked("manager") == {
        "manager-own": 1, "foundation-must": 3, "specialization-must": 3, "senior-must": 3,
    }  # fmt: skip


def test_at_a_fork_the_musts_up_to_the_next_stage_count(asked, every_stage_and_role):
    assert asked(None, "senior-coder") == {"foundation-must": 3, "specialization-must": 3, "senior-must": 3}
    assert asked(None, "manager") == asked(None, "senior-coder")  # there is no stage beyond


def test_of_somebody_of_whom_nothing_is_known_nothing_is_asked(asked, every_stage_and_role):
    assert asked(None, None) == {}


def test_what_several_ask_counts_once_with_the_largest_weight(asked, ask):
    ask("reviewer", REVIEWER, by="foundation", weight=3)
    ask("reviewer", by="specialization", weight=5)
    ask("reviewer", by="auditor", weight=2)
    assert asked("auditor") == {"reviewer": 5}
    ask("skill", SKILL, by="auditor", weight=4)
    ask("skill", by="foundation", weight=3)
    assert asked("auditor") == {"reviewer": 5, "skill": 4}


def test_what_can_only_be_shown_on_the_job_is_not_asked_before_the_first_one(asked, ask):
    ask("hired", SKILL, by="foundation", weight=5, after_hire=True)
    ask("school", SKILL, by="foundation", weight=3)
    assert asked("coder") == {"school": 3}
    assert asked("auditor") == {"school": 3, "hired": 5}


@pytest.mark.parametrize(
    ("target", "role", "stages"),
    [
        ("auditor", None, ["foundation", "specialization"]),
        ("auditor", "coder", ["foundation", "specialization"]),
        ("auditor", "senior-coder", ["specialization"]),
        ("manager", "auditor", ["specialization", "senior"]),
        ("coder", "manager", ["foundation"]),
        (None, "senior-coder", ["specialization", "senior"]),
        (None, None, []),
    ],
)
def test_what_the_stages_on_the_way_suggest(ladder, every_stage_and_role, target, role, stages):
    """From the current role's stage on: what an earlier one only suggests follows nobody for life."""
    requirements = Requirements(
        Requirement.objects.select_related("milestone"), Stage.objects.all(), lambda row: row.milestone_id
    )
    roles = {**ladder.roles, None: None}
    asks = requirements.stage_asks_on_the_way(roles[target], roles[role])
    slugs = dict(Requirement.objects.values_list("milestone_id", "milestone__slug"))
    said = {slugs[ask.milestone_id] for ask in asks}
    assert said == {f"{stage}-{kind}" for stage in stages for kind in ("must", "should")}


def test_a_requirement_without_a_version_in_force_asks_for_nothing(ladder, ask):
    ask("reviewer", REVIEWER, by="foundation")
    requirements = Requirements(
        Requirement.objects.select_related("milestone"), Stage.objects.all(), lambda row: None
    )
    assert requirements.asked_of(ladder.roles["coder"], None) == []
