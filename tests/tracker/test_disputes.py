"""Disputes: who may contest and who answers, both scores kept, the contested figure counting until then."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.factories import (
    AuditFactory,
    MembershipFactory,
    OrganizationFactory,
    StaffFactory,
    TeamFactory,
    UserFactory,
)
from tracker.models import AccessLog, AuditScore, Dispute, DisputeState, Provenance, Staleness
from tracker.permissions import may_answer, visible_disputes
from tracker.services.disputes import answer_dispute, open_dispute, withdraw_dispute
from tracker.services.records import save_record
from tracker.services.tokens import create_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def hospital():
    return OrganizationFactory()


@pytest.fixture
def manager(hospital):
    return StaffFactory(organization=hospital).user


@pytest.fixture
def membership(hospital):
    return MembershipFactory(team=TeamFactory(organization=hospital))


@pytest.fixture
def audit(hospital, manager, membership):
    """Verified by the manager of the hospital at which it was made, and shared with it."""
    return AuditFactory(
        coder=membership.coder, made_under=hospital, scores={"case": (27, 30), "weighted": 91},
        verified=True, verified_by=manager, verified_for=hospital,
    )  # fmt: skip


def score_of(audit, method="case") -> AuditScore:
    return audit.scores.get(method=method)


def dispute(audit, method="case") -> Dispute:
    return open_dispute(score_of(audit, method), reason="Guideline I.C.4 supports it.", by=audit.coder.user)


def test_a_contested_figure_stays_and_is_marked(audit):
    row = dispute(audit)
    score = score_of(audit)
    assert (score.correct, score.reviewed, score.contested) == (27, 30, True)
    assert str(score).endswith("(contested)")
    assert (row.state, row.before_text) == (DisputeState.OPEN, "27 of 30")


def test_an_answer_that_lets_it_stand_takes_the_mark_away(audit, manager):
    row = answer_dispute(dispute(audit), answer="Coding Clinic 2Q 2025 decides it.", by=manager)
    assert (row.state, row.after) == (DisputeState.STANDS, None)
    assert not score_of(audit).contested


def test_an_answer_that_changes_it_keeps_both_scores_and_the_provenance(audit, manager):
    seq = Staleness.objects.get(coder=audit.coder).seq
    changed = AuditScore(correct=29, reviewed=30)
    row = answer_dispute(dispute(audit), answer="You were right twice.", figures=changed, by=manager)
    assert (row.before_text, row.after_text, row.state) == ("27 of 30", "29 of 30", DisputeState.CHANGED)
    score = score_of(audit)
    assert (score.correct, score.contested) == (29, False)
    audit.refresh_from_db()
    assert audit.provenance == Provenance.VERIFIED
    assert [old.correct for old in score.history.all()][-1] == 27
    assert Staleness.objects.get(coder=audit.coder).seq > seq  # what depends on it is evaluated again


def test_points_are_disputed_as_points(audit, manager):
    row = answer_dispute(
        dispute(audit, "weighted"), answer="A point for each.", figures=AuditScore(points=94), by=manager
    )
    assert (row.before_text, row.after_text) == ("91%", "94%")


@pytest.mark.parametrize(
    "figures", [{"correct": 31, "reviewed": 30}, {"correct": 27, "reviewed": 30}, {"points": 97}]
)
def test_a_change_that_is_none_or_cannot_be_is_refused(audit, manager, figures):
    row = dispute(audit)
    if "points" in figures:  # a percentage without counts is possible, and is what it became
        answer_dispute(row, answer="x", figures=AuditScore(**figures), by=manager)
        return
    with pytest.raises(ValidationError):
        answer_dispute(row, answer="x", figures=AuditScore(**figures), by=manager)
    assert score_of(audit).contested


def test_an_answer_needs_words(audit, manager):
    with pytest.raises(ValidationError, match="Say in a sentence why"):
        answer_dispute(dispute(audit), answer="  ", by=manager)


def test_what_one_logged_oneself_is_corrected_not_disputed(membership):
    own = AuditFactory(coder=membership.coder, scores={"case": (27, 30)})
    with pytest.raises(ValidationError, match="open it and correct it"):
        dispute(own)


def test_only_the_coder_disputes_and_withdraws(audit, manager):
    with pytest.raises(PermissionDenied):
        open_dispute(score_of(audit), reason="x", by=manager)
    row = dispute(audit)
    with pytest.raises(PermissionDenied):
        withdraw_dispute(row, by=manager)
    withdraw_dispute(row, by=audit.coder.user)
    assert not score_of(audit).contested


def test_a_score_is_disputed_once_at_a_time(audit, manager):
    row = dispute(audit)
    with pytest.raises(ValidationError, match="disputed already"):
        dispute(audit)
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispute.objects.create(score=row.score, reason="x", before={})
    answer_dispute(row, answer="It stands.", by=manager)
    with pytest.raises(ValidationError, match="answered or withdrawn meanwhile"):
        answer_dispute(row, answer="Again.", by=manager)
    assert dispute(audit).pk


def test_who_may_answer(audit, manager, membership, hospital):
    elsewhere = StaffFactory().user
    assert may_answer(manager, audit)
    assert may_answer(StaffFactory(organization=hospital).user, audit)
    assert not may_answer(elsewhere, audit)
    assert not may_answer(audit.coder.user, audit)
    with pytest.raises(PermissionDenied):
        answer_dispute(dispute(audit), answer="x", by=elsewhere)


def test_nobody_answers_their_own_dispute_whoever_they_manage(audit, hospital):
    StaffFactory(organization=hospital, user=audit.coder.user)
    assert not may_answer(audit.coder.user, audit)


def test_what_is_shared_no_more_is_nobody_elses_to_answer(audit, manager, membership):
    row = dispute(audit)
    membership.shares.all().delete()
    assert not may_answer(manager, audit)
    assert row not in visible_disputes(manager)
    assert row in visible_disputes(audit.coder.user)
    assert row not in visible_disputes(UserFactory())


def test_a_figure_that_the_coder_changes_is_their_own_word_and_disputed_no_more(audit):
    row = dispute(audit)
    save_record(audit, by=audit.coder.user, scores={"case": (30, 30), "weighted": 91})
    row.refresh_from_db()
    assert row.state == DisputeState.WITHDRAWN
    assert not AuditScore.objects.filter(audit=audit, contested=True).exists()


def test_patient_data_is_refused(audit):
    with pytest.raises(ValidationError, match="identify a patient"):
        open_dispute(score_of(audit), reason="See MRN 4821377", by=audit.coder.user)


# --- Pages ---


def test_the_way_through_the_pages(client, audit, manager):
    client.force_login(audit.coder.user)
    score = score_of(audit)
    page = reverse("tracker:dispute_ask", args=[audit.pk])
    assert (
        "Dispute a score"
        in client.get(reverse("tracker:record_edit", args=["audit", audit.pk])).content.decode()
    )
    assert client.post(page, {"score": score.pk, "reason": ""}).status_code == 422
    assert client.post(page, {"score": score.pk, "reason": "Guideline I.C.4"}).status_code == 302
    row = Dispute.objects.get()
    mine = client.get(reverse("tracker:dispute", args=[row.pk]))
    assert "Withdraw the dispute" in mine.content.decode() and mine.context["form"] is None
    assert client.post(reverse("tracker:dispute", args=[row.pk]), {"answer": "me"}).status_code == 404

    client.force_login(manager)
    assert client.get(reverse("tracker:disputes")).context["to_answer"] == [row]
    answer = {"outcome": "changed", "correct": "31", "reviewed": "30", "answer": "You are right."}
    refused = client.post(reverse("tracker:dispute", args=[row.pk]), answer)
    assert refused.status_code == 422 and "More were correct" in refused.content.decode()
    assert (
        client.post(reverse("tracker:dispute", args=[row.pk]), answer | {"correct": "28"}).status_code == 302
    )
    assert score_of(audit).correct == 28

    client.force_login(UserFactory())
    assert client.get(reverse("tracker:dispute", args=[row.pk])).status_code == 404


def test_the_way_through_the_api(client, audit, manager):
    client.force_login(audit.coder.user)
    sent = {"audit": audit.pk, "method": "case", "reason": "Guideline I.C.4"}
    made = client.post("/api/v1/disputes/", sent, content_type="application/json")
    assert made.status_code == 201 and made.json()["before"]["correct"] == 27
    mine = f"/api/v1/disputes/{made.json()['id']}/"
    answer = {"answer": "You are right.", "correct": 28, "reviewed": 30}
    assert client.post(f"{mine}answer/", answer, content_type="application/json").status_code == 403
    client.force_login(UserFactory())
    assert client.get(mine).status_code == 404
    assert client.post("/api/v1/disputes/", sent, content_type="application/json").status_code == 404
    client.force_login(manager)
    assert client.post(f"{mine}withdraw/", {}, content_type="application/json").status_code == 403
    assert client.post(f"{mine}answer/", answer, content_type="application/json").json()["state"] == "changed"
    assert score_of(audit).correct == 28


@pytest.mark.parametrize(("scopes", "seen"), [(["read", "write"], False), (["read", "write", "team"], True)])
def test_a_token_reaches_the_disputes_of_others_only_where_it_is_for_teams(
    client, audit, manager, scopes, seen
):
    row = dispute(audit)
    _token, text = create_token(manager, name="robot", scopes=scopes, days=30)
    headers = {"Authorization": f"Bearer {text}"}
    one = f"/api/v1/disputes/{row.pk}/"
    assert (client.get(one, headers=headers).status_code == 200) is seen
    answer = client.post(
        f"{one}answer/", {"answer": "It stands."}, content_type="application/json", headers=headers
    )
    assert (answer.status_code == 200) is seen
    row.refresh_from_db()
    assert row.is_open is not seen


def test_the_look_of_a_manager_of_one_team_says_for_which_organization(client, audit, hospital, membership):
    alone = StaffFactory(organization=hospital, team=membership.team).user
    row = dispute(audit)
    client.force_login(alone)
    assert client.get(reverse("tracker:dispute", args=[row.pk])).status_code == 200
    assert AccessLog.objects.get(viewer=alone).organization == hospital


def test_looking_at_somebody_elses_dispute_is_written_down_and_at_ones_own_is_not(
    client, audit, hospital, manager
):
    row = dispute(audit)
    for user in (audit.coder.user, manager):
        client.force_login(user)
        assert client.get(reverse("tracker:disputes")).status_code == 200
        assert client.get(reverse("tracker:dispute", args=[row.pk])).status_code == 200
        assert client.get("/api/v1/disputes/").status_code == 200
    (look,) = AccessLog.objects.all()
    assert (look.viewer, look.coder, look.organization) == (manager, audit.coder, hospital)
    assert "dispute" in look.what
