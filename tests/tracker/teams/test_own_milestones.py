"""A manager writes a milestone without code, asks for it in the standard, and the team is held against it."""

import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from curriculum.models import Milestone
from tests.factories import MembershipFactory, OrganizationFactory, SkillShownFactory, StaffFactory
from tracker.models import MemberGap, Staleness, StandardVersion, Status
from tracker.services.evaluation import evaluate_coders
from tracker.services.programs import save_milestone
from tracker.services.standards import write_standard

GIVEN = {"name": "Skilled or seasoned", "summary": "We cover for each other."}
SHAPE = {**GIVEN, "milestone": "", "needs_op": "any", "needs_0": "skills", "needs_1": "charts_coded"}


def definition(number):
    return {"needs": {"measure": "skills", "cmp": ">=", "target": str(number)}}


def test_from_the_form_to_the_gap(team, manager, member, catalogue, signed_in):
    page = signed_in(manager)
    shape = reverse("tracker:team_milestone", args=[team.pk])
    html = page.get(shape).content.decode()
    assert 'value="skills"' in html and 'value="track_chosen"' not in html
    figures = page.get(shape, SHAPE).url
    assert figures.startswith(reverse("tracker:team_milestone_figures", args=[team.pk]))
    assert "Skills" in page.get(figures).content.decode()
    said = {"needs-0-cmp": ">=", "needs-0-target": "1", "needs-1-cmp": ">=", "needs-1-target": "500"}
    reading = page.post(figures, said | {"read": ""}).content.decode()
    assert "It reads:" in reading and " or " in reading
    assert not Milestone.objects.filter(owner=team.organization).exists()
    saved = page.post(figures, said | {"save": ""})
    own = Milestone.objects.get(owner=team.organization)
    assert saved.url == f"{reverse('tracker:team_standard', args=[team.pk])}?ask={own.pk}#milestones"
    html = page.get(saved.url).content.decode()
    assert re.search(rf'<option value="{own.pk}" selected>Skilled or seasoned', html)
    assert "It is chosen below" in html
    write_standard(team, by=manager, valid_from=member.joined_on, milestones={own: 3})
    SkillShownFactory(coder=member.coder)
    evaluate_coders([member.coder_id])
    gap = MemberGap.objects.get(membership=member, milestone_version__milestone=own)
    assert (gap.status, gap.weight) == (Status.MET, 3)
    board = page.get(reverse("tracker:team", args=[team.pk])).content.decode()
    assert "Skilled or seasoned" in board
    evidence = reverse("tracker:team_evidence", args=[team.pk, member.pk, own.slug])
    assert page.get(evidence).status_code == 200


def test_a_changed_milestone_holds_at_once(team, manager, member, catalogue):
    first = save_milestone(team.organization, GIVEN, definition(1), by=manager)
    write_standard(team, by=manager, valid_from=member.joined_on, milestones={first.milestone: 3})
    SkillShownFactory(coder=member.coder)
    evaluate_coders([member.coder_id])
    assert MemberGap.objects.get(milestone_version=first).status == Status.MET
    second = save_milestone(
        team.organization, GIVEN | {"milestone": first.milestone}, definition(2), by=manager
    )
    assert Staleness.objects.get(coder=member.coder).is_stale
    evaluate_coders([member.coder_id])
    assert MemberGap.objects.get(milestone_version=second).status != Status.MET
    assert not MemberGap.objects.filter(milestone_version=first).exists()


def test_nobody_asks_for_or_reads_the_milestones_of_another_organization(team, manager, catalogue, signed_in):
    other = StaffFactory().organization
    theirs = save_milestone(other, {"name": "Secret of theirs", "summary": "x"}, definition(1), by=None)
    page = signed_in(manager)
    for name in ("team_standard", "team_milestone"):
        url = reverse(f"tracker:{name}", args=[team.pk])
        assert (
            "Secret of theirs"
            not in page.get(
                url, {"milestone": theirs.milestone_id, "ask": theirs.milestone_id}
            ).content.decode()
        )
    with pytest.raises(ValidationError, match="from the list"):
        write_standard(team, by=manager, valid_from="2026-01-01", milestones={theirs.milestone: 3})
    assert not StandardVersion.objects.exists()
    with pytest.raises(PermissionDenied):
        save_milestone(other, {"name": "x", "summary": "x"}, definition(1), by=manager)
    with pytest.raises(PermissionDenied):
        save_milestone(
            team.organization,
            {"name": "x", "summary": "x", "milestone": theirs.milestone},
            definition(1),
            by=manager,
        )
    member = MembershipFactory(team=team)
    with pytest.raises(PermissionDenied):
        save_milestone(team.organization, GIVEN, definition(1), by=member.coder.user)


def test_a_manager_of_one_team_writes_milestones_too(team, manager, catalogue):
    alone = StaffFactory(organization=team.organization, team=team).user
    assert (
        save_milestone(team.organization, GIVEN, definition(1), by=alone).milestone.owner == team.organization
    )
    with pytest.raises(PermissionDenied):
        save_milestone(OrganizationFactory(), GIVEN, definition(1), by=alone)


def test_nothing_private_is_asked_even_if_it_is_written(team, manager, member, catalogue):
    """A coder's choice of a track is theirs: no standard of a team learns of it."""
    private = {"needs": {"measure": "track_chosen", "cmp": ">=", "target": "1"}}
    own = save_milestone(team.organization, GIVEN, private, by=manager)
    write_standard(team, by=manager, valid_from=member.joined_on, milestones={own.milestone: 3})
    evaluate_coders([member.coder_id])
    assert not MemberGap.objects.filter(milestone_version=own).exists()


def test_a_manager_of_one_team_changes_no_milestone_that_others_are_held_to(
    team, manager, catalogue, signed_in
):
    first = save_milestone(team.organization, GIVEN, definition(1), by=manager)
    alone = StaffFactory(organization=team.organization, team=team).user
    with pytest.raises(PermissionDenied):
        save_milestone(team.organization, GIVEN | {"milestone": first.milestone}, definition(2), by=alone)
    assert first.milestone.versions.count() == 1
    change = f"{reverse('tracker:team_milestone', args=[team.pk])}?milestone={first.milestone_id}"
    standard = reverse("tracker:team_standard", args=[team.pk])
    assert change in signed_in(manager).get(standard).content.decode()
    assert change not in signed_in(alone).get(standard).content.decode()
