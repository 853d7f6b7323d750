"""Records as pages: adding, changing, taking away and bringing back, with htmx and without."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from tests.factories import (
    RECORD_FACTORIES,
    AuditFactory,
    CertificationFactory,
    VolumeFactory,
    WorkTypeFactory,
)
from tracker.models import Audit, Credential, Volume
from tracker.views.messages import UNDO

HTMX = {"HX-Request": "true"}
AUDIT = {
    "audited_on": "2026-03-31", "auditor": "internal", "basis": "random", "records_reviewed": "30",
    "codes_reviewed": "202", "codes_correct": "196",
}  # fmt: skip
VOLUME = {"starts_on": "2026-03-23", "ends_on": "2026-03-27", "charts": "310", "minutes": "37:30"}


def add(kind):
    return reverse("tracker:record_add", args=[kind])


def of(name, record):
    return reverse(f"tracker:{name}", args=[record.KIND, record.pk])


def undo_of(response) -> str:
    (message,) = get_messages(response.wsgi_request)
    return message.extra_tags.removeprefix(UNDO)


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_each_kind_has_a_form_to_add_and_to_change(site, records, kind):
    for url in (add(kind), of("record_edit", records[kind])):
        response = site.get(url)
        assert response.status_code == 200
        assert "<form" in response.content.decode()


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_each_form_shows_every_field_that_it_asks_for(site, records, kind):
    response = site.get(of("record_edit", records[kind]))
    html = response.content.decode()
    for name in response.context["form"].fields:
        assert f'name="{name}"' in html, name


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_each_kind_is_listed_with_its_provenance(site, records, kind):
    html = site.get(reverse("tracker:records_kind", args=[kind])).content.decode()
    assert of("record_edit", records[kind]) in html
    assert "self-reported" in html


def test_an_audit_is_saved_and_said(site, coder):
    response = site.post(add("audit"), AUDIT)
    assert response.headers["Location"] == reverse("tracker:records_kind", args=["audit"])
    audit = Audit.objects.get(coder=coder)
    assert [str(score) for score in audit.scores.all()] == ["196 of 202 code over code"]
    assert "Logged:" in site.get(response.url).content.decode()


def test_what_was_just_logged_can_be_undone(site, coder):
    response = site.post(add("audit"), AUDIT)
    site.post(undo_of(response))
    assert not Audit.objects.current().exists()


def test_an_error_keeps_what_was_typed_and_says_what_to_do(site):
    response = site.post(add("audit"), {**AUDIT, "codes_correct": "212", "note": "With the new auditor"})
    html = response.content.decode()
    assert response.status_code == 422
    assert 'value="212"' in html
    assert "With the new auditor" in html
    assert 'aria-invalid="true"' in html
    assert "One field needs another look" in html
    assert not Audit.objects.exists()


def test_patient_data_is_refused_and_not_logged_in_the_message(site):
    response = site.post(add("audit"), {**AUDIT, "note": "MRN 12345678"})
    assert response.status_code == 422
    assert not Audit.objects.exists()
    assert "could identify a patient" in response.content.decode()


def test_a_form_returns_to_where_it_was_opened_from(site):
    work_type = WorkTypeFactory().pk
    response = site.post(add("volume"), {**VOLUME, "work_type": work_type, "next": "/dashboard/"})
    assert response.headers["Location"] == "/dashboard/"


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com/", "javascript:alert(1)"])
def test_a_form_never_leads_off_the_site(site, elsewhere):
    response = site.post(add("volume"), {**VOLUME, "work_type": WorkTypeFactory().pk, "next": elsewhere})
    assert response.headers["Location"] == reverse("tracker:records_kind", args=["volume"])
    assert elsewhere not in site.get(add("volume"), {"next": elsewhere}).content.decode()


def test_htmx_gets_the_form_alone(site):
    html = site.get(add("audit"), headers=HTMX).content.decode()
    assert "<form" in html
    assert "<html" not in html


def test_htmx_gets_what_changed_once_saved(site, coder):
    response = site.post(add("audit"), AUDIT, headers=HTMX)
    html = response.content.decode()
    assert response.status_code == 200
    assert "logged" in response.headers["HX-Trigger"]
    assert of("record_remove", Audit.objects.get(coder=coder)) in html
    assert 'id="recent"' in html
    assert 'hx-swap-oob="true"' in html
    assert 'name="records_reviewed"' not in html


def test_htmx_gets_the_form_with_its_errors(site):
    response = site.post(add("audit"), {**AUDIT, "codes_correct": "212"}, headers=HTMX)
    assert response.status_code == 422
    assert "<html" not in response.content.decode()
    assert 'value="212"' in response.content.decode()


def test_a_change_is_saved_and_shown_in_the_history(site, coder):
    volume = VolumeFactory(coder=coder, charts=480)
    form = site.get(of("record_edit", volume)).context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"charts": "492", "minutes": "40:00"}
    response = site.post(of("record_edit", volume), data)
    assert response.status_code == 302
    volume.refresh_from_db()
    assert volume.charts == 492
    html = site.get(of("record_history", volume)).content.decode()
    assert "<s>480</s>" in html
    assert "492" in html
    assert str(coder.user) in html


def test_a_removed_record_comes_back_by_the_message(site, coder):
    volume = VolumeFactory(coder=coder)
    response = site.post(of("record_remove", volume))
    assert not Volume.objects.current().exists()
    assert site.post(undo_of(response)).status_code == 302
    assert Volume.objects.current().get() == volume


def test_an_attested_record_is_withdrawn_with_a_reason(site, coder):
    audit = AuditFactory(coder=coder, verified=True)
    assert site.post(of("record_remove", audit)).status_code == 422
    assert Audit.objects.current().exists()
    site.post(of("record_remove", audit), {"because": "It was another coder’s sample"})
    audit.refresh_from_db()
    assert audit.removed_because == "It was another coder’s sample"


def test_a_withdrawal_page_explains_itself(site, coder):
    html = site.get(of("record_remove", AuditFactory(coder=coder, verified=True))).content.decode()
    assert "Withdraw this record" in html
    assert 'name="because"' in html


def test_removed_records_are_shown_on_request_only(site, coder):
    AuditFactory(coder=coder, removed=True)
    url = reverse("tracker:records_kind", args=["audit"])
    assert "30 records audited" not in site.get(url).content.decode()
    html = site.get(url, {"removed": "on"}).content.decode()
    assert "30 records audited" in html
    assert "Bring back" in html


def test_a_list_is_narrowed_by_date_and_provenance(site, coder):
    AuditFactory(coder=coder, audited_on=dt.date(2025, 1, 10), records_reviewed=11)
    AuditFactory(coder=coder, audited_on=dt.date(2026, 1, 10), records_reviewed=22)
    AuditFactory(coder=coder, audited_on=dt.date(2026, 2, 10), records_reviewed=33, verified=True)
    url = reverse("tracker:records_kind", args=["audit"])

    def shown(**query):
        return {audit.records_reviewed for audit in site.get(url, query).context["page"]}

    assert shown() == {11, 22, 33}
    assert shown(since="2026-01-01") == {22, 33}
    assert shown(until="2026-01-31") == {11, 22}
    assert shown(provenance="verified") == {33}
    assert shown(since="not a date") == {11, 22, 33}


def test_a_filter_that_finds_nothing_says_so(site, coder):
    AuditFactory(coder=coder)
    url = reverse("tracker:records_kind", args=["audit"])
    assert "Nothing fits this filter" in site.get(url, {"since": "2026-09-01"}).content.decode()


def test_a_long_list_comes_in_pages_that_keep_the_filter(site, coder):
    for day in range(1, 29):
        for hour in (1, 2):
            VolumeFactory(
                coder=coder, starts_on=dt.date(2026, 2, day), ends_on=dt.date(2026, 2, day), minutes=60 * hour
            )
    url = reverse("tracker:records_kind", args=["volume"])
    html = site.get(url, {"since": "2026-01-01"}).content.decode()
    assert "Page 1 of 2" in html
    assert "since=2026-01-01&amp;page=2" in html


def test_a_list_asks_the_same_number_of_questions_at_any_length(site, coder, django_assert_max_num_queries):
    for day in range(1, 29):
        AuditFactory(coder=coder, audited_on=dt.date(2026, 2, day))
    with django_assert_max_num_queries(8):
        site.get(reverse("tracker:records_kind", args=["audit"]))


def test_an_empty_list_offers_the_first_record(site):
    html = site.get(reverse("tracker:records_kind", args=["credential"])).content.decode()
    assert "Nothing here yet" in html
    assert add("credential") in html


def test_a_planned_credential_has_its_day_in_the_list(site, coder):
    Credential.objects.create(
        coder=coder, certification=CertificationFactory(), planned_on=dt.date(2027, 2, 1)
    )
    assert "Feb 1, 2027" in site.get(reverse("tracker:records_kind", args=["credential"])).content.decode()
