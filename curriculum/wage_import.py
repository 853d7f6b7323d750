"""Stores an OEWS download as a wage release beside the others, in one transaction.

The same file twice changes nothing; a corrected file of the same release updates the rows that it corrects. Rows that a later
file of the release leaves out stay, because the Bureau also ships nation, states and areas as files of their own.
"""

import json
import re
from calendar import month_name
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from curriculum.models import Industry, Occupation, Wage, WageArea, WageRelease
from curriculum.oews import (
    FIGURES,
    Line,
    RefusedError,
    occupation_code,
    parse,
    read_rows,
)
from curriculum.signals import catalogue_changed

SHIPPED = Path(__file__).resolve().parents[1] / "fixtures" / "wages"
SOURCE = "U.S. Bureau of Labor Statistics, Occupational Employment and Wage Statistics"
CHUNK = 2_000  # rows held in memory at a time: the whole download has more than 400,000
EXAMPLES = 3  # row numbers shown for each reason
FILTERED = frozenset({"not a detailed occupation", "not an occupation of the catalogue"})


class ReleaseError(Exception):
    """The release cannot be stored; the message is one sentence."""


@dataclass
class Report:
    """What an import did. `refused` counts rows by reason; `examples` has the first few row numbers of each."""

    release: str
    read: int = 0
    kept: int = 0
    added: int = 0
    changed: int = 0
    touched: bool = False  # anything at all was written that a page or an evaluation may show
    left_alone: str = ""
    refused: Counter = field(default_factory=Counter)
    examples: dict[str, list[int]] = field(default_factory=dict)

    def refuse(self, reason: str, number: int) -> None:
        self.refused[reason] += 1
        numbers = self.examples.setdefault(reason, [])
        if len(numbers) < EXAMPLES:
            numbers.append(number)

    def lines(self) -> Iterator[str]:
        """The report in words."""
        if self.left_alone:
            yield f"{self.release}: left as it is, because it was imported from another file ({self.left_alone})."
            return
        summary = f"{self.release}: {_rows(self.read)} read, {self.kept:,} kept"
        yield summary + (f", {self.refused.total():,} refused." if self.refused else ".")
        if self.kept:
            yield f"  {self.added:,} new, {self.changed:,} changed, {self.kept - self.added - self.changed:,} as before."
        for reason, count in self.refused.most_common():
            yield f"  {count:,} refused: {reason}" + self._where(reason, count)

    def _where(self, reason: str, count: int) -> str:
        if reason in FILTERED:
            return "."
        numbers = ", ".join(f"{number:,}" for number in self.examples[reason])
        return f" ({'row' if count == 1 else 'rows'} {numbers}{', …' if count > EXAMPLES else ''})."


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def load_shipped(folder: Path = SHIPPED) -> list[Report]:
    """Load every release that ships with the site; one that was since imported from another file is left as it is."""
    reports = []
    for entry in json.loads((folder / "releases.json").read_text(encoding="utf-8")):
        stored = WageRelease.objects.filter(slug=entry["slug"]).first()
        if stored and stored.source != entry["source"]:
            reports.append(Report(stored.name, left_alone=stored.source))
            continue
        published = date.fromisoformat(entry["published"]) if entry["published"] else None
        reports.append(
            import_release(
                folder / entry["file"],
                entry["slug"],
                name=entry["name"],
                published=published,
                source=entry["source"],
                all_occupations=True,
            )
        )
    return reports


@transaction.atomic
def import_release(
    path: Path,
    slug: str,
    *,
    name: str = "",
    published: date | None = None,
    source: str = "",
    all_occupations: bool = False,
) -> Report:
    """Store the file at `path` as release `slug` ("2025-05": year and month of reference). All or nothing.

    Without `all_occupations` only those of the catalogue are kept; with it, missing ones are made from the file's titles.
    Raises UnreadableFileError or ReleaseError; sends `catalogue_changed` inside the transaction when anything changed.
    """
    release, fresh = _release(slug, name, published, source or f"{SOURCE} ({path.name})")
    report = Report(release.name, touched=fresh)
    known = None if all_occupations else frozenset(Occupation.objects.values_list("code", flat=True))
    if known is not None and not known:
        raise ReleaseError(
            "The catalogue has no occupations yet: load the catalogue first, or keep all occupations."
        )
    store = _Store(release, report)
    lines = _kept(path, known, report)
    while chunk := list(islice(lines, CHUNK)):
        store.write(chunk)
    if not report.kept:
        reasons = "; ".join(f"{count:,} rows: {reason}" for reason, count in report.refused.most_common())
        raise ReleaseError(
            f"{path.name} holds no row to keep ({reasons or 'no rows'}), so nothing was stored."
        )
    if report.touched:
        catalogue_changed.send(sender=WageRelease, release=release)
    return report


def _release(slug: str, name: str, published: date | None, source: str) -> tuple[WageRelease, bool]:
    """The release, made or brought up to date, and whether it is new. An empty `name` or `published` keeps what is stored."""
    match = re.fullmatch(r"([12][0-9]{3})-(0[1-9]|1[0-2])", slug)
    if not match:
        raise ReleaseError("A release is named by the year and month that it refers to, such as 2025-05.")
    reference = date(int(match[1]), int(match[2]), 1)
    if reference > timezone.now().date():
        # It would be the newest, and so the one that everybody's pay is compared with, for years.
        raise ReleaseError(f"{slug} lies ahead, and nobody has estimates of then. Check the year and month.")
    given = {"source": source, "reference_on": reference}
    if name:
        given["name"] = name
    if published:
        given["published_on"] = published
    defaults = {"name": f"{month_name[reference.month]} {reference.year}", **given}
    release, fresh = WageRelease.objects.get_or_create(slug=slug, defaults=defaults)
    different = [key for key, value in given.items() if getattr(release, key) != value]
    for key in different:
        setattr(release, key, given[key])
    if different:
        release.save(update_fields=different)
    return release, fresh


def _kept(path: Path, known: frozenset[str] | None, report: Report) -> Iterator[Line]:
    """The rows to store, once each; counts what is read, kept and refused."""
    seen: set[tuple[str, str, str]] = set()
    for number, cells in read_rows(path):
        report.read += 1
        try:
            if known is not None and occupation_code(cells) not in known:
                raise RefusedError("not an occupation of the catalogue")
            line = parse(cells)
            if line.key in seen:
                raise RefusedError("the same area, industry and occupation as an earlier row")
        except RefusedError as refusal:
            report.refuse(str(refusal), number)
            continue
        seen.add(line.key)
        report.kept += 1
        yield line


class _Store:
    """Writes chunks of rows and what they refer to, comparing first so that nothing is written that did not change."""

    def __init__(self, release: WageRelease, report: Report) -> None:
        self.release = release
        self.report = report
        # Titles and borders change between releases: those of the newest hold, whatever the order of the imports.
        self.newest = not WageRelease.objects.filter(reference_on__gt=release.reference_on).exists()
        self.known = {
            Occupation: dict.fromkeys(Occupation.objects.values_list("code", flat=True), ()),
            WageArea: {
                row[0]: row[1:] for row in WageArea.objects.values_list("code", "title", "type", "states")
            },
            Industry: {row[0]: row[1:] for row in Industry.objects.values_list("code", "title")},
        }

    def write(self, chunk: list[Line]) -> None:
        # An occupation's title is the catalogue's own: compared by nothing, it is made where it is missing and then left.
        titles = {line.occupation: line.occupation_title for line in chunk}
        missing = titles.keys() - self.known[Occupation].keys()
        Occupation.objects.bulk_create([Occupation(code=code, title=titles[code]) for code in missing])
        self.known[Occupation].update(dict.fromkeys(missing, ()))
        self._refer(
            WageArea,
            ("title", "type", "states"),
            {x.area: (x.area_title, x.area_type, x.states) for x in chunk},
        )
        self._refer(Industry, ("title",), {x.industry: (x.industry_title,) for x in chunk})
        self._write_wages(chunk)

    def _refer(self, model: type, names: tuple[str, ...], rows: dict[str, tuple]) -> None:
        stored = self.known[model]
        new = {
            c: row for c, row in rows.items() if (stored.get(c) != row if self.newest else c not in stored)
        }
        if not new:
            return
        objects = [model(code=code, **dict(zip(names, row, strict=True))) for code, row in new.items()]
        model.objects.bulk_create(objects, update_conflicts=True, unique_fields=["code"], update_fields=names)
        stored.update(new)
        self.report.touched = True

    def _write_wages(self, chunk: list[Line]) -> None:
        stored = self._stored(chunk)
        wanted = {line.key: (*line.figures, list(line.topcoded)) for line in chunk}
        new = {key: row for key, row in wanted.items() if stored.get(key) != row}
        if not new:
            return
        names = [*FIGURES, "topcoded"]
        objects = [
            Wage(
                release=self.release,
                area_id=area,
                industry_id=industry,
                occupation_id=occupation,
                **dict(zip(names, row, strict=True)),
            )
            for (area, industry, occupation), row in new.items()
        ]
        key = ["release", "area", "industry", "occupation"]
        Wage.objects.bulk_create(objects, update_conflicts=True, unique_fields=key, update_fields=names)
        changed = len(stored.keys() & new.keys())
        self.report.changed += changed
        self.report.added += len(new) - changed
        self.report.touched = True

    def _stored(self, chunk: Iterable[Line]) -> dict[tuple[str, str, str], tuple]:
        """The figures stored for the rows of this chunk; the three lists may cover more than the rows, never less."""
        areas, industries, occupations = (
            set(part) for part in zip(*(line.key for line in chunk), strict=True)
        )
        rows = Wage.objects.filter(
            release=self.release, area__in=areas, industry__in=industries, occupation__in=occupations
        ).values_list("area_id", "industry_id", "occupation_id", *FIGURES, "topcoded")
        return {row[:3]: row[3:] for row in rows.iterator(chunk_size=CHUNK)}
