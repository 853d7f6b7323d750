"""The same work counts once: where records of different origins overlap, the better attested one counts.

The other stays, and says why it does not count. What somebody logged by hand is of one origin, what came from an import of the source.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import F

from tracker.models import Audit, Credential, Provenance, Source, Volume

from .staleness import mark_stale

# The kinds of which two records can be the same work; the others are told apart by what they are.
COUNTED_ONCE = (Volume, Audit, Credential)
_LEVEL = {Provenance.VERIFIED: 2, Provenance.IMPORTED: 1, Provenance.SELF_REPORTED: 0}
_BECAUSE = {
    Provenance.VERIFIED: "A verified record of the same work counts.",
    Provenance.IMPORTED: "An imported record of the same work counts.",
    Provenance.SELF_REPORTED: "Your own import of the same work counts.",
}
_FOREVER = dt.date.max


@dataclass(slots=True)
class Piece:
    """What a record says about which work it is. `origin` is empty for what was logged by hand."""

    pk: int
    coder: int
    starts: dt.date
    ends: dt.date
    what: int | None
    specialty: int | None
    under: int | None
    origin: str
    provenance: str

    @property
    def rank(self) -> tuple:
        """The better attested first; then what was imported; then the older."""
        return -_LEVEL[self.provenance], self.origin == "", self.pk

    def is_same_work(self, other: "Piece") -> bool:
        return (
            self.origin != other.origin
            and self.starts <= other.ends
            and other.starts <= self.ends
            and _agree(self.what, other.what)
            and _agree(self.specialty, other.specialty)
            and _agree(self.under, other.under)
        )


def _agree(one, other) -> bool:
    return one is None or other is None or one == other


def origin_of(source: str, external_id: str) -> str:
    return external_id.partition(":")[0] if source == Source.IMPORT else ""


def set_aside(pieces: Iterable[Piece]) -> dict[int, Piece]:
    """By the key of each piece that does not count, the one that counts instead."""
    by_coder = defaultdict(list)
    for piece in pieces:
        by_coder[piece.coder].append(piece)
    aside: dict[int, Piece] = {}
    for some in by_coder.values():
        if len({piece.origin for piece in some}) > 1:
            aside |= _of_one_coder(sorted(some, key=lambda piece: piece.rank))
    return aside


def _of_one_coder(pieces: list[Piece]) -> dict[int, Piece]:
    """By month, so that ten years of work are compared with their neighbours only."""
    counting, aside = defaultdict(list), {}
    for piece in pieces:
        months = range(_month(piece.starts), min(_month(piece.ends), _month(piece.starts) + 1200) + 1)
        winner = next((one for m in months for one in counting[m] if one.is_same_work(piece)), None)
        if winner:
            aside[piece.pk] = winner
        else:
            for m in months:
                counting[m].append(piece)
    return aside


def _month(day: dt.date) -> int:
    return day.year * 12 + day.month


_FIELDS = {
    Volume: ("starts_on", "ends_on", "work_type_id"),
    Audit: ("audited_on", "audited_on", "work_type_id"),
    Credential: ("earned_on", "expires_on", "certification_id"),
}
_SPECIALTY = {Volume: "specialty_id", Audit: "specialty_id"}


def pieces_of(
    model, coder_ids: Collection[int], window: tuple[dt.date, dt.date] | None = None
) -> list[Piece]:
    """The current records of some coders; with a window, those that it touches and whatever touches them in turn."""
    rows = model.objects.current().filter(coder_id__in=coder_ids)
    starts, ends, what = _FIELDS[model]
    rows = rows.filter(**{f"{starts}__isnull": False})
    if window and model is not Credential:
        window = _widened(rows, starts, ends, window)
        rows = rows.filter(**{f"{starts}__lte": window[1], f"{ends}__gte": window[0]})
    specialty = F(_SPECIALTY[model]) if model in _SPECIALTY else None
    names = ["pk", "coder_id", starts, what, "made_under_id", "source", "external_id", "provenance"]
    names += [ends] if ends != starts else []
    names += [specialty.name] if specialty else []
    return [
        Piece(
            row["pk"], row["coder_id"], row[starts], row[ends] or _FOREVER, row[what],
            row.get("specialty_id"), row["made_under_id"], origin_of(row["source"], row["external_id"]), row["provenance"],
        )
        for row in rows.order_by().values(*names).iterator(5000)
    ]  # fmt: skip


def _widened(rows, starts: str, ends: str, window):
    """What touches the window may reach beyond it, and touch more there."""
    if starts == ends:
        return window
    from django.db.models import Max, Min

    while True:
        touching = rows.filter(**{f"{starts}__lte": window[1], f"{ends}__gte": window[0]})
        found = touching.aggregate(first=Min(starts), last=Max(ends))
        wider = (min(window[0], found["first"] or window[0]), max(window[1], found["last"] or window[1]))
        if wider == window:
            return window
        window = wider


def recount(model, coder_ids: Collection[int], window: tuple[dt.date, dt.date] | None = None) -> int:
    """Bring `counted` up to date for some coders, in the current transaction; return how many records changed."""
    if model not in COUNTED_ONCE or not coder_ids:
        return 0
    pieces = pieces_of(model, coder_ids, window)
    aside = set_aside(pieces)
    stored = dict(
        model.objects.filter(coder_id__in=coder_ids, counted=False).values_list("pk", "not_counted_because")
    )
    wanted: dict[str, list[int]] = defaultdict(list)
    for piece in pieces:
        because = _BECAUSE[aside[piece.pk].provenance] if piece.pk in aside else ""
        if because != stored.get(piece.pk, ""):
            wanted[because].append(piece.pk)
    changed = 0
    for because, keys in wanted.items():
        for start in range(0, len(keys), 5000):
            some = model.objects.filter(pk__in=keys[start : start + 5000])
            changed += some.update(counted=not because, not_counted_because=because)
    if changed:
        mark_stale(coder_ids)
    return changed


def recount_after(record) -> None:
    """After one record changed: only a coder who has both kinds of origin can have the same work twice."""
    model = type(record)
    if model not in COUNTED_ONCE:
        return
    imported = model.objects.filter(coder_id=record.coder_id, source=Source.IMPORT)
    if imported.exists():
        recount(model, [record.coder_id])
