"""What is stored of forecasts, when, and how often it held."""

import datetime as dt

import pytest
import time_machine

from curriculum.models import Milestone, Standard
from tests.factories import CoderFactory, VolumeFactory
from tests.tracker.evaluation.conftest import SKILL
from tracker.models import Forecast, GapEvent
from tracker.selectors.forecasts import Record, Said, When, judge, track_record
from tracker.services.evaluation import evaluate_coders
from tracker.services.forecasts import forecast_due
from tracker.services.staleness import mark_stale

NOON = dt.datetime(2026, 4, 15, 18, tzinfo=dt.UTC)
CHARTS = {"measure": "charts_coded", "target": "12000"}


@pytest.fixture
def paced(ladder, ask):
    """A coder with ten months of volumes on the way to senior-coder, which asks for charts and suggests a skill."""
    ask("charts", CHARTS, by="senior-coder")
    ask("a-skill", SKILL, by="senior-coder", weight=2)
    coder = CoderFactory(stated_role=ladder.roles["coder"])
    for month in range(10):
        day = dt.date(2025 + (month + 5) // 12, (month + 5) % 12 + 1, 10)
        VolumeFactory(coder=coder, starts_on=day, ends_on=day, charts=500)
    return coder


def evaluated_and_forecast(coder, at):
    with time_machine.travel(at, tick=False):
        evaluate_coders([coder.pk])
        return forecast_due()


def test_one_forecast_a_month_is_kept_and_made_again_gives_the_same(paced):
    assert evaluated_and_forecast(paced, NOON) == 1
    first = list(Forecast.objects.order_by("what").values())
    assert [row["what"] for row in first] == ["a-skill", "charts", "promotion"]
    assert first[0]["reason"] == "not_paced" and first[1]["p10"] < first[1]["p50"] < first[1]["p90"]
    mark_stale([paced.pk])
    evaluated_and_forecast(paced, NOON)
    assert list(Forecast.objects.order_by("what").values()) == first
    evaluated_and_forecast(paced, NOON + dt.timedelta(days=30))
    assert Forecast.objects.filter(what="charts").count() == 2


def test_only_who_changed_is_forecast_and_everyone_once_a_month(paced, ladder):
    other = CoderFactory(stated_role=ladder.roles["coder"])
    with time_machine.travel(NOON, tick=False):
        evaluate_coders([paced.pk, other.pk])
        assert forecast_due() == 2
        assert forecast_due() == 0
        VolumeFactory(coder=other)
        evaluate_coders([other.pk])
        assert forecast_due([paced.pk]) == 0
        assert forecast_due() == 1
    with time_machine.travel(NOON + dt.timedelta(days=20), tick=False):
        assert forecast_due() == 2


def test_a_gap_that_changed_by_itself_is_forecast_again(paced):
    evaluated_and_forecast(paced, NOON)
    version = Milestone.objects.get(slug="charts").versions.get()
    with time_machine.travel(NOON + dt.timedelta(days=1), tick=False):
        GapEvent.objects.create(
            coder=paced, milestone_version=version, standard=Standard.installation(), day=dt.date(2026, 4, 16),
            new_status="close",
        )  # fmt: skip
        assert forecast_due() == 1


def test_the_words_say_no_more_than_is_known():
    day = dt.date
    said = When(day(2027, 1, 5), day(2027, 3, 9), day(2027, 6, 2)).in_words
    assert said == "Expected in March 2027 (80% range: January 2027 to June 2027)."
    assert When(day(2027, 3, 1), day(2027, 3, 9), day(2027, 3, 20)).in_words == "Expected in March 2027."
    assert "a latest month cannot be named" in When(day(2027, 1, 5), day(2027, 3, 9)).in_words
    assert When(day(2027, 1, 5)).in_words.startswith("Less likely than not")
    assert When().in_words == "Not within 5 years at the present pace."
    assert When(reason="too_short").in_words == (
        "Cannot say yet, because there are fewer than 3 months of it so far."
    )


def test_a_range_holds_if_the_gap_closes_in_one_of_its_months():
    day = dt.date
    said, first, last, today = day(2026, 1, 10), day(2026, 3, 20), day(2026, 6, 2), day(2026, 7, 1)
    held, missed, pending = Record(1, 0, 0), Record(0, 1, 0), Record(0, 0, 1)
    assert judge([(said, first, last, [day(2026, 3, 1)])], today) == held
    assert judge([(said, first, last, [day(2026, 6, 30)])], today) == held
    assert judge([(said, first, last, [day(2026, 2, 27)])], today) == missed
    assert judge([(said, first, last, [])], today) == missed
    assert judge([(said, first, last, [])], day(2026, 6, 30)) == pending
    assert (
        judge([(said, first, last, [day(2025, 12, 1)])], day(2026, 2, 1)) == pending
    )  # met before, not since
    assert judge([(said, first, last, [day(2026, 1, 20)])], today) == Record(0, 0, 0)  # no forecast at all


def test_the_track_record_counts_a_coders_own_ranges_with_its_denominators(paced):
    evaluated_and_forecast(paced, NOON)
    other = CoderFactory(stated_role=paced.stated_role)
    with time_machine.travel(NOON, tick=False):
        assert track_record(paced) == Record(0, 0, 1)
        assert track_record(other) == Record(0, 0, 0)
        assert "1 is still open" in track_record(paced).in_words


def test_the_newest_forecast_of_each_thing_is_what_is_said(paced):
    evaluated_and_forecast(paced, NOON)
    evaluated_and_forecast(paced, NOON + dt.timedelta(days=17))
    line = Said(paced).promotion({"charts": "Charts"})
    assert line.can_say and line.decided_by == ("charts", "Charts")
    assert line.made_on == dt.date(2026, 5, 2)
    assert Said(paced).promotion({}) is None
