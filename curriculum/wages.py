"""Which wage row to show for an occupation and an area or an industry, and what a stage is worth there.

Dollars, gross. One chooses an area or an industry, never both: the Bureau publishes industries for the nation only. Where an
area has no figures the next wider one is taken (its state, then the nation), and the choice says so in a sentence. Source of
everything: the releases stored by `curriculum.wage_import`.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.db.models import Exists, OuterRef, Q, QuerySet

from curriculum.models import AreaType, Industry, Stage, Wage, WageArea, WageRelease
from curriculum.percentiles import Amount, Band, Basis, Points, Rank, band, convert, percentile_of

CODERS = "29-2072"  # Medical Records Specialists: stage bands are percentiles of these, whatever a role's own occupation is
STATES = (AreaType.STATE, AreaType.TERRITORY)

TERRITORIES = frozenset({"GU", "PR", "VI"})  # surveyed, but not part of the Bureau's national estimates
NATION_WORDS = frozenset(
    {"the", "united", "states", "of", "america", "usa"}
)  # its title in the data is "U.S."

Pair = tuple[str, str]  # occupation code, area code


@dataclass(frozen=True)
class WageChoice:
    """The row used for what was asked. `wage` is None where not even the nation has figures; `sentence` is for the page and
    empty where the row is the one that was asked for. `asked` is None for an industry and for an area nobody knows."""

    occupation: str
    wage: Wage | None
    asked: WageArea | None = None
    sentence: str = ""

    @property
    def wider(self) -> bool:
        """Whether something wider than what was asked for stands in."""
        return self.wage is not None and bool(self.sentence)

    def points(self, basis: Basis) -> Points | None:
        """The published points, on `basis` unless the other has more of them: look at the result's own basis."""
        return self._points.get(basis)

    @cached_property
    def _points(self) -> dict[Basis, Points]:
        """Made once: a sweep ranks many salaries against the same row."""
        if self.wage is None:
            return {}
        hourly, annual = self.wage.points(Basis.HOURLY), self.wage.points(Basis.ANNUAL)
        return {
            Basis.HOURLY: annual if _known(annual) > _known(hourly) else hourly,
            Basis.ANNUAL: hourly if _known(hourly) > _known(annual) else annual,
        }

    def rank(self, salary: Amount, basis: Basis) -> Rank | None:
        """Where a salary on `basis` falls among the points; None without a row."""
        points = self.points(basis)
        return None if points is None else percentile_of(points, convert(salary, basis, points.basis))


def _known(points: Points) -> int:
    return sum(value is not None for value in points.values)


def newest_release(by: dt.date | None = None) -> WageRelease | None:
    """The newest release; of those out by a day (where that is not known: that refer to a month before it), if given."""
    releases = WageRelease.objects.order_by("-reference_on")
    if by is not None:
        releases = releases.filter(Q(published_on__lte=by) | Q(published_on=None, reference_on__lte=by))
    return releases.first()


# --- One row, or many ---


def wage_for(occupation: str, area: str, release: WageRelease, industry: str | None = None) -> WageChoice:
    """The row for an occupation's code in an area, or in an industry of the nation. Two queries.

    Raises ValueError for an industry together with an area other than the nation.
    """
    if industry in (None, "", Industry.ALL):
        return wages_for([(occupation, area)], release)[occupation, area]
    if area not in ("", WageArea.NATION):
        raise ValueError("One chooses an area or an industry, never both.")
    return _wage_in_industry(occupation, industry, release)


def wages_for(pairs: Iterable[Pair], release: WageRelease) -> dict[Pair, WageChoice]:
    """The row for each pair of occupation code and area code (empty: the nation). Two queries, however many pairs."""
    wanted = set(pairs)
    areas = _areas({area for _, area in wanted if area})
    states = {area.states: area.code for area in areas.values() if area.type in STATES}
    ways = {area: _wider(areas.get(area), states) for _, area in wanted}
    rows = Wage.objects.filter(
        release=release,
        industry=Industry.ALL,
        occupation__in={occupation for occupation, _ in wanted},
        area__in={code for way in ways.values() for code in way},
    )
    wages = {(wage.occupation_id, wage.area_id): wage for wage in _released(rows)}
    titles = {wage.occupation_id: wage.occupation.title for wage in wages.values()}
    choices = {}
    for pair in wanted:
        occupation, area = pair
        wage = next((wages[occupation, code] for code in ways[area] if (occupation, code) in wages), None)
        asked = areas.get(area or WageArea.NATION)
        sentence = _sentence(titles.get(occupation, occupation), asked, area, wage, release)
        choices[pair] = WageChoice(occupation, wage, asked, sentence)
    return choices


def _areas(codes: set[str]) -> dict[str, WageArea]:
    """The areas asked for and whatever could stand in for them: every state and territory, and the nation."""
    return {
        a.code: a for a in WageArea.objects.filter(Q(code__in=codes) | Q(type__in=(AreaType.NATION, *STATES)))
    }


def _wider(area: WageArea | None, states: dict[str, str]) -> list[str]:
    """Codes from the narrowest to the widest; an area across borders tries its states in the Bureau's order."""
    if area is None:
        return [WageArea.NATION]
    in_between = [] if area.type in STATES else [states[s] for s in area.states.split() if s in states]
    return list(dict.fromkeys([area.code, *in_between, WageArea.NATION]))


def _released(rows: QuerySet[Wage]) -> list[Wage]:
    """Those that have at least one percentile; the Bureau lists rows whose wages it withheld, too."""
    rows = rows.select_related("area", "industry", "occupation", "release")
    return [wage for wage in rows if any(_known(wage.points(basis)) for basis in Basis)]


def _wage_in_industry(occupation: str, industry: str, release: WageRelease) -> WageChoice:
    rows = Wage.objects.filter(
        release=release, occupation=occupation, area=WageArea.NATION, industry__in=(industry, Industry.ALL)
    )
    wages = {wage.industry_id: wage for wage in _released(rows)}
    if industry in wages:
        return WageChoice(occupation, wages[industry])
    wage = wages.get(Industry.ALL)
    title = (
        Industry.objects.filter(code=industry).values_list("title", flat=True).first()
        or f"industry {industry}"
    )
    if wage is None:
        return WageChoice(occupation, None, None, f"{release.name} has no wages for {occupation} in {title}.")
    sentence = f"{release.name} has no wages for {wage.occupation.title} in {title}. These are for all industries together."
    return WageChoice(occupation, wage, None, sentence)


def _sentence(title: str, asked: WageArea | None, code: str, wage: Wage | None, release: WageRelease) -> str:
    """What the page says when the row is not the one asked for; empty when it is."""
    if wage is not None and wage.area_id == (code or WageArea.NATION):
        return ""
    if asked is None:
        missing = f"The Bureau has no area {code}." if code else f"{release.name} has no wages for {title}."
    else:
        missing = f"{release.name} has no wages for {title} in {area_name(asked)}."
    if wage is None:
        return (
            missing
            if asked is None or asked.code == WageArea.NATION
            else f"{missing[:-1]}, nor in any wider area."
        )
    outside = asked is not None and wage.area_id == WageArea.NATION and asked.states in TERRITORIES
    beyond = " National figures leave out the territories." if outside else ""
    return f"{missing} These are for {area_name(wage.area)}, the next wider area that has them.{beyond}"


def area_name(area: WageArea) -> str:
    return "the United States" if area.code == WageArea.NATION else area.title


# --- Choices for a form ---

Choices = list[tuple[str, list[tuple[str, str]]]]  # heading, then code and title

HEADINGS = {
    AreaType.NATION: "Nation",
    AreaType.STATE: "States",
    AreaType.TERRITORY: "Territories",
    AreaType.METROPOLITAN: "Metropolitan areas",
    AreaType.NONMETROPOLITAN: "Nonmetropolitan areas",
}


def area_choices(release: WageRelease) -> Choices:
    """Every area with rows in the release, grouped by type, the nation first. One query."""
    return _grouped(_areas_in(release))


def search_areas(text: str, release: WageRelease, limit: int = 20) -> Choices:
    """Areas whose title or states hold every word of `text`, grouped by type; at most `limit`. One query.

    A word of two letters is a state's postal code too, so "tx" finds the areas of Texas.
    """
    areas = _areas_in(release)
    for word in text.replace(",", " ").split():
        match = Q(title__icontains=word) | Q(code=word)
        if len(word) == 2:
            starts = (
                Q(title__istartswith=word) | Q(title__icontains=f" {word}") | Q(title__icontains=f"-{word}")
            )
            match = Q(states__icontains=word) | starts
        if word.lower() in NATION_WORDS:
            match |= Q(code=WageArea.NATION)
        areas = areas.filter(match)
    return _grouped(areas[:limit])


def _areas_in(release: WageRelease) -> QuerySet[WageArea]:
    rows = Wage.objects.filter(release=release, area=OuterRef("pk"), industry=Industry.ALL)
    return WageArea.objects.filter(Exists(rows)).order_by("type", "title")


def _grouped(areas: Iterable[WageArea]) -> Choices:
    groups = groupby(areas, key=lambda area: AreaType(area.type))
    return [(HEADINGS[kind], [(area.code, area.title) for area in group]) for kind, group in groups]


def industry_choices(release: WageRelease, occupation: str = CODERS) -> list[tuple[str, str]]:
    """Code and title of every industry with a row for the occupation, all industries first. One query."""
    rows = Wage.objects.filter(
        release=release, industry=OuterRef("pk"), occupation=occupation, area=WageArea.NATION
    )
    return list(Industry.objects.filter(Exists(rows)).order_by("code").values_list("code", "title"))


# --- What a stage is worth ---


def stage_bands(
    coders: WageChoice, basis: Basis = Basis.ANNUAL, stages: Iterable[Stage] | None = None
) -> dict[str, Band | None]:
    """Dollars of every stage, by slug, from a choice for `CODERS`; None for a stage without a band. One query at most.

    The bands are on the basis that `coders.points(basis)` says. Raises ValueError for the wages of another occupation.
    """
    if coders.occupation != CODERS:
        raise ValueError(f"Stage bands are percentiles of {CODERS}, not of {coders.occupation}.")
    points = coders.points(basis)
    every = Stage.objects.all() if stages is None else stages
    if points is None:
        return {stage.slug: None for stage in every}
    return {stage.slug: band(points, stage.percentile_low, stage.percentile_high) for stage in every}


def stage_bands_in(
    release: WageRelease, area: str = WageArea.NATION, basis: Basis = Basis.ANNUAL
) -> tuple[WageChoice, dict[str, Band | None]]:
    """The row for coders in an area and what every stage is worth there. Three queries."""
    coders = wage_for(CODERS, area, release)
    return coders, stage_bands(coders, basis)
