"""What to do about a gap: one or two sentences, correct to the last unit."""

import re
from fractions import Fraction

import pytest

from curriculum.conditions import in_words, parse, specs
from tests.factories import CertificationFactory
from tests.tracker.reading import leaf_of
from tests.tracker.test_wording import _shipped
from tracker.advice import FIRST_STEP, Figures, advise
from tracker.intervals import proves, reaches
from tracker.models import Certainty, Status

# Which certifications are legacy is read from the catalogue.
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def cpc_p(db):
    CertificationFactory(slug="cpc-p", status="legacy")


ACCURACY = leaf_of(
    "audit_accuracy", {"method": "code_over_code"}, target="95.0", window=12,
    minimum={"codes": 200, "records": 30, "audits": 2},
)  # fmt: skip


def _found(correct, reviewed, status=Status.MET, **figures):
    return Figures(
        status=status,
        value=100 * correct / reviewed,
        numerator=correct,
        denominator=reviewed,
        lower=1.0,
        **figures,
    )


# --- Accuracy ---


def test_how_many_more_codes_would_prove_it():
    assert (
        advise(ACCURACY, _found(97, 100), Certainty.SUPPORTED)
        == "231 more codes audited at your present 97.0% (97 of 100) would prove it."
    )
    assert advise(ACCURACY, _found(97, 100), Certainty.REPORTED) == (
        "231 more codes audited at your present 97.0% (97 of 100) would prove it. "
        "For proof the audits must be imported or verified."
    )


def test_the_number_is_the_least_that_proves_it():
    said = advise(ACCURACY, _found(194, 200), Certainty.SUPPORTED)
    more = int(re.match(r"(\d+) more code", said)[1])
    assert proves(194 + 194 * more // 200, 200 + more, Fraction(95, 100))
    assert not proves(194 + 194 * (more - 1) // 200, 200 + more - 1, Fraction(95, 100))


def test_enough_counts_that_nobody_attested():
    assert advise(ACCURACY, _found(485, 500), Certainty.REPORTED) == (
        "485 of 500 codes are enough to prove it, once they are all imported or verified."
    )


def test_on_the_target_no_number_of_audits_proves_it():
    assert advise(ACCURACY, _found(190, 200), Certainty.SUPPORTED) == (
        "Met at 95.0% (190 of 200). So near to 95.0%, only a higher rate can be proven."
    )


def test_proven_says_of_what():
    assert advise(ACCURACY, _found(485, 500), Certainty.PROVEN) == (
        "Proven: with 95% confidence you are at 95.0% or above (485 of 500)."
    )


def test_how_many_codes_without_an_error_would_lift_it():
    assert advise(ACCURACY, _found(189, 200, Status.CLOSE), Certainty.REPORTED) == (
        "You are at 94.5% (189 of 200): 20 codes without an error would lift you to 95.0%."
    )
    assert reaches(209, 220, Fraction(95, 100)) and not reaches(208, 219, Fraction(95, 100))


def test_what_no_effort_lifts_is_only_stated():
    strict = leaf_of("audit_accuracy", {"method": "case"}, target="99.9")
    assert advise(strict, _found(60, 100, Status.OPEN), Certainty.REPORTED) == (
        "You are at 60.0% (60 of 100); 99.9% is asked."
    )


def test_what_the_minimum_sample_misses():
    thin = _found(97, 100, Status.NO_EVIDENCE, lacking={"codes": 100, "records": 1, "audits": 1})
    assert advise(ACCURACY, thin, Certainty.THIN) == (
        "So far 97.0% (97 of 100). It takes 100 more codes, 1 more record and 1 more audit before it counts."
    )


def test_drgs_are_called_so():
    drg = leaf_of("audit_accuracy", {"method": "drg"}, target="95.0", minimum={"groups": 30})
    thin = _found(28, 29, Status.NO_EVIDENCE, lacking={"groups": 1})
    assert advise(drg, thin, Certainty.THIN).endswith("It takes 1 more DRG before it counts.")
    nothing = Figures(status=Status.NO_EVIDENCE)
    assert advise(drg, nothing, Certainty.NONE) == (
        "Log your audit results: how many DRGs were reviewed, and how many were correct."
    )


def test_percentages_without_counts_are_noticed():
    assert advise(ACCURACY, Figures(status=Status.NO_EVIDENCE), Certainty.REPORTED) == (
        "Your audits give percentages without counts, which cannot be pooled. "
        "Add how many codes were reviewed and how many were correct."
    )


def test_a_year_that_is_short_cannot_be_filled_up_by_more_now():
    sustained = leaf_of(
        "audit_accuracy_sustained", {"method": "case", "at": "95"}, target="2", minimum={"records": 30}
    )
    figures = Figures(status=Status.NO_EVIDENCE, value=2, lacking={"records": 18})
    assert advise(sustained, figures, Certainty.THIN) == (
        "Too little was audited in one of the years: 18 records short."
    )


# --- Everything else ---


@pytest.mark.parametrize(
    ("said", "leaf", "figures", "certainty"),
    [
        ("2.9 of 3 years so far. The rest comes with time.",
         leaf_of("experience_years", target="3"), {"status": Status.CLOSE, "value": 2.9}, "reported"),
        ("2 of 3 skills so far. Add what is missing, with what shows it.",
         leaf_of("skills", {"any_of": ["cpt", "sql", "hcc"]}, target="3"), {"status": Status.OPEN, "value": 2}, "reported"),
        ("You are at 92.3% of your target; 100% is asked.",
         leaf_of("attainment", target="100"), {"status": Status.OPEN, "value": 92.34}, "reported"),
        ("So far 104.0% of your target. It takes 80 more hours before it counts.",
         leaf_of("attainment", target="100", minimum={"hours": 120}),
         {"status": Status.NO_EVIDENCE, "value": 104, "lacking": {"hours": 80}}, "thin"),
        ("You are at 50.0% of the hours due by today. Log what else you have earned, or plan more.",
         leaf_of("ce_pace", target="100"), {"status": Status.OPEN, "value": 50}, "reported"),
        ("Renew what has lapsed (1 credential), and log until when it is valid.",
         leaf_of("credentials_lapsed", cmp="<=", target="0"), {"status": Status.OPEN, "value": 1}, "reported"),
        ("Earn the CPC or CCS, then log it. If you hold it already, log it now.",
         leaf_of("credentials", {"any_of": ["cpc", "cpc-a", "ccs", "cpc-p"]}), {"status": Status.NO_EVIDENCE}, ""),
        ("What you held is not active any more. Renew it, and log until when it is valid.",
         leaf_of("credentials", {"any_of": ["cpc"]}), {"status": Status.LAPSED}, ""),
        ("You met this once, but nothing of the last 24 months shows it. Volunteer for an audit as reviewer, and log it.",
         leaf_of("audit_work", window=24), {"status": Status.LAPSED}, ""),
        ("You met this once, but nothing on record shows it now. Add an EHR you work with to your skills, with what shows "
         "it: a course, a project, daily use.", leaf_of("skills", {"kinds": ["ehr"]}), {"status": Status.LAPSED}, ""),
        ("Met by what you logged yourself. Imported or verified records would be proof.",
         leaf_of("positions"), {"status": Status.MET, "value": 1}, "reported"),
        ("Met, and shown by imported or verified records.",
         leaf_of("positions"), {"status": Status.MET, "value": 1}, "proven"),
        ("Your choice. You can change it in your settings.",
         leaf_of("track_chosen"), {"status": Status.MET, "value": 1}, "reported"),
        ("Not asked of you now.", leaf_of("positions"), {"status": Status.NOT_APPLICABLE}, ""),
        ("Waived: nothing to do.", leaf_of("positions"), {"status": Status.WAIVED}, ""),
    ],
)  # fmt: skip
def test_advice(said, leaf, figures, certainty):
    assert advise(leaf, Figures(**figures), certainty) == said


def test_every_measure_has_a_first_step_and_nothing_else_has_one():
    assert set(FIRST_STEP) == set(specs())


# --- Groups ---

SKILL = {"measure": "skills", "params": {"any_of": ["cpt"]}, "target": "1"}
SHARE = {"measure": "specialty_share", "target": "50"}
LED = {"measure": "people_led", "target": "5"}
NOTHING, MET = Figures(status=Status.NO_EVIDENCE), Figures(status=Status.MET, value=1)
LEADS_TWO = Figures(status=Status.OPEN, value=2)
CPT = "Add CPT to your skills, with what shows it: a course, a project, daily use."


def _advise(needs, *parts, status=Status.OPEN):
    return advise(parse({"needs": needs}).needs, Figures(status=status, parts=parts), Certainty.NONE)


def test_of_alternatives_the_nearest_is_named():
    any_of = {"any": [SKILL, SHARE, LED]}
    assert _advise(any_of, NOTHING, NOTHING, NOTHING) == f"There are several ways. {CPT}"
    assert _advise(any_of, NOTHING, NOTHING, LEADS_TWO) == (
        "The nearest of several ways is a position in which you lead at least 5 people. 2 of 5 people so far. "
        "Log the position with the number of people you lead."
    )
    close = Figures(status=Status.CLOSE, value=45, numerator=450, denominator=1000)
    assert _advise(any_of, NOTHING, close, LEADS_TWO) == (
        "There are several ways; this is the nearest. "
        "You are at 45.0% of your charts in one specialty (450 of 1,000); 50% is asked."
    )


def test_of_all_the_missing_ones_are_counted():
    all_of = {"all": [SKILL, SHARE, LED]}
    assert _advise(all_of, MET, MET, LEADS_TWO).startswith("What is missing is a position in which you lead")
    assert (
        _advise(all_of, NOTHING, MET, NOTHING)
        == f"2 parts are missing. Begin with CPT among your skills. {CPT}"
    )


def test_of_a_number_of_them_so_many_more_are_needed():
    two = {"n_of": 2, "of": [SKILL, SHARE, LED]}
    assert (
        _advise(two, NOTHING, NOTHING, NOTHING) == f"2 more are needed, such as CPT among your skills. {CPT}"
    )
    assert _advise(two, NOTHING, NOTHING, MET) == f"There are several ways. {CPT}"


def test_a_group_that_was_met_once_says_so():
    assert _advise({"any": [SKILL, LED]}, NOTHING, NOTHING, status=Status.LAPSED).startswith(
        "You met this once. "
    )


def test_groups_within_groups():
    needs = {"all": [{"any": [SKILL, SHARE]}, LED]}
    inner = Figures(status=Status.NO_EVIDENCE, parts=(NOTHING, NOTHING))
    said = _advise(needs, inner, MET)
    assert said.startswith("What is missing is either CPT among your skills; or at least 50%")
    assert said.endswith(CPT)


@pytest.mark.parametrize(("slug", "rule"), _shipped().items(), ids=_shipped())
def test_every_shipped_milestone_gives_advice_on_the_first_day(slug, rule):
    needs = rule.needs
    parts = tuple(NOTHING for _ in getattr(needs, "of", ()))
    said = advise(needs, Figures(status=Status.NO_EVIDENCE, parts=parts), Certainty.NONE)
    assert said.endswith(".") and (said[0].isupper() or said[0].isdigit())
    assert not re.search(r"%\(|  |\bNone\b|_", said), said
    assert in_words(needs)
