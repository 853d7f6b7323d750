"""Hours of continuing education: the issuers' own worked examples (domain 2.1 and 2.2), cycles and what is due by when."""

import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curriculum import renewals

SHIPPED = {
    row["fields"]["slug"]: row["fields"]
    for row in json.loads(
        (Path(__file__).parents[2] / "fixtures" / "renewal_rules.json").read_text(encoding="utf-8")
    )
}


REPLACED = SimpleNamespace(slug="rhit", replaced_by_id=1, replaced_by=SimpleNamespace(slug="rhia"))


def rule(slug, **changes):
    fields = SHIPPED[slug] | changes
    dates = {
        name: dt.date.fromisoformat(fields[name]) if name in fields else None
        for name in ("valid_from", "valid_to")
    }
    row = SimpleNamespace(**{**fields, **dates, "body": SimpleNamespace(slug=fields["body"][0])})
    return renewals.rules_of([row], [REPLACED])[0]


@pytest.mark.parametrize(("number", "hours"), [(1, 36), (2, 40), (3, 44), (4, 48), (5, 52), (6, 52)])
def test_aapc_asks_by_the_number_of_certifications(number, hours):
    held = ["cpc", "cpma", "crc", "coc", "cic", "cpb"][:number]
    assert rule("aapc-two-years").required_hours(held) == hours


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
@pytest.mark.parametrize("slug", ["ahima-to-2024", "ahima-from-2025"])
def test_ahima_asks_the_highest_base_and_ten_for_each_further_one_up_to_fifty(slug, held, hours):
    assert rule(slug).required_hours(held) == hours


@pytest.mark.parametrize(
    ("slug", "held", "hours"),
    [("ccb-two-years", ["chc"], 40), ("acdis-two-years", ["ccds"], 30), ("nha-two-years", ["cbcs"], 10)],
)
def test_the_other_bodies_ask_a_flat_number(slug, held, hours):
    assert rule(slug).required_hours(held) == hours


def test_hfma_renews_by_examination_and_asks_no_hours():
    hfma = rule("hfma-two-years")
    assert not hfma.counts_hours
    assert hfma.required_hours(["crcr"]) == 0


def test_nothing_held_asks_nothing():
    assert rule("aapc-two-years").required_hours([]) == 0
    assert rule("ahima-from-2025").required_hours(["unknown"]) == 0


def test_an_unknown_kind_is_refused_by_name():
    with pytest.raises(ValueError, match="no kind “weekly”"):
        renewals.required_hours({"kind": "weekly"}, ["cpc"])


def test_the_rule_in_force_is_the_one_that_began_last():
    rules = [rule("ahima-to-2024"), rule("ahima-from-2025")]
    for order in (rules, rules[::-1]):
        assert renewals.in_force(order, dt.date(2024, 12, 31)).slug == "ahima-to-2024"
        assert renewals.in_force(order, dt.date(2025, 1, 1)).slug == "ahima-from-2025"
    assert renewals.in_force(rules[1:], dt.date(2024, 12, 31)) is None


def test_what_is_counted_together_is_in_one_cycle():
    together = {SHIPPED[slug]["body"][0] for slug in SHIPPED if rule(slug).per_body}
    assert together == {"aapc", "ahima"}


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
    assert rule("aapc-two-years").first_day(last) == first


@pytest.mark.parametrize(
    ("first", "last"),
    [(dt.date(2024, 4, 1), dt.date(2026, 3, 31)), (dt.date(2024, 3, 1), dt.date(2026, 2, 28))],
)
def test_the_last_day_is_the_other_way_round(first, last):
    assert rule("aapc-two-years").last_day(first) == last


# --- Demands of a cycle ---

FIRST, LAST = dt.date(2025, 1, 1), dt.date(2026, 12, 31)


def span(first=FIRST, last=LAST, **joined):
    return renewals.Span(first, last, {slug.replace("_", "-"): since for slug, since in joined.items()})


def minimums(demand):
    return {m.subject or tuple(sorted(m.sponsors)): m.hundredths / 100 for m in demand.minimums}


def test_hours_fall_due_evenly_and_whole():
    aapc, whole = rule("aapc-two-years"), span(cpc=FIRST)
    days = [dt.date(2024, 12, 31), FIRST, dt.date(2025, 12, 31), LAST, dt.date(2027, 6, 1)]
    assert [aapc.due(whole, day) for day in days] == [0, 0, 18, 36, 36]


def test_a_first_cycle_that_began_late_asks_its_share_where_the_body_prorates():
    late = span(dt.date(2026, 1, 1), cpma=dt.date(2026, 1, 1))
    demand = rule("aapc-two-years").demand(late)
    assert (demand.hours, minimums(demand)) == (18, {"cpma": 8})
    assert rule("ahima-from-2025").demand(span(dt.date(2026, 1, 1), ccs=dt.date(2026, 1, 1))).hours == 20


def test_a_certification_that_joins_later_asks_from_its_day():
    half = dt.date(2026, 1, 1)
    demand = rule("aapc-two-years").demand(span(cpc=FIRST, cpma=half))
    assert (demand.hours, minimums(demand)) == (38, {"cpma": 8})
    assert rule("aapc-two-years").due(span(cpc=FIRST, cpma=half), dt.date(2025, 12, 31)) == 18
    assert rule("ahima-from-2025").demand(span(ccs=FIRST, ccs_p=half)).hours == 30


def test_minimums_within_the_total():
    aapc = rule("aapc-two-years").demand(span(cpc=FIRST, cpma=FIRST, ccc=FIRST))
    assert (aapc.hours, minimums(aapc)) == (44, {"cpma": 16, "ccc": 8})
    for slug in ("circc", "cpma", "cpco", "cdeo", "cppm"):
        assert minimums(rule("aapc-two-years").demand(span(**{slug: FIRST}))) == {slug: 16}
    share = rule("ahima-from-2025").demand(span(rhia=FIRST, ccs=FIRST))
    assert minimums(share) == {("ahima", "state-association"): 16}
    for slug, held, quality, hours in (
        ("ahima-to-2024", "ccs", "him-domain", 16),
        ("ccb-two-years", "chc", "live", 20),
    ):
        (only,) = rule(slug).demand(span(**{held: FIRST})).minimums
        assert (only.quality, only.hundredths) == (quality, hours * renewals.HUNDREDTHS)


def test_from_when_hours_can_be_submitted():
    assert rule("acdis-two-years").submit_from(LAST) == LAST - dt.timedelta(days=60)
    assert rule("aapc-two-years").submit_from(LAST) is None


def test_what_is_replaced_asks_nothing():
    demand = rule("ahima-from-2025").demand(span(rhit=FIRST, rhia=dt.date(2026, 1, 1)))
    assert demand.hours == 30


@given(
    st.dates(dt.date(2024, 1, 1), dt.date(2028, 12, 31)),
    st.dates(FIRST, LAST),
    st.sampled_from(sorted(SHIPPED)),
)
def test_what_is_due_never_falls_and_ends_at_the_demand(day, joins, slug):
    own = {
        "aapc-two-years": ("cpc", "cpma"),
        "ahima-to-2024": ("ccs", "rhia"),
        "ahima-from-2025": ("ccs", "rhia"),
    }
    first, *others = own.get(slug, ("chc",))
    held = span(**{first: FIRST}, **dict.fromkeys(others, joins))
    due = [rule(slug).due(held, d) for d in (day, day + dt.timedelta(days=30), LAST)]
    assert 0 <= due[0] <= due[1] <= due[2] == rule(slug).demand(held).hours
