"""Figures as people read them. Pure. A figure is never rounded up to a target it does not reach."""

import math
import operator

from django.utils.translation import gettext as _

from curriculum import words
from curriculum.conditions import Leaf

# So much below a figure's last digit is the noise of binary fractions, and no reason to round it down.
NOISE = 1e-9
MOST_PLACES = 6
HOLDS = {">=": operator.ge, "<=": operator.le, "==": operator.eq}


def units(number: float, plural: str) -> str:
    """ "1 audit", "3 audits", "2.5 years"."""
    noun = words.singular(plural) if number == 1 else plural
    return _("%(number)s %(noun)s") % {"number": plain(number), "noun": _(noun)} if noun else plain(number)


def more(number: float, plural: str) -> str:
    """ "1 more audit", "3 more audits"."""
    return _("%(number)s more %(noun)s") % {
        "number": plain(number), "noun": words.singular(plural) if number == 1 else plural,
    }  # fmt: skip


def plain(number: float) -> str:
    """Whole numbers without decimals, others with one, rounded down."""
    shown = math.floor(number * 10 + NOISE) / 10
    return f"{int(shown):,}" if shown == int(shown) else f"{shown:,.1f}"


def percent(number: float) -> str:
    """One decimal, rounded down: 94.96 is 94.9%, and so never looks like a met 95.0%."""
    return f"{math.floor(number * 10 + NOISE) / 10:.1f}%"


def figure(leaf: Leaf, number: float) -> str:
    """A value of a condition's measure without its unit: one decimal, rounded down.

    More decimals where rounding would take it across the target: 5.04 with at most 5.0 asked is 5.04, and so is 97.26
    with 97.25 asked.
    """
    asked, holds = float(leaf.target), HOLDS[leaf.comparator]
    for places in range(1, MOST_PLACES + 1):
        shown = math.floor(number * 10**places + NOISE) / 10**places
        if holds(shown, asked) == holds(number, asked):
            break
    if places == 1:
        return percent(number).removesuffix("%") if leaf.unit == "percent" else plain(number)
    return f"{shown:,.{places}f}"


def amount(leaf: Leaf, number: float | None) -> str:
    """A value of a condition's measure with its unit; empty for no value."""
    if number is None:
        return ""
    if not leaf.unit:
        return _("yes") if number else _("no")
    shown = figure(leaf, number)
    if leaf.unit == "percent":
        return f"{shown}%"
    return f"{shown} {words.singular(leaf.unit) if number == 1 else leaf.unit}"


def chance(share: float) -> str:
    """A chance (0 to 1) in whole percent, rounded down; never 0% nor 100%, which would be certain."""
    if share < 0.01:
        return _("less than 1%")
    return _("more than 99%") if share >= 0.99 else f"{math.floor(100 * share + NOISE)}%"


def target(leaf: Leaf) -> str:
    """What is asked, as exactly as the definition says it."""
    number = float(leaf.target)
    if not leaf.unit:
        return _("yes") if number > 0 and leaf.comparator != "<=" else _("no")
    if leaf.comparator == "<=" and number == 0:
        return _("none")
    asked = f"{leaf.target}%" if leaf.unit == "percent" else words.count(leaf.target, leaf.unit)
    return _("at most %(amount)s") % {"amount": asked} if leaf.comparator == "<=" else asked


def interval(lower: float | None, upper: float | None) -> str:
    """A 95% interval of percentages, widened to the decimals shown rather than narrowed."""
    if lower is None or upper is None:
        return ""
    low, high = math.floor(lower * 10 + NOISE) / 10, math.ceil(upper * 10 - NOISE) / 10
    return f"{low:.1f}–{high:.1f}%"


def counts(numerator: float | None, denominator: float | None) -> str:
    if numerator is None or denominator is None:
        return ""
    return _("%(part)s of %(whole)s") % {"part": f"{int(numerator):,}", "whole": f"{int(denominator):,}"}


def joined(parts: list[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def sentence(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]
