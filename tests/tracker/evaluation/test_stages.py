"""Stages, expected and demonstrated; targets; and readiness for them."""

import datetime as dt

import pytest
from django.utils import timezone

from curriculum.models import MilestoneVersion
from tests.factories import (
    DAY,
    AuditFactory,
    AuditWorkFactory,
    CredentialFactory,
    PositionFactory,
    SkillShownFactory,
)
from tracker.models import Coder

from .conftest import CASES, CPC, NEVER, REVIEWER, SKILL

d = dt.date


def _audit(coder, correct, reviewed, day=DAY):
    scores = {"case": (correct, reviewed)}
    return AuditFactory(coder=coder, audited_on=day, records_reviewed=reviewed, scores=scores)


# --- Stages ---


def test_no_stage_is_shown_before_the_musts_of_the_first(ask, outcome_of, coder):
    ask("skill", SKILL, by="foundation", weight=3)
    assert outcome_of(coder).demonstrated_stage is None
    SkillShownFactory(coder=coder)
    assert outcome_of(coder).demonstrated_stage.slug == "senior"  # the later stages ask for nothing here


def test_a_stage_is_shown_by_its_musts_and_those_of_all_before_it(ask, outcome_of, coder):
    ask("skill", SKILL, by="foundation", weight=3)
    ask("reviewer", REVIEWER, by="foundation", weight=2)
    ask("cases", CASES, by="specialization", weight=5)
    ask("cpc", CPC, by="senior", weight=3)
    CredentialFactory(coder=coder)
    assert outcome_of(coder).demonstrated_stage is None
    SkillShownFactory(coder=coder)
    assert outcome_of(coder).demonstrated_stage.slug == "foundation"
    _audit(coder, 40, 40)
    assert outcome_of(coder).demonstrated_stage.slug == "senior"


def test_what_does_not_apply_holds_nobody_back(ask, outcome_of, coder):
    ask("skill", SKILL, by="foundation", applies_if=NEVER)
    assert outcome_of(coder).demonstrated_stage.slug == "senior"


def test_a_stage_rests_on_what_was_met_once(ask, gaps_on, coder):
    ask("cases", CASES, by="foundation")
    ask("cpc", CPC, by="specialization")
    _audit(coder, 40, 40, d(2024, 1, 10))
    gaps_on(d(2024, 1, 10), coder)
    CredentialFactory(coder=coder, earned_on=d(2026, 1, 1))
    assert gaps_on(DAY, coder)["cases"].status == "lapsed"
    coder.refresh_from_db()
    assert coder.evaluation.demonstrated_stage.slug == "senior"


def test_a_stage_rests_on_what_was_met_in_an_earlier_version_too(ask, gaps_on, coder):
    milestone = ask("skill", SKILL, by="foundation").milestone
    ask("cpc", CPC, by="foundation")
    ask("cases", CASES, by="specialization")
    SkillShownFactory(coder=coder, since=d(2025, 1, 1))
    gaps_on(d(2025, 1, 1), coder)
    assert Coder.objects.get(pk=coder.pk).evaluation.demonstrated_stage is None
    two = {**SKILL, "target": "2"}
    MilestoneVersion.objects.create(
        milestone=milestone, no=2, valid_from=d(2025, 2, 1), definition={"needs": two}
    )
    CredentialFactory(coder=coder, earned_on=d(2025, 3, 1))
    gaps_on(DAY, coder)
    assert Coder.objects.get(pk=coder.pk).evaluation.demonstrated_stage.slug == "foundation"


def _drop_evidence(coder, ask, ladder):
    coder.skillshown_records.update(removed_at=timezone.now())


def _new_must(coder, ask, ladder):
    ask("new", CPC, by="foundation", weight=5)


def _target_to_which_more_applies(coder, ask, ladder):
    coder.target_role = ladder.roles["director"]
    coder.save()


@pytest.mark.parametrize("change", [_drop_evidence, _new_must, _target_to_which_more_applies])
def test_the_demonstrated_stage_never_falls(ask, ladder, gaps_on, coder, change):
    ask("skill", SKILL, by="foundation")
    director = {"measure": "target_role", "params": {"roles": ["director"]}, "target": "1"}
    ask("degree", {"measure": "education", "target": "1"}, by="specialization", applies_if=director)
    ask("cpc", CPC, by="senior")
    SkillShownFactory(coder=coder)
    gaps_on(DAY, coder)
    assert Coder.objects.get(pk=coder.pk).evaluation.demonstrated_stage.slug == "specialization"
    change(coder, ask, ladder)
    gaps_on(DAY, coder)
    assert Coder.objects.get(pk=coder.pk).evaluation.demonstrated_stage.slug == "specialization"


def test_a_past_day_is_computed_without_what_is_stored(ask, gaps_on, outcome_of, coder):
    ask("skill", SKILL, by="foundation")
    SkillShownFactory(coder=coder, since=d(2025, 6, 1))
    gaps_on(DAY, coder)
    then = outcome_of(coder, d(2025, 5, 31), kept=False)
    assert then.demonstrated_stage is None
    assert then.by_slug["skill"].status == "no_evidence"


@pytest.mark.parametrize(
    ("starts", "stage"),
    [
        (d(2023, 4, 1), "specialization"),
        (d(2023, 4, 2), "foundation"),
        (d(2021, 4, 1), "senior"),
        (DAY, "foundation"),
    ],
)
def test_the_expected_stage_follows_from_years(ladder, outcome_of, coder, starts, stage):
    """Three years on March 31, 2026 began on April 1, 2023."""
    PositionFactory(coder=coder, role=ladder.roles["coder"], starts_on=starts)
    outcome = outcome_of(coder)
    assert outcome.expected_stage.slug == stage
    assert outcome.years_source == "positions"


def test_without_any_years_no_stage_is_expected(outcome_of, coder):
    outcome = outcome_of(coder)
    assert (outcome.years, outcome.years_source, outcome.expected_stage) == (None, "", None)


# --- Targets and readiness ---


@pytest.mark.parametrize(
    ("role", "chosen", "target", "source"),
    [
        (None, None, "coder", "default"),
        ("coder", None, "senior-coder", "default"),
        ("coder", "auditor", "auditor", "chosen"),
        ("senior-coder", None, None, "fork"),
        ("senior-coder", "director", "director", "chosen"),
        ("manager", None, "manager", "top"),
    ],
)
def test_what_one_is_measured_against(ladder, outcome_of, coder, role, chosen, target, source):
    coder.stated_role, coder.target_role = ladder.roles.get(role), ladder.roles.get(chosen)
    coder.save()
    outcome = outcome_of(coder)
    assert (outcome.target and outcome.target.slug, outcome.target_source) == (target, source)
    assert (outcome.role and outcome.role.slug) == role


def test_readiness_is_the_weight_met_of_the_weight_asked(ask, ladder, outcome_of, coder):
    ask("skill", SKILL, by="foundation", weight=3)
    ask("cases", CASES, by="specialization", weight=5)
    ask("reviewer", REVIEWER, by="auditor", weight=2)
    ask("unasked", CPC, by="specialization", weight=2)  # a stage's should is not asked of a target
    coder.target_role = ladder.roles["auditor"]
    coder.save()
    SkillShownFactory(coder=coder)
    AuditWorkFactory(coder=coder)
    outcome = outcome_of(coder)
    assert (outcome.weight_met, outcome.weight_asked) == (5, 10)


def test_readiness_leaves_out_what_does_not_apply(ask, ladder, outcome_of, coder):
    ask("skill", SKILL, by="foundation", weight=3)
    ask("cpc", CPC, by="foundation", weight=5, applies_if=NEVER)
    outcome = outcome_of(coder)
    assert (outcome.weight_met, outcome.weight_asked) == (0, 3)


def test_a_milestone_asked_for_three_times_is_one_gap_with_the_largest_weight(ask, ladder, outcome_of, coder):
    for by, weight in (("foundation", 3), ("specialization", 5), ("auditor", 1)):
        ask("skill", SKILL, by=by, weight=weight)
    coder.target_role = ladder.roles["auditor"]
    coder.save()
    SkillShownFactory(coder=coder)
    outcome = outcome_of(coder)
    assert list(outcome.by_slug) == ["skill"]
    assert (outcome.weight_met, outcome.weight_asked) == (5, 5)


def test_readiness_counts_what_is_met_now(ask, gaps_on, outcome_of, coder):
    ask("cases", CASES, by="foundation")
    _audit(coder, 40, 40, d(2024, 1, 10))
    gaps_on(d(2024, 1, 10), coder)
    outcome = outcome_of(coder)
    assert outcome.by_slug["cases"].first_met_on
    assert (outcome.weight_met, outcome.weight_asked) == (0, 3)


def test_a_first_role_does_not_ask_for_what_only_work_can_show(ask, ladder, outcome_of, coder):
    ask("skill", SKILL, by="foundation")
    ask("reviewer", REVIEWER, by="foundation", after_hire=True)
    assert outcome_of(coder).weight_asked == 3
    coder.stated_role = ladder.roles["coder"]
    coder.save()
    assert outcome_of(coder).weight_asked == 6
