"""Positions, years, moves, people led, and time in a specialty. Dates are united: overlaps count once, gaps do not."""

import datetime as dt
from collections import defaultdict
from itertools import pairwise
from math import floor

import numpy as np
from django.utils.translation import gettext as _

from curriculum import words
from curriculum.conditions import COMPARATORS
from tracker import wording
from tracker.models.records import ATTESTED, Position, Remote, SpecialtyExperience

from .base import (
    Measure,
    Measurement,
    Source,
    Working,
    amount_of,
    counted,
    listed,
    measure,
    months_before,
    named,
)
from .volumes import one_specialty

POSITIONS = Source(
    "positions", Position,
    group=(
        "pk", "starts_on", "ends_on", "role_id", "role__slug", "role__codes_charts", "employer_type__slug", "remote",
        "people_led", "provenance",
    ),
)  # fmt: skip
SPECIALTY_EXPERIENCE = Source(
    "specialty experience",
    SpecialtyExperience,
    group=("pk", "starts_on", "ends_on", "specialty__slug", "provenance"),
)
ONE_DAY = dt.timedelta(days=1)


def merged(spans: list[tuple[dt.date, dt.date]]) -> list[tuple[dt.date, dt.date]]:
    """The spans (first and last day, both included) as few as they can be: what overlaps or adjoins is one."""
    united: list[tuple[dt.date, dt.date]] = []
    for start, end in sorted(spans):
        if united and start <= united[-1][1] + ONE_DAY:
            united[-1] = (united[-1][0], max(united[-1][1], end))
        else:
            united.append((start, end))
    return united


def months_in(spans: list[tuple[dt.date, dt.date]]) -> float:
    """Calendar months that the spans cover, overlaps once, gaps out; rest days as a share of their month.

    By the calendar and not by days, so that a year from January 1 to December 31 is twelve months, leap year or not.
    """
    months = 0.0
    for start, last in merged(spans):
        end = last + ONE_DAY
        whole = (end.year - start.year) * 12 + end.month - start.month
        whole -= months_before(end, whole) < start
        begun = months_before(end, whole)
        months += whole + (begun - start).days / (begun - months_before(end, whole + 1)).days
    return months


def in_tenths(number: float) -> float:
    """Rounded down to tenths: as fine as these are known, and a figure that moves daily would be rewritten daily."""
    return floor(number * 10 + 1e-9) / 10


def rows_of(data, source: Source, attested: bool):
    """Yield (coder's index, row) for rows that had begun by the day; a span that goes on ends on the day."""
    index, columns = data.rows(source)
    names = list(source.group)
    for i, *values in zip(index, *(columns[n] for n in names), strict=True):
        row = dict(zip(names, values, strict=True))
        if row["starts_on"] > data.as_of or (attested and row["provenance"] not in ATTESTED):
            continue
        row["open"] = row["ends_on"] is None or row["ends_on"] >= data.as_of
        row["until"] = min(row["ends_on"] or data.as_of, data.as_of)
        yield int(i), row


class PositionMeasure(Measure):
    kind, windowed = Position.KIND, False

    def sources(self, leaf):
        return [POSITIONS]


@measure
class Positions(PositionMeasure):
    slug, title, unit = "positions", "positions", "positions"
    params = {
        "roles": None, "employer_types": None, "remote": (True,), "coding": (True,), "current": (True,),
    }  # fmt: skip

    def noun(self, leaf):
        what = f"{'current ' if leaf.params.get('current') else ''}{'coding ' if leaf.params.get('coding') else ''}"
        roles = f" as {named(leaf, 'roles')}" if listed(leaf, "roles") else ""
        at = f" with a {named(leaf, 'employer_types')}" if listed(leaf, "employer_types") else ""
        remote = ", remote" if leaf.params.get("remote") else ""
        return amount_of(leaf, f"{what}positions{roles}{at}{remote}", f"{what}position{roles}{at}{remote}")

    def read(self, leaf, data, attested):
        numbers, roles, types = np.zeros(data.size), listed(leaf, "roles"), listed(leaf, "employer_types")
        for i, row in rows_of(data, POSITIONS, attested):
            numbers[i] += (
                (not roles or row["role__slug"] in roles)
                and (not types or row["employer_type__slug"] in types)
                and (not leaf.params.get("remote") or row["remote"] == Remote.REMOTE)
                and (not leaf.params.get("coding") or bool(row["role__codes_charts"]))
                and (not leaf.params.get("current") or row["open"])
            )
        return counted(numbers)


@measure
class EmployerSwitch(PositionMeasure):
    """Moves from one kind of employer to another, or to a remote position after one on site."""

    slug, title, unit = "employer_switch", "moves to another kind of employer", "moves"
    params = {"from_types": None, "to_types": None, "or_remote": (True,)}
    required = ("from_types", "to_types")

    def noun(self, leaf):
        remote = ", or from on-site to remote work" if leaf.params.get("or_remote") else ""
        ways = f"from a {named(leaf, 'from_types')} to a {named(leaf, 'to_types')}{remote}"
        return amount_of(leaf, f"moves {ways}", f"move {ways}")

    def read(self, leaf, data, attested):
        before, after = set(listed(leaf, "from_types")), set(listed(leaf, "to_types"))
        spans = defaultdict(list)
        for i, row in rows_of(data, POSITIONS, attested):
            spans[i].append((row["starts_on"], row["pk"], row["employer_type__slug"], row["remote"]))
        numbers = np.zeros(data.size)
        for i, positions in spans.items():
            positions.sort()
            for (*_begun, old, old_remote), (*_begins, new, new_remote) in pairwise(positions):
                went_remote = new_remote == Remote.REMOTE and old_remote != Remote.REMOTE
                numbers[i] += (old in before and new in after) or bool(
                    leaf.params.get("or_remote") and went_remote
                )
        return counted(numbers)


@measure
class ExperienceYears(PositionMeasure):
    slug, title, unit = "experience_years", "years of coding experience", "years"
    of_profile = True

    def noun(self, leaf):
        text = words.count(leaf.target, self.title)
        return text if leaf.comparator == ">=" else f"{COMPARATORS[leaf.comparator]} {text}"

    def read(self, leaf, data, attested):
        return Measurement(experience_years(data, attested))

    def workings(self, leaf, data, i):
        return years_workings(data, i)


def experience_years(data, attested: bool = False) -> np.ndarray:
    """Years in positions whose role codes charts, in tenths, rounded down.

    The years typed in count until a position with a role exists (one with a title alone does not say whether it was
    coding); NaN without either.
    """
    worked, has_position = data.remembered(("years", attested), lambda: _years_worked(data, attested))
    stated = np.full(data.size, np.nan) if attested else data.profile.stated_years
    years = np.where(has_position, 0.0, stated)
    return np.where(np.isnan(worked), years, worked)


def _years_worked(data, attested: bool) -> tuple[np.ndarray, np.ndarray]:
    """Years in positions that code charts, NaN without any; and who has a position with a role."""
    spans, years = defaultdict(list), np.full(data.size, np.nan)
    for i, row in rows_of(data, POSITIONS, attested):
        if row["role__codes_charts"]:
            spans[i].append((row["starts_on"], row["until"]))
    for i, own in spans.items():
        years[i] = in_tenths(months_in(own) / 12)
    return years, _has_position(data, attested)


def years_workings(data, i: int) -> list[Working]:
    """The spans that a coder's years are the sum of; or that they are what was stated."""
    if not _has_position(data, attested=False)[i]:
        stated = data.profile.stated_years[i]
        return [] if np.isnan(stated) else [Working(_("Stated by you"), "", f"{stated:g}")]
    spans = [
        (row["starts_on"], row["until"])
        for place, row in rows_of(data, POSITIONS, attested=False)
        if place == i and row["role__codes_charts"]
    ]
    lines = [
        Working(
            f"{start:%B %-d, %Y} – {end:%B %-d, %Y}",
            "",
            wording.units(in_tenths(months_in([(start, end)])), _("months")),
        )
        for start, end in merged(spans)
    ]
    months = months_in(spans)
    what = _("Months in positions that code charts, overlaps once, over twelve")
    return [*lines, Working(what, f"{months:.2f} ÷ 12", f"{in_tenths(months / 12):g}")]


def _has_position(data, attested: bool) -> np.ndarray:
    has = np.zeros(data.size, bool)
    has[[i for i, row in rows_of(data, POSITIONS, attested) if row["role_id"]]] = True
    return has


def years_sources(data) -> list[str]:
    """What each coder's years rest on: "positions", "stated" or "" for nothing."""
    _, has_position = data.remembered(("years", False), lambda: _years_worked(data, False))
    stated = data.profile.stated_years
    return [
        "positions" if has_position[i] else "" if np.isnan(stated[i]) else "stated" for i in range(data.size)
    ]


@measure
class PeopleLed(PositionMeasure):
    slug, title, unit = "people_led", "people led", "people"

    def noun(self, leaf):
        people = words.count(leaf.target, "people")
        return f"a position in which you lead {COMPARATORS[leaf.comparator]} {people}"

    def read(self, leaf, data, attested):
        most = np.zeros(data.size)
        for i, row in rows_of(data, POSITIONS, attested):
            most[i] = max(most[i], row["people_led"])
        return counted(most)


@measure
class SpecialtyMonths(Measure):
    """Months in the specialty that one spent longest in; the window cuts off what lies before it."""

    slug, title, unit, kind = (
        "specialty_months",
        "months in one specialty",
        "months",
        SpecialtyExperience.KIND,
    )
    params = {"specialties": None}

    def noun(self, leaf):
        where = one_specialty(leaf)
        return amount_of(leaf, f"months in {where}", f"month in {where}")

    def sources(self, leaf):
        return [SPECIALTY_EXPERIENCE]

    def read(self, leaf, data, attested):
        wanted = listed(leaf, "specialties")
        first = months_before(data.as_of, leaf.months) + ONE_DAY if leaf.months else dt.date.min
        spans = defaultdict(list)
        for i, row in rows_of(data, SPECIALTY_EXPERIENCE, attested):
            if (not wanted or row["specialty__slug"] in wanted) and row["until"] >= first:
                spans[i, row["specialty__slug"]].append((max(row["starts_on"], first), row["until"]))
        longest = np.zeros(data.size)
        for (i, _specialty), own in spans.items():
            longest[i] = max(longest[i], in_tenths(months_in(own)))
        return counted(longest)
