"""What a coder has to do by when, as days in a calendar. Never pay, never a score: calendars are shown to others."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from tracker.models import Assignment, Coder, Credential, Enrollment

from .assignments import lines_of

# What is past stays so long in the calendar, for whoever looks back.
KEPT = dt.timedelta(days=90)


@dataclass(frozen=True)
class Date:
    """A whole day. `key` stays the same while what it is about does, so that a calendar moves it instead of doubling it.

    `warn_days` are the days before it on which the calendar rings.
    """

    key: str
    day: dt.date
    title: str
    path: str
    tentative: bool = False
    warn_days: tuple[int, ...] = ()


def calendar_dates(coder: Coder, today: dt.date) -> list[Date]:
    """All dates from a while ago on, by day."""
    dates = [*_credentials(coder), *_assignments(coder, today)]
    return sorted((date for date in dates if date.day >= today - KEPT), key=lambda date: (date.day, date.key))


def _credentials(coder: Coder) -> Iterator[Date]:
    for record in Credential.objects.counted().filter(coder=coder).select_related("certification"):
        path = reverse("tracker:record_edit", args=[record.KIND, record.pk])
        code = record.certification.code
        if record.expires_on:
            yield Date(
                f"renewal-{record.pk}", record.expires_on, _("%(code)s: renewal due") % {"code": code}, path,
                warn_days=(60, 14, 1),
            )  # fmt: skip
        if record.planned_on and not record.earned_on:
            yield Date(
                f"exam-{record.pk}", record.planned_on, _("%(code)s: exam planned") % {"code": code}, path,
                tentative=True, warn_days=(7, 1),
            )  # fmt: skip


def _assignments(coder: Coder, today: dt.date) -> Iterator[Date]:
    mine = Assignment.objects.current().filter(enrollment__coder=coder, due_on__isnull=False)
    programs = dict(Enrollment.objects.open().filter(coder=coder).values_list("pk", "cohort__program__name"))
    for enrollment, lines in lines_of(mine, today).items():
        for line in lines:
            if line.is_open:
                words = {"what": line.name, "program": programs.get(enrollment, "")}
                yield Date(
                    f"assignment-{line.pk}", line.due_on, _("%(what)s is due (%(program)s)") % words,
                    reverse("tracker:dashboard"), warn_days=(7, 1),
                )  # fmt: skip
