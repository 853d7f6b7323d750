"""A table as a file: CSV or XLSX, from the columns and rows that a page shows.

Text that a spreadsheet would take for a formula is made harmless; numbers and dates stay numbers and dates.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.http import HttpResponse
from django.utils.text import slugify
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

CSV, XLSX = "csv", "xlsx"
FORMATS = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# How a formula begins, in one program or another, after blanks that some of them skip.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
Value = str | int | float | Decimal | bool | dt.date | dt.datetime | None


def safe_text(text: str) -> str:
    """The text, with an apostrophe before what could be a formula."""
    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    risky = text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)
    return f"'{text}" if risky else text


def table_response(
    file_format: str, name: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]
) -> HttpResponse:
    """An answer that is saved as `name` with the right ending. `file_format` is CSV or XLSX."""
    content = {CSV: as_csv, XLSX: as_xlsx}[file_format](columns, rows)
    response = HttpResponse(content, content_type=FORMATS[file_format])
    response["Content-Disposition"] = f'attachment; filename="{slugify(name) or "table"}.{file_format}"'
    return response


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """UTF-8 with the mark that lets Excel see that it is."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([safe_text(str(column)) for column in columns])
    writer.writerows([_plain(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _plain(value: Value) -> str | int | float | Decimal:
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return value
    return safe_text(str(value))


def as_xlsx(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """One sheet, with a bold first row that stays in view."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    widths = [len(str(column)) for column in columns]
    body = []
    for row in rows:
        cells = [_cell(value) for value in row]
        widths = [max(width, len(str(value))) for width, value in zip(widths, cells, strict=True)]
        body.append(cells)
    for i, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(i)].width = min(48, width + 3)
    head = [WriteOnlyCell(sheet, safe_text(str(column))) for column in columns]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for cells in body:
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(value: Value) -> str | int | float | Decimal | dt.date | dt.datetime | None:
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)  # a spreadsheet knows no time zones
    if value is None or (isinstance(value, int | float | Decimal | dt.date) and not isinstance(value, bool)):
        return value
    return safe_text(str(value))
