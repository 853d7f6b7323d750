"""A file's bytes as sheets of cells in text: workbooks by calamine, everything else as delimited text.

Nothing is written anywhere. Dates come out as 2026-03-31, durations as hours:minutes:seconds, numbers as a person would type them,
whatever the file keeps them as.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineWorkbook

from .delimited import read_delimited
from .errors import UnreadableFileError

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 400 * 1024 * 1024  # what a workbook may claim to unpack to: a bomb claims more
MOST_ROWS = 200_000
MOST_COLUMNS = 200

_ZIP, _OLD_EXCEL, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF"
_EXCEL_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001  (a workbook's times have no zone)


@dataclass(frozen=True)
class Sheet:
    """`rows` are (row number in the file from 1, cells); rows without any cell are left out. `name` is empty for a text file."""

    name: str
    rows: list[tuple[int, list[str]]]


def read_sheets(data: bytes) -> list[Sheet]:
    """The sheets that hold anything. Raises UnreadableFileError with what to do about it."""
    if not data.strip():
        raise UnreadableFileError(_("The file is empty. Choose another one."))
    if len(data) > MOST_BYTES:
        raise UnreadableFileError(_("The file is larger than 20 MB. Export a shorter period."))
    if data.startswith(_PDF):
        raise UnreadableFileError(_("This is a PDF. Export the report as CSV or as an Excel workbook."))
    if data.startswith((_ZIP, _OLD_EXCEL)):
        sheets = list(_workbook(data))
    else:
        sheets = [Sheet("", _kept(read_delimited(data)))]
    sheets = [sheet for sheet in sheets if sheet.rows]
    if not sheets:
        raise UnreadableFileError(_("The file has no cell with anything in it. Choose another one."))
    return sheets


def _workbook(data: bytes) -> Iterator[Sheet]:
    _refuse_bombs(data)
    try:
        book = CalamineWorkbook.from_object(io.BytesIO(data))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=MOST_ROWS + 1)
            yield Sheet(name, _kept([_text(cell) for cell in row] for row in rows))
    except UnreadableFileError:
        raise
    except BaseException as error:
        # calamine is written in Rust: where it gives up on a broken file, that arrives as a "PanicException", no Exception at all.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise UnreadableFileError(
            _(
                "The workbook cannot be read: it is damaged, or protected by a password. Save it anew, or as CSV."
            )
        ) from None


def _refuse_bombs(data: bytes) -> None:
    if not data.startswith(_ZIP):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError, EOFError):
        raise UnreadableFileError(
            _("The workbook is damaged. Save it anew, or as CSV, and try that.")
        ) from None
    if unpacked > MOST_UNPACKED:
        raise UnreadableFileError(_("The workbook is too large to be unpacked. Export a shorter period."))


def _kept(rows) -> list[tuple[int, list[str]]]:
    """The rows with anything in them, by number; bounded, so that no file can fill the memory."""
    kept, share = [], {}.setdefault  # most cells are the same few texts: each is held once
    for number, cells in enumerate(rows, start=1):
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if len(cells) > MOST_COLUMNS:
            raise UnreadableFileError(_("The file has more than 200 columns. Export fewer."))
        if len(kept) >= MOST_ROWS:
            raise UnreadableFileError(_("The file has more than 200,000 rows. Export a shorter period."))
        kept.append((number, [share(cell, cell) for cell in cells]))
    return kept


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return " ".join(cell.split())
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float):
        return _number(cell)
    if isinstance(cell, dt.datetime):
        # A duration of a day and more is a date of 1900 to Excel.
        return _duration(cell - _EXCEL_EPOCH) if cell.year < 1901 else cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, dt.time):
        return cell.strftime("%-H:%M:%S")
    if isinstance(cell, dt.timedelta):
        return _duration(cell)
    return ""


def _number(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(round(value, 10))


def _duration(span: dt.timedelta) -> str:
    seconds = round(span.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
