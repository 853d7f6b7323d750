"""What a file says: delimiters and marks, headers, totals, numbers, times and dates; and what could be a patient's."""

import datetime as dt
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.imports.test_malformed import VOCABULARY, workbook
from tracker.imports import values
from tracker.imports.errors import BadValueError
from tracker.imports.opening import open_file
from tracker.imports.reading import read_sheets
from tracker.imports.values import DateOrder, Scale

TODAY = dt.date(2026, 11, 21)
MDY, DMY = DateOrder.MONTH_FIRST, DateOrder.DAY_FIRST


def opened(text, **said):
    return open_file(
        read_sheets(text if isinstance(text, bytes) else text.encode()), VOCABULARY, today=TODAY, **said
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12/02/24", dt.date(2024, 12, 2)), ("3/7/2026", dt.date(2026, 3, 7)), ("2026-03-31", dt.date(2026, 3, 31)),
        ("31.03.2026", dt.date(2026, 3, 31)), ("7-Mar-26", dt.date(2026, 3, 7)), ("March 7, 2026", dt.date(2026, 3, 7)),
        ("Mon 12/02/24", dt.date(2024, 12, 2)), ("12/02/2024 13:05", dt.date(2024, 12, 2)), ("45628", dt.date(2024, 12, 2)),
        ("01/02/27", dt.date(2027, 1, 2)), ("01/02/28", dt.date(1928, 1, 2)), ("01/02/99", dt.date(1999, 1, 2)),
    ],
)  # fmt: skip
def test_dates(text, day):
    assert values.date(text, MDY, TODAY) == day


@pytest.mark.parametrize(
    "text", ["13/13/24", "02/30/2026", "yesterday", "2026", "1/2", "0000-00-00", "٣/٣/٢٠٢٦" * 9]
)
def test_no_dates(text):
    with pytest.raises(BadValueError):
        values.date(text, MDY, TODAY)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Jan-26", dt.date(2026, 1, 1), dt.date(2026, 1, 31)), ("2024-02", dt.date(2024, 2, 1), dt.date(2024, 2, 29)),
        ("12/02/24 - 12/08/24", dt.date(2024, 12, 2), dt.date(2024, 12, 8)), ("March 2026", dt.date(2026, 3, 1), dt.date(2026, 3, 31)),
        ("12/02/24-12/08/24", dt.date(2024, 12, 2), dt.date(2024, 12, 8)), ("12/02/24 to 12/08/24", dt.date(2024, 12, 2), dt.date(2024, 12, 8)),
    ],
)  # fmt: skip
def test_periods(text, first, last):
    assert values.period(text, MDY, TODAY) == (first, last)


def test_how_dates_are_written_is_told_by_the_file_or_not_at_all():
    assert values.order_of(["03/04/2026", "03/17/2026"]) == MDY
    assert values.order_of(["03/04/2026", "17/03/2026"]) == DMY
    assert values.order_of(["03/04/2026", "05/06/2026"]) is None
    assert values.order_of(["2026-03-04", "04/04/2026"]) == MDY


@given(st.dates(dt.date(1990, 1, 1), TODAY))
def test_a_date_is_read_as_it_is_written(day):
    assert values.date(f"{day:%m/%d/%y}", MDY, TODAY) == day
    assert values.date(f"{day:%d/%m/%Y}", DMY, TODAY) == day


@given(st.integers(1, 60_000))
def test_time_is_read_however_it_is_written(minutes):
    assert values.minutes_of_hours(f"{minutes // 60}:{minutes % 60:02d}:00") == minutes
    assert values.minutes_of_hours(f"{minutes / 60:.6f}") == minutes
    assert values.minutes_of_hours(f"{minutes / 60:.6f}".replace(".", ",")) == minutes
    assert values.minutes(str(minutes)) == minutes


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("7,5", "7.5"),
        ("$ 2,075.39", "2075.39"),
        ("(3)", "-3"),
        (".5", "0.5"),
    ],
)
def test_numbers(text, value):
    assert values.number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "many", "1e3", "1,23,4", "--1", "٣٤", "1" * 40, "NaN", "inf"])
def test_no_numbers(text):
    with pytest.raises(BadValueError):
        values.number(text)


def test_percentages_take_the_scale_that_was_said():
    assert values.percent("95.5 %", Scale.SHARE) == Decimal("95.5")
    assert values.percent("0.955", Scale.SHARE) == Decimal("95.5")
    assert values.percent("95,5", Scale.PERCENT) == Decimal("95.5")
    for text, scale in (("101%", Scale.PERCENT), ("-1", Scale.PERCENT), ("95.5", Scale.SHARE)):
        with pytest.raises(BadValueError):
            values.percent(text, scale)


def test_a_workbook_says_what_its_cells_show():
    book = [["Export of March"], [], ["Coder", "Date", "Charts", "Hours", "Work Type"],
            ["A", dt.date(2026, 3, 2), 20, dt.timedelta(hours=26, minutes=30), "ED"],
            [None, dt.datetime(2026, 3, 3, 0, 0), 21.0, 7.5, "ED"]]  # noqa: DTZ001  # fmt: skip
    rows = [row.cells for row in opened(workbook(book)).body.rows]
    assert rows == [["A", "2026-03-02", "20", "26:30:00", "ED"], ["", "2026-03-03", "21", "7.5", "ED"]]


def test_the_sheet_with_the_table_is_found_among_others():
    book = openpyxl.Workbook()
    book.active.append(["Read me first"])
    sheet = book.create_sheet("Data")
    for row in (["Coder", "Date", "Charts", "Hours"], ["A", "2026-03-02", 20, 7]):
        sheet.append(row)
    import io

    out = io.BytesIO()
    book.save(out)
    assert opened(out.getvalue()).headed.sheet.name == "Data"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_text_in_any_dress(encoding, delimiter):
    lines = [["Coder", "Date", "Charts", "Hours"], ["Núñez", "2026-03-02", "20", "7.5"]]
    text = "\r\n".join(delimiter.join(line) for line in lines)
    assert [row.cells for row in opened(text.encode(encoding)).body.rows] == [lines[1]]


def test_rows_that_are_no_data_are_passed_over():
    text = (
        "Coder,Date,Charts,Hours,Work Type\nA,2026-03-02,20,7,ED\nSubtotal,,20,7,\nCoder,Date,Charts,Hours,Work Type\n"
        "B,2026-03-02,No Activity,,\nB,2026-03-03,10,3,ED\nGrand Total,,30,10,\nPage 1 of 1,,,,\n"
    )
    body = opened(text).body
    assert [(row.number, row.total_at) for row in body.rows] == [(2, None), (3, 0), (6, None), (7, 0)]
    assert (body.headers_again, body.without_activity, body.footers) == (1, 1, 1)


DENIED = ("MRN", "Acct #", "Account Number", "FIN", "CSN", "Encounter ID", "Visit #", "Patient Name", "Pt", "DOB", "Age", "SSN", "DOS",
          "Date of Service", "Admit Date", "Discharge Date", "Phone", "E-mail", "Zip", "Member ID", "Claim #", "Comments", "Notes",
          "Name", "Subscriber", "Guarantor", "LOS", "Total Charges", "Medical Record No")  # fmt: skip


@pytest.mark.parametrize("header", DENIED)
def test_columns_that_name_a_patients_detail_are_refused(header):
    [refusal] = opened(f"Coder,Date,Charts,Hours,{header}\nA,2026-03-02,20,7,x\n").refused
    assert refusal.column.letter == "E"


@pytest.mark.parametrize(
    "header",
    [
        "Accounts Coded",
        "# Encounters",
        "Patient Type",
        "Coder Name",
        "User Name",
        "IP Charts",
        "Average",
        "Auditor Name",
        "% to Goal",
    ],
)
def test_columns_of_the_work_are_not(header):
    assert opened(f"Coder,Date,Charts,Hours,{header}\nA,2026-03-02,20,7,9\n").refused == []


@pytest.mark.parametrize(
    "value",
    [
        "400-12-3456",
        "10023456",
        "a.b@example.org",
        "555-123-4567",
        "MRN 4711",
        "DOB 1/2/60",
        "2026-03-02",
        "3/2/26",
    ],
)
def test_columns_with_values_that_could_be_a_patients_are_refused(value):
    [refusal] = opened(f"Coder,Date,Charts,Hours,Ref\nA,2026-03-02,20,7,{value}\n").refused
    assert refusal.column.header == "Ref" and value not in str(refusal.why)


def test_long_numbers_do_not_pass_as_counts():
    [refusal] = opened("Coder,Date,Encounters,Hours\nA,2026-03-02,100234567,7\n").refused
    assert refusal.column.header == "Encounters"


def test_a_coders_own_numbers_are_exempt():
    text = "Coder,Certification,Date Earned,Credential Number\nA,CPC,2024-05-01,01234567\n"
    assert opened(text).refused == [] and opened(text).kind.slug == "credentials"
    assert opened(text.replace("Credential Number", "Reference")).refused != []


def test_nothing_of_an_unknown_or_dropped_column_is_staged():
    text = "Coder,Date,Charts,Hours,Work Type,Mood,Account #\nA,2026-03-02,20,7,ED,fine,1\n"
    file = opened(text, dropped=["G:account #"])
    assert file.is_ready
    assert file.staged() == [(2, None, ["A", "2026-03-02", "20", "7", "ED"])]


def test_a_wide_groups_heading_makes_the_work_type():
    text = ",,Inpatient,,ED,\nCoder,Month,Charts,Hours,Charts,Hours\nA,Jan-26,30,12,80,8\n"
    assert [one.key for one in opened(text).assigned] == [
        "who", "date", "charts@inpatient", "hours@inpatient", "charts@emergency", "hours@emergency",
    ]  # fmt: skip
