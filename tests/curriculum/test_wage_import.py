"""Storing the Bureau's download as a release, and loading what ships."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curriculum import wage_import
from curriculum.models import Industry, Occupation, Wage, WageArea, WageRelease
from curriculum.oews import UnreadableFileError
from curriculum.signals import catalogue_changed
from curriculum.wage_import import ReleaseError, import_release, load_shipped
from tests.curriculum.oews_rows import ALABAMA, NATION, as_csv


@pytest.fixture
def file(tmp_path):
    return lambda *rows, **options: as_csv(tmp_path / "oews.csv", rows, **options)


@pytest.fixture
def load(file):
    return lambda *rows, slug="2025-05", **options: import_release(
        file(*rows), slug, all_occupations=True, **options
    )


@pytest.fixture
def heard():
    """The releases that the catalogue told of."""
    releases = []

    def hear(sender, release, **kwargs):
        releases.append(release.slug)

    catalogue_changed.connect(hear)
    yield releases
    catalogue_changed.disconnect(hear)


# --- The release ---


@pytest.mark.django_db
def test_a_file_becomes_a_release_with_all_that_it_refers_to(load):
    report = load(NATION, ALABAMA, published=date(2026, 5, 15))
    release = WageRelease.objects.get()
    assert (release.slug, release.name, release.reference_on) == ("2025-05", "May 2025", date(2025, 5, 1))
    assert release.published_on == date(2026, 5, 15)
    assert "oews.csv" in release.source
    assert WageArea.objects.get(code="01").states == "AL"
    assert Industry.objects.get().title == "Cross-industry"
    assert Occupation.objects.get().title == "Medical Records Specialists"
    assert Wage.objects.get(area="01").hourly_p25 == Decimal("20.91")
    assert (report.read, report.kept, report.added, report.changed) == (2, 2, 2, 0)


@pytest.mark.django_db
def test_the_same_file_twice_changes_nothing_and_tells_nobody(load, heard):
    load(NATION, ALABAMA)
    before = list(Wage.objects.order_by("pk").values())
    with CaptureQueriesContext(
        connection,
    ) as queries:
        report = load(NATION, ALABAMA)
    assert list(Wage.objects.order_by("pk").values()) == before
    assert (report.kept, report.added, report.changed) == (2, 0, 0)
    assert heard == ["2025-05"]
    assert not [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE"))]


@pytest.mark.django_db
def test_a_corrected_file_updates_its_rows_and_keeps_the_others(load, heard):
    load(NATION, ALABAMA)
    pk = Wage.objects.get(area="01").pk
    report = load(ALABAMA | {"A_PCT90": "#"})
    corrected = Wage.objects.get(area="01")
    assert (corrected.pk, corrected.annual_p90, corrected.topcoded) == (pk, 239_200, ["annual_p90"])
    assert Wage.objects.get(area="99").annual_p90 == 81_150
    assert (report.added, report.changed) == (0, 1)
    assert heard == ["2025-05", "2025-05"]


@pytest.mark.django_db
def test_a_new_release_stands_beside_the_old_one(load):
    load(NATION, slug="2024-05")
    load(NATION | {"A_MEDIAN": "52000"})
    assert list(Wage.objects.order_by("release__slug").values_list("release__slug", "annual_p50")) == [
        ("2024-05", 51_140),
        ("2025-05", 52_000),
    ]


@pytest.mark.django_db
def test_titles_of_the_newest_release_hold_whatever_the_order(load):
    load(NATION, ALABAMA | {"AREA_TITLE": "Alabama as it is"})
    load(NATION, ALABAMA | {"AREA_TITLE": "Alabama as it was"}, slug="2024-05")
    assert WageArea.objects.get(code="01").title == "Alabama as it is"
    load(NATION, ALABAMA | {"AREA_TITLE": "Alabama as it will be"}, slug="2026-05")
    assert WageArea.objects.get(code="01").title == "Alabama as it will be"


@pytest.mark.django_db
def test_an_occupation_keeps_the_title_of_the_catalogue(load):
    Occupation.objects.create(code="29-2072", title="As the catalogue has it")
    load(NATION)
    assert Occupation.objects.get().title == "As the catalogue has it"


@pytest.mark.django_db
def test_only_occupations_of_the_catalogue_are_kept_unless_asked(file):
    Occupation.objects.create(code="29-2072", title="Medical Records Specialists")
    report = import_release(file(NATION, NATION | {"OCC_CODE": "13-1041"}), "2025-05")
    assert (report.read, report.kept) == (2, 1)
    assert report.refused == {"not an occupation of the catalogue": 1}
    assert not Occupation.objects.filter(code="13-1041").exists()


@pytest.mark.django_db
def test_without_any_occupation_the_catalogue_is_asked_for(file):
    with pytest.raises(ReleaseError, match="load the catalogue first"):
        import_release(file(NATION), "2025-05")
    assert not WageRelease.objects.exists()


@pytest.mark.django_db
def test_refusals_are_counted_by_reason_with_the_first_row_numbers(load):
    bad = [ALABAMA | {"A_MEDIAN": "many"}] * 5
    report = load(NATION, *bad, NATION)
    assert report.refused == {
        "A_MEDIAN is not a number": 5,
        "the same area, industry and occupation as an earlier row": 1,
    }
    text = "\n".join(report.lines())
    assert "7 rows read, 1 kept, 6 refused." in text
    assert "5 refused: A_MEDIAN is not a number (rows 3, 4, 5, …)." in text
    assert "(row 8)." in text
    assert "many" not in text


@pytest.mark.django_db
def test_a_file_without_a_row_to_keep_leaves_no_empty_release(load):
    with pytest.raises(ReleaseError, match="nothing was stored"):
        load(NATION | {"AREA": "here"})
    assert not WageRelease.objects.exists()


@pytest.mark.django_db
def test_an_import_that_breaks_off_leaves_nothing_behind(file, monkeypatch):
    monkeypatch.setattr(wage_import, "CHUNK", 1)

    def breaks_off(path):
        yield 2, NATION
        yield 3, ALABAMA
        raise UnreadableFileError("The disk is gone.")

    monkeypatch.setattr(wage_import, "read_rows", breaks_off)
    with pytest.raises(UnreadableFileError):
        import_release(file(NATION), "2025-05", all_occupations=True)
    assert not Wage.objects.exists()
    assert not WageRelease.objects.exists()


@pytest.mark.django_db
def test_more_rows_than_a_chunk_are_all_stored_and_all_compared(load, monkeypatch):
    monkeypatch.setattr(wage_import, "CHUNK", 2)
    rows = [NATION, *(ALABAMA | {"AREA": f"{n:02}", "AREA_TITLE": f"State {n}"} for n in range(1, 8))]
    assert load(*rows).added == Wage.objects.count() == 8
    assert load(*rows).changed == 0


@pytest.mark.django_db
def test_a_release_that_lies_ahead_is_a_slip(load):
    with pytest.raises(ReleaseError, match="2525-05 lies ahead"):
        load(NATION, slug="2525-05")


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["2025", "2025-13", "May 2025", "2025-5"])
def test_a_release_is_named_by_year_and_month(load, slug):
    with pytest.raises(ReleaseError, match="such as 2025-05"):
        load(NATION, slug=slug)


# --- The commands and what ships ---


@pytest.mark.django_db
def test_the_command_reports_and_names_the_release(file, capsys):
    path = file(NATION, NATION | {"OCC_CODE": "13-1041"})
    call_command(
        "import_oews", path, "--release=2026-05", "--name=Spring 2026", "--published=2027-05-14", "--all"
    )
    assert "Spring 2026: 2 rows read, 2 kept." in capsys.readouterr().out
    assert WageRelease.objects.get().published_on == date(2027, 5, 14)


@pytest.mark.django_db
def test_the_command_says_in_a_sentence_what_is_wrong(tmp_path):
    path = tmp_path / "notes.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(CommandError, match="does not name AREA"):
        call_command("import_oews", path, "--release=2026-05", "--all")


@pytest.mark.django_db
def test_what_ships_is_loaded_whole_and_only_once(capsys, heard):
    call_command("load_wages")
    call_command("load_wages")
    printed = capsys.readouterr().out
    assert printed.count("May 2025: 4,777 rows read, 4,777 kept.") == 2
    assert "0 new, 0 changed, 4,777 as before." in printed
    assert heard == ["2024-05", "2025-05"]
    assert Wage.objects.filter(release__slug="2025-05").count() == 4_777
    assert Wage.objects.filter(occupation="29-2072", release__slug="2025-05").count() == 681
    assert not Wage.objects.exclude(topcoded=[]).exists()
    assert Wage.objects.filter(release__slug="2025-05", annual_p50=None).count() == 45


@pytest.mark.django_db
def test_the_seeds_figures_ship_as_may_2024():
    load_shipped()
    wage = Wage.objects.get(release__slug="2024-05")
    assert (wage.occupation_id, wage.area_id, wage.industry_id) == ("29-2072", "99", "000000")
    assert [getattr(wage, f"annual_p{p}") for p in (10, 25, 50, 75, 90)] == [
        35_780,
        41_600,
        50_250,
        64_070,
        80_950,
    ]
    assert (wage.annual_mean, wage.employment, wage.hourly_p50) == (55_970, 187_910, Decimal("24.16"))
    assert wage.hourly_p10 is None


@pytest.mark.django_db
def test_a_release_imported_by_hand_is_not_overwritten_by_what_ships(load):
    load(NATION, slug="2024-05", name="May 2024, complete")
    report = load_shipped()[0]
    assert "left as it is" in next(report.lines())
    assert Wage.objects.get(release__slug="2024-05").annual_p50 == 51_140
    assert WageRelease.objects.get(slug="2024-05").name == "May 2024, complete"
