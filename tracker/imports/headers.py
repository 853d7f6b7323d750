"""Which row names the columns, and what each column is called, with the merged heading above it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from .errors import UnreadableFileError
from .reading import Sheet
from .text import letter, normal

_LOOKED_AT = 60  # rows: no report has a longer preamble
_ENOUGH = 2  # names that are known
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Column:
    index: int
    header: str
    group: str = ""  # the merged heading above

    @property
    def name(self) -> str:
        return normal(self.header)

    @property
    def full_name(self) -> str:
        return f"{normal(self.group)} {self.name}".strip()

    @property
    def letter(self) -> str:
        return letter(self.index)

    @property
    def key(self) -> str:
        """Tells a column when the same file is sent again."""
        return f"{self.letter}:{self.name}"


@dataclass(frozen=True)
class Headed:
    """A sheet with its columns named. `preamble` are the rows above, `body` those below."""

    sheet: Sheet
    row: int
    columns: list[Column]
    known: int
    preamble: list[list[str]]
    body: list[tuple[int, list[str]]]


def find_header(sheets: list[Sheet], is_known: Callable[[str], bool]) -> Headed:
    """The sheet and row with the most names that `is_known` knows. Raises UnreadableFileError where none has two."""
    best = None
    for sheet in sheets:
        for at, (_number, cells) in enumerate(sheet.rows[:_LOOKED_AT]):
            known = len({name for name in _names(sheet, at, cells) if is_known(name)})
            if known >= _ENOUGH and (best is None or known > best[0]):
                best = known, sheet, at
    if best is None:
        raise UnreadableFileError(
            _(
                "No row names the columns. The file needs a row of headings, such as “Coder”, “Date” and “Charts”, "
                "above its figures."
            )
        )
    known, sheet, at = best
    number, cells = sheet.rows[at]
    columns = [
        Column(i, cell, group) for i, (cell, group) in enumerate(zip(cells, _groups(sheet, at), strict=True))
    ]
    above = [row for _number, row in sheet.rows[:at]]
    return Headed(sheet, number, columns, known, above, sheet.rows[at + 1 :])


def _names(sheet: Sheet, at: int, cells: list[str]):
    for cell, group in zip(cells, _groups(sheet, at), strict=True):
        if cell and len(cell) <= _LONGEST_NAME:
            yield normal(cell)
            if group:
                yield f"{normal(group)} {normal(cell)}"


def _groups(sheet: Sheet, at: int) -> list[str]:
    """The merged headings over a row's cells: each reaches to the next. A title in the first column alone is none."""
    cells = sheet.rows[at][1]
    above = sheet.rows[at - 1][1] if at else []
    if at and sheet.rows[at - 1][0] != sheet.rows[at][0] - 1:
        above = []
    if not any(above[1:]) or any(len(cell) > _LONGEST_NAME for cell in above) or len(above) > len(cells):
        return [""] * len(cells)
    groups, current = [], ""
    for i in range(len(cells)):
        current = (above[i] if i < len(above) else "") or current
        groups.append(current)
    return groups
