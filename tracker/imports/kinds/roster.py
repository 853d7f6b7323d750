"""A roster: who is to be invited to a team, by e-mail. It makes no records."""

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from tracker.imports.fields import Field, Holds, Kind
from tracker.imports.lines import Entry, Line, Settings
from tracker.validators import looks_like_patient_data

from .common import HARMLESS, either

FIELDS = (
    Field(
        "email", _("the e-mail address"), Holds.OWN_NUMBER,
        ("e mail", "email", "e mail address", "email address", "work email", "work e mail", "business email", "company email",
         "user email", "employee email", "primary email", "mail"),
    ),
    Field(
        "name", _("the name"), Holds.TEXT,
        ("name", "full name", "coder", "coder name", "employee name", "employee", "staff name", "staff member", "display name",
         "team member", "associate name", "associate", "user name", "worker"),
    ),
    Field("first_name", _("the first name"), Holds.TEXT, ("first name", "first", "given name", "forename", "preferred name")),
    Field("last_name", _("the last name"), Holds.TEXT, ("last name", "last", "surname", "family name")),
    Field(
        "job_title", _("the job title"), Holds.TEXT,
        ("job title", "title", "position", "position title", "job", "current title", "title of job", "role"),
    ),
)  # fmt: skip
LONGEST = 120
_IN_BRACKETS = re.compile(r"<([^<>]+)>")


def missing(present: set[str]) -> list[str]:
    return [] if either(present, ("email",)) else [str(_("the e-mail address"))]


def interpret(line: Line, settings: Settings) -> Iterator[Entry]:
    email = _address(line)
    name = line.text("name") or f"{line.text('first_name')} {line.text('last_name')}".strip()
    said = {"name" if line.text("name") else "first_name": name, "job_title": line.text("job_title")}
    for key, text in said.items():
        if len(text) > LONGEST:
            line.error(key, _("This is longer than %(limit)s characters.") % {"limit": LONGEST})
        if looks_like_patient_data(text):
            line.error(key, _("This looks as if it could identify a patient."))
    if line.is_wrong:
        return
    values = {"email": email, "name": name, "job_title": said["job_title"]}
    yield Entry([line.number], email, "", (email,), values)


def _address(line: Line) -> str:
    """Also of "Jane Roe <jane@example.org>"."""
    text = line.text("email")
    if not text:
        return line.error("email", _("The e-mail address is missing.")) or ""
    found = _IN_BRACKETS.search(text)
    email = (found[1] if found else text).removeprefix("mailto:").strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        return line.error("email", _("This is no e-mail address.")) or ""
    if len(email) > 254:
        line.error("email", _("This is longer than %(limit)s characters.") % {"limit": 254})
    return email


ROSTER = Kind(
    slug="roster",
    label=_("Roster"),
    what=_("People to invite to a team: e-mail address, name, job title"),
    record="",
    fields=FIELDS,
    leaves_out=(*HARMLESS, "start date", "started on", "joined", "employee id", "id", "credentials", "certifications", "work type"),
    missing=missing,
    interpret=interpret,
)  # fmt: skip
