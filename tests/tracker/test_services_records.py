"""Writing records through the one door: provenance, withdrawal, undo, scores, bodies, pay, and who is put down for it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests import factories
from tests.factories import DAY, RECORD_FACTORIES
from tracker.models import (
    Audit,
    AuditScore,
    ContinuingEducation,
    Credential,
    Pay,
    Provenance,
    Staleness,
    Volume,
)
from tracker.services.pay import remove_pay, restore_pay, save_pay
from tracker.services.records import remove_record, restore_record, save_record

pytestmark = pytest.mark.django_db

# A change of one figure of each kind, and nothing else.
FIGURE = {
    "volume": {"charts": 481},
    "audit": {"basis": "random"},
    "credential": {"expires_on": dt.date(2028, 6, 30)},
    "continuing-education": {"hours": Decimal(2)},
    "position": {"people_led": 2},
    "specialty": {"setting": "office"},
    "audit-work": {"charts": 21},
    "claim-outcome": {"rate": Decimal("97.6")},
    "skill": {"since": dt.date(2024, 1, 2)},
    "contribution": {"people": 4},
    "education": {"field": "him"},
    "practicum": {"cases": 151},
}


def unsaved(kind, coder, **values):
    """A record as a form makes it: not stored yet, with what it refers to stored."""
    made = RECORD_FACTORIES[kind](coder=coder)
    record = type(made)(
        coder=coder,
        **{
            field.attname: getattr(made, field.attname)
            for field in made._meta.concrete_fields
            if field.editable
        },
    )
    record.pk = None
    made.delete()
    for name, value in values.items():
        setattr(record, name, value)
    return record


def extras(kind):
    return {
        "audit": {"scores": {"case": (29, 30)}},
        "continuing-education": {"bodies": [factories.BodyFactory()]},
    }.get(kind, {})


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_a_record_is_stored_with_one_entry_in_its_history_that_says_who(kind, coder):
    record = save_record(unsaved(kind, coder), by=coder.user, **extras(kind))
    (entry,) = record.history.all()
    assert entry.history_user == coder.user
    assert record.provenance == Provenance.SELF_REPORTED


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_saving_and_removing_and_restoring_mark_the_coder_stale(kind, coder):
    record = save_record(unsaved(kind, coder), by=coder.user, **extras(kind))
    for change in (
        lambda: save_record(record, by=coder.user),
        lambda: remove_record(record, by=coder.user),
        lambda: restore_record(record, by=coder.user),
    ):
        Staleness.objects.filter(coder=coder).update(seq=7, done_seq=7)
        change()
        assert Staleness.objects.get(coder=coder).is_stale


@pytest.mark.parametrize("provenance", ["verified", "imported"])
@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_a_changed_figure_makes_an_attested_record_self_reported(kind, provenance, coder):
    record = RECORD_FACTORIES[kind](coder=coder, **{provenance: True})
    for name, value in FIGURE[kind].items():
        setattr(record, name, value)
    save_record(record, by=coder.user)
    record.refresh_from_db()
    assert record.provenance == Provenance.SELF_REPORTED
    assert (record.verified_at, record.verified_by, record.verified_for) == (None, None, None)


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_a_changed_note_leaves_an_attested_record_as_it_is(kind, coder):
    record = RECORD_FACTORIES[kind](coder=coder, verified=True)
    record.note = "Talked it over with the auditor."
    save_record(record, by=coder.user)
    record.refresh_from_db()
    assert record.provenance == Provenance.VERIFIED
    assert record.verified_at
    assert record.verified_by


def test_changed_scores_make_an_attested_audit_self_reported_and_the_same_ones_do_not(coder):
    audit = factories.AuditFactory(coder=coder, verified=True, scores={"case": (29, 30)})
    save_record(audit, by=coder.user, scores={"case": (29, 30)})
    assert audit.provenance == Provenance.VERIFIED
    save_record(audit, by=coder.user, scores={"case": (30, 30)})
    assert audit.provenance == Provenance.SELF_REPORTED


def test_other_bodies_make_attested_education_self_reported_and_the_same_ones_do_not(coder):
    aapc, ahima = factories.BodyFactory(), factories.BodyFactory(slug="ahima")
    taken = factories.ContinuingEducationFactory(coder=coder, verified=True, bodies=[aapc])
    save_record(taken, by=coder.user, bodies=[aapc])
    assert taken.provenance == Provenance.VERIFIED
    save_record(taken, by=coder.user, bodies=[aapc, ahima])
    assert taken.provenance == Provenance.SELF_REPORTED


def test_nobody_verifies_their_own_record_but_the_site_may_store_a_verified_one(coder):
    claimed = unsaved("volume", coder, provenance=Provenance.VERIFIED, verified_at=factories.timezone.now())
    assert save_record(claimed, by=coder.user).provenance == Provenance.SELF_REPORTED
    attested = unsaved("volume", coder, provenance=Provenance.VERIFIED, verified_at=factories.timezone.now())
    assert save_record(attested, by=None).provenance == Provenance.VERIFIED


def test_the_same_audit_twice_is_refused_until_it_differs_or_the_first_is_gone(coder):
    def log(**values):
        return save_record(unsaved("audit", coder, **values), by=coder.user, scores={"case": (9, 10)})

    first = log(records_reviewed=10)
    with pytest.raises(ValidationError, match="exactly this already"):
        log(records_reviewed=10)
    save_record(unsaved("audit", coder, records_reviewed=10), by=coder.user, scores={"case": (8, 10)})
    remove_record(first, by=coder.user)
    log(records_reviewed=10)


def test_an_old_copy_does_not_undo_a_verification_that_came_in_meanwhile(coder, stranger):
    old_copy = factories.VolumeFactory(coder=coder)
    Volume.objects.filter(pk=old_copy.pk).update(
        provenance=Provenance.VERIFIED, verified_at=factories.timezone.now(), verified_by=stranger.user
    )
    old_copy.note = "A note."
    save_record(old_copy, by=coder.user)
    assert Volume.objects.get(pk=old_copy.pk).provenance == Provenance.VERIFIED


@pytest.mark.parametrize("change", [save_record, remove_record, restore_record])
def test_a_stranger_changes_nothing_and_the_owner_may(change, coder, stranger):
    record = factories.VolumeFactory(coder=coder)
    with pytest.raises(PermissionDenied):
        change(record, by=stranger.user)
    change(record, by=coder.user)


def test_a_record_cannot_be_moved_to_another_coder(coder, stranger):
    record = factories.VolumeFactory(coder=coder)
    record.coder = stranger
    with pytest.raises(Volume.DoesNotExist):
        save_record(record, by=stranger.user)
    assert Volume.objects.get(pk=record.pk).coder == coder


def test_removing_hides_and_restoring_brings_back_with_the_same_provenance(coder):
    record = factories.VolumeFactory(coder=coder, verified=True)
    remove_record(record, by=coder.user, because="It was counted twice.")
    assert not Volume.objects.current().exists()
    assert Volume.objects.get().removed_because == "It was counted twice."
    restore_record(record, by=coder.user)
    stored = Volume.objects.current().get()
    assert stored.provenance == Provenance.VERIFIED
    assert stored.verified_by
    assert stored.removed_because == ""


@pytest.mark.parametrize("provenance", ["verified", "imported"])
@pytest.mark.parametrize("because", ["", "   "])
def test_withdrawing_what_somebody_attested_needs_a_reason(provenance, because, coder):
    record = factories.VolumeFactory(coder=coder, **{provenance: True})
    with pytest.raises(ValidationError) as caught:
        remove_record(record, by=coder.user, because=because)
    assert "why you withdraw it" in caught.value.message_dict["because"][0]
    assert Volume.objects.current().exists()


def test_removing_ones_own_needs_no_reason(coder):
    record = factories.VolumeFactory(coder=coder)
    remove_record(record, by=coder.user)
    assert not Volume.objects.current().exists()


@pytest.mark.parametrize("because", ["see MRN 4821377", "x" * 201, "a\x00b"])
def test_a_reason_is_checked_like_any_text(because, coder):
    record = factories.VolumeFactory(coder=coder)
    with pytest.raises(ValidationError) as caught:
        remove_record(record, by=coder.user, because=because)
    assert "4821377" not in str(caught.value.message_dict["because"])


def test_a_removed_record_is_not_changed_before_it_is_restored(coder):
    record = factories.VolumeFactory(coder=coder, removed=True)
    with pytest.raises(ValidationError, match="Restore it first"):
        save_record(record, by=coder.user)


def test_restoring_does_not_double_a_credential_logged_anew(coder):
    removed = factories.CredentialFactory(coder=coder, removed=True)
    factories.CredentialFactory(coder=coder)
    with pytest.raises(ValidationError, match="Change that entry instead"):
        restore_record(removed, by=coder.user)
    assert Credential.objects.current().count() == 1


def test_removing_twice_and_restoring_twice_change_nothing_more(coder):
    record = factories.VolumeFactory(coder=coder)
    remove_record(record, by=coder.user)
    remove_record(record, by=coder.user)
    assert record.history.count() == 2
    restore_record(record, by=coder.user)
    restore_record(record, by=coder.user)
    assert record.history.count() == 3


def new_audit(coder, **values):
    return Audit(coder=coder, **{"audited_on": DAY, "records_reviewed": 30, **values})


def test_an_audit_is_stored_with_its_scores_by_method(coder):
    scores = {"case": (28, 30), "code_over_code": (412, 430), "weighted": "96.25"}
    audit = save_record(new_audit(coder), by=coder.user, scores=scores)
    found = {score.method: (score.correct, score.reviewed, score.points) for score in audit.scores.all()}
    assert found == {
        "case": (28, 30, None),
        "code_over_code": (412, 430, None),
        "weighted": (None, None, Decimal("96.25")),
    }


@pytest.mark.parametrize("scores", [None, {}, []])
def test_an_audit_without_any_score_is_refused(scores, coder):
    with pytest.raises(ValidationError) as caught:
        save_record(new_audit(coder), by=coder.user, scores=scores)
    assert "Say what the audit found" in caught.value.message_dict["scores"][0]
    assert not Audit.objects.exists()


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ({"code_over_code": (431, 430)}, "Code over code: More were correct"),
        ({"case": (30, 31)}, "more than the audit reviewed"),
        ({"drg": (30, 31)}, "DRG: That is more than the audit reviewed"),
        ({"weighted": 101}, "between 0 and 100"),
        ([AuditScore(method="case", points=90), AuditScore(method="case", points=91)], "Given twice"),
        ([AuditScore(method="vibes", points=90)], "not a valid choice"),
        ([AuditScore(method="case", points=90, note="MRN 4821377")], "record or account number"),
    ],
)
def test_impossible_scores_are_refused_whole(scores, words, coder):
    with pytest.raises(ValidationError) as caught:
        save_record(new_audit(coder), by=coder.user, scores=scores)
    assert any(words in message for message in caught.value.message_dict["scores"])
    assert not Audit.objects.exists()


def test_more_codes_or_apcs_than_records_are_ordinary(coder):
    audit = save_record(
        new_audit(coder), by=coder.user, scores={"code_over_code": (400, 412), "apc": (39, 40)}
    )
    assert audit.scores.count() == 2


def test_all_that_is_wrong_with_an_audit_is_said_at_once(coder):
    with pytest.raises(ValidationError) as caught:
        save_record(
            new_audit(coder, audited_on=dt.date(2099, 1, 1)), by=coder.user, scores={"case": (31, 30)}
        )
    assert set(caught.value.message_dict) == {"audited_on", "scores"}


def test_fewer_records_reviewed_must_still_agree_with_the_stored_scores(coder):
    audit = factories.AuditFactory(coder=coder, scores={"case": (29, 30)})
    audit.records_reviewed = 20
    with pytest.raises(ValidationError) as caught:
        save_record(audit, by=coder.user)
    assert "scores" in caught.value.message_dict
    assert Audit.objects.get().records_reviewed == 30


def test_changed_scores_keep_their_rows_and_those_left_out_go(coder):
    audit = factories.AuditFactory(coder=coder, scores={"case": (29, 30), "drg": (9, 10)})
    kept = audit.scores.get(method="case").pk
    save_record(audit, by=coder.user, scores={"case": (28, 30), "apc": (5, 5)})
    assert {score.method: score.correct for score in audit.scores.all()} == {"case": 28, "apc": 5}
    assert audit.scores.get(method="case").pk == kept


def test_a_refused_change_leaves_the_audit_and_its_scores_alone(coder):
    audit = factories.AuditFactory(coder=coder, scores={"case": (29, 30)})
    audit.records_reviewed = 40
    with pytest.raises(ValidationError):
        save_record(audit, by=coder.user, scores={"case": (41, 40)})
    assert Audit.objects.get().records_reviewed == 30
    assert audit.scores.get().correct == 29


def test_an_audit_whose_scores_fail_to_be_stored_is_not_stored_either(coder, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(AuditScore, "save", fail)
    with pytest.raises(RuntimeError):
        save_record(new_audit(coder), by=coder.user, scores={"case": (29, 30)})
    assert not Audit.objects.exists()
    assert not Audit.history.exists()


def test_education_hours_need_a_body(coder):
    taken = unsaved("continuing-education", coder)
    with pytest.raises(ValidationError) as caught:
        save_record(taken, by=coder.user)
    assert "at least one body" in caught.value.message_dict["bodies"][0]
    save_record(taken, by=coder.user, bodies=[factories.BodyFactory()])
    with pytest.raises(ValidationError):
        save_record(taken, by=coder.user, bodies=[])
    assert ContinuingEducation.objects.get().bodies.count() == 1


def test_no_trace_of_who_did_it_stays_on_the_record(coder, stranger):
    record = factories.VolumeFactory(coder=coder)
    save_record(record, by=coder.user, because="A typing error.")
    assert record.history.first().history_change_reason == "A typing error."
    record.save()
    assert record.history.first().history_user is None
    assert record.history.first().history_change_reason is None


# Pay


def test_pay_is_stored_changed_removed_and_brought_back(coder):
    pay = save_pay(Pay(coder=coder, effective_on=DAY, amount=Decimal(58_000)), by=coder.user)
    pay.amount = Decimal(60_000)
    save_pay(pay, by=coder.user)
    number = remove_pay(pay, by=coder.user)
    assert not Pay.objects.exists()
    restored = restore_pay(coder, number, by=coder.user)
    assert (restored.pk, restored.amount) == (number, Decimal(60_000))
    assert [entry.history_user for entry in Pay.history.all()] == [coder.user] * 4


def test_every_change_of_pay_marks_the_coder_stale(coder):
    pay = save_pay(Pay(coder=coder, effective_on=DAY, amount=Decimal(58_000)), by=coder.user)
    number = pay.pk
    for change in (lambda: save_pay(pay, by=coder.user), lambda: remove_pay(pay, by=coder.user),
                   lambda: restore_pay(coder, number, by=coder.user)):  # fmt: skip
        Staleness.objects.filter(coder=coder).update(seq=7, done_seq=7)
        change()
        assert Staleness.objects.get(coder=coder).is_stale


def test_pay_is_not_brought_back_beside_newer_pay_of_that_day(coder):
    pay = factories.PayFactory(coder=coder, effective_on=DAY)
    number = remove_pay(pay, by=coder.user)
    factories.PayFactory(coder=coder, effective_on=DAY)
    with pytest.raises(ValidationError, match="Meanwhile"):
        restore_pay(coder, number, by=coder.user)


def test_a_strangers_pay_is_neither_changed_nor_brought_back(coder, stranger):
    pay = factories.PayFactory(coder=coder)
    for change in (save_pay, remove_pay):
        with pytest.raises(PermissionDenied):
            change(pay, by=stranger.user)
    number = remove_pay(pay, by=coder.user)
    with pytest.raises(Pay.DoesNotExist):
        restore_pay(stranger, number, by=stranger.user)
    with pytest.raises(PermissionDenied):
        restore_pay(coder, number, by=stranger.user)


def test_restoring_pay_that_is_there_gives_it_as_it_is(coder):
    pay = factories.PayFactory(coder=coder)
    assert restore_pay(coder, pay.pk, by=coder.user) == pay
    with pytest.raises(Pay.DoesNotExist):
        restore_pay(coder, pay.pk + 1, by=coder.user)
