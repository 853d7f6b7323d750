"""What a record of each kind refuses: in its model with a message, and in the database whatever writes to it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests import factories
from tests.factories import DAY, RECORD_FACTORIES
from tracker.fields import SafeCharField, SafeTextField
from tracker.models import RECORD_MODELS, AuditScore, Credential, Provenance, Source

pytestmark = pytest.mark.django_db


def errors_of(record) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        record.full_clean()
    return caught.value.message_dict


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_an_ordinary_record_of_each_kind_is_accepted_and_reads_as_one_line(kind):
    record = RECORD_FACTORIES[kind]()
    record.full_clean()
    assert record.headline() == str(record)
    assert "\n" not in record.headline()
    assert record.counts_on == DAY or record.counts_on < DAY


OUTCOMES = [(model.KIND, name) for model in RECORD_MODELS for name in model.OUTCOMES]


@pytest.mark.parametrize(("kind", "name"), OUTCOMES)
def test_no_outcome_lies_after_the_coders_own_today(kind, name, time_machine):
    # In New York it is still the evening before.
    time_machine.move_to(dt.datetime(2026, 6, 2, 3, 0, tzinfo=dt.UTC))
    values = (
        {}
        if name != "apprentice_cleared_on"
        else {"certification": factories.ApprenticeCertificationFactory()}
    )
    if kind == "credential":
        values |= {"expires_on": dt.date(2030, 1, 1)}
    record = RECORD_FACTORIES[kind](**values)
    setattr(record, name, dt.date(2026, 6, 2))
    messages = errors_of(record)[name]
    assert any("June 1, 2026" in message for message in messages)
    setattr(record, name, dt.date(2026, 6, 1))
    for end in ("ends_on", "completed_on"):
        if getattr(record, end, None):
            setattr(record, end, dt.date(2026, 6, 1))
    if kind == "volume":
        record.minutes = 60
    record.full_clean()


@pytest.mark.parametrize(
    ("kind", "name"), [*OUTCOMES, ("credential", "planned_on"), ("credential", "expires_on")]
)
@pytest.mark.parametrize("year", [26, 1949, 2101])
def test_a_year_that_can_only_be_a_slip_is_refused(kind, name, year):
    record = RECORD_FACTORIES[kind]()
    setattr(record, name, dt.date(year, 1, 1))
    assert f"The year is {year}. Check it." in errors_of(record)[name]


SAFE_FIELDS = [
    (model.KIND, field.name)
    for model in RECORD_MODELS
    for field in model._meta.concrete_fields
    if isinstance(field, SafeCharField | SafeTextField)
]


def test_every_kind_checks_its_free_text():
    """Each text that a person types is checked, but for the two numbers that are the coder's own."""
    exempt = {("credential", "number"), ("continuing-education", "index_number")}
    typed = {
        (model.KIND, field.name)
        for model in RECORD_MODELS
        for field in model._meta.concrete_fields
        if field.editable and not field.choices and field.get_internal_type() in ("CharField", "TextField")
    }
    assert typed - exempt == set(SAFE_FIELDS)


@pytest.mark.parametrize(("kind", "name"), SAFE_FIELDS)
def test_patient_data_is_refused_in_every_free_text_and_not_repeated(kind, name):
    record = RECORD_FACTORIES[kind]()
    setattr(record, name, "see MRN 4821377")
    (message,) = errors_of(record)[name]
    assert "record or account number" in message
    assert "4821377" not in message
    setattr(record, name, "Coded 14,200 ED charts at 97.1% in 2025")
    record.full_clean()


def test_a_credentials_number_and_a_certificates_index_number_may_be_numbers():
    factories.CredentialFactory(number="01234567").full_clean()
    factories.ContinuingEducationFactory(index_number="12345678901").full_clean()


CONTRADICTIONS = [
    ("volume", {"starts_on": DAY, "ends_on": DAY - dt.timedelta(1)}, "ends_on", "Swap the two dates"),
    (
        "volume",
        {"starts_on": DAY, "ends_on": DAY, "minutes": 24 * 60 + 1},
        "minutes",
        "more time than the period",
    ),
    ("volume", {"minutes": 0}, "minutes", "1"),
    ("volume", {"charts": 0}, "charts", "1"),
    ("audit", {"records_reviewed": 0}, "records_reviewed", "1"),
    ("credential", {"expires_on": dt.date(2024, 5, 1)}, "expires_on", "expired before it was earned"),
    ("credential", {"earned_on": None}, "earned_on", "Say when"),
    ("credential", {"earned_on": None, "expires_on": None}, "earned_on", "exam is planned"),
    ("credential", {"apprentice_cleared_on": DAY}, "apprentice_cleared_on", "Only CPC-A and COC-A"),
    ("continuing-education", {"hours": Decimal(0)}, "hours", "0.25"),
    ("position", {"title": "", "role": None}, "title", "choose a role"),
    ("position", {"ends_on": dt.date(2022, 1, 1)}, "ends_on", "Swap"),
    ("specialty", {"ends_on": dt.date(2022, 1, 1)}, "ends_on", "Swap"),
    ("audit-work", {"charts": 0}, "charts", "1"),
    ("claim-outcome", {"ends_on": dt.date(2025, 1, 1)}, "ends_on", "Swap"),
    ("claim-outcome", {"rate": Decimal("100.01")}, "rate", "100"),
    ("claim-outcome", {"baseline": Decimal("-0.01")}, "baseline", "0"),
    ("claim-outcome", {"definition": "denial_volume"}, "definition", "other kind of rate"),
    ("education", {"completed_on": None}, "started_on", "when you started"),
    ("education", {"started_on": dt.date(2023, 1, 1)}, "completed_on", "Swap"),
    ("practicum", {"ends_on": dt.date(2021, 1, 1)}, "ends_on", "Swap"),
    ("practicum", {"cases": 0}, "cases", "1"),
    ("practicum", {"accuracy": Decimal("100.5")}, "accuracy", "100"),
    ("practicum", {"ends_on": dt.date(2022, 1, 10), "hours": Decimal("24.5")}, "hours", "more time than"),
    ("contribution", {"people": 0}, "people", "1"),
]


@pytest.mark.parametrize(("kind", "values", "field", "words"), CONTRADICTIONS)
def test_what_cannot_be_is_refused_with_what_to_do(kind, values, field, words):
    record = RECORD_FACTORIES[kind]()
    for name, value in values.items():
        setattr(record, name, value)
    assert any(words in message for message in errors_of(record)[field])


def test_the_apprentice_status_goes_only_after_the_credential_was_earned():
    apprentice = factories.ApprenticeCertificationFactory()
    record = factories.CredentialFactory(certification=apprentice, apprentice_cleared_on=DAY)
    record.full_clean()
    record.apprentice_cleared_on = dt.date(2024, 4, 30)
    assert "Check both dates" in errors_of(record)["apprentice_cleared_on"][0]
    record.apprentice_cleared_on, record.earned_on, record.expires_on = DAY, None, None
    assert "earned_on" in errors_of(record)


SCORES = [
    ({"correct": 30, "reviewed": 30}, None, None),
    ({"points": Decimal("97.1")}, None, None),
    ({"correct": 31, "reviewed": 30}, "correct", "More were correct"),
    ({"correct": 30}, "reviewed", "how many were reviewed"),
    ({"reviewed": 30}, "correct", "how many of them were correct"),
    ({"correct": 0, "reviewed": 0}, "reviewed", "At least one"),
    ({}, "correct", "Give the counts"),
    ({"points": Decimal("100.01")}, "points", "between 0 and 100"),
    ({"points": Decimal("-0.01")}, "points", "between 0 and 100"),
    ({"points": Decimal(97), "correct": 29, "reviewed": 30}, "points", "not both"),
    ({"method": "weighted", "correct": 29, "reviewed": 30}, "points", "without counts"),
    ({"method": "weighted", "points": Decimal(188), "points_max": Decimal(200)}, None, None),
    (
        {"method": "weighted", "points": Decimal(201), "points_max": Decimal(200)},
        "points",
        "more than the maximum",
    ),
    (
        {"method": "weighted", "points": Decimal(-1), "points_max": Decimal(200)},
        "points",
        "between 0 and 100",
    ),
    ({"method": "coder_denominator", "points": Decimal(-4), "points_max": Decimal(20)}, None, None),
    ({"method": "coder_denominator", "points": Decimal("-20.5")}, None, None),
    ({"method": "coder_denominator", "points": Decimal(101)}, "points", "at most 100"),
    ({"points": Decimal(97), "points_max": Decimal(100)}, "points_max", "without a maximum"),
    ({"correct": 29, "reviewed": 30, "points_max": Decimal(30)}, "points_max", "belongs to points"),
    ({"charts": [[12, 13], [9, 9]]}, None, None),
    ({"charts": [[12, 13]], "correct": 12, "reviewed": 13}, None, None),
    ({"charts": [[12, 13]], "correct": 12, "reviewed": 14}, "charts", "add up to 12 of 13"),
    ({"charts": [[14, 13]]}, "charts", "Chart 1"),
    ({"charts": [[12, 13], ["A1234", 9]]}, "charts", "Chart 2"),
    ({"charts": [[12, 13, 4]]}, "charts", "Chart 1"),
    ({"charts": [[0, 0]]}, "reviewed", "At least one"),
    ({"method": "case", "charts": [[1, 1]]}, "charts", "counts once"),
]


@pytest.mark.parametrize(("values", "field", "words"), SCORES)
def test_a_score_is_counts_or_a_percentage_that_can_be(values, field, words):
    score = AuditScore(**{"method": "code_over_code", **values})
    if field is None:
        score.clean()
        return
    with pytest.raises(ValidationError) as caught:
        score.clean()
    assert words in caught.value.message_dict[field][0]


def test_what_charts_tell_is_kept_beside_them():
    """Twenty charts, of which four are wrong as a whole: each says as much as one code."""
    charts = [[5, 5]] * 16 + [[0, 5]] * 4
    (score,) = factories.AuditFactory(records_reviewed=20, scores={"code_over_code": charts}).scores.all()
    score.refresh_from_db()
    assert (score.correct, score.reviewed, score.chart_count, score.charts) == (80, 100, 20, charts)
    assert score.variance_as_drawn / score.variance_drawn_alone == pytest.approx(99 / 19)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"method": "case", "correct": 29, "reviewed": 30}, "29 of 30"),
        ({"method": "case", "points": Decimal("97.50")}, "97.5% (no counts)"),
        ({"method": "weighted", "points": Decimal("91.00")}, "91%"),
        (
            {"method": "coder_denominator", "points": Decimal(-4), "points_max": Decimal(20)},
            "-4 of 20 points",
        ),
    ],
)
def test_a_score_in_words(values, text):
    assert AuditScore(**values).figures() == text


def credential(coder, **values) -> Credential:
    certification = factories.CertificationFactory()
    return Credential(coder=coder, certification=certification, **values)


HELD = {"earned_on": dt.date(2024, 5, 1), "expires_on": dt.date(2026, 5, 31)}


@pytest.mark.parametrize(
    ("first", "second", "doubled"),
    [
        (HELD, {"earned_on": dt.date(2024, 5, 1), "expires_on": None}, True),
        (HELD, {"earned_on": dt.date(2025, 1, 1), "expires_on": dt.date(2027, 1, 1)}, True),
        (HELD, {"earned_on": dt.date(2020, 1, 1), "expires_on": dt.date(2024, 5, 2)}, True),
        ({"earned_on": dt.date(2024, 5, 1), "expires_on": None}, HELD, True),
        (HELD, {"earned_on": dt.date(2020, 1, 1), "expires_on": dt.date(2024, 5, 1)}, False),
        (HELD, {"earned_on": dt.date(2026, 5, 31), "expires_on": None}, False),
        (HELD, {"earned_on": None, "planned_on": dt.date(2027, 1, 1)}, False),
        (
            {"earned_on": None, "expires_on": None, "planned_on": DAY},
            {"earned_on": None, "planned_on": DAY},
            True,
        ),
        ({"removed": True}, HELD, False),
    ],
)
def test_the_same_credential_is_not_logged_twice_for_the_same_time(
    coder, first, second, doubled, time_machine
):
    time_machine.move_to(dt.datetime(2026, 10, 1, 12, 0, tzinfo=dt.UTC))
    factories.CredentialFactory(coder=coder, **first)
    again = credential(coder, **second)
    if doubled:
        assert "Change that entry instead" in errors_of(again)["certification"][0]
    else:
        again.full_clean()


def test_another_certification_or_another_coder_is_no_duplicate(coder, stranger):
    factories.CredentialFactory(coder=coder)
    credential(stranger, earned_on=DAY).full_clean()
    other = factories.CertificationFactory(slug="ccs")
    Credential(coder=coder, certification=other, earned_on=DAY).full_clean()


def test_two_jobs_at_once_are_allowed(coder):
    factories.PositionFactory(coder=coder)
    factories.PositionFactory.build(
        coder=coder, role=factories.RoleFactory(), employer_type=None
    ).full_clean()


# The database holds the line for whatever does not come through the models: imports, SQL, a forgotten check.
DATABASE_REFUSES = [
    ("volume", {"starts_on": DAY, "ends_on": DAY - dt.timedelta(1)}),
    ("volume", {"minutes": 0}),
    ("volume", {"charts": 0}),
    ("audit", {"records_reviewed": 0}),
    ("credential", {"earned_on": None, "expires_on": None}),
    ("credential", {"expires_on": dt.date(2024, 5, 1)}),
    ("credential", {"apprentice_cleared_on": dt.date(2020, 1, 1)}),
    ("continuing-education", {"hours": Decimal(0)}),
    ("position", {"ends_on": dt.date(2020, 1, 1)}),
    ("specialty", {"ends_on": dt.date(2020, 1, 1)}),
    ("audit-work", {"charts": 0}),
    ("claim-outcome", {"rate": Decimal(101)}),
    ("claim-outcome", {"baseline": Decimal(-1)}),
    ("claim-outcome", {"ends_on": dt.date(2020, 1, 1)}),
    ("education", {"started_on": dt.date(2025, 1, 1)}),
    ("practicum", {"cases": 0}),
    ("practicum", {"ends_on": dt.date(2020, 1, 1)}),
    ("practicum", {"accuracy": Decimal(101)}),
]


@pytest.mark.parametrize(("kind", "values"), DATABASE_REFUSES)
def test_the_database_refuses_what_the_model_refuses(kind, values):
    record = RECORD_FACTORIES[kind]()
    with pytest.raises(IntegrityError), transaction.atomic():
        type(record).objects.filter(pk=record.pk).update(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"correct": 31, "reviewed": 30},
        {"correct": 0, "reviewed": 0},
        {"correct": 3},
        {},
        {"points": Decimal("100.01")},
        {"points": Decimal(-1)},
        {"points": Decimal(50), "points_max": Decimal(60)},
        {"method": "weighted", "points": Decimal(61), "points_max": Decimal(60)},
        {"points": Decimal(90), "correct": 27, "reviewed": 30},
        {"method": "coder_denominator", "correct": 27, "reviewed": 30},
    ],
)
def test_the_database_refuses_impossible_scores(values):
    audit = factories.AuditFactory(scores={})
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditScore.objects.create(audit=audit, **{"method": "case", **values})


def test_the_database_keeps_one_score_a_method():
    audit = factories.AuditFactory(scores={"case": (29, 30)})
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditScore.objects.create(audit=audit, method="case", correct=1, reviewed=2)


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_the_database_keeps_an_external_id_once_for_a_coder_and_source(kind):
    make = RECORD_FACTORIES[kind]
    first = make(source=Source.API, external_id="a-1")
    make(source=Source.API, external_id="a-1")  # another coder
    make(coder=first.coder, source=Source.IMPORT, external_id="a-1", **_beside(kind))
    with pytest.raises(IntegrityError), transaction.atomic():
        make(coder=first.coder, source=Source.API, external_id="a-1")


def _beside(kind):
    return {"earned_on": None, "expires_on": None, "planned_on": DAY} if kind == "credential" else {}


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_the_database_wants_to_know_when_a_record_was_verified(kind):
    record = RECORD_FACTORIES[kind]()
    kept = type(record).objects.filter(pk=record.pk)
    kept.update(provenance=Provenance.VERIFIED, verified_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        kept.update(verified_at=None)


def test_pay_is_refused_where_it_cannot_be(coder):
    stored = factories.PayFactory(coder=coder)
    for values, field, words in [
        ({"effective_on": stored.effective_on}, "effective_on", "Change that entry"),
        ({"effective_on": dt.date(2099, 1, 1)}, "effective_on", "lies in the future"),
        ({"amount": Decimal(9999)}, "amount", "$10,000 to $1,000,000"),
        ({"amount": Decimal(501), "basis": "hourly"}, "amount", "$5 to $500"),
    ]:
        pay = factories.PayFactory.build(coder=coder, **values)
        assert words in errors_of(pay)[field][0]
    factories.PayFactory.build(coder=coder, amount=Decimal("28.50"), basis="hourly").full_clean()


@pytest.mark.parametrize("values", [{"amount": Decimal(0)}, {"effective_on": dt.date(2026, 1, 1)}])
def test_the_database_refuses_pay_that_cannot_be(coder, values):
    factories.PayFactory(coder=coder, effective_on=dt.date(2026, 1, 1))
    second = factories.PayFactory(coder=coder)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(second).objects.filter(pk=second.pk).update(**values)
