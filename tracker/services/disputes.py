"""Contesting what an audit found, and answering it. Until it is answered the figure counts, marked as contested.

Each call is one transaction, raises ValidationError by field or PermissionDenied, and marks the coder stale through the
score that it writes.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from curriculum.models import Organization
from tracker.models import Audit, AuditScore, Dispute, DisputeState
from tracker.models.disputes import DISPUTED, figures_as_kept
from tracker.permissions import managed_teams, may_answer, require_change

from .history import attributed
from .scores import score_problems
from .sharing import note_access


def open_dispute(score: AuditScore, *, reason: str, by) -> Dispute:
    """Contest one score of an audit that somebody else attested."""
    require_change(by, score.audit.coder)
    with transaction.atomic():
        score = _held(score)
        if score.audit.removed_at:
            raise ValidationError(_("This audit was removed. Restore it first, then dispute it."))
        if not score.audit.attested:
            raise ValidationError(
                _("You logged this audit yourself, so there is nobody to ask: open it and correct it.")
            )
        if score.contested:
            raise ValidationError(
                _("This score is disputed already. Wait for the answer, or withdraw it first.")
            )
        dispute = Dispute(score=score, reason=reason.strip(), before=figures_as_kept(score))
        dispute.full_clean()
        dispute.save()
        _mark(score, True, by=by, because=_("Disputed"))
    return dispute


def answer_dispute(dispute: Dispute, *, answer: str, figures: AuditScore | None = None, by) -> Dispute:
    """Let the score stand, or change it to `figures` (an unsaved score). Its provenance stays: whoever attested it did this."""
    with transaction.atomic():
        dispute, score = _held_open(dispute)
        if not may_answer(by, score.audit):
            raise PermissionDenied("Only whoever attested the audit may answer.")
        dispute.answer, dispute.answered_by, dispute.answered_at = answer.strip(), by, timezone.now()
        if not dispute.answer:
            raise ValidationError({"answer": _("Say in a sentence why: the coder reads it.")})
        dispute.state = DisputeState.STANDS
        if figures is not None:
            _check_change(score, figures)
            _take(score, figures)
            dispute.state, dispute.after = DisputeState.CHANGED, figures_as_kept(score)
        dispute.full_clean()
        dispute.save()
        _mark(score, False, by=by, because=_("Dispute answered"))
    return dispute


def withdraw_dispute(dispute: Dispute, *, by) -> Dispute:
    """The coder lets it go, before it was answered."""
    require_change(by, dispute.score.audit.coder)
    with transaction.atomic():
        dispute, score = _held_open(dispute)
        dispute.state = DisputeState.WITHDRAWN
        dispute.save()
        _mark(score, False, by=by, because=_("Dispute withdrawn"))
    return dispute


def note_look(viewer, disputes: Iterable[Dispute]) -> None:
    """Write down whose disputed audits `viewer` looked at, and for which organization."""
    audits = [dispute.score.audit for dispute in disputes]
    theirs = [audit for audit in audits if audit.coder.user_id != viewer.pk]
    if not theirs:
        return
    managed = Organization.objects.in_bulk(managed_teams(viewer).values_list("organization", flat=True))
    by_organization = defaultdict(list)
    for audit in theirs:  # None: who verified it, and manages nothing any more
        under = managed.get(audit.verified_for_id) or managed.get(audit.made_under_id)
        by_organization[under].append(audit.coder)
    for organization, coders in by_organization.items():
        note_access(viewer, organization, coders, _("an audit that you dispute"))


def drop_disputes(audit: Audit) -> None:
    """Withdraw what is open where the coder has changed the figures: it is their own word now, and nobody's to answer."""
    Dispute.objects.filter(score__audit=audit, state=DisputeState.OPEN).update(state=DisputeState.WITHDRAWN)
    audit.scores.filter(contested=True).update(contested=False)
    audit._prefetched_objects_cache = {}


def _held(score: AuditScore) -> AuditScore:
    """The score as it stands, with its audit, held until the transaction ends: the audit first, as everywhere."""
    audit = Audit.objects.select_for_update().select_related(None).get(pk=score.audit_id)
    score = AuditScore.objects.select_for_update().get(pk=score.pk, audit=audit)
    score.audit = audit
    return score


def _held_open(dispute: Dispute) -> tuple[Dispute, AuditScore]:
    score = _held(dispute.score)
    dispute = Dispute.objects.get(pk=dispute.pk)
    dispute.score = score
    if not dispute.is_open:
        raise ValidationError(_("This dispute was answered or withdrawn meanwhile."))
    return dispute, score


def _check_change(score: AuditScore, figures: AuditScore) -> None:
    figures.method = score.method
    if problems := score_problems(figures, score.audit.records_reviewed):
        raise ValidationError(problems)
    if figures_as_kept(figures) == figures_as_kept(score):
        raise ValidationError(
            _("These are the figures as they are. Let the score stand, or change one of them.")
        )


def _take(score: AuditScore, figures: AuditScore) -> None:
    """The new figures. Charts that do not add up to them any more are not known one by one any more."""
    for name in DISPUTED:
        setattr(score, name, getattr(figures, name))
    score.charts = None


def _mark(score: AuditScore, contested: bool, *, by, because: str) -> None:
    score.contested = contested
    moment = timezone.now()
    # The audit's history has a row at the same moment: what changed in a record is told by its own rows.
    with (
        attributed(score.audit, by=by, because=because, moment=moment),
        attributed(score, by=by, because=because, moment=moment),
    ):
        score.audit.save(update_fields=["note"])
        score.save()
