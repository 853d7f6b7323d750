"""A thousand malformed files: none crashes, none writes, and none gets a value of its own into what is said about it."""

import io
import random
import zipfile

import openpyxl
import pytest
from django.core.exceptions import ValidationError

from tests.factories import DAY
from tests.tracker.imports.conftest import A1, A2, A3, P1, P2, P3, R1
from tracker.imports.errors import UnreadableFileError
from tracker.imports.fields import vocabulary
from tracker.imports.kinds import KINDS
from tracker.imports.kinds.audits import WORDS
from tracker.imports.lines import read_lines
from tracker.imports.opening import open_file, settings_of
from tracker.imports.reading import read_sheets
from tracker.models import RECORD_MODELS, ImportBatch, ImportState, Membership
from tracker.services.imports.uploads import Upload

VOCABULARY = vocabulary(work_type=[("emergency", ["ED", "ER"]), ("inpatient", ["IP"])], specialty=[("cardiology", [])],
                        certification=[("cpc", ["CPC"])], body=[("aapc", ["AAPC"])], **WORDS)  # fmt: skip
GOOD = [text.encode() for text in (P1, P2, P3, A1, A2, A3, R1)]
SECRET = "Zebulon-400-12-3456"
NASTY = [b"\x00", b'"', b"\xff\xfe", b"\xef\xbb\xbf", b",,,,", b";\t|", b"=cmd()", b"\r", b"1e999", b"-1", b"99/99/99", b"NaN",
         "٣٤".encode(), "–−".encode(), b"24:99:99", b"(3)", b"101%", b"0000-00-00", b"\n\n\n", SECRET.encode()]  # fmt: skip


def workbook(rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


WORKBOOK = workbook([["Coder", "Date", "Charts", "Hours"], ["A", DAY, 20, 7.5], ["B", "x", None, -1]])


def malformed(number: int) -> bytes:
    """The same file for the same number: bytes broken, cut, shuffled or strewn with what no table should hold."""
    random_ = random.Random(number)
    data = bytearray(WORKBOOK if number % 10 == 0 else random_.choice(GOOD))
    for _ in range(random_.randint(1, 12)):
        at = random_.randrange(len(data) + 1)
        match random_.randrange(6):
            case 0:
                data[at : at + random_.randrange(40)] = b""
            case 1:
                data[at:at] = random_.choice(NASTY)
            case 2:
                data[at : at + 3] = random_.randbytes(3)
            case 3:
                data = data[: at or 1]
            case 4:
                data += data[at:]
            case 5:
                lines = bytes(data).split(b"\n")
                random_.shuffle(lines)
                data = bytearray(b"\n".join(lines))
        if not data:
            return b""
    return bytes(data)


def read_through(data: bytes) -> list[str]:
    """Everything that would be said about a file, up to its last row."""
    answers = {"date_order": "mdy", "method": "code_over_code", "scale": "percent", "each_row": "record",
               "work_type": "emergency", "first_day": "2026-01-01", "last_day": "2026-01-31"}  # fmt: skip
    try:
        opened = open_file(read_sheets(data), VOCABULARY, today=DAY, answers=answers)
    except UnreadableFileError as error:
        return [str(error)]
    said = [str(refusal.why) for refusal in opened.refused] + opened.missing
    if not opened.is_ready:
        return said
    notes: list = []
    settings = settings_of(opened, VOCABULARY, answers, DAY)
    for line in read_lines(opened.staged(), opened.kept_columns(), opened.kind, settings, notes):
        entries = list(opened.kind.interpret(line, settings))
        said += [note.text for note in line.notes]
        if not line.is_wrong:
            for entry in entries:
                assert entry.kind == KINDS[opened.kind.slug].record
                _plausible(entry)
    return said + [note.text for note in notes]


def _plausible(entry) -> None:
    values = entry.values
    if entry.kind == "volume":
        assert (
            values["charts"] > 0 and values["minutes"] > 0 and values["starts_on"] <= values["ends_on"] <= DAY
        )
    if entry.kind == "audit":
        assert values["records_reviewed"] > 0 and values["audited_on"] <= DAY
        for found in entry.scores.values():
            assert 0 <= found[0] <= found[1] if isinstance(found, tuple) else 0 <= found <= 100


@pytest.mark.parametrize("part", range(4))
def test_no_malformed_file_crashes_or_is_repeated(part):
    for number in range(part * 250, part * 250 + 250):
        said = read_through(malformed(number))
        assert not any("Zebulon" in text or "3456" in text for text in said), number


def test_a_workbook_that_claims_to_be_huge_is_not_unpacked():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(5):
            archive.writestr(f"xl/worksheets/sheet{n}.xml", b"0" * 100_000_000)
    with pytest.raises(UnreadableFileError, match="too large"):
        read_sheets(out.getvalue())


def test_none_of_them_writes(mine):
    """Every fifth, through the same door as a page: what is taken waits to be looked over, and nothing is stored."""
    for number in range(0, 1000, 5):
        upload = Upload(malformed(number), by=mine.by, coder=mine.coder)
        try:
            opened = upload.open()
            if opened.is_ready:
                upload.take(opened)
        except (UnreadableFileError, ValidationError):
            pass
        assert not ImportBatch.objects.filter(state=ImportState.DONE).exists(), number
    assert not any(model.objects.exists() for model in RECORD_MODELS)
    assert not Membership.objects.exists()
