"""What an upload form or the API sends, until it is staged: which source it is, and what was said with it."""

from dataclasses import dataclass, field

from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload

from curriculum.models import Organization
from tracker.imports.opening import Opened
from tracker.imports.reading import MOST_BYTES, read_sheets
from tracker.models import Coder, ImportBatch, ImportSource, Team

from .running import begin
from .sources import find_source
from .staging import inspect, stage


class InMemory(MemoryFileUploadHandler):
    """An upload never touches the disk, not even for a moment; what is too large is not read to its end."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):  # noqa: N803  (Django's names)
        self.activated = True
        self.too_large = content_length > MOST_BYTES + 100_000

    def receive_data_chunk(self, raw_data, start):
        if self.too_large or start > MOST_BYTES:
            raise StopUpload(connection_reset=False)
        return super().receive_data_chunk(raw_data, start)


@dataclass
class Upload:
    """A file and what was said about it. `organization` is empty for a log of one's own, `team` where all teams are meant.

    `columns` are field keys by normalised header, `dropped` keys of columns to leave unread, `answers` by question.
    """

    data: bytes
    by: object
    coder: Coder | None = None
    organization: Organization | None = None
    team: Team | None = None
    kind: str = ""
    name: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    def open(self) -> Opened:
        """The file as it looks with all that is remembered. Raises UnreadableFileError."""
        said = {"columns": self.columns, "dropped": self.dropped, "answers": self.answers}
        sheets = read_sheets(self.data)
        opened = inspect(sheets, by=self.by, source=None, kind=self.kind, **said)
        source = self.source(opened.kind.slug, str(opened.kind.label))
        return inspect(sheets, by=self.by, source=source, **said) if source else opened

    def source(self, kind: str, default_name: str) -> ImportSource | None:
        """The source of that name, if there is one already."""
        name = " ".join(self.name.split()) or default_name
        return find_source(
            organization=self.organization, team=self.team, coder=self.coder, kind=kind, name=name
        )

    def take(self, opened: Opened) -> ImportBatch:
        """Stage an opened file that is ready, and begin with it. Raises ValidationError, PermissionDenied."""
        batch = stage(
            self.data, opened, by=self.by, organization=self.organization, team=self.team, coder=self.coder, name=self.name,
            columns=self.columns, answers=self.answers,
        )  # fmt: skip
        begin(batch)
        return batch
