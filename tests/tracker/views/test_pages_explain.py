"""How figures came about, and the pages as of a past day."""

import datetime as dt

import pytest
from django.urls import reverse

from curriculum.models import (
    AreaType,
    Industry,
    MilestoneVersion,
    Occupation,
    Role,
    Wage,
    WageArea,
    WageRelease,
)
from tests.factories import (
    AuditFactory,
    PayFactory,
    PositionFactory,
    RoleFactory,
    VolumeFactory,
    WorkTypeFactory,
)
from tests.tracker.reading import data_of, leaf_of
from tracker.measures.volumes import Attainment
from tracker.models import Gap, GapEvent, ProductivityTarget
from tracker.selectors.evaluated import evaluated
from tracker.selectors.overall import explain_readiness, explain_stage
from tracker.services.evaluation import evaluate_coders

GAP = "accuracy-95"


@pytest.fixture
def junior(coder, catalogue):
    coder.stated_role, coder.stated_years = RoleFactory(slug="coder-i"), 1
    coder.save()
    return coder


def page(site, name, *args, **query):
    return site.get(reverse(f"tracker:{name}", args=args), query)


def ago(coder, days) -> dt.date:
    return coder.today() - dt.timedelta(days=days)


def national_wages():
    area, _ = WageArea.objects.get_or_create(code="99", defaults={"title": "U.S.", "type": AreaType.NATION})
    release = WageRelease.objects.create(slug="2025-05", name="May 2025", reference_on=dt.date(2025, 5, 1))
    occupation, _ = Occupation.objects.get_or_create(code="29-2072", defaults={"title": "Specialists"})
    industry, _ = Industry.objects.get_or_create(code="000000", defaults={"title": "All"})
    percentiles = zip((10, 25, 50, 75, 90), range(30_000, 80_000, 10_000), strict=True)
    annual = {f"annual_p{percentile}": dollars for percentile, dollars in percentiles}
    Wage.objects.create(release=release, area=area, occupation=occupation, industry=industry, **annual)


def steps(response) -> dict:
    (condition,) = response.context["explanation"].conditions
    return {step.what: step for step in condition.steps}


def test_an_accuracy_is_told_with_its_formula_and_values(site, junior):
    AuditFactory(
        coder=junior, scores={"code_over_code": (97, 100)}, audited_on=ago(junior, 40), verified=True
    )
    AuditFactory(
        coder=junior, scores={"code_over_code": (190, 200)}, audited_on=ago(junior, 10), verified=True
    )
    found = steps(page(site, "gap", GAP))
    assert (found["Pooled counts"].how, found["Pooled counts"].result) == ("287 ÷ 300", "95.6666%")
    compared = found["Compared with the target, before any rounding"]
    assert "5,740 ≥ 5,700" in compared.how
    assert found["Smallest sample that counts, in codes"].how == "300 ≥ 200"
    assert found["Codes of one chart go together"].result == "not known"
    assert found["95% interval"].result == "92.7283% – 97.4504%"
    assert found["How sure"].result == "supported"
    assert found["Shown as"].result == "95.6%"


def test_charts_known_one_by_one_are_told_with_what_they_are_worth(site, junior):
    charts = [(9, 9)] * 22 + [(0, 9), (5, 9)]
    AuditFactory(coder=junior, scores={"code_over_code": charts}, audited_on=ago(junior, 10))
    found = steps(page(site, "gap", GAP))
    assert found["Codes of one chart go together"].result.startswith("as good as ")
    assert "n = 216" not in found["95% interval"].how


def test_what_is_left_out_is_listed_with_the_reason(site, junior):
    day = ago(junior, 10)
    counted = AuditFactory(coder=junior, scores={"code_over_code": (190, 200)}, audited_on=day)
    AuditFactory(coder=junior, scores={"code_over_code": (10, 20)}, audited_on=day, basis="targeted")
    AuditFactory(coder=junior, scores={"code_over_code": 97}, audited_on=day)
    AuditFactory(coder=junior, scores={"code_over_code": (19, 20)}, audited_on=day, counted=False,
                 not_counted_because="imported as well")  # fmt: skip
    explanation = page(site, "gap", GAP).context["explanation"]
    assert [(noted.record, noted.note) for noted in explanation.records] == [
        (counted, "how its records were chosen is not known; it counts as if at random")
    ]
    assert {noted.note for noted in explanation.left_out} == {
        "aimed at a problem: it feeds learning, and no milestone",
        "a percentage without counts cannot be pooled",
        "imported as well",
    }


def test_a_past_day_is_recomputed_from_the_records_dated_up_to_it(site, junior):
    for _ in range(2):
        AuditFactory(coder=junior, scores={"code_over_code": (90, 100)}, audited_on=ago(junior, 60))
    AuditFactory(coder=junior, scores={"code_over_code": (600, 600)}, audited_on=ago(junior, 5))
    assert page(site, "gap", GAP).context["gap"].value == "97.5%"
    response = page(site, "gap", GAP, as_of=ago(junior, 30).isoformat())
    assert (response.context["gap"].value, response.context["gap"].status) == ("90.0%", "open")
    html = response.content.decode()
    assert "Recomputed from the records dated up to that day, as we know them today" in html
    assert "Log an audit" not in html


def test_what_was_first_met_later_was_not_met_once_yet(site, junior):
    for _ in range(2):
        AuditFactory(coder=junior, scores={"code_over_code": (90, 100)}, audited_on=ago(junior, 60))
    AuditFactory(coder=junior, scores={"code_over_code": (600, 600)}, audited_on=ago(junior, 5))
    evaluate_coders([junior.pk])
    assert page(site, "gap", GAP).context["gap"].first_met_on == junior.today()
    assert page(site, "gap", GAP, as_of=ago(junior, 30).isoformat()).context["gap"].first_met_on is None


def test_a_past_day_has_the_rules_of_that_day(site, junior):
    for _ in range(2):
        AuditFactory(coder=junior, scores={"code_over_code": (96, 100)}, audited_on=ago(junior, 60))
    old = MilestoneVersion.objects.filter(milestone__slug=GAP).order_by("-no").first()
    definition = {**old.definition, "needs": {**old.definition["needs"], "target": "97.0"}}
    MilestoneVersion.objects.create(
        milestone=old.milestone, no=old.no + 1, valid_from=ago(junior, 7), definition=definition
    )
    assert page(site, "gap", GAP).context["gap"].target == "97.0%"
    before = page(site, "gap", GAP, as_of=ago(junior, 30).isoformat())
    assert (before.context["gap"].target, before.context["gap"].status) == ("95.0%", "met")
    assert before.context["explanation"].rule.version == old.no


def test_looking_back_stores_nothing(site, junior):
    AuditFactory(coder=junior, scores={"code_over_code": (192, 200)}, audited_on=ago(junior, 60))
    for name, args in (("dashboard", []), ("gap", [GAP]), ("explain", ["readiness"]), ("explain", ["stage"])):
        assert page(site, name, *args, as_of=ago(junior, 30).isoformat()).status_code == 200
    assert not Gap.objects.exists() and not GapEvent.objects.exists()


def test_the_dashboard_of_a_past_day_offers_nothing_to_change(site, junior):
    AuditFactory(coder=junior, scores={"code_over_code": (192, 200)}, audited_on=ago(junior, 60))
    response = page(site, "dashboard", as_of=ago(junior, 30).isoformat())
    html = response.content.decode()
    assert response.context["board"].as_of == ago(junior, 30)
    assert "quick-form" not in html and "Log an audit" not in html
    assert f"?as_of={ago(junior, 30).isoformat()}" in html  # and what it leads to is of that day, too


@pytest.mark.parametrize("day", ["2999-01-01", "1850-01-01", "yesterday"])
def test_a_day_that_cannot_be_is_refused_beside_its_field_and_today_is_shown(site, junior, day):
    response = page(site, "gap", GAP, as_of=day)
    assert response.status_code == 200
    assert response.context["as_of_form"].errors["as_of"]
    assert not response.context["state"].is_past


def test_readiness_adds_up(site, junior):
    AuditFactory(coder=junior, scores={"code_over_code": (190, 200)}, audited_on=ago(junior, 10))
    PositionFactory(coder=junior, role=Role.objects.get(slug="coder-i"), starts_on=ago(junior, 800))
    state = evaluated(junior)
    explained = explain_readiness(state)
    assert (explained.weight_met, explained.weight_asked) == (state.weight_met, state.weight_asked)
    assert explained.steps[0].how == f"{state.weight_met} ÷ {state.weight_asked}"
    assert explained.steps[-1].result == f"{state.readiness}%"
    assert "by weight" in page(site, "dashboard").content.decode()


def test_the_shown_stage_is_the_last_whose_musts_were_all_met_once(site, junior):
    state = evaluated(junior)
    shown = [stage.stage for stage in explain_stage(state) if stage.is_shown]
    assert (shown[-1] if shown else None) == state.demonstrated_stage
    assert any(stage.musts for stage in explain_stage(state))


def test_years_are_told_by_their_positions(site, junior):
    PositionFactory(coder=junior, role=RoleFactory(slug="coder-i"), starts_on=dt.date(2020, 1, 1),
                    ends_on=dt.date(2021, 12, 31))  # fmt: skip
    response = page(site, "explain", "years")
    assert [step.how for step in response.context["steps"]][-1] == "24.00 ÷ 12"
    assert response.context["steps"][-1].result == "2"


def test_pay_is_explained_to_its_owner_alone(site, other_site, junior, stranger):
    national_wages()
    PayFactory(coder=junior, amount=55_000)
    mine = [step.how for step in page(site, "explain", "standing").context["steps"]]
    assert any("$55,000 − $50,000" in how for how in mine)
    assert not page(other_site, "explain", "standing").context["steps"]


def test_there_is_nothing_else_to_explain(site, junior):
    assert page(site, "explain", "everything").status_code == 404


def test_attainment_is_told_by_work_type(coder):
    emergency, clinic = WorkTypeFactory(), WorkTypeFactory(slug="clinic")
    for work_type, per_hour in ((emergency, 12), (clinic, 10)):
        ProductivityTarget.objects.create(coder=coder, work_type=work_type, per_hour=per_hour)
    VolumeFactory(coder=coder, work_type=emergency, charts=240, minutes=1200)
    VolumeFactory(coder=coder, work_type=emergency, charts=120, minutes=600, verified=True)
    VolumeFactory(coder=coder, work_type=clinic, charts=90, minutes=600)
    leaf = leaf_of("attainment", target="100")
    data = data_of([coder], [leaf])
    data.names = {emergency.pk: "Emergency", clinic.pk: "Clinic"}
    assert [(line.what, line.how, line.result) for line in Attainment().workings(leaf, data, 0)] == [
        ("Emergency", "360 charts ÷ 12 an hour, in 30.0 hours", "30.0 standard hours"),
        ("Clinic", "90 charts ÷ 10 an hour, in 10.0 hours", "9.0 standard hours"),
        ("Standard hours earned over hours worked", "39.00 ÷ 40.00", "97.5000%"),
    ]
    assert Attainment().read(leaf, data, False).value[0] == 97.5
