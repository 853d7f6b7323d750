"""What the two source documents state about certifications, written out one by one: whatever is missing from what ships fails.

“guide” is the career-path guide and “article” the novice-to-expert article; numbers are their lines. These lists are
written from the documents, not from the fixtures: they are what the fixtures are checked by.
"""

import pytest

from .checklist import cites, needs

# certifications (guide 20-21, 40-42, 54, 57, 94, 98, 102; article 34, 51, 87)

F, SP, ADV, SEN = "foundation", "specialization", "advancing", "senior"
STATED = [
    ("CPC", "Certified Professional Coder", "aapc", {F}, "core", {20, 94}, {34}),
    ("CCS", "Certified Coding Specialist", "ahima", {F, SP}, "core", {21, 94}, {51}),
    (
        "CCS-P",
        "Certified Coding Specialist – Physician-based",
        "ahima",
        {SP, SEN},
        "specialty",
        {41, 98},
        {87},
    ),
    (
        "CPMA",
        "Certified Professional Medical Auditor",
        "aapc",
        {SP, ADV, SEN},
        "audit",
        {40, 98, 102, 125},
        {87},
    ),
    ("CPC-P", "Certified Professional Coder – Payer", "aapc", {SP}, "payer", {40}, ()),
    ("CDIP", "Certified Documentation Improvement Practitioner", "ahima", {SP, ADV}, "cdi", {42, 102}, ()),
    ("RHIA", "Registered Health Information Administrator", "ahima", {ADV, SEN}, "him", {54, 102, 125}, ()),
    ("CHC", "Certified in Healthcare Compliance", "hcca", {ADV, SEN}, "compliance", {57, 102}, ()),
]
ADDED = [
    ("CPC-A", "aapc", F, "core"), ("COC", "aapc", F, "core"), ("COC-A", "aapc", F, "core"), ("CCA", "ahima", F, "core"),
    ("RHIT", "ahima", F, "him"), ("CIC", "aapc", SP, "core"), ("CRC", "aapc", SP, "core"), ("CPB", "aapc", SP, "billing"),
    ("CDEO", "aapc", SP, "cdi"), ("CPCO", "aapc", ADV, "compliance"), ("CPPM", "aapc", ADV, "management"),
    ("CPC-I", "aapc", SP, "education"), ("CHDA", "ahima", ADV, "data"), ("CHPS", "ahima", ADV, "privacy"),
    ("CCDS", "acdis", SP, "cdi"), ("CRCR", "hfma", SP, "revenue"), ("CBCS", "nha", F, "core"),
]  # fmt: skip
SPECIALTIES_OF_AAPC = [
    "CCC", "CCVTC", "CIRCC", "COSC", "CEDC", "CHONC", "CANPC", "CASCC", "CEMC", "CFPC", "CIMC", "CGIC", "CGSC", "CENTC",
    "COBGC", "COPC", "CPCD", "CPEDC", "CPRC", "CRHC", "CSFAC", "CUC",
]  # fmt: skip
STILL_OFFERED = {"CASCC", "CANPC", "CCC", "CEDC", "CEMC", "CGSC", "COBGC", "COSC", "CIRCC"}


@pytest.mark.parametrize(("code", "name", "body", "stages", "family", "guide", "article"), STATED)
def test_certifications_stated(files, code, name, body, stages, family, guide, article):
    row = files["certifications"][code.lower()]
    assert (row["code"], row["name"], row["body"], row["family"]) == (code, name, [body], family)
    assert {row["recommended_from"][0], *(key[0] for key in row["also_at"])} == stages
    assert row["origin"] == "seed" and cites(row, guide, article)
    assert row["serves"]


@pytest.mark.parametrize(("code", "body", "stage", "family"), ADDED)
def test_certifications_added(files, code, body, stage, family):
    row = files["certifications"][code.lower()]
    assert (row["body"], row["recommended_from"], row["family"]) == ([body], [stage], family)
    assert row["origin"] == "addition"


@pytest.mark.parametrize("code", SPECIALTIES_OF_AAPC)
def test_specialty_certifications_of_aapc(files, code):
    row = files["certifications"][code.lower()]
    assert (row["body"], row["family"], row["recommended_from"]) == (["aapc"], "specialty", [SP])
    assert row["status"] == ("active" if code in STILL_OFFERED else "verify")
    assert ["coder-ii-senior"] in row["serves"] and cites(row, {40, 98})


def test_no_certification_is_there_that_is_not_on_the_list(files):
    listed = {code for code, *_ in [*STATED, *ADDED]} | set(SPECIALTIES_OF_AAPC)
    assert {row["code"] for row in files["certifications"].values()} == listed


def test_apprentices_are_forms_of_their_certifications(files):
    apprentices = {
        slug: row["apprentice_of"] for slug, row in files["certifications"].items() if row["apprentice_of"]
    }
    assert apprentices == {"cpc-a": ["cpc"], "coc-a": ["coc"]}


def test_the_payer_certification_is_legacy_and_recommended_nowhere_alone(files):
    assert files["certifications"]["cpc-p"]["status"] == "legacy"
    (leaf,) = needs(files, "credential-crc-or-cpc-p")
    assert set(leaf.params["any_of"]) == {"crc", "cpc-p"}


@pytest.mark.parametrize(
    ("slug", "body", "kind", "words"),
    [
        ("aapc-two-years", "aapc", "by_count", "36 hours in two years for one certification"),
        ("ahima-to-2024", "ahima", "highest_base", "80% in the HIM domains"),
        ("ahima-from-2025", "ahima", "highest_base", "40% must come from AHIMA"),
        ("ccb-two-years", "hcca", "flat", "40 CCB hours"),
        ("acdis-two-years", "acdis", "flat", "30 hours"),
        ("hfma-two-years", "hfma", "flat", "examination"),
        ("nha-two-years", "nha", "flat", "10 hours"),
    ],
)
def test_renewal_rules(files, slug, body, kind, words):
    rule = files["renewal_rules"][slug]
    assert (rule["body"], rule["params"]["kind"], rule["period_months"]) == ([body], kind, 24)
    assert words in rule["statement"]
    assert rule["verified_on"]
