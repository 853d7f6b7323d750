"""Making the ZIP: archive.json for programs, a CSV for each kind for people, and the signature."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable

from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.core.signing import Signer
from django.db.models import FileField, ForeignKey
from django.utils import timezone

from tracker.exports import as_csv
from tracker.models import Coder, User

from .carried import CARRIED, history_of, links_of, owned

FORMAT, VERSION = "coderpath-archive", 1
CONTENT, SIGNATURE, FILES = "archive.json", "signature.txt", "files/"
PROFILE = ("stated_role", "stated_years", "target_role", "track", "area")
README = """Your CoderPath archive, made on {day}.

archive.json    everything, for programs; import it into an empty account under Settings, Archive
signature.txt   says that this installation wrote archive.json; change a character, and what others attested
                arrives as reported by yourself
csv/            one table for each kind, for people and spreadsheets
files/          what you uploaded
"""


def archive_zip(coder: Coder) -> bytes:
    """Everything of the coder as the bytes of a ZIP."""
    now = timezone.now()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README.format(day=f"{now:%B %-d, %Y}"))
        rows = {model: _rows(_with_files(archive, owned(coder, model))) for model in CARRIED}
        content = _content(coder, rows, now)
        archive.writestr(CONTENT, content)
        archive.writestr(SIGNATURE, signature_of(content))
        for model, of_model in rows.items():
            if of_model:
                columns = ["id", *of_model[0]["fields"]]
                table = [[row["pk"], *map(_cell, row["fields"].values())] for row in of_model]
                archive.writestr(f"csv/{model._meta.model_name}.csv", as_csv(columns, table))
    return buffer.getvalue()


def _with_files(archive: zipfile.ZipFile, things: Iterable) -> list:
    """Put what was uploaded into the archive. What lost its file in the store is left out: the rest is worth having."""
    kept = []
    for thing in things:
        try:
            for field in thing._meta.concrete_fields:
                if isinstance(field, FileField) and (file := getattr(thing, field.name)):
                    with file.open("rb") as stored:
                        archive.writestr(f"{FILES}{file.name}", stored.read())
        except FileNotFoundError:
            continue
        kept.append(thing)
    return kept


def _content(coder: Coder, rows: dict, now) -> bytes:
    return json.dumps(
        {
            "format": FORMAT,
            "version": VERSION,
            "made_at": now,
            "owner": coder.user.email,
            "profile": _profile(coder),
            "rows": [row for of_model in rows.values() for row in of_model],
            "changes": [row for model in CARRIED for row in _changes(coder, model)],
        },
        cls=DjangoJSONEncoder,
        ensure_ascii=False,
        indent=1,
    ).encode()


def signature_of(content: bytes) -> str:
    """This installation's signature under an archive's content."""
    return Signer(salt="archive").signature(hashlib.sha256(content).hexdigest())


def _rows(objects: Iterable) -> list[dict]:
    """As Django's serializers have it: the catalogue by natural keys, people by number, for their addresses are not the coder's."""
    objects = list(objects)
    rows = serializers.serialize("python", objects, use_natural_foreign_keys=True)
    for row, thing in zip(rows, objects, strict=True):
        for field in thing._meta.concrete_fields:
            if isinstance(field, ForeignKey) and field.related_model is User:
                row["fields"][field.name] = getattr(thing, field.attname)
    return rows


def _changes(coder: Coder, model) -> list[dict]:
    history = history_of(model)
    if history is None:
        return []
    changes = history.objects.filter(id__in=owned(coder, model).values("pk")).order_by("history_id")
    links = [
        link.objects.filter(history__in=changes.values("pk")).order_by("pk") for link in links_of(history)
    ]
    return [row for rows in (changes, *links) for row in _rows(rows)]


def _profile(coder: Coder) -> dict:
    (row,) = serializers.serialize("python", [coder], use_natural_foreign_keys=True, fields=PROFILE)
    return row["fields"] | {"full_name": coder.user.full_name, "time_zone": coder.user.time_zone}


def _cell(value):
    """A key of the catalogue, or several, as text."""
    if not isinstance(value, list | tuple | dict):
        return value
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return " ".join(
        " ".join(map(str, part)) if isinstance(part, list | tuple) else str(part) for part in value
    )
