"""Delimited text, however it was exported: commas, semicolons, tabs or bars; UTF-8, UTF-16 or Windows; with a mark or without."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from .errors import UnreadableFileError

DELIMITERS = ",;\t|"
_SAMPLE = 60
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_delimited(data: bytes) -> Iterator[list[str]]:
    """Every line's cells, empty lines as no cells. Raises UnreadableFileError, also while it is read."""
    text = _decoded(data)
    delimiter = _delimiter(text)
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [" ".join(cell.split()) for cell in cells]
    except csv.Error:
        raise UnreadableFileError(
            _(
                "The text is no table that can be read: a quotation mark is never closed, or a cell is endless."
            )
        ) from None


def _decoded(data: bytes) -> str:
    encodings = [name for mark, name in _MARKS if data.startswith(mark)] or ["utf-8", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
        break
    raise UnreadableFileError(_("This is no table. Choose a CSV file or an Excel workbook."))


def _delimiter(text: str) -> str:
    """The one that cuts most lines into equally many cells; a comma where nothing does."""
    sample = "\n".join(text.splitlines()[: _SAMPLE * 2])
    return max(
        DELIMITERS, key=lambda delimiter: (_agreement(sample, delimiter), -DELIMITERS.index(delimiter))
    )


def _agreement(sample: str, delimiter: str) -> int:
    widths: Counter[int] = Counter()
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)):
            if number == _SAMPLE:
                break
            widths[len(cells)] += len(cells) > 1
    except csv.Error:
        return 0
    return max((width * lines for width, lines in widths.items()), default=0)
