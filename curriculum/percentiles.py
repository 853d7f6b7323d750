"""Where a salary falls among the published percentiles of a wage, and which salary belongs to a percentile.

Pure: no database, no clock. Amounts are dollars, gross, an hour or a year (`Basis`); percentiles run from 0 to 100. Everything
is computed in exact fractions, so the two directions undo each other to the last digit; rounding is left to whoever shows it.

The Bureau of Labor Statistics publishes five points of each distribution. Between two of them we draw a straight line:

- it stays between its two published neighbours, whatever they are, and never goes down;
- it has an exact inverse in rational arithmetic (a cubic, PCHIP included, has one only by root finding in floating point);
- five points do not say how the curve bends between them. The data behind a smoother curve is not there, and anybody can check
  a straight line with a pencil. Over the 680 released rows of 29-2072 in May 2025 a PCHIP curve would move the worst-placed
  salary of a row by 2 percentiles (middle row), by less than 4 in 95 rows of 100 and by 7 at most.

Outside the lowest and the highest released point nothing is known, so nothing is said but "below" or "above". Where neighbouring
points are equal, every percentile between them earns the same, and a salary equal to them is a range rather than a number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import ceil, floor

PERCENTILES = (10, 25, 50, 75, 90)
HOURS_A_YEAR = 2080  # the Bureau's own year: 52 weeks of 40 hours

Amount = int | Decimal | Fraction


class Basis(StrEnum):
    HOURLY = "hourly"
    ANNUAL = "annual"


def convert(amount: Amount, source: Basis, target: Basis) -> Fraction:
    """`amount` dollars on one basis as dollars on the other, exactly, at 2,080 hours a year."""
    if source is target:
        return Fraction(amount)
    return Fraction(amount) * HOURS_A_YEAR if target is Basis.ANNUAL else Fraction(amount) / HOURS_A_YEAR


def shown(amount: Amount, basis: Basis) -> Decimal:
    """`amount` as a page shows it: whole dollars a year, cents an hour, halves upwards."""
    return _nearest(Fraction(amount), 2 if basis is Basis.HOURLY else 0)


def _nearest(value: Fraction, places: int) -> Decimal:
    """`value` to `places` decimals, halves upwards; exact, whatever the decimal context of the thread."""
    return Decimal(floor(value * 10**places + Fraction(1, 2))).scaleb(-places)


def _cents_up(value: Fraction) -> Decimal:
    return Decimal(ceil(value * 100)).scaleb(-2)


@dataclass(frozen=True)
class Points:
    """The five published points of one wage on one basis, in dollars, in the order of `PERCENTILES`.

    None is a point that was not released. A point in `topcoded` (by its percentile) holds the Bureau's top code: the true
    figure is that or more. Raises ValueError for what no distribution can be: points that fall, zero or less, or an ordinary
    point above a top-coded one.
    """

    basis: Basis
    values: tuple[Decimal | int | None, ...]
    topcoded: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if len(self.values) != len(PERCENTILES):
            raise ValueError(f"There are {len(PERCENTILES)} published points, not {len(self.values)}.")
        known = [(percentile, value) for percentile, value in self._pairs() if value is not None]
        if any(value <= 0 for _, value in known):
            raise ValueError("A published wage is more than zero.")
        if any(lower > upper for (_, lower), (_, upper) in pairwise(known)):
            raise ValueError("Published percentiles do not fall.")
        capped = [percentile in self.topcoded for percentile, _ in known]
        if capped != sorted(capped):
            raise ValueError("What lies above a top-coded percentile is top-coded too.")

    @classmethod
    def annual(cls, *values: Decimal | int | None, topcoded: Iterable[int] = ()) -> Points:
        return cls(Basis.ANNUAL, values, frozenset(topcoded))

    @classmethod
    def hourly(cls, *values: Decimal | int | None, topcoded: Iterable[int] = ()) -> Points:
        return cls(Basis.HOURLY, values, frozenset(topcoded))

    def _pairs(self) -> Iterable[tuple[int, Decimal | int | None]]:
        return zip(PERCENTILES, self.values, strict=True)

    @cached_property
    def released(self) -> tuple[tuple[int, Fraction], ...]:
        """Percentile and dollars of every point whose figure is known, ascending: neither withheld nor top-coded."""
        return tuple((p, Fraction(v)) for p, v in self._pairs() if v is not None and p not in self.topcoded)

    @cached_property
    def cap(self) -> tuple[int, Fraction] | None:
        """The lowest top-coded percentile and the dollars that it reaches at least; None where nothing is top-coded."""
        return next(
            ((p, Fraction(v)) for p, v in self._pairs() if v is not None and p in self.topcoded), None
        )

    def at(self, percentile: int) -> Decimal | int | None:
        """The published dollars of one of `PERCENTILES`, or None where they were withheld or top-coded."""
        return None if percentile in self.topcoded else self.values[PERCENTILES.index(percentile)]


class Kind(StrEnum):
    EXACT = "exact"  # the salary is a published point
    INTERPOLATED = "interpolated"  # on the line between two published points
    RANGE = "range"  # somewhere between two published points, no one knows where
    BELOW = "below"  # under the lowest released point
    ABOVE = "above"  # over the highest released point
    NOT_RELEASED = "not_released"


@dataclass(frozen=True)
class Rank:
    """Where a salary falls. `low` and `high` are percentiles: both for EXACT and INTERPOLATED (equal) and RANGE, only `high`
    for BELOW, only `low` for ABOVE. `between` are the published neighbours of an interpolated one."""

    kind: Kind
    low: Fraction | None = None
    high: Fraction | None = None
    between: tuple[int, int] | None = None

    @property
    def percentile(self) -> Fraction | None:
        """The one percentile, where there is one."""
        return self.low if self.kind in (Kind.EXACT, Kind.INTERPOLATED) else None

    @property
    def stored(self) -> tuple[Decimal | None, Decimal | None]:
        """`low` and `high` to two decimals, for a database column."""
        low, high = (None if end is None else _nearest(end, 2) for end in (self.low, self.high))
        return low, high


def percentile_of(points: Points, salary: Amount) -> Rank:
    """Where `salary`, on the basis of `points`, falls among them. Never extrapolates."""
    amount = Fraction(salary)
    if not points.released:
        return _rank_under_cap_alone(points, amount)
    (lowest, least), (highest, most) = points.released[0], points.released[-1]
    if amount < least:
        return Rank(Kind.BELOW, high=Fraction(lowest))
    if amount > most:
        return _rank_above(points, highest, amount)
    equal = [percentile for percentile, value in points.released if value == amount]
    if equal:
        kind = Kind.EXACT if len(equal) == 1 else Kind.RANGE
        return Rank(kind, Fraction(equal[0]), Fraction(equal[-1]))
    (p, v), (q, w) = _bracket(points, amount)
    place = p + (q - p) * (amount - v) / (w - v)
    return Rank(Kind.INTERPOLATED, place, place, (p, q))


def _bracket(points: Points, amount: Fraction) -> tuple[tuple[int, Fraction], tuple[int, Fraction]]:
    """The neighbouring points with `amount` strictly between them, so their dollars are never equal."""
    return next((a, b) for a, b in pairwise(points.released) if a[1] < amount < b[1])


def _rank_above(points: Points, highest: int, amount: Fraction) -> Rank:
    """Over the highest known point. Under a top code we still know that the top-coded percentile is not reached."""
    if points.cap and amount < points.cap[1]:
        return Rank(Kind.RANGE, Fraction(highest), Fraction(points.cap[0]), (highest, points.cap[0]))
    return Rank(Kind.ABOVE, low=Fraction(highest))


def _rank_under_cap_alone(points: Points, amount: Fraction) -> Rank:
    if points.cap and amount < points.cap[1]:
        return Rank(Kind.BELOW, high=Fraction(points.cap[0]))
    return Rank(Kind.NOT_RELEASED)


def salary_at(points: Points, percentile: Amount) -> Fraction | None:
    """Dollars at `percentile`; None below the lowest and above the highest known point. The inverse of `percentile_of`."""
    wanted = Fraction(percentile)
    for point, value in points.released:
        if point == wanted:
            return value
    for (p, v), (q, w) in pairwise(points.released):
        if p < wanted < q:
            return v + (w - v) * (wanted - p) / (q - p)
    return None


@dataclass(frozen=True)
class NextPoint:
    """The next published point above a salary. `low` and `high` differ where neighbouring percentiles are equal. `dollars`
    is what is missing, in full cents, rounded up so that adding it gets there; `at_least` marks a top-coded point."""

    low: int
    high: int
    value: Decimal
    dollars: Decimal
    at_least: bool = False


def next_point(points: Points, salary: Amount) -> NextPoint | None:
    """The lowest published point above `salary` (same basis), or None where no published point lies above it."""
    amount = Fraction(salary)
    above = [(percentile, value) for percentile, value in points.released if value > amount]
    at_least = not above
    if at_least and points.cap and points.cap[1] > amount:
        above = [points.cap]
    if not above:
        return None
    value = above[0][1]
    high = max(percentile for percentile, other in above if other == value)
    return NextPoint(above[0][0], high, _nearest(value, 2), _cents_up(value - amount), at_least)


@dataclass(frozen=True)
class Band:
    """A stage's pay: dollars at its two percentiles; None for an end that was not released. Neighbouring bands share an end."""

    basis: Basis
    low: Decimal | int | None
    high: Decimal | int | None


class Relation(StrEnum):
    BELOW = "below"
    BOUNDARY = "boundary"
    INSIDE = "inside"
    ABOVE = "above"


def band(points: Points, low: int | None, high: int | None) -> Band | None:
    """The band between two of `PERCENTILES`; None for a stage without one, or where neither end was released."""
    if low is None or high is None:
        return None
    ends = Band(points.basis, points.at(low), points.at(high))
    return None if ends.low is None and ends.high is None else ends


def relation(salary: Amount, band: Band) -> Relation | None:
    """Where `salary` (on the band's basis) lies; on either end it is at the boundary. None where a missing end leaves it open."""
    amount = Fraction(salary)
    if amount in (band.low, band.high):
        return Relation.BOUNDARY
    if band.low is not None and amount < band.low:
        return Relation.BELOW
    if band.high is not None and amount > band.high:
        return Relation.ABOVE
    return None if band.low is None or band.high is None else Relation.INSIDE


def ordinal(number: int) -> str:
    """62 as "62nd", 11 as "11th"."""
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in (11, 12, 13) else endings.get(number % 10, 'th')}"


def words(rank: Rank) -> str:
    """ "62nd percentile", "between the 25th and 50th percentile", "below the 10th percentile".

    Rounded down: a salary just under the median is never said to be at it."""
    low, high = (None if end is None else ordinal(int(end)) for end in (rank.low, rank.high))
    if rank.kind is Kind.NOT_RELEASED:
        return "not released"
    if rank.kind is Kind.BELOW:
        return f"below the {high} percentile"
    if rank.kind is Kind.ABOVE:
        return f"above the {low} percentile"
    if rank.kind is Kind.RANGE:
        return f"between the {low} and {high} percentile"
    return f"{low} percentile"


def bracket_words(rank: Rank) -> str:
    """As `words`, but naming only what was published: the two neighbours of an interpolated percentile."""
    if rank.kind is Kind.INTERPOLATED and rank.between:
        low, high = rank.between
        return f"between the {ordinal(low)} and {ordinal(high)} percentile"
    return words(rank)


def next_words(point: NextPoint) -> str:
    """ "50th percentile" or, where neighbours are equal, "25th to 50th percentile"."""
    name = ordinal(point.low) if point.low == point.high else f"{ordinal(point.low)} to {ordinal(point.high)}"
    return f"{name} percentile"


def relation_words(where: Relation | None, stage: str) -> str:
    """ "inside the Foundation band", "at the boundary of the Foundation band"; empty where it is not known."""
    if where is None:
        return ""
    prepositions = {Relation.INSIDE: "inside", Relation.BOUNDARY: "at the boundary of"}
    return f"{prepositions.get(where, where.value)} the {stage} band"
