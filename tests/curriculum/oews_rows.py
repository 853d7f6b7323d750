"""Rows of the Bureau's layout, and files that hold them."""

import csv
import io

import openpyxl

from curriculum.oews import FIGURES, REQUIRED

NATION = {
    "AREA": "99",
    "AREA_TITLE": "U.S.",
    "AREA_TYPE": "1",
    "PRIM_STATE": "US",
    "NAICS": "000000",
    "NAICS_TITLE": "Cross-industry",
    "OCC_CODE": "29-2072",
    "OCC_TITLE": "Medical Records Specialists",
    "TOT_EMP": "194720",
    "H_MEAN": "27.30",
    "A_MEAN": "56790",
    "H_PCT10": "17.79",
    "H_PCT25": "20.91",
    "H_MEDIAN": "24.59",
    "H_PCT75": "31.17",
    "H_PCT90": "39.01",
    "A_PCT10": "37000",
    "A_PCT25": "43490",
    "A_MEDIAN": "51140",
    "A_PCT75": "64820",
    "A_PCT90": "81150",
}
ALABAMA = NATION | {"AREA": "01", "AREA_TITLE": "Alabama", "AREA_TYPE": "2", "PRIM_STATE": "AL"}
WITHHELD = dict.fromkeys([column for column in FIGURES.values() if column != "TOT_EMP"], "*")


def as_csv(path, rows, columns=REQUIRED, encoding="utf-8"):
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def as_workbook(path, rows, columns=REQUIRED):
    book = openpyxl.Workbook()
    book.active.append(columns)
    for row in rows:
        book.active.append([row[column] for column in columns])
    book.create_sheet("Field Descriptions").append(["Field", "Field Description"])
    book.save(path)
    return path
