"""Attesting what coders logged themselves: verify it, or ask about it. In bulk, and never one's own."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker.models import RECORD_KINDS, Provenance, Record, RecordQuestion, Team
from tracker.permissions import require_change, require_manager, shared_under
from tracker.validators import refuse_patient_data

from .history import attributed

MOST_AT_ONCE = 500
Chosen = Mapping[str, Iterable[int]]  # ids of records by kind


def awaiting(team: Team, model, *, besides=None):
    """Self-reported records of a kind that are shared with the team, without those of the user `besides`."""
    rows = model.objects.counted().filter(
        shared_under(model, Q(membership__team=team)), provenance=Provenance.SELF_REPORTED
    )
    return rows.exclude(coder__user=besides) if besides else rows


def verify(team: Team, chosen: Chosen, *, by, because: str = "") -> list[Record]:
    """Attest records for the team's organization; return those that still waited. Their open questions are answered."""
    _check_reason(because)
    verified, now = [], timezone.now()
    with transaction.atomic():
        for record in _taken(team, chosen, by):
            record.provenance = Provenance.VERIFIED
            record.verified_by, record.verified_for, record.verified_at = by, team.organization, now
            with attributed(record, by=by, because=because):
                record.save(update_fields=["provenance", "verified_by", "verified_for", "verified_at"])
            verified.append(record)
        for kind, ids in _by_kind(verified).items():
            RecordQuestion.objects.filter(kind=kind, record_id__in=ids, closed_at=None).update(closed_at=now)
    return verified


def question(team: Team, chosen: Chosen, *, by, reason: str) -> list[Record]:
    """Ask the coders about records; the reason is what they read. A second question replaces the first."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say what is in question: the coder reads it.")})
    asked, now = [], timezone.now()
    with transaction.atomic():
        for record in _taken(team, chosen, by):
            about = {"organization": team.organization, "kind": record.KIND, "record_id": record.pk}
            RecordQuestion.objects.filter(**about, closed_at=None).update(closed_at=now)
            row = RecordQuestion(**about, coder_id=record.coder_id, asked_by=by, reason=reason.strip())
            row.clean_fields(exclude=["closed_at"])
            row.save()
            asked.append(record)
    return asked


def close_question(row: RecordQuestion, *, by) -> None:
    """The coder has answered, by a change or in person."""
    require_change(by, row.coder)
    RecordQuestion.objects.filter(pk=row.pk, closed_at=None).update(closed_at=timezone.now())


def _check_reason(because: str) -> None:
    """It becomes part of the record's history: short, and no patient data."""
    try:
        refuse_patient_data(because)
    except ValidationError as error:
        raise ValidationError({"reason": error.messages}) from None


def _taken(team: Team, chosen: Chosen, by) -> list[Record]:
    """The chosen records that wait and are not one's own, held until the transaction ends."""
    require_manager(by, team.organization)
    chosen = {kind: set(ids) for kind, ids in chosen.items()}
    if unknown := set(chosen) - set(RECORD_KINDS):
        raise ValidationError(
            _("There is no such kind of record: %(kinds)s.") % {"kinds": ", ".join(unknown)}
        )
    number = sum(map(len, chosen.values()))
    if not number:
        raise ValidationError(_("Choose at least one record."))
    if number > MOST_AT_ONCE:
        raise ValidationError(_("Choose at most %(n)s records at once.") % {"n": MOST_AT_ONCE})
    return [
        record
        for kind, ids in sorted(chosen.items())
        for record in awaiting(team, RECORD_KINDS[kind], besides=by)
        .filter(pk__in=ids)
        .select_for_update(of=("self",))
        .order_by("pk")
    ]


def _by_kind(records: Iterable[Record]) -> dict[str, list[int]]:
    ids: dict[str, list[int]] = {}
    for record in records:
        ids.setdefault(record.KIND, []).append(record.pk)
    return ids
