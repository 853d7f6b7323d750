"""System checks: what Django cannot know about this project's settings."""

import sqlite3

from django.conf import settings
from django.core import checks
from django.db import connections


@checks.register("celery")
def time_limits_below_visibility_timeout(app_configs, **kwargs):
    """A task that outlives the visibility timeout is given to a second worker while the first still runs."""
    visible = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    if not settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT < visible:
        return [
            checks.Error(
                "A task's soft time limit, its hard one and the visibility timeout must rise in this order.",
                id="coderpath.E001",
            )
        ]
    return []


@checks.register(checks.Tags.security, deploy=True)
def sqlite_in_production(app_configs, **kwargs):
    """SQLite serves one machine; and before 3.51.3 two connections can, very rarely, corrupt its WAL."""
    if connections["default"].vendor != "sqlite":
        return []
    return [
        checks.Warning(
            f"Production runs on SQLite {sqlite3.sqlite_version}.",
            hint="Set DATABASE_URL to a PostgreSQL database for anything that several people share.",
            id="coderpath.W001",
        )
    ]
