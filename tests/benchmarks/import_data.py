"""A team and the steps of an import, for the benchmark. The floor is the least that anything could do with the file."""

import csv
import io

from django.core.management import call_command
from django.db import connection

from tests.factories import MembershipFactory, StaffFactory, TeamFactory
from tracker.models import ImportBatch, ImportState
from tracker.services.imports import running
from tracker.services.imports.names import match, unmatched
from tracker.services.imports.uploads import Upload


def people(members: int):
    """A manager, the organization, and coders by the name that the file has for them."""
    call_command("load_catalogue", verbosity=0)
    team = TeamFactory()
    who = {f"coder {n}": MembershipFactory(team=team).coder for n in range(members)}
    return StaffFactory(organization=team.organization).user, team.organization, who


class Import:
    def __init__(self, file: bytes, by, organization, who):
        self.upload = Upload(file, by=by, organization=organization, name="Activity")
        self.by, self.who = by, who

    def open(self):
        self.opened = self.upload.open()

    def stage(self):
        self.batch = self.upload.take(self.opened)
        del self.opened, self.upload

    def match(self):
        said = {(one.vocabulary, one.key): str(self.who[one.key].pk) for one in unmatched(self.batch)}
        assert not match(self.batch, said, by=self.by)

    def preview(self):
        ImportBatch.objects.update(state=ImportState.PLANNING)
        running.run(self.batch.pk)

    def commit(self):
        ImportBatch.objects.filter(state=ImportState.READY).update(state=ImportState.COMMITTING, attempts=0)
        running.run(self.batch.pk)

    def undo(self):
        ImportBatch.objects.filter(state=ImportState.DONE).update(state=ImportState.UNDOING, attempts=0)
        running.run(self.batch.pk)

    def counts(self):
        self.batch.refresh_from_db()
        return self.batch.state, self.batch.counts


def floor(file: bytes) -> None:
    """The file's cells read, and as many bare rows stored."""
    rows = list(csv.reader(io.StringIO(file.decode())))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE floor (id bigserial PRIMARY KEY, name text, day text, charts text, time text)"
        )
        with cursor.copy("COPY floor (name, day, charts, time) FROM STDIN") as copy:
            for row in rows:
                if len(row) == 11:
                    copy.write_row((row[0], row[1], row[5], row[10]))
