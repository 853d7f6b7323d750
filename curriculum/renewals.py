"""How many hours of continuing education a body asks for. Pure: rules, dates and slugs in, numbers out.

A rule's `params` say how the hours come about::

    {"kind": "by_count", "base": 36, "step": 4, "most": 5}        AAPC: by the number of certifications held
    {"kind": "highest_base", "bases": {"ccs": 20, "rhia": 30},    AHIMA: the highest base, a step for each further one
     "step": 10, "cap": 50, "replaces": {"rhia": ["rhit"]}}
    {"kind": "flat", "hours": 40}                                 the same however many are held

"topics" (minimums by subject) ride along for people to read; nothing here computes with them.
"""

import calendar
import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One body's rule. A cycle lasts `period_months`; where `counts_hours` is false it ends in an examination."""

    slug: str
    body: str
    period_months: int
    counts_hours: bool
    params: Mapping
    statement: str = ""

    def first_day(self, last: dt.date) -> dt.date:
        """First day of the cycle whose last day is `last`; a cycle that ends with a month began with one."""
        year, month = divmod(last.year * 12 + last.month - 1 - self.period_months, 12)
        month += 1
        days = calendar.monthrange(year, month)[1]
        ends_with_month = last.day == calendar.monthrange(last.year, last.month)[1]
        day_before = dt.date(year, month, days if ends_with_month else min(last.day, days))
        return day_before + dt.timedelta(days=1)

    def required_hours(self, held: Collection[str]) -> int:
        """Hours in a whole cycle for the certifications held (slugs); 0 for none, or where none are counted."""
        return required_hours(self.params, held) if self.counts_hours else 0


def required_hours(params: Mapping, held: Collection[str]) -> int:
    """Hours in a whole cycle for the certifications held. A kind nobody knows is a ValueError."""
    kind = params.get("kind")
    if kind not in _KINDS:
        raise ValueError(f"A renewal rule has no kind “{kind}”: use {', '.join(_KINDS)}.")
    return _KINDS[kind](params, set(held)) if held else 0


def _by_count(params: Mapping, held: set[str]) -> int:
    return params["base"] + params["step"] * (min(len(held), params["most"]) - 1)


def _highest_base(params: Mapping, held: set[str]) -> int:
    for certification, replaced in params.get("replaces", {}).items():
        if certification in held:
            held = held - set(replaced)
    bases = [params["bases"][slug] for slug in held if slug in params["bases"]]
    return min(params["cap"], max(bases) + params["step"] * (len(bases) - 1)) if bases else 0


def _flat(params: Mapping, held: set[str]) -> int:
    return params["hours"]


_KINDS: dict[str, Callable[[Mapping, set[str]], int]] = {
    "by_count": _by_count,
    "highest_base": _highest_base,
    "flat": _flat,
}


def hours_due(rule: Rule, held: Collection[str], first: dt.date, last: dt.date, day: dt.date) -> int:
    """Whole hours due by the end of `day` in a cycle that runs from `first` to `last`, both included.

    The requirement falls due evenly over a whole cycle, so a first cycle that began late asks for its share only.
    """
    whole = (last - rule.first_day(last)).days + 1
    elapsed = min(max((day - first).days + 1, 0), whole)
    return rule.required_hours(held) * elapsed // whole


def rules_in_force(rules: Iterable, day: dt.date) -> dict[str, Rule]:
    """The rule of each body on a day, by the body's slug: of those in force, the one that began last.

    `rules` are rows of RenewalRule (with their body); `valid_from` and `valid_to` are both included, empty is open.
    """
    in_force: dict[str, tuple[dt.date, Rule]] = {}
    for row in rules:
        begins = row.valid_from or dt.date.min
        if begins <= day <= (row.valid_to or dt.date.max):
            known = in_force.get(row.body.slug)
            if known is None or known[0] < begins:
                in_force[row.body.slug] = (begins, _rule(row))
    return {body: rule for body, (_, rule) in in_force.items()}


def _rule(row) -> Rule:
    return Rule(
        slug=row.slug,
        body=row.body.slug,
        period_months=row.period_months,
        counts_hours=row.mode == "hours",
        params=row.params,
        statement=row.statement,
    )
