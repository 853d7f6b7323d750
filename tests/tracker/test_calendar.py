"""The calendar feed, read by another library than the one that writes it."""

import datetime as dt

import pytest
import time_machine
import vobject
from django.urls import reverse

from tests.factories import CertificationFactory, CredentialFactory, PayFactory
from tracker.models import CalendarFeed
from tracker.services.calendar import make_feed
from tracker.services.records import remove_record

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 31)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(dt.datetime(2026, 3, 31, 17, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def dates(coder):
    CredentialFactory(coder=coder, expires_on=dt.date(2026, 6, 30), number="A1")
    CredentialFactory(
        coder=coder, certification=CertificationFactory(slug="cpma", code="CPMA"), earned_on=None,
        expires_on=None, planned_on=dt.date(2026, 5, 2),
    )  # fmt: skip
    PayFactory(coder=coder)


def read(client, coder):
    response = client.get(reverse("tracker:calendar_feed", args=[make_feed(coder)]))
    assert response["Content-Type"].startswith("text/calendar")
    return list(vobject.readOne(response.content.decode()).contents.get("vevent", []))


def test_it_holds_renewals_and_planned_exams_with_alarms_and_nothing_private(client, coder, dates):
    exam, renewal = read(client, coder)
    assert (exam.summary.value, exam.dtstart.value, exam.status.value) == (
        "CPMA: exam planned", dt.date(2026, 5, 2), "TENTATIVE",
    )  # fmt: skip
    assert (renewal.dtstart.value, renewal.status.value) == (dt.date(2026, 6, 30), "CONFIRMED")
    assert [alarm.trigger.value.days for alarm in renewal.valarm_list] == [-60, -14, -1]
    text = "".join(event.serialize() for event in (exam, renewal))
    assert "58000" not in text
    assert "A1" not in text


def test_a_date_that_moves_keeps_its_name_and_one_that_is_removed_goes(client, coder, dates):
    before = {event.uid.value for event in read(client, coder)}
    credential = coder.credential_records.exclude(expires_on=None).get()
    credential.expires_on = dt.date(2026, 7, 31)
    credential.save()
    assert {event.uid.value for event in read(client, coder)} == before
    remove_record(credential, by=coder.user)
    assert len(read(client, coder)) == 1


def test_what_passed_long_ago_is_not_in_it(client, coder):
    CredentialFactory(coder=coder, earned_on=dt.date(2020, 1, 1), expires_on=TODAY - dt.timedelta(days=91))
    assert read(client, coder) == []


def test_an_address_is_shown_once_and_a_new_one_or_none_ends_it(client, coder):
    client.force_login(coder.user)
    page = reverse("tracker:calendar")
    first = client.post(page).context["address"]
    assert first.rpartition("/")[2].removesuffix(".ics") not in client.get(page).content.decode()
    client.logout()
    assert client.get(first).status_code == 200
    assert CalendarFeed.objects.get().last_read_at is not None
    client.force_login(coder.user)
    second = client.post(page).context["address"]
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    client.post(reverse("tracker:calendar_end"))
    assert client.get(second).status_code == 404


def test_who_may_no_longer_sign_in_is_read_by_no_calendar(client, coder):
    address = reverse("tracker:calendar_feed", args=[make_feed(coder)])
    coder.user.is_active = False
    coder.user.save()
    assert client.get(address).status_code == 404
