"""For whom work was logged: what the coder said once, or says of the record, and nothing assumed."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from tests.factories import CoderFactory, MembershipFactory, OrganizationFactory, VolumeFactory
from tracker.forms import form_for
from tracker.models import Membership, Volume
from tracker.services.records import save_record


@pytest.fixture
def usual(member):
    member.logs_work = True
    member.save()
    return member.team.organization


def logged(coder, **more):
    return save_record(
        VolumeFactory.build(coder=coder, work_type=more.pop("work_type")), by=coder.user, **more
    )


@pytest.fixture
def work_type(db):
    from tests.factories import WorkTypeFactory

    return WorkTypeFactory()


def test_work_is_made_for_the_employer_that_was_said_to_be_the_usual_one(member, usual, work_type):
    assert logged(member.coder, work_type=work_type).made_under == usual


def test_nothing_is_assumed(member, work_type):
    assert logged(member.coder, work_type=work_type).made_under is None
    assert logged(CoderFactory(), work_type=work_type).made_under is None


def test_of_two_usual_employers_none_is_assumed_and_work_before_joining_is_nobodys(member, usual, work_type):
    Membership.objects.update(joined_on="2026-04-01")
    assert logged(member.coder, work_type=work_type).made_under is None
    Membership.objects.update(joined_on="2026-01-01")
    MembershipFactory(coder=member.coder, logs_work=True)
    record = VolumeFactory.build(coder=member.coder, work_type=work_type, charts=481)
    assert save_record(record, by=member.coder.user).made_under is None


def test_a_record_can_say_otherwise_but_no_strange_organization(member, usual, work_type):
    record = logged(member.coder, work_type=work_type, made_under=None)
    assert record.made_under is None
    save_record(record, by=member.coder.user, made_under=usual)
    record.refresh_from_db()
    assert record.made_under == usual
    record.note = "A change of something else keeps it."
    assert save_record(record, by=member.coder.user).made_under == usual
    with pytest.raises(ValidationError, match="in no team"):
        save_record(record, by=member.coder.user, made_under=OrganizationFactory())


def test_what_an_employer_attested_stays_made_for_it(member, usual):
    record = VolumeFactory(coder=member.coder, made_under=usual, imported=True)
    record.note = "Mine"
    assert save_record(record, by=member.coder.user, made_under=None).made_under == usual


def test_the_form_asks_members_and_nobody_else(member, usual, work_type, signed_in):
    assert "made_for" not in form_for("volume")(coder=CoderFactory()).fields
    assert "made_for" not in form_for("credential")(coder=member.coder).fields
    page, url = signed_in(member.coder.user), reverse("tracker:record_add", args=["volume"])
    assert "Made for" in page.get(url).content.decode()
    data = {
        "starts_on": "2026-03-30",
        "ends_on": "2026-03-31",
        "work_type": work_type.pk,
        "charts": 9,
        "minutes": "3",
    }
    assert page.post(url, data | {"made_for": ""}).status_code == 302
    assert page.post(url, data | {"charts": 10, "made_for": usual.pk}).status_code == 302
    assert page.post(url, data | {"charts": 11}).status_code == 302
    assert page.post(url, data | {"charts": 12, "made_for": OrganizationFactory().pk}).status_code == 422
    made = dict(Volume.objects.values_list("charts", "made_under"))
    assert made == {9: None, 10: usual.pk, 11: usual.pk}
