"""The promotion packet: what the target asks, what is met, and the records that show it."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tracker.models import Coder

from .evaluated import evaluated
from .evidence import records_behind
from .gaps import GapLine, gap_board

SHOWN = 5  # records to a milestone, the newest; the rest are counted


@dataclass(frozen=True)
class Evidence:
    """A milestone of the target with the records behind it, as text."""

    name: str
    words: str
    status: str
    figures: str
    certainty: str
    must: bool
    records: list[tuple[str, str, str]]  # day, what, provenance
    more: int


@dataclass(frozen=True)
class Packet:
    name: str
    role: str
    target: str
    readiness: int | None
    date: str
    as_of: str
    met: list[Evidence]
    open: list[Evidence]


def packet_of(coder: Coder) -> Packet | None:
    """None without a target. A few queries for each milestone that the target asks for, however many records there are."""
    state = evaluated(coder)
    if state.target is None:
        return None
    board = gap_board(state)
    met = [line for line in [*board.unproven_gaps, *board.met_gaps] if line.weight]
    met.sort(key=lambda line: (not line.must, -line.weight, line.name))
    return Packet(
        name=coder.user.full_name or coder.user.email,
        role=str(state.role or ""),
        target=str(state.target),
        readiness=state.readiness,
        date=state.as_of.isoformat(),
        as_of=date_format(state.as_of, "F j, Y"),
        met=[_evidence(coder, line, state.as_of) for line in met],
        open=[_evidence(coder, line, None) for line in board.open_gaps],
    )


def _evidence(coder: Coder, line: GapLine, day) -> Evidence:
    records = records_behind(coder.user, line.gap, day) if day else []
    asked = _("asked: %(target)s") % {"target": line.target} if line.target else ""
    return Evidence(
        name=line.name,
        words=capfirst(line.in_words),
        status=str(line.status_label),
        figures=", ".join(filter(None, [line.value, line.interval, line.sample, asked])),
        certainty=", ".join(
            filter(None, [str(line.certainty_label), _("contested") if line.contested else ""])
        ),
        must=line.must,
        records=[
            (
                date_format(record.counts_on, "M j, Y") if record.counts_on else "",
                capfirst(record.headline()),
                str(record.get_provenance_display()),
            )
            for record in records[:SHOWN]
        ],
        more=max(0, len(records) - SHOWN),
    )
