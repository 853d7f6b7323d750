"""Gaps of a coder on a day, and as time goes by; any number of coders at once."""

import datetime as dt
import random

import pytest

from curriculum.models import MilestoneVersion, Track
from tests.factories import (
    DAY,
    AuditFactory,
    CertificationFactory,
    CoderFactory,
    CredentialFactory,
    SkillShownFactory,
)
from tracker.evaluation.compute import evaluate
from tracker.models import Coder, GapEvent, Status

from .conftest import CASES, CPC, REVIEWER, SKILL

d = dt.date


def _audit(coder, correct, reviewed, day=DAY, **values):
    scores = {"case": (correct, reviewed)}
    return AuditFactory(coder=coder, audited_on=day, records_reviewed=reviewed, scores=scores, **values)


# --- Gaps ---


@pytest.mark.parametrize(
    ("correct", "reviewed", "status", "certainty"),
    [
        (39, 40, "met", "reported"),
        (38, 40, "met", "reported"),
        (379, 400, "close", "reported"),
        (30, 40, "open", "reported"),
        (29, 29, "no_evidence", "thin"),
    ],
)
def test_a_gap_carries_the_verdict_and_its_figures(
    ask, outcome_of, coder, correct, reviewed, status, certainty
):
    ask("cases", CASES, by="specialization")
    _audit(coder, correct, reviewed)
    gap = outcome_of(coder).by_slug["cases"]
    assert (gap.status, gap.certainty) == (status, certainty)
    assert (gap.numerator, gap.denominator, gap.sample) == (correct, reviewed, reviewed)
    assert gap.value == pytest.approx(100 * correct / reviewed)
    assert gap.lower < gap.value < gap.upper or gap.upper == 100
    assert gap.lacking == ({"records": 1} if reviewed < 30 else None)


def test_nothing_logged_is_no_evidence_and_no_figures(ask, outcome_of, coder):
    ask("cases", CASES, by="foundation")
    gap = outcome_of(coder).by_slug["cases"]
    assert (gap.status, gap.certainty, gap.value, gap.sample, gap.first_met_on) == (
        "no_evidence",
        "",
        None,
        None,
        None,
    )


def test_a_gap_of_several_conditions_repeats_the_figures_of_each(ask, outcome_of, coder):
    ask("both", {"all": [SKILL, {"any": [CASES, REVIEWER]}]}, by="foundation")
    SkillShownFactory(coder=coder)
    _audit(coder, 20, 20)
    gap = outcome_of(coder).by_slug["both"]
    assert (gap.status, gap.numerator, gap.denominator) == ("open", 1, 2)
    first, second = gap.parts
    assert first == {"status": "met", "value": 1}
    assert second["status"] == "no_evidence" and second["denominator"] == 1
    assert second["parts"][0]["lacking"] == {"records": 10}
    assert second["parts"][1] == {"status": "no_evidence"}


def test_what_does_not_apply_is_said_so_and_judged_again_when_it_does(ask, gaps_on, coder):
    needs_a_track = {"measure": "track_chosen", "target": "1"}
    ask("skill", SKILL, by="foundation", applies_if=needs_a_track)
    SkillShownFactory(coder=coder)
    gap = gaps_on(DAY, coder)["skill"]
    assert (gap.status, gap.certainty, gap.value, gap.first_met_on) == ("not_applicable", "", None, None)
    coder.track = Track.objects.create(slug="t", name="T", source="test")
    coder.save()
    assert gaps_on(DAY, coder)["skill"].status == "met"


def test_first_met_is_kept_for_ever_and_status_since_is_not(ask, gaps_on, coder):
    ask("cases", CASES, by="foundation")
    _audit(coder, 40, 40, d(2025, 1, 10))
    first = gaps_on(d(2025, 1, 10), coder)["cases"]
    assert (first.status, first.first_met_on, first.status_since) == ("met", d(2025, 1, 10), d(2025, 1, 10))
    _audit(coder, 39, 40, d(2025, 2, 10))
    later = gaps_on(d(2025, 2, 10), coder)["cases"]
    assert later.denominator == 80
    assert (later.first_met_on, later.status_since) == (d(2025, 1, 10), d(2025, 1, 10))
    _audit(coder, 20, 40, d(2025, 3, 10))
    bad = gaps_on(d(2025, 3, 10), coder)["cases"]
    assert (bad.status, bad.first_met_on, bad.status_since) == ("open", d(2025, 1, 10), d(2025, 3, 10))
    for _ in range(9):
        _audit(coder, 40, 40, d(2025, 4, 10))
    again = gaps_on(d(2025, 4, 10), coder)["cases"]
    assert (again.status, again.first_met_on, again.status_since) == ("met", d(2025, 1, 10), d(2025, 4, 10))


def test_evidence_that_rolled_out_of_the_window_is_lapsed(ask, gaps_on, coder, stranger):
    ask("cases", CASES, by="foundation")
    _audit(coder, 40, 40, d(2025, 1, 10))
    _audit(stranger, 20, 40, d(2025, 1, 10))
    gaps_on(d(2025, 1, 10), coder, stranger)
    last_day = gaps_on(d(2026, 1, 9), coder)["cases"]
    assert last_day.status == "met"
    gap = gaps_on(d(2026, 1, 10), coder)["cases"]
    assert (gap.status, gap.certainty, gap.value, gap.first_met_on) == ("lapsed", "", None, d(2025, 1, 10))
    assert gaps_on(d(2026, 1, 10), stranger)["cases"].status == "no_evidence"  # was never met


def test_an_expired_credential_is_lapsed_even_if_it_was_never_evaluated_before(ask, outcome_of, coder):
    ask("cpc", CPC, by="foundation")
    CredentialFactory(coder=coder, expires_on=DAY)
    assert outcome_of(coder, DAY).by_slug["cpc"].status == "met"
    assert outcome_of(coder, DAY + dt.timedelta(days=1)).by_slug["cpc"].status == "lapsed"


def test_one_of_two_credentials_lost_is_lapsed(ask, gaps_on, coder):
    ask("two", {**CPC, "params": {}, "target": "2"}, by="foundation")
    CredentialFactory(coder=coder, expires_on=None)
    second = CredentialFactory(coder=coder, certification=CertificationFactory(slug="ccs"), expires_on=DAY)
    assert gaps_on(DAY, coder)["two"].status == "met"
    gap = gaps_on(DAY + dt.timedelta(days=1), coder)["two"]
    assert (gap.status, gap.value) == ("lapsed", 1)
    second.expires_on = d(2028, 1, 1)
    second.save()
    assert gaps_on(DAY + dt.timedelta(days=1), coder)["two"].status == "met"


def test_too_little_evidence_left_is_not_lapsed_but_not_enough(ask, gaps_on, coder):
    ask("cases", CASES, by="foundation")
    _audit(coder, 40, 40, d(2025, 1, 10))
    _audit(coder, 10, 10, d(2025, 6, 10))
    assert gaps_on(d(2025, 6, 10), coder)["cases"].status == "met"
    gap = gaps_on(d(2026, 1, 10), coder)["cases"]
    assert (gap.status, gap.certainty, gap.first_met_on) == ("no_evidence", "thin", d(2025, 6, 10))


def test_plans_count_for_nothing(ask, outcome_of, coder):
    ask("cpc", CPC, by="foundation")
    CredentialFactory(coder=coder, earned_on=None, expires_on=None, planned_on=DAY)
    assert outcome_of(coder).by_slug["cpc"].status == "no_evidence"


def test_a_new_version_is_a_gap_of_its_own_and_the_old_one_keeps_its_day(ask, gaps_on, coder):
    milestone = ask("skill", SKILL, by="foundation").milestone
    SkillShownFactory(coder=coder, since=d(2025, 1, 1))
    gaps_on(d(2025, 1, 1), coder)
    two = {**SKILL, "target": "2"}
    MilestoneVersion.objects.create(
        milestone=milestone, no=2, valid_from=d(2025, 2, 1), definition={"needs": two}
    )
    gaps_on(d(2025, 2, 1), coder)
    old, new = coder.gaps.order_by("milestone_version__no")
    assert (old.status, old.first_met_on) == ("met", d(2025, 1, 1))
    assert (new.status, new.first_met_on) == ("open", None)


def test_what_an_earlier_target_asked_is_judged_on(ask, ladder, gaps_on, coder):
    ask("cpc", CPC, by="auditor")
    coder.target_role = ladder.roles["auditor"]
    coder.save()
    assert gaps_on(DAY, coder)["cpc"].status == "no_evidence"
    coder.target_role = ladder.roles["manager"]
    coder.save()
    CredentialFactory(coder=coder)
    assert gaps_on(DAY, coder)["cpc"].status == "met"


def test_of_a_role_that_was_never_a_target_nothing_is_judged(ask, outcome_of, coder):
    ask("cpc", CPC, by="auditor")
    assert outcome_of(coder).by_slug == {}


# --- Any number of coders ---


def test_coders_together_are_each_one_alone(ask, ladder, db):
    ask("skill", SKILL, by="foundation")
    ask("cases", CASES, by="specialization", weight=5)
    ask("cpc", CPC, by="auditor")
    ask("both", {"n_of": 2, "of": [SKILL, CASES, CPC]}, by="senior")
    chance = random.Random(5)
    coders = [CoderFactory() for _ in range(6)]
    for coder in coders:
        coder.target_role = chance.choice([None, *ladder.roles.values()])
        coder.stated_role = chance.choice([None, *ladder.roles.values()])
        coder.save()
        if chance.random() < 0.6:
            SkillShownFactory(coder=coder)
        if chance.random() < 0.6:
            _audit(coder, chance.randint(30, 40), 40, verified=chance.random() < 0.5)
        if chance.random() < 0.6:
            CredentialFactory(coder=coder, expires_on=chance.choice([None, d(2026, 3, 30)]))
    everybody = Coder.objects.select_related("user", "track").order_by("pk")

    def said(outcome):
        fields = ("status", "certainty", "value", "lower", "numerator", "lacking", "parts", "first_met_on")
        gaps = {version: [getattr(gap, f) for f in fields] for version, gap in outcome.gaps.items()}
        return gaps, outcome.weight_met, outcome.weight_asked, outcome.demonstrated_stage, outcome.target

    together = evaluate(list(everybody), DAY).outcomes()
    alone = [evaluate([coder], DAY).outcome(0) for coder in everybody]
    assert [said(one) for one in together] == [said(one) for one in alone]
    assert len({str(said(one)) for one in alone}) > 1  # they do differ


def test_evaluating_writes_nothing(ask, outcome_of, coder):
    ask("skill", SKILL, by="foundation")
    SkillShownFactory(coder=coder)
    outcome_of(coder)
    assert not coder.gaps.exists() and not GapEvent.objects.exists()


def test_a_change_of_status_is_remembered_as_what_was_said_then(ask, gaps_on, coder):
    ask("cpc", CPC, by="foundation")
    CredentialFactory(coder=coder, earned_on=d(2025, 1, 10), expires_on=d(2026, 1, 10))
    for day in (d(2025, 1, 9), d(2025, 1, 10), d(2025, 6, 1), d(2026, 1, 11)):
        gaps_on(day, coder)
    events = (
        GapEvent.objects.filter(coder=coder).order_by("pk").values_list("day", "old_status", "new_status")
    )
    assert list(events) == [
        (d(2025, 1, 9), "", Status.NO_EVIDENCE),
        (d(2025, 1, 10), Status.NO_EVIDENCE, Status.MET),
        (d(2026, 1, 11), Status.MET, Status.LAPSED),
    ]
