"""Reading the shipped rows for the checklists: what they cite, what asks for what, what a milestone measures."""

import re
from collections import defaultdict

from curriculum import conditions
from curriculum.fixture_rows import FILES, read


def rows_by_file():
    """Every shipped row by file and slug (or natural key)."""
    names = {model: name for name, model in FILES.items()}
    rows = defaultdict(dict)
    for row in read():
        rows[names[row.model]][row.key[0] if len(row.key) == 1 else row.key] = row.fields
    return rows


def lines_cited(source: str, document: str) -> set[int]:
    """The line numbers of "Career-path guide, lines 31, 64–66 and 93"."""
    found = re.search(rf"{document}, lines? ([\d–, and]+)", source)
    numbers = set()
    for part in re.findall(r"\d+(?:–\d+)?", found[1]) if found else []:
        first, _, last = part.partition("–")
        numbers |= set(range(int(first), int(last or first) + 1))
    return numbers


def cites(row, guide=(), article=()):
    missing = set(guide) - lines_cited(row["source"], "Career-path guide")
    missing |= set(article) - lines_cited(row["source"], "Salary article")
    return not missing


def asked(files, role):
    return {key[0]: fields["weight"] for key, fields in files["requirements"].items() if key[2] == role}


def leaves(files, milestone):
    return list(conditions.parse(files["milestone_versions"][milestone, 1]["definition"]).leaves())


def needs(files, milestone):
    return list(
        conditions.leaves(conditions.parse(files["milestone_versions"][milestone, 1]["definition"]).needs)
    )
