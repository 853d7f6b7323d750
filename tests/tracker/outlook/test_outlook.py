"""From records to dates: what each kind of condition makes of a coder's history, and what is kept of it."""

import datetime as dt

import numpy as np
import pytest

from curriculum.models import Effort, Milestone
from tests.factories import (
    AuditFactory,
    AuditWorkFactory,
    CoderFactory,
    CredentialFactory,
    PositionFactory,
    VolumeFactory,
)
from tests.tracker.evaluation.conftest import CPC, SKILL
from tracker.evaluation.compute import evaluate
from tracker.forecast import grid
from tracker.forecast.pace import Reason
from tracker.measures.base import months_before
from tracker.models import Coder
from tracker.outlook.compute import outlook
from tracker.outlook.histories import LENGTH, Histories, columns_of

DAY = dt.date(2026, 3, 31)
CHARTS = {"measure": "charts_coded", "target": "12000"}
REVIEWS = {"measure": "audit_work", "target": "12"}
EXPERIENCE = {"measure": "experience_years", "target": "3"}
ACCURACY = {
    "measure": "audit_accuracy", "params": {"method": "case"}, "target": "95.0", "window": {"months": 12},
    "minimum": {"records": 100},
}  # fmt: skip


@pytest.fixture
def aiming(ladder):
    """A coder on the way to senior-coder."""
    coder = CoderFactory()
    coder.stated_role = ladder.roles["coder"]
    coder.save()
    return coder


@pytest.fixture
def look(ladder):
    """The outlook of coders on a day; `of(slug)` is months (p10, p50, p90) and reason of the first coder's gap."""

    def look(*coders, day=DAY):
        rows = list(Coder.objects.filter(pk__in=[c.pk for c in coders]).select_related("user", "track"))
        found = outlook(evaluate(rows, day))
        slugs = dict(Milestone.objects.values_list("pk", "slug"))

        def of(slug, i=0):
            for gap in found.gaps.values():
                if slugs[found.batch.context.milestone_of[gap.version]] == slug and gap.row(i) is not None:
                    row = gap.row(i)
                    return grid.quantiles(gap.cdf)[:, row], Reason(int(gap.reason[row]))
            return None, None

        found.of, found.slugs = of, slugs
        return found

    return look


def monthly(make, months, day=DAY, **fields):
    """A record in the middle of each of the last months."""
    for ago in range(months):
        when = months_before(day, ago) - dt.timedelta(days=10)
        make(when, **fields)


def volumes(coder, months, charts=500):
    monthly(lambda when, **_: VolumeFactory(coder=coder, starts_on=when, ends_on=when, charts=charts), months)


def test_charts_close_when_the_pace_says(aiming, ask, look):
    ask("charts", CHARTS, by="senior-coder")
    volumes(aiming, 10)
    (low, middle, high), reason = look(aiming).of("charts")
    assert reason == Reason.CAN_SAY
    assert middle == pytest.approx(14, abs=1)  # 7,000 missing at 500 a month
    assert low < middle < high


def test_without_enough_months_it_cannot_say(aiming, ask, look):
    ask("charts", CHARTS, by="senior-coder")
    volumes(aiming, 3)
    assert look(aiming).of("charts")[1] == Reason.TOO_SHORT


def test_a_gap_that_is_met_is_not_forecast(aiming, ask, look):
    ask("charts", CHARTS | {"target": "1000"}, by="senior-coder")
    volumes(aiming, 10)
    found = look(aiming)
    assert found.of("charts") == (None, None)
    assert found.promotions() == {}


def test_only_records_that_count_are_paced_and_never_another_coders(aiming, ask, look):
    ask("charts", CHARTS, by="senior-coder")
    monthly(
        lambda when: VolumeFactory(coder=aiming, starts_on=when, ends_on=when, charts=500, counted=False), 10
    )
    volumes(CoderFactory(), 10)
    assert look(aiming).of("charts")[1] == Reason.NOTHING


def test_months_of_the_history_are_those_by_which_a_window_rolls(aiming, ask, look):
    """The last month ends today: a record from the day after the same day of last month is in it, one from that day not."""
    ask("charts", CHARTS, by="senior-coder")
    for when in (DAY, dt.date(2026, 3, 1), dt.date(2026, 2, 28), dt.date(2026, 2, 1), dt.date(2024, 4, 1)):
        VolumeFactory(coder=aiming, starts_on=when, ends_on=when, charts=1)
    found = look(aiming)
    leaf = next(iter(found.batch.context.rules.values())).needs
    series = Histories(found.batch.data, [leaf]).of(columns_of(leaf, DAY)[0])[0]
    assert series[-1] == 2 and series[-2] == 2 and series[0] == 1 and series.sum() == 5
    assert len(series) == LENGTH


def test_years_come_with_time_in_a_coding_position_and_not_without(aiming, ask, look, ladder):
    ask("years", EXPERIENCE, by="senior-coder")
    PositionFactory(coder=aiming, role=ladder.roles["coder"], starts_on=dt.date(2024, 4, 1))
    other = CoderFactory(stated_role=ladder.roles["coder"], stated_years=2)
    (low, _, high), reason = look(aiming).of("years")
    assert reason == Reason.CAN_SAY
    assert 10 < low < high < 13.5
    assert look(other).of("years")[1] == Reason.NOT_RUNNING


def test_a_planned_exam_has_its_day_and_one_that_is_overdue_has_none(aiming, ask, look, ladder):
    ask("credential", CPC, by="senior-coder")
    assert look(aiming).of("credential")[1] == Reason.NO_PLAN
    planned = CredentialFactory(coder=aiming, earned_on=None, planned_on=dt.date(2026, 7, 1))
    (low, middle, _), reason = look(aiming).of("credential")
    assert reason == Reason.CAN_SAY and low <= 3.1 and middle == pytest.approx(3, abs=0.6)
    planned.planned_on = dt.date(2026, 3, 1)
    planned.save()
    assert look(aiming).of("credential")[1] == Reason.OVERDUE


def test_one_exam_that_closes_two_gaps_is_passed_once(aiming, ask, look, ladder):
    Effort.objects.create(
        slug="exam", name="Exam", measure="credentials", hours=100, pass_rate="0.5", retake_days=61, statement="-",
        source="test",
    )  # fmt: skip
    ask("first", CPC, by="senior-coder")
    ask("cpc-or-ccs", CPC | {"params": {"any_of": ["cpc", "ccs"]}}, by="senior-coder")
    CredentialFactory(coder=aiming, earned_on=None, planned_on=dt.date(2026, 7, 1))
    found = look(aiming)
    promotion = found.promotions()[0]
    assert promotion.can_say and promotion.musts_open == 2
    assert promotion.cdf[3] == pytest.approx(0.5, abs=0.02)  # and not a quarter


def test_accuracy_waits_for_its_sample_and_a_poor_rate_has_no_date(aiming, ask, look):
    ask("accuracy", ACCURACY, by="senior-coder")
    monthly(
        lambda when: AuditFactory(
            coder=aiming, audited_on=when, records_reviewed=10, scores={"case": (10, 10)}
        ),
        5,
    )
    (low, middle, _), reason = look(aiming).of("accuracy")
    assert reason == Reason.CAN_SAY and 3 < low < middle < 9  # 50 more at 10 a month
    poor = CoderFactory(stated_role=aiming.stated_role)
    monthly(
        lambda when: AuditFactory(
            coder=poor, audited_on=when, records_reviewed=20, scores={"case": (16, 20)}
        ),
        9,
    )
    (_, middle, _), reason = look(poor).of("accuracy")
    assert reason == Reason.CAN_SAY and np.isnan(middle)


def test_the_promotion_waits_for_all_musts_and_names_what_cannot_be_said(aiming, ask, look):
    ask("charts", CHARTS, by="senior-coder")
    ask("reviews", REVIEWS, by="senior-coder")
    ask("a-skill", SKILL, by="senior-coder", weight=2)  # a should: no date hangs on it
    volumes(aiming, 10)
    monthly(lambda when: AuditWorkFactory(coder=aiming, done_on=when), 8)
    found = look(aiming)
    promotion = found.promotions()[0]
    assert promotion.can_say and found.slugs[promotion.decided_by] == "charts"
    for slug in ("charts", "reviews"):
        gap = next(
            g for g in found.gaps.values() if found.slugs[found.batch.context.milestone_of[g.version]] == slug
        )
        assert (promotion.cdf <= gap.cdf[gap.row(0)] + 1e-9).all()
    ask("another-skill", SKILL, by="senior-coder")
    promotion = look(aiming).promotions()[0]
    assert not promotion.can_say
    assert list(promotion.unsaid.values()) == [Reason.NOT_PACED]


def test_many_coders_get_what_each_gets_alone(aiming, ask, look, ladder):
    ask("charts", CHARTS, by="senior-coder")
    ask("accuracy", ACCURACY, by="senior-coder")
    ask("years", EXPERIENCE, by="senior-coder")
    others = [CoderFactory(stated_role=ladder.roles["coder"]) for _ in range(3)]
    for n, coder in enumerate([aiming, *others]):
        volumes(coder, 5 + n, charts=300 + 100 * n)
        monthly(
            lambda when, coder=coder, n=n: AuditFactory(
                coder=coder, audited_on=when, scores={"case": (26 + n, 30)}
            ),
            4 + n,
        )
        PositionFactory(coder=coder, role=ladder.roles["coder"], starts_on=dt.date(2024, 1 + n, 1))
    together = look(aiming, *others)
    for i, coder in enumerate([aiming, *others]):
        alone = look(coder)
        for slug in ("charts", "accuracy", "years"):
            one, all_of_them = alone.of(slug), together.of(slug, i)
            assert one[1] == all_of_them[1]
            if one[0] is not None:
                np.testing.assert_allclose(one[0], all_of_them[0])


def test_the_number_of_queries_does_not_grow_with_coders(aiming, ask, ladder, django_assert_max_num_queries):
    ask("charts", CHARTS, by="senior-coder")
    ask("accuracy", ACCURACY, by="senior-coder")
    others = [CoderFactory(stated_role=ladder.roles["coder"]) for _ in range(5)]
    for coder in [aiming, *others]:
        volumes(coder, 5)
    for coders in ([aiming], [aiming, *others]):
        rows = list(Coder.objects.filter(pk__in=[c.pk for c in coders]).select_related("user", "track"))
        batch = evaluate(rows, DAY)
        with django_assert_max_num_queries(4):
            outlook(batch)
