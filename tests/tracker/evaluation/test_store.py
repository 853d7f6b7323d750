"""Storing evaluations: differences only, history by adding, races without losses, one coder's failure alone."""

import datetime as dt

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from tests.factories import DAY, AuditFactory, AuditWorkFactory, CoderFactory, PayFactory, SkillShownFactory
from tracker.evaluation import store as storing
from tracker.evaluation.compute import evaluate
from tracker.evaluation.kept import kept_of
from tracker.evaluation.queries import _asks, _compiled
from tracker.evaluation.store import store
from tracker.models import Coder, Evaluation, Gap, GapEvent, Staleness
from tracker.services import evaluation
from tracker.services.evaluation import evaluate_coders, evaluate_if_stale, preview
from tracker.services.staleness import mark_stale

from .conftest import CASES, REVIEWER, SKILL


@pytest.fixture(autouse=True)
def milestones(ask):
    ask("skill", SKILL, by="foundation")
    ask("both", {"all": [CASES, REVIEWER]}, by="foundation")


@pytest.fixture
def today(coder):
    return coder.today()


def _is_stale(coder):
    return Staleness.objects.get(coder=coder).is_stale


class Attempt:
    """An evaluation that has read everything and not yet stored it."""

    def __init__(self, coder, day):
        self.day = day
        self.seqs = dict(Staleness.objects.filter(coder=coder).values_list("coder_id", "seq"))
        kept = kept_of([coder.pk])
        coder = Coder.objects.select_related("user", "track").get(pk=coder.pk)
        self.batch = evaluate([coder], day, kept, self.seqs)

    def store(self):
        return store(self.batch)


# --- Differences only ---


def test_what_is_stored_is_what_was_said(coder, today):
    SkillShownFactory(coder=coder)
    AuditFactory(coder=coder, audited_on=today, records_reviewed=10, scores={"case": (9, 10)})
    outcome = preview(coder).outcome(0)
    tally = evaluate_coders([coder.pk])
    assert (tally.coders, tally.gaps_changed, tally.failed) == (1, 2, [])
    for gap in Gap.objects.filter(coder=coder):
        said = outcome.gaps[gap.milestone_version_id]
        for name in (*storing.GAP[4:],):
            assert getattr(gap, name) == getattr(said, name), name
    stored = Evaluation.objects.get(coder=coder)
    assert (stored.as_of, stored.weight_met, stored.weight_asked) == (today, 3, 6)
    assert not _is_stale(coder)


def test_a_second_evaluation_writes_no_gap_and_no_event(coder):
    SkillShownFactory(coder=coder)
    evaluate_coders([coder.pk])
    rows, events = list(Gap.objects.values()), GapEvent.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert evaluate_coders([coder.pk]).gaps_changed == 0
    assert not [
        q for q in queries if "gap" in q["sql"] and q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
    ]
    assert list(Gap.objects.values()) == rows
    assert GapEvent.objects.count() == events


def test_only_the_gap_that_differs_is_written(coder):
    evaluate_coders([coder.pk])
    SkillShownFactory(coder=coder)
    assert evaluate_coders([coder.pk]).gaps_changed == 1


def test_another_figure_is_written_without_an_event(coder, today):
    for _ in range(2):
        AuditFactory(coder=coder, audited_on=today, records_reviewed=5, scores={"case": (5, 5)})
        evaluate_coders([coder.pk])
    gap = Gap.objects.get(coder=coder, milestone_version__milestone__slug="both")
    assert gap.parts[0]["denominator"] == 10
    assert GapEvent.objects.filter(milestone_version=gap.milestone_version).count() == 1


def test_events_are_added_when_a_status_changes(coder):
    evaluate_coders([coder.pk])
    skill = SkillShownFactory(coder=coder)
    evaluate_coders([coder.pk])
    skill.delete()
    evaluate_coders([coder.pk])
    events = GapEvent.objects.filter(milestone_version__milestone__slug="skill").order_by("pk")
    assert list(events.values_list("old_status", "new_status")) == [
        ("", "no_evidence"),
        ("no_evidence", "met"),
        ("met", "lapsed"),
    ]
    assert [event.certainty for event in events] == ["", "reported", ""]


def test_the_standing_goes_with_the_pay(coder):
    pay = PayFactory(coder=coder)
    evaluate_coders([coder.pk])  # no wages are loaded: no standing, and no failure
    pay.delete()
    assert evaluate_coders([coder.pk]).failed == []


# --- Stale until done ---


def test_an_evaluation_makes_fresh(coder):
    assert _is_stale(coder)
    evaluate_coders([coder.pk])
    assert not _is_stale(coder)


def test_what_changes_meanwhile_leaves_the_coder_stale(coder, today):
    attempt = Attempt(coder, today)
    SkillShownFactory(coder=coder)
    attempt.store()
    assert _is_stale(coder)
    evaluate_if_stale(coder.pk)
    assert not _is_stale(coder)
    assert Gap.objects.get(coder=coder, milestone_version__milestone__slug="skill").status == "met"


def test_another_day_than_the_coders_today_leaves_the_coder_stale(coder, today):
    evaluate_coders([coder.pk])
    evaluate_coders([coder.pk], today - dt.timedelta(days=30))
    assert _is_stale(coder)
    evaluate_coders([coder.pk], today)
    assert not _is_stale(coder)


def test_coders_written_in_bulk_are_evaluated_too(coder):
    other = CoderFactory()
    Staleness.objects.all().delete()
    assert evaluate_coders([coder.pk, other.pk]).coders == 2
    assert Gap.objects.filter(coder=other).count() == 2
    assert not _is_stale(coder)


def test_a_coder_who_is_gone_is_nobodys_failure(coder):
    evaluate_coders([coder.pk])
    number = coder.pk
    coder.user.delete()
    tally = evaluate_coders([number])
    assert (tally.coders, tally.failed) == (0, [])


# --- Races ---


def test_an_older_evaluation_never_overwrites_a_newer_one(coder, today):
    old = Attempt(coder, today)
    SkillShownFactory(coder=coder)
    evaluate_coders([coder.pk])
    events = GapEvent.objects.count()
    stored = old.store()
    assert (stored.gaps_changed, stored.overtaken) == (0, [])
    assert Gap.objects.get(coder=coder, milestone_version__milestone__slug="skill").status == "met"
    assert GapEvent.objects.count() == events
    assert not _is_stale(coder)


def test_two_evaluations_of_the_same_records_are_one(coder, today):
    one, other = Attempt(coder, today), Attempt(coder, today)
    assert one.store().gaps_changed == 2
    stored = other.store()
    assert (stored.gaps_changed, stored.overtaken) == (0, [coder.pk])
    assert GapEvent.objects.count() == 2


def test_a_newer_evaluation_that_an_older_one_overtook_is_done_again(coder, today, monkeypatch):
    """It had compared with what is no more: written as it is, it would forget that a milestone was met."""
    SkillShownFactory(coder=coder)
    old = Attempt(coder, today)
    real, stored = evaluation.store, []

    def overtaken_once(*args, **values):
        if not stored:
            stored.append(old.store())
        return real(*args, **values)

    coder.skillshown_records.get().delete()
    monkeypatch.setattr(evaluation, "store", overtaken_once)
    assert not evaluate_coders([coder.pk]).failed
    gap = Gap.objects.get(coder=coder, milestone_version__milestone__slug="skill")
    assert (gap.status, gap.first_met_on) == ("lapsed", today)
    events = GapEvent.objects.filter(milestone_version=gap.milestone_version).order_by("pk")
    assert [event.new_status for event in events] == ["met", "lapsed"]
    assert not _is_stale(coder)


def test_one_that_is_always_overtaken_gives_up_and_stays_stale(coder, today, monkeypatch):
    real, tries = evaluation.store, []

    def always_overtaken(*args, **values):
        Evaluation.objects.update_or_create(
            coder=coder,
            defaults={"as_of": today, "evaluated_at": dt.datetime(2026, 1, 1, len(tries), tzinfo=dt.UTC)},
        )
        tries.append(1)
        return real(*args, **values)

    monkeypatch.setattr(evaluation, "store", always_overtaken)
    assert not evaluate_coders([coder.pk]).failed
    assert len(tries) == 3
    assert _is_stale(coder)


# --- Failures ---


@pytest.fixture
def poisoned(monkeypatch):
    """Make the evaluation of any window with a certain coder fail."""
    real = evaluation.evaluate

    def poison(coder, error):
        def evaluate(coders, *args, **values):
            if coder in coders:
                raise error
            return real(coders, *args, **values)

        monkeypatch.setattr(evaluation, "evaluate", evaluate)

    return poison


def test_a_coder_who_cannot_be_evaluated_fails_alone(coder, poisoned, caplog):
    others = [CoderFactory() for _ in range(4)]
    poisoned(coder, ValueError("something is wrong with this one"))
    tally = evaluate_coders([coder.pk, *(c.pk for c in others)])
    assert (tally.coders, tally.failed) == (4, [coder.pk])
    assert f"coder {coder.pk}" in caplog.text
    assert Gap.objects.values("coder").distinct().count() == 4
    assert _is_stale(coder) and not _is_stale(others[0])
    assert Staleness.objects.get(coder=coder).failed_seq == Staleness.objects.get(coder=coder).seq


def test_a_failure_is_noted_for_what_was_read_and_not_for_what_changed_since(coder, monkeypatch):
    def change_and_fail(*args, **values):
        mark_stale([coder.pk])
        raise ValueError("it changes while it is read")

    monkeypatch.setattr(evaluation, "evaluate", change_and_fail)
    assert evaluate_coders([coder.pk]).failed == [coder.pk]
    row = Staleness.objects.get(coder=coder)
    assert row.failed_seq == row.seq - 1


def test_a_failure_is_forgotten_once_it_works(coder, monkeypatch, poisoned):
    poisoned(coder, ValueError("not yet"))
    evaluate_coders([coder.pk])
    monkeypatch.undo()
    evaluate_coders([coder.pk])
    row = Staleness.objects.get(coder=coder)
    assert (row.failed_seq, row.is_stale) == (0, False)


def test_a_database_that_is_away_is_no_coders_failure(coder, poisoned):
    poisoned(coder, OperationalError("database is locked"))
    with pytest.raises(OperationalError):
        evaluate_coders([coder.pk])
    assert Staleness.objects.get(coder=coder).failed_seq == 0


def test_a_window_that_takes_too_long_is_not_tried_one_by_one(coder, poisoned):
    other = CoderFactory()
    poisoned(coder, SoftTimeLimitExceeded())
    with pytest.raises(SoftTimeLimitExceeded):
        evaluate_coders([coder.pk, other.pk])
    assert evaluate_coders([coder.pk]).failed == [coder.pk]


# --- Sets, not loops ---


def _count(coders, as_of=None):
    _compiled.cache_clear()
    _asks.cache_clear()
    with CaptureQueriesContext(connection) as queries:
        evaluate_coders([coder.pk for coder in coders], as_of)
    return len(queries)


def _log(coder, day):
    SkillShownFactory(coder=coder)
    AuditWorkFactory(coder=coder)
    AuditFactory(coder=coder, audited_on=day)
    PayFactory(coder=coder)


# PostgreSQL takes many rows at once by way of a table of their own.
BULK = 3


def test_the_number_of_queries_does_not_depend_on_the_number_of_coders(coder, today):
    thirty, forty = ([CoderFactory() for _ in range(number)] for number in (30, 40))
    for one in (coder, *thirty, *forty):
        _log(one, today)
    one, many = _count([coder]), _count(thirty)
    assert many == _count(forty)
    assert one <= many <= one + BULK
    for times, other in enumerate((coder, *thirty)):
        for _ in range(times + 1):  # each of them has changed another number of times
            mark_stale([other.pk])
    assert _count([coder]) == _count(
        thirty
    )  # nothing differs: there is nothing to write but that they are done
    assert _count([coder]) == _count(thirty) <= one


def test_nor_on_how_much_they_logged(coder, stranger, today):
    _log(coder, today)
    for days in range(40):
        AuditFactory(coder=stranger, audited_on=today - dt.timedelta(days=days))
    assert _count([coder]) == _count([stranger])


def test_every_coders_day_is_their_own(coder):
    east, west = (
        CoderFactory(user__time_zone="Pacific/Kiritimati"),
        CoderFactory(user__time_zone="Pacific/Niue"),
    )
    evaluate_coders([east.pk, west.pk])
    assert east.today() - west.today() == dt.timedelta(days=1)
    assert Evaluation.objects.get(coder=east).as_of == east.today()
    assert Evaluation.objects.get(coder=west).as_of == west.today()
    assert not _is_stale(east) and not _is_stale(west)


def test_preview_says_the_same_and_stores_nothing(coder):
    SkillShownFactory(coder=coder, since=DAY)
    outcome = preview(coder).outcome(0)
    assert not Gap.objects.exists() and not Evaluation.objects.exists()
    evaluate_coders([coder.pk])
    assert {g.milestone_version_id: g.status for g in Gap.objects.all()} == {
        version: gap.status for version, gap in outcome.gaps.items()
    }
