"""Attesting what coders logged themselves: verify it, or ask about it. In bulk, and never one's own."""

import hashlib
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker.models import (
    PROVEN,
    RECORD_KINDS,
    Audit,
    ContinuingEducation,
    Provenance,
    Record,
    RecordQuestion,
    Team,
)
from tracker.permissions import require_change, require_team_manager, shared_under
from tracker.selectors.records import with_lines
from tracker.validators import refuse_patient_data

from .history import attributed
from .scores import figures_of

MOST_AT_ONCE = 500
MOST_NAMED = 5
Chosen = Mapping[str, Iterable[int]]  # ids of records by kind
Seen = Mapping[tuple[str, int], str]  # by kind and id, what `seen_of` said of the record as somebody saw it


def awaiting(team: Team, model, *, besides=None):
    """Self-reported records of a kind that are shared with the team, without those of the user `besides`."""
    rows = model.objects.counted().filter(
        shared_under(model, Q(membership__team=team)), provenance=Provenance.SELF_REPORTED
    )
    return rows.exclude(coder__user=besides) if besides else rows


def seen_of(record: Record) -> str:
    """A digest of all that a record says: its line, its note, its figures and its files of proof. Equal as long as nothing of
    it changes."""
    figures = [getattr(record, record._meta.get_field(name).attname) for name in record.FIGURES]
    parts: object = None
    if isinstance(record, Audit):
        parts = figures_of(record.scores.all())
    elif isinstance(record, ContinuingEducation):
        parts = sorted(body.pk for body in record.bodies.all())
    if type(record) in PROVEN:
        figures += sorted(proof.sha256 for proof in record.proofs.all())
    said = record.headline(), record.counts_on, record.note, parts, *figures
    return hashlib.blake2b("\n".join(map(str, said)).encode(), digest_size=10).hexdigest()


def verify(team: Team, chosen: Chosen, *, by, because: str = "", seen: Seen | None = None) -> list[Record]:
    """Attest records for the team's organization; return those that still waited. Their open questions are answered.

    With `seen`, raise ValidationError where a record is not what was seen any more: nobody attests what they have not read.
    """
    _check_reason(because)
    verified, now = [], timezone.now()
    with transaction.atomic():
        for record in _taken(team, chosen, by, seen):
            record.provenance = Provenance.VERIFIED
            record.verified_by, record.verified_for, record.verified_at = by, team.organization, now
            with attributed(record, by=by, because=because):
                record.save(update_fields=["provenance", "verified_by", "verified_for", "verified_at"])
            verified.append(record)
        for kind, ids in _by_kind(verified).items():
            RecordQuestion.objects.filter(kind=kind, record_id__in=ids, closed_at=None).update(closed_at=now)
    return verified


def question(team: Team, chosen: Chosen, *, by, reason: str, seen: Seen | None = None) -> list[Record]:
    """Ask the coders about records; the reason is what they read. A second question replaces the first."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say what is in question: the coder reads it.")})
    asked, now = [], timezone.now()
    with transaction.atomic():
        for record in _taken(team, chosen, by, seen):
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


def _taken(team: Team, chosen: Chosen, by, seen: Seen | None) -> list[Record]:
    """The chosen records that wait and are not one's own, held until the transaction ends."""
    require_team_manager(by, team)
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
    taken = [
        record
        for kind, ids in sorted(chosen.items())
        for record in with_lines(awaiting(team, RECORD_KINDS[kind], besides=by), and_proofs=True)
        .filter(pk__in=ids)
        .select_for_update(of=("self",))
        .order_by("pk")
    ]
    _refuse_changed(taken, seen)
    return taken


def _refuse_changed(taken: list[Record], seen: Seen | None) -> None:
    """The records are held: what they say now is what is attested."""
    if seen is None:
        return
    changed = [record for record in taken if seen.get((record.KIND, record.pk)) != seen_of(record)]
    if not changed:
        return
    text = ngettext(
        "Nothing was done: %(n)s of the chosen records was changed since you looked. It reads now: %(records)s. Look at it again, then choose anew.",
        "Nothing was done: %(n)s of the chosen records were changed since you looked. They read now: %(records)s. Look at them again, then choose anew.",
        len(changed),
    )
    some = "; ".join(f"{record.coder}, {record.headline()}" for record in changed[:MOST_NAMED])
    more = "; …" if len(changed) > MOST_NAMED else ""
    raise ValidationError(text % {"n": len(changed), "records": some + more}, code="changed")


def _by_kind(records: Iterable[Record]) -> dict[str, list[int]]:
    ids: dict[str, list[int]] = {}
    for record in records:
        ids.setdefault(record.KIND, []).append(record.pk)
    return ids
