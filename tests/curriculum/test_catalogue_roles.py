"""What the two source documents state about the ladder, written out one by one: whatever is missing from what ships fails.

“guide” is the career-path guide and “article” the novice-to-expert article; numbers are their lines. These lists are
written from the documents, not from the fixtures: they are what the fixtures are checked by.
"""

import pytest

from .checklist import asked, cites, lines_cited

# --- stages and tracks ---


@pytest.mark.parametrize(
    ("slug", "name", "years", "percentiles", "guide"),
    [
        ("foundation", "Foundation", (0, 3), (10, 25), {64, 93}),
        ("specialization", "Specialization", (3, 5), (25, 75), {65, 97}),
        ("advancing", "Leadership-ready", (5, 7), (None, None), {101}),
        ("senior", "Senior / Management", (7, None), (75, 90), {66}),
    ],
)
def test_stages(files, slug, name, years, percentiles, guide):
    stage = files["stages"][slug]
    assert stage["name"] == name
    assert (stage["years_from"], stage["years_to"]) == years
    assert (stage["percentile_low"], stage["percentile_high"]) == percentiles
    assert cites(stage, guide)
    assert (stage["origin"] == "addition") == (slug == "advancing")


def test_the_stages_leave_no_year_out(files):
    bands = sorted((stage["years_from"], stage["years_to"]) for stage in files["stages"].values())
    assert [end for _, end in bands[:-1]] == [start for start, _ in bands[1:]]


def test_tracks(files):
    assert set(files["tracks"]) == {"entry", "mid", "management", "specialist", "alternative"}


# --- roles (guide 25-28, 45-48, 53-59, 70-75; article 39) ---

CPC_OR_CCS = {"credential-cpc-or-ccs": 5}
NEW_HIRE = {
    "ehr-tool",
    "encoder-tool",
    "skills-payer-guidelines",
    "practicum-volume",
    "practicum-accuracy",
    "code-sets",
}
ROLES = [
    # slug, titles, stage, tracks, occupation, guide, article, musts by weight, asked besides
    ("coder-i", {"Medical Coder I", "Junior Medical Coder"}, "foundation", {"entry"}, "29-2072", {25}, (), CPC_OR_CCS, NEW_HIRE),
    ("coding-specialist", {"Coding Specialist", "Coding Specialist (Entry-Level)"}, "foundation", {"entry"}, "29-2072", {26}, {39}, CPC_OR_CCS, NEW_HIRE),
    ("records-coder", {"Medical Records Coder"}, "foundation", {"entry"}, "29-2072", {27}, (), CPC_OR_CCS, NEW_HIRE),
    ("outpatient-coder", {"Outpatient Coder"}, "foundation", {"entry"}, "29-2072", {20, 28}, (), CPC_OR_CCS, NEW_HIRE),
    ("coding-technician", {"Coding Technician"}, "foundation", {"entry"}, "29-2072", (), {34, 39}, {}, {"credential-cpc", "skills-foundations"}),
    ("coding-assistant", {"Coding Assistant"}, "foundation", {"entry"}, "29-2072", (), {34, 39}, {}, {"credential-cpc", "skills-foundations"}),
    ("inpatient-coder", {"Inpatient Coder"}, "foundation", {"entry"}, "29-2072", {21}, {51}, {"credential-ccs-or-cic": 5}, {"code-set-pcs", "skills-drg", "experience-1-year"}),
    ("coder-ii-senior", {"Medical Coder II", "Senior Medical Coder"}, "specialization", {"mid"}, "29-2072", {45}, (), CPC_OR_CCS | {"experience-3-years": 3}, {"mentoring", "skills-complex-cases"}),
    ("coding-auditor", {"Coding Auditor"}, "specialization", {"mid"}, "29-2072", {40, 46, 102}, (), CPC_OR_CCS | {"experience-3-years": 3}, {"credential-cpma", "audit-methodology", "skills-audit-findings"}),
    ("coding-educator", {"Coding Educator", "Coding Trainer"}, "specialization", {"mid"}, "13-1151", {47}, (), CPC_OR_CCS | {"degree-associate": 4, "experience-3-years": 3}, {"skills-teaching", "credential-cpc-i", "credential-cpma", "degree-bachelor"}),
    ("cdi-specialist", {"CDI Specialist"}, "specialization", {"mid", "alternative"}, "29-2072", {42, 48, 73, 102}, (), {"degree-associate": 4, "experience-3-years": 3}, {"credential-cdip-or-ccds", "physician-query", "skills-clinical-documentation", "degree-bachelor"}),
    ("coding-manager", {"Coding Manager", "Coding Supervisor"}, "senior", {"management"}, "11-9111", {53, 125}, (), {"experience-5-years": 3}, {"credential-cpma-or-rhia", "degree-bachelor", "coding-analytics", "regulatory-change", "skills-team-operations", "cross-team"}),
    ("him-director", {"HIM Director", "Director of HIM"}, "senior", {"management"}, "11-9111", {54, 125}, (), {"credential-rhia": 5, "bachelors": 4, "experience-7-years": 3}, {"skills-data-governance", "credential-chps"}),
    ("revenue-cycle-director", {"Revenue Cycle Director", "VP of Revenue Cycle"}, "senior", {"management"}, "11-9111", {55}, (), {"bachelors": 4, "experience-7-years": 3}, {"revenue-cycle", "skills-revenue-cycle-leadership", "credential-crcr-or-cppm"}),
    ("compliance-officer", {"Compliance Officer", "Coding Compliance Specialist"}, "senior", {"specialist"}, "13-1041", {57, 102}, (), {"bachelors": 4, "experience-7-years": 3}, {"credential-chc-or-cpco", "skills-compliance"}),
    ("risk-adjustment", {"Risk Adjustment Coding Specialist"}, "senior", {"specialist"}, "29-2072", {58}, (), {}, {"credential-crc", "experience-3-years", "skills-risk-adjustment"}),
    ("coding-consultant", {"Coding Consultant"}, "senior", {"specialist"}, "13-1111", {59}, (), {"experience-7-years": 3}, {"credential-cpma", "skills-consulting", "audit-methodology"}),
    ("health-data-analyst", {"Health Data Analyst"}, "specialization", {"alternative"}, "15-2051", {70}, (), {"bachelors": 4}, {"skills-sql-tableau-python", "skills-healthcare-data", "credential-chda"}),
    ("billing-rca", {"Medical Billing Specialist", "Revenue Cycle Analyst"}, "specialization", {"alternative"}, "43-3021", {71}, (), {}, {"skills-claim-lifecycle", "denial-analysis", "credential-cpb-or-crcr"}),
    ("compliance-analyst", {"Healthcare Compliance Analyst"}, "specialization", {"alternative"}, "13-1041", {72}, (), {"bachelors": 4}, {"skills-hipaa-fraud-payer-audit", "credential-chc-or-cpco"}),
    ("hit-implementation", {"HIT Implementation"}, "specialization", {"alternative"}, "29-9021", {74}, (), {"degree-associate": 4}, {"skills-ehr-configuration", "credential-rhit", "degree-bachelor"}),
    ("healthcare-admin", {"Healthcare Administration"}, "senior", {"alternative"}, "11-9111", {75}, (), {"degree-health-administration": 4}, {"skills-operations-policy", "credential-cppm", "experience-5-years"}),
    ("payer-coder", {"Payer Coder"}, "specialization", {"alternative"}, "29-2072", {40}, (), {"credential-cpc": 4}, {"credential-crc-or-cpc-p", "skills-claims-review"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("slug", "titles", "stage", "tracks", "occupation", "guide", "article", "musts", "besides"),
    ROLES,
    ids=[role[0] for role in ROLES],
)
def test_roles(files, slug, titles, stage, tracks, occupation, guide, article, musts, besides):
    role = files["roles"][slug]
    assert titles <= {role["name"], *role["also_called"]}
    assert role["stage"] == [stage]
    assert {key[0] for key in role["tracks"]} == tracks
    assert role["occupation"] == occupation
    assert cites(role, guide, article)
    assert (role["origin"] == "addition") == (slug in {"inpatient-coder", "payer-coder"})
    assert role["stated_requirements"] and role["duties"] and role["occupation_fit"]
    asks = asked(files, slug)
    assert {milestone: weight for milestone, weight in asks.items() if weight >= 3} == musts
    assert besides <= set(asks)


def test_no_role_is_there_that_is_not_on_the_list(files):
    assert set(files["roles"]) == {role[0] for role in ROLES}


@pytest.mark.parametrize(
    ("role", "years"),
    [
        ("coder-i", 0), ("coding-technician", 0), ("inpatient-coder", 1), ("coder-ii-senior", 3), ("coding-auditor", 3),
        ("coding-educator", 3), ("cdi-specialist", 3), ("coding-manager", 5), ("him-director", 7), ("coding-consultant", 7),
        ("compliance-officer", 7), ("revenue-cycle-director", 7), ("risk-adjustment", 3), ("healthcare-admin", 5),
    ],
)  # fmt: skip
def test_years_of_the_roles(files, role, years):
    assert files["roles"][role]["experience_years"] == years


@pytest.mark.parametrize(
    ("role", "required", "helpful"),
    [
        ("coder-i", "certificate", "associate"),
        ("coding-educator", "associate", "bachelor"),
        ("coding-manager", "", "bachelor"),
        ("him-director", "bachelor", ""),
        ("healthcare-admin", "bachelor", "master"),
        ("coding-consultant", "", ""),
    ],
)
def test_degrees_of_the_roles(files, role, required, helpful):
    assert (files["roles"][role]["degree_required"], files["roles"][role]["degree_helpful"]) == (
        required,
        helpful,
    )


# --- transitions (guide 43-48, 51-59, 68-75, 125) ---

PROMOTIONS = [
    *[
        (role, "coder-ii-senior")
        for role in ("coder-i", "coding-specialist", "records-coder", "outpatient-coder")
    ],
    *[(role, "coder-ii-senior") for role in ("coding-technician", "coding-assistant", "inpatient-coder")],
    *[
        (role, "coding-auditor")
        for role in ("coder-i", "coding-specialist", "records-coder", "outpatient-coder")
    ],
    ("inpatient-coder", "coding-auditor"),
    ("coder-i", "coding-educator"),
    ("coding-educator", "coding-manager"),
    ("cdi-specialist", "coding-manager"),
    ("compliance-analyst", "compliance-officer"),
    ("billing-rca", "revenue-cycle-director"),
    ("payer-coder", "risk-adjustment"),
    *[
        ("coder-ii-senior", role)
        for role in ("coding-manager", "compliance-officer", "risk-adjustment", "coding-consultant")
    ],
    *[("coding-auditor", role) for role in ("coding-manager", "compliance-officer", "coding-consultant")],
    ("coding-manager", "him-director"),
    ("coding-manager", "revenue-cycle-director"),
]
LATERALS = [("coder-ii-senior", role) for role in ("coding-auditor", "coding-educator", "cdi-specialist")]
ALTERNATIVES = [
    *[
        ("coder-i", role)
        for role in ("health-data-analyst", "billing-rca", "compliance-analyst", "hit-implementation")
    ],
    *[("coder-ii-senior", role) for role in ("health-data-analyst", "billing-rca", "compliance-analyst")],
    *[("coder-ii-senior", role) for role in ("hit-implementation", "healthcare-admin")],
    ("coding-auditor", "compliance-analyst"),
    ("coding-manager", "healthcare-admin"),
    ("coder-i", "cdi-specialist"),
]


@pytest.mark.parametrize(("start", "end"), PROMOTIONS)
def test_promotions(files, start, end):
    assert files["transitions"][start, end]["kind"] == "promotion"


@pytest.mark.parametrize(("start", "end"), LATERALS)
def test_lateral_moves(files, start, end):
    assert files["transitions"][start, end]["kind"] == "lateral"


@pytest.mark.parametrize(("start", "end"), ALTERNATIVES)
def test_alternative_careers_lead_away_from_coding(files, start, end):
    way = files["transitions"][start, end]
    assert way["kind"] == "alternative"
    assert lines_cited(way["source"], "Career-path guide") <= set(range(68, 76))


def test_the_seven_entry_roles_have_senior_coder_as_the_default(files):
    defaults = {key for key, way in files["transitions"].items() if way["is_default"]}
    assert {key for key in defaults if key[1] == "coder-ii-senior"} == set(PROMOTIONS[:7])
    assert not {key for key in defaults if key[0] in {"coder-ii-senior", "coding-auditor", "coding-manager"}}


@pytest.mark.parametrize(
    ("role", "skills"),
    [
        ("health-data-analyst", {"sql", "tableau", "python", "healthcare-datasets"}),
        ("billing-rca", {"claim-lifecycle", "denials-management"}),
        ("compliance-analyst", {"hipaa", "fraud-abuse", "payer-audit-response"}),
        ("cdi-specialist", {"documentation-specificity", "physician-query"}),
        ("hit-implementation", {"ehr-configuration", "epic", "cerner", "meditech"}),
        ("healthcare-admin", {"practice-management", "operations", "health-policy"}),
    ],
)
def test_alternative_careers_have_their_bridging_skills(files, role, skills):
    assert skills <= {key[0] for key in files["roles"][role]["skills"]}
