"""The pages of an import: the gate, what is asked, the preview and the result, without JavaScript."""

import csv

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories import ImportBatchFactory, StaffFactory, TeamFactory, WorkTypeFactory
from tests.tracker.imports.conftest import A2, P1
from tracker.models import ImportBatch, ImportRows, ImportSource, Membership, Volume


def send(site, text, **said):
    file = SimpleUploadedFile("export.csv", text if isinstance(text, bytes) else text.encode())
    return site.post(
        reverse("tracker:import_new"), {"owner": "me", "kind": "", "name": "My log", "file": file, **said}
    )


def page(site, batch, step="detail", **query):
    return site.get(reverse(f"tracker:import_{step}", args=[batch.pk]), query)


def test_from_the_file_to_the_records_and_back(site, coder):
    WorkTypeFactory(slug="emergency", aliases=["ED", "ER"])
    response = send(site, P1)
    batch = ImportBatch.objects.get()
    assert response.url == reverse("tracker:import_detail", args=[batch.pk])
    html = page(site, batch).content.decode()
    assert "Import 2 records" in html and "92 Emergency charts in 7 h 30 min" in html
    assert not Volume.objects.exists()
    site.post(reverse("tracker:import_commit", args=[batch.pk]))
    assert Volume.objects.filter(coder=coder).count() == 2
    assert "Undo the whole import" in page(site, batch).content.decode()
    site.post(reverse("tracker:import_undo", args=[batch.pk]))
    assert not Volume.objects.exists()
    assert "as if the file had never come" in page(site, batch).content.decode()


def test_patient_data_is_refused_by_column_and_no_value_is_repeated_nor_logged(site, coder, caplog):
    caplog.set_level(0)
    response = send(site, A2)
    html = response.content.decode()
    assert response.status_code == 422
    assert "Column D “Account #”" in html and "nothing of it was kept" in html
    assert "100234567" not in html and "Doe, J" not in html
    assert "100234567" not in caplog.text
    assert (
        not ImportBatch.objects.exists()
        and not ImportRows.objects.exists()
        and not ImportSource.objects.exists()
    )


def test_a_value_that_slipped_into_the_headings_is_not_repeated(site, coder):
    html = send(
        site, "coder,date,charts,hours,John 123-45-6789\nx,2026-01-05,3,1,400-12-3456\n"
    ).content.decode()
    assert "Column E:" in html and "123-45-6789" not in html and "400-12-3456" not in html


def test_what_was_chosen_stays_chosen_when_something_is_asked(site, coder):
    html = send(
        site, "user name,when done,submitted,total hours\nA,1,3,1\n", name="Activity", kind="productivity"
    ).content.decode()
    assert 'value="Activity"' in html and '<option value="productivity" selected>' in html
    assert "Choose the file again: it was not kept." in html


def test_a_column_nobody_knows_can_be_told_and_is_remembered(site, coder):
    WorkTypeFactory(slug="emergency", aliases=["ED"])
    text = "day done,work type,charts,hours\n2026-01-05,ED,3,1\n"
    html = send(site, text).content.decode()
    assert "its name does not say that they are dates of your work" in html
    assert send(site, text, **{"column:day done": "date"}).status_code == 302
    assert send(site, text).status_code == 302  # said once
    assert ImportBatch.objects.count() == 2


def test_words_nobody_knows_are_asked_for_on_a_page(site, coder):
    WorkTypeFactory(slug="emergency")
    send(site, P1)
    batch = ImportBatch.objects.get()
    html = page(site, batch).content.decode()
    assert "What do these words stand for?" in html
    url = reverse("tracker:import_detail", args=[batch.pk])
    assert site.post(url, {}).status_code == 422
    site.post(url, {"work_type-ed": "emergency", "work_type-er": "emergency"})
    batch.refresh_from_db()
    assert batch.state == "ready"


def test_a_file_that_is_none_says_so(site, coder):
    for data in (b"", b"%PDF-1.7 x", b"PK\x03\x04broken", b"\x00\x01\x02" * 50, b"hello"):
        response = send(site, data)
        assert response.status_code == 422, data
        assert not ImportBatch.objects.exists()


def test_a_file_that_is_too_large_is_not_read_to_its_end(site, coder):
    response = send(site, b"a" * (20 * 1024 * 1024 + 200_000))
    assert response.status_code == 422


def test_somebody_elses_import_is_not_there(other_site, coder):
    batch = ImportBatchFactory(source__coder=coder)
    for step in ("detail", "progress"):
        assert page(other_site, batch, step).status_code == 404
    assert other_site.get(reverse("tracker:import_export", args=[batch.pk, "csv"])).status_code == 404
    for step in ("commit", "cancel", "undo", "forget"):
        assert other_site.post(reverse(f"tracker:import_{step}", args=[batch.pk])).status_code == 404


def test_the_progress_line_fetches_the_page_once_the_step_is_over(site, coder):
    batch = ImportBatchFactory(source__coder=coder, state="planning", progress=40)
    assert "40%" in page(site, batch, "progress").content.decode()
    ImportBatch.objects.update(state="ready")
    assert page(site, batch, "progress").headers["HX-Refresh"] == "true"


def test_a_staff_list_invites_on_pages(db, client_class):
    team = TeamFactory(organization__name="Gulf Pines")
    browser = client_class()
    browser.force_login(StaffFactory(organization=team.organization).user)
    html = browser.get(reverse("tracker:import_new"), {"kind": "roster"}).content.decode()
    assert '<option value="roster" selected>' in html
    owner = str(team.organization_id)
    response = send(browser, "Name,E-mail,Title\nAnn Roe,ann@example.com,Coder II\n", owner=owner, name="")
    batch = ImportBatch.objects.get()
    assert response.url == reverse("tracker:import_detail", args=[batch.pk])
    html = page(browser, batch).content.decode()
    assert "Invite 1 person" in html and "Ann Roe, Coder II" in html
    browser.post(reverse("tracker:import_commit", args=[batch.pk]))
    assert Membership.objects.get().site == "http://testserver"
    people = browser.get(reverse("tracker:team_people", args=[team.pk])).content.decode()
    assert "Ann Roe" in people and "ann@example.com" in people
    browser.post(reverse("tracker:import_undo", args=[batch.pk]))
    assert "that nobody had answered are withdrawn" in page(browser, batch).content.decode()


def test_what_would_happen_can_be_taken_along_as_a_file(site, coder):
    WorkTypeFactory(slug="emergency", aliases=["ED"])
    send(site, "date,work type,charts,hours\n2026-01-05,ED,3,1\n2026-01-06,ED,x,1\n")
    batch = ImportBatch.objects.get()

    def table(**query):
        url = reverse("tracker:import_export", args=[batch.pk, "csv"])
        return list(csv.DictReader(site.get(url, query).content.decode("utf-8-sig").splitlines()))

    assert [(row["What would happen"], row["Rows"]) for row in table()] == [("Errors", "3"), ("New", "2")]
    (wrong,) = table(show="error")
    assert wrong["Column"] == "C “charts”" and wrong["What"] == "This is not a number."
    site.post(reverse("tracker:import_commit", args=[batch.pk]), {"only_good": "yes"})
    assert [row["What"] for row in table()] == ["This is not a number."]
    xlsx = site.get(reverse("tracker:import_export", args=[batch.pk, "xlsx"]))
    assert "spreadsheetml" in xlsx.headers["Content-Type"]
    assert site.get(reverse("tracker:import_export", args=[batch.pk, "pdf"])).status_code == 404


def test_a_token_is_needed_for_a_file_too(client_class, coder):
    browser = client_class(enforce_csrf_checks=True)
    browser.force_login(coder.user)
    assert send(browser, P1).status_code == 403


def test_samples_can_be_imported(site, coder):
    WorkTypeFactory(slug="emergency", aliases=["ED"])
    for kind in ("productivity", "audits", "credentials", "certificates"):
        response = site.get(reverse("tracker:import_sample", args=[kind]))
        assert "attachment" in response.headers["Content-Disposition"]
        answered = send(site, response.content, **{"answer:method": "code_over_code"})
        assert answered.status_code == 302, answered.content.decode()
