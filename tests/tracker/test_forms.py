"""Forms: what a person types becomes the record, what cannot be is said beside its field, and nothing typed is lost."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.forms import BooleanField, DateField, HiddenInput

from curriculum.models import CertificationStatus, Role
from tests import factories
from tests.factories import RECORD_FACTORIES
from tracker.forms import PayForm, ProductivityTargetForm, ProfileForm, TargetForm, WelcomeForm, form_for
from tracker.forms.fields import HoursField
from tracker.models import RECORD_KINDS, Audit, ProductivityTarget, Provenance, Volume

pytestmark = pytest.mark.django_db


def typed(form) -> dict:
    """What a browser would send back for a form as it is shown."""
    data = {}
    for bound in form:
        if isinstance(bound.field, BooleanField):
            data |= {bound.html_name: "on"} if bound.value() else {}
            continue
        value = bound.field.widget.format_value(bound.value()) if bound.value() is not None else ""
        if isinstance(value, list):
            value = value if bound.field.widget.allow_multiple_selected else next(iter(value), "")
        data[bound.html_name] = "" if value is None else value
    if "bodies" in form.fields:
        data["bodies"] = [body.pk for body in form.instance.bodies.all()]
    return data


def errors(form) -> dict[str, list[str]]:
    assert not form.is_valid()
    return {name: list(messages) for name, messages in form.errors.items()}


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_a_record_shown_in_its_form_and_sent_back_unchanged_stays_as_it_was(kind, coder):
    record = RECORD_FACTORIES[kind](coder=coder, verified=True)
    before = {field.name: getattr(record, field.attname) for field in record._meta.concrete_fields}
    sent = typed(form_for(kind)(coder=coder, instance=record))
    form = form_for(kind)(sent, coder=coder, instance=type(record).objects.get(pk=record.pk))
    assert form.is_valid(), form.errors
    form.save(by=coder.user)
    after = type(record).objects.get()
    assert {field.name: getattr(after, field.attname) for field in record._meta.concrete_fields} == before
    assert after.provenance == Provenance.VERIFIED


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_a_new_record_is_made_by_its_form_with_few_queries(kind, coder, django_assert_max_num_queries):
    record = RECORD_FACTORIES[kind](coder=coder)
    sent = typed(form_for(kind)(coder=coder, instance=record))
    record.delete()
    form = form_for(kind)(sent, coder=coder)
    assert form.is_valid(), form.errors
    # A credential opens its renewal cycle, too.
    with django_assert_max_num_queries(33 if kind == "credential" else 30):
        saved = form.save(by=coder.user)
    assert saved.coder == coder
    assert RECORD_KINDS[kind].objects.get() == saved


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_an_empty_form_names_each_field_it_needs(kind, coder):
    for name, messages in errors(form_for(kind)({}, coder=coder)).items():
        assert "This field is required." not in messages, name
        assert all(len(message) > 15 for message in messages), (name, messages)


@pytest.mark.parametrize("kind", RECORD_FACTORIES)
def test_every_field_has_a_label_and_outcomes_end_today_in_the_browser(kind, coder, time_machine):
    time_machine.move_to(dt.datetime(2026, 6, 2, 3, 0, tzinfo=dt.UTC))
    form = form_for(kind)(coder=coder)
    for name, field in form.fields.items():
        assert field.label
        assert not isinstance(field.widget, HiddenInput)
        if isinstance(field, DateField):
            assert field.widget.input_type == "date"
            limit = "2026-06-01" if name in RECORD_KINDS[kind].OUTCOMES else None
            assert field.widget.attrs.get("max") == limit


def test_what_was_typed_is_shown_again_beside_the_errors(coder):
    form = form_for("volume")(
        {"starts_on": "31 March", "charts": "many", "minutes": "seven", "note": "Mostly trauma."}, coder=coder
    )
    assert set(errors(form)) >= {"starts_on", "charts", "minutes"}
    html = str(form)
    for words in ("31 March", "many", "seven", "Mostly trauma."):
        assert words in html


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("7.5", 450), ("7,5", 450), ("7:30", 450), ("7:05", 425), ("7", 420), ("0:45", 45), (".5", 30), ("7 h", 420),
        ("7h30", 450), ("7 h 30 min", 450), ("1.3333", 80), ("40", 2400), (" 8 ", 480),
    ],
)  # fmt: skip
def test_hours_are_understood_as_people_write_them(text, minutes):
    assert HoursField().clean(text) == minutes


@pytest.mark.parametrize("text", ["7:75", "seven", "-1", "7:30:00", "1e3", "7.5.1", "99999999"])
def test_hours_that_cannot_be_read_are_refused_with_an_example(text):
    with pytest.raises(Exception, match=r"7\.5, or as 7:30"):
        HoursField().clean(text)


@pytest.mark.parametrize("text", ["0", "0:00", "0.004"])
def test_no_time_at_all_is_refused_in_hours(text):
    with pytest.raises(ValidationError, match="Enter the hours"):
        HoursField().clean(text)


def test_minutes_are_shown_as_hours_and_minutes(coder):
    record = factories.VolumeFactory(coder=coder, minutes=485)
    assert form_for("volume")(coder=coder, instance=record)["minutes"].value() == "8:05"


def volume(**values):
    work_type = factories.WorkTypeFactory()
    return {"starts_on": "2026-03-25", "ends_on": "2026-03-31", "work_type": work_type.pk, "charts": "480",
            "minutes": "40", **values}  # fmt: skip


def test_a_week_of_charts_is_logged_in_one_go(coder):
    form = form_for("volume")(volume(), coder=coder)
    assert form.is_valid(), form.errors
    form.save(by=coder.user)
    assert Volume.objects.get().minutes == 2400


def test_bounds_are_said_in_words(coder):
    assert errors(form_for("volume")(volume(charts="0"), coder=coder))["charts"] == ["Enter 1 or more."]
    assert errors(form_for("volume")(volume(charts="100001"), coder=coder))["charts"] == [
        "Enter at most 100000."
    ]


def test_patient_data_is_said_beside_its_field(coder):
    found = errors(form_for("volume")(volume(note="MRN 4821377"), coder=coder))
    assert "take it out" in found["note"][0]
    assert "4821377" not in found["note"][0]


def audit(**values):
    return {
        "audited_on": "2026-03-31",
        "auditor": "internal",
        "basis": "random",
        "records_reviewed": "30",
        **values,
    }


def scores(coder, **values) -> dict:
    form = form_for("audit")(audit(**values), coder=coder)
    assert form.is_valid(), form.errors
    saved = form.save(by=coder.user)
    return {
        score.method: score.points if score.points is not None else (score.correct, score.reviewed)
        for score in saved.scores.all()
    }


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"records_correct": "29"}, {"case": (29, 30)}),
        ({"records_correct": "0"}, {"case": (0, 30)}),
        ({"codes_reviewed": "412", "codes_correct": "396"}, {"code_over_code": (396, 412)}),
        (
            {"records_correct": "29", "codes_reviewed": "412", "codes_correct": "396", "drg_reviewed": "28",
             "drg_correct": "27", "apc_reviewed": "5", "apc_correct": "5"},
            {"case": (29, 30), "code_over_code": (396, 412), "drg": (27, 28), "apc": (5, 5)},
        ),
        ({"charts": "12/13\n9/9, 15 of 17", "records_reviewed": ""}, {"code_over_code": (36, 39)}),
        (
            {"charts": "12/13\n\n9/9", "records_reviewed": "2", "codes_correct": "21", "codes_reviewed": "22",
             "records_correct": "1"},
            {"code_over_code": (21, 22), "case": (1, 2)},
        ),
        ({"points": "97.25", "points_method": "weighted"}, {"weighted": Decimal("97.25")}),
        ({"points": "-3", "points_max": "40", "points_method": "coder_denominator"}, {"coder_denominator": -3}),
        (
            {"records_correct": "29", "points": "96", "points_method": "code_over_code"},
            {"case": (29, 30), "code_over_code": Decimal(96)},
        ),
    ],
)  # fmt: skip
def test_an_audit_is_read_by_each_method(values, found, coder):
    assert scores(coder, **values) == found


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({}, "records_correct", "Say what the audit found"),
        ({"records_correct": "31"}, "records_correct", "More were correct"),
        ({"codes_correct": "396"}, "codes_reviewed", "how many were reviewed"),
        ({"codes_reviewed": "412"}, "codes_correct", "how many of them were correct"),
        ({"codes_reviewed": "0", "codes_correct": "0"}, "codes_reviewed", "At least one"),
        ({"codes_reviewed": "412", "codes_correct": "413"}, "codes_correct", "More were correct"),
        ({"drg_reviewed": "31", "drg_correct": "30"}, "drg_reviewed", "more than the audit reviewed"),
        ({"points": "97"}, "points_method", "Choose how it was worked out"),
        ({"points": "101", "points_method": "weighted"}, "points", "between 0 and 100"),
        ({"points": "-1", "points_method": "weighted"}, "points", "between 0 and 100"),
        ({"points": "101", "points_method": "coder_denominator"}, "points", "at most 100"),
        (
            {"points": "201", "points_max": "200", "points_method": "weighted"},
            "points",
            "more than the maximum",
        ),
        ({"points": "20", "points_max": "0", "points_method": "weighted"}, "points_max", "0.01 or more"),
        ({"points": "20", "points_max": "30", "points_method": "case"}, "points_max", "without a maximum"),
        ({"charts": "12/13\nMRN 4821377 9/9"}, "charts", "Chart 2 does not read like 12/13"),
        ({"charts": "12/13\n14/13", "records_reviewed": ""}, "charts", "Chart 2 is not a number correct"),
        ({"charts": "12/13\n9/9"}, "charts", "2 charts are listed, but 30 records were reviewed"),
        (
            {"charts": "12/13\n9/9", "records_reviewed": "", "codes_correct": "20", "codes_reviewed": "22"},
            "charts",
            "add up to 21 of 22",
        ),
        ({"records_correct": "29", "points": "97", "points_method": "case"}, "points", "Leave this empty"),
        ({"records_correct": "-1"}, "records_correct", "Enter 0 or more"),
        ({"records_correct": "2.5"}, "records_correct", "whole number"),
    ],
)
def test_an_impossible_audit_is_refused_beside_the_field(values, field, words, coder):
    found = errors(form_for("audit")(audit(**values), coder=coder))
    assert list(found) == [field]
    assert words in found[field][0]
    assert not Audit.objects.exists()


def test_charts_are_shown_as_they_were_typed_and_can_be_changed(coder):
    charts = [[12, 13], [9, 9]]
    record = factories.AuditFactory(coder=coder, records_reviewed=2, scores={"code_over_code": charts})
    sent = typed(form_for("audit")(coder=coder, instance=record))
    assert sent["charts"].split() == ["12/13", "9/9"]
    form = form_for("audit")({**sent, "charts": "13/13\n9/9"}, coder=coder, instance=record)
    assert form.is_valid(), form.errors
    form.save(by=coder.user)
    score = record.scores.get()
    assert (score.correct, score.reviewed, score.charts) == (22, 22, [[13, 13], [9, 9]])


def test_what_names_a_chart_is_never_repeated(coder):
    form = form_for("audit")(audit(charts="4821377 12/13"), coder=coder)
    assert not form.is_valid()
    assert "4821377" not in str(form.errors)


def test_a_second_percentage_that_the_form_does_not_show_stays(coder):
    record = factories.AuditFactory(
        coder=coder, scores={"weighted": 95, "coder_denominator": 94, "case": (29, 30)}
    )
    sent = typed(form_for("audit")(coder=coder, instance=record))
    assert sent["points_method"] == "weighted"
    form = form_for("audit")({**sent, "points": "96"}, coder=coder, instance=record)
    assert form.is_valid(), form.errors
    form.save(by=coder.user)
    assert {score.method: score.points for score in record.scores.all()} == {
        "weighted": 96, "coder_denominator": 94, "case": None,
    }  # fmt: skip


def test_a_score_is_taken_away_by_emptying_it(coder):
    record = factories.AuditFactory(coder=coder, scores={"drg": (9, 10), "case": (29, 30)})
    sent = typed(form_for("audit")(coder=coder, instance=record))
    form = form_for("audit")({**sent, "drg_reviewed": "", "drg_correct": ""}, coder=coder, instance=record)
    assert form.is_valid(), form.errors
    form.save(by=coder.user)
    assert [score.method for score in record.scores.all()] == ["case"]


def test_certifications_stand_under_their_body_and_legacy_ones_are_marked(coder):
    aapc, ahima = (
        factories.BodyFactory(position=1),
        factories.BodyFactory(slug="ahima", name="AHIMA", position=2),
    )
    factories.CertificationFactory(slug="ccs", body=ahima)
    factories.CertificationFactory(slug="cpc", body=aapc, position=1)
    legacy = factories.CertificationFactory(
        slug="cpc-p", body=aapc, position=2, status=CertificationStatus.LEGACY
    )
    form = form_for("credential")(coder=coder)
    groups = [
        (heading, [text for _value, text in rows])
        for heading, rows in list(form.fields["certification"].choices)[1:]
    ]
    assert groups == [
        ("AAPC", ["CPC: Cpc", "CPC-P: Cpc p (no longer offered; holders keep credit)"]),
        ("AHIMA", ["CCS: Ccs"]),
    ]
    held = form_for("credential")({"certification": legacy.pk, "earned_on": "2015-05-01"}, coder=coder)
    assert held.is_valid(), held.errors


def test_a_choice_outside_the_catalogue_is_refused(coder):
    found = errors(form_for("credential")({"certification": "9999", "earned_on": "2015-05-01"}, coder=coder))
    assert found["certification"] == ["Choose one from the list."]


def test_a_list_of_choices_costs_one_query(coder, count_queries):
    for number in range(5):
        factories.CertificationFactory(
            slug=f"c-{number}", code=f"C{number}", body=factories.BodyFactory(slug=f"b-{number}")
        )
    form = form_for("credential")(coder=coder)
    with count_queries(1):
        assert "C4" in str(form["certification"])


def test_a_duplicate_credential_is_said_beside_the_certification(coder):
    held = factories.CredentialFactory(coder=coder)
    form = form_for("credential")(
        {"certification": held.certification_id, "earned_on": "2025-01-01"}, coder=coder
    )
    assert "Change that entry instead" in errors(form)["certification"][0]


def test_hours_need_a_body(coder):
    factories.BodyFactory()
    form = form_for("continuing-education")(
        {"completed_on": "2026-03-31", "title": "Sepsis", "hours": "1.5"}, coder=coder
    )
    assert errors(form)["bodies"] == ["Choose at least one body that counts these hours."]


def test_a_rule_broken_between_checking_and_saving_is_among_the_errors(coder):
    form = form_for("credential")(
        {"certification": factories.CertificationFactory().pk, "earned_on": "2025-01-01"}, coder=coder
    )
    assert form.is_valid()
    factories.CredentialFactory(coder=coder)
    with pytest.raises(Exception, match="already logged"):
        form.save(by=coder.user)
    assert "certification" in form.errors


def test_a_form_with_errors_is_not_saved(coder):
    with pytest.raises(ValueError, match="errors"):
        form_for("volume")({}, coder=coder).save(by=coder.user)


def test_an_unknown_kind_has_no_form():
    with pytest.raises(KeyError):
        form_for("mrn")


def test_pay_is_logged_and_changed(coder):
    form = PayForm({"effective_on": "2026-03-31", "amount": "28.50", "basis": "hourly"}, coder=coder)
    assert form.is_valid(), form.errors
    pay = form.save(by=coder.user)
    again = PayForm({"effective_on": "2026-03-31", "amount": "9", "basis": "annual"}, coder=coder)
    assert set(errors(again)) == {"effective_on", "amount"}
    change = PayForm(
        {"effective_on": "2026-03-31", "amount": "29", "basis": "hourly"}, coder=coder, instance=pay
    )
    assert change.is_valid(), change.errors
    assert change.save(by=coder.user).amount == 29


def test_pay_with_signs_says_how_to_write_it(coder):
    form = PayForm({"effective_on": "2026-03-31", "amount": "$62,000", "basis": "annual"}, coder=coder)
    assert "such as 62000" in form.errors["amount"][0]


def test_the_profile_is_shown_and_stored(coder):
    role, area = factories.RoleFactory(), factories.WageAreaFactory()
    form = ProfileForm(
        {"full_name": "Ana Reyes", "time_zone": "America/Chicago", "stated_role": role.pk, "stated_years": "2.5",
         "target_role": "", "track": "", "area": area.pk},
        coder=coder,
    )  # fmt: skip
    assert form.is_valid(), form.errors
    form.save(by=coder.user)
    coder.refresh_from_db()
    assert (coder.user.full_name, coder.user.time_zone) == ("Ana Reyes", "America/Chicago")
    assert (coder.stated_role, coder.stated_years, coder.target_role, coder.area) == (
        role,
        Decimal("2.5"),
        None,
        area,
    )
    shown = ProfileForm(coder=coder)
    assert shown["stated_role"].value() == role.pk
    assert shown["area"].value() == area.pk
    assert shown["full_name"].value() == "Ana Reyes"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"stated_years": "-1"}, "stated_years"),
        ({"stated_years": "61"}, "stated_years"),
        ({"time_zone": "Mars"}, "time_zone"),
    ],
)
def test_an_impossible_profile_is_refused(values, field, coder):
    assert field in errors(ProfileForm({"time_zone": "America/Chicago", **values}, coder=coder))


def test_the_welcome_asks_for_less_and_leaves_the_rest(coder):
    track = factories.TrackFactory()
    coder.track = track
    coder.save()
    form = WelcomeForm({"full_name": "Ana", "time_zone": "America/Chicago", "stated_years": "0"}, coder=coder)
    assert "track" not in form.fields
    assert form.is_valid(), form.errors
    assert form.save(by=coder.user).track == track


def test_a_target_is_chosen_by_its_slug_or_left_to_the_promotion(db):
    role = factories.RoleFactory(slug="coding-auditor")
    assert [TargetForm({"target_role": "coding-auditor"}).is_valid(), Role.objects.get()] == [True, role]
    assert TargetForm({"target_role": ""}).is_valid()
    assert not TargetForm({"target_role": "emperor"}).is_valid()


def test_charts_an_hour_are_set_changed_and_taken_away(coder):
    work_type = factories.WorkTypeFactory()
    for text, stored in [("12", [12]), ("12.5", [12.5]), ("", [])]:
        form = ProductivityTargetForm({"work_type": work_type.pk, "per_hour": text}, coder=coder)
        assert form.is_valid(), form.errors
        form.save(by=coder.user)
        assert list(ProductivityTarget.objects.values_list("per_hour", flat=True)) == stored
    assert not ProductivityTargetForm({"work_type": work_type.pk, "per_hour": "0"}, coder=coder).is_valid()
