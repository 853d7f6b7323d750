"""Files of proof: what is taken, who opens them, and that none outlives what it proves."""

import datetime as dt
import io
import json
import zipfile

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    PNG,
    ContinuingEducationFactory,
    CredentialFactory,
    EducationFactory,
    MembershipFactory,
    ProofFactory,
    StaffFactory,
    UserFactory,
    VolumeFactory,
)
from tracker.archive.reading import read_archive
from tracker.archive.restoring import restore_archive
from tracker.archive.writing import CONTENT, archive_zip
from tracker.documents import pdf
from tracker.models import AccessLog, ContinuingEducation, Proof, Share
from tracker.proofs import MOST_BYTES, MOST_OF_A_RECORD, content_type_of
from tracker.services.accounts import delete_account
from tracker.services.proofs import add_proof, remove_proof, tidy_proofs
from tracker.services.records import remove_record

pytestmark = pytest.mark.django_db

JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffc0000b080001000101011100ffda0008010100003f00d2ffd9"
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


@pytest.fixture
def site(coder):
    browser = Client()
    browser.force_login(coder.user)
    return browser


def stored() -> set[str]:
    """Every file that there is."""
    if not default_storage.exists("proofs"):
        return set()
    folders, _ = default_storage.listdir("proofs")
    return {f"proofs/{f}/{name}" for f in folders for name in default_storage.listdir(f"proofs/{f}")[1]}


@pytest.fixture(autouse=True)
def _begin_without_files():
    for name in stored():
        default_storage.delete(name)


# --- What is taken ---


@pytest.mark.parametrize(
    ("content", "found"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (PDF, "application/pdf")]
)
def test_a_whole_file_is_known_by_its_content(content, found):
    assert content_type_of(content) == found


REFUSED = {
    "nothing": b"",
    "a page under another name": b"<html><script>alert(1)</script></html>",
    "a picture that browsers run": b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
    "a ZIP": b"PK\x03\x04" + b"\0" * 60,
    "a picture of another kind": b"GIF89a" + b"\0" * 60,
    "half a PNG": PNG[:-20],
    "a PNG with something after it": PNG + b"<script>alert(1)</script>",
    "a PNG whose content was changed": PNG[:50] + b"\0" + PNG[51:],
    "first bytes of a PNG alone": PNG[:8] + b"<script>alert(1)</script>",
    "half a JPEG": JPEG[:-2],
    "first bytes of a JPEG alone": JPEG[:4] + b"<script>alert(1)</script>",
    "half a PDF": PDF[:-6],
    "too much": PDF + b"\n" * MOST_BYTES,
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_anything_else_is_refused_and_nothing_is_kept(coder, content):
    record = CredentialFactory(coder=coder)
    with pytest.raises(ValidationError):
        add_proof(record, content, by=coder.user)
    assert not Proof.objects.exists() and not stored()


def test_a_pdf_of_ours_is_taken():
    """A real one, with compressed streams, not only the smallest there is."""
    words = {"activities": "A", "missing": "M", "note": "N"}
    data = {"title": "T", "footer": "F", "date": "2026-04-01", "facts": [], "header": ["a"] * 6, "rows": [],
            "missing": [], "words": words}  # fmt: skip
    assert content_type_of(pdf("ce_log", data)) == "application/pdf"


def test_the_same_file_twice_is_one_and_there_is_an_end(coder):
    record = CredentialFactory(coder=coder)
    assert ProofFactory(record) == ProofFactory(record)
    for number in range(MOST_OF_A_RECORD - 1):
        ProofFactory(record, PDF + b"\n" * (number + 1))
    with pytest.raises(ValidationError, match="at most 5"):
        ProofFactory(record, PDF)
    assert len(stored()) == Proof.objects.count() == MOST_OF_A_RECORD


def test_all_files_of_a_coder_have_a_limit(coder, monkeypatch):
    monkeypatch.setattr("tracker.services.proofs.MOST_BYTES_OF_A_CODER", len(PNG) + 10)
    ProofFactory(CredentialFactory(coder=coder))
    with pytest.raises(ValidationError, match="All your files"):
        ProofFactory(EducationFactory(coder=coder))
    ProofFactory(EducationFactory())  # another's are another's


def test_nobody_else_adds_or_removes(coder, stranger):
    proof = ProofFactory(CredentialFactory(coder=coder))
    with pytest.raises(PermissionDenied):
        add_proof(proof.record, PDF, by=stranger.user)
    with pytest.raises(PermissionDenied):
        remove_proof(proof, by=stranger.user)
    assert stored() == {proof.file.name}


# --- Pages ---


def logged(site, **more):
    """Hours logged with a form."""
    from tests.factories import BodyFactory

    data = {"completed_on": "2026-01-05", "title": "Sepsis", "hours": "2", "bodies": [BodyFactory().pk]}
    return site.post(reverse("tracker:record_add", args=["continuing-education"]), data | more)


def test_hours_are_logged_with_their_certificate(site, coder):
    upload = SimpleUploadedFile("Jane Doe MRN 123456.png", PNG, content_type="text/html")
    assert logged(site, proof=upload).status_code == 302
    proof = Proof.objects.get()
    assert proof.record == ContinuingEducation.objects.get() and proof.content_type == "image/png"
    assert "Jane" not in proof.file.name and "sepsis" not in proof.file.name.lower()
    page = site.get(reverse("tracker:record_edit", args=["continuing-education", proof.record.pk]))
    assert reverse("tracker:proof", args=[proof.pk]) in page.content.decode()
    assert "shows no patient" in page.content.decode()


def test_a_refused_file_says_why_and_nothing_is_logged(site):
    response = logged(site, proof=SimpleUploadedFile("x.pdf", b"<html>", content_type="application/pdf"))
    assert response.status_code == 422 and "Choose a PDF, a PNG or a JPEG" in response.content.decode()
    assert not ContinuingEducation.objects.exists() and not stored()


def test_work_takes_no_file(site, coder):
    volume = VolumeFactory(coder=coder)
    page = site.get(reverse("tracker:record_edit", args=["volume", volume.pk])).content.decode()
    assert 'type="file"' not in page


@pytest.mark.parametrize(
    ("content", "how"), [(PNG, "inline"), (JPEG, "inline"), (PDF, "attachment")], ids=["png", "jpeg", "pdf"]
)
def test_what_is_served_can_do_nothing(site, coder, content, how):
    proof = ProofFactory(CredentialFactory(coder=coder), content)
    response = site.get(reverse("tracker:proof", args=[proof.pk]))
    assert response.content == content
    assert response["Content-Type"] == proof.content_type and response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith(how)
    assert (
        "sandbox" in response["Content-Security-Policy"] and "'none'" in response["Content-Security-Policy"]
    )
    assert response["Cache-Control"] == "private, no-store"


def test_no_address_leads_to_the_folder(site, coder):
    proof = ProofFactory(CredentialFactory(coder=coder))
    for path in (f"/{proof.file.name}", f"/media/{proof.file.name}", f"/static/{proof.file.name}"):
        assert site.get(path).status_code == 404


def test_removing_one_on_the_page_removes_the_file(site, coder, django_capture_on_commit_callbacks):
    proof = ProofFactory(CredentialFactory(coder=coder))
    with django_capture_on_commit_callbacks(execute=True):
        assert site.post(reverse("tracker:proof_remove", args=[proof.pk])).status_code == 302
    assert not stored() and not Proof.objects.exists()


# --- Who opens them ---


@pytest.fixture
def shared_with(coder):
    """A manager's browser, and the membership under which the coder shares everything."""
    member = MembershipFactory(coder=coder)
    manager = StaffFactory(organization=member.team.organization).user
    browser = Client()
    browser.force_login(manager)
    return browser, member


def test_a_manager_opens_what_is_shared_and_that_is_written_down(coder, shared_with):
    browser, member = shared_with
    proof = ProofFactory(CredentialFactory(coder=coder))
    address = reverse("tracker:proof", args=[proof.pk])
    assert browser.get(address).status_code == 200
    assert AccessLog.objects.get().what == "files of proof"
    page = browser.get(reverse("tracker:team_member", args=[member.team_id, member.pk]))
    assert address in page.content.decode()
    assert browser.post(reverse("tracker:proof_remove", args=[proof.pk])).status_code == 403
    assert stored() == {proof.file.name}


def test_a_manager_of_one_team_opens_what_is_shared_with_it_and_no_other(coder, shared_with):
    _browser, member = shared_with
    organization = member.team.organization
    other_team = MembershipFactory(team__organization=organization).team
    address = reverse("tracker:proof", args=[ProofFactory(EducationFactory(coder=coder)).pk])
    for team, status in ((member.team, 200), (other_team, 404)):
        browser = Client()
        browser.force_login(StaffFactory(organization=organization, team=team).user)
        assert browser.get(address).status_code == status
    assert AccessLog.objects.get().organization == organization


def test_nobody_opens_what_is_not_shared_with_them(coder, stranger, shared_with):
    browser, member = shared_with
    proof = ProofFactory(CredentialFactory(coder=coder))
    other = Client()
    other.force_login(stranger.user)
    address = reverse("tracker:proof", args=[proof.pk])
    assert other.get(address).status_code == 404
    assert Client().get(address).status_code == 302  # to sign in
    remove_record(proof.record, by=coder.user)
    assert browser.get(address).status_code == 404  # taken away by its coder
    proof = ProofFactory(CredentialFactory(coder=coder))
    Share.objects.filter(membership=member, kind="credential").update(revoked_at=timezone.now())
    assert browser.get(reverse("tracker:proof", args=[proof.pk])).status_code == 404


def test_one_kind_shared_opens_no_other(coder, shared_with):
    browser, member = shared_with
    member.shares.exclude(kind="credential").delete()
    one, other = ProofFactory(CredentialFactory(coder=coder)), ProofFactory(EducationFactory(coder=coder))
    assert browser.get(reverse("tracker:proof", args=[one.pk])).status_code == 200
    assert browser.get(reverse("tracker:proof", args=[other.pk])).status_code == 404


# --- No file outlives what it proves ---


def test_a_deleted_account_takes_its_files_along(coder, django_capture_on_commit_callbacks):
    mine, other = ProofFactory(CredentialFactory(coder=coder)), ProofFactory(CredentialFactory())
    assert stored() == {mine.file.name, other.file.name}
    with django_capture_on_commit_callbacks(execute=True):
        delete_account(coder.user)
    assert stored() == {other.file.name}


def test_a_store_that_fails_breaks_no_removal(coder, django_capture_on_commit_callbacks, monkeypatch):
    """The row is gone already: the file is tidied later."""
    proof = ProofFactory(CredentialFactory(coder=coder))
    with monkeypatch.context() as patched, django_capture_on_commit_callbacks(execute=True):
        patched.setattr(FileSystemStorage, "delete", _fail)
        remove_proof(proof, by=coder.user)
    assert stored() == {proof.file.name} and not Proof.objects.exists()
    assert tidy_proofs(timezone.now() + dt.timedelta(days=2)) == 1


def _fail(*_args):
    raise OSError("no store")


def test_a_record_set_aside_keeps_its_file_for_its_return(coder):
    proof = ProofFactory(CredentialFactory(coder=coder))
    remove_record(proof.record, by=coder.user)
    assert stored() == {proof.file.name}


def test_what_a_crash_left_is_tidied_after_a_day(coder):
    kept = ProofFactory(CredentialFactory(coder=coder))
    default_storage.save("proofs/ab/orphan.pdf", ContentFile(PDF))
    now = timezone.now()
    assert tidy_proofs(now) == 0
    assert tidy_proofs(now + dt.timedelta(days=2)) == 1
    assert stored() == {kept.file.name}


def test_tidying_asks_for_few_files_at_once_and_for_the_age_of_lost_ones_alone(coder, monkeypatch):
    kept = ProofFactory(CredentialFactory(coder=coder))
    for number in range(3):
        default_storage.save(f"proofs/{kept.file.name.split('/')[1]}/{number}.pdf", ContentFile(PDF))
    asked, age = [], FileSystemStorage.get_modified_time
    monkeypatch.setattr(
        FileSystemStorage, "get_modified_time", lambda store, name: asked.append(name) or age(store, name)
    )
    monkeypatch.setattr("tracker.services.proofs.AT_ONCE", 2)
    with CaptureQueriesContext(connection) as queries:
        assert tidy_proofs(timezone.now() + dt.timedelta(days=2)) == 3
    assert len(queries) == 2  # four files of one folder
    assert len(asked) == 3 and kept.file.name not in asked
    assert stored() == {kept.file.name}


# --- In the archive ---


def altered(archive: bytes, name_begins: str, content: bytes) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name.startswith(name_begins) else old.read(name))
    return out


def _content(proof) -> bytes:
    with proof.file.open() as file:
        return file.read()


@pytest.fixture
def archived(coder):
    """An archive of a coder with two proofs, whose account is gone; and an empty account under the same address."""
    ProofFactory(ContinuingEducationFactory(coder=coder), PDF)
    ProofFactory(EducationFactory(coder=coder), JPEG)
    archive, address = archive_zip(coder), coder.user.email
    delete_account(coder.user)
    for name in stored():
        default_storage.delete(name)
    from tests.factories import CoderFactory

    again = CoderFactory(user=UserFactory(email=address))
    EmailAddress.objects.create(user=again.user, email=address, verified=True)
    return archive, again


@pytest.mark.parametrize("trusted", [True, False], ids=["ours", "by nobody"])
def test_files_go_out_and_come_back(archived, trusted):
    archive, coder = archived
    whole = io.BytesIO(archive) if trusted else altered(archive, "signature", b"nobody")
    assert restore_archive(coder, read_archive(whole)).trusted is trusted
    found = {proof.record.KIND: _content(proof) for proof in coder.proofs.all()}
    assert found == {"continuing-education": PDF, "education": JPEG}


@pytest.mark.parametrize("trusted", [True, False], ids=["ours", "by nobody"])
def test_another_file_in_its_place_is_refused_and_none_is_left(archived, trusted):
    """What was verified was verified by the file that was there; and nobody brings in a page as a picture."""
    archive, coder = archived
    if trusted:
        swapped = altered(archive, "files/", PNG)
    else:
        swapped = altered(altered(archive, "files/", b"<html>").getvalue(), "signature", b"nobody")
    with pytest.raises(ValidationError):
        restore_archive(coder, read_archive(swapped))
    assert not stored() and not Proof.objects.exists()
    assert CONTENT in zipfile.ZipFile(swapped).namelist()


def with_rows(archive: bytes, *, number: int, of_records: int = 1, own_files: bool = True) -> io.BytesIO:
    """An unsigned archive with `number` copies of its first proof, spread over so many records."""
    out, data = io.BytesIO(), json.loads(zipfile.ZipFile(io.BytesIO(archive)).read(CONTENT))
    (record,) = (row for row in data["rows"] if row["model"] == "tracker.education")
    proof = next(row for row in data["rows"] if row["fields"].get("education") == record["pk"])
    rows = [row for row in data["rows"] if row["model"] != "tracker.proof"]
    rows += [record | {"pk": f"r{one}"} for one in range(of_records)]
    files = {}
    for one in range(number):
        name = f"proofs/aa/{one if own_files else 0}.jpg"
        files[name] = JPEG
        fields = proof["fields"] | {"education": f"r{one % of_records}", "file": name}
        rows.append({"model": "tracker.proof", "pk": one, "fields": fields})
    with zipfile.ZipFile(out, "w") as new:
        new.writestr(CONTENT, json.dumps(data | {"rows": rows}))
        for name, content in files.items():
            new.writestr(f"files/{name}", content)
    return out


def test_one_file_of_an_archive_is_stored_once(archived, monkeypatch):
    archive, coder = archived
    monkeypatch.setattr(FileSystemStorage, "save", _fail)  # before anything is written
    with pytest.raises(ValidationError, match="another row has it"):
        restore_archive(coder, read_archive(with_rows(archive, number=3, of_records=3, own_files=False)))
    assert not Proof.objects.exists()


def test_the_limits_of_uploads_hold_in_archives(archived, monkeypatch):
    archive, coder = archived
    with monkeypatch.context() as patched:
        patched.setattr(FileSystemStorage, "save", _fail)
        with pytest.raises(ValidationError, match="at most 5"):
            restore_archive(coder, read_archive(with_rows(archive, number=MOST_OF_A_RECORD + 1)))
        patched.setattr("tracker.services.proofs.MOST_BYTES_OF_A_CODER", 2 * len(JPEG))
        with pytest.raises(ValidationError, match="All your files"):
            restore_archive(coder, read_archive(with_rows(archive, number=3, of_records=3)))
    restore_archive(coder, read_archive(with_rows(archive, number=MOST_OF_A_RECORD)))
    assert len(stored()) == Proof.objects.count() == MOST_OF_A_RECORD


def test_a_lost_file_costs_its_proof_and_not_the_archive(coder, stranger):
    lost, kept = (
        ProofFactory(CredentialFactory(coder=coder)),
        ProofFactory(EducationFactory(coder=coder), PDF),
    )
    default_storage.delete(lost.file.name)
    restore_archive(stranger, read_archive(io.BytesIO(archive_zip(coder))))
    (proof,) = stranger.proofs.all()
    assert (proof.sha256, proof.record.KIND) == (kept.sha256, "education")
    assert stranger.credential_records.count() == 1


# --- The API ---


def test_the_api_takes_shows_and_removes_files(site, coder, django_capture_on_commit_callbacks):
    record = CredentialFactory(coder=coder)

    def send(content, **more):
        upload = SimpleUploadedFile("x", content)
        return site.post(
            "/api/v1/proofs/", {"kind": "credential", "record": record.pk, "file": upload} | more,
            headers={"Idempotency-Key": "a"},
        )  # fmt: skip

    made = send(PDF)
    assert made.status_code == 201 and made.json()["content_type"] == "application/pdf"
    assert send(PDF).json() == made.json()
    one = f"/api/v1/proofs/{made.json()['id']}/"
    assert site.get("/api/v1/proofs/").json()["results"] == [made.json()]
    assert site.get(f"{one}file/").content == PDF
    with django_capture_on_commit_callbacks(execute=True):
        assert site.delete(one).status_code == 204
    assert not stored()


def test_the_api_refuses_what_the_page_refuses(site, coder, stranger):
    record, other = CredentialFactory(coder=coder), CredentialFactory(coder=stranger)
    theirs = ProofFactory(other)

    def send(record, content):
        sent = {"kind": "credential", "record": record.pk, "file": SimpleUploadedFile("x.pdf", content)}
        return site.post("/api/v1/proofs/", sent)

    assert send(record, b"<html>").status_code == 400
    assert send(other, PDF).status_code == 404
    assert site.get(f"/api/v1/proofs/{theirs.pk}/").status_code == 404
    assert site.get(f"/api/v1/proofs/{theirs.pk}/file/").status_code == 404
    assert site.delete(f"/api/v1/proofs/{theirs.pk}/").status_code == 404
