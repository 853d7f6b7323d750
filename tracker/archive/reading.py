"""Checking an uploaded ZIP: that it is an archive, of a size that can be read, and who signed it."""

import datetime as dt
import json
import zipfile
import zlib
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from .writing import CONTENT, FILES, FORMAT, SIGNATURE, VERSION, signature_of

LARGEST = 100 * 1024 * 1024
LARGEST_CONTENT = 30 * 1024 * 1024
MOST_ROWS = 50_000

NOT_ONE = _("This is not a CoderPath archive. Choose the ZIP file that you downloaded here, unchanged.")
TOO_LARGE = _("This archive is too large to be read here (more than 100 MB unpacked).")
TOO_NEW = _(
    "This archive was made by a newer CoderPath. Import it there, or ask for this one to be brought up to date."
)


@dataclass
class Archive:
    """What a ZIP holds. `signed` says that this installation wrote it as it is."""

    owner: str
    profile: dict
    rows: list[dict]
    changes: list[dict]
    signed: bool
    made_at: dt.datetime
    files: dict[str, bytes] = field(default_factory=dict)


def read_archive(upload) -> Archive:
    """Read an uploaded file. Raise ValidationError where it is no archive; nothing in it is trusted to have the right shape."""
    try:
        with zipfile.ZipFile(upload) as bundle:
            if sum(info.file_size for info in bundle.infolist()) > LARGEST:
                raise ValidationError(TOO_LARGE)
            if bundle.getinfo(CONTENT).file_size > LARGEST_CONTENT:
                raise ValidationError(TOO_LARGE)
            content = bundle.read(CONTENT)
            signature = (
                bundle.read(SIGNATURE).decode("ascii", "replace") if SIGNATURE in bundle.namelist() else ""
            )
            files = {
                name.removeprefix(FILES): bundle.read(name)
                for name in bundle.namelist()
                if name.startswith(FILES) and not name.endswith("/")
            }
        data = json.loads(content)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, RuntimeError, EOFError, OSError):
        raise ValidationError(NOT_ONE) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValidationError(NOT_ONE)
    if data.get("version") != VERSION:
        raise ValidationError(TOO_NEW)
    rows, changes = data.get("rows"), data.get("changes", [])
    if not (_are_rows(rows) and _are_rows(changes) and isinstance(data.get("profile"), dict)):
        raise ValidationError(NOT_ONE)
    return Archive(
        owner=str(data.get("owner", "")),
        profile=data["profile"],
        rows=rows,
        changes=changes,
        made_at=_moment(data.get("made_at")),
        signed=constant_time_compare(signature.strip(), signature_of(content)),
        files=files,
    )


def _are_rows(rows) -> bool:
    return (
        isinstance(rows, list)
        and len(rows) <= MOST_ROWS
        and all(
            isinstance(row, dict)
            and isinstance(row.get("model"), str)
            and isinstance(row.get("fields"), dict)
            for row in rows
        )
    )


def _moment(text) -> dt.datetime:
    """When it was written. Raise ValidationError where that is not said."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise ValidationError(NOT_ONE) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
