"""Verifying and questioning what members logged themselves."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from tests.factories import (
    AuditFactory,
    CredentialFactory,
    MembershipFactory,
    ProofFactory,
    SkillShownFactory,
    StaffFactory,
    VolumeFactory,
)
from tracker.models import Provenance, RecordQuestion, Share
from tracker.selectors.history import record_history
from tracker.selectors.verification import verification_queue
from tracker.services.proofs import remove_proof
from tracker.services.records import remove_record, save_record
from tracker.services.verification import question, verify

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def test_verifying_says_by_whom_for_whom_and_why(team, manager, member):
    held, other = CredentialFactory(coder=member.coder), SkillShownFactory(coder=member.coder)
    done = verify(team, {"credential": [held.pk]}, by=manager, because="Seen the certificate")
    assert done == [held]
    held.refresh_from_db()
    other.refresh_from_db()
    assert (held.provenance, held.verified_by, held.verified_for) == (
        Provenance.VERIFIED,
        manager,
        team.organization,
    )
    assert held.verified_at is not None
    assert other.provenance == Provenance.SELF_REPORTED
    assert record_history(held)[0].by == "Mara Ruiz"
    assert verify(team, {"credential": [held.pk]}, by=manager) == []


def test_nobody_verifies_their_own_nor_what_is_not_shared(team, manager, member):
    from tracker.services.coders import coder_of

    own = CredentialFactory(coder=coder_of(manager))
    MembershipFactory(team=team, coder=own.coder)
    elsewhere, unshared = CredentialFactory(), SkillShownFactory(coder=member.coder)
    work = VolumeFactory(coder=member.coder)  # made under nobody
    Share.objects.filter(kind="skill").delete()
    chosen = {"credential": [own.pk, elsewhere.pk], "skill": [unshared.pk], "volume": [work.pk]}
    assert verify(team, chosen, by=manager) == []
    assert question(team, chosen, by=manager, reason="Why?") == []
    assert verification_queue(team, manager).lines == []
    for record in (own, elsewhere, unshared, work):
        record.refresh_from_db()
        assert record.provenance == Provenance.SELF_REPORTED


def test_only_a_manager_of_the_organization_verifies(team, member):
    held = CredentialFactory(coder=member.coder)
    for nobody in (
        member.coder.user,
        StaffFactory().user,
        StaffFactory(organization=team.organization, role="instructor").user,
    ):
        with pytest.raises(PermissionDenied):
            verify(team, {"credential": [held.pk]}, by=nobody)


def test_a_question_reaches_the_coder_and_is_answered_by_verifying(team, manager, member, signed_in):
    audit = AuditFactory(coder=member.coder, made_under=team.organization)
    with pytest.raises(ValidationError, match="Say what is in question"):
        question(team, {"audit": [audit.pk]}, by=manager, reason=" ")
    with pytest.raises(ValidationError):
        question(team, {"audit": [audit.pk]}, by=manager, reason="Is this MRN 1234567?")
    question(team, {"audit": [audit.pk]}, by=manager, reason="Which sample?")
    question(team, {"audit": [audit.pk]}, by=manager, reason="Random or targeted?")
    asked = RecordQuestion.objects.get(closed_at=None)
    assert asked.reason == "Random or targeted?"
    assert (
        "Random or targeted?" in signed_in(member.coder.user).get(reverse("tracker:sharing")).content.decode()
    )
    (waiting,) = verification_queue(team, manager).lines
    assert waiting.question == asked
    verify(team, {"audit": [audit.pk]}, by=manager)
    assert not RecordQuestion.objects.filter(closed_at=None).exists()


def test_a_changed_figure_is_self_reported_again_and_a_withdrawal_is_seen(team, manager, member, signed_in):
    audit = AuditFactory(coder=member.coder, made_under=team.organization)
    verify(team, {"audit": [audit.pk]}, by=manager)
    audit.refresh_from_db()
    audit.records_reviewed = 40
    save_record(audit, by=member.coder.user)
    assert audit.provenance == Provenance.SELF_REPORTED
    assert [line.record for line in verification_queue(team, manager).lines] == [audit]
    verify(team, {"audit": [audit.pk]}, by=manager)
    audit.refresh_from_db()
    remove_record(audit, by=member.coder.user, because="Counted another coder's charts")
    seen = signed_in(manager).get(reverse("tracker:team_member", args=[team.pk, member.pk])).content.decode()
    assert "Counted another coder&#x27;s charts" in seen


def test_what_was_changed_since_it_was_seen_is_not_attested(team, manager, member, signed_in):
    """The manager saw 29 of 30; meanwhile the coder wrote 30 of 30."""
    audit = AuditFactory(coder=member.coder, made_under=team.organization)
    other = SkillShownFactory(coder=member.coder)
    keys = [line.key for line in verification_queue(team, manager).lines]
    save_record(audit, by=member.coder.user, scores={"case": (30, 30)})
    page, url = signed_in(manager), reverse("tracker:team_verify", args=[team.pk])
    for do in ("verify", "question"):
        refused = page.post(url, {"record": keys, "do": do, "reason": "Seen"})
        assert refused.status_code == 422
        text = refused.content.decode()
        assert "1 of the chosen records was changed since you looked" in text
        assert "30 of 30" in text
    for record in (audit, other):
        record.refresh_from_db()
        assert record.provenance == Provenance.SELF_REPORTED
    assert not RecordQuestion.objects.exists()
    fresh = [line.key for line in verification_queue(team, manager).lines]
    assert page.post(url, {"record": fresh, "do": "verify"}).status_code == 302
    audit.refresh_from_db()
    assert audit.provenance == Provenance.VERIFIED


def test_another_proof_than_the_one_that_was_seen_is_not_attested(team, manager, member):
    held = CredentialFactory(coder=member.coder)
    shown = ProofFactory(held)
    seen = {("credential", held.pk): verification_queue(team, manager).lines[0].seen}
    remove_proof(shown, by=member.coder.user)
    added = ProofFactory(held, PDF)
    with pytest.raises(ValidationError, match="changed since you looked"):
        verify(team, {"credential": [held.pk]}, by=manager, seen=seen)
    remove_proof(added, by=member.coder.user)
    ProofFactory(held)
    assert verify(team, {"credential": [held.pk]}, by=manager, seen=seen) == [held]


def test_the_page_verifies_and_questions_in_bulk(team, manager, member, signed_in):
    held = [CredentialFactory(coder=member.coder, certification__slug=slug) for slug in ("cpc", "ccs")]
    page, url = signed_in(manager), reverse("tracker:team_verify", args=[team.pk])
    assert "2" in page.get(url).content.decode()
    both = [line.key for line in verification_queue(team, manager).lines]
    assert page.post(url, {"record": both, "do": "question"}).status_code == 422
    assert page.post(url, {"record": [], "do": "verify"}).status_code == 422
    assert page.post(url, {"record": ["pay:1"], "do": "verify"}).status_code == 422
    assert page.post(url, {"record": both, "do": "verify"}).status_code == 302
    assert {type(r).objects.get(pk=r.pk).provenance for r in held} == {Provenance.VERIFIED}
