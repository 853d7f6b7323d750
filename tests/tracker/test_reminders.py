"""Reminders: the ladder, once each under repeated, missed and crashed runs, in the person's time zone, until it is done."""

import datetime as dt
import socketserver
import threading
import zoneinfo
from email import message_from_string
from unittest.mock import patch

import pytest
from django.core import mail
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from curriculum.models import ReminderLadder, RenewalRule
from tests.factories import BodyFactory, CertificationFactory, CredentialFactory
from tracker.models import Notice, RenewalCycle
from tracker.reminders import digest_day, due_rung, message_day, next_day
from tracker.services import reminders
from tracker.services.renewals import renew

RUNGS = [-90, -60, -30, -14, -7, -1, 1, 7, 30]
END = dt.date(2027, 3, 31)
days = st.dates(dt.date(2026, 11, 1), dt.date(2027, 9, 1))


def at(day: dt.date, hour=9, zone="America/New_York"):
    return dt.datetime.combine(day, dt.time(hour), zoneinfo.ZoneInfo(zone))


def before(n, hour=9):
    return at(END - dt.timedelta(days=n), hour)


# --- The ladder ---


@given(days, st.sets(st.sampled_from(RUNGS)))
def test_a_rung_is_due_once_and_never_an_earlier_one_after_a_later(day, sent):
    rung = due_rung(END, RUNGS, day, sent)
    if rung is not None:
        assert rung not in sent and all(rung > one for one in sent)
        assert END + dt.timedelta(days=rung) <= day
        assert due_rung(END, RUNGS, day, {*sent, rung}) is None


@given(days)
def test_run_on_every_day_each_rung_is_sent_on_its_day(first):
    sent = set()
    for day in (first + dt.timedelta(days=n) for n in range(200)):
        rung = due_rung(END, RUNGS, day, sent)
        if rung is not None:
            assert sent == set() or END + dt.timedelta(days=rung) == day
            sent.add(rung)


def test_what_is_long_past_is_left_alone():
    assert due_rung(END, RUNGS, END + dt.timedelta(days=60)) == 30
    assert due_rung(END, RUNGS, END + dt.timedelta(days=61)) is None


def test_days_of_digests():
    monday = dt.date(2026, 11, 23)
    week = [monday + dt.timedelta(days=n) for n in range(7)]
    assert {digest_day(day, True) for day in week} == {monday}
    assert [message_day(day, True) for day in (monday, week[1])] == [monday, monday + dt.timedelta(days=7)]
    assert digest_day(week[3], False) == message_day(week[3], False) == week[3]
    assert next_day(END, RUNGS, END) == END + dt.timedelta(days=1)


# --- Sending ---


@pytest.fixture
def cycle(coder):
    rule = {"kind": "by_count", "base": 36, "step": 4, "most": 5}
    RenewalRule.objects.create(
        slug="aapc", name="AAPC", body=BodyFactory(), source="test", statement="", params=rule
    )
    ReminderLadder.objects.create(
        slug="renewal", name="Renewals", source="test",
        before=[str(-n) for n in RUNGS if n < 0], after=[str(n) for n in RUNGS if n > 0],
    )  # fmt: skip
    ReminderLadder.objects.create(slug="exam", name="Exams", source="test", before=["7"], after=["7"])
    CredentialFactory(
        coder=coder, certification=CertificationFactory(), earned_on=dt.date(2020, 5, 1), expires_on=END
    )
    return RenewalCycle.objects.get(coder=coder)


def test_the_whole_ladder_of_a_cycle_that_nobody_renews(cycle):
    for n in range(100, -40, -1):
        for hour in (7, 9, 15):
            reminders.send_due(before(n, hour))
    assert list(Notice.objects.order_by("rung").values_list("rung", flat=True)) == RUNGS
    assert len(mail.outbox) == len(RUNGS)
    assert "Renewal of CPC: due on March 31, 2027" in mail.outbox[0].subject
    assert "0 of 36 hours are there, 36 are missing" in mail.outbox[0].body
    assert "it was due on" in mail.outbox[-1].subject


def test_it_waits_for_the_morning_where_the_person_is(cycle, coder):
    coder.user.time_zone = "America/Los_Angeles"
    coder.user.save()
    day = END - dt.timedelta(days=90)
    assert reminders.send_due(at(day, 9)) == 0
    assert reminders.send_due(at(day, 8, "America/Los_Angeles")) == 1


def test_what_an_outage_missed_is_merged_into_one(cycle):
    assert reminders.send_due(before(90)) == 1
    assert reminders.send_due(before(10)) == 1
    assert list(Notice.objects.order_by("pk").values_list("rung", flat=True)) == [-90, -14]


def test_a_renewal_stops_it(cycle, coder):
    assert reminders.send_due(before(30)) == 1
    renew(cycle, by=coder.user, until=dt.date(2029, 3, 31))
    assert [reminders.send_due(before(n)) for n in (14, 7, 1, -1, -7)] == [0] * 5


def test_two_runs_at_once_send_one_message(cycle, coder):
    thing = reminders.Thing(coder.pk, "renewal", f"cycle:{cycle.pk}", END)
    due = [reminders.Due(thing, -90)]
    assert [reminders._claim_and_send(coder, due, before(90)) for _ in range(2)] == [1, 0]
    assert len(mail.outbox) == 1


def test_one_left_unconfirmed_by_a_crash_goes_once_more_under_its_own_id(cycle, caplog):
    with patch.object(reminders, "_send", side_effect=SystemExit), pytest.raises(SystemExit):
        reminders.send_due(before(90))
    assert mail.outbox == [] and Notice.objects.get().sent_at is None
    now = before(90)
    assert reminders.send_due(now) == 0
    assert reminders.resend_unconfirmed(now + dt.timedelta(minutes=14)) == 0
    assert reminders.resend_unconfirmed(now + dt.timedelta(minutes=15)) == 1
    assert reminders.resend_unconfirmed(now + dt.timedelta(hours=5)) == 0
    (message,) = mail.outbox
    assert message.extra_headers["Message-ID"] == Notice.objects.get().message_id
    assert "once more" in caplog.text


def test_a_mail_server_that_refuses_is_asked_once_more(cycle):
    with patch("django.core.mail.EmailMessage.send", side_effect=OSError):
        assert reminders.send_due(before(90)) == 0
        assert reminders.resend_unconfirmed(before(90) + dt.timedelta(minutes=20)) == 0
    assert reminders.resend_unconfirmed(before(90) + dt.timedelta(hours=2)) == 0
    assert Notice.objects.get().attempts == 2


class OneMail(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs; what it sends is kept in `server.taken`. `server.drop` breaks off after the data."""

    def handle(self):
        self._say("220 here")
        while line := self.rfile.readline().strip().upper():
            if line == b"DATA":
                self._say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.taken.append(b"".join(lines).decode())
                if self.server.drop:
                    return
            if line.startswith(b"QUIT"):
                self._say("221 bye")
                return
            self._say("250 yes")

    def _say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def mail_server(settings):
    """A real SMTP server, to which Django's own backend talks."""
    with socketserver.TCPServer(("127.0.0.1", 0), OneMail) as server:
        server.taken, server.drop = [], False
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_TIMEOUT = 5
        yield server
        server.shutdown()
        thread.join()


def test_over_smtp_a_lost_answer_sends_the_same_message_once_more(cycle, mail_server):
    """The server took it, and the line broke before it said so: it goes once more, to be recognised by its Message-ID."""
    mail_server.drop = True
    assert reminders.send_due(before(90)) == 0
    mail_server.drop = False
    assert reminders.send_due(before(90)) == 0
    assert reminders.resend_unconfirmed(before(90) + dt.timedelta(minutes=15)) == 1
    assert reminders.resend_unconfirmed(before(90) + dt.timedelta(days=1)) == 0
    first, again = (message_from_string(text) for text in mail_server.taken)
    assert first["Message-ID"] == again["Message-ID"] == Notice.objects.get().message_id
    assert again["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert again["List-Unsubscribe"].strip().startswith("<http") and again["To"] == cycle.coder.user.email


def test_off_and_digests(cycle, coder):
    CredentialFactory(
        coder=coder, certification=CertificationFactory(slug="ccs"), earned_on=None, expires_on=None,
        planned_on=dt.date(2027, 1, 7),
    )  # fmt: skip
    thursday = before(90)  # December 31
    reminders.choose(coder, "renewal", "weekly")
    reminders.choose(coder, "exam", "weekly")
    assert reminders.send_due(thursday) == 0
    assert reminders.send_due(at(dt.date(2027, 1, 5))) == 1  # a Tuesday: the Monday before was missed
    assert mail.outbox[0].subject == "CoderPath: 2 dates of your credentials"
    reminders.choose(coder, "renewal", "off")
    reminders.choose(coder, "exam", "off")
    assert reminders.send_due(before(7)) == 0


def test_a_message_says_how_to_stop_it_and_one_click_does(client, cycle, coder):
    reminders.send_due(before(90))
    (message,) = mail.outbox
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = message.extra_headers["List-Unsubscribe"].strip("<>")
    path = address[address.index("/reminders/") :]
    assert client.get(path).status_code == 200
    assert reminders.choices_of(coder)["renewal"] == "at_once"
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert reminders.choices_of(coder) == {"renewal": "off", "exam": "at_once"}
    assert client.post(path[:-3] + "xx/").status_code == 404


def test_the_next_message_is_shown_before_it_goes(client, cycle, coder, time_machine):
    time_machine.move_to(before(85))
    client.force_login(coder.user)
    page = client.get(reverse("tracker:reminders")).content.decode()
    assert "January 30, 2027" in page and "Renewal of CPC: due on March 31, 2027" in page
    client.post(reverse("tracker:reminders"), {"renewal": "off", "exam": "weekly"})
    assert "None is on its way" in client.get(reverse("tracker:reminders")).content.decode()
    assert not Notice.objects.exists()
