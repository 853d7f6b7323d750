"""Logging by one line and by the week."""

import datetime as dt

import pytest
from django.urls import reverse

from tests.factories import VolumeFactory, WorkTypeFactory
from tracker.models import Audit, Volume

LOG, WEEK = reverse("tracker:log"), reverse("tracker:week")


@pytest.fixture
def emergency(db):
    return WorkTypeFactory(slug="emergency", name="Emergency department", aliases=["ED"])


def look(site, line, **more):
    return site.post(LOG, {"line": line}, **more)


def test_a_line_is_shown_as_a_form_and_not_saved(site, emergency):
    page = look(site, "32 ED charts 7.5h").content.decode()
    assert "Emergency department" in page and "7:30 hours" in page and "Nothing is saved yet" in page
    assert not Volume.objects.exists()


def test_what_the_preview_posts_is_saved(site, coder, emergency):
    form = look(site, "audit 30ch 396/412 ED random").context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    site.post(reverse("tracker:record_add", args=["audit"]), sent)
    audit = Audit.objects.get()
    assert (audit.records_reviewed, audit.basis, audit.work_type) == (30, "random", emergency)
    assert str(audit.scores.get()) == "396 of 412 code over code"


def test_what_is_missing_is_asked_for(site, emergency):
    response = look(site, "32 ED charts")
    assert "What is missing" in response.content.decode()
    assert "minutes" in response.context["form"].errors


def test_the_last_work_type_is_assumed_and_said(site, coder, emergency):
    VolumeFactory(coder=coder, work_type=emergency)
    response = look(site, "32 charts 7.5h")
    assert response.context["form"].is_valid()
    assert "Emergency department, as last time" in response.content.decode()


def test_a_line_about_a_patient_is_refused_and_not_repeated(site, emergency):
    response = look(site, "32 ED charts 7h MRN 12345678")
    assert response.status_code == 422
    assert (
        "12345678" not in response.content.decode()
        and "could identify a patient" in response.content.decode()
    )


def test_a_puzzling_line_stays_and_forms_are_offered(site, db):
    response = look(site, "hello <b>there</b>")
    page = response.content.decode()
    assert response.status_code == 422 and "hello &lt;b&gt;there&lt;/b&gt;" in page and "Log charts" in page


def test_again_leads_to_the_week(site, db):
    assert look(site, "yesterday again").headers["Location"] == f"{WEEK}?again=1"
    assert look(site, "again", headers={"hx-request": "true"}).headers["HX-Redirect"] == f"{WEEK}?again=1"


# --- A week at once ---


def cell(day, **given):
    return {f"{day:%Y%m%d}-emergency-{name}": value for name, value in given.items()}


def post_week(site, *cells, week=""):
    data = {"type": "emergency"}
    for one in cells:
        data |= one
    return site.post(f"{WEEK}?week={week}", data)


def test_a_week_is_saved_day_by_day(site, coder, emergency):
    today = coder.today()
    monday = today - dt.timedelta(days=today.weekday() + 7)
    days = [monday + dt.timedelta(days=n) for n in range(5)]
    response = post_week(
        site, *(cell(day, charts=str(30 + day.day), hours="7.5") for day in days), week=monday
    )
    assert response.status_code == 302
    saved = Volume.objects.filter(coder=coder).order_by("ends_on")
    assert [(row.starts_on, row.ends_on, row.charts, row.minutes) for row in saved] == [
        (day, day, 30 + day.day, 450) for day in days
    ]
    post_week(site, *(cell(day, charts=str(30 + day.day), hours="7:30") for day in days), week=monday)
    assert Volume.objects.count() == 5 and Volume.history.count() == 5


def test_a_cell_is_changed_or_emptied_only_where_it_was_seen(site, coder, emergency):
    day = coder.today()
    record = VolumeFactory(
        coder=coder, work_type=emergency, starts_on=day, ends_on=day, charts=20, minutes=300
    )
    post_week(site, cell(day, charts="25", hours="5", was=str(record.pk)))
    record.refresh_from_db()
    assert record.charts == 25
    post_week(site, cell(day, charts="", hours=""))
    record.refresh_from_db()
    assert record.removed_at is None
    post_week(site, cell(day, charts="", hours="", was=str(record.pk)))
    record.refresh_from_db()
    assert record.removed_at is not None


def test_one_wrong_cell_saves_nothing_and_loses_nothing(site, coder, emergency):
    day = coder.today()
    other = day - dt.timedelta(days=1) if day.weekday() else day
    cells = [cell(day, charts="30", hours="")] + (
        [cell(other, charts="44", hours="6")] if other != day else []
    )
    response = post_week(site, *cells)
    page = response.content.decode()
    assert response.status_code == 422 and "Say the hours, too." in page and 'value="30"' in page
    assert not Volume.objects.exists()


def test_a_rule_that_only_the_record_knows_is_said_in_its_cell(site, coder, emergency):
    response = post_week(site, cell(coder.today(), charts="30", hours="25"))
    assert response.status_code == 422 and "more time than the period has" in response.content.decode()


def test_attested_and_longer_records_are_shown_and_left_alone(site, coder, emergency):
    day = coder.today()
    imported = VolumeFactory(
        coder=coder, work_type=emergency, starts_on=day, ends_on=day, charts=11, imported=True
    )
    VolumeFactory(
        coder=coder, work_type=emergency, starts_on=day - dt.timedelta(days=6), ends_on=day, charts=99
    )
    page = site.get(WEEK).content.decode()
    assert "11 Emergency department charts" in page and "99 Emergency department charts" in page
    post_week(site, cell(day, charts="", hours="", was=str(imported.pk)))
    imported.refresh_from_db()
    assert imported.removed_at is None


def test_again_drafts_today_after_the_last_day_and_saves_nothing(site, coder, emergency):
    last = coder.today() - dt.timedelta(days=3)
    VolumeFactory(coder=coder, work_type=emergency, starts_on=last, ends_on=last, charts=37, minutes=435)
    page = site.get(f"{WEEK}?again=1").content.decode()
    assert 'value="37"' in page and 'value="7:15"' in page and "Nothing is saved yet" in page
    assert Volume.objects.count() == 1


def test_the_week_of_somebody_else_is_ones_own(other_site, coder, emergency):
    day = coder.today()
    record = VolumeFactory(coder=coder, work_type=emergency, starts_on=day, ends_on=day, charts=37)
    assert 'value="37"' not in other_site.get(f"{WEEK}?type=emergency").content.decode()
    other_site.post(WEEK, {"type": "emergency"} | cell(day, charts="", hours="", was=str(record.pk)))
    record.refresh_from_db()
    assert record.removed_at is None


@pytest.mark.parametrize("week", ["nonsense", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_a_strange_week_is_this_one_or_an_old_one(site, emergency, week):
    assert site.get(f"{WEEK}?week={week}&type=emergency&type=unknown").status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_week(
    site, coder, emergency, django_assert_max_num_queries
):
    for days in range(60):
        day = coder.today() - dt.timedelta(days=days)
        VolumeFactory(coder=coder, work_type=emergency, starts_on=day, ends_on=day)
    with django_assert_max_num_queries(12):
        site.get(WEEK)
