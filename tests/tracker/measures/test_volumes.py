"""What was coded: charts, attainment of confirmed targets, months logged, shares, outcomes, kinds of figures."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from tests.factories import (
    DAY,
    AuditFactory,
    ClaimOutcomeFactory,
    SpecialtyFactory,
    VolumeFactory,
    WorkTypeFactory,
)
from tests.tracker.reading import leaf_of, read, sample, value
from tracker.models import ProductivityTarget


def _target(coder, work_type, per_hour):
    return ProductivityTarget.objects.create(coder=coder, work_type=work_type, per_hour=per_hour)


@pytest.fixture
def emergency(db):
    return WorkTypeFactory()


@pytest.fixture
def inpatient(db):
    return WorkTypeFactory(slug="inpatient")


# --- Charts ---


def test_charts_add_up_by_work_type_and_specialty(coder, emergency, inpatient):
    cardiology = SpecialtyFactory()
    VolumeFactory(coder=coder, work_type=emergency, charts=100)
    VolumeFactory(coder=coder, work_type=inpatient, charts=30, specialty=cardiology)
    VolumeFactory(coder=coder, work_type=inpatient, charts=3)
    assert value(coder, "charts_coded") == 133
    assert value(coder, "charts_coded", {"work_types": ["inpatient"]}) == 33
    assert value(coder, "charts_coded", {"specialties": ["cardiology"]}) == 30
    both = {"work_types": ["emergency"], "specialties": ["cardiology"]}
    assert value(coder, "charts_coded", both) is None


def test_a_volume_counts_by_the_day_it_ends(coder):
    VolumeFactory(coder=coder, starts_on=dt.date(2025, 12, 20), ends_on=dt.date(2026, 1, 2), charts=70)
    assert value(coder, "charts_coded", window=3) == 70
    assert value(coder, "charts_coded", as_of=dt.date(2026, 1, 1)) is None


# --- Attainment ---


def test_attainment_is_standard_hours_over_hours_worked(coder, emergency, inpatient):
    """Domain 2.4: sum(charts / target) / sum(hours). Here (480/12 + 30/2) / (40 + 10) = 55/50."""
    _target(coder, emergency, 12)
    _target(coder, inpatient, 2)
    VolumeFactory(coder=coder, work_type=emergency, charts=480, minutes=2400)
    VolumeFactory(coder=coder, work_type=inpatient, charts=30, minutes=600)
    assert value(coder, "attainment") == pytest.approx(110)
    assert sample(coder, "attainment") == {"hours": 50}
    assert value(coder, "attainment", {"work_types": ["inpatient"]}) == 150


def test_without_a_confirmed_target_nothing_is_judged(coder, emergency):
    VolumeFactory(coder=coder, work_type=emergency)
    assert value(coder, "attainment") is None
    assert sample(coder, "attainment") == {"hours": 0}


def test_work_without_a_target_neither_helps_nor_harms(coder, emergency, inpatient):
    _target(coder, emergency, 12)
    VolumeFactory(coder=coder, work_type=emergency, charts=480, minutes=2400)
    VolumeFactory(coder=coder, work_type=inpatient, charts=1, minutes=6000)
    assert value(coder, "attainment") == 100
    assert sample(coder, "attainment") == {"hours": 40}


def test_another_coders_target_is_not_ones_own(coder, stranger, emergency):
    _target(stranger, emergency, 12)
    VolumeFactory(coder=coder, work_type=emergency)
    VolumeFactory(coder=stranger, work_type=emergency)
    first, second = read([coder, stranger], leaf_of("attainment")).value
    assert str(first) == "nan" and second == 100


def test_exactly_on_target_is_100_percent_whatever_the_fractions(coder):
    """49 / 4.9 + 245 / 4.9 hours are a little less than 60 in binary fractions, and must still meet 100%."""
    assert 49 / 4.9 + 245 / 4.9 < 60
    for slug, charts, minutes in (("a", 49, 600), ("b", 245, 3000)):
        work_type = WorkTypeFactory(slug=slug)
        _target(coder, work_type, "4.9")
        VolumeFactory(coder=coder, work_type=work_type, charts=charts, minutes=minutes)
    assert value(coder, "attainment") == 100.0


# --- Months with both ---


def test_a_month_counts_where_both_kinds_were_logged(coder):
    for month in (1, 2, 3):
        VolumeFactory(coder=coder, starts_on=dt.date(2026, month, 9), ends_on=dt.date(2026, month, 9))
    for month in (2, 3):
        AuditFactory(coder=coder, audited_on=dt.date(2026, month, 28))
    AuditFactory(coder=coder, audited_on=dt.date(2025, 12, 5))
    both = {"kinds": ["volume", "audit"]}
    assert value(coder, "months_logged", both, window=6) == 2
    assert value(coder, "months_logged", {"kinds": ["volume"]}, window=6) == 3
    assert value(coder, "months_logged", {"kinds": ["audit"]}, window=6) == 3


def test_several_records_of_a_month_are_one_month(coder):
    for day in (2, 9, 16):
        VolumeFactory(coder=coder, starts_on=dt.date(2026, 3, day), ends_on=dt.date(2026, 3, day))
    assert value(coder, "months_logged", {"kinds": ["volume"]}) == 1


def test_the_same_month_of_another_year_is_another_month(coder):
    VolumeFactory(coder=coder)
    AuditFactory(coder=coder, audited_on=dt.date(2025, 3, 31))
    assert value(coder, "months_logged", {"kinds": ["volume", "audit"]}) is None


def test_a_month_is_attested_where_both_kinds_are(coder):
    VolumeFactory(coder=coder, verified=True)
    AuditFactory(coder=coder)
    both = {"kinds": ["volume", "audit"]}
    assert value(coder, "months_logged", both) == 1
    assert value(coder, "months_logged", both, attested=True) is None


# --- Share ---


def test_the_share_is_that_of_the_largest_specialty_in_all_charts(coder):
    cardiology, oncology = SpecialtyFactory(), SpecialtyFactory(slug="oncology")
    for charts, specialty in ((300, cardiology), (200, oncology), (100, cardiology), (200, None)):
        VolumeFactory(coder=coder, charts=charts, specialty=specialty)
    found = read([coder], leaf_of("specialty_share"))
    assert (found.value[0], found.correct[0], found.reviewed[0]) == (50.0, 400, 800)
    assert not found.is_sample  # all charts, not a sample of them: there is no interval
    assert value(coder, "specialty_share", {"specialties": ["oncology"]}) == 25.0
    assert value(coder, "specialty_share", {"specialties": ["urology"]}) == 0.0


# --- Outcomes ---


def test_a_departments_rate_is_nobodys_own(coder):
    ClaimOutcomeFactory(coder=coder, outcome="first_pass", definition="paid", is_own=False)
    assert value(coder, "claim_outcomes", {"kind": "first_pass"}) is None
    assert value(coder, "metric_kinds") is None


def test_outcomes_by_kind_and_only_a_lower_rate_is_a_reduction(coder):
    denial = {"outcome": "denial", "definition": "denial_volume"}
    ClaimOutcomeFactory(coder=coder)
    ClaimOutcomeFactory(coder=coder, rate=5, baseline=8, **denial)
    ClaimOutcomeFactory(coder=coder, rate=8, baseline=8, **denial)
    ClaimOutcomeFactory(coder=coder, rate=9, baseline=8, **denial)
    ClaimOutcomeFactory(coder=coder, rate=1, baseline=None, **denial)
    assert value(coder, "claim_outcomes", {"kind": "first_pass"}) == 1
    assert value(coder, "claim_outcomes", {"kind": "denial"}) == 4
    assert value(coder, "claim_outcomes", {"kind": "denial", "reduced": True}) == 1


def test_a_reduced_first_pass_rate_is_refused():
    with pytest.raises(ValidationError, match="only a denial rate"):
        leaf_of("claim_outcomes", {"kind": "first_pass", "reduced": True})


# --- Kinds of figures ---


def test_each_kind_of_figure_counts_once(coder):
    expected = []
    steps = (
        lambda: [VolumeFactory(coder=coder), VolumeFactory(coder=coder)],
        lambda: AuditFactory(coder=coder, scores={"weighted": 92}),
        lambda: ClaimOutcomeFactory(coder=coder),
        lambda: ClaimOutcomeFactory(coder=coder, outcome="denial", definition="denial_dollars"),
    )
    for step in steps:
        step()
        expected.append(value(coder, "metric_kinds"))
    assert expected == [1, 2, 3, 4]


def test_today_is_inside(coder):
    assert VolumeFactory(coder=coder).ends_on == DAY
    assert value(coder, "charts_coded", as_of=DAY, window=1) == 480
