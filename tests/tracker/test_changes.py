"""Why a gap changed between two days, each thing by its effect; and records as they were, read and never written."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from curriculum.models import Milestone, MilestoneVersion, Requirement
from tests.factories import (
    AuditFactory,
    BodyFactory,
    ContinuingEducationFactory,
    StageFactory,
    VolumeFactory,
    WorkTypeFactory,
)
from tracker.models import Audit, AuditScore, ContinuingEducation, ProductivityTarget
from tracker.selectors.as_it_was import as_they_were
from tracker.selectors.changes import changes_of
from tracker.selectors.quality import quality_and_speed
from tracker.services.records import remove_record, save_record

pytestmark = pytest.mark.django_db
CODES = {
    "measure": "audit_accuracy", "params": {"method": "code_over_code"}, "target": "95.0", "window": {"months": 3},
}  # fmt: skip


@pytest.fixture
def milestone():
    milestone = Milestone.objects.create(slug="m", name="M", summary="s", source="test")
    MilestoneVersion.objects.create(
        milestone=milestone, valid_from=dt.date(2000, 1, 1), definition={"needs": CODES}
    )
    Requirement.objects.create(milestone=milestone, stage=StageFactory(), weight=3, source="test")
    return milestone


def audit(coder, days_ago, correct, logged_ago=None):
    """Dated so many days ago, and logged on that day unless said otherwise."""
    day = coder.today() - dt.timedelta(days=days_ago)
    made = AuditFactory(coder=coder, audited_on=day, scores={"code_over_code": (correct, 100)})
    at = timezone.now() - dt.timedelta(days=days_ago if logged_ago is None else logged_ago)
    Audit.history.filter(id=made.pk).update(history_date=at)
    AuditScore.history.filter(audit_id=made.pk).update(history_date=at)
    return made


def told(coder, milestone, days=30):
    today = coder.today()
    found = changes_of(coder.user, coder, milestone, today - dt.timedelta(days=days), today)
    (condition,) = found.conditions
    return condition, {(item.what, item.record and item.record.pk): item.effect for item in condition.items}


def test_what_entered_and_what_left_the_window_are_told_by_effect(coder, milestone):
    old, kept, new = audit(coder, 100, 80), audit(coder, 60, 95), audit(coder, 5, 99)
    condition, items = told(coder, milestone)
    assert (condition.before, condition.after) == ("87.5%", "97.0%")
    assert items == {("entered", new.pk): pytest.approx(2.0), ("left", old.pk): pytest.approx(7.5)}
    assert condition.rest_text == ""  # 9.5 in all
    assert ("entered", kept.pk) not in items


def test_what_was_logged_later_entered_though_it_is_dated_before(coder, milestone):
    audit(coder, 60, 95)
    late = audit(coder, 50, 85, logged_ago=3)
    condition, items = told(coder, milestone)
    assert (condition.before, condition.after) == ("95.0%", "90.0%")
    assert items == {("entered", late.pk): pytest.approx(-5.0)}


def test_what_was_changed_or_removed_since_is_told_by_effect(coder, milestone):
    stays, changed, gone = audit(coder, 60, 95), audit(coder, 50, 80), audit(coder, 40, 65)
    save_record(changed, by=coder.user, scores={"code_over_code": (90, 100)})
    remove_record(gone, by=coder.user)
    condition, items = told(coder, milestone)
    assert (condition.before, condition.after) == ("80.0%", "92.5%")
    assert set(items) == {("changed", changed.pk), ("removed", gone.pk)}
    assert items["changed", changed.pk] == pytest.approx(92.5 - 87.5)
    assert condition.rest_text  # together they do more than one by one
    assert AuditScore.objects.get(audit=changed).correct == 90  # nothing of the past was kept
    assert Audit.objects.get(pk=gone.pk).removed_at and stays.pk


def test_a_rule_that_changed_is_told_with_its_effect(coder, milestone):
    audit(coder, 200, 80)
    audit(coder, 60, 100)
    MilestoneVersion.objects.create(
        milestone=milestone, no=2, valid_from=coder.today() - dt.timedelta(days=3),
        definition={"needs": CODES | {"window": {"months": 12}}},
    )  # fmt: skip
    condition, items = told(coder, milestone)
    assert (condition.before, condition.after) == ("100.0%", "90.0%")
    assert items["rule", None] == pytest.approx(-10)


def test_without_it_there_was_nothing(coder, milestone):
    first = audit(coder, 5, 99)
    condition, items = told(coder, milestone)
    assert (condition.before, items) == ("nothing to go on", {("entered", first.pk): None})


def test_the_past_is_read_and_nothing_written(coder, milestone):
    record = audit(coder, 60, 95)
    save_record(record, by=coder.user, scores={"code_over_code": (70, 100), "case": (20, 30)})
    seq = type(coder).objects.get(pk=coder.pk).staleness.seq
    then = timezone.now() - dt.timedelta(days=30)
    with as_they_were(coder, [(Audit, record.pk)], then), CaptureQueriesContext(connection) as queries:
        assert [(s.method, s.correct) for s in AuditScore.objects.filter(audit=record)] == [
            ("code_over_code", 95)
        ]
        assert Audit.objects.get(pk=record.pk).records_reviewed == record.records_reviewed
    assert all(query["sql"].startswith(("SELECT ", "WITH ")) for query in queries.captured_queries)
    assert {s.method: s.correct for s in AuditScore.objects.filter(audit=record)} == {
        "code_over_code": 70, "case": 20,
    }  # fmt: skip
    assert type(coder).objects.get(pk=coder.pk).staleness.seq == seq


def test_page_and_api_tell_the_same_and_strangers_nothing(client, coder, stranger, milestone):
    audit(coder, 60, 95)
    audit(coder, 5, 99)
    client.force_login(coder.user)
    page = client.get(reverse("tracker:gap_changes", args=["m"]))
    assert page.status_code == 200 and "+2.00" in page.content.decode()
    answer = client.get("/api/v1/gaps/m/changes/").json()
    assert [item["effect"] for item in answer["conditions"][0]["items"]] == [2.0]
    assert client.get("/api/v1/gaps/m/changes/?since=2999-01-01").status_code == 400
    assert client.get("/api/v1/gaps/m/explanation/?as_of=soon").status_code == 400
    told = client.get("/api/v1/gaps/m/explanation/").json()
    assert told["conditions"][0]["steps"][0]["how"] == "194 ÷ 200"
    assert client.get("/api/v1/gaps/none/explanation/").status_code == 404
    client.force_login(stranger.user)
    others = client.get("/api/v1/gaps/m/changes/").json()
    assert others["conditions"][0]["items"] == []


def test_what_continuing_education_counts_for_is_known_as_then(coder):
    one, other = BodyFactory(slug="one"), BodyFactory(slug="other")
    record = ContinuingEducationFactory(coder=coder, bodies=[one])
    ContinuingEducation.history.filter(id=record.pk).update(
        history_date=timezone.now() - dt.timedelta(days=60)
    )
    save_record(record, by=coder.user, bodies=[other])
    then = timezone.now() - dt.timedelta(days=30)
    with as_they_were(coder, [(ContinuingEducation, record.pk)], then):
        assert list(ContinuingEducation.objects.get(pk=record.pk).bodies.all()) == [one]
    assert list(record.bodies.all()) == [other]


def test_looking_back_writes_nothing(client, coder, milestone):
    """Of what is recorded, only reading; the session keeps its own time."""
    changed = audit(coder, 60, 95)
    save_record(changed, by=coder.user, scores={"code_over_code": (70, 100)})
    client.force_login(coder.user)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse("tracker:gap_changes", args=["m"])).status_code == 200
    touching = [query["sql"] for query in queries.captured_queries if '"tracker_' in query["sql"]]
    assert {sql.split()[0] for sql in touching} <= {"SELECT", "WITH"}


# --- Quality beside speed ---


def test_quality_and_speed_come_from_sums_by_work_type_and_month(coder):
    emergency = WorkTypeFactory()
    ProductivityTarget.objects.create(coder=coder, work_type=emergency, per_hour=12)
    for day, charts, minutes in ((dt.date(2026, 3, 7), 120, 600), (dt.date(2026, 2, 7), 60, 600)):
        VolumeFactory(
            coder=coder, work_type=emergency, starts_on=day, ends_on=day, charts=charts, minutes=minutes
        )
    for day, correct, basis in ((dt.date(2026, 3, 9), 90, "random"), (dt.date(2026, 2, 9), 99, "unmarked"),
                                (dt.date(2026, 2, 9), 10, "targeted")):  # fmt: skip
        AuditFactory(
            coder=coder,
            audited_on=day,
            work_type=emergency,
            basis=basis,
            scores={"code_over_code": (correct, 100)},
        )
    (line,) = quality_and_speed(coder, "code_over_code", dt.date(2026, 3, 31))
    assert [(m.first, m.cell.attainment, m.cell.accuracy) for m in line.months] == [
        (dt.date(2026, 3, 1), "100.0%", "90.0%"), (dt.date(2026, 2, 1), "50.0%", "99.0%"),
    ]  # fmt: skip
    assert (line.total.attainment, line.total.accuracy, line.total.counts) == ("75.0%", "94.5%", "189 of 200")


def test_the_interval_beside_speed_takes_charts_into_account(coder):
    """Of 20 charts with errors in common, known one by one; with fewer nothing is divided."""
    charts = [(4, 8), *[(8, 8)] * 19]
    AuditFactory(coder=coder, audited_on=dt.date(2026, 3, 9), scores={"code_over_code": charts})
    (line,) = quality_and_speed(coder, "code_over_code", dt.date(2026, 3, 31))
    narrow = type(line.total)(correct=156, reviewed=160)
    assert line.total.design_effect == pytest.approx(
        20 / 19 * (3.9**2 + 19 * 0.1**2 * 4) / (156 * 4 / 159), rel=0.1
    )
    assert line.total.interval != narrow.interval and narrow.design_effect is None
