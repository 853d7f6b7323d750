"""A coder's pay among real wages, as sentences and a small table. For the owner's eyes only."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from curriculum.models import WageArea
from curriculum.percentiles import (
    PERCENTILES,
    Basis,
    Relation,
    next_point,
    next_words,
    ordinal,
    relation_words,
    words,
)
from curriculum.wages import CODERS, area_name, wages_for
from tracker.models import Standing

from .evaluated import Evaluated


@dataclass(frozen=True)
class StandingCard:
    annual_text: str
    sentence: str
    band_sentence: str
    next_text: str
    area_note: str
    points: list[tuple[str, str, bool]]


def dollars(amount) -> str:
    return f"${amount:,.0f}"


def standing_card(state: Evaluated) -> StandingCard | None:
    """None where no pay is logged, or where no wages are loaded. Two queries."""
    standing = state.standing
    if standing is None:
        return None
    asked = state.coder.area_id or WageArea.NATION
    choice = wages_for([(standing.occupation_id, asked)], standing.release)[standing.occupation_id, asked]
    points = choice.points(Basis.ANNUAL)
    if points is None:
        return None
    annual = Decimal(standing.annual)
    rank, further = choice.rank(annual, Basis.ANNUAL), next_point(points, annual)
    where = {
        "occupation": choice.wage.occupation.title,
        "area": area_name(choice.wage.area),
        "release": standing.release,
    }
    return StandingCard(
        annual_text=_("%(pay)s a year") % {"pay": dollars(annual)},
        sentence=_("%(rank)s of %(occupation)s in %(area)s, %(release)s")
        % {"rank": words(rank).capitalize(), **where},
        band_sentence=_band(standing),
        next_text=_("%(more)s more a year reaches the %(point)s")
        % {"more": dollars(further.dollars), "point": next_words(further)}
        if further
        else "",
        area_note=choice.sentence,
        points=_table(points, annual),
    )


def _band(standing: Standing) -> str:
    if not standing.band_place or not standing.band_stage:
        return ""
    place = relation_words(Relation(standing.band_place), standing.band_stage.name)
    if standing.occupation_id == CODERS:
        return _("Your pay is %(place)s.") % {"place": place}
    return _("Stage bands are wages of Medical Records Specialists: among them, your pay is %(place)s.") % {
        "place": place
    }


def _table(points, annual: Decimal) -> list[tuple[str, str, bool]]:
    """Each released percentile in dollars, and the coder's own pay in its place."""
    rows = [
        (_("%(nth)s percentile") % {"nth": ordinal(p)}, points.at(p))
        for p in PERCENTILES
        if points.at(p) is not None
    ]
    at = sum(amount <= annual for _label, amount in rows)
    table = [(label, dollars(amount), False) for label, amount in rows]
    table.insert(at, (_("you"), dollars(annual), True))
    return table
