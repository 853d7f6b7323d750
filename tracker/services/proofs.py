"""Adding and removing the files that prove a record: its owner alone, through pages and API alike."""

import datetime as dt
from itertools import islice

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from tracker.models import PROOFS, PROVEN, Membership, Proof, Record
from tracker.permissions import managed_teams, require_change, taught_programs
from tracker.proofs import MOST_BYTES, MOST_BYTES_OF_A_CODER, MOST_OF_A_RECORD, TOO_LARGE, content_type_of

from .sharing import note_access

# A file without a row is left by a crash between the two; nothing is uploaded for longer than this.
ORPHANED = dt.timedelta(days=1)
AT_ONCE = 500  # names of files in one query


def read_upload(upload) -> bytes:
    """The content of an uploaded file that may be kept. Raise ValidationError for any other."""
    if upload.size > MOST_BYTES:
        raise ValidationError(TOO_LARGE)
    upload.seek(0)
    content = upload.read()
    content_type_of(content)
    return content


def add_proof(record: Record, content: bytes, *, by) -> Proof:
    """Store a file that proves a record. The same file twice is one. Raise ValidationError where it is not taken."""
    require_change(by, record.coder)
    proof = Proof(coder=record.coder, **{PROVEN[type(record)]: record})
    proof.describe(content)
    with transaction.atomic():
        # Two uploads at the same time wait for each other: the limits hold for both.
        type(record.coder).objects.select_for_update().get(pk=record.coder_id)
        type(record).objects.current().get(pk=record.pk)
        stored = list(record.proofs.all())
        same = next((one for one in stored if one.sha256 == proof.sha256), None)
        if same:
            return same
        used = Proof.objects.filter(coder=record.coder_id).aggregate(used=Sum("size"))["used"] or 0
        check_room(len(stored), used, proof.size)
        proof.file.save("", ContentFile(content), save=False)
        try:
            proof.save()
        except BaseException:
            proof.file.storage.delete(proof.file.name)
            raise
    return proof


def check_room(of_record: int, used: int, size: int) -> None:
    """Raise ValidationError where a record has too many files for one more, or its coder too many bytes for `size` more."""
    if of_record >= MOST_OF_A_RECORD:
        raise ValidationError(
            _("A record has at most %(n)s files. Remove one first.") % {"n": MOST_OF_A_RECORD}
        )
    if used + size > MOST_BYTES_OF_A_CODER:
        raise ValidationError(
            _("All your files together may have %(n)s MB. Remove some that you need no longer.")
            % {"n": MOST_BYTES_OF_A_CODER // 2**20}
        )


def note_opening(proof: Proof, viewer) -> None:
    """Write down that somebody else opened a file, under the organization for which they may."""
    if proof.coder.user_id == viewer.pk:
        return
    of_teams = Membership.objects.open().filter(coder=proof.coder_id, team__in=managed_teams(viewer))
    membership = of_teams.select_related("team__organization").first()
    program = taught_programs(viewer).filter(cohorts__enrollments__coder=proof.coder_id).first()
    organization = membership.team.organization if membership else program and program.organization
    if organization:
        note_access(viewer, organization, [proof.coder], _("files of proof"))


def remove_proof(proof: Proof, *, by) -> None:
    """Remove a file for good."""
    require_change(by, proof.coder)
    proof.delete()


def tidy_proofs(now: dt.datetime) -> int:
    """Remove files that belong to no row, once they are a day old; return their number."""
    storage = Proof._meta.get_field("file").storage
    removed = 0
    for names in _stored(storage):
        known = set(Proof.objects.filter(file__in=names).values_list("file", flat=True))
        for name in names:
            if name not in known and storage.get_modified_time(name) < now - ORPHANED:
                storage.delete(name)
                removed += 1
    return removed


def _stored(storage: Storage):
    """Yield the names of all files, so many at once as one query may ask for: the store has any number."""
    try:
        folders, _files = storage.listdir(PROOFS)
    except FileNotFoundError:  # nothing was uploaded yet
        return
    for folder in folders:
        names = iter(storage.listdir(f"{PROOFS}{folder}")[1])
        while some := [f"{PROOFS}{folder}/{name}" for name in islice(names, AT_ONCE)]:
            yield some
