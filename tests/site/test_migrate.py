"""`migrate` alone makes a new database ready: what the test runner makes by itself is made for a stranger too."""

import os
import sqlite3
import subprocess
import sys

from coderpath_site.environment import BASE_DIR


def test_migrate_makes_the_table_of_the_cache_that_signing_in_needs(tmp_path):
    database = tmp_path / "new.sqlite3"
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{database}"}

    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=BASE_DIR, env=environment, check=True)

    tables = {name for (name,) in sqlite3.connect(database).execute("SELECT name FROM sqlite_master")}
    assert {"coderpath_cache", "tracker_coder"} <= tables
