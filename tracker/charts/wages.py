"""The wages of an area as a range, with the stages' bands, and the coder's own pay among them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from curriculum.percentiles import PERCENTILES, Basis, Points, ordinal

from .base import Chart


@dataclass(frozen=True)
class StageBand:
    """Dollars a year of one stage; None for an end that was not released."""

    name: str
    low: float | None
    high: float | None
    is_target: bool


@dataclass(frozen=True)
class Mine:
    annual: float
    rank_words: str


def wage_chart(
    points: Points, occupation: str, area: str, bands: list[StageBand], mine: Mine | None
) -> Chart | None:
    """None where fewer than two percentiles are published, or where they are an hour's. Pay makes the chart private."""
    if points.basis is not Basis.ANNUAL or len(points.released) < 2:
        return None
    published = {percentile: float(value) for percentile, value in points.released}
    shown = [band for band in bands if band.low is not None and band.high is not None]
    return Chart(
        "wages",
        _title(area, published, mine),
        _sentence(occupation, area, published, shown),
        (_("Where"), _("From"), _("To")),
        [
            *_own_rows(mine),
            (occupation, *_ends(min(published.values()), max(published.values()))),
            *((_stage_name(band), *_ends(band.low, band.high)) for band in shown),
        ],
        {
            "occupation": occupation,
            "published": [{"percentile": ordinal(p), "dollars": published[p]} for p in PERCENTILES if p in published],
            "bands": [{"name": _stage_name(b), "low": float(b.low), "high": float(b.high), "target": b.is_target} for b in shown],
            "mine": mine.annual if mine else None,
            "mine_words": _("you: %(pay)s") % {"pay": _dollars(mine.annual)} if mine else "",
        },
        private=mine is not None,
    )  # fmt: skip


def _dollars(amount) -> str:
    return f"${amount:,.0f}"


def _ends(low, high) -> tuple[str, str]:
    return _dollars(low), _dollars(high)


def _own_rows(mine: Mine | None) -> list[tuple[str, str, str]]:
    return [(_("Your pay"), _dollars(mine.annual), _dollars(mine.annual))] if mine else []


def _stage_name(band: StageBand) -> str:
    return _("%(stage)s (your target)") % {"stage": band.name} if band.is_target else band.name


def _title(area: str, published: dict[int, float], mine: Mine | None) -> str:
    if mine:
        return _("You earn %(pay)s: %(rank)s in %(area)s") % {
            "pay": _dollars(mine.annual), "rank": mine.rank_words, "area": area,
        }  # fmt: skip
    low, high = min(published), max(published)
    return _("From %(low)s to %(high)s a year in %(area)s") % {
        "low": _dollars(published[low]), "high": _dollars(published[high]), "area": area,
    }  # fmt: skip


def _sentence(occupation: str, area: str, published: dict[int, float], bands: list[StageBand]) -> str:
    low, high = min(published), max(published)
    text = _("The bar spans the %(low)s to the %(high)s percentile of %(occupation)s; the thick part is the middle half.") % {
        "low": ordinal(low), "high": ordinal(high), "occupation": occupation,
    }  # fmt: skip
    target = next((band for band in bands if band.is_target), None)
    if target:
        text += " " + _("The stage of your target earns %(low)s to %(high)s.") % {
            "low": _dollars(target.low), "high": _dollars(target.high),
        }  # fmt: skip
    return text
