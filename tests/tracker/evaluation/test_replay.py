"""Replaying the records finds whatever is stored and does not follow from them, and nothing else."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from tests.factories import AuditFactory, CoderFactory, PositionFactory, SkillShownFactory
from tracker.models import Evaluation, Gap, GapEvent, SkillShown, Staleness
from tracker.services.evaluation import evaluate_coders
from tracker.services.replay import repair, verify_coders

from .conftest import CASES, REVIEWER, SKILL


@pytest.fixture
def coder(ask):
    """Evaluated twice, with the skill met on the second day."""
    ask("skill", SKILL, by="foundation")
    ask("both", {"all": [CASES, REVIEWER]}, by="foundation")
    coder = CoderFactory()
    today = coder.today()
    PositionFactory(coder=coder, starts_on=dt.date(2024, 1, 1))
    AuditFactory(coder=coder, audited_on=today, records_reviewed=10, scores={"case": (9, 10)})
    evaluate_coders([coder.pk])
    SkillShownFactory(coder=coder)
    evaluate_coders([coder.pk])
    return coder


def found(coder):
    return [(drift.what, drift.figures) for drift in verify_coders([coder.pk]).drifts]


def gap(coder, slug):
    return Gap.objects.filter(coder=coder, milestone_version__milestone__slug=slug)


def test_what_was_evaluated_follows_from_the_records(coder):
    report = verify_coders([coder.pk])
    assert (report.coders, report.gaps, report.waiting, report.drifts) == (1, 2, 0, [])


TAMPERED = {
    "status": ("met", {"status"}),
    "value": (12.5, {"value"}),
    "lower": (1.0, {"lower"}),
    "sample": (77, {"sample"}),
    "lacking": ({"records": 1}, {"lacking"}),
    "parts": ([], {"parts"}),
    "fingerprint": (1, {"fingerprint"}),
}


@pytest.mark.parametrize("figure", TAMPERED)
def test_a_figure_that_was_changed_by_hand_is_found_and_mended(coder, figure):
    value, names = TAMPERED[figure]
    gap(coder, "both").update(**{figure: value})
    drifts = verify_coders([coder.pk]).drifts
    assert set().union(*(d.figures for d in drifts if d.what == "gap both")) == names
    events = GapEvent.objects.count()
    assert repair(drifts) == 1
    assert found(coder) == []
    assert GapEvent.objects.count() == events, "it was never said otherwise"


def test_the_day_on_which_it_was_first_met_comes_back_from_the_history(coder):
    first = gap(coder, "skill").get().first_met_on
    gap(coder, "skill").update(first_met_on=None)
    repair(verify_coders([coder.pk]).drifts)
    assert gap(coder, "skill").get().first_met_on == first


def test_a_gap_that_is_gone_is_found(coder):
    gap(coder, "both").delete()
    assert ("gap both", ("missing",)) in found(coder)
    repair(verify_coders([coder.pk]).drifts)
    assert found(coder) == []


def test_a_record_that_was_lost_past_everything_is_found(coder):
    SkillShown.objects.filter(coder=coder)._raw_delete("default")
    assert "gap skill" in dict(found(coder))


def test_readiness_that_does_not_follow_is_found(coder):
    Evaluation.objects.filter(coder=coder).update(weight_met=99, years=40)
    assert found(coder) == [("readiness", ("years", "weight_met"))]
    repair(verify_coders([coder.pk]).drifts)
    assert found(coder) == []


def test_a_history_with_a_hole_or_an_echo_is_found(coder):
    events = GapEvent.objects.filter(coder=coder, milestone_version__milestone__slug="skill").order_by("pk")
    *_, last = events
    GapEvent.objects.create(
        coder=coder, milestone_version=last.milestone_version, standard=last.standard, day=last.day,
        old_status=last.new_status, new_status=last.new_status,
    )  # fmt: skip
    assert found(coder) == [("history of skill", ("said twice",))]
    events.filter(pk__gte=last.pk).delete()
    assert found(coder) == [("history of skill", ("does not end with the gap’s status",))]


def test_who_waits_for_an_evaluation_is_left_out(coder):
    gap(coder, "both").update(value=1)
    Staleness.objects.filter(coder=coder).update(seq=99)
    report = verify_coders([coder.pk])
    assert (report.coders, report.waiting, report.drifts) == (0, 1, [])


def test_the_command_says_it_fails_and_mends(coder, capsys):
    call_command("verify")
    assert "Everything stored follows from the records." in capsys.readouterr().out
    gap(coder, "both").update(value=1)
    with pytest.raises(CommandError, match="1 drifts and 0 faults"):
        call_command("verify")
    assert f"coder {coder.pk}: gap both: value" in capsys.readouterr().out
    call_command("verify", repair=True)
    assert "Everything stored follows" in capsys.readouterr().out
