"""The rows below the header: which are data, which are totals, and which say nothing at all."""

import re
from dataclasses import dataclass, field

from .headers import Headed
from .text import normal

_TOTAL = re.compile(
    r"(?:(?:grand|sub|report|page|team|overall|weekly|daily|monthly|coder|user) ?)?(?:totals?|averages?|avg|mean|sum|summary)\b"
)
_ABOUT_TOTALS = re.compile(r"tot|av|mean|sum", re.IGNORECASE)  # quickly asked of every row
_SAYS_NOTHING = re.compile(r"(?:no (?:activity|data|records?|productivity)\b|n/?a$|none$)")
_FOOTER = re.compile(
    r"(?:page \d+|end of|printed|generated|run (?:date|by|on)|report|confidential|\*+|note)\b"
)


@dataclass(frozen=True)
class Row:
    """`total_at` is the column with the word that makes a row a total; None for data."""

    number: int
    cells: list[str]
    total_at: int | None = None


@dataclass
class Body:
    rows: list[Row] = field(default_factory=list)
    headers_again: int = 0
    without_activity: int = 0
    footers: int = 0


def read_body(headed: Headed) -> Body:
    """Data and totals in their order; repeated headers, "No Activity" rows and footers are only counted."""
    body, width = Body(), len(headed.columns)
    names = [column.header for column in headed.columns]
    for number, cells in headed.body:
        given = [(i, cell) for i, cell in enumerate(cells[:width]) if cell]
        if not given:
            continue
        if _is_header_again(given, names):
            body.headers_again += 1
        elif any(
            _SAYS_NOTHING.match(cell.casefold()) for _i, cell in given if not cell[0].isdigit()
        ) and not any(cell[0].isdigit() and cell.strip("0:., %") for i, cell in given[2:]):
            body.without_activity += 1
        elif (at := _total_at(given)) is not None:
            body.rows.append(Row(number, cells[:width], at))
        elif (width > 3 and len(given) == 1 and not given[0][1][0].isdigit()) or (
            len(given) <= 2 and _FOOTER.match(normal(given[0][1]))
        ):
            body.footers += 1
        else:
            body.rows.append(Row(number, cells[:width]))
    return body


def _is_header_again(given, names) -> bool:
    """A page break repeats it word for word."""
    same = sum(cell == names[i] for i, cell in given)
    return same >= 2 and same * 2 >= len(given)


def _total_at(given) -> int | None:
    """A total says so in one of its first three cells; a coder called Total would have a first name, too."""
    for i, cell in given[:3]:
        if _ABOUT_TOTALS.search(cell) and _TOTAL.match(normal(cell)):
            return i
    return None
