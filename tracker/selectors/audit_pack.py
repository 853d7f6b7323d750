"""What a body's auditor asks for of one renewal cycle: its activities in order with their proofs, and what is missing."""

import io
import zipfile
from dataclasses import dataclass, field

from django.db.models import prefetch_related_objects
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curriculum import words
from tracker.documents import pdf
from tracker.exports import as_csv
from tracker.models import Coder, ContinuingEducation, Proof

from .credentials import CycleLine, cycle_line, said


@dataclass(frozen=True)
class Line:
    """An activity that counts: its number in the log, where it counts, its files, and what it lacks in words."""

    no: int
    course: ContinuingEducation
    where: str
    proofs: list[Proof]
    lacks: str


@dataclass(frozen=True)
class Pack:
    """One cycle that counts hours. `held_proofs` are (code, files) of the credentials in it."""

    cycle: CycleLine
    lines: list[Line]
    held_proofs: list[tuple[str, list[Proof]]] = field(default_factory=list)

    @property
    def is_short(self) -> bool:
        return self.cycle.further > 0

    @property
    def incomplete(self) -> list[Line]:
        return [line for line in self.lines if line.lacks]

    @property
    def files(self) -> int:
        return sum(len(line.proofs) for line in self.lines) + sum(
            len(found) for _c, found in self.held_proofs
        )

    @property
    def name(self) -> str:
        return slugify(f"continuing-education {self.cycle.row.body} {self.cycle.row.ends_on}")


def pack_of(coder: Coder, cycle_id: int) -> Pack | None:
    """For a cycle that counts hours, open or closed: bodies ask after a renewal as well. None for any other."""
    cycle = cycle_line(coder, cycle_id)
    if cycle is None or not cycle.counts_hours:
        return None
    counted = [line for line in cycle.credits if line.here]
    prefetch_related_objects([line.course for line in counted], "proofs")
    lines = [
        Line(no, line.course, line.where, list(line.course.proofs.all()), _lacks(line.course))
        for no, line in enumerate(counted, 1)
    ]
    proofs = Proof.objects.filter(credential__in=[held.credential.pk for held in cycle.held])
    by_credential: dict[int, list[Proof]] = {}
    for proof in proofs.select_related("credential"):
        by_credential.setdefault(proof.credential_id, []).append(proof)
    held = [
        (line.credential.certification.code, by_credential[line.credential.pk])
        for line in cycle.held
        if line.credential.pk in by_credential
    ]
    return Pack(cycle, lines, held)


def _lacks(course: ContinuingEducation) -> str:
    wanted = (
        (_("a proof"), list(course.proofs.all())),
        (_("the sponsor"), course.provider),
        (_("the index number of the certificate"), course.index_number),
    )
    return words.joined([text for text, given in wanted if not given])


def as_data(pack: Pack, coder: Coder) -> dict:
    """What the document's template takes: texts only."""
    cycle, today = pack.cycle, coder.today()
    numbers = [
        f"{line.credential.certification.code} {line.credential.number}".strip() for line in cycle.held
    ]
    missing = [
        _("%(title)s lacks %(what)s") % {"title": one.course.title, "what": one.lacks}
        for one in pack.incomplete
    ]
    if pack.is_short:
        missing.insert(0, _("%(hours)s hours are still to be earned") % {"hours": said(cycle.further)})
    day = f"{today:%B %-d, %Y}"
    return {
        "title": _("Continuing education for %(body)s") % {"body": cycle.row.body},
        "footer": _("%(name)s, as of %(day)s") % {"name": coder.user, "day": day},
        "date": today.isoformat(),
        "facts": [
            [_("Name"), str(coder.user)],
            [_("Credentials"), ", ".join(numbers)],
            [_("Cycle"), f"{cycle.row.starts_on:%B %-d, %Y} – {cycle.row.ends_on:%B %-d, %Y}"],
            [_("Hours"), _("%(earned)s of %(required)s") % {"earned": said(cycle.earned), "required": cycle.required}],
            *[
                [part.words[:1].upper() + part.words[1:], f"{said(part.have)} / {said(part.asked)}"]
                for part in cycle.parts
            ],
        ],
        "header": _header(),
        "rows": [
            [
                str(line.no), f"{line.course.completed_on:%b %-d, %Y}", line.course.title, line.course.provider,
                line.course.index_number, said(line.course.hours), line.where, _files_said(line.proofs),
            ]
            for line in pack.lines
        ],
        "missing": missing,
        "words": {
            "activities": _("Activities in order"),
            "missing": _("Missing"),
            "note": _("By the records of their owner. The files of proof come with it in the ZIP, under the same numbers."),
        },
    }  # fmt: skip


def _header() -> list[str]:
    return [
        _("No."), _("Day"), _("Title"), _("Sponsor"), _("Index number"), _("Hours"), _("Counts toward"), _("Proof"),
    ]  # fmt: skip


def _files_said(proofs: list[Proof]) -> str:
    if not proofs:
        return _("none")
    return ngettext("%(n)s file", "%(n)s files", len(proofs)) % {"n": len(proofs)}


def as_pdf(pack: Pack, coder: Coder) -> bytes:
    return pdf("ce_log", as_data(pack, coder))


def as_zip(pack: Pack, coder: Coder) -> bytes:
    """The log as PDF and as a table, the credentials' own proofs, and every activity's under its number in the log."""
    table = [
        [
            line.no, line.course.completed_on, line.course.title, line.course.provider, line.course.index_number,
            line.course.hours, line.where, len(line.proofs),
        ]
        for line in pack.lines
    ]  # fmt: skip
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(f"{pack.name}.pdf", as_pdf(pack, coder))
        archive.writestr("activities.csv", as_csv(_header(), table))
        for code, proofs in pack.held_proofs:
            _put(archive, f"credentials/{slugify(code)}", proofs)
        for line in pack.lines:
            name = f"{line.no:03d} {line.course.completed_on} {slugify(line.course.title)[:60]}"
            _put(archive, f"proofs/{name}", line.proofs)
    return buffer.getvalue()


def _put(archive: zipfile.ZipFile, name: str, proofs: list[Proof]) -> None:
    for number, proof in enumerate(proofs, 1):
        several = f" ({number})" if len(proofs) > 1 else ""
        try:
            with proof.file.open("rb") as stored:
                archive.writestr(f"{name}{several}.{proof.ending}", stored.read())
        except FileNotFoundError:  # lost from the store: the rest is worth having
            archive.writestr(f"{name}{several} is missing.txt", _("This file is no longer there."))
