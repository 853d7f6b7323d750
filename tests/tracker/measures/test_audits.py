"""Accuracy: pooled counts by one method, from audits that were not aimed at a problem; and audits done as reviewer."""

import datetime as dt

import numpy as np
import pytest
from django.core.exceptions import ValidationError

from tests.factories import DAY, AuditFactory, AuditWorkFactory, CoderFactory
from tests.tracker.reading import leaf_of, read, sample, value

CODES, CASES = {"method": "code_over_code"}, {"method": "case"}


def test_counts_are_pooled_and_percentages_never_averaged(coder):
    AuditFactory(coder=coder, scores={"code_over_code": (90, 100)})
    AuditFactory(coder=coder, scores={"code_over_code": (899, 900)})
    assert value(coder, "audit_accuracy", CODES) == pytest.approx(98.9)  # their mean would be 94.9


def test_methods_are_never_mixed(coder):
    AuditFactory(coder=coder, records_reviewed=30, scores={"code_over_code": (190, 200), "case": (24, 30)})
    AuditFactory(coder=coder, records_reviewed=40, scores={"drg": (38, 40)})
    found = {
        m: value(coder, "audit_accuracy", {"method": m}) for m in ("code_over_code", "case", "drg", "apc")
    }
    assert found == {"code_over_code": 95.0, "case": 80.0, "drg": 95.0, "apc": None}


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("code_over_code", {"codes": 300, "records": 30, "audits": 2}),
        ("case", {"records": 30, "audits": 1}),
        ("drg", {"groups": 15, "records": 15, "audits": 1}),
    ],
)
def test_the_sample_is_that_of_the_method_alone(coder, method, expected):
    AuditFactory(coder=coder, records_reviewed=15, scores={"code_over_code": (100, 150), "drg": (15, 15)})
    AuditFactory(coder=coder, records_reviewed=15, scores={"code_over_code": (150, 150)})
    AuditFactory(coder=coder, records_reviewed=30, scores={"case": (29, 30)})
    assert sample(coder, "audit_accuracy", {"method": method}) == expected


@pytest.mark.parametrize(("basis", "counts"), [("random", True), ("unmarked", True), ("targeted", False)])
def test_targeted_audits_feed_learning_and_no_milestone(coder, basis, counts):
    AuditFactory(coder=coder, basis=basis)
    assert (value(coder, "audit_accuracy", CASES) is not None) is counts
    assert (value(coder, "audit_accuracy_sustained", CASES | {"at": "95"}) is not None) is counts


def test_a_percentage_without_counts_is_never_pooled_but_noticed(coder):
    AuditFactory(coder=coder, scores={"code_over_code": 99.5})
    found = read([coder], leaf_of("audit_accuracy", CODES))
    assert np.isnan(found.value[0]) and found.reviewed[0] == 0
    assert found.uncounted[0]
    AuditFactory(coder=coder, scores={"code_over_code": (180, 200)})
    assert value(coder, "audit_accuracy", CODES) == 90.0
    assert sample(coder, "audit_accuracy", CODES)["audits"] == 1


def test_a_percentage_by_another_method_or_of_a_targeted_audit_is_not_noticed(coder):
    AuditFactory(coder=coder, scores={"weighted": 99})
    AuditFactory(coder=coder, scores={"code_over_code": 99}, basis="targeted")
    assert not read([coder], leaf_of("audit_accuracy", CODES)).uncounted[0]


def test_only_attested_audits_are_pooled_where_only_those_are_asked_for(coder):
    AuditFactory(coder=coder, scores={"case": (30, 30)})
    AuditFactory(coder=coder, scores={"case": (27, 30)}, verified=True)
    another_day = DAY - dt.timedelta(days=40)
    AuditFactory(coder=coder, scores={"case": (28, 30)}, imported=True, audited_on=another_day)
    assert value(coder, "audit_accuracy", CASES) == pytest.approx(100 * 85 / 90)
    assert value(coder, "audit_accuracy", CASES, attested=True) == pytest.approx(100 * 55 / 60)


def test_a_year_to_march_31_begins_on_april_1(coder):
    AuditFactory(coder=coder, audited_on=dt.date(2025, 4, 1), scores={"case": (30, 30)})
    AuditFactory(coder=coder, audited_on=dt.date(2025, 3, 31), scores={"case": (0, 30)})
    AuditFactory(coder=coder, audited_on=DAY, scores={"case": (20, 40)})
    assert sample(coder, "audit_accuracy", CASES, window=12) == {"records": 70, "audits": 2}


def test_a_past_day_is_answered_as_that_day_would_have_been(coder):
    AuditFactory(coder=coder, audited_on=dt.date(2025, 6, 30), scores={"case": (24, 30)})
    AuditFactory(coder=coder, audited_on=DAY, scores={"case": (30, 30)})
    assert value(coder, "audit_accuracy", CASES, as_of=dt.date(2025, 6, 30), window=12) == 80.0
    assert value(coder, "audit_accuracy", CASES, as_of=dt.date(2026, 7, 1), window=12) == 100.0


@pytest.mark.parametrize("minimum", [{"codes": 200}, {"groups": 30}])
def test_a_minimum_in_another_methods_units_is_refused(minimum):
    with pytest.raises(ValidationError, match=r"nothing is counted in (codes|groups); use audits, records"):
        leaf_of("audit_accuracy", CASES, minimum=minimum)


# --- By chart ---

WHOLE = [(5, 5)] * 19 + [(0, 5)]  # one chart wrong as a whole: its codes say as much as one code


def test_charts_say_how_much_the_codes_say(coder):
    AuditFactory(coder=coder, scores={"code_over_code": WHOLE})
    AuditFactory(coder=coder, scores={"code_over_code": (95, 100)}, basis="random")
    found = read([coder], leaf_of("audit_accuracy", CODES))
    assert (found.correct[0], found.reviewed[0]) == (190, 200)
    assert found.design_effect[0] == pytest.approx(99 / 19)
    assert found.effective()[1][0] == pytest.approx(200 * 19 / 99)


def test_from_too_few_charts_nothing_is_told(coder):
    AuditFactory(coder=coder, scores={"code_over_code": WHOLE[1:]})
    found = read([coder], leaf_of("audit_accuracy", CODES))
    assert np.isnan(found.design_effect[0])
    assert found.effective()[1][0] == 95


def test_charts_of_a_targeted_audit_or_outside_the_window_tell_nothing(coder):
    AuditFactory(coder=coder, scores={"code_over_code": WHOLE}, basis="targeted")
    AuditFactory(coder=coder, scores={"code_over_code": WHOLE}, audited_on=dt.date(2024, 1, 1))
    assert np.isnan(read([coder], leaf_of("audit_accuracy", CODES, window=12)).design_effect[0])


def test_attested_codes_are_divided_by_what_all_charts_tell(coder):
    AuditFactory(coder=coder, scores={"code_over_code": WHOLE})
    AuditFactory(coder=coder, scores={"code_over_code": (99, 100)}, verified=True)
    found = read([coder], leaf_of("audit_accuracy", CODES), attested=True)
    assert (found.reviewed[0], found.design_effect[0]) == (100, pytest.approx(99 / 19))


def test_years_are_less_sure_where_codes_go_together(coder):
    AuditFactory(coder=coder, scores={"code_over_code": [(10, 10)] * 39 + [(2, 10)]})
    sustained = leaf_of("audit_accuracy_sustained", CODES | {"at": "95.0"})
    assert (read([coder], sustained).value[0], read([coder], sustained).sure[0]) == (1, 0)
    other = CoderFactory()
    AuditFactory(coder=other, scores={"code_over_code": (392, 400)})
    assert (read([other], sustained).value[0], read([other], sustained).sure[0]) == (1, 1)


# --- Year after year ---

SUSTAINED = CASES | {"at": "95.0"}


def _year(coder, years_ago, correct, reviewed=40, **values):
    day = DAY.replace(year=DAY.year - years_ago)
    return AuditFactory(coder=coder, audited_on=day, records_reviewed=reviewed,
                        scores={"case": (correct, reviewed)}, **values)  # fmt: skip


@pytest.mark.parametrize(
    ("this_year", "last_year", "years"),
    [(39, 39, 2), (38, 38, 2), (39, 30, 1), (30, 39, 0), (37, 37, 0)],
)
def test_years_in_a_row_are_counted_back_from_today(coder, this_year, last_year, years):
    _year(coder, 0, this_year)
    _year(coder, 1, last_year)
    assert value(coder, "audit_accuracy_sustained", SUSTAINED, target="2") == years


def test_each_year_is_pooled_for_itself(coder):
    _year(coder, 0, 40)
    _year(coder, 1, 37)  # 92.5%, though both years together are above 95%
    assert value(coder, "audit_accuracy_sustained", SUSTAINED, target="2") == 1


def test_the_sample_is_the_smaller_years(coder):
    _year(coder, 0, 60, 60)
    _year(coder, 1, 20, 20)
    _year(coder, 1, 20, 20)
    assert sample(coder, "audit_accuracy_sustained", SUSTAINED, target="2") == {"records": 40, "audits": 1}


def test_a_year_without_an_audit_breaks_the_row(coder):
    _year(coder, 1, 40)
    assert value(coder, "audit_accuracy_sustained", SUSTAINED, target="2") == 0
    assert sample(coder, "audit_accuracy_sustained", SUSTAINED, target="2")["records"] == 0


def test_as_many_years_are_looked_at_as_the_target_asks(coder):
    for years_ago in range(4):
        _year(coder, years_ago, 40)
    for target in (1, 2, 3, 4):
        assert value(coder, "audit_accuracy_sustained", SUSTAINED, target=str(target)) == target
    assert sample(coder, "audit_accuracy_sustained", SUSTAINED, target="1")["audits"] == 1


def test_what_is_sure_is_the_years_whose_lower_bound_reaches_it(coder):
    _year(coder, 0, 297, 300)
    _year(coder, 1, 39, 40)
    found = read([coder], leaf_of("audit_accuracy_sustained", SUSTAINED, target="2"))
    assert found.value[0] == 2 and found.sure[0] == 1


@pytest.mark.parametrize("at", ["ninety", "0", "101", "NaN", None, ["95"]])
def test_a_rate_that_is_none_is_refused(at):
    with pytest.raises(ValidationError, match="percentage in quotes"):
        leaf_of("audit_accuracy_sustained", CASES | {"at": at})


# --- Audits done ---


def test_audits_as_reviewer_and_their_charts(coder):
    AuditWorkFactory(coder=coder, charts=20)
    AuditWorkFactory(coder=coder, charts=5, verified=True)
    assert value(coder, "audit_work") == 2
    assert sample(coder, "audit_work") == {"charts": 25}
    assert value(coder, "audit_work", attested=True) == 1
    assert sample(coder, "audit_work", attested=True) == {"charts": 5}


def test_being_audited_is_no_audit_as_reviewer(coder):
    AuditFactory(coder=coder)
    assert value(coder, "audit_work") is None
