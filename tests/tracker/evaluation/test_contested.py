"""A contested figure counts, marked, until it is answered: in gaps, on every page that shows one, in the API."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from tests.factories import DAY, AuditFactory, MembershipFactory, StaffFactory
from tracker.models import Gap, MemberGap
from tracker.selectors.members import member_view
from tracker.selectors.packet import packet_data
from tracker.selectors.promotion import packet_of
from tracker.services.disputes import answer_dispute, open_dispute
from tracker.services.evaluation import evaluate_coders

from .conftest import CASES, SKILL

YEARS = {
    "measure": "audit_accuracy_sustained", "params": {"method": "case", "at": "80.0"}, "target": "2",
    "minimum": {"records": 10},
}  # fmt: skip
NOON = dt.datetime.combine(DAY, dt.time(17), dt.UTC)


@pytest.fixture
def member(ask):
    ask("accurate", CASES, by="foundation")
    ask("steady", YEARS, by="foundation")
    ask("either", {"any": [CASES, SKILL]}, by="foundation")
    ask("skilled", SKILL, by="coder")
    return MembershipFactory()


@pytest.fixture
def manager(member):
    return StaffFactory(organization=member.team.organization).user


@pytest.fixture
def contested(member, manager):
    here = member.team.organization
    audit = AuditFactory(
        coder=member.coder, made_under=here, audited_on=DAY, scores={"case": (36, 40)}, verified=True,
        verified_by=manager, verified_for=here,
    )  # fmt: skip
    with time_machine.travel(NOON):
        return open_dispute(audit.scores.get(), reason="Guideline I.C.4", by=member.coder.user)


def marks(model=Gap):
    evaluated = model.objects.values_list("milestone_version__milestone__slug", "contested")
    return dict(evaluated)


def test_what_rests_on_a_contested_score_is_marked_and_counts(member, contested):
    assert not evaluate_coders([member.coder_id], DAY).failed
    expected = {"accurate": True, "steady": True, "either": True, "skilled": False}
    assert marks() == expected and marks(MemberGap) == expected
    gap = Gap.objects.get(milestone_version__milestone__slug="accurate")
    assert (gap.numerator, gap.denominator) == (36, 40)
    either = Gap.objects.get(milestone_version__milestone__slug="either")
    assert [part.get("contested", False) for part in either.parts] == [True, False]


def test_the_mark_goes_with_the_answer_though_no_figure_changes(member, manager, contested):
    evaluate_coders([member.coder_id], DAY)
    answer_dispute(contested, answer="It stands.", by=manager)
    assert not evaluate_coders([member.coder_id], DAY).failed
    assert not any(marks().values()) and not any(marks(MemberGap).values())


@pytest.mark.parametrize(
    "other", [{"basis": "targeted"}, {"scores": {"case": (36, 40)}, "audited_on": dt.date(2020, 1, 1)}]
)
def test_a_dispute_of_what_is_not_in_the_figure_does_not_mark_it(member, manager, contested, other):
    """A targeted audit, and one from before the window; what is contested of another method neither."""
    audit = contested.score.audit
    for name, value in other.items():
        if name != "scores":
            setattr(audit, name, value)
    audit.save()
    AuditFactory(coder=member.coder, audited_on=DAY, scores={"case": (36, 40)})
    evaluate_coders([member.coder_id], DAY)
    assert not marks()["accurate"]


@time_machine.travel(NOON)
def test_the_mark_stands_beside_the_figure_on_every_page(client, member, manager, contested):
    evaluate_coders([member.coder_id])
    client.force_login(member.coder.user)
    for page in (reverse("tracker:dashboard"), reverse("tracker:gap", args=["accurate"])):
        assert 'class="tag contested"' in client.get(page).content.decode(), page
    assert (
        'class="tag contested"' not in client.get(reverse("tracker:gap", args=["skilled"])).content.decode()
    )
    gaps = {gap["milestone"]: gap for gap in client.get("/api/v1/gaps/").json()}
    assert gaps["accurate"]["contested"] and not gaps["skilled"]["contested"]
    assert "contested" in next(e for e in packet_of(member.coder).open if e.name == "accurate").certainty
    client.force_login(manager)
    team, mine = member.team_id, member.pk
    for page in (
        reverse("tracker:team", args=[team]),
        reverse("tracker:team_member", args=[team, mine]),
        reverse("tracker:team_evidence", args=[team, mine, "accurate"]),
    ):
        assert 'class="tag contested"' in client.get(page).content.decode(), page
    assert "contested" in client.get(reverse("tracker:team", args=[team]) + "?export=csv").content.decode()
    (row,) = client.get(f"/api/v1/teams/{team}/members/").json()
    assert {gap["milestone"]: gap["contested"] for gap in row["gaps"]}["accurate"]
    packet = packet_data(member_view(member, DAY), DAY)
    assert any("contested" in line[2] for line in packet["gaps"] if line[0] == "accurate")
