"""The drill: back a site up, bring it into an empty database, and see that everything in it follows from its records."""

import json
import os
import stat
import subprocess
import sys
import tarfile
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from coderpath_site.backups import MANIFEST, BackupError, back_up, restore
from coderpath_site.environment import BASE_DIR
from curriculum.catalogue import load
from tests.conftest import database_url
from tests.curriculum.small_catalogue import write_small_catalogue
from tests.factories import AuditFactory, CoderFactory
from tracker.models import Audit, Coder, Gap
from tracker.services.evaluation import evaluate_coders


@pytest.fixture
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media" / "proof").mkdir(parents=True)
    (tmp_path / "media" / "proof" / "certificate.pdf").write_bytes(b"%PDF a certificate")


@pytest.fixture
def empty_database(tmp_path):
    """The DATABASE_URL of a database without any table."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path}/new.sqlite3"
        return
    name = f"drill_{uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield database_url(name)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def manage(*arguments, **environment):
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR, env=os.environ | environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def catalogue(transactional_db, tmp_path):
    load(write_small_catalogue(tmp_path))


def test_a_restored_site_is_the_same_and_verifies(catalogue, uploads, empty_database, tmp_path):
    coders = [CoderFactory() for _ in range(3)]
    for coder in coders:
        AuditFactory(coder=coder)
    evaluate_coders(coder.pk for coder in coders)
    gaps = Gap.objects.count()
    file = tmp_path / "backup.tar.gz"
    call_command("backup", file, verbosity=0)
    Audit.objects.all().delete()  # the day on which it is needed

    elsewhere = {"DATABASE_URL": empty_database, "MEDIA_ROOT": str(tmp_path / "restored")}
    assert "Restored the site" in manage("restore", str(file), **elsewhere)
    assert f"3 coders with {gaps} gaps replayed; 0 wait" in manage("verify", **elsewhere)
    assert (tmp_path / "restored/proof/certificate.pdf").read_bytes() == b"%PDF a certificate"


def test_a_backup_is_its_owners_alone_and_complete_or_not_there(
    transactional_db, uploads, tmp_path, monkeypatch
):
    file = tmp_path / "backup.tar.gz"
    back_up(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    monkeypatch.setattr("coderpath_site.backups._digest", lambda path: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        back_up(file)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_database_that_holds_anything_is_left_alone(transactional_db, tmp_path):
    back_up(tmp_path / "backup.tar.gz")
    coder = CoderFactory()
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", tmp_path / "backup.tar.gz")
    assert Coder.objects.get() == coder


@pytest.fixture
def as_if_empty(monkeypatch):
    """What is wrong is found before anything is written."""
    monkeypatch.setattr("coderpath_site.backups._is_empty", lambda: True)
    monkeypatch.setattr("coderpath_site.backups._load", lambda database: pytest.fail("it was loaded"))


def repacked(file, tmp_path, change):
    """The same backup after something happened to it."""
    with tarfile.open(file) as archive:
        archive.extractall(tmp_path / "parts", filter="data")
    change(tmp_path / "parts")
    with tarfile.open(file, "w:gz") as archive:
        for path in sorted((tmp_path / "parts").rglob("*")):
            if path.is_file() or path.is_symlink():
                archive.add(path, path.relative_to(tmp_path / "parts").as_posix())


def in_manifest(**values):
    def change(parts):
        manifest = json.loads((parts / MANIFEST).read_text())
        (parts / MANIFEST).write_text(json.dumps(manifest | values))

    return change


DAMAGE = {
    "a flipped bit": (lambda parts: (parts / "database").write_bytes(b"x"), "damaged: database"),
    "a lost file": (lambda parts: (parts / "media/proof/certificate.pdf").unlink(), "damaged: media/proof"),
    "no manifest": (lambda parts: (parts / MANIFEST).unlink(), "no backup of CoderPath"),
    "another engine": (in_manifest(engine="oracle"), "is of oracle"),
    "a newer version": (in_manifest(migrations=["tracker/9999_later"]), "newer version, with tracker/9999_later"),
    "a link": (lambda parts: (parts / "media/link").symlink_to("/etc/passwd"), "which no backup does"),
    "another file": (lambda parts: (parts / "extra").write_text("x"), "which no backup does"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_wrong_with_a_backup_is_said_before_anything_changes(
    transactional_db, uploads, as_if_empty, tmp_path, damage
):
    change, words = DAMAGE[damage]
    file = tmp_path / "backup.tar.gz"
    back_up(file)
    repacked(file, tmp_path, change)
    with pytest.raises(BackupError, match=words):
        restore(file)


def test_a_file_that_is_no_archive(transactional_db, as_if_empty, tmp_path):
    (tmp_path / "x").write_text("hello")
    with pytest.raises(BackupError, match="cannot be read"):
        restore(tmp_path / "x")
