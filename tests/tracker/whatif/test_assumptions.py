"""What may be assumed, and what a plan keeps of it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from curriculum.models import Specialty
from tests.factories import CoderFactory, RoleFactory, SpecialtyFactory
from tracker.models import Plan
from tracker.services.plans import MOST, assumptions_of, delete_plan, rename_plan, save_plan
from tracker.whatif.assumptions import Assumptions, assume


def test_what_is_left_empty_is_as_it_is(db):
    assumed = assume({"target": "", "credentials": [], "accuracy": "", "charts": None})
    assert assumed == Assumptions() and not assumed.any and assumed.as_query() == []


def test_values_of_a_form_and_of_the_api_come_to_the_same(db, certifications):
    RoleFactory(slug="coder")
    typed = assume({"target": "coder", "credentials": ["cpc"], "accuracy": "96.5%", "audited": "30"})
    sent = assume({"target": "coder", "credentials": ["cpc"], "accuracy": 96.5, "audited": 30})
    assert typed == sent
    assert assume(typed.as_json()) == typed
    assert ("credentials", "cpc") in typed.as_query() and ("accuracy", "96.5") in typed.as_query()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"accuracy": "120"}, "accuracy"),
        ({"accuracy": "NaN"}, "accuracy"),
        ({"accuracy": "a lot"}, "accuracy"),
        ({"charts": True}, "charts"),
        ({"hours": "0"}, "hours"),
        ({"target": "emperor"}, "target"),
        ({"target": ["coder"]}, "target"),
        ({"credentials": "cpc"}, "credentials"),
        ({"credentials": ["nothing"]}, "credentials"),
        ({"credentials": ["cpc", "ccs", "cpma"] * 9 + [str(n) for n in range(9)]}, "credentials"),
        ({"salary": "100000"}, "__all__"),
    ],
)
def test_nonsense_is_refused_by_field(db, certifications, data, field):
    with pytest.raises(ValidationError) as refused:
        assume(data)
    assert set(refused.value.message_dict) == {field}


def test_a_plan_is_saved_opened_renamed_and_deleted_by_its_coder_alone(aiming, certifications):
    assumed = assume({"credentials": ["cpc"], "accuracy": 97})
    plan = save_plan(aiming, " CPC first ", assumed, by=aiming.user)
    assert plan.name == "CPC first" and assumptions_of(plan) == assumed
    stranger = CoderFactory()
    for change in (
        lambda: save_plan(aiming, "Mine", assumed, by=stranger.user),
        lambda: rename_plan(plan, "Mine", by=stranger.user),
        lambda: delete_plan(plan, by=stranger.user),
    ):
        with pytest.raises(PermissionDenied):
            change()
    rename_plan(plan, "Then the CPC", by=aiming.user)
    assert list(Plan.objects.values_list("name", flat=True)) == ["Then the CPC"]
    delete_plan(plan, by=aiming.user)
    assert not Plan.objects.exists()


def test_a_plan_needs_a_name_of_its_own_and_something_assumed(aiming):
    save_plan(aiming, "Faster", {"charts": 100}, by=aiming.user)
    for name, assumed, field in [
        ("Faster", {"charts": 90}, "name"),
        ("  ", {"charts": 90}, "name"),
        ("Empty", {}, "assumptions"),
        ("MRN 12345678", {"charts": 90}, "name"),
    ]:
        with pytest.raises(ValidationError) as refused:
            save_plan(aiming, name, assumed, by=aiming.user)
        assert field in refused.value.message_dict, name
    save_plan(CoderFactory(), "Faster", {"charts": 100}, by=None)


def test_there_is_an_end_to_plans(aiming):
    Plan.objects.bulk_create(Plan(coder=aiming, name=str(n), assumptions={"charts": 90}) for n in range(MOST))
    with pytest.raises(ValidationError):
        save_plan(aiming, "One more", {"charts": 90}, by=aiming.user)


def test_a_plan_whose_row_left_the_catalogue_keeps_the_rest(aiming):
    SpecialtyFactory(slug="cardiology")
    plan = save_plan(aiming, "Hearts", {"specialty": "cardiology", "charts": 90}, by=aiming.user)
    Specialty.objects.all().delete()
    assert assumptions_of(plan) == Assumptions(charts=90.0)
