"""What the two source documents state about skills, specialties, employers, education and pay, written out one by one: whatever is missing from what ships fails.

“guide” is the career-path guide and “article” the novice-to-expert article; numbers are their lines. These lists are
written from the documents, not from the fixtures: they are what the fixtures are checked by.
"""

from decimal import Decimal

import pytest

from .checklist import cites, leaves

F, SP, ADV, SEN = "foundation", "specialization", "advancing", "senior"


# --- skills (guide 15, 30, 37, 69-75, 95-104; article 15, 27, 34, 63, 75, 82) ---

SKILLS = {
    F: {
        "code_set": {"icd-10-cm", "icd-10-pcs", "cpt", "hcpcs-level-ii"},
        "technical": {
            "anatomy", "physiology", "medical-terminology", "healthcare-regulations", "coding-guidelines",
            "encoder-proficiency", "ehr-navigation", "payer-guidelines",
        },
        "soft": {"attention-to-detail", "time-management", "physician-query"},
        "ehr": {"epic", "cerner", "meditech"},
        "encoder": {"3m", "optum"},
    },
    SP: {
        "code_set": {"hcc"},
        "technical": {
            "audit-methodology", "denial-analysis", "em-guidelines", "surgical-guidelines", "risk-adjustment-guidelines",
            "evaluating-others-work", "compliance-risk",
        },
        "soft": {"mentoring", "cross-department-communication", "communicating-findings"},
    },
    ADV: {
        "technical": {"coding-analytics", "regulatory-change-management", "revenue-cycle-optimization"},
        "soft": {"team-leadership", "strategic-planning", "executive-communication", "vendor-management"},
    },
    SEN: {
        "technical": {
            "coding-analytics", "regulatory-change-management", "revenue-cycle-optimization", "code-set-mastery",
            "complex-cases", "coding-manuals", "physician-notes", "productivity-with-accuracy",
        },
        "soft": {"team-leadership", "strategic-planning", "executive-communication", "vendor-management"},
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "kind", "slug"),
    [
        (stage, kind, slug)
        for stage, kinds in SKILLS.items()
        for kind, slugs in kinds.items()
        for slug in sorted(slugs)
    ],
)
def test_skills_of_a_stage(files, stage, kind, slug):
    skill = files["skills"][slug]
    assert skill["kind"] == kind
    assert [stage] in skill["stages"]
    assert skill["origin"] == "seed"


@pytest.mark.parametrize("slug", ["clinical-knowledge", "regulatory-expertise", "data-analysis"])
def test_skills_that_transfer(files, slug):
    assert files["skills"][slug]["kind"] == "transferable" and cites(files["skills"][slug], {69})


@pytest.mark.parametrize(
    ("slug", "line"),
    [
        ("sql", 70), ("tableau", 70), ("python", 70), ("healthcare-datasets", 70), ("claim-lifecycle", 71), ("hipaa", 72),
        ("fraud-abuse", 72), ("payer-audit-response", 72), ("ehr-configuration", 74), ("practice-management", 75),
        ("operations", 75), ("health-policy", 75),
    ],
)  # fmt: skip
def test_skills_that_bridge(files, slug, line):
    assert files["skills"][slug]["kind"] == "bridge" and cites(files["skills"][slug], {line})


@pytest.mark.parametrize(
    ("slug", "line"),
    [
        ("staffing", 53), ("productivity-oversight", 53), ("liaison", 53), ("data-governance", 54), ("billing", 55),
        ("denials-management", 55), ("payer-contracting", 55), ("financial-operations", 55),
        ("federal-state-regulations", 57), ("audit-response", 57), ("compliance-training", 57), ("value-based-care", 58),
        ("coding-optimization", 59), ("compliance-remediation", 59), ("revenue-recovery", 59), ("training-coders", 47),
        ("clinician-documentation-education", 47), ("documentation-specificity", 73), ("health-data-management", 16),
        ("information-systems", 16),
    ],
)  # fmt: skip
def test_skills_among_the_duties_of_roles_and_the_curricula(files, slug, line):
    assert cites(files["skills"][slug], {line})


# --- specialties, employers, education (guide 12-17, 36, 58, 74, 85, 90; article 34, 102, 107) ---


@pytest.mark.parametrize(
    ("slug", "guide", "article", "certifications"),
    [
        ("cardiology", True, True, {"ccc", "circc"}),
        ("orthopedics", True, True, {"cosc"}),
        ("emergency-medicine", True, False, {"cedc"}),
        ("oncology", True, False, {"chonc"}),
        ("anesthesia", False, True, {"canpc"}),
        ("evaluation-management", False, False, {"cemc"}),
        ("surgery", False, False, {"cgsc", "cascc"}),
        ("risk-adjustment", False, False, {"crc"}),
        ("interventional-radiology", False, False, {"circc"}),
        ("ob-gyn", False, False, {"cobgc"}),
        ("gastroenterology", False, False, {"cgic"}),
        ("urology", False, False, {"cuc"}),
        ("general", False, False, set()),
    ],
)
def test_specialties_and_which_source_says_that_they_pay_more(files, slug, guide, article, certifications):
    row = files["specialties"][slug]
    assert (row["guide_says_pays_more"], row["article_says_pays_more"]) == (guide, article)
    assert {key[0] for key in row["certifications"]} == certifications
    assert cites(row, {36} if guide else (), {102} if article else ())
    assert row["is_area"] == (slug in {"evaluation-management", "surgery", "risk-adjustment"})


@pytest.mark.parametrize(
    ("slug", "guide", "article"),
    [
        ("small-practice", {20, 90}, ()), ("hospital", {21}, ()), ("health-system", {85, 90}, ()), ("payer", {85, 90}, ()),
        ("vendor", {74}, ()), ("consultancy", {59, 74}, ()), ("coding-company", (), {107}),
        ("healthcare-organization", {59}, {107}), ("national-remote", {90}, ()), ("self-employed", {59}, ()),
        ("group-practice", (), ()), ("government", (), ()),
    ],
)  # fmt: skip
def test_kinds_of_employers(files, slug, guide, article):
    assert cites(files["employer_types"][slug], guide, article)


@pytest.mark.parametrize(
    ("slug", "level", "months"),
    [
        ("certificate-program", "certificate", (6, 12)),
        ("associate-hit", "associate", (24, 24)),
        ("bachelor-him", "bachelor", (None, None)),
        ("bachelor-health-administration", "bachelor", (None, None)),
        ("master-health-administration", "master", (None, None)),
    ],
)
def test_education_routes(files, slug, level, months):
    row = files["education_routes"][slug]
    assert (row["level"], (row["months_low"], row["months_high"])) == (level, months)


@pytest.mark.parametrize("school", ["Community colleges", "vocational schools", "online schools"])
def test_where_certificates_are_taught(files, school):
    assert school in files["education_routes"]["certificate-program"]["note"]


def test_accreditations(files):
    assert set(files["accreditations"]) == {"cahiim", "pcap", "aapc-licensed", "institutional-only", "none"}
    assert cites(files["accreditations"]["cahiim"], {17})


@pytest.mark.parametrize(
    ("slug", "rates", "confidence", "alias"),
    [
        ("inpatient", ("1.5", "2.2", "3.0"), "medium", "IP"),
        ("outpatient-surgery", ("5", "6", "8"), "low", "SDS"),
        ("observation", ("3", "5", "6"), "low", "OBS"),
        ("emergency", ("10", "12", "18"), "low", "ER"),
        ("clinic-em", ("8", "12", "20"), "high", "pro-fee"),
        ("ancillary-diagnostic", ("20", "30", "50"), "medium", "radiology"),
        ("interventional-radiology", ("4", "7", "10"), "medium", "IR"),
        ("risk-adjustment", ("3", "5", "8"), "low", "HCC"),
        ("audit-review", ("1.5", "2", "3"), "medium", "QA"),
    ],
)
def test_work_types(files, slug, rates, confidence, alias):
    row = files["work_types"][slug]
    assert (row["rate_low"], row["rate_typical"], row["rate_high"]) == tuple(map(Decimal, rates))
    assert row["origin"] == "addition" and row["confidence"] == confidence
    assert alias in row["aliases"]


def test_no_alias_means_two_work_types(files):
    aliases = [alias.lower() for row in files["work_types"].values() for alias in row["aliases"]]
    assert len(aliases) == len(set(aliases))


# --- drivers of pay (guide 77, 85, 88-90; article 58) ---


@pytest.mark.parametrize(
    ("slug", "line", "measure"),
    [
        ("specialty-certification", 88, "credentials"),
        ("audit-or-compliance-move", 89, "positions"),
        ("employer-type-switch", 90, "employer_switch"),
    ],
)
def test_the_three_drivers_of_pay_each_with_what_decides_it(files, slug, line, measure):
    driver = files["salary_drivers"][slug]
    assert cites(driver, {line})
    milestone = driver["milestone"][0]
    assert {leaf.measure for leaf in leaves(files, milestone)} == {measure}
    assert not [key for key in files["requirements"] if key[0] == milestone]


@pytest.mark.parametrize("slug", ["complexity", "responsibility", "specialty-expertise", "region"])
def test_modifiers_of_pay_decide_nothing(files, slug):
    assert files["salary_drivers"][slug]["milestone"] is None
