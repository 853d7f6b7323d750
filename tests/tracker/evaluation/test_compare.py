"""Verdicts: status and certainty of a condition and of groups, for many coders in one call."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curriculum.conditions import parse
from tests.tracker.reading import leaf_of
from tracker.evaluation.compare import (
    CLOSE,
    MET,
    NO_EVIDENCE,
    NONE,
    OPEN,
    PROVEN,
    REPORTED,
    SUPPORTED,
    THIN,
    judge,
    judge_leaf,
)
from tracker.evaluation.details import details
from tracker.measures import Measurement

NAN = np.nan
ACCURACY = leaf_of(
    "audit_accuracy", {"method": "code_over_code"}, target="95.0", minimum={"codes": 200, "audits": 2}, close="1.0"
)  # fmt: skip


def accuracy(correct, reviewed, audits=2, uncounted=False) -> Measurement:
    """Of one coder or of several."""
    correct, reviewed, audits, uncounted = map(np.atleast_1d, (correct, reviewed, audits, uncounted))
    with np.errstate(invalid="ignore"):
        value = 100 * correct / reviewed
    samples = {"records": reviewed // 5, "audits": audits, "codes": reviewed}
    return Measurement(value, correct, reviewed, samples=samples, uncounted=uncounted)


NOTHING = accuracy(0, 0, 0)


def number(*values, **more) -> Measurement:
    return Measurement(np.array(values, float), **more)


def verdict(leaf, everything, attested=None):
    """Status and certainty of one coder."""
    attested = attested or Measurement(np.full(len(everything.value), NAN))
    found = judge_leaf(leaf, everything, attested)
    return int(found.status[0]), int(found.certainty[0])


# --- Codes that go together ---


def test_the_design_effect_widens_the_interval_and_may_take_the_proof_but_never_the_verdict():
    alone = accuracy(970, 1000)
    together = accuracy(970, 1000)
    together.design_effect = np.array([4.0])
    found = [judge_leaf(ACCURACY, one, one) for one in (alone, together)]
    assert [int(v.status[0]) for v in found] == [MET, MET]
    assert [int(v.certainty[0]) for v in found] == [PROVEN, SUPPORTED]
    assert found[1].lower[0] < found[0].lower[0] and found[1].upper[0] > found[0].upper[0]
    assert (found[1].numerator[0], found[1].denominator[0], found[1].design_effect[0]) == (970, 1000, 4)


# --- Status of one condition ---


@pytest.mark.parametrize(
    ("correct", "reviewed", "status"),
    [
        (0, 0, NO_EVIDENCE),
        (199, 199, NO_EVIDENCE),
        (200, 200, MET),
        (190, 200, MET),
        (2374, 2500, CLOSE),  # 94.96%
        (188, 200, CLOSE),  # 94.0%, the edge of the band
        (939, 1000, OPEN),  # 93.9%
        (0, 200, OPEN),
    ],
)
def test_status_of_an_accuracy(correct, reviewed, status):
    assert verdict(ACCURACY, accuracy(correct, reviewed))[0] == status


def test_every_unit_of_the_minimum_sample_must_be_there():
    assert verdict(ACCURACY, accuracy(300, 300, audits=1)) == (NO_EVIDENCE, THIN)
    assert verdict(ACCURACY, accuracy(100, 100, audits=9)) == (NO_EVIDENCE, THIN)
    assert verdict(ACCURACY, accuracy(0, 0, audits=9)) == (NO_EVIDENCE, NONE)


def test_a_bad_rate_below_the_minimum_sample_is_no_verdict_either():
    assert verdict(ACCURACY, accuracy(10, 100)) == (NO_EVIDENCE, THIN)


def test_what_is_lacking_by_unit():
    found = judge_leaf(
        ACCURACY, accuracy([150, 300, 0], [150, 300, 0], [1, 2, 0]), accuracy([0] * 3, [0] * 3, [0] * 3)
    )
    assert [lacking_of(found, i) for i in range(3)] == [
        {"codes": 50, "audits": 1},
        None,
        {"codes": 200, "audits": 2},
    ]


def lacking_of(verdict, i):
    ((lacking, _parts),) = details(verdict, np.array([i]))
    return lacking


def test_what_is_lacking_is_rounded_up():
    leaf = leaf_of("attainment", target="100", minimum={"hours": 120})
    found = judge_leaf(leaf, number(110, samples={"hours": np.array([119.5])}), number(NAN))
    assert lacking_of(found, 0) == {"hours": 1}


@pytest.mark.parametrize(
    ("comparator", "target", "close", "value", "status"),
    [
        (">=", "3", "0.5", 3.0, MET),
        (">=", "3", "0.5", 2.5, CLOSE),
        (">=", "3", "0.5", 2.4, OPEN),
        (">=", "3", None, 2.9, OPEN),
        ("<=", "0", "1", 0.0, MET),
        ("<=", "0", "1", 1.0, CLOSE),
        ("<=", "0", "1", 2.0, OPEN),
        ("<=", "0", None, 1.0, OPEN),
        ("==", "2", "1", 2.0, MET),
        ("==", "2", "1", 3.0, CLOSE),
        ("==", "2", "1", 1.0, CLOSE),
        ("==", "2", "1", 4.0, OPEN),
        (">=", "95.3", "0.3", 95.0, CLOSE),
        (">=", "3", "0.5", NAN, NO_EVIDENCE),
        ("<=", "0", "1", NAN, NO_EVIDENCE),
    ],
)
def test_comparators_and_what_counts_as_close(comparator, target, close, value, status):
    leaf = leaf_of("experience_years", cmp=comparator, target=target, **({"close": close} if close else {}))
    assert verdict(leaf, number(value))[0] == status


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_an_exact_fraction_decides_and_no_float(correct, reviewed):
    correct = min(correct, reviewed)
    leaf = leaf_of("audit_accuracy", {"method": "case"}, target="95.0")
    met = verdict(leaf, accuracy(correct, reviewed))[0] == MET
    assert met is (correct * 100 >= 95 * reviewed)


# --- How sure ---

FULL, GOOD, BAD = accuracy(485, 500), accuracy(97, 100), accuracy(300, 500)
ENOUGH, CLOSE_CALL = accuracy(200, 208), accuracy(195, 208)


@pytest.mark.parametrize(
    ("everything", "attested", "status", "certainty"),
    [
        (NOTHING, NOTHING, NO_EVIDENCE, NONE),
        (GOOD, NOTHING, NO_EVIDENCE, THIN),
        (GOOD, GOOD, NO_EVIDENCE, THIN),
        (FULL, NOTHING, MET, REPORTED),
        (FULL, GOOD, MET, REPORTED),  # what is attested is below the minimum sample
        (FULL, ENOUGH, MET, SUPPORTED),  # 96.2% of 208, lower bound 93.2%
        (FULL, FULL, MET, PROVEN),
        (FULL, BAD, MET, REPORTED),  # what is attested says otherwise
        (FULL, CLOSE_CALL, MET, REPORTED),
        (BAD, FULL, OPEN, REPORTED),
        (BAD, NOTHING, OPEN, REPORTED),
        (BAD, BAD, OPEN, SUPPORTED),
        (CLOSE_CALL, CLOSE_CALL, OPEN, SUPPORTED),
        (accuracy(189, 200), BAD, CLOSE, SUPPORTED),  # both say: not met
    ],
)
def test_only_what_is_attested_decides_how_sure_a_verdict_is(everything, attested, status, certainty):
    assert verdict(ACCURACY, everything, attested) == (status, certainty)


def test_percentages_without_counts_are_reported_and_no_verdict():
    assert verdict(ACCURACY, accuracy(0, 0, 0, uncounted=True)) == (NO_EVIDENCE, REPORTED)
    assert verdict(ACCURACY, accuracy(97, 100, uncounted=True)) == (NO_EVIDENCE, THIN)


@given(st.integers(0, 600), st.integers(1, 600), st.integers(0, 600), st.integers(1, 600))
def test_nothing_is_proven_unless_attested_counts_reach_the_target_by_their_lower_bound(k, n, ak, an):
    everything, attested = accuracy(min(k, n), n), accuracy(min(ak, an), an)
    status, certainty = verdict(ACCURACY, everything, attested)
    alone, _ = verdict(ACCURACY, attested)
    if certainty == PROVEN:
        assert status == alone == MET
    if certainty >= SUPPORTED:
        assert alone != NO_EVIDENCE and (alone == MET) == (status == MET)
    if certainty == THIN:
        assert status == NO_EVIDENCE


def test_what_is_counted_and_no_sample_is_proven_by_its_attested_value():
    leaf = leaf_of("credentials", target="2")
    assert verdict(leaf, number(2), number(2)) == (MET, PROVEN)
    assert verdict(leaf, number(2), number(1)) == (MET, REPORTED)
    assert verdict(leaf, number(2), number(NAN)) == (MET, REPORTED)
    assert verdict(leaf, number(1), number(1)) == (OPEN, SUPPORTED)


def test_a_share_of_all_charts_has_no_interval_and_is_proven_by_itself():
    leaf = leaf_of("specialty_share", target="50")
    share = Measurement(np.array([50.1]), np.array([501]), np.array([1000]), is_sample=False)
    found = judge_leaf(leaf, share, share)
    assert (found.status[0], found.certainty[0]) == (MET, PROVEN)
    assert np.isnan(found.lower[0]) and np.isnan(found.upper[0])
    assert (found.numerator[0], found.denominator[0]) == (501, 1000)


def test_years_of_accuracy_are_proven_by_the_years_that_are_sure():
    leaf = leaf_of("audit_accuracy_sustained", {"method": "case", "at": "95"}, target="2")
    two = number(2, sure=np.array([1.0]))
    assert verdict(leaf, two, two) == (MET, SUPPORTED)
    sure = number(2, sure=np.array([2.0]))
    assert verdict(leaf, sure, sure) == (MET, PROVEN)


def test_a_flag_that_nobody_attested_is_reported():
    leaf = leaf_of("target_role", cmp="<=", target="0")
    assert verdict(leaf, number(0), number(NAN)) == (MET, REPORTED)
    assert verdict(leaf, number(1), number(NAN)) == (OPEN, REPORTED)


# --- Figures ---


def test_figures_of_a_proportion():
    found = judge_leaf(ACCURACY, accuracy([485, 0], [500, 0], [2, 0]), accuracy([0, 0], [0, 0], [0, 0]))
    assert found.value[0] == 97.0 and found.sample[0] == 500
    assert (found.lower[0].round(1), found.upper[0].round(1)) == (95.1, 98.2)
    for name in ("value", "lower", "upper", "numerator", "denominator", "sample"):
        assert np.isnan(getattr(found, name)[1]), name


def test_the_sample_shown_is_that_of_the_method_or_of_the_minimum():
    case = leaf_of("audit_accuracy", {"method": "case"}, target="95", minimum={"audits": 2})
    records = Measurement(
        np.array([100.0]), np.array([30]), np.array([30]),
        samples={"records": np.array([30]), "audits": np.array([2])},
    )  # fmt: skip
    assert judge_leaf(case, records, NOTHING).sample[0] == 30
    work = leaf_of("audit_work", minimum={"charts": 10})
    assert judge_leaf(work, number(3, samples={"charts": np.array([25])}), number(NAN)).sample[0] == 25


def test_many_coders_at_once_are_each_one_alone():
    k, n = np.array([0, 97, 190, 485, 300]), np.array([0, 100, 200, 500, 500])
    together = judge_leaf(ACCURACY, accuracy(k, n, [2] * 5), accuracy(k // 2, n // 2, [2] * 5))
    for i in range(5):
        alone = verdict(ACCURACY, accuracy(k[i], n[i]), accuracy(k[i] // 2, n[i] // 2))
        assert (together.status[i], together.certainty[i]) == alone


# --- Groups ---

# A leaf of each name; its verdict is made up by what `read` gives: value and attested value against a target of 2.
NAMES = ("cpc", "ccs", "cca")
LEAVES = {
    name: {"measure": "credentials", "params": {"any_of": [name]}, "target": "2", "close": "1"}
    for name in NAMES
}
MADE = {
    "nothing": (NAN, NAN),
    "open": (0, NAN),
    "close": (1, NAN),
    "reported": (2, NAN),
    "proven": (2, 2),
    "open, supported": (0, 0),
}


def group(needs, *states):
    """The verdict on a group whose leaves, in the order of NAMES, are made up so."""

    def read(leaf):
        everything, attested = MADE[states[NAMES.index(leaf.params["any_of"][0])]]
        return number(everything), number(attested)

    return judge(parse({"needs": needs}).needs, read)


ALL, ANY = {"all": list(LEAVES.values())}, {"any": list(LEAVES.values())}
TWO = {"n_of": 2, "of": list(LEAVES.values())}


@pytest.mark.parametrize(
    ("needs", "states", "status", "certainty"),
    [
        (ALL, ("proven", "proven", "proven"), MET, PROVEN),
        (ALL, ("proven", "proven", "reported"), MET, REPORTED),
        (ALL, ("proven", "proven", "close"), CLOSE, REPORTED),
        (ALL, ("proven", "proven", "open"), OPEN, REPORTED),
        (ALL, ("proven", "proven", "nothing"), OPEN, REPORTED),
        (ALL, ("nothing", "nothing", "nothing"), NO_EVIDENCE, NONE),
        (ALL, ("open", "nothing", "nothing"), OPEN, REPORTED),
        (ANY, ("nothing", "nothing", "reported"), MET, REPORTED),
        (ANY, ("open", "reported", "proven"), MET, PROVEN),
        (ANY, ("open", "close", "nothing"), CLOSE, REPORTED),
        (ANY, ("open, supported", "nothing", "nothing"), OPEN, REPORTED),
        (ANY, ("open, supported", "open, supported", "open, supported"), OPEN, SUPPORTED),
        (ALL, ("proven", "proven", "open, supported"), OPEN, SUPPORTED),
        (ANY, ("nothing", "nothing", "nothing"), NO_EVIDENCE, NONE),
        (TWO, ("proven", "proven", "open"), MET, PROVEN),
        (TWO, ("proven", "reported", "open"), MET, REPORTED),
        (TWO, ("proven", "reported", "proven"), MET, PROVEN),
        (TWO, ("proven", "close", "open"), CLOSE, REPORTED),
        (TWO, ("close", "close", "open"), CLOSE, REPORTED),
        (TWO, ("proven", "open", "nothing"), OPEN, REPORTED),
    ],
)
def test_groups(needs, states, status, certainty):
    found = group(needs, *states)
    assert (found.status[0], found.certainty[0]) == (status, certainty)


def test_a_group_says_how_many_of_its_parts_are_met():
    found = group(TWO, "proven", "open", "nothing")
    assert (found.value[0], found.numerator[0], found.denominator[0]) == (1, 1, 2)
    assert np.isnan(group(ALL, "nothing", "nothing", "nothing").value[0])
    assert len(found.parts) == 3
    assert lacking_of(found, 0) is None


def test_groups_within_groups():
    nested = {"any": [{"all": [LEAVES["cpc"], LEAVES["ccs"]]}, LEAVES["cca"]]}
    assert group(nested, "proven", "proven", "nothing").status[0] == MET
    assert group(nested, "proven", "open", "nothing").status[0] == OPEN
    assert group(nested, "proven", "close", "nothing").status[0] == CLOSE
    found = group(nested, "open", "nothing", "reported")
    assert (found.status[0], found.certainty[0]) == (MET, REPORTED)
    deeper = {"all": [nested, {"n_of": 1, "of": [LEAVES["ccs"]]}]}
    assert group(deeper, "proven", "proven", "nothing").status[0] == MET
    assert group(deeper, "nothing", "nothing", "proven").status[0] == OPEN


def test_what_ran_out_in_a_part_ran_out_in_the_group():
    def read(leaf):
        ran_out = np.array([leaf.params["any_of"] == ["cca"]])
        return number(NAN, ran_out=ran_out), number(NAN)

    assert judge(parse({"needs": ANY}).needs, read).ran_out[0]
    assert not judge(parse({"needs": {"any": [LEAVES["cpc"]]}}).needs, read).ran_out[0]


states = st.tuples(*[st.sampled_from(list(MADE))] * 3)


@given(states)
def test_a_group_is_never_surer_than_what_it_rests_on_and_all_is_never_better_than_any(made):
    met = [s for s in made if s in ("reported", "proven")]
    for needs, n in ((ANY, 1), (TWO, 2), (ALL, 3)):
        found = group(needs, *made)
        assert (found.status[0] == MET) == (len(met) >= n)
        if found.certainty[0] == PROVEN:
            assert found.status[0] == MET and made.count("proven") >= n
    ranks = [int(group(needs, *made).status[0]) for needs in (ALL, TWO, ANY)]
    assert ranks == sorted(ranks) or NO_EVIDENCE in ranks
