"""A small ladder, and milestones made up for one test."""

import datetime as dt
from types import SimpleNamespace

import pytest

from curriculum.models import Milestone, MilestoneVersion, Requirement, Standard, Transition
from tests.factories import RoleFactory, StageFactory
from tracker.evaluation.compute import evaluate
from tracker.evaluation.kept import kept_of
from tracker.models import Coder, Gap
from tracker.services.evaluation import evaluate_coders


@pytest.fixture
def ladder(db):
    """Foundation [0, 3), specialization [3, 5), senior [5, on).

    coder leads to senior-coder by default, or to auditor; senior-coder to manager or to director, without a default;
    auditor to manager alone; manager and director are at the top.
    """
    Standard.installation()
    stages = [
        StageFactory(slug=slug, name=slug.capitalize(), years_from=years_from, years_to=years_to, position=i)
        for i, (slug, years_from, years_to) in enumerate(
            [("foundation", 0, 3), ("specialization", 3, 5), ("senior", 5, None)]
        )
    ]
    roles = {
        slug: RoleFactory(slug=slug, stage=stages[stage], position=i)
        for i, (slug, stage) in enumerate(
            [("coder", 0), ("senior-coder", 1), ("auditor", 1), ("manager", 2), ("director", 2)]
        )
    }
    for one, other, is_default in [
        ("coder", "senior-coder", True), ("coder", "auditor", False), ("senior-coder", "manager", False),
        ("senior-coder", "director", False), ("auditor", "manager", False),
    ]:  # fmt: skip
        Transition.objects.create(
            from_role=roles[one], to_role=roles[other], kind="promotion", is_default=is_default, source="test"
        )
    Transition.objects.create(
        from_role=roles["manager"], to_role=roles["director"], kind="lateral", source="test"
    )
    return SimpleNamespace(stages={stage.slug: stage for stage in stages}, roles=roles)


SKILL = {"measure": "skills", "target": "1"}
REVIEWER = {"measure": "audit_work", "target": "1", "window": {"months": 12}}
CASES = {
    "measure": "audit_accuracy", "params": {"method": "case"}, "target": "95.0", "window": {"months": 12},
    "minimum": {"records": 30}, "close": "1.0",
}  # fmt: skip
CPC = {"measure": "credentials", "params": {"any_of": ["cpc"]}, "target": "1"}
NEVER = {"measure": "target_role", "params": {"roles": ["nobody"]}, "target": "1"}


@pytest.fixture
def ask(ladder):
    """Have a stage or a role ask for a milestone; the milestone is made when it is first named."""

    def ask(slug, needs=None, *, by, weight=3, applies_if=None, after_hire=False):
        milestone, new = Milestone.objects.get_or_create(
            slug=slug, defaults={"name": slug, "summary": "test", "after_hire": after_hire, "source": "test"}
        )
        if new:
            definition = {"needs": needs} | ({"applies_if": applies_if} if applies_if else {})
            MilestoneVersion.objects.create(
                milestone=milestone, valid_from=dt.date(2000, 1, 1), definition=definition
            )
        asker = {"stage": ladder.stages[by]} if by in ladder.stages else {"role": ladder.roles[by]}
        return Requirement.objects.create(milestone=milestone, weight=weight, source="test", **asker)

    return ask


@pytest.fixture
def outcome_of(ladder):
    """What evaluating one coder on a day says, starting from what is stored; nothing is stored."""

    def outcome_of(coder, day=dt.date(2026, 3, 31), kept=True):
        coder = Coder.objects.select_related("user", "track").get(pk=coder.pk)
        batch = evaluate([coder], day, kept_of([coder.pk]) if kept else None)
        outcome, context = batch.outcome(0), batch.context
        outcome.by_slug = {
            Milestone.objects.get(pk=context.milestone_of[version]).slug: gap
            for version, gap in outcome.gaps.items()
        }
        return outcome

    return outcome_of


@pytest.fixture
def gaps_on(ladder):
    """Evaluate and store coders as of a day; the gaps of the first one by milestone."""

    def gaps_on(day, coder, *more):
        tally = evaluate_coders([coder.pk, *(c.pk for c in more)], day)
        assert not tally.failed
        gaps = Gap.objects.filter(coder=coder).select_related("milestone_version__milestone")
        return {gap.milestone_version.milestone.slug: gap for gap in gaps}

    return gaps_on
