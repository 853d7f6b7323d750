"""docs/security.md names a test for each claim: those tests are there. Claims about settings alone are proved here."""

import ast
import re

import pytest
from django.contrib.auth.hashers import identify_hasher, make_password

from coderpath_site.environment import BASE_DIR

PAGE = (BASE_DIR / "docs/security.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


def test_every_claim_names_a_test():
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "proved by" not in line]
    assert len(rows) > 20
    assert [row for row in rows if "::" not in row] == []


@pytest.mark.parametrize("path", sorted({path for path, _ in NAMED}))
def test_every_test_that_is_named_is_there(path):
    tree = ast.parse((BASE_DIR / path).read_text())
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert {name for file, name in NAMED if file == path} <= functions


def test_passwords_are_hashed_with_argon2():
    assert identify_hasher(make_password("correct horse battery")).algorithm == "argon2"
