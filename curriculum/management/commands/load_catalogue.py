from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from curriculum.catalogue import CatalogueError, Summary, load


class Command(BaseCommand):
    help = "Load the catalogue that ships (fixtures/). Local changes stay; loading twice changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("--from", dest="directory", type=Path, help="Another folder of fixtures.")

    def handle(self, *args, directory: Path | None = None, verbosity: int = 1, **options):
        try:
            summary = load(directory)
        except CatalogueError as error:
            raise CommandError(str(error)) from error
        if verbosity:
            for line in lines(summary):
                self.stdout.write(line)


def lines(summary: Summary) -> list[str]:
    """What was done, in a sentence, and a further one only for what somebody should know."""
    rows = f"{summary.added} rows added, {summary.changed} changed, {summary.unchanged} unchanged"
    notes = [f"Catalogue: {rows}."]
    if summary.local:
        notes.append(f"{summary.local} rows keep what was changed here.")
    if summary.removed:
        notes.append(f"{summary.removed} rows stay removed, as decided here.")
    if summary.own:
        notes.append(
            f"Added here under the name of a row that ships now, and left alone: {', '.join(summary.own)}."
        )
    if summary.gone:
        notes.append(f"No longer shipped, and kept: {', '.join(summary.gone)}.")
    return notes
