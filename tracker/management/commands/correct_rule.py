"""Let running cycles follow a renewal rule that was wrong here, as against one that its body changed."""

from django.core.management.base import BaseCommand, CommandError

from tracker.services.renewals import correct_rule


class Command(BaseCommand):
    help = (
        "Let running cycles under a renewal rule follow its newest version: for a mistake of ours. A change by the body binds "
        "cycles that begin later, without this."
    )

    def add_arguments(self, parser):
        parser.add_argument("slug", help="Such as aapc-two-years.")

    def handle(self, *, slug, **options):
        try:
            cycles = correct_rule(slug)
        except LookupError:
            raise CommandError(f"There is no renewal rule {slug}.") from None
        self.stdout.write(f"{cycles} running cycles follow the newest version of {slug}.")
