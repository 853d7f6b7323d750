"""The one settings module.

With no environment at all this is development: loopback only, a secret of its own, and what it makes is in
var/. Production is asked for by name, CODERPATH_ENV=production, and then needs all that environment.py lists.
"""

import os

import dj_database_url

from . import environment
from .environment import BASE_DIR, VAR_DIR

env = os.environ
PRODUCTION = environment.is_production(env)
if PRODUCTION:
    environment.require_for_production(env)
else:
    VAR_DIR.mkdir(exist_ok=True)

# --- Who may talk to it ---

# Never on in production. A development run's workers turn it off: there it only keeps queries in memory.
DEBUG = not PRODUCTION and environment.flag(env, "DEBUG", default=True)
SECRET_KEY = environment.secret_key(env, PRODUCTION, VAR_DIR)
ALLOWED_HOSTS = environment.words(env, "ALLOWED_HOSTS") if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = environment.words(env, "CSRF_TRUSTED_ORIGINS")

# --- Applications ---

INSTALLED_APPS = [
    "coderpath_site",  # before the others: its templates take precedence over those of allauth and the admin
    "curriculum",
    "tracker",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "heroicons",
    "knox",
    "rest_framework",
    "simple_history",
    "template_partials",
]

MIDDLEWARE = [
    "coderpath_site.logs.TraceMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Deny by default: a page for strangers says so with login_not_required. DRF's views decide by themselves.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",  # who made a change
    "tracker.upload_limits.upload_limit_middleware",
    "tracker.table_files.TableFiles",
]

ROOT_URLCONF = "coderpath_site.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tracker.navigation.navigation",
            ],
        },
    },
]

# --- Database ---

_database = {"ENGINE": "django.db.backends.sqlite3", "NAME": VAR_DIR / "coderpath.sqlite3"}
if env.get("DATABASE_URL"):
    _database = dj_database_url.parse(env["DATABASE_URL"])
DATABASES = {"default": _database}
# ATOMIC_REQUESTS stays off: with it every GET takes SQLite's write lock. Services open transactions.
_options = _database.setdefault("OPTIONS", {})
if _database["ENGINE"].endswith("sqlite3"):
    _options |= {
        # Else a transaction that reads before it writes fails at once, where it could wait for the lock.
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA journal_size_limit=9000000",
    }
    # Kept open: the last connection to close checkpoints and deletes the WAL, at every request that is alone.
    _database["CONN_MAX_AGE"] = None
    # A file, for a worker process cannot see a database in memory; one per test run, so that two may run.
    _database["TEST"] = {"NAME": VAR_DIR / f"test-{os.getpid()}.sqlite3"}
else:
    _options.setdefault("connect_timeout", 3)  # /healthz must answer while the database does not
    # No query here runs long enough to repay compiling it; the sweep's would be compiled anew for every window.
    _options.setdefault("options", "-c jit=off")
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True

# In the database, not in Redis and not in one process: what is cached (allauth's counts of sign-in attempts)
# is shared by all web processes and stops nobody from signing in when the broker is gone. `migrate` makes it.
_cache = "django.core.cache.backends.db.DatabaseCache"
CACHES = {
    "default": {"BACKEND": _cache, "LOCATION": "coderpath_cache", "OPTIONS": {"MAX_ENTRIES": 50_000}},
    # How many requests a minute: too many writes for the database, and nobody is stopped when it is gone.
    "limits": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env["REDIS_URL"],
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }
    if PRODUCTION
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "limits"},
}

# --- Celery ---

CELERY_BROKER_URL = environment.broker_url(env)
# Saving answers within a second whatever the broker does: a hung one blocks .delay() past a minute with the
# defaults, half a second with these. The caller catches the error: what is stale is in the database.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.5,
    "max_retries": 0,
    # A message not acknowledged by then goes to another worker. No countdown may be longer.
    "visibility_timeout": 300,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker for as long as it takes
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True  # results are rows in the database
# Acknowledged when done: a worker that dies gives its message back. Every task may run twice.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Below the visibility timeout, or a long task would run twice at once (checks.py).
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 270
# A record just saved must not wait behind a sweep or an import: evaluating one coder has its own queue.
CELERY_TASK_DEFAULT_QUEUE = "sweep"
CELERY_TASK_ROUTES = {"tracker.evaluate_coder": {"queue": "evaluate"}}
# In memory: the default's file, half written when a process is killed, keeps the next one from starting.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"

# --- People ---

AUTH_USER_MODEL = "tracker.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",  # permissions in the admin
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "tracker:dashboard"

# The e-mail is the name. One signs up and in with a code sent to it; a password is optional.
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True  # no page says whether an address is known here
ACCOUNT_EMAIL_NOTIFICATIONS = True  # "your password was changed"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "CoderPath: "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
ACCOUNT_REAUTHENTICATION_REQUIRED = (
    True  # addresses and passwords change only for who has just proved it is them
)

# A second step, for whoever switches it on; a passkey is both steps at once.
MFA_ADAPTER = "coderpath_site.second_step.EncryptedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "CoderPath"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # http://localhost

# --- Mail ---

# How links in messages begin that no request asked for.
SITE_URL = environment.site_url(env, PRODUCTION, ALLOWED_HOSTS)

DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.get("DEFAULT_FROM_EMAIL", "CoderPath <noreply@localhost>")
EMAIL_FILE_PATH = VAR_DIR / "mail"  # development: read it at /mail/ (mailbox.py)
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
if env.get("EMAIL_URL"):
    globals().update(environment.email_settings(env["EMAIL_URL"]))

# --- API ---

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tracker.api.access.BearerToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],  # DRF's HTML pages breach the CSP
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
INVITATIONS_A_DAY = 1000  # that one person can have mailed, to teams and cohorts together
API_REQUESTS_A_MINUTE = 600  # of one person, from all programs together
# Ours takes the place of knox's own, whose migrations would make its table all the same.
MIGRATION_MODULES = {"knox": None}
KNOX_TOKEN_MODEL = "tracker.ApiToken"  # noqa: S105  (a model, no password)
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_PREFIX": "cpath_"}
SPECTACULAR_SETTINGS = {
    "TITLE": "CoderPath API",
    "DESCRIPTION": (BASE_DIR / "tracker" / "api" / "about.md").read_text(),
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {"RecordKindEnum": "tracker.api.own.KINDS"},
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- Language, time, files ---

TIME_ZONE = "UTC"  # a person's dates are in the person's own zone

STATIC_URL = "static/"
STORAGES = {
    # What people upload: private files that no web server serves.
    "default": environment.file_storage(env),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if PRODUCTION:
    STATIC_ROOT = env.get("STATIC_ROOT", BASE_DIR / "staticfiles")
    STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
# Development serves what the finders find: collecting with a manifest takes half a minute.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION
MEDIA_ROOT = env.get("MEDIA_ROOT", VAR_DIR / "media")

# --- What a browser may do with a page ---

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    # A load balancer and Prometheus ask over plain HTTP.
    SECURE_REDIRECT_EXEMPT = [r"^(healthz|livez|readyz|metrics)$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    # Whether the domain's other hosts are ready for HTTPS only is not this site's to say.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
    # Only behind a proxy that overwrites these headers; anyone else could write them.
    if environment.flag(env, "TRUST_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        ALLAUTH_TRUSTED_PROXY_COUNT = 1

# --- What those who run it see ---

METRICS_TOKEN = env.get("METRICS_TOKEN", "")  # without one, only this machine reads /metrics

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"trace": {"()": "coderpath_site.logs.AddTrace"}},
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {trace:.8} {message}", "style": "{"},
        "json": {"()": "coderpath_site.logs.JSONFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if PRODUCTION else "line",
            "filters": ["trace"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Django's own handler would say everything a second time.
    "loggers": {"django": {"handlers": [], "level": "WARNING"}}
    | {name: {"level": "INFO"} for name in ("coderpath_site", "curriculum", "tracker")}
    | {"coderpath_site.requests": {"level": "INFO" if PRODUCTION else "WARNING"}},
}
