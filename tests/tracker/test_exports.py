"""Tables as files: what a page shows, no formula, numbers as numbers."""

import csv
import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tracker.exports import as_csv, as_xlsx, safe_text, table_response

HEAD = ["Name", "Share", "Day"]
ROWS = [
    ["Ann Ü", 97.5, dt.date(2026, 3, 31)],
    ["=1+1", 12, None],
    [" @SUM(A1)", None, None],
    ["-3", -3, None],
]


def read_xlsx(content):
    sheet = load_workbook(io.BytesIO(content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()], sheet


def test_both_files_hold_the_table_with_numbers_as_numbers():
    rows, sheet = read_xlsx(as_xlsx(HEAD, ROWS))
    assert rows[0] == HEAD
    assert rows[1][:2] == ["Ann Ü", 97.5]
    assert rows[1][2].date() == dt.date(2026, 3, 31)
    assert [row[0] for row in rows[2:]] == ["'=1+1", "' @SUM(A1)", "'-3"]
    assert rows[4][1] == -3
    assert sheet.freeze_panes == "A2"
    text = as_csv(HEAD, ROWS)
    assert text.startswith(b"\xef\xbb\xbf")
    found = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert found[1] == ["Ann Ü", "97.5", "2026-03-31"]
    assert [row[0] for row in found[2:]] == ["'=1+1", "' @SUM(A1)", "'-3"]
    assert found[4][1] == "-3"


@given(st.text(max_size=20))
def test_no_text_becomes_a_formula(text):
    assert not safe_text(text).lstrip().startswith(("=", "+", "-", "@", "|", "%"))
    _rows, sheet = read_xlsx(as_xlsx([text], [[text]]))
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_answer_is_a_file_with_a_plain_name(file_format):
    response = table_response(file_format, 'Gulf "Pines"\r\nX: y', HEAD, ROWS)
    assert response["Content-Disposition"] == f'attachment; filename="gulf-pines-x-y.{file_format}"'
