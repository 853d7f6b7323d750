"""Hours of continuing education: the issuers' own worked examples (domain 2.1 and 2.2), cycles and what is due by when."""

import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from curriculum import renewals

SHIPPED = {
    row["fields"]["slug"]: row["fields"]
    for row in json.loads(
        (Path(__file__).parents[2] / "fixtures" / "renewal_rules.json").read_text(encoding="utf-8")
    )
}


def rule(slug):
    fields = SHIPPED[slug]
    dates = {
        name: dt.date.fromisoformat(fields[name]) if name in fields else None
        for name in ("valid_from", "valid_to")
    }
    return SimpleNamespace(**{**fields, **dates, "body": SimpleNamespace(slug=fields["body"][0])})


def in_force(slug, day=dt.date(2026, 6, 1)):
    return renewals.rules_in_force([rule(slug)], day)[SHIPPED[slug]["body"][0]]


@pytest.mark.parametrize(("number", "hours"), [(1, 36), (2, 40), (3, 44), (4, 48), (5, 52), (6, 52)])
def test_aapc_asks_by_the_number_of_certifications(number, hours):
    held = ["cpc", "cpma", "crc", "coc", "cic", "cpb"][:number]
    assert in_force("aapc-two-years").required_hours(held) == hours


@pytest.mark.parametrize(
    ("held", "hours"),
    [
        (["ccs"], 20),
        (["rhia"], 30),
        (["ccs", "ccs-p"], 30),
        (["rhia", "cdip"], 40),
        (["rhia", "ccs", "ccs-p"], 50),
        (["rhia", "cdip", "chda", "chps", "ccs"], 50),
        (["rhia", "rhit"], 30),
        (["rhia", "rhit", "ccs"], 40),
    ],
)
@pytest.mark.parametrize(
    ("slug", "day"), [("ahima-to-2024", dt.date(2024, 6, 1)), ("ahima-from-2025", dt.date(2026, 6, 1))]
)
def test_ahima_asks_the_highest_base_and_ten_for_each_further_one_up_to_fifty(slug, day, held, hours):
    assert in_force(slug, day).required_hours(held) == hours


@pytest.mark.parametrize(
    ("slug", "held", "hours"),
    [("ccb-two-years", ["chc"], 40), ("acdis-two-years", ["ccds"], 30), ("nha-two-years", ["cbcs"], 10)],
)
def test_the_other_bodies_ask_a_flat_number(slug, held, hours):
    assert in_force(slug).required_hours(held) == hours


def test_hfma_renews_by_examination_and_asks_no_hours():
    hfma = in_force("hfma-two-years")
    assert not hfma.counts_hours
    assert hfma.required_hours(["crcr"]) == 0


def test_nothing_held_asks_nothing():
    assert in_force("aapc-two-years").required_hours([]) == 0
    assert in_force("ahima-from-2025").required_hours(["unknown"]) == 0


def test_an_unknown_kind_is_refused_by_name():
    with pytest.raises(ValueError, match="no kind “weekly”"):
        renewals.required_hours({"kind": "weekly"}, ["cpc"])


def test_the_rule_in_force_is_that_of_the_day():
    rows = [rule("ahima-to-2024"), rule("ahima-from-2025")]
    assert renewals.rules_in_force(rows, dt.date(2024, 12, 31))["ahima"].slug == "ahima-to-2024"
    assert renewals.rules_in_force(rows, dt.date(2025, 1, 1))["ahima"].slug == "ahima-from-2025"


def test_of_two_rules_in_force_the_later_one_holds():
    rows = [rule("ahima-from-2025"), rule("ahima-from-2025")]
    rows[1].valid_from, rows[1].slug = dt.date(2026, 1, 1), "newer"
    for order in (rows, rows[::-1]):
        assert renewals.rules_in_force(order, dt.date(2026, 6, 1))["ahima"].slug == "newer"


@pytest.mark.parametrize(
    ("last", "first"),
    [
        (dt.date(2026, 3, 31), dt.date(2024, 4, 1)),
        (dt.date(2026, 3, 30), dt.date(2024, 3, 31)),
        (dt.date(2026, 2, 28), dt.date(2024, 3, 1)),  # both ends of February, one of them in a leap year
        (dt.date(2026, 1, 15), dt.date(2024, 1, 16)),
    ],
)
def test_a_cycle_of_two_years_begins_the_day_after_the_last_one(last, first):
    assert in_force("aapc-two-years").first_day(last) == first


def test_hours_fall_due_evenly_and_whole():
    aapc, first, last = in_force("aapc-two-years"), dt.date(2025, 1, 1), dt.date(2026, 12, 31)

    def due(day):
        return renewals.hours_due(aapc, ["cpc"], first, last, day)

    assert due(dt.date(2024, 12, 31)) == 0
    assert due(dt.date(2025, 1, 1)) == 0
    assert due(dt.date(2025, 12, 31)) == 18
    assert due(last) == 36
    assert due(dt.date(2027, 6, 1)) == 36


def test_a_first_cycle_that_began_late_asks_its_share():
    aapc = in_force("aapc-two-years")
    first, last = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
    assert renewals.hours_due(aapc, ["cpc"], first, last, last) == 18
