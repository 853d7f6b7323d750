"""What assumptions change: readiness, dates, moves. By the same functions as everything else, and nothing is stored."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curriculum.models import Effort
from tests.factories import AuditFactory, CredentialFactory, VolumeFactory
from tests.tracker.evaluation.conftest import CPC, SKILL
from tracker.evaluation.compute import reconsider
from tracker.measures.base import months_before
from tracker.models import Coder, Status
from tracker.services.evaluation import preview
from tracker.whatif.assumptions import Assumptions, assume
from tracker.whatif.compute import look, middle
from tracker.whatif.moves import next_moves
from tracker.whatif.overlay import Overlay

ACCURACY = {
    "measure": "audit_accuracy", "params": {"method": "case"}, "target": "95.0", "window": {"months": 12},
    "minimum": {"records": 100}, "close": "1.0",
}  # fmt: skip
CHARTS = {"measure": "charts_coded", "target": "20000"}


def effort(slug, **fields):
    return Effort.objects.create(
        **{
            "slug": slug,
            "name": slug,
            "measure": slug,
            "hours": 10,
            "statement": f"{slug} takes",
            "source": "test",
        }
        | fields
    )


@pytest.fixture
def exam(db):
    return effort("credentials", hours=100, months=3, pass_rate="0.60", retake_days=61)


def statuses(seen):
    return {milestone.slug: (was, would) for milestone, was, would in seen.changes()}


def test_nothing_assumed_changes_nothing_and_agrees_with_the_evaluation(aiming, ask, exam):
    ask("credential", CPC, by="senior-coder")
    ask("skill", SKILL, by="senior-coder")
    seen = look(aiming, assume({}))
    batch = preview(aiming)
    assert seen.now.readiness == seen.then.readiness == 0
    assert int(batch.weight_asked[0]) == int(seen.now.evaluated.weight_asked[0])
    assert seen.changes() == []


def test_an_assumed_credential_counts_for_readiness_and_gets_a_day_from_the_hours(
    aiming, ask, exam, certifications
):
    ask("credential", CPC, by="senior-coder")
    ask("skill", SKILL, by="senior-coder")
    seen = look(aiming, assume({"credentials": ["cpc"], "study": 10}))
    assert statuses(seen) == {"credential": (Status.NO_EVIDENCE, Status.MET)}
    assert (seen.now.readiness, seen.then.readiness) == (0, 50)
    (planned,) = seen.exams
    assert (
        85 < (planned.day - seen.today).days < 97
    )  # 100 hours at 10 a week are ten weeks, but three months at least
    slower = look(aiming, assume({"credentials": ["cpc"], "study": 2})).exams[0]
    assert (slower.day - seen.today).days == pytest.approx(350, abs=8)


def test_two_exams_share_the_hours_and_a_planned_one_keeps_its_day(aiming, ask, exam, certifications):
    ask("credential", CPC, by="senior-coder")
    day = seen_today = aiming.today()
    CredentialFactory(coder=aiming, earned_on=None, planned_on=day + dt.timedelta(days=40))
    (first,) = look(aiming, assume({"credentials": ["cpc", "ccs"], "study": 5})).exams
    assert first.certification == "ccs"
    assert (first.day - seen_today).days == pytest.approx(2 * 20 * 7, abs=8)


def test_what_is_held_already_is_not_held_twice(aiming, ask, exam, certifications):
    two = CPC | {"params": {"any_of": ["cpc", "ccs"]}, "target": "2"}
    ask("two", two, by="senior-coder")
    CredentialFactory(coder=aiming, certification=certifications["cpc"])
    assert statuses(look(aiming, assume({"credentials": ["cpc"]}))) == {}
    assert statuses(look(aiming, assume({"credentials": ["ccs"]})))["two"][1] == Status.MET


def test_an_assumed_rate_is_compared_exactly_and_only_with_a_sample(aiming, ask):
    ask("accuracy", ACCURACY, by="senior-coder")
    assert statuses(look(aiming, assume({"accuracy": 97}))) == {}  # no audits: nothing to have a rate of
    for rate, status in ((94.9, Status.CLOSE), (95, Status.MET), (96, Status.MET)):
        assert statuses(look(aiming, assume({"accuracy": rate, "audited": 20})))["accuracy"][1] == status
    assert statuses(look(aiming, assume({"accuracy": 99, "audited": 5}))) == {}  # 60 in a year of 100 asked


def test_more_audits_at_a_good_rate_bring_the_date_nearer(aiming, ask):
    ask("accuracy", ACCURACY, by="senior-coder")
    for ago in range(6):
        when = months_before(aiming.today(), ago) - dt.timedelta(days=5)
        AuditFactory(coder=aiming, audited_on=when, records_reviewed=5, scores={"case": (5, 5)})
    seen = look(aiming, assume({"audited": 40}))
    gap_now, gap_then = (next(iter(side.found.gaps.values())) for side in (seen.now, seen.then))
    assert middle(gap_then.cdf[0]) < 4 < 8 < middle(gap_now.cdf[0])


def test_charts_a_day_become_the_pace(aiming, ask):
    ask("charts", CHARTS, by="senior-coder")
    for ago in range(6):
        when = months_before(aiming.today(), ago) - dt.timedelta(days=5)
        VolumeFactory(coder=aiming, starts_on=when, ends_on=when, charts=300)
    slow, fast = (look(aiming, assume({"charts": charts})) for charts in (50, 100))
    months = [middle(next(iter(seen.then.found.gaps.values())).cdf[0]) for seen in (slow, fast)]
    assert months[0] == pytest.approx(18200 / 1050, abs=1) and months[1] == pytest.approx(18200 / 2100, abs=1)


def test_another_target_asks_other_things(aiming, ask, ladder):
    ask("skill", SKILL, by="senior-coder")
    ask("credential", CPC, by="auditor")
    seen = look(aiming, assume({"target": "auditor"}))
    assert seen.now.target == seen.then.target == ladder.roles["auditor"]
    assert next_moves(seen) == []
    aiming.refresh_from_db()
    assert aiming.target_role is None


def test_looking_writes_nothing(aiming, ask, exam, certifications):
    ask("credential", CPC, by="senior-coder")
    with CaptureQueriesContext(connection) as queries:
        next_moves(look(aiming, assume({"credentials": ["cpc"], "accuracy": 97, "audited": 20})))
    assert [q["sql"] for q in queries if q["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")] == []


def test_one_exam_that_closes_two_gaps_is_one_move_and_says_what_it_assumes(
    aiming, ask, exam, certifications
):
    effort("skills", hours=400)
    ask("first", CPC, by="senior-coder", weight=5)
    ask("cpc-or-ccs", CPC | {"params": {"any_of": ["cpc", "ccs"]}}, by="senior-coder")
    ask("skill", SKILL, by="senior-coder")
    exam_move, skill_move = next_moves(look(aiming, assume({})))
    assert exam_move.certification == "cpc"
    assert {m.slug for m in exam_move.closes} == {"first", "cpc-or-ccs"}
    assert [row.statement for row in exam_move.efforts] == ["credentials takes"]
    assert exam_move.score > skill_move.score and skill_move.hours == 400


def test_of_alternatives_the_cheapest_is_the_move_and_what_time_closes_is_none(aiming, ask):
    effort("skills", hours=20)
    effort("contributions", hours=5)
    either = {"any": [SKILL, {"measure": "contributions", "params": {"kinds": ["mentoring"]}, "target": "1"}]}
    ask("either", either, by="senior-coder")
    ask("years", {"measure": "experience_years", "target": "3"}, by="senior-coder")
    (move,) = next_moves(look(aiming, assume({})))
    assert (move.title, move.hours) == ("either", 5)


def test_what_was_read_once_is_judged_as_if_read_anew(aiming, ask):
    """Looking twice at the same data says what looking at fresh data says, whatever was assumed in between."""
    ask("accurate", ACCURACY, by="foundation")
    AuditFactory(coder=aiming, audited_on=aiming.today(), scores={"case": (38, 40)})
    batch = preview(Coder.objects.select_related("user", "track").get(pk=aiming.pk))
    before = {c.version: c.fingerprint.tolist() for c in batch.columns}
    overlay = Overlay(Assumptions(accuracy=99.0), (), None)
    assert batch.data.readings
    reconsider(batch, batch.coders, overlay)
    assert {c.version: c.fingerprint.tolist() for c in reconsider(batch, batch.coders).columns} == before
