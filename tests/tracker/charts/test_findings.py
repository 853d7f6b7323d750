"""What charts say, from figures alone."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curriculum.percentiles import Points
from tracker.charts.accuracy import Asked, AuditPoint, accuracy_chart, pooled
from tracker.charts.credentials import Held, credential_chart
from tracker.charts.forecast import Expected, forecast_chart
from tracker.charts.ladder import Rung, ladder_chart
from tracker.charts.pace import Reviewed, Worked, pace_chart, quarters
from tracker.charts.readiness import Said, readiness_chart, steps
from tracker.charts.wages import Mine, StageBand, wage_chart
from tracker.intervals import wilson
from tracker.measures.base import months_before

TODAY = dt.date(2026, 11, 21)
ASKED = Asked(95.0, "95.0%", 12, "codes")


def audit(days_ago, correct, reviewed):
    return AuditPoint(TODAY - dt.timedelta(days=days_ago), correct, reviewed)


@st.composite
def audits(draw):
    counts = st.integers(1, 60).flatmap(
        lambda n: st.tuples(st.integers(0, 2000), st.integers(0, n), st.just(n))
    )
    return sorted((audit(*row) for row in draw(st.lists(counts, min_size=1, max_size=30))), key=lambda a: a.day)  # fmt: skip


@given(audits())
def test_each_point_pools_its_own_window(found):
    for point, pool in zip(found, pooled(found, 12), strict=True):
        within = [a for a in found if months_before(point.day, 12) < a.day <= point.day]
        assert (pool.correct, pool.reviewed) == (
            sum(a.correct for a in within),
            sum(a.reviewed for a in within),
        )
        assert (pool.lower, pool.upper) == pytest.approx(
            [100 * bound for bound in wilson(pool.correct, pool.reviewed)]
        )


def test_codes_that_go_together_widen_the_interval():
    alone = pooled([AuditPoint(TODAY, 380, 400)], 12)[0]
    together = pooled([AuditPoint(TODAY, 380, 400, 30, 60.0, 20.0)], 12)[0]
    assert together.lower < alone.lower and together.upper > alone.upper
    few = pooled([AuditPoint(TODAY, 380, 400, 3, 60.0, 20.0)], 12)[0]
    assert few == alone


@given(audits())
def test_accuracy_always_has_a_finding_and_a_row_an_audit(found):
    chart = accuracy_chart(found, ASKED, TODAY)
    assert chart.title and len(chart.rows) == len(found)
    assert all(np.isfinite([p["lower"], p["upper"]]).all() for p in chart.data["points"])


@pytest.mark.parametrize(
    ("correct", "reviewed", "words"),
    [
        (291, 300, "above the 95.0% asked; the sample leaves room for doubt"),
        (990, 1000, "above the 95.0% asked, with chance allowed for"),
        (280, 300, "below the 95.0% asked; that may still be chance"),
        (800, 1000, "below the 95.0% asked, with chance allowed for"),
    ],
)
def test_the_finding_allows_for_chance(correct, reviewed, words):
    assert words in accuracy_chart([audit(10, correct, reviewed)], ASKED, TODAY).title


def test_old_audits_are_shown_and_do_not_count():
    chart = accuracy_chart([audit(500, 30, 30)], ASKED, TODAY)
    assert chart.title == "No audit in the last 12 months" and len(chart.rows) == 1


def test_without_audits_there_is_nothing_to_draw():
    assert accuracy_chart([], ASKED, TODAY).data is None


def said(days_ago, milestone, status):
    return Said(TODAY - dt.timedelta(days=days_ago), milestone, status)


def test_readiness_follows_what_was_said_and_leaves_out_what_does_not_apply():
    history = [said(90, 1, "met"), said(90, 2, "open"), said(90, 3, "not_applicable"), said(30, 2, "met"), said(9, 1, "lapsed")]  # fmt: skip
    found = steps(history, {1: 3, 2: 1, 3: 5}, {1: "Accuracy", 2: "Mentoring", 3: "Apprentice"})
    assert [(step.percent, step.gained, step.lost) for step in found] == [
        (75, ["Accuracy"], []),
        (100, ["Mentoring"], []),
        (25, [], ["Accuracy"]),
    ]
    chart = readiness_chart(found, "Medical Coder II", 25, TODAY)
    assert chart.title == "25% ready, down from 75% in August 2026"
    assert chart.rows[0][2] == "no longer met: Accuracy"
    assert chart.rows[-1][2] == "1 milestone met at the first look"


def test_quarters_pool_and_need_both():
    worked = [Worked(TODAY, 9, 10), Worked(TODAY, 33, 30), Worked(TODAY - dt.timedelta(days=200), 5, 5)]
    found = quarters(worked, [Reviewed(TODAY, 19, 20), Reviewed(TODAY, 79, 80)])
    assert [(q.name, q.attainment, q.accuracy) for q in found] == [("Q4 2026", 105.0, 98.0)]
    assert pace_chart(found, 95.0, "95.0%").title == "Q4 2026: on pace at 105.0%, and accurate at 98.0%"
    assert pace_chart([], 95.0, "95.0%").data is None


def test_wages_with_pay_are_private_and_without_are_not():
    points, bands = Points.annual(40_300, 47_170, 51_230, 65_320, 80_470), [StageBand("Foundation", 40_300, 47_170, True)]  # fmt: skip
    mine = wage_chart(points, "Medical Records Specialists", "Ohio", bands, Mine(44_200.0, "18th percentile"))
    assert mine.private and mine.title == "You earn $44,200: 18th percentile in Ohio"
    public = wage_chart(points, "Medical Records Specialists", "Ohio", bands, None)
    assert not public.private and "44,200" not in repr(public)
    assert wage_chart(Points.annual(None, None, 51_230, None, None), "Coders", "Ohio", [], None) is None


def held(code, earned=None, expires=None, planned=None, state="active"):
    return Held(code, *(day and dt.date.fromisoformat(day) for day in (earned, expires, planned)), state)


@pytest.mark.parametrize(
    ("credentials", "title"),
    [
        (
            [held("CPC", "2022-06-01", "2027-06-30"), held("CRC", "2024-01-01", "2026-12-01")],
            "CRC is the next to renew: by Dec 1, 2026, 10 days left",
        ),
        ([held("CPC", "2022-06-01", "2026-06-30", state="lapsed")], "CPC lapsed on Jun 30, 2026"),
        (
            [held("CEDC", planned="2027-02-04", state="planned")],
            "Next: the CEDC exam, planned for Feb 4, 2027",
        ),
        ([held("CPC", "1999-06-01")], "No credential has an end that we know of"),
        ([], "No credential yet"),
    ],
)
def test_credentials_say_what_comes_next(credentials, title):
    chart = credential_chart(credentials, TODAY)
    assert (chart.title, len(chart.rows)) == (title, len(credentials))


def expected(name, p10, p50, p90, decides=False):
    day = lambda days: None if days is None else TODAY + dt.timedelta(days=days)  # noqa: E731
    return Expected(name, day(p10), day(p50), day(p90), decides)


def test_a_forecast_says_what_decides_or_else_what_comes_first():
    late, soon = expected("Accuracy", 90, 200, 400, decides=True), expected("CPC", 10, 40, 80)
    whole = forecast_chart([late, soon], TODAY)
    assert whole.title.startswith("Accuracy decides: expected in ")
    assert [row[0] for row in whole.rows] == ["CPC", "Accuracy"]
    assert forecast_chart([late, soon], TODAY, undated=1).title.endswith("; of one more no date can be said")
    assert forecast_chart([], TODAY).data is None


def test_a_range_without_a_latest_month_goes_to_the_edge_and_says_so():
    chart = forecast_chart([expected("Years", 30, 500, None)], TODAY)
    [drawn] = chart.data["ranges"]
    assert drawn["open"] and drawn["to"] == chart.data["last"]
    assert chart.rows[0][-1] == "–"


def test_the_ladder_says_what_leads_on_and_from_where_each_is_reached():
    rungs = [
        Rung(1, "Coder I", "Foundation", "here"),
        Rung(2, "Coder II", "Specialization", "next", True),
        Rung(3, "Head", "Senior", "beyond"),
    ]
    chart = ladder_chart(rungs, [(1, 2), (2, 3)])
    assert chart.title == "One promotion leads on from Coder I: Coder II"
    assert [(row[1], row[3]) for row in chart.rows] == [
        ("you are here", "–"),
        ("next, your target", "Coder I"),
        ("beyond", "Coder II"),
    ]
    assert ladder_chart(rungs[:1], []).title == "Coder I is at the top of its way"
    assert (
        ladder_chart([Rung(0, "No role yet", "–", "here"), rungs[1]], [(0, 2)]).title
        == "The way in: Coder II"
    )
