"""What the two source documents state about milestones, written out one by one: whatever is missing from what ships fails.

“guide” is the career-path guide and “article” the novice-to-expert article; numbers are their lines. These lists are
written from the documents, not from the fixtures: they are what the fixtures are checked by.
"""

from decimal import Decimal

import pytest

from curriculum import conditions

from .checklist import cites, needs

F, SP, ADV, SEN = "foundation", "specialization", "advancing", "senior"

# milestones (guide 15-16, 19, 30, 34-37, 45, 51, 95-105, 109; article 63, 70, 75, 82)

MILESTONES = [
    # slug, stage ("all" is every one), weight, measures, target, on the job only
    ("program-complete", F, 3, {"education"}, "1", False),
    ("first-credential", F, 5, {"credentials"}, "1", False),
    ("practicum-volume", F, 2, {"practicum"}, "150", False),
    ("practicum-accuracy", F, 1, {"practicum"}, "1", False),
    ("ehr-tool", F, 1, {"skills"}, "1", False),
    ("encoder-tool", F, 1, {"skills"}, "1", False),
    ("code-sets", F, 2, {"skills"}, "3", False),
    ("code-set-pcs", F, 2, {"skills"}, "1", False),
    ("first-role", F, 4, {"positions"}, "1", True),
    ("own-metrics", F, 3, {"months_logged"}, None, True),
    ("physician-query", F, 1, {"skills", "contributions"}, "1", True),
    ("apprentice-cleared", F, 3, {"apprentice"}, "1", True),
    ("accuracy-95", SP, 5, {"audit_accuracy"}, "95.0", True),
    ("drg-accuracy-95", SP, 3, {"audit_accuracy"}, "95.0", True),
    ("specialty-depth", SP, 4, {"specialty_months", "specialty_share"}, None, True),
    ("audit-participation", SP, 3, {"audit_work"}, "1", True),
    ("specialty-credential", SP, 4, {"credentials"}, "1", False),
    ("specialty-credential-2", SP, 2, {"credentials"}, "2", False),
    ("audit-methodology", SP, 2, {"skills", "contributions"}, "1", False),
    ("denial-analysis", SP, 2, {"contributions", "claim_outcomes"}, "1", True),
    ("mentoring", SP, 2, {"contributions"}, "1", True),
    ("cross-team", SP, 1, {"contributions"}, "1", True),
    ("productivity-on-standard", SP, 3, {"attainment"}, "100", True),
    ("first-pass-logged", SP, 1, {"claim_outcomes"}, "1", True),
    ("denial-reduction-logged", SP, 2, {"claim_outcomes"}, "1", True),
    ("track-chosen", ADV, 2, {"track_chosen"}, "1", False),
    ("track-credential", ADV, 4, {"credentials"}, "1", False),
    ("coding-analytics", ADV, 2, {"skills"}, "1", False),
    ("regulatory-change", ADV, 2, {"contributions"}, "1", True),
    ("revenue-cycle", ADV, 2, {"skills"}, "1", False),
    ("accuracy-sustained", ADV, 3, {"audit_accuracy_sustained"}, "2", True),
    ("team-leadership", SEN, 4, {"people_led"}, "1", True),
    ("executive-skills", SEN, 2, {"contributions"}, "1", True),
    ("bachelors", SEN, 4, {"education"}, "1", False),
    ("rhia-eligible-degree", SEN, 3, {"education", "credentials"}, "1", False),
    ("ce-on-pace", "all", 3, {"ce_pace"}, "100", True),
    ("no-lapse", "all", 3, {"credentials_lapsed"}, "0", False),
    ("network-event", "all", 1, {"contributions"}, "1", False),
    ("resume-quantified", "all", 3, {"metric_kinds"}, "2", True),
]

ON_OWN_CODING = ("own-metrics", "accuracy-95", "productivity-on-standard", "accuracy-sustained")


@pytest.mark.parametrize(
    ("slug", "stage", "weight", "measures", "target", "after_hire"),
    MILESTONES,
    ids=[m[0] for m in MILESTONES],
)
def test_milestones(files, slug, stage, weight, measures, target, after_hire):
    asking = {
        key[1]: row["weight"] for key, row in files["requirements"].items() if key[0] == slug and key[1]
    }
    assert asking == dict.fromkeys((F, SP, ADV, SEN) if stage == "all" else (stage,), weight)
    shown = needs(files, slug)
    assert {leaf.measure for leaf in shown} == measures
    assert target is None or {leaf.target for leaf in shown} == {Decimal(target)}
    assert files["milestones"][slug]["after_hire"] == after_hire
    assert files["milestones"][slug]["summary"]


def test_stages_ask_for_nothing_that_is_not_on_the_list(files):
    assert {key[0] for key in files["requirements"] if key[1]} == {milestone[0] for milestone in MILESTONES}


def test_own_metrics_are_three_months_of_charts_and_two_audits_in_half_a_year(files):
    """Two, for many employers audit once a quarter."""
    volumes, audits = needs(files, "own-metrics")
    assert (volumes.params["kinds"], volumes.target, volumes.months) == (["volume"], 3, 6)
    assert (audits.params["kinds"], audits.target, audits.months) == (["audit"], 2, 6)


def test_accuracy_is_95_percent_of_codes_over_a_year_with_a_sample(files):
    (leaf,) = needs(files, "accuracy-95")
    assert leaf.params["method"] == "code_over_code"
    assert (leaf.comparator, leaf.target, leaf.months) == (">=", Decimal("95.0"), 12)
    assert dict(leaf.minimum) == {"codes": 200, "records": 30, "audits": 2}
    assert cites(files["milestones"]["accuracy-95"], {34, 35})


@pytest.mark.parametrize(
    ("milestone", "only_where"),
    [
        ("bachelors", {("target_role", "degrees")}),
        ("rhia-eligible-degree", {("target_role", "roles")}),
        ("drg-accuracy-95", {("charts_coded", "work_types"), ("target_role", "roles")}),
        ("code-set-pcs", {("target_role", "roles")}),
        ("apprentice-cleared", {("apprentice", "state")}),
        ("ce-on-pace", {("ce_cycles", None)}),
        # Of somebody who leads rather than codes, no accuracy or speed of their own is asked.
        *((slug, {("current_role", "roles")}) for slug in ON_OWN_CODING),
        ("no-lapse", {("credentials", None), ("credentials_lapsed", None)}),
        ("team-leadership", {("target_role", "roles")}),
        ("track-credential", {("target_role", "roles")}),
    ],
)
def test_what_is_not_asked_of_everyone(files, milestone, only_where):
    rule = conditions.parse(files["milestone_versions"][milestone, 1]["definition"])
    assert {
        (leaf.measure, next(iter(leaf.params), None)) for leaf in conditions.leaves(rule.applies_if)
    } == only_where


def test_everything_else_is_asked_of_everyone(files):
    partial = {
        key[0] for key, row in files["milestone_versions"].items() if "applies_if" in row["definition"]
    }
    assert partial == {
        "bachelors", "rhia-eligible-degree", "drg-accuracy-95", "code-set-pcs", "apprentice-cleared", "ce-on-pace", "no-lapse",
        "team-leadership", "track-credential", *ON_OWN_CODING,
    }  # fmt: skip


def test_the_first_credential_is_one_of_the_recognized_ones(files):
    (leaf,) = needs(files, "first-credential")
    assert set(leaf.params["any_of"]) == {"cpc", "cpc-a", "ccs", "cca", "coc", "coc-a", "cic"}


def test_a_specialty_credential_is_one_beyond_the_first_of_the_stated_kinds(files):
    (leaf,) = needs(files, "specialty-credential")
    kinds = {
        row["family"]
        for row in files["certifications"].values()
        if row["code"] in {"CCS-P", "CPMA", "CPC-P", "CDIP", "CCC"}
    }
    assert kinds <= set(leaf.params["families"])
    assert "ccs" in leaf.params["any_of"] and leaf.params["beyond_first"] is True


def test_the_credential_of_a_track_is_one_of_four(files):
    (leaf,) = needs(files, "track-credential")
    assert set(leaf.params["any_of"]) == {"cpma", "cdip", "rhia", "chc"}
