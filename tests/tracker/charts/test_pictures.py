"""Pictures keep the policy and the page's colours, and pay is kept in none of them."""

from xml.etree import ElementTree

import pytest
from django.core.cache import cache

from curriculum.percentiles import Points
from tests.tracker.charts.test_findings import ASKED, TODAY, audit, said
from tracker.charts.accuracy import accuracy_chart
from tracker.charts.credentials import Held, credential_chart
from tracker.charts.forecast import Expected, forecast_chart
from tracker.charts.ladder import Rung, ladder_chart
from tracker.charts.pace import Quarter, pace_chart
from tracker.charts.pictures import kept_pictures, picture
from tracker.charts.readiness import readiness_chart, steps
from tracker.charts.wages import Mine, StageBand, wage_chart

POINTS = Points.annual(40_300, 47_170, 51_230, 65_320, 80_470)
CHARTS = [
    accuracy_chart([audit(200, 28, 30), audit(20, 291, 300)], ASKED, TODAY),
    accuracy_chart([audit(20, 291, 300)], ASKED, TODAY),
    readiness_chart(steps([said(90, 1, "met")], {1: 1, 2: 1}, {1: "<i>Accuracy</i>"}), "Coder II", 50, TODAY),
    credential_chart(
        [Held("CPC", TODAY, TODAY, None, "lapsed"), Held("CRC", None, None, TODAY, "planned")], TODAY
    ),
    pace_chart([Quarter("Q4 2026", 104.0, 97.0, 97, 100)], 95.0, "95.0%"),
    forecast_chart(
        [Expected("Accuracy <95>", TODAY, TODAY, None), Expected("CPC", TODAY, TODAY, TODAY, True)], TODAY
    ),
    ladder_chart(
        [
            Rung(1, "Coder I", "Foundation", "here"),
            Rung(2, "Coder <II>", "Senior", "next", True),
            Rung(3, "Clerk", "Foundation", "sideways"),
            Rung(4, "Head", "Senior", "beyond"),
        ],
        [(1, 2), (2, 4)],
    ),
    wage_chart(POINTS, "Coders", 'Ohio "&" <b>', [StageBand("Foundation", 40_300, 47_170, True)], None),
]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.kind)
def test_a_picture_has_no_style_no_script_and_a_name(chart, db):
    for svg in picture(chart).values():
        root = ElementTree.fromstring(svg)  # noqa: S314  our own drawing
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert not tags & {"style", "script", "image", "foreignObject"}
        assert not any("style" in element.attrib for element in root.iter())
        assert root.attrib["role"] == "img" and root.attrib["aria-label"] == chart.title
        assert "var(--accent)" in svg and "white" not in svg


def test_a_picture_is_drawn_once_for_the_same_content(db, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "tracker.charts.pictures._drawn", lambda chart: drawn.append(chart) or {"wide": "<svg/>"}
    )
    assert kept_pictures(CHARTS) == {}
    picture(CHARTS[0])
    picture(accuracy_chart([audit(200, 28, 30), audit(20, 291, 300)], ASKED, TODAY))
    assert len(drawn) == 1
    assert kept_pictures(CHARTS) == {CHARTS[0].key: {"wide": "<svg/>"}}
    picture(accuracy_chart([audit(200, 29, 30), audit(20, 291, 300)], ASKED, TODAY))
    assert len(drawn) == 2


def test_pay_is_never_kept(db, monkeypatch):
    monkeypatch.setattr("tracker.charts.pictures._drawn", lambda chart: {"wide": "<svg/>"})
    monkeypatch.setattr(cache, "set", lambda *args: pytest.fail("kept"))
    mine = wage_chart(POINTS, "Coders", "Ohio", [], Mine(44_200.0, "18th percentile"))
    assert picture(mine) == {"wide": "<svg/>"}
    assert kept_pictures([mine]) == {}
