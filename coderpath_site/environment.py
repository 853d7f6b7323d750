"""What the environment says, for the settings and for what runs beside Django (run.py, embedded.py).

Nothing here reads the environment by itself; the mapping is an argument.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

# What production needs, and how to say it. DATABASE_URL and the others have no default there: a site that
# quietly starts on an empty SQLite file, or forgets its mail, looks healthy and loses data.
PRODUCTION_NEEDS = {
    "SECRET_KEY": "SECRET_KEY or SECRET_KEY_FILE",
    "ALLOWED_HOSTS": "ALLOWED_HOSTS (host names, separated by commas)",
    "DATABASE_URL": "DATABASE_URL (postgresql://user:password@host/name)",
    "REDIS_URL": "REDIS_URL (redis://host:6379/0)",
    "EMAIL_URL": "EMAIL_URL (smtp+tls://user:password@host:587)",
}


class BadEnvironment(ImproperlyConfigured):
    """One clear sentence about what is missing or wrong."""


def is_production(env: Mapping[str, str]) -> bool:
    kind = env.get("CODERPATH_ENV") or "development"
    if kind not in ("development", "production"):
        raise BadEnvironment(
            f"CODERPATH_ENV is {kind!r}: it must be 'development' (the default) or 'production'."
        )
    return kind == "production"


def require_for_production(env: Mapping[str, str]) -> None:
    missing = [
        words
        for name, words in PRODUCTION_NEEDS.items()
        if not env.get(name) and not (name == "SECRET_KEY" and env.get("SECRET_KEY_FILE"))
    ]
    if missing:
        raise BadEnvironment(f"CODERPATH_ENV=production does not start without {'; '.join(missing)}.")


def flag(env: Mapping[str, str], name: str, default: bool) -> bool:
    word = env.get(name, "").strip().lower()
    if not word:
        return default
    if word in ("1", "true", "yes", "on"):
        return True
    if word in ("0", "false", "no", "off"):
        return False
    raise BadEnvironment(f"{name} is {word!r}: say 1 or 0.")


def words(env: Mapping[str, str], name: str) -> list[str]:
    return [word.strip() for word in env.get(name, "").split(",") if word.strip()]


# What frameworks, guides and examples write where a key is to be put.
DEFAULT_KEY = re.compile(
    r"^django-insecure|change.?me|your.?secret|replace.?(me|this)|^secret|^password|example", re.I
)


def secret_key(env: Mapping[str, str], production: bool, var_dir: Path) -> str:
    """The key of the environment, or in development one that this copy made for itself once."""
    key = _given_or_made(env, production, var_dir)
    if production and (len(key) < 32 or len(set(key)) < 10 or DEFAULT_KEY.search(key)):
        raise BadEnvironment(
            "SECRET_KEY is short or a default that others know: python -c 'import secrets; print(secrets.token_urlsafe(64))' makes one."
        )
    return key


def _given_or_made(env: Mapping[str, str], production: bool, var_dir: Path) -> str:
    if env.get("SECRET_KEY"):
        return env["SECRET_KEY"]
    path = Path(env.get("SECRET_KEY_FILE") or var_dir / "secret-key")
    if not production and not env.get("SECRET_KEY_FILE"):
        _create_once(path, secrets.token_urlsafe(64))
    try:
        key = path.read_text().strip()
    except OSError as error:
        raise BadEnvironment(f"The secret key file {path} cannot be read: {error.strerror}.") from None
    if not key:
        raise BadEnvironment(f"The secret key file {path} is empty.")
    return key


def _create_once(path: Path, text: str) -> None:
    """Several processes may start at once: the first to link its complete file in place wins."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()


def broker_socket(base_dir: Path = BASE_DIR) -> Path:
    """Where this copy's private Valkey listens: /tmp/coderpath-<uid>-<hash>/broker.sock.

    Not in var/: a socket's path may have some 100 characters, and a checkout can lie deeper than that.
    The hash keeps two checkouts of one person apart; the directory is private (see private_directory).
    """
    uid = (
        os.getuid() if hasattr(os, "getuid") else 0
    )  # Windows has no unix socket, and no wheel either: REDIS_URL is set there
    digest = hashlib.sha256(str(base_dir.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"coderpath-{uid}-{digest}" / "broker.sock"


def private_directory(path: Path) -> None:
    """Make the directory with mode 0700, or make sure that the one which is there is ours and nobody else's.

    The name can be guessed, and the temporary directory belongs to everyone: whoever comes first could
    otherwise give us their own socket to send tasks to.
    """
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise BadEnvironment(f"{path} exists and is not yours: remove it, or set REDIS_URL.")
    if stat.S_IMODE(found.st_mode) != 0o700:
        path.chmod(0o700)


def broker_url(env: Mapping[str, str]) -> str:
    """REDIS_URL as Celery spells it, or the socket of the embedded Valkey."""
    url = env.get("REDIS_URL", "")
    if not url:
        return f"redis+socket://{broker_socket()}"
    scheme, separator, rest = url.partition("://")
    if scheme not in ("redis", "rediss", "unix", "redis+socket") or not separator or not rest:
        raise BadEnvironment(
            "REDIS_URL must read redis://host:6379/0, rediss://... or unix:///path/to/socket."
        )
    return f"redis+socket://{rest}" if scheme == "unix" else url


def redis_py_url(url: str) -> str:
    """The same address as redis-py spells it."""
    return url.replace("redis+socket://", "unix://", 1)


def site_url(env: Mapping[str, str], production: bool, hosts: list[str]) -> str:
    """SITE_URL without a slash at its end; or https and the first host, in development this machine and its PORT."""
    if url := env.get("SITE_URL", ""):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise BadEnvironment("SITE_URL must read https://coderpath.example.org.")
        return url.rstrip("/")
    if production:
        return f"https://{hosts[0].lstrip('.')}"
    return f"http://localhost:{env.get('PORT') or 8000}"


def email_settings(url: str) -> dict[str, Any]:
    """Django's EMAIL_* settings out of smtp://, smtp+tls:// (STARTTLS) or smtps://user:password@host:port."""
    parts = urlsplit(url)
    ports = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    if parts.scheme not in ports or not parts.hostname:
        raise BadEnvironment(
            "EMAIL_URL must read smtp+tls://user:password@host:587 (or smtp://, or smtps://)."
        )
    timeout = parse_qs(parts.query).get("timeout", ["10"])[0]
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or ports[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": int(timeout),
    }


def file_storage(env: Mapping[str, str]) -> dict[str, Any]:
    """Where uploads are kept, as an entry of Django's STORAGES: files of the site's own user, or what FILE_STORAGE says."""
    if not env.get("FILE_STORAGE"):
        modes = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": modes}
    try:
        storage: dict[str, Any] = json.loads(env["FILE_STORAGE"])
        if not isinstance(storage["BACKEND"], str) or set(storage) - {"BACKEND", "OPTIONS"}:
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise BadEnvironment(
            'FILE_STORAGE must be JSON such as {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {}}.'
        ) from None
    return storage
