"""The log of one renewal cycle as a body's auditor asks for it, and what is missing from it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tracker.models import Coder, ContinuingEducation

from .credentials import CycleLine, credentials_page, said


@dataclass(frozen=True)
class Incomplete:
    course: ContinuingEducation
    lacks: str


@dataclass(frozen=True)
class Pack:
    cycle: CycleLine
    rows: list[list[str]]
    incomplete: list[Incomplete]

    @property
    def is_short(self) -> bool:
        return self.cycle.further > 0


def pack_of(coder: Coder, cycle_id: int) -> Pack | None:
    """For an open cycle that counts hours; None for any other."""
    cycle = next((line for line in credentials_page(coder).cycles if line.row.pk == cycle_id), None)
    if cycle is None or not cycle.counts_hours:
        return None
    lines = [line for line in cycle.credits if line.here]
    rows = [
        [
            f"{line.course.completed_on:%b %-d, %Y}", line.course.title, line.course.provider,
            line.course.index_number, said(line.course.hours), line.where,
        ]
        for line in lines
    ]  # fmt: skip
    incomplete = []
    for line in lines:
        lacks = [
            words
            for words, given in (
                (_("the sponsor"), line.course.provider),
                (_("the index number of the certificate"), line.course.index_number),
            )
            if not given
        ]
        if lacks:
            incomplete.append(Incomplete(line.course, _(" and ").join(lacks)))
    return Pack(cycle, rows, incomplete)


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
    title = _("Continuing education for %(body)s") % {"body": cycle.row.body}
    day = f"{today:%B %-d, %Y}"
    return {
        "title": title,
        "footer": _("%(name)s, as of %(day)s") % {"name": coder.user, "day": day},
        "date": today.isoformat(),
        "facts": [
            [_("Name"), str(coder.user)],
            [_("Credentials"), ", ".join(numbers)],
            [_("Cycle"), f"{cycle.row.starts_on:%B %-d, %Y} – {cycle.row.ends_on:%B %-d, %Y}"],
            [
                _("Hours"),
                _("%(earned)s of %(required)s") % {"earned": said(cycle.earned), "required": cycle.required},
            ],
            *[
                [part.words[:1].upper() + part.words[1:], f"{said(part.have)} / {said(part.asked)}"]
                for part in cycle.parts
            ],
        ],
        "header": [_("Day"), _("Title"), _("Sponsor"), _("Index number"), _("Hours"), _("Counts toward")],
        "rows": pack.rows,
        "missing": missing,
        "words": {
            "activities": _("Activities in order"),
            "missing": _("Missing"),
            "note": _(
                "By the records of their owner. The certificates themselves are not part of this document."
            ),
        },
    }
