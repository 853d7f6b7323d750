"""Any table of a page as a file: read out of the page itself, so that the file is what the screen shows, to whom it shows it.

`{% table_files %}` right after a table offers it as ?table=<number>.<format> of the same address; `TableFiles` answers that.
"""

import datetime as dt
import re
from decimal import Decimal
from html.parser import HTMLParser

from django.http import Http404

from .exports import FORMATS, Value, table_response

PARAMETER = "table"
# What stands in a cell for programs and for readers of screens alone, or asks for something.
SKIPPED = {"button", "form", "script", "svg", "select", "template"}
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "path", "source", "use", "wbr"}
_NUMBER = re.compile(r"([-−]?)([$]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(\s?%?)")
_WANTED = re.compile(rf"(\d{{1,4}})\.({'|'.join(FORMATS)})")


class TableFiles:
    """Answers ?table=2.csv with the second table that the page offers."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        wanted = _WANTED.fullmatch(request.GET.get(PARAMETER, ""))
        is_page = response.status_code == 200 and response.get("Content-Type", "").startswith("text/html")
        if not wanted or request.method != "GET" or response.streaming or not is_page:
            return response
        found = _Tables(response.content.decode(response.charset)).offered.get(int(wanted[1]))
        if found is None:
            raise Http404
        columns, rows = found
        name = " ".join(filter(None, (request.resolver_match.url_name, *_words(request.resolver_match))))
        return table_response(wanted[2], f"{name} {wanted[1]}", columns, rows)


def _words(match):
    """What of the address says which page it is, but for secrets."""
    return [str(value) for name, value in match.kwargs.items() if name in ("slug", "kind", "what")]


class _Tables(HTMLParser):
    """The tables of a page that are followed by an offer: {number: (columns, rows)}."""

    def __init__(self, html: str):
        super().__init__()
        self.offered: dict[int, tuple[list[str], list[list[Value]]]] = {}
        self._last: list[tuple[bool, list]] = []
        self._rows: list[tuple[bool, list]] | None = None
        self._cell: list[str] | None = None
        self._skip: list[str] = []
        self._span = 1
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if self._skip:
            if tag not in VOID:
                self._skip.append(tag)
        elif number := given.get("data-table"):
            self.offered[int(number)] = _typed(self._last)
        elif tag == "table":
            self._rows = []
        elif self._rows is None:
            return
        elif tag in SKIPPED or "visually-hidden" in (given.get("class") or "").split():
            self._skip.append(tag)
        elif tag == "thead":
            self._in_head = True
        elif tag == "tr":
            self._rows.append((self._in_head, []))
        elif tag in ("td", "th") and self._rows:
            self._cell, self._span = [], int(given.get("colspan") or 1)
        elif self._cell is not None:
            self._cell.append(" ")

    _in_head = False

    def handle_endtag(self, tag):
        if self._skip:
            if tag in self._skip:
                while self._skip.pop() != tag:
                    pass
        elif tag == "table" and self._rows is not None:
            self._last, self._rows = self._rows, None
        elif tag == "thead":
            self._in_head = False
        elif tag in ("td", "th") and self._cell is not None:
            text = " ".join("".join(self._cell).split())
            self._rows[-1][1].extend([text] + [""] * (self._span - 1))
            self._cell = None
        elif self._cell is not None and tag in ("p", "li", "div", "span"):
            self._cell.append(" ")

    def handle_data(self, data):
        if self._cell is not None and not self._skip:
            self._cell.append(data)


def _typed(rows) -> tuple[list[str], list[list[Value]]]:
    """Columns and rows: numbers and days as such, their unit in the head of the column."""
    heads = [cells for is_head, cells in rows if is_head]
    body = [cells for is_head, cells in rows if not is_head]
    width = max(map(len, [*heads, *body]), default=0)
    columns = (heads[-1] if heads else []) + [""] * width
    columns = columns[:width]
    body = [cells + [""] * (width - len(cells)) for cells in body]
    for place in range(width):
        if all(not row[place] for row in body) and not columns[place]:
            continue
        units = {_unit(row[place]) for row in body if row[place] not in ("", "–")}
        if len(units) == 1 and (unit := units.pop()):
            columns[place] = f"{columns[place]} ({unit})".strip()
    return columns, [[_value(text) for text in row] for row in body]


def _unit(text: str) -> str:
    found = _NUMBER.fullmatch(text)
    return (found[2] or found[5].strip()) if found else ""


def _value(text: str) -> Value:
    """A cell as what it is; a mix of words and numbers stays the text that it is."""
    if found := _NUMBER.fullmatch(text):
        number = Decimal(found[3].replace(",", "") + (found[4] or ""))
        number = -number if found[1] else number
        return int(number) if found[4] is None else number
    try:
        return dt.datetime.strptime(text, "%b %d, %Y").date()  # noqa: DTZ007  a day, as it is shown
    except ValueError:
        return text or None
