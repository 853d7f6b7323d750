"""Lists of records in a fixed number of queries, the latest of all kinds in one, and histories that say who did what."""

import datetime as dt
from decimal import Decimal

import pytest

from tests import factories
from tests.factories import DAY, RECORD_FACTORIES
from tracker.models import RECORD_KINDS, Provenance
from tracker.selectors.records import listed_records, recent_records, record_history
from tracker.services.pay import remove_pay, restore_pay, save_pay
from tracker.services.records import remove_record, restore_record, save_record

pytestmark = pytest.mark.django_db


def several(kind, coder, number):
    """That many records of a kind, each with catalogue rows of its own, as far as the kind has any."""
    for index in range(number):
        values = {}
        if kind == "credential":
            values = {"certification": factories.CertificationFactory(slug=f"c-{index}", code=f"C{index}")}
        if kind == "skill":
            values = {"skill": factories.SkillFactory(slug=f"s-{index}")}
        RECORD_FACTORIES[kind](coder=coder, **values)


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
@pytest.mark.parametrize("number", [1, 30])
def test_a_list_costs_the_same_queries_at_any_length(kind, number, coder, count_queries):
    several(kind, coder, number)
    with count_queries({"audit": 2, "continuing-education": 3}.get(kind, 1)):
        rows = listed_records(coder.user, RECORD_KINDS[kind])
        lines = [(row.headline(), row.counts_on, row.coder.today(), list(_many(row))) for row in rows]
    assert len(lines) == number


def _many(row):
    return row.scores.all() if row.KIND == "audit" else row.bodies.all() if hasattr(row, "bodies") else ()


@pytest.mark.parametrize("rounds", [1, 5])
def test_the_latest_of_all_kinds_come_in_one_query_and_read_as_the_records_do(rounds, coder, count_queries):
    for kind in RECORD_FACTORIES:
        several(kind, coder, rounds)
    with count_queries(1):
        lines = recent_records(coder, limit=200)
    assert len(lines) == rounds * len(RECORD_FACTORIES)
    for line in lines:
        record = RECORD_KINDS[line.kind].objects.get(pk=line.pk)
        assert (line.text, line.day) == (record.headline(), record.counts_on)
        assert line.provenance_label == "self-reported"


def test_every_fact_of_a_headline_survives_the_one_query(coder):
    factories.AuditFactory(
        coder=coder, scores={"case": (29, 30), "code_over_code": (396, 412), "weighted": "96.25"}
    )
    factories.PositionFactory(coder=coder, title="", ends_on=dt.date(2025, 1, 1))
    factories.ClaimOutcomeFactory(coder=coder, rate=Decimal("97.05"), baseline=None, is_own=False)
    factories.CredentialFactory(coder=coder, earned_on=None, expires_on=None, planned_on=DAY)
    factories.EducationFactory(coder=coder, completed_on=None, started_on=DAY)
    for line in recent_records(coder):
        record = RECORD_KINDS[line.kind].objects.get(pk=line.pk)
        assert (line.text, line.day) == (record.headline(), record.counts_on)


def test_what_was_logged_last_comes_first_and_on_one_day_goes_by_its_own_date(coder, time_machine):
    time_machine.move_to(dt.datetime(2026, 5, 1, 12, 0, tzinfo=dt.UTC))
    factories.VolumeFactory(coder=coder, starts_on=DAY, ends_on=DAY, charts=1)
    time_machine.move_to(dt.datetime(2026, 5, 2, 12, 0, tzinfo=dt.UTC))
    factories.AuditWorkFactory(coder=coder, done_on=dt.date(2026, 1, 2), charts=2)
    factories.VolumeFactory(coder=coder, starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2026, 1, 1), charts=3)
    assert [line.text.split()[0] for line in recent_records(coder)] == ["2", "3", "1"]
    assert [line.text.split()[0] for line in recent_records(coder, limit=2)] == ["2", "3"]


def test_the_latest_are_ones_own_and_not_those_removed(coder, stranger):
    factories.VolumeFactory(coder=stranger)
    factories.VolumeFactory(coder=coder, removed=True)
    shown = factories.VolumeFactory(coder=coder, verified=True)
    (line,) = recent_records(coder)
    assert (line.pk, line.kind_name, line.provenance) == (shown.pk, "Chart volume", "verified")


def test_a_new_coder_has_no_latest_records(coder):
    assert recent_records(coder) == []


def test_the_history_says_who_changed_what_and_when(coder, stranger, time_machine):
    time_machine.move_to(dt.datetime(2026, 5, 1, 12, 0, tzinfo=dt.UTC))
    record = factories.VolumeFactory.build(coder=coder, work_type=factories.WorkTypeFactory())
    save_record(record, by=coder.user)
    time_machine.move_to(dt.datetime(2026, 5, 2, 12, 0, tzinfo=dt.UTC))
    record.charts, record.minutes, record.setting = 1480, 2430, "emergency"
    record.work_type = factories.WorkTypeFactory(slug="inpatient")
    save_record(record, by=coder.user)
    changed, logged = record_history(record)
    assert (logged.summary, logged.by) == ("Logged", str(coder))
    assert ("Charts", "", "480") in logged.fields
    assert changed.at.date() == dt.date(2026, 5, 2)
    assert changed.summary == "Changed work type, setting, charts and coding time"
    assert changed.fields == [
        ("Work type", "Emergency", "Inpatient"),
        ("Setting", "", "emergency department"),
        ("Charts", "480", "1,480"),
        ("Coding time", "40 h", "40 h 30 min"),
    ]


def test_the_history_tells_removal_withdrawal_and_restoration(coder):
    record = factories.VolumeFactory(coder=coder, verified=True)
    remove_record(record, by=coder.user, because="Counted twice.")
    restore_record(record, by=coder.user)
    record.charts = 481
    save_record(record, by=coder.user)
    remove_record(record, by=coder.user)
    summaries = [change.summary for change in record_history(record)]
    assert summaries == [
        "Removed", "Changed charts; now self-reported", "Restored", "Withdrawn: Counted twice.", "Logged",
    ]  # fmt: skip


def test_saving_without_a_change_is_no_entry(coder):
    record = factories.VolumeFactory(coder=coder)
    save_record(record, by=coder.user)
    assert [change.summary for change in record_history(record)] == ["Logged"]


def test_an_audits_history_holds_its_scores(coder):
    audit = factories.AuditFactory(coder=coder, scores={"case": (29, 30), "drg": (9, 10)})
    save_record(audit, by=coder.user, scores={"case": (28, 30), "weighted": "96.5"})
    changed = record_history(audit)[0]
    assert sorted(changed.fields) == [
        ("Case (records without any error)", "29 of 30", "28 of 30"),
        ("DRG", "9 of 10", ""),
        ("Weighted", "", "96.5%"),
    ]
    assert "and DRG" in changed.summary or "DRG" in changed.summary


def test_the_history_of_education_hours_names_the_bodies(coder):
    aapc, ahima = factories.BodyFactory(), factories.BodyFactory(slug="ahima", name="AHIMA", position=1)
    taken = factories.ContinuingEducationFactory.build(coder=coder)
    save_record(taken, by=coder.user, bodies=[aapc])
    save_record(taken, by=coder.user, bodies=[aapc, ahima])
    changed, logged = record_history(taken)
    assert ("Bodies", "", "AAPC") in logged.fields
    assert changed.fields == [("Bodies", "AAPC", "AAPC, AHIMA")]


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
@pytest.mark.parametrize("changes", [1, 20])
def test_a_history_costs_the_same_queries_at_any_length(kind, changes, coder, django_assert_max_num_queries):
    record = RECORD_FACTORIES[kind](coder=coder)
    for number in range(changes):
        record.note = f"Note {number}."
        save_record(record, by=coder.user)
    with django_assert_max_num_queries(6):
        assert len(record_history(record)) >= changes + 1


def test_a_verification_by_the_site_is_in_the_history(coder):
    record = factories.VolumeFactory(coder=coder)
    record.provenance, record.verified_at = Provenance.VERIFIED, factories.timezone.now()
    record.save()
    change = record_history(record)[0]
    assert (change.summary, change.by) == ("Now verified", "CoderPath")


def test_pay_has_a_history_through_its_removal_and_back(coder):
    pay = factories.PayFactory(coder=coder)
    pay.amount = Decimal(60_000)
    save_pay(pay, by=coder.user)
    number = remove_pay(pay, by=coder.user)
    restored = restore_pay(coder, number, by=coder.user)
    assert [change.summary for change in record_history(restored)] == [
        "Restored", "Removed", "Changed gross pay in dollars", "Logged",
    ]  # fmt: skip
