"""Cycles as rows: opened, joined, renewed, kept; pins; and what the renewal month leaves to the next cycle."""

import datetime as dt
from io import StringIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command

from curriculum.models import RenewalRule
from tests.factories import BodyFactory, CertificationFactory, ContinuingEducationFactory, CredentialFactory
from tracker.models import Credential, CreditPin, CycleCredential, RenewalCycle
from tracker.selectors.credentials import credentials_page
from tracker.selectors.renewals import Ledger
from tracker.services.records import remove_record, restore_record, save_record
from tracker.services.renewals import keep_cycles, pin, renew, unpin

EARNED, END, NEXT_END = dt.date(2020, 5, 1), dt.date(2027, 3, 31), dt.date(2029, 3, 31)
PARAMS = {
    "kind": "by_count", "base": 36, "step": 4, "most": 5, "renewal_month": True,
    "minimums": [{"hours": 16, "subject_of_each": ["cpma"]}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def rules(db):
    def add(slug, body, **values):
        return RenewalRule.objects.create(
            slug=slug, name=slug, body=BodyFactory(slug=body), source="test", statement="", **values
        )

    add("aapc", "aapc", params=PARAMS)
    add("ahima-old", "ahima", params={"kind": "highest_base", "bases": {"ccs": 20}, "step": 10, "cap": 50})
    add(
        "ahima-new", "ahima", valid_from=dt.date(2026, 1, 1),
        params={"kind": "highest_base", "bases": {"ccs": 25}, "step": 10, "cap": 50},
    )  # fmt: skip
    add("hcca", "hcca", params={"kind": "flat", "hours": 40})


def hold(coder, slug="cpc", body="aapc", earned=EARNED, expires=END, **values):
    certification = CertificationFactory(slug=slug, body=BodyFactory(slug=body), **values)
    return CredentialFactory(coder=coder, certification=certification, earned_on=earned, expires_on=expires)


def cycles(coder):
    return [
        (c.body.slug, c.starts_on, c.ends_on, c.closed_as) for c in RenewalCycle.objects.filter(coder=coder)
    ]


def test_one_cycle_for_all_of_a_body_and_one_each_elsewhere(coder):
    hold(coder)
    joined = hold(coder, "coc", earned=dt.date(2026, 1, 10))
    hold(coder, "chc", "hcca")
    hold(coder, "chpc", "hcca", expires=dt.date(2026, 12, 31))
    assert RenewalCycle.objects.filter(coder=coder).count() == 3
    aapc = RenewalCycle.objects.get(coder=coder, body__slug="aapc")
    assert aapc.members.get(credential=joined).joined_on == joined.earned_on
    assert Ledger(coder).cycle(aapc).rule.demand(Ledger(coder).cycle(aapc).span).hours == 40


def test_a_cycle_is_bound_by_the_rule_of_its_first_day(coder):
    hold(coder, "ccs", "ahima", expires=dt.date(2027, 12, 31))
    row = RenewalCycle.objects.get(coder=coder)
    assert (row.starts_on, row.rule.slug) == (dt.date(2026, 1, 1), "ahima-new")


def test_and_one_that_began_before_it_by_the_rule_of_then(coder):
    hold(coder, "ccs", "ahima", expires=END)
    assert RenewalCycle.objects.get(coder=coder).rule.slug == "ahima-old"


def change_aapc(**params):
    """An administrator edits the row in place."""
    row = RenewalRule.objects.get(slug="aapc")
    row.params = PARAMS | params
    row.save()


def asked(coder) -> list[int]:
    ledger = Ledger(coder)
    return [ledger.cycle(row).rule.demand(ledger.cycle(row).span).hours for row in ledger.open()]


def test_a_rule_edited_in_place_moves_no_running_cycle_but_the_next(coder):
    hold(coder)
    change_aapc(base=50)
    assert asked(coder) == [36]
    corrected = Credential.objects.get(coder=coder)
    corrected.expires_on = END - dt.timedelta(days=10)
    save_record(corrected, by=coder.user)
    assert asked(coder) == [36]  # dates that are corrected are no reason to bind it by something new
    (line,) = credentials_page(coder).cycles
    assert line.changes == ["50 hours instead of 36."]
    assert line.changes_from == line.row.ends_on + dt.timedelta(days=1)
    corrected.expires_on = END
    save_record(corrected, by=coder.user)
    renew(RenewalCycle.objects.get(coder=coder), by=coder.user, until=NEXT_END)
    assert asked(coder) == [50]
    assert RenewalCycle.objects.get(coder=coder, closed_as="renewed").rule.params["base"] == 36


def test_another_period_moves_no_running_cycle_but_makes_the_next_longer(coder):
    hold(coder)
    row = RenewalRule.objects.get(slug="aapc")
    row.period_months = 36
    row.save()
    keep_cycles([coder.pk])
    assert cycles(coder) == [("aapc", dt.date(2025, 4, 1), END, "")]
    renew(RenewalCycle.objects.get(coder=coder), by=coder.user, until=dt.date(2030, 3, 31))
    assert cycles(coder)[1] == ("aapc", dt.date(2027, 4, 1), dt.date(2030, 3, 31), "")


@pytest.mark.parametrize("shorter", [True, False])
def test_dates_corrected_after_another_period_keep_the_cycles_own(coder, shorter):
    hold(coder)
    row = RenewalRule.objects.get(slug="aapc")
    row.period_months = 12 if shorter else 36
    row.save()
    credential = Credential.objects.get(coder=coder)
    credential.expires_on = dt.date(2027, 2, 28)  # typed wrong at first
    save_record(credential, by=coder.user)
    assert cycles(coder) == [("aapc", dt.date(2025, 3, 1), dt.date(2027, 2, 28), "")]


def test_whom_a_cycle_takes_together_changes_with_the_next_one(coder):
    """Together until now, each by itself from the renewal on; and the other way round."""
    hold(coder)
    joined = hold(coder, "coc")
    before = RenewalCycle.objects.get(coder=coder)
    row = RenewalRule.objects.get(slug="aapc")
    row.params = {"kind": "flat", "hours": 18}
    row.save()
    keep_cycles([coder.pk])
    assert RenewalCycle.objects.get(coder=coder) == before
    assert before.members.count() == 2
    assert asked(coder) == [40]
    renew(before, by=coder.user, until=NEXT_END)
    assert asked(coder) == [18, 18]
    before.refresh_from_db()
    assert before.closed_as == "renewed"
    row.params = PARAMS
    row.save()
    keep_cycles([coder.pk])
    assert asked(coder) == [18, 18]
    first, second = RenewalCycle.objects.filter(coder=coder, closed_as="").order_by("pk")
    for cycle in (first, second):
        renew(cycle, by=coder.user, until=dt.date(2031, 3, 31))
    assert asked(coder) == [40]
    assert joined.memberships.get(cycle__closed_as="").cycle.certification is None


def test_words_of_a_rule_are_mended_without_another_version(coder):
    row = RenewalRule.objects.get(slug="aapc")
    row.statement = "Said better."
    row.save()
    assert [(v.no, v.statement) for v in row.versions.all()] == [(1, "Said better.")]


def test_a_mistake_of_ours_is_corrected_in_running_cycles_alone(coder):
    hold(coder)
    renew(RenewalCycle.objects.get(coder=coder), by=coder.user, until=NEXT_END)
    change_aapc(base=37)
    call_command("correct_rule", "aapc", stdout=StringIO())
    assert asked(coder) == [37]
    assert RenewalCycle.objects.get(coder=coder, closed_as="renewed").rule.no == 1
    with pytest.raises(CommandError):
        call_command("correct_rule", "nobodys")


def test_a_renewal_keeps_the_old_cycle_and_opens_the_next(coder):
    cpc, coc = hold(coder), hold(coder, "coc")
    opened = renew(RenewalCycle.objects.get(coder=coder), by=coder.user, until=NEXT_END)
    assert cycles(coder) == [
        ("aapc", dt.date(2025, 4, 1), END, "renewed"),
        ("aapc", dt.date(2027, 4, 1), NEXT_END, ""),
    ]
    assert opened.opened_from == "renewal" and opened.members.count() == 2
    for credential in (cpc, coc):
        credential.refresh_from_db()
        assert credential.expires_on == NEXT_END
        assert credential.history.first().history_change_reason == "renewed"


@pytest.mark.parametrize("late", [False, True])
def test_what_was_let_go_within_the_cycle_is_not_renewed_with_the_rest(coder, late):
    cpc, crc = hold(coder), hold(coder, "crc", expires=dt.date(2026, 6, 30))
    day = END + dt.timedelta(days=20) if late else dt.date(2027, 3, 1)
    with time_machine.travel(dt.datetime.combine(day, dt.time(17), dt.UTC)):
        renew(RenewalCycle.objects.get(coder=coder), by=coder.user, until=NEXT_END)
    cpc.refresh_from_db()
    crc.refresh_from_db()
    assert (cpc.expires_on, crc.expires_on) == (NEXT_END, dt.date(2026, 6, 30))


def test_a_renewal_taken_back_by_the_dates_opens_the_old_one_again(coder):
    cpc = hold(coder)
    renew(RenewalCycle.objects.get(coder=coder), by=coder.user, until=NEXT_END)
    cpc.refresh_from_db()
    cpc.expires_on = END
    save_record(cpc, by=coder.user)
    assert cycles(coder) == [("aapc", dt.date(2025, 4, 1), END, "")]


@pytest.mark.parametrize("until", [END, END - dt.timedelta(days=5), END + dt.timedelta(days=60)])
def test_a_renewal_needs_a_whole_period(coder, until):
    hold(coder)
    with pytest.raises(ValidationError) as error:
        renew(RenewalCycle.objects.get(coder=coder), by=coder.user, until=until)
    assert "until" in error.value.message_dict
    assert Credential.objects.get(coder=coder).expires_on == END


def test_nobody_renews_for_somebody_else(coder, stranger):
    hold(coder)
    with pytest.raises(PermissionDenied):
        renew(RenewalCycle.objects.get(coder=coder), by=stranger.user, until=NEXT_END)


def test_a_credential_removed_and_brought_back_is_in_its_cycle_again(coder):
    cpc = hold(coder)
    remove_record(cpc, by=coder.user)
    assert Ledger(coder).open() == []
    restore_record(cpc, by=coder.user)
    assert [row.ends_on for row in Ledger(coder).open()] == [END]


def test_keeping_twice_changes_nothing(coder):
    hold(coder)
    before = list(RenewalCycle.objects.values()), list(CycleCredential.objects.values())
    keep_cycles([coder.pk])
    assert before == (
        list(RenewalCycle.objects.values()),
        list(CycleCredential.objects.values()),
    )


# --- Hours ---


def course(coder, hours, day, n=[0], **values):  # noqa: B006  a counter
    n[0] += 1
    return ContinuingEducationFactory(
        coder=coder, hours=hours, completed_on=day, title=f"Course {n[0]}", **values
    )


@pytest.fixture
def march(time_machine):
    """In the last month of the cycle, with all hours but for a choice to be made."""
    time_machine.move_to(dt.datetime(2027, 3, 20, 15, tzinfo=dt.UTC))


def test_at_a_renewal_spare_hours_of_its_month_go_to_the_next_cycle_and_stay_there(coder, march):
    hold(coder)
    course(coder, 34, dt.date(2026, 2, 1))
    needed = course(coder, 3, dt.date(2027, 3, 2))
    spare = course(coder, 5, dt.date(2027, 3, 10))
    row = RenewalCycle.objects.get(coder=coder)
    allocation = Ledger(coder).allocation(row.body_id)
    assert [[c.activity.key for c in r.credits][-1] for r in allocation.results] == [needed.pk, spare.pk]
    opened = renew(row, by=coder.user, until=NEXT_END)
    assert list(CreditPin.objects.values_list("activity", "cycle", "by_coder")) == [
        (spare.pk, opened.pk, False)
    ]
    (result,) = Ledger(coder).allocation(row.body_id).results
    assert [c.activity.key for c in result.credits] == [spare.pk]
    assert Ledger(coder).earned(opened) == 500


def test_a_pin_is_the_coders_choice_until_it_is_taken_back(coder, stranger):
    hold(coder)
    cpma = hold(coder, "cpma").certification
    activity = course(coder, 8, dt.date(2026, 2, 1))
    activity.subjects.add(cpma)
    row = RenewalCycle.objects.get(coder=coder)

    def subject():
        (result,) = Ledger(coder).allocation(row.body_id).results
        return result.credits[0].subject, result.credits[0].pinned

    assert subject() == ("cpma", False)
    pin(activity, row, None, by=coder.user)
    assert subject() == ("", True)
    with pytest.raises(PermissionDenied):
        unpin(activity, row.body, by=stranger.user)
    unpin(activity, row.body, by=coder.user)
    assert subject() == ("cpma", False)


def test_hours_that_a_body_does_not_count_cannot_be_pinned_to_it(coder):
    hold(coder)
    activity = course(coder, 8, dt.date(2026, 2, 1), bodies=[BodyFactory(slug="hcca")])
    with pytest.raises(ValidationError):
        pin(activity, RenewalCycle.objects.get(coder=coder), by=coder.user)


def test_reading_a_ledger_costs_the_same_whatever_is_in_it(coder, django_assert_num_queries):
    def read():
        ledger = Ledger(coder)
        for row in ledger.open():
            ledger.allocation(row.body_id)
            ledger.earned(row)

    for slug, body in (("cpc", "aapc"), ("ccs", "ahima")):
        hold(coder, slug, body)
    course(coder, 8, dt.date(2026, 2, 1))
    with django_assert_num_queries(9):
        read()
    for slug in ("coc", "crc", "cic"):
        hold(coder, slug)
        course(coder, 8, dt.date(2026, 2, 1))
    with django_assert_num_queries(9):
        read()
