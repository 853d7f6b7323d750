"""Reads the Bureau of Labor Statistics' yearly OEWS download: CSV or a workbook, as the Bureau lays it out.

Source of the layout: the field descriptions in the download (`all_data_M_YYYY`). Wages are dollars, gross; `*` and `**` mean
not released, `#` that a wage is at or above the Bureau's top code. Columns are found by name, whatever their order or case;
further columns are ignored. Nothing here touches the database: `curriculum.wage_import` stores what this reads.
"""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from python_calamine import CalamineError, load_workbook

from curriculum.percentiles import PERCENTILES, Basis, Points

# Field of Wage: the Bureau's column.
FIGURES = {
    "employment": "TOT_EMP",
    "hourly_mean": "H_MEAN",
    "annual_mean": "A_MEAN",
    "hourly_p10": "H_PCT10",
    "hourly_p25": "H_PCT25",
    "hourly_p50": "H_MEDIAN",
    "hourly_p75": "H_PCT75",
    "hourly_p90": "H_PCT90",
    "annual_p10": "A_PCT10",
    "annual_p25": "A_PCT25",
    "annual_p50": "A_MEDIAN",
    "annual_p75": "A_PCT75",
    "annual_p90": "A_PCT90",
}
KEYS = ("AREA", "AREA_TITLE", "AREA_TYPE", "PRIM_STATE", "NAICS", "NAICS_TITLE", "OCC_CODE", "OCC_TITLE")
REQUIRED = (*KEYS, *FIGURES.values())
OPTIONAL = ("O_GROUP",)  # says which occupations are detailed; a file without it has only those
TOP_CODE = {"hourly": Decimal("115.00"), "annual": 239_200}
NOT_RELEASED = {"*", "**", ""}
AREA_CODE_LENGTH = {1: 2, 2: 2, 3: 2, 4: 5, 6: 7}  # digits, by type of area: spreadsheets eat leading zeros
NUMBER = re.compile(r"\d[\d,]*(\.\d+)?")
MOST = 2_147_483_647  # of the integer columns; the hourly ones hold six digits before the point
MOST_HOURLY = Decimal("999999.99")
LONGEST_TITLE = {"AREA_TITLE": 160, "NAICS_TITLE": 200, "OCC_TITLE": 120, "PRIM_STATE": 40}

Figure = Decimal | int | None


class UnreadableFileError(Exception):
    """The file as a whole cannot be read; the message says why in one sentence."""


class RefusedError(Exception):
    """One row cannot be kept; the message is the reason, and never holds a value of the row."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the download. `figures` are in the order of FIGURES; `topcoded` names those that are "at or above"."""

    area: str
    area_title: str
    area_type: int
    states: str
    industry: str
    industry_title: str
    occupation: str
    occupation_title: str
    figures: tuple[Figure, ...]
    topcoded: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.area, self.industry, self.occupation


# --- The file ---


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number (1 is the file's first line) and cells by column name of every row under the header; blank rows are skipped.

    Raises UnreadableFileError.
    """
    rows = _workbook_rows(path) if _is_workbook(path) else _csv_rows(path)
    try:
        header = next(((number, cells) for number, cells in rows if any(cells)), None)
        if header is None:
            raise UnreadableFileError(f"{path.name} is empty.")
        columns = _columns(header[1], path)
        for number, cells in rows:
            if any(cells):
                yield number, {name: cells[at] if at < len(cells) else "" for name, at in columns.items()}
    except (csv.Error, CalamineError) as error:
        raise UnreadableFileError(f"{path.name} cannot be read as a table: {error}.") from error


def _columns(header: list[str], path: Path) -> dict[str, int]:
    found = {name.upper().replace(" ", "_"): at for at, name in reversed(list(enumerate(header)))}
    missing = [name for name in REQUIRED if name not in found]
    if missing:
        raise UnreadableFileError(
            f"{path.name} is not the Bureau's OEWS layout: its first row does not name {', '.join(missing)}."
        )
    return {name: found[name] for name in (*REQUIRED, *OPTIONAL) if name in found}


def _is_workbook(path: Path) -> bool:
    """By content, because a download is easily saved under another name: a zip archive or an old Excel file."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise UnreadableFileError(f"{path} cannot be opened: {error.strerror}.") from error
    return start.startswith((b"PK", b"\xd0\xcf\x11\xe0"))


def _csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding=_encoding(path), newline="") as file:
        reader = csv.reader(file)
        for cells in reader:
            yield reader.line_num, [cell.strip() for cell in cells]


def _encoding(path: Path) -> str:
    """UTF-8 where the whole file is; else Latin-1, in which the Bureau wrote some years ("Cañon City")."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while block := file.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "latin-1"
    return "utf-8-sig"


def _workbook_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet: the Bureau's others only explain."""
    try:
        sheet = load_workbook(path).get_sheet_by_index(0)
    except CalamineError as error:
        raise UnreadableFileError(
            f"{path.name} is not a workbook that can be read; if it is the Bureau's .zip, unpack it first."
        ) from error
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield number, [_text(cell) for cell in cells]


def _text(cell: object) -> str:
    """A cell as CSV would hold it: 51140.0 is "51140"."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


# --- A row ---


def parse(cells: dict[str, str]) -> Line:
    """One row, checked. Raises RefusedError with a reason that is the same for all rows of its kind."""
    occupation = occupation_code(cells)
    area_type = _area_type(cells["AREA_TYPE"])
    for column, longest in LONGEST_TITLE.items():
        if len(cells[column]) > longest:
            raise RefusedError(f"{column} is longer than {longest} characters")
    figures, topcoded = _figures(cells)
    return Line(
        area=_area(cells["AREA"], area_type),
        area_title=cells["AREA_TITLE"],
        area_type=area_type,
        states=" ".join(re.findall(r"[A-Z]{2}", cells["PRIM_STATE"].upper())),
        industry=_industry(cells["NAICS"]),
        industry_title=cells["NAICS_TITLE"],
        occupation=occupation,
        occupation_title=cells["OCC_TITLE"],
        figures=tuple(figures.values()),
        topcoded=topcoded,
    )


def occupation_code(cells: dict[str, str]) -> str:
    """The occupation as "29-2072", with or without the dash in the file. Raises RefusedError, also for groups and totals."""
    if cells.get("O_GROUP", "detailed").lower() != "detailed":
        raise RefusedError("not a detailed occupation")
    digits = re.sub(r"[\s-]", "", cells["OCC_CODE"])
    if not re.fullmatch(r"[0-9]{6}", digits):
        raise RefusedError("OCC_CODE is not an occupation code")
    if digits.endswith("0000"):
        raise RefusedError("not a detailed occupation")
    return f"{digits[:2]}-{digits[2:]}"


def _area_type(text: str) -> int:
    if not text.isdecimal() or int(text) not in AREA_CODE_LENGTH:
        raise RefusedError("AREA_TYPE is none of 1, 2, 3, 4 and 6")
    return int(text)


def _area(text: str, area_type: int) -> str:
    if not re.fullmatch(r"[0-9]{1,7}", text):
        raise RefusedError("AREA is not an area code")
    return text.zfill(AREA_CODE_LENGTH[area_type])


def _industry(text: str) -> str:
    """Text such as "31--34" as it is; a lone digit is 000000 or 000001 after a spreadsheet had it."""
    if not re.fullmatch(r"[0-9A-Za-z-]{1,8}", text):
        raise RefusedError("NAICS is not an industry code")
    return text.zfill(6) if len(text) == 1 else text


def _figures(cells: dict[str, str]) -> tuple[dict[str, Figure], tuple[str, ...]]:
    figures = {name: _figure(name, cells[column]) for name, column in FIGURES.items()}
    topcoded = tuple(name for name, column in FIGURES.items() if cells[column] == "#")
    for basis in Basis:
        names = [f"{basis}_p{percentile}" for percentile in PERCENTILES]
        _raise_top_codes(figures, names, topcoded)
        capped = [p for p, name in zip(PERCENTILES, names, strict=True) if name in topcoded]
        try:
            Points(basis, tuple(figures[name] for name in names), frozenset(capped))
        except ValueError as error:
            raise RefusedError(f"the {basis} percentiles are not in ascending order") from error
    return figures, topcoded


def _raise_top_codes(figures: dict[str, Figure], names: Iterable[str], topcoded: tuple[str, ...]) -> None:
    """Lift a top code to the percentile below it: releases since May 2025 print wages over the old top code as they are."""
    floor: Decimal | int = 0
    for name in names:
        value = figures[name]
        if value is not None:
            floor = figures[name] = max(floor, value) if name in topcoded else value


def _figure(name: str, text: str) -> Figure:
    column = FIGURES[name]
    if text in NOT_RELEASED:
        return None
    basis = name.split("_")[0]
    if text == "#" and basis in TOP_CODE:
        return TOP_CODE[basis]
    if not NUMBER.fullmatch(text):
        raise RefusedError(f"{column} is not a number")
    value = Decimal(text.replace(",", ""))
    if basis == "hourly":
        if value > MOST_HOURLY:
            raise RefusedError(f"{column} is too large")
        return value.quantize(Decimal("0.01"))
    if value > MOST:
        raise RefusedError(f"{column} is too large")
    if value != int(value):
        raise RefusedError(f"{column} is not a whole number")
    return int(value)
