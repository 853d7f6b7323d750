"""Bring the demo's people to a site that has none, or show how to sign in as them."""

import datetime as dt

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from tracker.demo.links import TOKEN
from tracker.demo.loading import earliest_today, load
from tracker.demo.people import ADMIN_EMAIL, ADMIN_NAME, ADMIN_WHO, PASSWORD, PEOPLE
from tracker.demo.program import INSTRUCTOR, INSTRUCTOR_NAME, INSTRUCTOR_WHO
from tracker.models import User


class Command(BaseCommand):
    help = "Bring fictional people with some years of records. Does nothing where there are people already."

    def add_arguments(self, parser):
        parser.add_argument(
            "--show", action="store_true", help="Only show the demo sign-ins, if they are here."
        )
        parser.add_argument(
            "--as-of",
            type=dt.date.fromisoformat,
            help="The day of the newest records, as 2026-03-31. Default: today.",
        )

    def handle(self, *, show, as_of, **options):
        if settings.PRODUCTION:
            raise CommandError("Demo people have a known password, so they are not brought to production.")
        today = earliest_today()
        if as_of and as_of > today:
            raise CommandError(
                f"{as_of} lies ahead, and nobody has records from then. Choose {today} or earlier."
            )
        if show:
            self._show()
        elif not User.objects.exists():
            self._load(as_of or today)

    def _load(self, day):
        try:
            load(day)
        except ObjectDoesNotExist as error:
            raise CommandError(
                "Run load_catalogue and load_wages first: the demo's people refer to what they bring."
            ) from error
        self.stdout.write(f"Demo: {len(PEOPLE)} coders with their records.")

    def _show(self):
        people = {person.email: f"{person.name}. {person.who}." for person in PEOPLE}
        people[f"{INSTRUCTOR}@demo.example"] = f"{INSTRUCTOR_NAME}. {INSTRUCTOR_WHO}."
        people[ADMIN_EMAIL] = f"{ADMIN_NAME}. {ADMIN_WHO}."
        here = set(User.objects.filter(email__in=people).values_list("email", flat=True))
        if not here:
            return
        self.stdout.write(f"Sign in as one of these, with the password {PASSWORD}")
        for email, who in people.items():
            if email in here:
                self.stdout.write(f"  {email:<24} {who}")
        self.stdout.write(
            "A résumé that is shared by a link, for anybody: " + reverse("tracker:shared", args=[TOKEN])
        )
