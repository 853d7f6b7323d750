"""Bring a backup into an empty database."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from coderpath_site.backups import BackupError, restore


class Command(BaseCommand):
    help = "Bring a backup into an empty database (DATABASE_URL), and its files into MEDIA_ROOT. Then run migrate and verify."
    requires_migrations_checks = False
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options):
        try:
            manifest = restore(file)
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"Restored the site as of {manifest['made_at']}. Now run: manage.py migrate, then manage.py verify."
        )
