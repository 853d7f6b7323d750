"""Credentials held, lapsed and cleared of their apprentice status; continuing education on pace."""

import datetime as dt

import pytest

from curriculum.models import RenewalRule
from tests.factories import (
    DAY,
    ApprenticeCertificationFactory,
    BodyFactory,
    CertificationFactory,
    ContinuingEducationFactory,
    CredentialFactory,
)
from tests.tracker.reading import leaf_of, read, value
from tracker.models import ContinuingEducation
from tracker.services.renewals import correct_rule

YESTERDAY = DAY - dt.timedelta(days=1)


def _hold(coder, slug, *, family="core", body=None, **values):
    body = body or BodyFactory()
    certification = CertificationFactory(slug=slug, family=family, body=body)
    return CredentialFactory(coder=coder, certification=certification, **values)


def _apprentice(coder, **values):
    return CredentialFactory(coder=coder, certification=ApprenticeCertificationFactory(), **values)


# --- Held ---


@pytest.mark.parametrize(
    ("dates", "held"),
    [
        ({"earned_on": DAY, "expires_on": None}, 1),
        ({"earned_on": DAY + dt.timedelta(days=1), "expires_on": None}, None),
        ({"expires_on": DAY}, 1),
        ({"expires_on": YESTERDAY}, None),
        ({"earned_on": None, "expires_on": None, "planned_on": YESTERDAY}, None),
    ],
    ids=["from the day earned", "not before", "through its last day", "not after", "not while planned"],
)
def test_a_credential_is_held(coder, dates, held):
    CredentialFactory(coder=coder, **dates)
    assert value(coder, "credentials") == held


def test_which_ones_count(coder):
    _hold(coder, "cpc")
    _hold(coder, "ccs", body=BodyFactory(slug="ahima"))
    _hold(coder, "ccc", family="specialty")
    assert value(coder, "credentials") == 3
    assert value(coder, "credentials", {"any_of": ["cpc", "ccs", "cic"]}) == 2
    assert value(coder, "credentials", {"families": ["specialty", "audit"]}) == 1
    assert value(coder, "credentials", {"any_of": ["ccs"], "families": ["specialty"]}) == 2
    assert value(coder, "credentials", {"bodies": ["ahima"]}) == 1
    assert value(coder, "credentials", {"families": ["core"], "bodies": ["aapc"]}) == 1
    assert value(coder, "credentials", {"any_of": ["cpma"]}) is None


def test_one_of_all_that_are_held_is_the_first_and_set_aside(coder):
    beyond = {"any_of": ["ccs"], "families": ["specialty"], "beyond_first": True}
    _hold(coder, "ccs")
    assert value(coder, "credentials", beyond) is None  # it is the first itself
    _hold(coder, "cpc")
    assert value(coder, "credentials", beyond) == 1  # the CPC may be the first
    _hold(coder, "ccc", family="specialty")
    assert value(coder, "credentials", beyond) == 2
    _hold(coder, "cca")
    assert value(coder, "credentials", beyond) == 2


def test_a_credential_renewed_as_a_second_entry_is_one(coder):
    _hold(coder, "cpc", earned_on=dt.date(2022, 5, 1), expires_on=dt.date(2024, 4, 30))
    _hold(coder, "cpc", earned_on=dt.date(2024, 5, 1), expires_on=dt.date(2026, 4, 30))
    assert value(coder, "credentials") == 1
    found = read([coder], leaf_of("credentials", {"any_of": ["cpc"]}))
    assert not found.ran_out[0]
    assert value(coder, "credentials_lapsed") == 0


def test_what_has_expired_ran_out(coder):
    _hold(coder, "cpc", expires_on=YESTERDAY)
    found = read([coder], leaf_of("credentials", {"any_of": ["cpc"]}))
    assert found.ran_out[0] and str(found.value[0]) == "nan"
    assert not read([coder], leaf_of("credentials", {"any_of": ["ccs"]})).ran_out[0]


def test_an_apprentice_is_no_full_one_until_cleared(coder):
    credential = _apprentice(coder)
    assert value(coder, "credentials", {"any_of": ["cpc"]}) is None
    assert value(coder, "credentials", {"any_of": ["cpc-a"]}) == 1
    credential.apprentice_cleared_on = DAY
    credential.save()
    assert value(coder, "credentials", {"any_of": ["cpc"]}) == 1
    assert value(coder, "credentials", {"any_of": ["cpc"]}, as_of=YESTERDAY) is None


def test_a_cpc_and_the_cpc_a_it_was_are_one(coder):
    _apprentice(coder)
    _hold(coder, "cpc")
    assert value(coder, "credentials") == 1
    assert value(coder, "credentials", {"beyond_first": True}) is None


def test_the_first_must_be_attested_too_where_only_attested_ones_count(coder):
    _hold(coder, "cpc")
    _hold(coder, "ccc", family="specialty", verified=True)
    beyond = {"families": ["specialty"], "beyond_first": True}
    assert value(coder, "credentials", beyond) == 1
    assert value(coder, "credentials", beyond, attested=True) is None


# --- Lapsed ---


def test_lapsed_is_what_was_held_and_is_no_more(coder):
    assert value(coder, "credentials_lapsed") is None  # nothing ever held
    _hold(coder, "cpc", expires_on=DAY)
    assert value(coder, "credentials_lapsed") == 0
    _hold(coder, "ccs", expires_on=YESTERDAY)
    assert value(coder, "credentials_lapsed") == 1
    assert value(coder, "credentials_lapsed", as_of=YESTERDAY) == 0


def test_a_legacy_credential_cannot_be_renewed_and_does_not_lapse(coder):
    certification = CertificationFactory(slug="cpc-p", status="legacy")
    CredentialFactory(coder=coder, certification=certification, expires_on=YESTERDAY)
    assert value(coder, "credentials_lapsed") == 0


def test_a_cpc_a_that_ended_as_a_cpc_did_not_lapse(coder):
    _apprentice(coder, earned_on=dt.date(2022, 5, 1), expires_on=dt.date(2024, 5, 1))
    _hold(coder, "cpc", earned_on=dt.date(2024, 4, 1), expires_on=dt.date(2027, 5, 1))
    assert value(coder, "credentials_lapsed") == 0


def test_what_another_one_replaced_does_not_lapse_while_that_one_is_valid(coder):
    ahima = BodyFactory(slug="ahima")
    rhia = CertificationFactory(slug="rhia", body=ahima)
    rhit = CertificationFactory(slug="rhit", body=ahima, replaced_by=rhia)
    CredentialFactory(coder=coder, certification=rhit, expires_on=YESTERDAY)
    assert value(coder, "credentials_lapsed") == 1
    newer = CredentialFactory(coder=coder, certification=rhia)
    assert value(coder, "credentials_lapsed") == 0
    newer.expires_on = YESTERDAY
    newer.save()
    assert value(coder, "credentials_lapsed") == 2


# --- Apprentice ---


def _states(coder, **values):
    return {s: value(coder, "apprentice", {"state": s}, **values) for s in ("held", "cleared", "pending")}


def test_the_states_of_an_apprentice(coder):
    assert _states(coder) == {"held": None, "cleared": None, "pending": None}
    credential = _apprentice(coder)
    assert _states(coder) == {"held": 1, "cleared": 0, "pending": 1}
    credential.apprentice_cleared_on = DAY
    credential.save()
    assert _states(coder) == {"held": 1, "cleared": 1, "pending": 0}
    assert _states(coder, as_of=YESTERDAY) == {"held": 1, "cleared": 0, "pending": 1}


def test_a_full_credential_logged_by_itself_clears_the_status_too(coder, stranger):
    _apprentice(coder, earned_on=dt.date(2023, 1, 1))
    _apprentice(stranger, earned_on=dt.date(2023, 1, 1))
    _hold(stranger, "ccs", earned_on=DAY, expires_on=None)
    _hold(coder, "cpc", earned_on=DAY, expires_on=None)
    assert _states(coder) == {"held": 1, "cleared": 1, "pending": 0}
    assert _states(coder, as_of=YESTERDAY) == {"held": 1, "cleared": 0, "pending": 1}
    assert _states(stranger) == {"held": 1, "cleared": 0, "pending": 1}


def test_it_is_cleared_by_an_attested_one_where_only_those_count(coder):
    _apprentice(coder, earned_on=dt.date(2023, 1, 1), verified=True)
    full = _hold(coder, "cpc", earned_on=dt.date(2025, 1, 1), expires_on=None)
    assert _states(coder, attested=True) == {"held": 1, "cleared": 0, "pending": 1}
    full.provenance, full.verified_at = "verified", full.recorded_at
    full.save()
    assert _states(coder, attested=True)["cleared"] == 1


# --- Continuing education ---


@pytest.fixture
def rule(db):
    """36 hours in 24 months for one certification, 40 for two."""
    return RenewalRule.objects.create(
        slug="aapc-two-years", name="AAPC", body=BodyFactory(), period_months=24, source="test", statement="",
        params={"kind": "by_count", "base": 36, "step": 4, "most": 5, "prorated": True},
    )  # fmt: skip


@pytest.fixture
def half_way(coder, rule):
    """A CPC whose cycle of two years is half over on March 31, 2026: 18 hours are due."""
    return _hold(coder, "cpc", earned_on=dt.date(2020, 4, 1), expires_on=dt.date(2027, 3, 31))


def _earn(coder, hours, day=DAY, **values):
    values.setdefault("title", f"Course {ContinuingEducation.objects.count()}")
    return ContinuingEducationFactory(coder=coder, hours=hours, completed_on=day, **values)


def test_pace_is_hours_earned_over_hours_due_by_today(coder, half_way):
    assert value(coder, "ce_pace") == 0
    _earn(coder, 9)
    assert value(coder, "ce_pace") == 50
    _earn(coder, 9)
    assert value(coder, "ce_pace") == 100


def test_pace_is_rounded_down(coder, half_way):
    _earn(coder, "17.75")
    assert value(coder, "ce_pace") == 98  # 98.6


def test_only_hours_of_the_running_cycle_count(coder, half_way):
    _earn(coder, 9, dt.date(2025, 4, 1))
    _earn(coder, 50, dt.date(2025, 3, 31))
    assert value(coder, "ce_pace") == 50


def test_a_first_cycle_begins_when_the_credential_was_earned(coder, rule):
    _hold(coder, "cpc", earned_on=dt.date(2026, 1, 1), expires_on=dt.date(2027, 3, 31))
    _earn(coder, 50, dt.date(2025, 12, 31))
    assert value(coder, "ce_pace") == 0


def test_the_same_course_counts_once(coder, half_way):
    for _ in range(2):
        _earn(coder, 9, title="Sepsis  update", provider="AAPC")
    _earn(coder, 9, title="sepsis update", provider="aapc")
    assert value(coder, "ce_pace") == 50


def test_hours_count_for_the_bodies_they_are_given_to(coder, half_way):
    ahima = BodyFactory(slug="ahima")
    _earn(coder, 9, bodies=[ahima])
    assert value(coder, "ce_pace") == 0
    _earn(coder, 9, bodies=[ahima, BodyFactory()])
    assert value(coder, "ce_pace") == 50


def test_the_body_that_is_furthest_behind_decides(coder, half_way):
    ahima = BodyFactory(slug="ahima")
    RenewalRule.objects.create(
        slug="ahima",
        name="AHIMA",
        body=ahima,
        source="test",
        statement="",
        params={"kind": "flat", "hours": 20},
    )
    _hold(coder, "ccs", body=ahima, earned_on=dt.date(2020, 4, 1), expires_on=dt.date(2027, 3, 31))
    _earn(coder, 18)
    assert value(coder, "ce_pace") == 0
    assert value(coder, "ce_cycles") == 2
    _earn(coder, 5, bodies=[ahima])
    assert value(coder, "ce_pace") == 50


def test_two_certifications_owe_more_but_a_cpc_a_and_its_cpc_are_one(coder, half_way):
    _earn(coder, 18)
    _apprentice(coder, earned_on=dt.date(2019, 1, 1), expires_on=dt.date(2027, 3, 31))
    assert value(coder, "ce_pace") == 100
    _hold(coder, "coc", earned_on=dt.date(2020, 4, 1), expires_on=dt.date(2027, 3, 31))
    assert value(coder, "ce_pace") == 90  # 18 of 20


@pytest.mark.parametrize("change", [{"expires_on": None}, {"expires_on": YESTERDAY}])
def test_without_a_running_cycle_there_is_no_pace(coder, half_way, change):
    for name, day in change.items():
        setattr(half_way, name, day)
    half_way.save()
    assert value(coder, "ce_pace") is None
    assert value(coder, "ce_cycles") is None


def test_a_body_that_examines_instead_counts_no_hours(coder, half_way, rule):
    rule.mode = "exam"
    rule.save()
    assert value(coder, "ce_cycles") == 1  # a running cycle keeps the version that it began with
    correct_rule(rule.slug)
    assert value(coder, "ce_pace") is None
    assert value(coder, "ce_cycles") is None


def test_before_anything_is_due_one_is_on_pace(coder, rule):
    _hold(coder, "cpc", earned_on=DAY, expires_on=dt.date(2028, 3, 30))
    assert value(coder, "ce_pace") == 100


def test_what_nobody_attested_does_not_say_that_nothing_was_earned(coder, half_way):
    _earn(coder, 18, verified=True)
    assert value(coder, "ce_pace", attested=True) is None  # the credential is the coder's own word
    half_way.provenance, half_way.verified_at = "verified", half_way.recorded_at
    half_way.save()
    assert value(coder, "ce_pace", attested=True) == 100
    assert value(coder, "ce_cycles", attested=True) == 1


def test_hours_of_ones_own_word_alone_attest_no_pace(coder, half_way):
    half_way.provenance, half_way.verified_at = "verified", half_way.recorded_at
    half_way.save()
    _earn(coder, 18)
    assert value(coder, "ce_pace") == 100
    assert value(coder, "ce_pace", attested=True) is None
    _earn(coder, 9, verified=True)
    assert value(coder, "ce_pace", attested=True) == 50


def test_one_credential_of_ones_own_word_makes_the_pace_so(coder, half_way):
    half_way.provenance, half_way.verified_at = "verified", half_way.recorded_at
    half_way.save()
    _earn(coder, 36, verified=True)
    _hold(coder, "coc", earned_on=dt.date(2020, 4, 1), expires_on=dt.date(2027, 3, 31))
    assert value(coder, "ce_pace", attested=True) is None
    assert value(coder, "ce_cycles", attested=True) is None
