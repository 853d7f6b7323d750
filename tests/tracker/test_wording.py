"""Figures and conditions as people read them."""

import json
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from curriculum import words
from curriculum.conditions import in_words, parse
from curriculum.fixture_rows import FIXTURES
from tests.tracker.reading import leaf_of
from tracker import wording

# --- Figures ---


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (94.96, "94.9%"),
        (95, "95.0%"),
        (100, "100.0%"),
        (99.99, "99.9%"),
        (0, "0.0%"),
        (100 * 19 / 20, "95.0%"),
    ],
)
def test_percentages_are_never_rounded_up(number, shown):
    assert wording.percent(number) == shown


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_what_does_not_reach_95_percent_never_looks_as_if_it_did(correct, reviewed):
    correct = min(correct, reviewed)
    shown = float(wording.percent(100 * correct / reviewed).removesuffix("%"))
    assert (shown >= 95) == (20 * correct >= 19 * reviewed)


@pytest.mark.parametrize(
    ("number", "plural", "shown"),
    [
        (1, "audits", "1 audit"),
        (3, "audits", "3 audits"),
        (2.95, "years", "2.9 years"),
        (1250, "charts", "1,250 charts"),
        (1, "people", "1 person"),
        (0, "hours", "0 hours"),
        (1, "DRGs", "1 DRG"),
    ],
)
def test_units(number, plural, shown):
    assert wording.units(number, plural) == shown


def test_more_of_a_unit():
    assert wording.more(1, "audits") == "1 more audit"
    assert wording.more(231, "codes") == "231 more codes"


@given(st.floats(0, 100), st.floats(0, 100))
def test_an_interval_is_widened_and_never_narrowed_by_rounding(one, other):
    lower, upper = sorted((one, other))
    low, high = map(float, wording.interval(lower, upper).removesuffix("%").split("–"))
    assert low <= lower + 1e-9 and upper - 1e-9 <= high
    assert lower - low < 0.1 + 1e-9 and high - upper < 0.1 + 1e-9


def test_no_interval_is_no_text():
    assert wording.interval(None, None) == ""
    assert wording.counts(None, 3) == ""


def test_values_and_targets_with_their_units():
    accuracy = leaf_of("audit_accuracy", {"method": "case"}, target="97.25")
    assert (wording.amount(accuracy, 97.24), wording.target(accuracy)) == ("97.2%", "97.25%")
    lapsed = leaf_of("credentials_lapsed", cmp="<=", target="0")
    assert (wording.amount(lapsed, 2), wording.target(lapsed)) == ("2 credentials", "none")
    few = leaf_of("credentials_lapsed", cmp="<=", target="1")
    assert wording.target(few) == "at most 1 credential"
    assert wording.amount(few, None) == ""


@pytest.mark.parametrize(
    ("measure", "params", "unit"),
    [
        ("practicum", {"of": "cases"}, "1 case"),
        ("practicum", {"of": "hours"}, "1 hour"),
        ("practicum", {"of": "accuracy_recorded"}, "1 practicum"),
        ("contributions", {"kinds": ["mentoring"]}, "1 contribution"),
        ("contributions", {"kinds": ["mentoring"], "sum": "people"}, "1 coder"),
    ],
)
def test_the_unit_follows_from_what_is_counted(measure, params, unit):
    leaf = leaf_of(measure, params)
    assert wording.amount(leaf, 1) == wording.target(leaf) == unit


def test_yes_and_no_are_no_numbers():
    asked = leaf_of("target_role", {"roles": ["coding-auditor"]})
    assert (wording.amount(asked, 1), wording.amount(asked, 0), wording.target(asked)) == ("yes", "no", "yes")
    other_than = leaf_of("target_role", {"roles": ["coding-auditor"]}, cmp="<=", target="0")
    assert wording.target(other_than) == "no"


# --- Words ---


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("icd-10-cm", "ICD-10-CM"),
        ("hcpcs-level-ii", "HCPCS Level II"),
        ("cpt", "CPT"),
        ("him", "HIM"),
        ("hit", "HIT"),
        ("cahiim", "CAHIIM"),
        ("pcap", "PCAP"),
        ("sql", "SQL"),
        ("hipaa", "HIPAA"),
        ("aapc", "AAPC"),
        ("ob-gyn", "OB/GYN"),
        ("denials-management", "denials management"),
        ("something_of_our_own", "something of our own"),
        ("our-ehr-training", "our EHR training"),
    ],
)
def test_slugs_as_words(slug, said):
    assert words.name(slug) == said


@pytest.mark.parametrize(
    ("noun", "said"),
    [
        ("audit", "an audit"), ("chart", "a chart"), ("EHR", "an EHR"), ("E/M visit", "an E/M visit"),
        ("CPC", "a CPC"), ("HIM program", "an HIM program"), ("university", "a university"), ("DRG", "a DRG"),
        ("ICD-10-CM code", "an ICD-10-CM code"), ("SQL course", "an SQL course"),
    ],
)  # fmt: skip
def test_articles(noun, said):
    assert words.with_article(noun) == said


def test_lists():
    assert words.joined([]) == ""
    assert words.joined(["a"]) == "a"
    assert words.joined(["a", "b"], "or") == "a or b"
    assert words.joined(["a", "b", "c"]) == "a, b and c"


def test_numbers():
    assert [words.number(n) for n in (1000, 2.5, 100, "95.0")] == ["1,000", "2.5", "100", "95"]


# --- Conditions ---


@pytest.mark.parametrize(
    ("said", "measure", "params", "condition"),
    [
        ("an active credential (CPC, CCS or CIC)", "credentials", {"any_of": ["cpc", "ccs", "cic"]}, {}),
        ("an active CPC-I", "credentials", {"any_of": ["cpc-i"]}, {}),
        ("2 active credentials beyond your first", "credentials", {"beyond_first": True}, {"target": "2"}),
        ("an active credential from AHIMA (one in HIM)", "credentials", {"families": ["him"], "bodies": ["ahima"]}, {}),
        ("no lapsed credential", "credentials_lapsed", {}, {"cmp": "<=", "target": "0"}),
        ("at most 2 lapsed credentials", "credentials_lapsed", {}, {"cmp": "<=", "target": "2"}),
        ("2 audits as reviewer", "audit_work", {}, {"target": "2"}),
        ("an audit as reviewer in the last month, with at least 1 chart reviewed", "audit_work", {},
         {"window": 1, "minimum": {"charts": 1}}),
        ("code-over-code accuracy of at least 95.0% in the last 12 months, from at least 200 codes, 30 records and 2 audits",
         "audit_accuracy", {"method": "code_over_code"},
         {"target": "95.0", "window": 12, "minimum": {"codes": 200, "records": 30, "audits": 2}}),
        ("DRG accuracy of at least 97%, from at least 1 DRG", "audit_accuracy", {"method": "drg"},
         {"target": "97", "minimum": {"groups": 1}}),
        ("APC accuracy of at least 97% in each of the last 3 years", "audit_accuracy_sustained",
         {"method": "apc", "at": "97"}, {"target": "3"}),
        ("APC accuracy of at least 97% in the last year, from at least 30 records a year", "audit_accuracy_sustained",
         {"method": "apc", "at": "97"}, {"target": "1", "minimum": {"records": 30}}),
        ("ICD-10-CM, CPT and HCPCS Level II among your skills", "skills",
         {"any_of": ["icd-10-cm", "cpt", "hcpcs-level-ii"]}, {"target": "3"}),
        ("SQL, Tableau or Python among your skills", "skills", {"any_of": ["sql", "tableau", "python"]}, {}),
        ("2 of SQL, Tableau and Python among your skills", "skills", {"any_of": ["sql", "tableau", "python"]},
         {"target": "2"}),
        ("an EHR you work with", "skills", {"kinds": ["ehr"]}, {}),
        ("2 EHRs you work with", "skills", {"kinds": ["ehr"]}, {"target": "2"}),
        ("an EHR you work with or encoder you work with", "skills", {"kinds": ["ehr", "encoder"]}, {}),
        ("an inpatient chart coded in cardiology", "charts_coded",
         {"work_types": ["inpatient"], "specialties": ["cardiology"]}, {}),
        ("1,000 charts coded in the last 6 months", "charts_coded", {}, {"target": "1000", "window": 6}),
        ("3 years of coding experience", "experience_years", {}, {"target": "3"}),
        ("1 year of coding experience", "experience_years", {}, {}),
        ("a position in which you lead at least 5 people", "people_led", {}, {"target": "5"}),
        ("a current coding position as coding auditor", "positions",
         {"roles": ["coding-auditor"], "current": True, "coding": True}, {}),
        ("2 coders mentored in the last 24 months", "contributions", {"kinds": ["mentoring"], "sum": "people"},
         {"target": "2", "window": 24}),
        ("strategic planning or managing a vendor, logged 2 times", "contributions",
         {"kinds": ["strategy", "vendor_management"]}, {"target": "2"}),
        ("a coding denial rate below the rate before, logged in the last 12 months", "claim_outcomes",
         {"kind": "denial", "reduced": True}, {"window": 12}),
        ("2 of 4 kinds of figures for your résumé (accuracy, volume, first-pass rate, denial rate)", "metric_kinds", {},
         {"target": "2"}),
        ("chart volumes logged in at least 3 of the last 6 months", "months_logged", {"kinds": ["volume"]},
         {"target": "3", "window": 6}),
        ("a target role other than coding auditor", "target_role", {"roles": ["coding-auditor"]},
         {"cmp": "<=", "target": "0"}),
        ("a completed bachelor’s or master’s degree in HIM, accredited by CAHIIM", "education",
         {"levels": ["bachelor", "master"], "fields": ["him"], "accreditations": ["cahiim"]}, {}),
        ("productivity in inpatient and emergency work of at least 100% of your confirmed target, over at least 120 hours "
         "of coding", "attainment", {"work_types": ["inpatient", "emergency"]},
         {"target": "100", "minimum": {"hours": 120}}),
        ("12 months in cardiology", "specialty_months", {"specialties": ["cardiology"]}, {"target": "12"}),
        ("at least 50% of your charts in one specialty (cardiology or oncology)", "specialty_share",
         {"specialties": ["cardiology", "oncology"]}, {"target": "50"}),
    ],
)  # fmt: skip
def test_a_condition_in_words(said, measure, params, condition):
    assert in_words(leaf_of(measure, params, **condition)) == said


A, B, C = (
    {"measure": "credentials", "params": {"any_of": [slug]}, "target": "1"} for slug in ("cpc", "ccs", "cca")
)


@pytest.mark.parametrize(
    ("needs", "said"),
    [
        ({"all": [A, B]}, "an active CPC; and an active CCS"),
        ({"any": [A, B]}, "either an active CPC; or an active CCS"),
        ({"any": [A]}, "an active CPC"),
        ({"n_of": 2, "of": [A, B, C]}, "2 of these 3: an active CPC; an active CCS; an active CCA"),
        ({"any": [{"all": [A, B]}, C]}, "either (an active CPC; and an active CCS); or an active CCA"),
    ],
)
def test_groups_in_words(needs, said):
    assert in_words(parse({"needs": needs}).needs) == said


def _shipped():
    rows = json.loads((FIXTURES / "milestone_versions.json").read_text(encoding="utf-8"))
    return {row["fields"]["milestone"][0]: parse(row["fields"]["definition"]) for row in rows}


SHOUTED = r"\b(?:icd|cpt|hcpcs|ehr|him|hit|cahiim|pcap|cpc|ccs|sql|hcc|drg|apc|hipaa|aapc|cdi|vp)\b"


@pytest.mark.parametrize(("slug", "rule"), _shipped().items(), ids=_shipped())
def test_every_shipped_milestone_reads_as_english(slug, rule):
    """Acronyms as people write them, singular and plural right, nothing of the code's own language."""
    for node in filter(None, (rule.needs, rule.applies_if)):
        said = in_words(node)
        assert not re.search(SHOUTED, said), said
        assert not re.search(
            r"\b1 \w+s\b(?! of)|\ba [aeio]|\b\w+_\w+\b|  |>=|\{|contributions? of the kind", said
        ), said
        assert len(said) < 260, said


@pytest.mark.parametrize(
    ("comparator", "target", "number", "shown"),
    [
        (">=", "95.0", 94.96, "94.9%"),
        (">=", "95.0", 94.99996, "94.9%"),
        (">=", "97.25", 97.26, "97.26%"),  # 97.2 would look missed
        (">=", "97.25", 97.3, "97.3%"),
        ("<=", "5.0", 5.04, "5.04%"),  # 5.0 would look met
        ("<=", "5.0", 5.0, "5.0%"),
    ],
)
def test_rounding_never_takes_a_figure_across_its_target(comparator, target, number, shown):
    leaf = leaf_of("attainment", target=target, cmp=comparator)
    assert wording.amount(leaf, number) == shown


@given(st.floats(0, 100), st.integers(0, 10_000), st.sampled_from([">=", "<="]))
def test_what_is_shown_holds_against_the_target_as_the_figure_does(number, hundredths, comparator):
    target = hundredths / 100
    assume(number == target or abs(number - target) > 1e-5)
    leaf = leaf_of("attainment", target=f"{target:.2f}", cmp=comparator)
    shown = float(wording.amount(leaf, number).removesuffix("%"))
    holds = wording.HOLDS[comparator]
    assert holds(shown, target) == holds(number, target)


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0.0, "less than 1%"), (0.499999, "49%"), (0.5, "50%"), (0.9899, "98%"), (1.0, "more than 99%")],
)
def test_a_chance_is_never_certain(share, shown):
    assert wording.chance(share) == shown
