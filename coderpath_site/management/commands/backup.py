"""Write the whole site into one file."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from coderpath_site.backups import BackupError, back_up


class Command(BaseCommand):
    help = "Write the database and the uploaded files into one file. The site may go on running."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="Such as /backups/coderpath-2026-11-21.tar.gz.")

    def handle(self, *, file: Path, **options):
        if not file.parent.is_dir():
            raise CommandError(f"There is no directory {file.parent}.")
        try:
            manifest = back_up(file)
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{file}: {file.stat().st_size:,} bytes, {len(manifest['sha256']) - 1} uploaded files."
        )
