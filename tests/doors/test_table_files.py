"""Every table on every page can be taken along as a file that says what the screen says."""

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

import coderpath_site
from tracker.table_files import _Tables, _typed

from .table import PAGES, door_of
from .test_every_door import PAGE_NAMES, ask, body, signed_in, url_of

TEMPLATES = Path(coderpath_site.__file__).parent / "templates"
# Tables that need no file, or have one made of more than the page shows.
OTHERWISE = {
    "mailbox/list.html": "development only",
    "tracker/landing.html": "an example of what a coder sees",
    "tracker/teams/board.html": "a file of all pages of the team",
    "tracker/cohorts/cohort.html": "a file of all pages of the cohort",
    "tracker/imports/preview.html": "a file of all pages of the list",
    "tracker/imports/result.html": "a file of all pages of the list",
}


def test_every_table_is_offered_as_a_file():
    without = {
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        if (text := path.read_text()).count("<table") > text.count("{% table_files %}")
    }
    assert without == set(OTHERWISE)


OFFER = re.compile(r'href="([^"]*table=\d+\.csv)"')


def test_every_file_has_the_rows_of_its_table(world):
    seen = 0
    for who in ("owner", "manager", "instructor"):
        client = signed_in(world.users[who])
        for name in PAGE_NAMES:
            door = door_of(name, PAGES)
            if who not in door.who:
                continue
            page = ask(client, "get", url_of(world, name, door))
            if not page.get("Content-Type", "").startswith("text/html"):
                continue
            offers = OFFER.findall(body(page))
            tables = _Tables(body(page)).offered
            assert len(offers) == len(tables), name
            for offer, (columns, rows) in zip(offers, tables.values(), strict=True):
                answer = ask(client, "get", offer.replace("&amp;", "&"))
                assert answer.status_code == 200, (name, offer)
                lines = list(csv.reader(io.StringIO(body(answer).removeprefix("\ufeff"))))
                assert (len(lines[0]), len(lines)) == (len(columns), len(rows) + 1), (name, offer)
                seen += 1
    assert seen > 15


def test_what_is_not_offered_is_not_there(world):
    client = signed_in(world.users["owner"])
    assert ask(client, "get", "/pay/?table=9.csv").status_code == 404
    assert ask(client, "get", "/pay/?table=1.exe")["Content-Type"].startswith("text/html")
    assert ask(signed_in(None), "get", "/pay/?table=1.csv").status_code == 302


def test_a_file_has_numbers_as_numbers_and_no_formula(world):
    client = signed_in(world.users["owner"])
    sheet = load_workbook(io.BytesIO(ask(client, "get", "/pay/?table=1.xlsx").content)).active
    assert [cell.value for cell in sheet[1]][:3] == ["Since", "Gross pay", "Paid as"]
    assert sheet[2][0].value == dt.datetime.combine(world.pay.effective_on, dt.time())
    html = """<table><thead><tr><th>Who</th><th>Rate</th><th>Pay</th><th>Both</th></tr></thead>
        <tr><td>=1+1 <button>Remove</button></td><td>96.5%</td><td>$1,200</td><td>3 of 4</td></tr>
        <tr><td><span class="visually-hidden">no</span>Ana</td><td>–</td><td>$900</td><td>5</td></tr>
        </table><p data-table="1">"""
    columns, rows = _Tables(html).offered[1]
    assert columns == ["Who", "Rate (%)", "Pay ($)", "Both"]
    assert rows == [["=1+1", Decimal("96.5"), 1200, "3 of 4"], ["Ana", "–", 900, 5]]


@pytest.mark.parametrize(
    ("text", "value"),
    [("−3.5", Decimal("-3.5")), ("1,234", 1234), ("12 %", 12), ("12-31", "12-31"), ("", None), ("1,23", "1,23"),
     ("Mar 31, 2026", dt.date(2026, 3, 31)), ("9.", "9."), ("+4", "+4")],
)  # fmt: skip
def test_a_cell_is_what_it_says(text, value):
    _columns, (row,) = _typed([(False, [text])])
    assert row == [value]
