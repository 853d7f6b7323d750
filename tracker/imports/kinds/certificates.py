"""Certificates of continuing education: what was taken, when, for how many hours, and which bodies count them."""

import re
from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from tracker.imports.fields import Field, Holds, Kind
from tracker.imports.lines import Entry, Line, Settings
from tracker.validators import looks_like_patient_data

from .common import HARMLESS, WHO, either

FIELDS = (
    WHO,
    Field(
        "completed_on", _("completed on"), Holds.PERIOD,
        ("completed on", "completed", "completion date", "date completed", "date", "ceu date", "date earned", "earned on"),
    ),
    Field(
        "title", _("the title"), Holds.TEXT,
        ("title", "course", "course title", "course name", "activity", "activity name", "activity title", "event", "webinar", "program"),
    ),
    Field("provider", _("the provider"), Holds.TEXT, ("provider", "vendor", "sponsor", "provider organization", "offered by")),
    Field(
        "hours", _("hours (CEUs)"), Holds.NUMBER,
        ("ceus", "ceu", "hours", "credits", "ceu hours", "credit hours", "ce hours", "# ceus", "ceus earned", "contact hours"),
    ),
    Field(
        "bodies", _("which bodies count them"), Holds.TEXT,
        ("counts for", "body", "bodies", "approved by", "accepted by", "organization", "credentialing body"),
    ),
    Field(
        "index_number", _("the certificate’s index number"), Holds.OWN_NUMBER,
        ("index number", "index #", "index", "certificate number", "certificate #", "certificate id", "ceu index", "approval number"),
    ),
)  # fmt: skip
LEAST, MOST = Decimal("0.25"), Decimal(200)
LONGEST = {"title": 160, "provider": 120, "index_number": 60}


def missing(present: set[str]) -> list[str]:
    wanted = [
        (("completed_on",), _("the date on which it was completed")),
        (("title",), _("the title")),
        (("hours",), _("the hours (CEUs)")),
        (("bodies",), _("which bodies count them, such as AAPC or AHIMA")),
    ]
    return [str(words) for keys, words in wanted if not either(present, keys)]


def interpret(line: Line, settings: Settings) -> Iterator[Entry]:
    day, hours = line.day("completed_on"), line.number_of("hours")
    for key in ("completed_on", "title", "hours", "bodies"):
        if not line.text(key):
            line.error(key, _("This is missing."))
    if hours is not None and not LEAST <= hours <= MOST:
        line.error("hours", _("Hours lie between 0.25 and 200."))
    for key, longest in LONGEST.items():
        if len(line.text(key)) > longest:
            line.error(key, _("This is longer than %(limit)s characters.") % {"limit": longest})
    for key in ("title", "provider"):
        if looks_like_patient_data(line.text(key)):
            line.error(key, _("This looks as if it could identify a patient."))
    bodies = _bodies(line)
    if line.is_wrong:
        return
    values = {
        "completed_on": day, "title": line.text("title"), "provider": line.text("provider"),
        "hours": hours.quantize(Decimal("0.01")), "bodies": bodies, "index_number": line.text("index_number"),
    }  # fmt: skip
    key = (day, values["title"].casefold())
    yield Entry([line.number], line.text("who"), "continuing-education", key, values)


def _bodies(line: Line) -> tuple[str, ...]:
    found = []
    for part in filter(None, re.split(r"[,;/&+]|\band\b", line.text("bodies"))):
        if part.strip():
            slug = line.settings.words.find("body", part)
            if slug is None:
                line.error("bodies", _("This names a body that is not known here."))
                return ()
            found.append(slug)
    return tuple(sorted(set(found)))


CERTIFICATES = Kind(
    slug="certificates",
    label=_("Continuing education"),
    what=_("Certificates of courses and webinars, with their hours"),
    record="continuing-education",
    fields=FIELDS,
    leaves_out=(*HARMLESS, "category", "topic", "format"),
    missing=missing,
    interpret=interpret,
)
