"""`migrate` alone makes a new database ready: what the test runner makes by itself is made for a stranger too."""

import os
import sqlite3
import subprocess
import sys

from django.db import connection

from coderpath_site.environment import BASE_DIR


def test_migrate_makes_the_cache_that_signing_in_needs_and_no_table_that_nothing_uses(tmp_path):
    database = tmp_path / "new.sqlite3"
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{database}"}

    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=BASE_DIR, env=environment, check=True)

    ours = {*connection.introspection.django_table_names(), "coderpath_cache", "django_migrations"}
    rows = sqlite3.connect(database).execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    assert {name for (name,) in rows if not name.startswith("sqlite_")} == ours
