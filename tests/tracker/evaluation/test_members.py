"""Members under their team's standard: the same judgment, from what is shared with the team and nothing else."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from curriculum.conditions import parse
from tests.factories import (
    DAY,
    AuditFactory,
    CoderFactory,
    CredentialFactory,
    MembershipFactory,
    OrganizationFactory,
    PositionFactory,
    SkillShownFactory,
    VolumeFactory,
    WorkTypeFactory,
)
from tracker.evaluation.members import evaluate_members, members_among
from tracker.evaluation.standards import TeamStandard, rule_under
from tracker.models import (
    Gap,
    MemberEvaluation,
    MemberGap,
    ProductivityTarget,
    Share,
    Staleness,
    StandardMilestone,
    StandardProductivity,
    StandardTitle,
    StandardVersion,
)
from tracker.services import evaluation

from .conftest import CASES, CPC, SKILL

ATTAINMENT = {"measure": "attainment", "target": "100"}
TRACK = {"measure": "track_chosen", "target": "1"}


@pytest.fixture
def member(ask):
    ask("accurate", CASES, by="foundation")
    ask("skilled", SKILL, by="coder")
    return MembershipFactory(target_role=None)


def standard(member, no=1, **values):
    return StandardVersion.objects.create(
        standard=member.team.standard, no=no, valid_from=dt.date(2026, 1, 1), **values
    )


@pytest.fixture
def member_gaps(ladder):
    def member_gaps(member):
        assert not evaluation.evaluate_coders([member.coder_id], DAY).failed
        gaps = MemberGap.objects.filter(membership=member).select_related("milestone_version__milestone")
        return {gap.milestone_version.milestone.slug: gap for gap in gaps}

    return member_gaps


def test_a_team_judges_only_work_made_for_it_since_joining(member, member_gaps):
    coder, here = member.coder, member.team.organization
    AuditFactory(coder=coder, made_under=here, scores={"case": (28, 40)})
    AuditFactory(coder=coder, made_under=OrganizationFactory(), scores={"case": (400, 400)})
    AuditFactory(coder=coder, scores={"case": (400, 400)})
    AuditFactory(coder=coder, made_under=here, audited_on=dt.date(2025, 12, 31), scores={"case": (400, 400)})
    gap = member_gaps(member)["accurate"]
    assert (gap.numerator, gap.denominator, gap.status) == (28, 40, "open")
    assert gap.standard == member.team.standard
    own = Gap.objects.get(coder=coder, milestone_version=gap.milestone_version)
    assert (own.denominator, own.status) == (1240, "met")


def test_what_is_not_shared_is_unknown_and_not_unmet(member, member_gaps):
    SkillShownFactory(coder=member.coder)
    assert member_gaps(member)["skilled"].status == "met"
    Share.objects.filter(kind="skill").update(revoked_at=timezone.now())
    MemberGap.objects.all().delete()
    assert member_gaps(member)["skilled"].status == "no_evidence"


def test_what_a_coder_says_of_themself_is_not_the_teams(ladder, ask, member_gaps):
    ask("chosen", TRACK, by="foundation")
    ask("experienced", {"measure": "experience_years", "target": "1"}, by="foundation")
    coder = CoderFactory(stated_years=Decimal(9), target_role=ladder.roles["director"])
    gaps = member_gaps(MembershipFactory(coder=coder))
    assert set(gaps) == {"experienced"}
    assert gaps["experienced"].status == "no_evidence"
    assert MemberEvaluation.objects.get().target == ladder.roles["coder"]


def test_the_title_tells_the_role_and_the_manager_sets_the_target(ladder, member, member_gaps):
    version = standard(member)
    StandardTitle.objects.create(version=version, title="Coder II", role=ladder.roles["senior-coder"])
    PositionFactory(coder=member.coder, role=ladder.roles["coder"])
    member_gaps(member)
    evaluated = MemberEvaluation.objects.get()
    assert (evaluated.role.slug, evaluated.target.slug, evaluated.standard_no) == ("coder", "senior-coder", 1)
    member.job_title, member.target_role = "coder  ii", ladder.roles["auditor"]
    member.save()
    member_gaps(member)
    evaluated.refresh_from_db()
    assert (evaluated.role.slug, evaluated.target.slug) == ("senior-coder", "auditor")
    assert evaluated.target_source == "chosen"


def test_method_target_productivity_and_further_milestones_come_from_the_standard(member, ask, member_gaps):
    ask("holds-cpc", CPC, by="director")
    ask("productive", ATTAINMENT, by="foundation")
    work_type = WorkTypeFactory()
    coder, here = member.coder, member.team.organization
    ProductivityTarget.objects.create(coder=coder, work_type=work_type, per_hour=1)
    version = standard(member, accuracy_method="code_over_code", accuracy_target=Decimal(90))
    StandardProductivity.objects.create(version=version, work_type=work_type, per_hour=24)
    CredentialFactory(coder=coder)
    VolumeFactory(coder=coder, work_type=work_type, made_under=here, charts=480, minutes=2400)
    AuditFactory(
        coder=coder,
        made_under=here,
        scores={"case": (20, 40), "code_over_code": (364, 400)},
        records_reviewed=40,
    )
    gaps = member_gaps(member)
    assert "holds-cpc" not in gaps
    milestone = gaps["accurate"].milestone_version.milestone
    assert (gaps["accurate"].denominator, gaps["accurate"].status) == (400, "met")
    assert gaps["productive"].value == 50
    StandardMilestone.objects.create(
        version=standard(member, no=2), milestone=type(milestone).objects.get(slug="holds-cpc"), weight=5
    )
    gaps = member_gaps(member)
    assert gaps["holds-cpc"].status == "met"
    assert gaps["accurate"].denominator == 40
    assert gaps["productive"].status == "no_evidence"


def test_what_is_no_longer_asked_goes(ladder, member, member_gaps):
    assert "skilled" in member_gaps(member)
    member.target_role = ladder.roles["auditor"]
    member.save()
    assert "skilled" not in member_gaps(member)


def test_nothing_is_stored_of_what_was_taken_back_meanwhile(member, monkeypatch):
    """A share that ends between reading and storing: the old verdicts must not come back, and the coder stays stale."""
    SkillShownFactory(coder=member.coder)
    real = evaluation.store

    def late(batch, *args, **more):
        member.shares.get(kind="skill").delete()
        return real(batch, *args, **more)

    monkeypatch.setattr(evaluation, "store", late)
    evaluation.evaluate_coders([member.coder_id], DAY)
    assert not MemberGap.objects.exists()
    assert Staleness.objects.get(coder=member.coder).is_stale


@pytest.mark.parametrize("change", ["share", "left", "standard", "target"])
def test_what_moves_a_members_gaps_marks_the_coder_stale(member, change):
    evaluation.evaluate_coders([member.coder_id], DAY)
    Staleness.objects.update(done_seq=1_000_000, seq=1_000_000)
    if change == "share":
        member.shares.first().save()
    elif change == "standard":
        standard(member)
    else:
        member.left_at = timezone.now() if change == "left" else None
        member.save()
    assert Staleness.objects.get(coder=member.coder).is_stale


def test_two_teams_each_see_their_own(member, member_gaps):
    second = MembershipFactory(coder=member.coder)
    AuditFactory(coder=member.coder, made_under=second.team.organization)
    AuditFactory(
        coder=member.coder, made_under=member.team.organization, scores={"case": (1, 40)}, records_reviewed=40
    )
    assert member_gaps(member)["accurate"].denominator == 40
    assert member_gaps(second)["accurate"].denominator == 30
    assert {m.pk for m in members_among([member.coder_id])} == {member.pk, second.pk}
    assert evaluate_members([], None) == []


def test_a_rule_under_a_standard_keeps_everything_but_accuracy():
    rule = parse(
        {
            "needs": {
                "all": [
                    CASES | {"minimum": {"records": 30}},
                    {
                        "measure": "audit_accuracy_sustained",
                        "params": {"method": "case", "at": "95.0"},
                        "target": "2",
                    },
                    CPC,
                ]
            }
        }
    )
    changed = rule_under(rule, TeamStandard(1, method="drg", target=Decimal("97.5")))
    accuracy, sustained, credential = changed.needs.of
    assert (accuracy.params["method"], accuracy.target, accuracy.minimum) == (
        "drg",
        Decimal("97.5"),
        {"records": 30},
    )
    assert (sustained.params, sustained.target) == ({"method": "drg", "at": "97.5"}, 2)
    assert credential == rule.needs.of[2]
    assert accuracy.key != rule.needs.of[0].key
    assert rule_under(rule, TeamStandard(1)) is rule


def test_what_rests_on_a_kind_that_is_not_shared_is_left_open(member, ask, member_gaps):
    """No lapse is seen where no credential is: that is nobody's merit."""
    ask("no-lapse", {"measure": "credentials_lapsed", "cmp": "<=", "target": "0"}, by="foundation")
    ask(
        "apprentice",
        SKILL,
        by="foundation",
        applies_if={"measure": "credentials", "params": {"any_of": ["cpc-a"]}, "target": "1"},
    )
    ask("either", {"any": [SKILL, CPC]}, by="foundation")
    CredentialFactory(coder=member.coder)
    SkillShownFactory(coder=member.coder)
    shared = member_gaps(member)
    assert {slug: gap.status for slug, gap in shared.items() if slug != "accurate"} == {
        "no-lapse": "met", "apprentice": "not_applicable", "either": "met", "skilled": "met",
    }  # fmt: skip
    Share.objects.filter(kind="credential").delete()
    MemberGap.objects.all().delete()
    hidden = member_gaps(member)
    assert {slug: gap.status for slug, gap in hidden.items() if slug != "accurate"} == {
        "no-lapse": "no_evidence", "apprentice": "no_evidence", "either": "met", "skilled": "met",
    }  # fmt: skip
    assert hidden["no-lapse"].value is None
