"""A catalogue of a few dozen shipped rows, so that a test of loading takes no time. What refers to a row that is left out
is left out too."""

import json
from pathlib import Path

from curriculum.fixture_rows import FILES, FIXTURES

KEPT = {
    "skills": {"icd-10-cm", "audit-methodology"},
    "roles": {"coder-i", "coder-ii-senior", "coding-auditor", "coding-manager", "compliance-officer"},
    "bodies": {"aapc", "ahima"},
    "certifications": {"cpc", "cpc-a", "cpma", "ccs"},
    "renewal_rules": {"aapc-two-years"},
    "specialties": {"general"},
    "work_types": {"inpatient"},
    "milestones": {"first-role", "accuracy-95", "audit-participation", "driver-audit-or-compliance"},
    "learning_activities": {"volunteer-for-audits"},
    "salary_drivers": {"audit-or-compliance-move", "region"},
    "facts": {"growth-rate"},
    "efforts": {"exam", "audited-year", "audit-as-reviewer"},
}
REFERENCES = {
    "tracks": "tracks", "skills": "skills", "stage": "stages", "stages": "stages", "role": "roles", "from_role": "roles",
    "to_role": "roles", "serves": "roles", "body": "bodies", "apprentice_of": "certifications",
    "recommended_from": "stages", "also_at": "stages", "certifications": "certifications", "milestone": "milestones",
    "milestones": "milestones",
}  # fmt: skip


def write_small_catalogue(directory: Path) -> Path:
    """Write the small catalogue into a directory, file by file like the real one."""
    files = {name: json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8")) for name in FILES}
    for name, slugs in KEPT.items():
        files[name] = [row for row in files[name] if row["fields"]["slug"] in slugs]
    slugs = {name: {row["fields"].get("slug") for row in rows} for name, rows in files.items()}
    for name, rows in files.items():
        kept = [row for row in rows if _prune(row["fields"], slugs)]
        (directory / f"{name}.json").write_text(json.dumps(kept), encoding="utf-8")
    return directory


def _prune(fields: dict, slugs: dict) -> bool:
    """Drop what a row's lists refer to and is left out; false where the row cannot do without it."""
    for name, target in REFERENCES.items():
        value = fields.get(name)
        if not value:
            continue
        if isinstance(value[0], list):
            fields[name] = [key for key in value if key[0] in slugs[target]]
        elif value[0] not in slugs[target]:
            return False
    return True


def edit(directory: Path, name: str, slug: str, /, **changes) -> None:
    """Change fields of one row of a file, as a new release of the catalogue would."""
    path = directory / f"{name}.json"
    rows = json.loads(path.read_text(encoding="utf-8"))
    found = [row for row in rows if row["fields"].get("slug") == slug]
    assert len(found) == 1, f"{name} has {len(found)} rows named {slug}"
    found[0]["fields"].update(changes)
    path.write_text(json.dumps(rows), encoding="utf-8")


def rows_of(directory: Path, name: str) -> list[dict]:
    return json.loads((directory / f"{name}.json").read_text(encoding="utf-8"))


def rewrite(directory: Path, name: str, rows: list[dict]) -> None:
    (directory / f"{name}.json").write_text(json.dumps(rows), encoding="utf-8")
