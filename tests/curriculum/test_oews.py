"""Reading the Bureau's download: its file and its rows."""

from decimal import Decimal

import pytest

from curriculum.oews import FIGURES, REQUIRED, RefusedError, UnreadableFileError, parse, read_rows
from tests.curriculum.oews_rows import ALABAMA, NATION, WITHHELD, as_csv, as_workbook


@pytest.fixture
def file(tmp_path):
    return lambda *rows, **options: as_csv(tmp_path / "oews.csv", rows, **options)


# --- The file ---


def test_columns_are_found_by_name_in_any_order_and_case_and_others_ignored(file):
    columns = ["PCT_TOTAL", *reversed([name.lower() for name in REQUIRED])]
    row = {name.lower(): value for name, value in NATION.items()} | {"PCT_TOTAL": "~"}
    [(number, cells)] = read_rows(file(row, columns=columns))
    assert number == 2
    assert cells == NATION


def test_missing_columns_are_named_in_one_sentence(file):
    columns = [name for name in REQUIRED if name not in ("PRIM_STATE", "A_PCT90")]
    with pytest.raises(UnreadableFileError, match=r"^oews\.csv .* does not name PRIM_STATE, A_PCT90\.$"):
        list(read_rows(file(NATION, columns=columns)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_a_csv_may_come_in_the_encodings_that_the_bureau_used(file, encoding):
    [(_, cells)] = read_rows(file(NATION | {"AREA_TITLE": "Cañon City, CO"}, encoding=encoding))
    assert cells["AREA_TITLE"] == "Cañon City, CO"


def test_a_workbook_says_the_same_as_the_csv(file, tmp_path):
    numbers = {name: float(NATION[name]) for name in FIGURES.values()} | {
        "AREA": 1.0,
        "AREA_TYPE": 2,
        "NAICS": 0,
    }
    rows = [ALABAMA | numbers, NATION | WITHHELD, NATION | {"A_PCT90": "#", "H_PCT90": "#"}]
    plain = [parse(cells) for _, cells in read_rows(file(ALABAMA, *rows[1:]))]
    book = [parse(cells) for _, cells in read_rows(as_workbook(tmp_path / "oews.xlsx", rows))]
    assert book == plain


def test_blank_rows_are_no_rows_and_numbers_are_those_of_the_file(tmp_path):
    path = as_csv(tmp_path / "a.csv", [NATION])
    path.write_text("\n" + path.read_text() + ",,\n\n" + path.read_text().splitlines()[1])
    assert [number for number, _ in read_rows(path)] == [3, 6]


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 an archive of something else", b"\xd0\xcf\x11\xe0 broken"]
)
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / "oews.xlsx"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=r"^oews\.xlsx is .*\.$"):
        list(read_rows(path))


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(UnreadableFileError, match="cannot be opened"):
        list(read_rows(tmp_path / "nothing.csv"))


# --- A row ---


def test_a_row_is_read_with_its_figures():
    line = parse(NATION)
    figures = dict(zip(FIGURES, line.figures, strict=True))
    assert line.key == ("99", "000000", "29-2072")
    assert figures["employment"] == 194_720
    assert figures["hourly_p50"] == Decimal("24.59")
    assert figures["annual_p90"] == 81_150
    assert line.topcoded == ()


def test_thousands_separators_are_read():
    figures = parse(NATION | {"TOT_EMP": "194,720", "A_PCT90": "81,150"}).figures
    assert (figures[0], figures[-1]) == (194_720, 81_150)


@pytest.mark.parametrize("mark", ["*", "**", ""])
def test_what_was_not_released_is_none_and_not_zero(mark):
    assert parse(NATION | {"A_MEDIAN": mark, "TOT_EMP": mark}).figures[::10] == (None, None)


def test_a_top_code_is_stored_and_named():
    line = parse(NATION | {"A_PCT90": "#", "H_PCT75": "#", "H_PCT90": "#"})
    figures = dict(zip(FIGURES, line.figures, strict=True))
    assert (figures["annual_p90"], figures["hourly_p75"]) == (239_200, Decimal("115.00"))
    assert line.topcoded == ("hourly_p75", "hourly_p90", "annual_p90")


def test_a_top_code_is_never_below_the_percentile_before_it():
    line = parse(NATION | {"A_PCT75": "245,310", "A_PCT90": "#"})
    assert line.figures[-2:] == (245_310, 245_310)


@pytest.mark.parametrize("code", ["29-2072", "292072", " 29-2072 ", "29 2072"])
def test_an_occupation_code_comes_with_or_without_its_dash(code):
    assert parse(NATION | {"OCC_CODE": code}).occupation == "29-2072"


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("1", "2", "01"),
        ("01", "2", "01"),
        ("99", "1", "99"),
        ("10180", "4", "10180"),
        ("100001", "6", "0100001"),
    ],
)
def test_area_codes_get_back_the_zeros_that_a_spreadsheet_ate(text, kind, code):
    assert parse(NATION | {"AREA": text, "AREA_TYPE": kind}).area == code


def test_an_industry_keeps_its_code():
    assert [parse(NATION | {"NAICS": code}).industry for code in ("31--34", "4240A2", "0", "1")] == [
        "31--34",
        "4240A2",
        "000000",
        "000001",
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"A_MEDIAN": "51.5k"}, "A_MEDIAN is not a number"),
        ({"A_MEDIAN": "-5"}, "A_MEDIAN is not a number"),
        ({"A_MEDIAN": "51140.5"}, "A_MEDIAN is not a whole number"),
        ({"TOT_EMP": "9999999999"}, "TOT_EMP is too large"),
        ({"H_PCT90": "9999999"}, "H_PCT90 is too large"),
        ({"TOT_EMP": "#"}, "TOT_EMP is not a number"),
        ({"A_PCT25": "60000"}, "the annual percentiles are not in ascending order"),
        ({"AREA_TYPE": "5"}, "AREA_TYPE is none of 1, 2, 3, 4 and 6"),
        ({"AREA": "here"}, "AREA is not an area code"),
        ({"NAICS": ""}, "NAICS is not an industry code"),
        ({"OCC_CODE": "coder"}, "OCC_CODE is not an occupation code"),
        ({"OCC_CODE": "29-0000"}, "not a detailed occupation"),
        ({"O_GROUP": "broad"}, "not a detailed occupation"),
        ({"AREA_TITLE": "x" * 161}, "AREA_TITLE is longer than 160 characters"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_with_its_reason(change, reason):
    with pytest.raises(RefusedError, match=f"^{reason}$"):
        parse(NATION | change)
