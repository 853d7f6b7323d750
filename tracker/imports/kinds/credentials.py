"""Credentials: who holds which certification, since when and until when."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from tracker.imports.fields import Field, Holds, Kind
from tracker.imports.lines import Entry, Line, Settings

from .common import HARMLESS, WHO, either

FIELDS = (
    WHO,
    Field(
        "certification", _("the certification"), Holds.WORD,
        ("certification", "credential", "credentials", "cert", "certification code", "credential name", "certification name",
         "credential type", "certification type", "certificate"),
        words="certification",
    ),
    Field(
        "earned_on", _("earned on"), Holds.PERIOD,
        ("earned on", "date earned", "earned", "earned date", "certified on", "certification date", "date certified", "issue date",
         "issued", "issued on", "date issued", "effective date", "pass date", "date passed", "original date"),
    ),
    Field(
        "expires_on", _("valid until"), Holds.PERIOD,
        ("expires on", "expires", "expiration", "expiration date", "expiry", "expiry date", "exp date", "valid until", "valid through",
         "renewal date", "renew by", "date expires"),
    ),
    Field(
        "number", _("the credential’s number"), Holds.OWN_NUMBER,
        ("number", "credential number", "certification number", "certificate number", "credential id", "certification id",
         "credential #", "certification #", "cert #", "cert number", "member id", "member number", "member #", "aapc id", "ahima id"),
    ),
)  # fmt: skip


def missing(present: set[str]) -> list[str]:
    wanted = [
        (("certification",), _("which certification it is")),
        (("earned_on",), _("the date on which it was earned")),
    ]
    return [str(words) for keys, words in wanted if not either(present, keys)]


def interpret(line: Line, settings: Settings) -> Iterator[Entry]:
    certification = line.word("certification", "certification")
    if not line.text("certification"):
        line.error("certification", _("The certification is missing."))
    earned, expires = line.day("earned_on"), line.day("expires_on", planned=True)
    if not line.text("earned_on"):
        line.error("earned_on", _("The date on which it was earned is missing."))
    elif earned and expires and expires <= earned:
        line.error("expires_on", _("It would have expired before it was earned."))
    number = line.text("number")
    if len(number) > 40:
        line.error("number", _("The number is longer than 40 characters."))
    if line.is_wrong or not certification:
        return
    values = {"certification": certification, "earned_on": earned, "expires_on": expires, "number": number}
    yield Entry([line.number], line.text("who"), "credential", (certification, earned), values)


CREDENTIALS = Kind(
    slug="credentials",
    label=_("Credentials"),
    what=_("Who holds which certification, since and until when"),
    record="credential",
    fields=FIELDS,
    leaves_out=(*HARMLESS, "body", "issuer", "issuing body", "organization"),
    missing=missing,
    interpret=interpret,
)
