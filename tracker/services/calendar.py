"""The calendar feed: its address made, read and taken away, and its content as iCalendar (RFC 5545)."""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone
from icalendar import Alarm, Calendar, Event

from tracker.models import CalendarFeed, Coder
from tracker.secret_links import digest_of, new_token
from tracker.selectors.calendar import Date

REFRESH = dt.timedelta(hours=12)


def make_feed(coder: Coder) -> str:
    """A new address for the coder's dates: its token, which nobody can read again. An earlier one ends."""
    token = new_token()
    CalendarFeed.objects.update_or_create(
        coder=coder,
        defaults={"token_digest": digest_of(token), "made_at": timezone.now(), "last_read_at": None},
    )
    return token


def end_feed(coder: Coder) -> None:
    CalendarFeed.objects.filter(coder=coder).delete()


def feed_of(token: str) -> CalendarFeed | None:
    """The feed with that token, if its owner may still sign in."""
    return (
        CalendarFeed.objects.filter(token_digest=digest_of(token), coder__user__is_active=True)
        .select_related("coder__user")
        .first()
    )


def as_icalendar(dates: Iterable[Date], *, site: str, now: dt.datetime) -> bytes:
    """The dates as the bytes of an iCalendar file. `site` is the address of the site, without a path."""
    calendar = Calendar()
    calendar.add("prodid", "-//CoderPath//Dates//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "CoderPath")
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    host = site.rpartition("/")[2]
    for date in dates:
        event = Event()
        event.add("uid", f"{date.key}@{host}")
        event.add("dtstamp", now)
        event.add("dtstart", date.day)
        event.add("dtend", date.day + dt.timedelta(days=1))
        event.add("summary", date.title)
        event.add("url", f"{site}{date.path}")
        event.add("status", "TENTATIVE" if date.tentative else "CONFIRMED")
        event.add("transp", "TRANSPARENT")
        for days in date.warn_days:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", date.title)
            alarm.add("trigger", -dt.timedelta(days=days))
            event.add_component(alarm)
        calendar.add_component(event)
    return calendar.to_ical()
