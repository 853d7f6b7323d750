"""A list of records as a file: what the list shows, all of its pages, and nobody else's."""

import csv
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from tests.factories import RECORD_FACTORIES, VolumeFactory

pytestmark = pytest.mark.django_db


def table(site, kind, **filters):
    response = site.get(reverse("tracker:records_export", args=[kind, "csv"]), filters)
    assert response["Content-Disposition"].endswith('.csv"')
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_every_kind_is_a_table_that_says_what_its_list_says(kind, site, records):
    (row,) = table(site, kind)
    assert row["In one line"].casefold() == records[kind].headline().casefold()
    assert row["Where it came from"] == "self-reported"
    assert site.get(reverse("tracker:records_export", args=[kind, "xlsx"])).status_code == 200


def test_numbers_are_numbers_and_text_is_no_formula(site, coder):
    VolumeFactory(coder=coder, charts=480, note="=1+1")
    content = site.get(reverse("tracker:records_export", args=["volume", "xlsx"])).content
    head, row = load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    found = dict(zip(head, row, strict=True))
    assert found["Charts"] == 480
    assert found["Note"] == "'=1+1"


def test_it_is_the_list_as_it_is_filtered_and_not_only_its_first_page(site, coder, stranger):
    for _ in range(60):
        VolumeFactory(coder=coder)
    VolumeFactory(coder=coder, verified=True, charts=7)
    VolumeFactory(coder=stranger, charts=9)
    assert len(table(site, "volume")) == 61
    (only,) = table(site, "volume", provenance="verified")
    assert only["Charts"] == "7"


def test_a_format_that_is_none_is_not_there(site):
    assert site.get("/records/volume/table.pdf").status_code == 404
    assert site.get("/records/none/table.csv").status_code == 404
