"""The wages of an occupation in an area as rows of a table, with a salary and the stages in their place."""

from dataclasses import dataclass
from decimal import Decimal

from curriculum.models import PERCENTILES, Industry, Stage, WageArea
from curriculum.percentiles import Basis, Rank, convert, ordinal, shown, words
from curriculum.wages import CODERS, WageChoice, area_name, newest_release, stage_bands, wage_for, wages_for


@dataclass(frozen=True)
class WageRow:
    label: str
    annual: Decimal | None
    hourly: Decimal | None
    is_me: bool = False
    at_least: bool = False  # a figure that the Bureau cut off at its top code


@dataclass(frozen=True)
class WageTable:
    choice: WageChoice
    area: str
    rows: list[WageRow]
    rank: Rank | None = None
    rank_words: str = ""

    @property
    def wage(self):
        return self.choice.wage


def wage_table(
    occupation: str, area: str | None, release=None, pay=None, me: str = "", industry: str = Industry.ALL
) -> WageTable | None:
    """The published points, and the salary `pay` among them as a row labelled `me`. None before any release is loaded.

    With an `industry` they are the nation's in it, whatever the area.
    """
    release = release or newest_release()
    if release is None:
        return None
    if industry == Industry.ALL:
        choice = wages_for([(occupation, area or "")], release)[occupation, area or ""]
    else:
        choice = wage_for(occupation, WageArea.NATION, release, industry)
    if choice.wage is None:
        return WageTable(choice, "", [])
    rows = [_row(choice.wage, percentile) for percentile in PERCENTILES]
    rank = None
    if pay is not None:
        basis = Basis(pay.basis)
        rank = choice.rank(pay.amount, basis)
        rows.append(_salary_row(pay.amount, basis, me))
        rows.sort(key=lambda row: (row.annual is None, row.annual or 0, row.is_me))
    where = (
        choice.wage.industry.title if choice.wage.industry_id != Industry.ALL else area_name(choice.wage.area)
    )
    return WageTable(choice, where, rows, rank, words(rank) if rank else "")


def _row(wage, percentile: int) -> WageRow:
    name = f"p{percentile}"
    return WageRow(
        ordinal(percentile),
        getattr(wage, f"annual_{name}"),
        getattr(wage, f"hourly_{name}"),
        at_least=f"annual_{name}" in wage.topcoded,
    )


def _salary_row(amount, basis: Basis, me: str) -> WageRow:
    return WageRow(
        me,
        shown(convert(amount, basis, Basis.ANNUAL), Basis.ANNUAL),
        shown(convert(amount, basis, Basis.HOURLY), Basis.HOURLY),
        is_me=True,
    )


def bands(area: str | None, release):
    """The row of coders' wages in the area, and (stage, band in dollars a year or None) for each stage."""
    choice = wages_for([(CODERS, area or "")], release)[CODERS, area or ""]
    stages = list(Stage.objects.all())
    found = stage_bands(choice, stages=stages)
    return choice, [(stage, found[stage.slug]) for stage in stages]


def is_known_area(code: str) -> bool:
    return WageArea.objects.filter(code=code).exists()
