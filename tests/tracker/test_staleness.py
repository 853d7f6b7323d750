"""What makes a coder stale: every change of a record or of anything that gaps are compared with, in its own transaction."""

import datetime as dt

import pytest
from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from curriculum.signals import catalogue_changed
from tests.factories import (
    RECORD_FACTORIES,
    AuditFactory,
    BodyFactory,
    CertificationFactory,
    CoderFactory,
    ContinuingEducationFactory,
    CredentialFactory,
    PayFactory,
    RoleFactory,
    SkillShownFactory,
    TrackFactory,
    WageAreaFactory,
    WorkTypeFactory,
)
from tracker.models import Coder, ProductivityTarget, Staleness, User
from tracker.services.coders import choose_target, set_productivity_target, update_coder
from tracker.services.evaluation import evaluate_coders, evaluate_if_stale
from tracker.services.pay import remove_pay, save_pay
from tracker.services.records import remove_record, restore_record, save_record
from tracker.services.staleness import MOST_AT_ONCE, mark_everyone_stale, mark_stale
from tracker.services.sweeps import sweep_stale


class Sent(list):
    """The messages sent, as (task, arguments)."""

    def of(self, task):
        return [args for name, args in self if name == f"tracker.{task}"]


@pytest.fixture
def sent(monkeypatch):
    messages = Sent()
    monkeypatch.setattr(current_app, "send_task", lambda task, args=(): messages.append((task, tuple(args))))
    return messages


@pytest.fixture
def marks(coder, stranger):
    """Whether what is done in it marks this coder, and no other, as stale."""

    class Marks:
        def __enter__(self):
            Staleness.objects.update(done_seq=100, seq=100)
            return self

        def __exit__(self, failed, *_):
            if not failed:
                self.stale = set(Staleness.objects.filter(seq__gt=100).values_list("coder_id", flat=True))
                assert self.stale <= {coder.pk}, "somebody else became stale"

        def __bool__(self):
            return bool(self.stale)

    return Marks


# --- What marks ---


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_every_kind_of_record_marks_when_it_is_added_changed_removed_restored_and_deleted(coder, marks, kind):
    with marks() as added:
        record = RECORD_FACTORIES[kind](coder=coder)
    record = type(record).objects.get(pk=record.pk)
    with marks() as changed:
        record.note = "another"
        save_record(record, by=coder.user)
    with marks() as removed:
        remove_record(record, by=coder.user)
    with marks() as restored:
        restore_record(record, by=coder.user)
    with marks() as deleted:
        record.delete()
    with marks() as deleted_in_bulk:
        RECORD_FACTORIES[kind](coder=coder)
        Staleness.objects.update(done_seq=100, seq=100)
        type(record).objects.filter(coder=coder).delete()
    assert added and changed and removed and restored and deleted and deleted_in_bulk


def test_the_scores_of_an_audit_mark(coder, marks):
    audit = AuditFactory(coder=coder)
    score = audit.scores.get()
    with marks() as changed:
        score.correct = 20
        score.save()
    with marks() as deleted:
        score.delete()
    assert changed and deleted


def test_the_bodies_that_count_an_hour_mark(coder, marks):
    education = ContinuingEducationFactory(coder=coder)
    with marks() as changed:
        education.bodies.set([BodyFactory(slug="ahima")])
    with marks() as cleared:
        education.bodies.clear()
    assert changed and cleared


def test_pay_marks(coder, marks):
    pay = PayFactory.build(coder=coder)
    with marks() as added:
        save_pay(pay, by=coder.user)
    with marks() as changed:
        pay.amount = 61_000
        save_pay(pay, by=coder.user)
    with marks() as removed:
        remove_pay(pay, by=coder.user)
    assert added and changed and removed


def _target(coder):
    choose_target(coder, RoleFactory(), by=coder.user)


def _track(coder):
    update_coder(coder, {"track": TrackFactory()}, by=coder.user)


def _area(coder):
    update_coder(coder, {"area": WageAreaFactory()}, by=coder.user)


def _stated_role(coder):
    update_coder(coder, {"stated_role": RoleFactory()}, by=coder.user)


def _stated_years(coder):
    update_coder(coder, {"stated_years": 4}, by=coder.user)


def _time_zone(coder):
    update_coder(coder, {"time_zone": "America/Chicago"}, by=coder.user)


def _time_zone_of_the_user_alone(coder):
    coder.user.time_zone = "America/Chicago"
    coder.user.save(update_fields=["time_zone"])


def _productivity_target(coder):
    set_productivity_target(coder, WorkTypeFactory(), 12, by=coder.user)


def _another_productivity_target(coder):
    ProductivityTarget.objects.create(coder=coder, work_type=WorkTypeFactory(), per_hour=1)
    Staleness.objects.update(done_seq=100, seq=100)
    set_productivity_target(coder, WorkTypeFactory(), 12, by=coder.user)


def _no_productivity_target(coder):
    ProductivityTarget.objects.create(coder=coder, work_type=WorkTypeFactory(), per_hour=1)
    Staleness.objects.update(done_seq=100, seq=100)
    set_productivity_target(coder, WorkTypeFactory(), None, by=coder.user)


@pytest.mark.parametrize(
    "change",
    [
        _target, _track, _area, _stated_role, _stated_years, _time_zone, _time_zone_of_the_user_alone,
        _productivity_target, _another_productivity_target, _no_productivity_target,
    ],
)  # fmt: skip
def test_what_a_coder_says_of_themself_marks(coder, marks, change):
    with marks() as changed:
        change(coder)
    assert changed


def test_signing_in_does_not_mark(coder, marks, client):
    with marks() as signed_in:
        client.force_login(coder.user)
    assert not signed_in


def test_a_new_coder_is_stale(db):
    assert Staleness.objects.get(coder=CoderFactory()).is_stale


def test_a_change_of_the_catalogue_marks_everyone(coder, stranger):
    evaluate_coders([coder.pk, stranger.pk])
    without_a_row = CoderFactory()
    Staleness.objects.filter(coder=without_a_row).delete()
    catalogue_changed.send(sender="test")
    assert all(row.is_stale for row in Staleness.objects.all())
    assert Staleness.objects.count() == 3


def test_how_many_were_marked_is_said(coder, stranger):
    Staleness.objects.filter(coder=stranger).delete()
    assert mark_everyone_stale() == 2


@pytest.mark.django_db
def test_where_nobody_is_there_nobody_is_told(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert mark_everyone_stale() == 0
    assert not sent


# --- Since when, and how often ---


def test_since_is_when_the_waiting_began(coder):
    first = Staleness.objects.get(coder=coder)
    mark_stale([coder.pk])
    second = Staleness.objects.get(coder=coder)
    assert (second.since, second.seq) == (first.since, first.seq + 1)
    evaluate_coders([coder.pk])
    mark_stale([coder.pk])
    assert Staleness.objects.get(coder=coder).since > first.since


def test_marking_costs_two_queries_whatever_the_number_of_coders(coder, count_queries):
    many = [CoderFactory().pk for _ in range(15)]
    for ids in ([coder.pk], many):
        with transaction.atomic(), count_queries(4):  # two of them begin and end a savepoint
            mark_stale(ids)


def test_marking_nobody_costs_nothing(db, count_queries):
    with count_queries(0):
        mark_stale([])


# --- In the transaction of the change ---


class RolledBackError(Exception):
    pass


def test_a_change_that_is_rolled_back_marks_nobody_and_sends_nothing(coder, sent, transactional_db):
    evaluate_coders([coder.pk])
    sent.clear()
    with pytest.raises(RolledBackError), transaction.atomic():
        SkillShownFactory(coder=coder)
        assert Staleness.objects.get(coder=coder).is_stale
        raise RolledBackError
    assert not Staleness.objects.get(coder=coder).is_stale
    assert sent == []


def test_a_savepoint_that_is_rolled_back_takes_its_message_along(coder, sent, transactional_db):
    sent.clear()
    with transaction.atomic():
        with pytest.raises(RolledBackError), transaction.atomic():
            SkillShownFactory(coder=coder)
            raise RolledBackError
        assert connection.run_on_commit == []
    assert sent == []


def test_a_message_goes_out_after_what_rolled_back_before_it(coder, sent, transactional_db):
    """The second mark must not rely on the first one's message, which went with its savepoint."""
    sent.clear()
    with transaction.atomic():
        with pytest.raises(RolledBackError), transaction.atomic():
            SkillShownFactory(coder=coder)
            raise RolledBackError
        SkillShownFactory(coder=coder)
    assert sent == [("tracker.evaluate_coder", (coder.pk,))]


# --- Messages ---


def test_one_change_is_one_message_however_many_rows_it_writes(coder, sent, transactional_db):
    sent.clear()
    audit = AuditFactory.build(coder=coder)
    save_record(
        audit, by=coder.user, scores={"case": (29, 30), "code_over_code": (190, 200), "drg": (29, 30)}
    )
    assert sent == [("tracker.evaluate_coder", (coder.pk,))]
    save_record(audit, by=coder.user, scores={"case": (30, 30)})
    assert len(sent) == 2


def test_a_few_coders_are_one_message_and_many_are_left_to_the_sweep(sent, transactional_db):
    ids = [CoderFactory().pk for _ in range(MOST_AT_ONCE + 1)]
    sent.clear()
    mark_stale(ids[:-1])
    assert sent == [("tracker.evaluate_coder", tuple(ids[:-1]))]
    sent.clear()
    mark_stale(ids)
    assert sent == [("tracker.sweep_stale", (0,))]  # at once: nobody else will take them


def test_a_change_of_the_catalogue_sends_one_message(coder, sent, transactional_db):
    sent.clear()
    with transaction.atomic():
        catalogue_changed.send(sender="test")
        catalogue_changed.send(sender="test")
        assert sent == []
    assert sent == [("tracker.sweep_stale", (0,))]


@pytest.mark.parametrize(
    "error", [OperationalError("no broker"), ConnectionResetError(), ValueError("a bug of ours")]
)
def test_saving_works_without_a_broker_and_the_sweep_picks_it_up(
    coder, monkeypatch, transactional_db, caplog, error
):
    def refuse(task, args=()):
        raise error

    monkeypatch.setattr(current_app, "send_task", refuse)
    skill = SkillShownFactory.build(coder=coder)
    skill.skill.save()
    skill.skill_id = skill.skill.pk
    save_record(skill, by=coder.user)
    assert "The sweep will do it" in caplog.text
    assert Staleness.objects.get(coder=coder).is_stale
    Staleness.objects.update(since=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert sweep_stale().coders == 1
    assert not Staleness.objects.get(coder=coder).is_stale


def test_the_same_message_twice_doubles_nothing(coder):
    assert evaluate_if_stale(coder.pk).coders == 1
    before = list(coder.gaps.values()), coder.gap_events.count()
    assert evaluate_if_stale(coder.pk).coders == 0
    assert (list(coder.gaps.values()), coder.gap_events.count()) == before


def test_a_message_takes_along_who_else_waits_but_not_who_failed(coder, stranger):
    failed = CoderFactory()
    Staleness.objects.filter(coder=failed).update(failed_seq=1000)
    assert evaluate_if_stale(coder.pk).coders == 2
    assert not Staleness.objects.get(coder=stranger).is_stale
    assert Staleness.objects.get(coder=failed).is_stale
    assert evaluate_if_stale(failed.pk).coders == 1  # named, it is tried again


def test_a_message_for_several_evaluates_those_that_are_stale(coder, stranger):
    third = CoderFactory()
    evaluate_coders([coder.pk, third.pk])
    assert evaluate_if_stale(coder.pk, stranger.pk, third.pk).coders == 1


# --- Deletion ---


@pytest.fixture
def with_everything(coder):
    for make in RECORD_FACTORIES.values():
        make(coder=coder)
    CredentialFactory(coder=coder, certification=CertificationFactory(slug="ccs"))
    PayFactory(coder=coder)
    ProductivityTarget.objects.create(coder=coder, work_type=WorkTypeFactory(), per_hour=12)
    evaluate_coders([coder.pk])
    return coder


@pytest.mark.parametrize("in_bulk", [False, True])
@pytest.mark.parametrize("who", ["user", "coder"])
def test_a_person_with_every_kind_of_record_can_be_deleted(with_everything, stranger, who, in_bulk, sent):
    coder = with_everything
    victim = coder.user if who == "user" else coder
    if in_bulk:
        type(victim).objects.filter(pk=victim.pk).delete()
    else:
        victim.delete()
    assert not Coder.objects.filter(pk=coder.pk).exists()
    assert list(Staleness.objects.values_list("coder_id", flat=True)) == [stranger.pk]
    assert User.objects.filter(pk=stranger.user_id).exists()
    connection.check_constraints()
