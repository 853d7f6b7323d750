"""Development needs nothing; production needs everything, and says what is missing in one sentence."""

import json
import os
import stat
import subprocess
import sys

import pytest
from django.conf import settings

from coderpath_site import environment
from coderpath_site.celery import app
from coderpath_site.environment import BASE_DIR, BadEnvironment

PRODUCTION = {
    "CODERPATH_ENV": "production",
    "SECRET_KEY": "a-key-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "coderpath.example, www.coderpath.example",
    "DATABASE_URL": "postgresql://coder:p%40th@db.example:5433/coderpath",
    "REDIS_URL": "rediss://cache.example/2",
    "EMAIL_URL": "smtp+tls://mail%40example.org:secret@mail.example",
}


def run_python(code, variables):
    """A process of its own: settings are read once in a process."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return subprocess.run(
        [sys.executable, *code],
        cwd=BASE_DIR,
        env=kept | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_what_django_logs_is_said_once():
    code = """
import django, logging
django.setup()
logging.getLogger("django.request").warning("Unprocessable Entity: /records/")
"""
    result = run_python(["-c", code], {"DJANGO_SETTINGS_MODULE": "coderpath_site.settings"})
    assert result.stderr.count("Unprocessable Entity") == 1


def settings_of(variables, *names):
    code = "import json; from coderpath_site import settings as s; print(json.dumps({n: getattr(s, n, None) for n in %r}))"
    result = run_python(["-c", code % (names,)], variables)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("name", [name for name in PRODUCTION if name != "CODERPATH_ENV"])
def test_production_refuses_to_start_without(name):
    result = run_python(["manage.py", "check"], {k: v for k, v in PRODUCTION.items() if k != name})
    assert result.returncode == 1
    assert result.stderr.startswith("manage.py: CODERPATH_ENV=production does not start without " + name)
    assert result.stderr.count("\n") == 1, "one sentence, no traceback"


def test_production_names_everything_that_is_missing():
    with pytest.raises(BadEnvironment) as refusal:
        environment.require_for_production({"CODERPATH_ENV": "production", "SECRET_KEY_FILE": "/run/key"})
    assert all(
        name in str(refusal.value) for name in ("ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "EMAIL_URL")
    )
    assert "SECRET_KEY" not in str(refusal.value)


def test_an_unknown_kind_of_environment_is_refused():
    result = run_python(["manage.py", "check"], {"CODERPATH_ENV": "prod"})
    assert result.returncode == 1
    assert result.stderr == (
        "manage.py: CODERPATH_ENV is 'prod': it must be 'development' (the default) or 'production'.\n"
    )


def test_production_is_closed():
    found = settings_of(
        PRODUCTION | {"DEBUG": "1"},
        *("DEBUG", "ALLOWED_HOSTS", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"),
        *(
            "SECURE_HSTS_SECONDS",
            "SECURE_PROXY_SSL_HEADER",
            "CELERY_BROKER_URL",
            "EMAIL_HOST_USER",
            "EMAIL_PORT",
        ),
    )
    assert found == {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["coderpath.example", "www.coderpath.example"],
        "SECURE_SSL_REDIRECT": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 365 * 24 * 3600,
        "SECURE_PROXY_SSL_HEADER": None,
        "CELERY_BROKER_URL": "rediss://cache.example/2",
        "EMAIL_HOST_USER": "mail@example.org",
        "EMAIL_PORT": 587,
    }


def test_a_proxy_is_believed_only_when_asked_for():
    found = settings_of(
        PRODUCTION | {"TRUST_PROXY": "1"}, "SECURE_PROXY_SSL_HEADER", "ALLAUTH_TRUSTED_PROXY_COUNT"
    )
    assert found == {
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
        "ALLAUTH_TRUSTED_PROXY_COUNT": 1,
    }


def test_production_passes_the_deployment_check():
    result = run_python(
        ["-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION
    )
    assert result.returncode == 0, result.stderr


def test_production_on_sqlite_is_warned_about(tmp_path):
    variables = PRODUCTION | {"DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3"}
    assert "coderpath.W001" in run_python(["manage.py", "check", "--deploy"], variables).stderr


def test_development_needs_nothing():
    found = settings_of({}, "DEBUG", "ALLOWED_HOSTS", "EMAIL_BACKEND", "SECURE_SSL_REDIRECT")
    assert found == {
        "DEBUG": True,
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "SECURE_SSL_REDIRECT": None,
    }


def test_development_makes_a_secret_once_and_keeps_it_private(tmp_path):
    first = environment.secret_key({}, production=False, var_dir=tmp_path / "var")
    again = environment.secret_key({}, production=False, var_dir=tmp_path / "var")
    other = environment.secret_key({}, production=False, var_dir=tmp_path / "elsewhere")
    assert first == again != other
    assert len(first) >= 50
    (file,) = (tmp_path / "var").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_processes_that_start_at_once_agree_on_the_secret(tmp_path):
    code = (
        "import sys, pathlib; from coderpath_site.environment import secret_key;"
        "print(secret_key({}, False, pathlib.Path(sys.argv[1])))"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=BASE_DIR, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    assert len({process.communicate(timeout=60)[0] for process in processes}) == 1


@pytest.mark.parametrize(
    "key", ["django-insecure-" + "abcdefghij" * 5, "changeme-changeme-changeme-changeme", "short", "x" * 64]
)
def test_production_refuses_a_secret_that_others_know(key, tmp_path):
    env = {"SECRET_KEY": key}
    with pytest.raises(BadEnvironment, match="SECRET_KEY"):
        environment.secret_key(env, production=True, var_dir=tmp_path)
    assert environment.secret_key(env, production=False, var_dir=tmp_path) == key
    assert environment.secret_key({"SECRET_KEY": PRODUCTION["SECRET_KEY"]}, production=True, var_dir=tmp_path)


def test_a_secret_file_that_cannot_be_read_is_one_sentence(tmp_path):
    with pytest.raises(BadEnvironment, match="cannot be read"):
        environment.secret_key({"SECRET_KEY_FILE": str(tmp_path / "none")}, production=True, var_dir=tmp_path)


@pytest.mark.parametrize(
    ("given", "celery", "redis_py"),
    [
        ("redis://h:6379/1", "redis://h:6379/1", "redis://h:6379/1"),
        ("rediss://h/1", "rediss://h/1", "rediss://h/1"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock", "unix:///run/redis.sock"),
    ],
)
def test_a_broker_address_as_celery_and_as_redis_py_spell_it(given, celery, redis_py):
    assert environment.broker_url({"REDIS_URL": given}) == celery
    assert environment.redis_py_url(celery) == redis_py


@pytest.mark.parametrize("given", ["h:6379", "amqp://h", "redis://"])
def test_an_address_that_is_no_redis_is_refused(given):
    with pytest.raises(BadEnvironment, match="REDIS_URL"):
        environment.broker_url({"REDIS_URL": given})


@pytest.mark.parametrize("given", ["mail.example", "http://mail.example", "smtp://"])
def test_an_address_that_is_no_mail_server_is_refused(given):
    with pytest.raises(BadEnvironment, match="EMAIL_URL"):
        environment.email_settings(given)


def test_what_is_scheduled_and_routed_exists():
    """A name that no task has would only be noticed in a worker's log."""
    app.loader.import_default_modules()
    names = {entry["task"] for entry in app.conf.beat_schedule.values()} | set(settings.CELERY_TASK_ROUTES)
    assert names <= set(app.tasks)


def test_nothing_is_eager_and_messages_are_json():
    assert not app.conf.task_always_eager
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"
