from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from curriculum.oews import UnreadableFileError
from curriculum.wage_import import ReleaseError, import_release


class Command(BaseCommand):
    help = (
        "Read the yearly OEWS download of the Bureau of Labor Statistics (CSV or XLSX, as it comes) as a wage release beside "
        "those already there. The same file twice changes nothing; a corrected one updates its release."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "file", type=Path, help="all_data_M_YYYY.xlsx, or a part of it, or the same as CSV"
        )
        parser.add_argument(
            "--release", required=True, help="year and month that the estimates refer to: 2025-05"
        )
        parser.add_argument("--name", default="", help='how pages call it; "May 2025" unless given')
        parser.add_argument(
            "--published", type=date.fromisoformat, help="the day the Bureau published it: 2026-05-15"
        )
        parser.add_argument(
            "--all", action="store_true", help="keep every occupation, not only the catalogue's"
        )

    def handle(self, *args, **options):
        try:
            report = import_release(
                options["file"],
                options["release"],
                name=options["name"],
                published=options["published"],
                all_occupations=options["all"],
            )
        except (UnreadableFileError, ReleaseError) as error:
            raise CommandError(str(error)) from error
        for line in report.lines():
            self.stdout.write(line)
