"""A line understood: what it says, in any order, and that nothing breaks it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.quicklog import Term, Vocabulary, understand

TODAY = dt.date(2026, 11, 21)  # a Saturday
WORDS = Vocabulary(
    [
        Term("work_type", "ed", ("Emergency department", "ED", "ER", "emergency room")),
        Term("work_type", "clinic", ("Clinic and professional E/M", "clinic", "E/M", "pro-fee")),
        Term("work_type", "review", ("Audit review", "audit")),
        Term("specialty", "cardiology", ("Cardiology",)),
        Term("certification", "cpc", ("CPC",)),
        Term("certification", "cpc-a", ("CPC-A",)),
        Term("bodies", "aapc", ("AAPC",)),
        Term("bodies", "ahima", ("AHIMA",)),
    ]
)


def read(text):
    return understand(text, WORDS, TODAY)


def volume(charts, minutes, day="2026-11-21", **more):
    return {"charts": charts, "minutes": minutes, "starts_on": day, "ends_on": day} | more


def audit(**more):
    return {"audited_on": "2026-11-21", "basis": "unmarked", "auditor": "internal"} | more


@pytest.mark.parametrize(
    ("line", "kind", "data"),
    [
        ("32 ED charts 7.5h", "volume", volume("32", "7:30", work_type="ed")),
        ("32 ED 7.5", "volume", volume("32", "7:30", work_type="ed")),
        ("7:45 er 32ch", "volume", volume("32", "7:45", work_type="ed")),
        ("32 emergency room charts 7h 30m", "volume", volume("32", "7:30", work_type="ed")),
        ("20 audit charts 5h", "volume", volume("20", "5:00", work_type="review")),
        ("45 pro-fee cardiology 6 hours", "volume", volume("45", "6:00", work_type="clinic", specialty="cardiology")),
        ("yesterday 45 E/M 6h", "volume", volume("45", "6:00", "2026-11-20", work_type="clinic")),
        ("Monday 45 clinic 6h", "volume", volume("45", "6:00", "2026-11-16", work_type="clinic")),
        ("11/20 45 clinic 6h", "volume", volume("45", "6:00", "2026-11-20", work_type="clinic")),
        ("11/22 45 clinic 6h", "volume", volume("45", "6:00", "2025-11-22", work_type="clinic")),
        ("3 days ago 45 clinic 6h", "volume", volume("45", "6:00", "2026-11-18", work_type="clinic")),
        ("200 ED 38h last week", "volume", volume("200", "38:00", work_type="ed", starts_on="2026-11-09", ends_on="2026-11-15")),
        ("200 ED 38h this week", "volume", volume("200", "38:00", work_type="ed", starts_on="2026-11-16")),
        ("200 ED 38h nov 9 2026 2026-11-15", "volume", volume("200", "38:00", work_type="ed", starts_on="2026-11-09", ends_on="2026-11-15")),
        ("audit 30 29", "audit", audit(records_reviewed="30", records_correct="29")),
        ("audit 29/30", "audit", audit(records_reviewed="30", records_correct="29")),
        ("audit 30 412/396", "audit", audit(records_reviewed="30", codes_reviewed="412", codes_correct="396")),
        ("audit 30ch 396/412 ed random", "audit", audit(records_reviewed="30", codes_reviewed="412", codes_correct="396", work_type="ed", basis="random")),
        ("external audit 30 drg 28/30 focused 11/2/2026", "audit", audit(records_reviewed="30", drg_reviewed="30", drg_correct="28", basis="targeted", auditor="external", audited_on="2026-11-02")),
        ("audit 30 97.5%", "audit", audit(records_reviewed="30", points="97.5")),
        ("CPC 2026-03-01", "credential", {"certification": "cpc", "earned_on": "2026-03-01"}),
        ("cpc-a Nov 3 2025 valid until 2027-11-30", "credential", {"certification": "cpc-a", "earned_on": "2025-11-03", "expires_on": "2027-11-30"}),
        ("CPC 2024-01-15 exp Dec 31", "credential", {"certification": "cpc", "earned_on": "2024-01-15", "expires_on": "2026-12-31"}),
        ("CPC 2024-01-15 exp Jan 31", "credential", {"certification": "cpc", "earned_on": "2024-01-15", "expires_on": "2027-01-31"}),
        ("CPC Dec 5", "credential", {"certification": "cpc", "planned_on": "2026-12-05"}),
        ("CPC passed Dec 5", "credential", {"certification": "cpc", "earned_on": "2025-12-05"}),
        ("CPC exam 3/1", "credential", {"certification": "cpc", "planned_on": "2027-03-01"}),
        ("CPC Mar 1", "credential", {"certification": "cpc", "earned_on": "2026-03-01"}),
        ("CPC yesterday", "credential", {"certification": "cpc", "earned_on": "2026-11-20"}),
        ("CPC 2027-03-01", "credential", {"certification": "cpc", "planned_on": "2027-03-01"}),
        ("ce 2h Sepsis webinar AAPC AHIMA 11/3", "continuing-education", {"hours": "2", "title": "Sepsis webinar", "bodies": ["aapc", "ahima"], "completed_on": "2026-11-03"}),
        ("ce 1.5 Coding Clinic update, aapc", "continuing-education", {"hours": "1.5", "title": "Coding Clinic update", "bodies": ["aapc"], "completed_on": "2026-11-21"}),
    ],
)  # fmt: skip
def test_what_a_line_says(line, kind, data):
    found = read(line)
    assert (found.kind, found.data, found.unknown) == (kind, data, [])


def test_what_stands_for_nothing_comes_back():
    assert read("32 ED charts 7.5h Lakeside 4471x").unknown == ["Lakeside", "4471x"]
    assert read("hello there").kind == ""


@pytest.mark.parametrize("line", ["again", "yesterday again", "same as yesterday"])
def test_again_is_asked_for_in_words(line):
    assert read(line).again


PARTS = st.tuples(st.integers(1, 500), st.integers(1, 24 * 60), st.dates(dt.date(2020, 1, 1), TODAY))


@given(PARTS, st.permutations(range(4)))
def test_a_volume_is_the_same_in_any_order(parts, order):
    charts, minutes, day = parts
    pieces = [f"{charts} charts", "ED", f"{minutes // 60}:{minutes % 60:02d}", f"{day}"]
    found = read(" ".join(pieces[i] for i in order))
    expected = volume(str(charts), f"{minutes // 60}:{minutes % 60:02d}", f"{day}", work_type="ed")
    assert (found.kind, found.data, found.unknown) == ("volume", expected, [])


@given(
    st.integers(1, 999).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(1, 99),
    st.booleans(),
)
def test_an_audits_counts_are_read_either_way_round(counts, records, swapped):
    correct, reviewed = counts
    first, second = (reviewed, correct) if swapped else (correct, reviewed)
    data = read(f"audit {records} charts {first}/{second} random").data
    assert (data["codes_correct"], data["codes_reviewed"]) == (str(correct), str(reviewed))


VOCABULARY = ["audit", "ce", "cpc", "ED", "7.5h", "30", "396/412", "yesterday", "nov", "13/45", "until", "97%", "days", "ago", "last", "week", ".", "9999-99-99", "٣٢", "h", ":", "drg", "1e9", "31"]  # fmt: skip


@given(st.one_of(st.text(max_size=400), st.lists(st.sampled_from(VOCABULARY), max_size=12).map(" ".join)), st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31)))  # fmt: skip
def test_nothing_breaks_it(text, today):
    found = understand(text, WORDS, today)
    values = [v for value in found.data.values() for v in (value if isinstance(value, list) else [value])]
    assert all(isinstance(value, str) for value in values)


def test_a_guess_about_a_day_is_said_to_be_one():
    assert read("CPC Dec 5").guessed == "planned_on"
    assert read("CPC Mar 1").guessed == "earned_on"
    assert (
        not read("CPC exam Dec 5").guessed
        and not read("CPC Dec 5 2025").guessed
        and not read("32 ED Dec 5").guessed
    )
