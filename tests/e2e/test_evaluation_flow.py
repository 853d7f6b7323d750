"""From a saved record to a new gap through a real broker and a real worker process."""

import datetime as dt
from decimal import Decimal

import pytest
from celery import current_app

from curriculum.catalogue import load
from curriculum.models import AreaType, Industry, Occupation, Wage, WageArea, WageRelease
from tests.curriculum.small_catalogue import write_small_catalogue
from tests.factories import CoderFactory, PayFactory
from tracker.models import Audit, Evaluation, Gap, GapEvent, Staleness, Standing
from tracker.services.pay import save_pay
from tracker.services.records import save_record


@pytest.fixture
def catalogue(transactional_db, tmp_path):
    """A few rows as they ship; accuracy-95 asks for 95% of 200 codes, in 30 records and 2 audits."""
    load(write_small_catalogue(tmp_path))


@pytest.fixture
def coder(catalogue, worker):
    """Evaluated once, by the worker."""
    coder = CoderFactory()
    worker.until(lambda: _is_fresh(coder), "The new coder was not evaluated")
    return coder


def _is_fresh(coder):
    return not Staleness.objects.get(coder=coder).is_stale


def _gap(coder):
    return Gap.objects.get(coder=coder, milestone_version__milestone__slug="accuracy-95")


def _events(coder):
    events = GapEvent.objects.filter(coder=coder, milestone_version__milestone__slug="accuracy-95")
    return list(events.order_by("pk").values_list("old_status", "new_status"))


def _log_audit(coder, correct, reviewed, records=20, days_ago=1):
    day = coder.today() - dt.timedelta(days=days_ago)
    audit = Audit(coder=coder, audited_on=day, records_reviewed=records)
    return save_record(audit, by=coder.user, scores={"code_over_code": (correct, reviewed)})


def test_a_second_audit_that_carries_it_over_95_percent_changes_the_gap(coder, worker):
    _log_audit(coder, 94, 100)
    worker.until(lambda: _gap(coder).denominator == 100)
    assert (_gap(coder).status, _gap(coder).certainty) == ("no_evidence", "thin")
    assert _gap(coder).lacking == {"codes": 100, "records": 10, "audits": 1}
    _log_audit(coder, 108, 110)
    worker.until(lambda: _gap(coder).status == "met")
    gap = _gap(coder)
    assert (gap.numerator, gap.denominator, gap.certainty, gap.lacking) == (202, 210, "reported", None)
    assert gap.first_met_on == coder.today()
    assert _events(coder) == [("", "no_evidence"), ("no_evidence", "met")]


def test_the_same_message_again_doubles_nothing(coder, worker):
    for days_ago in (1, 2):
        _log_audit(coder, 108, 110, days_ago=days_ago)
    worker.until(lambda: _gap(coder).status == "met" and _is_fresh(coder))
    worker.until(worker.idle)
    before = list(Gap.objects.values()), list(GapEvent.objects.values()), list(Evaluation.objects.values())
    for _ in range(3):
        current_app.send_task("tracker.evaluate_coder", args=(coder.pk,))
    worker.until(worker.idle)
    assert (
        list(Gap.objects.values()),
        list(GapEvent.objects.values()),
        list(Evaluation.objects.values()),
    ) == before


@pytest.fixture
def wages(catalogue):
    """One row: Medical Records Specialists in the nation."""
    release = WageRelease.objects.create(
        slug="2025-05", name="May 2025", reference_on=dt.date(2025, 5, 1), source="test"
    )
    nation = WageArea.objects.create(code=WageArea.NATION, title="U.S.", type=AreaType.NATION)
    everything = Industry.objects.create(code=Industry.ALL, title="Cross-industry")
    occupation, _ = Occupation.objects.get_or_create(
        code="29-2072", defaults={"title": "Medical Records Specialists"}
    )
    Wage.objects.create(
        release=release, area=nation, industry=everything, occupation=occupation,
        annual_p10=36_000, annual_p25=42_000, annual_p50=50_000, annual_p75=64_000, annual_p90=81_000,
    )  # fmt: skip


def test_a_changed_salary_changes_the_stored_standing(coder, wages, worker):
    pay = PayFactory.build(coder=coder, effective_on=coder.today(), amount=Decimal(50_000))
    save_pay(pay, by=coder.user)
    worker.until(lambda: Standing.objects.filter(coder=coder).exists())
    assert Standing.objects.get(coder=coder).percentile_low == 50
    pay.amount = Decimal(64_000)
    save_pay(pay, by=coder.user)
    worker.until(lambda: Standing.objects.get(coder=coder).percentile_low == 75)
    pay.delete()
    worker.until(lambda: not Standing.objects.filter(coder=coder).exists())


def test_a_burst_of_saves_ends_fresh_and_right(coder, worker):
    audits = [_log_audit(coder, 100, 100, days_ago=days_ago) for days_ago in range(1, 16)]
    for audit in audits:
        save_record(audit, by=coder.user, scores={"code_over_code": (96, 100)})
    worker.until(lambda: _is_fresh(coder), "The burst was not worked off")
    gap = _gap(coder)
    assert (gap.status, gap.numerator, gap.denominator) == ("met", 1440, 1500)
    assert _events(coder) == [("", "no_evidence"), ("no_evidence", "met")]
    row = Staleness.objects.get(coder=coder)
    assert row.done_seq == row.seq


def test_what_a_killed_worker_took_along_is_swept_up(coder, worker):
    worker.until(worker.idle)
    worker.kill()
    _log_audit(coder, 108, 110)
    worker.lose_messages()
    worker.start()
    worker.until(worker.idle)
    assert not _is_fresh(coder)
    current_app.send_task("tracker.sweep_stale", args=(0,))  # as the schedule does every twenty seconds
    worker.until(lambda: _is_fresh(coder), "What was lost was not swept up")
    assert _gap(coder).numerator == 108


def test_what_waited_while_no_worker_lived_is_done_by_the_next(coder, worker):
    worker.until(worker.idle)
    worker.kill()
    _log_audit(coder, 108, 110)
    assert not _is_fresh(coder)
    worker.start()
    worker.until(lambda: _is_fresh(coder), "What waited was not done")
    assert _gap(coder).numerator == 108
