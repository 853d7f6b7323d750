"""What holds for every measure: which records count, when, and whose; and many coders at once equal one by one."""

import datetime as dt
import random
from functools import partial
from itertools import product

import numpy as np
import pytest
from django.utils import timezone

from curriculum.conditions import specs
from tests.factories import (
    DAY,
    RECORD_FACTORIES,
    ApprenticeCertificationFactory,
    AuditFactory,
    AuditWorkFactory,
    BodyFactory,
    CertificationFactory,
    ClaimOutcomeFactory,
    CoderFactory,
    ContinuingEducationFactory,
    ContributionFactory,
    CredentialFactory,
    EducationFactory,
    PositionFactory,
    PracticumFactory,
    RoleFactory,
    SkillFactory,
    SkillShownFactory,
    SpecialtyExperienceFactory,
    SpecialtyFactory,
    VolumeFactory,
    WorkTypeFactory,
)
from tests.tracker.reading import data_of, leaf_of, value
from tracker.measures import get_measure
from tracker.models import ProductivityTarget, Provenance

YESTERDAY = DAY - dt.timedelta(days=1)


def _volume(**values):
    """With a target confirmed, without which no attainment is judged."""
    record = VolumeFactory(**values)
    target = {"work_type": record.work_type, "per_hour": 12}
    ProductivityTarget.objects.get_or_create(coder=record.coder, defaults=target)
    return record


# The measure, its parameters, what makes one record for it, and the date that the record counts by.
ONE_RECORD = [
    ("audit_accuracy", {"method": "case"}, AuditFactory, "audited_on"),
    ("audit_accuracy_sustained", {"method": "case", "at": "95"}, AuditFactory, "audited_on"),
    ("audit_work", {}, AuditWorkFactory, "done_on"),
    ("charts_coded", {}, VolumeFactory, "ends_on"),
    ("attainment", {}, _volume, "ends_on"),
    ("months_logged", {"kinds": ["volume"]}, VolumeFactory, "ends_on"),
    ("specialty_months", {}, SpecialtyExperienceFactory, "starts_on"),
    ("specialty_share", {}, VolumeFactory, "ends_on"),
    ("credentials", {}, CredentialFactory, "earned_on"),
    ("credentials_lapsed", {}, CredentialFactory, "earned_on"),
    ("education", {}, EducationFactory, "completed_on"),
    ("practicum", {"of": "cases"}, PracticumFactory, "ends_on"),
    ("skills", {}, SkillShownFactory, "since"),
    ("positions", {}, PositionFactory, "starts_on"),
    ("people_led", {}, PositionFactory, "starts_on"),
    ("experience_years", {}, PositionFactory, "starts_on"),
    ("contributions", {"kinds": ["mentoring"]}, ContributionFactory, "done_on"),
    ("claim_outcomes", {"kind": "first_pass"}, ClaimOutcomeFactory, "ends_on"),
    ("metric_kinds", {}, VolumeFactory, "ends_on"),
]
by_measure = pytest.mark.parametrize(
    ("measure", "params", "factory", "date"), ONE_RECORD, ids=[row[0] for row in ONE_RECORD]
)
# Spans have an open end or none; the others begin and end on the day of the record.
BEGINS = {"ends_on": "starts_on"}


def _make(measure, factory, date, day, coder, **values):
    dates = {date: day} | ({BEGINS[date]: day} if date in BEGINS else {})
    if measure == "specialty_share":
        values.setdefault("specialty", SpecialtyFactory())
    if measure == "people_led":
        values.setdefault("people_led", 4)
    return factory(coder=coder, **dates, **values)


@by_measure
def test_a_record_of_the_day_counts_and_one_from_after_it_does_not(coder, measure, params, factory, date):
    long_ago = DAY - dt.timedelta(days=500) if date in ("starts_on",) else DAY
    _make(measure, factory, date, long_ago, coder)
    assert value(coder, measure, params, as_of=DAY) is not None
    assert value(coder, measure, params, as_of=long_ago - dt.timedelta(days=1)) is None


@by_measure
def test_removed_records_and_those_counted_elsewhere_do_not_count(coder, measure, params, factory, date):
    day = dt.date(2025, 12, 1)
    _make(measure, factory, date, day, coder, removed_at=timezone.now())
    assert value(coder, measure, params) is None
    _make(measure, factory, date, day, coder, counted=False, not_counted_because="logged twice")
    assert value(coder, measure, params) is None


@by_measure
def test_only_imported_and_verified_records_are_attested(coder, measure, params, factory, date):
    day = dt.date(2025, 12, 1)
    _make(measure, factory, date, day, coder)
    assert value(coder, measure, params) is not None
    assert value(coder, measure, params, attested=True) is None
    for provenance in (Provenance.IMPORTED, Provenance.VERIFIED):
        other = CoderFactory()
        _make(measure, factory, date, day, other, provenance=provenance, verified_at=timezone.now())
        assert value(other, measure, params, attested=True) == value(other, measure, params) is not None


@by_measure
def test_another_coders_records_do_not_count(coder, stranger, measure, params, factory, date):
    _make(measure, factory, date, dt.date(2025, 12, 1), stranger)
    assert value(coder, measure, params) is None


WHOLE_YEARS = "audit_accuracy_sustained"
WINDOWED = [
    row
    for row in ONE_RECORD
    if get_measure(row[0]).windowed and row[3] != "starts_on" and row[0] != WHOLE_YEARS
]


@pytest.mark.parametrize(("measure", "params", "factory", "date"), WINDOWED, ids=[row[0] for row in WINDOWED])
def test_a_window_of_three_months_begins_on_the_day_after(coder, measure, params, factory, date):
    """Three months to March 31, 2026 begin on January 1: December 31 is out, January 1 is in."""
    _make(measure, factory, date, dt.date(2025, 12, 31), coder)
    assert value(coder, measure, params, window=3) is None
    assert value(coder, measure, params, window=4) is not None
    other = CoderFactory()
    _make(measure, factory, date, dt.date(2026, 1, 1), other)
    assert value(other, measure, params, window=3) is not None


def test_no_measure_is_left_out_here():
    profile = {"track_chosen", "target_role", "current_role"}
    elsewhere = {"apprentice", "ce_cycles", "ce_pace", "employer_switch"}  # tests of their own
    assert {row[0] for row in ONE_RECORD} | profile | elsewhere == set(specs())


# --- Any number of coders, the same answer ---

LEAVES = [
    leaf_of("audit_accuracy", {"method": "code_over_code"}, window=12, target="95", minimum={"codes": 200}),
    leaf_of("audit_accuracy", {"method": "case"}, window=24, target="95"),
    leaf_of("audit_accuracy_sustained", {"method": "case", "at": "95"}, target="2"),
    leaf_of("audit_work", window=24, minimum={"charts": 10}),
    leaf_of("charts_coded", {"work_types": ["inpatient"]}, window=12),
    leaf_of("charts_coded", {"specialties": ["cardiology"]}),
    leaf_of("attainment", window=3, target="100", minimum={"hours": 20}),
    leaf_of("months_logged", {"kinds": ["volume", "audit"]}, window=6),
    leaf_of("specialty_months", {"specialties": ["cardiology", "oncology"]}, window=24),
    leaf_of("specialty_share", window=24, target="50"),
    leaf_of("credentials", {"any_of": ["cpc"], "families": ["specialty"], "beyond_first": True}),
    leaf_of("credentials_lapsed", cmp="<=", target="0"),
    leaf_of("apprentice", {"state": "cleared"}),
    leaf_of("apprentice", {"state": "pending"}),
    leaf_of("ce_pace", target="100"),
    leaf_of("ce_cycles"),
    leaf_of("education", {"levels": ["certificate"]}),
    leaf_of("practicum", {"of": "hours"}, target="80"),
    leaf_of("skills", {"kinds": ["code_set"]}, target="2"),
    leaf_of("positions", {"coding": True, "current": True}),
    leaf_of("employer_switch", {"from_types": ["hospital"], "to_types": ["payer"], "or_remote": True}),
    leaf_of("experience_years", target="3"),
    leaf_of("people_led"),
    leaf_of("contributions", {"kinds": ["mentoring"], "sum": "people"}, window=12),
    leaf_of("claim_outcomes", {"kind": "first_pass"}, window=12),
    leaf_of("metric_kinds"),
    leaf_of("track_chosen"),
    leaf_of("target_role", {"roles": ["records-coder"]}),
    leaf_of("current_role", {"roles": ["records-coder"]}),
]


def _random_records(coder, chance: random.Random) -> None:
    """Zero to a few records of every kind, on any day around the windows' edges, of any provenance."""

    def day():
        return DAY - dt.timedelta(
            days=chance.choice([0, 1, 30, 89, 90, 91, 180, 364, 365, 366, 500, 731, 900])
        )

    def some():
        for _ in range(chance.choice([0, 1, 1, 2])):
            provenance = chance.choice([Provenance.SELF_REPORTED, Provenance.VERIFIED])
            removed = timezone.now() if chance.random() < 0.1 else None
            yield {
                "coder": coder, "provenance": provenance, "verified_at": timezone.now(), "removed_at": removed,
                "counted": chance.random() < 0.9,
            }  # fmt: skip

    specialties = [None, SpecialtyFactory(), SpecialtyFactory(slug="oncology")]
    work_types = [WorkTypeFactory(), WorkTypeFactory(slug="inpatient")]
    for values in some():
        until = day()
        VolumeFactory(
            starts_on=until, ends_on=until, charts=chance.randint(1, 900), minutes=chance.randint(60, 3000),
            specialty=chance.choice(specialties), work_type=chance.choice(work_types), **values,
        )  # fmt: skip
    for values in some():
        reviewed = chance.randint(20, 300)
        correct = reviewed - chance.randint(0, reviewed // 10)
        charts = [(chance.randint(6, 9), 9) for _ in range(chance.choice([5, 25]))]
        codes = chance.choice([(correct, reviewed), charts])
        scores = {"code_over_code": codes, "case": (27, 30), "weighted": 91}
        basis = chance.choice(["random", "unmarked", "targeted"])
        AuditFactory(audited_on=day(), basis=basis, scores=scores, **values)
    certifications = [
        CertificationFactory(),
        ApprenticeCertificationFactory(),
        CertificationFactory(slug="ccc", family="specialty"),
    ]
    for values in some():
        earned = day()
        CredentialFactory(
            certification=chance.choice(certifications), earned_on=earned,
            expires_on=chance.choice([None, earned + dt.timedelta(days=730)]), **values,
        )  # fmt: skip
    for values in some():
        ContinuingEducationFactory(
            completed_on=day(), hours=chance.randint(1, 20), bodies=[BodyFactory()], **values
        )
    for values in some():
        starts = day()
        PositionFactory(
            starts_on=starts, ends_on=chance.choice([None, DAY]), people_led=chance.choice([0, 3]),
            role=chance.choice([RoleFactory(), None]), remote=chance.choice(["", "remote", "onsite"]), **values,
        )  # fmt: skip
    for kind in ("specialty", "audit-work", "claim-outcome", "contribution", "education", "practicum"):
        for values in some():
            RECORD_FACTORIES[kind](**values)
    for values, slug in zip(some(), ("icd-10-cm", "cpt"), strict=False):
        SkillShownFactory(skill=SkillFactory(slug=slug), **values)
    coder.stated_years = chance.choice([None, 2])
    coder.target_role = chance.choice([None, RoleFactory()])
    coder.save()


def _same(together, i, alone) -> None:
    for name in (
        "value",
        "correct",
        "reviewed",
        "design_effect",
        "ran_out",
        "sure",
        "uncounted",
        "contested",
    ):
        many, one = getattr(together, name), getattr(alone, name)
        assert (many is None) == (one is None), name
        if many is not None:
            np.testing.assert_array_equal(many[i : i + 1], one, err_msg=name)
    assert together.samples.keys() == alone.samples.keys()
    for unit, counts in together.samples.items():
        assert counts[i] == alone.samples[unit][0], unit


@pytest.mark.parametrize("seed", [1, 2])
def test_many_coders_together_are_each_coder_alone(db, seed):
    """Also where another coder lies between two of them, and where their ids are far apart and so are named each."""
    chance = random.Random(seed)
    coders = [CoderFactory() for _ in range(8)]
    for coder in coders:
        _random_records(coder, chance)
    everybody = data_of(coders, LEAVES)
    apart = {place: data_of([coders[0], coders[place]], LEAVES) for place in (2, 7)}
    alone = [data_of([coder], LEAVES) for coder in coders]
    for leaf, attested in product(LEAVES, (False, True)):
        reading = partial(get_measure(leaf.measure).read, leaf, attested=attested)
        together = reading(everybody)
        for i, data in enumerate(alone):
            _same(together, i, reading(data))
        for place, data in apart.items():
            _same(reading(data), 0, reading(alone[0]))
            _same(reading(data), 1, reading(alone[place]))
