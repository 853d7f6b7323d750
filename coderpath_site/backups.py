"""One file that holds the whole site: the database as of one moment, the uploaded files, and what both should add up to.

It is read and written by its owner alone. It does not hold SECRET_KEY: without that, second steps of signing in cannot be
read, and sessions end; so the key is kept apart, and kept.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import IO

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

MANIFEST, DATABASE, MEDIA = "manifest.json", "database", "media"


class BackupError(Exception):
    """One sentence about what is wrong, and what to do."""


# --- Out ---


def back_up(target: Path) -> dict:
    """Write a backup; it appears under its name only when it is complete. Returns its manifest."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch:
        database, whole = Path(scratch) / DATABASE, Path(scratch) / "whole"
        _dump(database)
        files = {DATABASE: database} | {f"{MEDIA}/{name}": path for name, path in _uploads()}
        manifest = {
            "made_at": timezone.now().isoformat(timespec="seconds"),
            "engine": connection.vendor,
            "migrations": sorted(map("/".join, MigrationRecorder(connection).applied_migrations())),
            "sha256": {name: _digest(path) for name, path in files.items()},
        }
        (Path(scratch) / MANIFEST).write_text(json.dumps(manifest, indent=1))
        whole.touch(mode=0o600)
        with tarfile.open(whole, "w:gz", compresslevel=6) as archive:
            archive.add(Path(scratch) / MANIFEST, MANIFEST)
            for name, path in files.items():
                archive.add(path, name, recursive=False)
        whole.replace(target)
    return manifest


def _dump(target: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(target)) as copy:
            connection.connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        return
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", str(target))


def _uploads() -> Iterator[tuple[str, Path]]:
    root = Path(settings.MEDIA_ROOT)
    for path in sorted(root.rglob("*")) if root.is_dir() else []:
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(root).as_posix(), path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- Back ---


def restore(source: Path) -> dict:
    """Bring a backup into an empty database, and its files into MEDIA_ROOT; nothing is changed where anything is wrong."""
    if not _is_empty():
        raise BackupError(
            "This database is not empty. Restore into a new one: name it in DATABASE_URL, and keep the old one until the "
            "new one is verified."
        )
    with tempfile.TemporaryDirectory(prefix="coderpath-restore-") as scratch:
        try:
            with tarfile.open(source, "r:gz") as archive:
                _extract(archive, Path(scratch))
        except (OSError, tarfile.TarError, EOFError) as error:
            raise BackupError(f"{source} cannot be read: {error}.") from None
        manifest = _checked(Path(scratch), source)
        _load(Path(scratch) / DATABASE)
        media = Path(scratch) / MEDIA
        if media.is_dir():
            shutil.copytree(media, settings.MEDIA_ROOT, dirs_exist_ok=True)
    return manifest


def _is_empty() -> bool:
    return not connection.introspection.table_names()


def _extract(archive: tarfile.TarFile, target: Path) -> None:
    """Plain files under the names that we give, whatever the archive says of links, owners and places."""
    for member in archive:
        name = PurePosixPath(member.name)
        known = member.name in (MANIFEST, DATABASE) or name.parts[0] == MEDIA
        if not (member.isreg() and known) or name.is_absolute() or ".." in name.parts:
            raise tarfile.TarError(f"it holds {member.name}, which no backup does")
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            shutil.copyfileobj(_opened(archive, member), file)


def _opened(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    file = archive.extractfile(member)
    if file is None:
        raise tarfile.TarError(f"{member.name} is no file")
    return file


def _checked(scratch: Path, source: Path) -> dict:
    try:
        manifest = json.loads((scratch / MANIFEST).read_text())
        engine, digests = manifest["engine"], manifest["sha256"]
    except (OSError, ValueError, KeyError):
        raise BackupError(f"{source} is no backup of CoderPath.") from None
    if engine != connection.vendor:
        raise BackupError(f"{source} is of {engine}, and this database is {connection.vendor}.")
    damaged = [
        name
        for name, digest in digests.items()
        if not (scratch / name).is_file() or _digest(scratch / name) != digest
    ]
    if damaged or DATABASE not in digests:
        raise BackupError(f"{source} is damaged: {', '.join(damaged[:3]) or DATABASE}.")
    known = {"/".join(key) for key in MigrationLoader(None).disk_migrations}
    if newer := sorted(set(manifest["migrations"]) - known):
        raise BackupError(f"{source} is of a newer version, with {newer[-1]}. Install that version first.")
    return manifest


def _load(database: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(database)) as copy:
            (state,) = copy.execute("PRAGMA integrity_check").fetchone()
            if state != "ok":
                raise BackupError(f"The database in the backup is damaged: {state}.")
            copy.backup(connection.connection)
        return
    _run("pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error",
         "--dbname", connection.settings_dict["NAME"], str(database))  # fmt: skip


def _run(program: str, *arguments: str) -> None:
    """PostgreSQL's own tools. The password goes by the environment, for arguments are there for all to read."""
    found = connection.settings_dict
    named = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    environment = os.environ | {name: str(found[key]) for name, key in named.items() if found[key]}
    path = shutil.which(program)
    if path is None:
        raise BackupError(f"{program} is not here: install the client tools of your PostgreSQL's version.")
    result = subprocess.run([path, *arguments], env=environment, capture_output=True, text=True)
    if result.returncode:
        raise BackupError(
            f"{program} failed: {result.stderr.strip().splitlines()[-1:] or 'no reason given'}."
        )
