"""Writing one record: the only door for pages, API and jobs.

Each call is one transaction that holds the record's row, and raises ValidationError by field (nothing is written then) or
PermissionDenied. Receivers mark the coder stale in that same transaction.
"""

from functools import partial

from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracker.models import Audit, ContinuingEducation, Provenance, Record
from tracker.permissions import require_change
from tracker.validators import refuse_patient_data

from .disputes import drop_disputes
from .employers import USUAL, set_employer
from .history import attributed
from .scores import check_scores, figures_of, scores_from, store_scores

LOGGED_ALREADY = _(
    "You have logged exactly this already. If it is another one, say in the note what tells them apart."
)
NO_BODY = _("Choose at least one body that counts these hours.")
WITHDRAWAL_REASON = _(
    "Somebody else attested this record. Say in a few words why you withdraw it: whoever you shared it with "
    "can see that."
)
REASON_LENGTH = Record._meta.get_field("removed_because").max_length


def save_record(
    record: Record, *, by, scores=None, bodies=None, subjects=None, made_under=USUAL, because: str = ""
) -> Record:
    """Store a new or changed record and return it.

    `by` is the user who does it; None is the site itself (demo data, jobs), which alone may create attested records.
    `scores` belong to an audit (see `scores_from`), `bodies` and `subjects` to continuing education; None leaves those
    stored. `made_under` is the employer for whom work was done, or None: by default the usual one (see `employers`).
    Changing a figure of an attested record makes it self-reported; a note does not.
    """
    require_change(by, record.coder)
    with transaction.atomic():
        stored = _stored(record) if record.pk else None
        if stored is None:
            _begin(record, by)
        else:
            _keep_what_is_not_typed(record, stored)
        if by is not None:
            set_employer(record, made_under, is_new=stored is None)
        found, chosen = _checked(record, stored, scores, {"bodies": bodies, "subjects": subjects})
        if stored is not None and stored.attested and _figures_changed(record, stored, found, chosen):
            _make_self_reported(record)
            if isinstance(record, Audit):
                drop_disputes(record)
        _write(record, found, chosen, by=by, because=because)
    return record


def remove_record(record: Record, *, by, because: str = "") -> Record:
    """Set a record aside; `restore_record` undoes it. An attested one is withdrawn, and needs a reason."""
    require_change(by, record.coder)
    because = because.strip()
    _check_reason(because)
    with transaction.atomic():
        record.refresh_from_db(from_queryset=type(record).objects.select_for_update())
        if record.removed_at:
            return record
        if record.attested and not because:
            raise ValidationError({"because": WITHDRAWAL_REASON})
        record.removed_at, record.removed_because = timezone.now(), because
        with attributed(record, by=by):
            record.save(update_fields=["removed_at", "removed_because"])
    return record


def restore_record(record: Record, *, by) -> Record:
    """Bring a removed record back as it was, provenance included. Refused where it would double a newer one."""
    require_change(by, record.coder)
    with transaction.atomic():
        record.refresh_from_db(from_queryset=type(record).objects.select_for_update())
        if not record.removed_at:
            return record
        record.clean()
        record.removed_at, record.removed_because = None, ""
        with attributed(record, by=by):
            record.save(update_fields=["removed_at", "removed_because"])
    return record


def _stored(record: Record) -> Record:
    """The record as it stands in the database, held until the transaction ends."""
    stored = type(record).objects.select_for_update().get(pk=record.pk, coder_id=record.coder_id)
    if stored.removed_at:
        raise ValidationError(_("This record was removed. Restore it first, then change it."))
    return stored


def _begin(record: Record, by) -> None:
    """Nobody verifies their own record: what a person creates is self-reported, whatever it claims."""
    if by is not None:
        _make_self_reported(record)


def _make_self_reported(record: Record) -> None:
    record.provenance = Provenance.SELF_REPORTED
    record.verified_by = record.verified_for = record.verified_at = None


def _keep_what_is_not_typed(record: Record, stored: Record) -> None:
    """Take everything that nobody types from the database, so that an old copy cannot undo a verification."""
    for field in record._meta.concrete_fields:
        if not field.editable and not field.primary_key and field.name != "coder":
            setattr(record, field.attname, getattr(stored, field.attname))


def _checked(record: Record, stored: Record | None, scores, many: dict):
    """Return the scores to store (None leaves them), and the lists to store by field.

    Raise ValidationError with all that is wrong.
    """
    found, chosen = None, {}
    errors: dict = {}
    try:
        record.full_clean()
    except ValidationError as error:
        error.update_error_dict(errors)
    try:
        if isinstance(record, Audit):
            found = _checked_scores(record, stored, scores)
        elif isinstance(record, ContinuingEducation):
            chosen = {
                name: list(rows or ()) for name, rows in many.items() if stored is None or rows is not None
            }
            if not chosen.get("bodies", True):
                raise ValidationError({"bodies": NO_BODY})
    except ValidationError as error:
        error.update_error_dict(errors)
    if errors:
        raise ValidationError(errors)
    if stored is None and _logged_already(record, found):
        raise ValidationError(LOGGED_ALREADY)
    return found, chosen


def _logged_already(record: Record, scores) -> bool:
    """Whether the same was logged by the same way before, word for word: a form sent twice, not a second piece of work.

    What carries an external id is told apart by that; what somebody attests is the importer's to match.
    """
    if record.external_id or record.attested:
        return False
    same = {name: getattr(record, name) for name in (*record.FIGURES, "note", "source")}
    twins = type(record).objects.current().filter(coder=record.coder, external_id="", **same)
    if scores is None:
        return twins.exists()
    figures = figures_of(scores)
    return any(figures_of(twin.scores.all()) == figures for twin in twins.prefetch_related("scores"))


def _checked_scores(record: Audit, stored: Audit | None, scores):
    """The stored ones are checked too: fewer records reviewed may no longer agree with them."""
    found = list(stored.scores.all()) if stored and scores is None else scores_from(scores or ())
    check_scores(found, record.records_reviewed)
    return None if scores is None else found


def _figures_changed(record: Record, stored: Record, scores, many: dict) -> bool:
    names = [record._meta.get_field(name).attname for name in record.FIGURES]
    if any(getattr(record, name) != getattr(stored, name) for name in names):
        return True
    if scores is not None and figures_of(scores) != figures_of(stored.scores.all()):
        return True
    return any(
        {row.pk for row in rows} != {row.pk for row in getattr(stored, name).all()}
        for name, rows in many.items()
    )


def _write(record: Record, scores, many: dict, *, by, because: str) -> None:
    with attributed(record, by=by, because=because):
        if many:
            write_with_lists(record, many)
        else:
            record.save()
        if scores is not None:
            moment = record._history_date
            store_scores(record, scores, partial(attributed, by=by, because=because, moment=moment))


def write_with_lists(record: ContinuingEducation, many: dict) -> None:
    """Lists are rows of their own; whichever is written last makes the one entry in the history."""
    is_new = record.pk is None
    last = many.pop("bodies") if is_new else None
    record.skip_history_when_saving = True
    try:
        if is_new:
            record.save()
        for name, rows in many.items():
            getattr(record, name).set(rows)
    finally:
        del record.skip_history_when_saving
    if is_new:
        record.bodies.set(last)
    else:
        record.save()


def _check_reason(because: str) -> None:
    """The reason is free text that others can read: no patient data, and not longer than its column."""
    if len(because) > REASON_LENGTH:
        raise ValidationError(
            {"because": _("Say it in at most %(limit)s characters.") % {"limit": REASON_LENGTH}}
        )
    try:
        ProhibitNullCharactersValidator()(because)
        refuse_patient_data(because)
    except ValidationError as error:
        raise ValidationError({"because": error.messages}) from None
