"""Credentials through the years: from when until when each is valid, what is planned, and what comes next."""

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .base import Chart

YEARS_BACK = 6  # what began earlier begins at the edge
ROW = 52  # pixels a credential


@dataclass(frozen=True)
class Held:
    """`state` is that of Credential.state: planned, active, expiring or lapsed."""

    code: str
    earned_on: dt.date | None
    expires_on: dt.date | None
    planned_on: dt.date | None
    state: str


def credential_chart(held: list[Held], today: dt.date) -> Chart:
    if not held:
        return Chart(
            "credentials", _("No credential yet"), _("Add one with its dates, and a renewal is seen coming.")
        )
    held = sorted(held, key=lambda one: (one.earned_on or one.planned_on or today, one.code))
    first = today.replace(year=today.year - YEARS_BACK, day=1)
    ends = [day for one in held for day in (one.expires_on, one.planned_on) if day]
    last = max([*ends, today + dt.timedelta(days=365)]) + dt.timedelta(days=60)
    bars = [
        {
            "row": f"{place:02d}",
            "name": _bar_name(one),
            "from": max(one.earned_on, first).isoformat(),
            "to": (one.expires_on or last).isoformat(),
            "lapsed": one.state == "lapsed",
        }
        for place, one in enumerate(held)
        if one.earned_on
    ]
    plans = [
        {"row": f"{place:02d}", "name": _bar_name(one), "day": one.planned_on.isoformat()}
        for place, one in enumerate(held)
        if not one.earned_on and one.planned_on
    ]
    return Chart(
        "credentials",
        _title(held, today),
        _("Bars run from the day earned to the last day valid; a diamond is a planned exam, the line is today."),
        (_("Credential"), _("Earned"), _("Valid until"), _("State")),
        [
            (
                one.code,
                _day(one.earned_on),
                _day(one.expires_on) if one.earned_on else "",
                _("exam planned for %(day)s") % {"day": _day(one.planned_on)} if one.state == "planned" else _STATES[one.state](),
            )
            for one in held
        ],
        {
            "bars": bars, "plans": plans, "today": today.isoformat(), "first": min([first.isoformat()] if not bars else [bar["from"] for bar in bars]),
            "last": last.isoformat(), "rows": [f"{place:02d}" for place in range(len(held))],
        },
        height=ROW * len(held) + 45, narrow_height=ROW * len(held) + 45,
    )  # fmt: skip


_STATES = {
    "active": lambda: _("active"),
    "expiring": lambda: _("ends within 90 days"),
    "lapsed": lambda: _("lapsed"),
}


def _day(day: dt.date | None) -> str:
    return date_format(day, "M j, Y") if day else "–"


def _bar_name(one: Held) -> str:
    return _("%(code)s, lapsed") % {"code": one.code} if one.state == "lapsed" else one.code


def _title(held: list[Held], today: dt.date) -> str:
    lapsed = [one for one in held if one.state == "lapsed"]
    coming = sorted(
        (one.expires_on, one.code) for one in held if one.state in ("active", "expiring") and one.expires_on
    )
    if lapsed:
        one = max(lapsed, key=lambda one: one.expires_on)
        return _("%(code)s lapsed on %(day)s") % {"code": one.code, "day": _day(one.expires_on)}
    if coming:
        day, code = coming[0]
        days = (day - today).days
        left = ngettext("%(n)s day left", "%(n)s days left", days) % {"n": f"{days:,}"}
        return _("%(code)s is the next to renew: by %(day)s, %(left)s") % {
            "code": code,
            "day": _day(day),
            "left": left,
        }
    planned = sorted((one.planned_on, one.code) for one in held if one.state == "planned" and one.planned_on)
    if planned:
        return _("Next: the %(code)s exam, planned for %(day)s") % {
            "code": planned[0][1],
            "day": _day(planned[0][0]),
        }
    return _("No credential has an end that we know of")
