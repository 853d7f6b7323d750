"""How sure a verdict on an accuracy is: the chance that the true rate reaches the target, and what would settle it. Pure."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from curriculum.conditions import Leaf

from . import wording
from .evaluation.compare import share_of
from .intervals import chance_at_least, units_to_settle
from .measures.audits import unit_words


@dataclass(frozen=True)
class Sureness:
    """`chance` lies between 0 and 1; `settled_by` counts units of the method, None where their number says nothing."""

    chance: float
    chance_text: str
    settled_by: int | None
    settled_text: str
    effect: float | None


def sureness(leaf: Leaf, figures) -> Sureness | None:
    """Of a gap or an `advice.Figures`, which share names; None where counts were not drawn from anything larger."""
    if figures.lower is None or leaf.comparator != ">=" or "method" not in leaf.params:
        return None
    correct, reviewed = int(figures.numerator), int(figures.denominator)
    divisor = figures.design_effect or 1.0
    chance = float(chance_at_least(correct / divisor, reviewed / divisor, share_of(leaf)))
    more = units_to_settle(correct, reviewed, share_of(leaf), divisor)
    return Sureness(
        chance=chance,
        chance_text=wording.chance(chance),
        settled_by=more,
        settled_text=_settled(leaf, more),
        effect=figures.design_effect,
    )


def _settled(leaf: Leaf, more: int | None) -> str:
    """What would settle it, as the end of a sentence about the present rate."""
    if more is None:
        return _("So near to the target, no number of audits settles it at this rate.")
    if more == 0:
        return _("Enough was audited to settle it.")
    units = wording.more(more, unit_words(leaf.params["method"]))
    return _("%(units)s at this rate would settle it.") % {"units": units}
