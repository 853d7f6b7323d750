"""The whole archive: out of one account, into an empty one, without loss and without a lie."""

import io
import json
import zipfile

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tests.factories import RECORD_FACTORIES, CoderFactory, PayFactory, UserFactory
from tracker.archive.carried import CARRIED, LEFT, SAID_BY_US, hanging_on_people, history_of, owned
from tracker.archive.reading import read_archive
from tracker.archive.restoring import restore_archive
from tracker.archive.writing import CONTENT, archive_zip
from tracker.models import RECORD_KINDS, RECORD_MODELS, Audit, Pay, Provenance, Source, User, Volume
from tracker.services.accounts import delete_account
from tracker.services.coders import set_productivity_target
from tracker.services.evaluation import evaluate_if_stale
from tracker.services.records import remove_record, save_record
from tracker.services.resume import save_resume

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(coder):
    """A coder with a record of each kind, one verified, one changed and one removed, pay, a target and gaps."""
    records = {kind: make(coder=coder) for kind, make in RECORD_FACTORIES.items()}
    PayFactory(coder=coder)
    set_productivity_target(coder, records["volume"].work_type, 12, by=coder.user)
    save_record(records["volume"], by=coder.user)
    RECORD_KINDS["audit"].objects.filter(pk=records["audit"].pk).update(
        provenance=Provenance.VERIFIED, verified_by=UserFactory(), verified_at=timezone.now()
    )
    remove_record(RECORD_FACTORIES["skill"](coder=coder, note="another"), by=coder.user)
    records["volume"].charts += 1
    save_record(records["volume"], by=coder.user)
    evaluate_if_stale(coder.pk)
    return coder


def zipped(coder) -> io.BytesIO:
    return io.BytesIO(archive_zip(coder))


def altered(archive: io.BytesIO, change) -> io.BytesIO:
    """The archive with its content changed by `change(data)`."""
    out = io.BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == CONTENT:
                data = json.loads(content)
                change(data)
                content = json.dumps(data).encode()
            new.writestr(name, content)
    return out


def contents(coder) -> list:
    """All that an archive carries, without what numbers the rows here."""
    data = json.loads(zipfile.ZipFile(zipped(coder)).read(CONTENT))
    numbers = {"id", "coder", "audit", "seq", "history", "history_relation", "continuingeducation"}
    rows = [
        (row["model"], {name: value for name, value in row["fields"].items() if name not in numbers})
        for row in data["rows"] + data["changes"]
    ]
    return [data["profile"], *sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))]


def test_an_archive_brings_everything_back_as_it_was(full):
    before, archive, address = contents(full), zipped(full), full.user.email
    full.user.email = "before@demo.example"
    full.user.save()
    coder = CoderFactory(user=UserFactory(email=address))
    EmailAddress.objects.update_or_create(user=coder.user, email=address, defaults={"verified": True})
    restored = restore_archive(coder, read_archive(archive))
    assert restored.trusted
    assert contents(coder) == before
    for model in CARRIED:
        assert owned(coder, model).count() == owned(full, model).count(), model
    assert owned(coder, Audit).get().provenance == Provenance.VERIFIED


@pytest.mark.parametrize(
    "gone", [True, False], ids=["with the account deleted", "with the account still there"]
)
@pytest.mark.parametrize("change", ["figure", "withdrawal", "score", "none"])
def test_an_old_archive_makes_nothing_attested_again_that_was_changed_since(gone, change, full):
    archive, address, audit = zipped(full), full.user.email, owned(full, Audit).get()
    if change == "figure":
        audit.records_reviewed = 31
        save_record(audit, by=full.user)
    elif change == "withdrawal":
        remove_record(audit, by=full.user, because="Mistaken.")
    elif change == "score":
        score = audit.scores.get()
        score.correct -= 1
        score.save()
    if gone:
        delete_account(full.user)
    else:
        User.objects.filter(pk=full.user_id).update(email="before@demo.example")
    coder = CoderFactory(user=UserFactory(email=address))
    EmailAddress.objects.update_or_create(user=coder.user, email=address, defaults={"verified": True})
    assert restore_archive(coder, read_archive(archive)).trusted
    restored = owned(coder, Audit).get()
    believed = change == "none"
    assert restored.provenance == (Provenance.VERIFIED if believed else Provenance.SELF_REPORTED)
    assert ("verified" in restored.note) is not believed


@pytest.mark.parametrize("reason", ["another's account", "a changed file"])
def test_what_nobody_vouches_for_arrives_as_reported_and_quotes_the_claim(reason, full, stranger):
    archive = zipped(full)
    if reason == "a changed file":
        archive = altered(archive, lambda data: data.update(owner=stranger.user.email))
        EmailAddress.objects.update_or_create(
            user=stranger.user, email=stranger.user.email, defaults={"verified": True}
        )
    restored = restore_archive(stranger, read_archive(archive))
    assert not restored.trusted
    audit = owned(stranger, Audit).get()
    assert (audit.provenance, audit.source, audit.verified_by) == (
        Provenance.SELF_REPORTED, Source.ARCHIVE, None,
    )  # fmt: skip
    assert "verified" in audit.note
    assert audit.scores.count() == owned(full, Audit).get().scores.count()
    assert owned(stranger, Pay).count() == 1
    for model in SAID_BY_US:
        assert not owned(stranger, model).exists()
    assert [change.history_type for change in owned(stranger, Volume).get().history.all()] == ["+"]


def test_a_claimed_first_page_of_somebody_else_gives_nothing_of_theirs(full, stranger):
    """The numbers of people and organizations in an unsigned file are not believed."""
    archive = altered(
        zipped(full),
        lambda data: [
            row["fields"].update(coder=full.pk, made_under=1, verified_by=full.user_id)
            for row in data["rows"]
            if row["model"] == "tracker.volume"
        ],
    )
    before = owned(full, Volume).count()
    restore_archive(stranger, read_archive(archive))
    assert owned(full, Volume).count() == before
    volume = owned(stranger, Volume).get()
    assert (volume.made_under, volume.verified_by) == (None, None)


@pytest.mark.parametrize(
    ("model", "field", "value"),
    [
        ("volume", "coder_id", "victim"),
        ("pay", "coder_id", "victim"),
        ("volume", "made_under_id", 1),
        ("volume", "verified_by_id", "victim"),
        ("volume", "id", 10**6),
        ("auditscore", "audit_id", 1),
        ("volume", "nothing", 1),
    ],
)
def test_a_field_that_is_none_opens_no_other_account(model, field, value, full, stranger):
    """Django's deserializer would take "coder_id" for "coder", and store the row with somebody else."""

    def reach_out(data):
        for row in data["rows"]:
            if row["model"] == f"tracker.{model}":
                row["fields"][field] = full.pk if value == "victim" else value

    before = owned(full, Volume).count(), owned(full, Pay).count()
    with pytest.raises(ValidationError):
        restore_archive(stranger, read_archive(altered(zipped(full), reach_out)))
    assert (owned(full, Volume).count(), owned(full, Pay).count()) == before
    assert not owned(stranger, Volume).exists()


def test_an_account_with_records_is_left_alone(full):
    with pytest.raises(ValidationError, match="empty"):
        restore_archive(full, read_archive(zipped(full)))


def test_what_is_wrong_is_said_row_by_row_and_nothing_is_stored(full, stranger):
    def spoil(data):
        for row in data["rows"]:
            if row["model"] == "tracker.volume":
                row["fields"]["charts"] = -1
            if row["model"] == "tracker.credential":
                row["fields"]["certification"] = ["unheard-of"]
                row["fields"]["note"] = "MRN 12345678"

    with pytest.raises(ValidationError) as refused:
        restore_archive(stranger, read_archive(altered(zipped(full), spoil)))
    assert any(message.startswith("Chart volume, 1:") for message in refused.value.messages)
    assert not any(owned(stranger, model).exists() for model in RECORD_MODELS)


@pytest.mark.parametrize(
    "content",
    [b"", b"no zip", b"PK\x03\x04", "empty", "list", "rows", "version", "model"],
)
def test_what_is_no_archive_is_refused(content, full):
    if isinstance(content, str):
        change = {
            "empty": lambda data: data.clear(),
            "list": lambda data: data.update(rows={}),
            "rows": lambda data: data.update(rows=[1]),
            "version": lambda data: data.update(version=99),
            "model": lambda data: data["rows"].append({"model": 1, "fields": {}}),
        }[content]
        file = altered(zipped(full), change)
    else:
        file = io.BytesIO(content)
    with pytest.raises(ValidationError):
        read_archive(file)


def test_a_table_that_is_unknown_here_is_no_silent_loss(full, stranger):
    archive = altered(
        zipped(full), lambda data: data["rows"].append({"model": "tracker.future", "fields": {}})
    )
    with pytest.raises(ValidationError, match="does not know"):
        restore_archive(stranger, read_archive(archive))


def test_a_resume_comes_along_as_it_was_worded(full, stranger):
    lines = [("", "Calm in a backlog"), ("volume:emergency", "{charts} charts")]
    save_resume(full, headline="Emergency coder", lines=lines, facts=[], by=full.user)
    restore_archive(stranger, read_archive(zipped(full)))
    assert stranger.resume.headline == "Emergency coder"
    assert [(bullet.fact, bullet.wording) for bullet in stranger.resume.bullets.all()] == lines


def test_every_table_that_hangs_on_a_person_is_carried_or_left_with_a_reason():
    assert hanging_on_people() == {*CARRIED, *LEFT}
    assert all(LEFT.values())


def test_the_tables_are_for_people_and_hold_no_formula(coder):
    RECORD_FACTORIES["volume"](coder=coder, note='=HYPERLINK("x")')
    with zipfile.ZipFile(zipped(coder)) as archive:
        table = archive.read("csv/volume.csv").decode("utf-8-sig")
    assert "charts" in table.splitlines()[0]
    assert "'=HYPERLINK" in table


# --- The pages ---


def test_it_is_downloaded_and_brought_back_on_its_page(client, full, stranger):
    client.force_login(full.user)
    assert client.get(reverse("tracker:archive_download")).status_code == 405
    download = client.post(reverse("tracker:archive_download"))
    assert download["Content-Type"] == "application/zip"
    assert download["Cache-Control"] == "no-store"
    client.force_login(stranger.user)
    wrong = client.post(reverse("tracker:archive"), {"archive": SimpleUploadedFile("a.zip", b"no")})
    assert wrong.status_code == 422
    assert "not a CoderPath archive" in wrong.content.decode()
    right = client.post(
        reverse("tracker:archive"), {"archive": SimpleUploadedFile("a.zip", download.content)}
    )
    assert right.status_code == 302
    assert owned(stranger, Volume).count() == 1
    assert history_of(Volume).objects.filter(coder=stranger).exists()
