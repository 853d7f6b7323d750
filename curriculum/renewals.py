"""What a body asks for in one renewal cycle. Pure: rules, dates and slugs in, hours and minimums out.

A rule's `params` say how the hours come about::

    {"kind": "by_count", "base": 36, "step": 4, "most": 5}        AAPC: by the number of certifications held
    {"kind": "highest_base", "bases": {"ccs": 20, "rhia": 30},    AHIMA: the highest base, a step for each further one
     "step": 10, "cap": 50}
    {"kind": "flat", "hours": 40}                                 each certification by itself

The first two count all certifications of a body together: one cycle for all of them. And, each of them optional::

    "minimums": [{"hours": 16, "subject_of_each": ["cpma"]},      within the total, in a certification's own subject
                 {"percent": 40, "sponsors": ["ahima"]},          within the total, from these kinds of sponsor
                 {"percent": 80, "quality": "him-domain"},        within the total, marked with one of QUALITIES
                 {"hours": 20, "quality": "live"}]
    "unchecked": ["80% in the HIM domains"]                       asked too, and nothing here can tell
    "prorated": true                                              who joins late owes a share of the hours
    "renewal_month": true                                         hours of a cycle's last month may go to the next one
    "submit_days": 60                                             so many days before the end one can submit at the earliest
    "grace_days": 180                                             after the end, before the certification is lost
"""

import calendar
import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

# Hours have two decimals, so they are added up in hundredths, in which nothing is rounded.
HUNDREDTHS = 100
# What hours may be marked with, beside their sponsor and subjects.
LIVE, HIM_DOMAIN = QUALITIES = ("live", "him-domain")


@dataclass(frozen=True)
class Minimum:
    """So many hundredths of an hour, within the total: in the subject of a certification, from kinds of sponsor, or of a quality.

    An hour is given to one subject; from a sponsor and of a quality it is, whatever it is given to.
    """

    hundredths: int
    subject: str = ""
    sponsors: frozenset[str] = frozenset()
    quality: str = ""

    def is_share_of(self, activity) -> bool:
        """Whether an activity counts toward this one without being given to it."""
        return activity.sponsor in self.sponsors or self.quality in activity.qualities


@dataclass(frozen=True)
class Span:
    """One cycle of a coder: both days included, and since when each certification (by slug) is in it."""

    first: dt.date
    last: dt.date
    joined: Mapping[str, dt.date]

    def held(self, day: dt.date) -> set[str]:
        return {slug for slug, since in self.joined.items() if since <= day}


@dataclass(frozen=True)
class Demand:
    """What a whole cycle asks for. `hours` are whole hours."""

    hours: int
    minimums: tuple[Minimum, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One body's rule. A cycle lasts `period_months`; where `counts_hours` is false it ends in an examination.

    `replaces` tells which certifications are none of their own any more once another one is held.
    """

    slug: str
    body: str
    period_months: int
    counts_hours: bool
    params: Mapping
    statement: str = ""
    name: str = ""
    pk: int | None = None
    no: int = 1
    valid_from: dt.date | None = None
    replaces: Mapping[str, Collection[str]] = field(default_factory=dict)

    @property
    def per_body(self) -> bool:
        """Whether all certifications of the body renew together, in one cycle."""
        return self.params.get("kind") != "flat"

    @property
    def grace_days(self) -> int:
        return self.params.get("grace_days", 0)

    def submit_from(self, last: dt.date) -> dt.date | None:
        """The first day on which the hours of a cycle can be submitted, where the rule has one."""
        days = self.params.get("submit_days")
        return last - dt.timedelta(days=days) if days else None

    def is_other_than(self, rule: "Rule") -> bool:
        """Whether this is another rule, or another version of the same."""
        return (self.slug, self.no) != (rule.slug, rule.no)

    def first_day(self, last: dt.date) -> dt.date:
        """First day of the cycle whose last day is `last`; a cycle that ends with a month began with one."""
        return _months_on(last, -self.period_months) + dt.timedelta(days=1)

    def last_day(self, first: dt.date) -> dt.date:
        """Last day of the cycle that begins on `first`."""
        return _months_on(first - dt.timedelta(days=1), self.period_months)

    def counted(self, held: Collection[str]) -> set[str]:
        """Those of the certifications held that count by themselves."""
        return set(held) - {old for new in held for old in self.replaces.get(new, ())}

    def required_hours(self, held: Collection[str]) -> int:
        """Hours in a whole cycle for the certifications held (slugs); 0 for none, or where none are counted."""
        return required_hours(self.params, self.counted(held)) if self.counts_hours else 0

    def demand(self, span: Span) -> Demand:
        """What the cycle asks for by its end."""
        hours = self.due(span, span.last)
        return Demand(hours, tuple(self._minimums(span, hours)))

    def due(self, span: Span, day: dt.date) -> int:
        """Whole hours due by the end of `day`: the requirement falls due evenly.

        Where it is prorated, each certification asks from the day on which it joined; else a cycle asks in full,
        however short it is.
        """
        whole = (span.last - self.first_day(span.last)).days + 1
        day = min(day, span.last)
        if not self.params.get("prorated"):
            elapsed, lasts = max((day - span.first).days + 1, 0), (span.last - span.first).days + 1
            return self.required_hours(span.held(span.last)) * elapsed // lasts
        starts = sorted({max(since, span.first) for since in span.joined.values() if since <= day})
        ends = [*starts[1:], day + dt.timedelta(days=1)] if starts else []
        owed = sum(
            Fraction(self.required_hours(span.held(start)) * (end - start).days, whole)
            for start, end in zip(starts, ends, strict=True)
        )
        return int(owed)

    def _minimums(self, span: Span, hours: int) -> Iterable[Minimum]:
        if not self.counts_hours:
            return
        whole = (span.last - self.first_day(span.last)).days + 1
        for asked in self.params.get("minimums", ()):
            if "subject_of_each" not in asked:
                share = (
                    hours * HUNDREDTHS * asked["percent"] // 100
                    if "percent" in asked
                    else asked["hours"] * HUNDREDTHS
                )
                sponsors, quality = frozenset(asked.get("sponsors", ())), asked.get("quality", "")
                yield Minimum(min(share, hours * HUNDREDTHS), sponsors=sponsors, quality=quality)
                continue
            for slug in asked["subject_of_each"]:
                if slug in self.counted(span.held(span.last)):
                    owed = asked["hours"]
                    if self.params.get("prorated"):
                        days = (span.last - max(span.joined[slug], span.first)).days + 1
                        owed = min(owed, owed * days // whole)
                    yield Minimum(owed * HUNDREDTHS, subject=slug)


def _months_on(day: dt.date, months: int) -> dt.date:
    """So many months later (or earlier): the last day of a month stays one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    days = calendar.monthrange(year, month)[1]
    ends_with_month = day.day == calendar.monthrange(day.year, day.month)[1]
    return dt.date(year, month, days if ends_with_month else min(day.day, days))


def required_hours(params: Mapping, held: Collection[str]) -> int:
    """Hours in a whole cycle for the certifications held. A kind nobody knows is a ValueError."""
    kind = params.get("kind")
    if kind not in _KINDS:
        raise ValueError(f"A renewal rule has no kind “{kind}”: use {', '.join(_KINDS)}.")
    return _KINDS[kind](params, set(held)) if held else 0


def _by_count(params: Mapping, held: set[str]) -> int:
    return params["base"] + params["step"] * (min(len(held), params["most"]) - 1)


def _highest_base(params: Mapping, held: set[str]) -> int:
    bases = [params["bases"][slug] for slug in held if slug in params["bases"]]
    return min(params["cap"], max(bases) + params["step"] * (len(bases) - 1)) if bases else 0


def _flat(params: Mapping, held: set[str]) -> int:
    return params["hours"]


_KINDS: dict[str, Callable[[Mapping, set[str]], int]] = {
    "by_count": _by_count,
    "highest_base": _highest_base,
    "flat": _flat,
}


def rules_of(rows: Iterable, certifications: Iterable = ()) -> list[Rule]:
    """Rules of rows of RenewalRule (with their body). `certifications` tell which ones another one replaces."""
    replaces: dict[str, set[str]] = {}
    for row in certifications:
        if row.replaced_by_id:
            replaces.setdefault(row.replaced_by.slug, set()).add(row.slug)
    return [
        Rule(
            slug=row.slug,
            body=row.body.slug,
            period_months=row.period_months,
            counts_hours=row.mode == "hours",
            params=row.params,
            statement=row.statement,
            name=row.name,
            pk=getattr(row, "pk", None),
            no=getattr(row, "no", 1),
            valid_from=row.valid_from,
            replaces=replaces,
        )
        for row in rows
    ]


def in_force(rules: Iterable, day: dt.date):
    """Of one body's rules (or rows of them), the one in force on a day: the one that began last. None without any.

    A rule that has ended is still the newest known one where nothing followed it.
    """
    begun = [rule for rule in rules if (rule.valid_from or dt.date.min) <= day]
    return max(begun, key=lambda rule: rule.valid_from or dt.date.min, default=None)
