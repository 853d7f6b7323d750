"""The condition tree: what is refused and in which words, what is read, and how it reads as English."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from curriculum import conditions
from curriculum.conditions import Group, Leaf, MeasureSpec, in_words, parse

CODES = {"measure": "audit_accuracy", "params": {"method": "code_over_code"}, "target": "95.0"}
PEOPLE = {"measure": "people_led", "target": "1"}
YEARS = {"measure": "experience_years", "target": "3"}


def complaint(definition) -> str:
    with pytest.raises(ValidationError) as caught:
        parse(definition)
    return " ".join(caught.value.messages)


def leaf(**changes):
    return parse({"needs": {**CODES, **changes}}).needs


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        ([], "an object with “needs”"),
        ({}, "an object with “needs”"),
        ({"needs": PEOPLE, "wants": PEOPLE}, "no “wants”"),
        ({"needs": "people_led"}, "needs: a condition is an object"),
        ({"needs": {"all": []}}, "needs.all: list at least one condition"),
        ({"needs": {"any": PEOPLE}}, "needs.any: list at least one condition"),
        ({"needs": {"all": [PEOPLE], "any": [PEOPLE]}}, "needs: use “measure”, “all”, “any”"),
        ({"needs": {"n_of": 3, "of": [PEOPLE, YEARS]}}, "needs: “n_of” is a number from 1 to 2"),
        ({"needs": {"n_of": 0, "of": [PEOPLE]}}, "needs: “n_of” is a number from 1 to 1"),
        ({"needs": {"n_of": "1", "of": [PEOPLE]}}, "needs: “n_of” is a number from 1 to 1"),
        ({"needs": {"all": [PEOPLE, {"any": [YEARS, 5]}]}}, "needs.all[1].any[1]: a condition is an object"),
        ({"needs": PEOPLE, "applies_if": {"measure": "charm"}}, "applies_if: there is no measure “charm”"),
    ],
)
def test_a_tree_that_cannot_be_read_is_refused_with_its_place(definition, words):
    assert words in complaint(definition)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"measure": "charm"}, "no measure “charm”. Choose from: apprentice, attainment"),
        ({"colour": "red"}, "a condition has no “colour”"),
        ({"params": {}}, "“audit_accuracy” needs the parameter “method”"),
        ({"params": {"method": "guess"}}, "“method” is one of code_over_code, case, drg, apc"),
        ({"params": {"method": "case", "colour": "red"}}, "“audit_accuracy” has no parameter “colour”"),
        ({"params": "case"}, "“params” is an object"),
        ({"params": {"method": ["case"]}}, "“method” is one value, no list"),
        ({"measure": "credentials", "params": {"any_of": "cpc"}}, "“any_of” is a list"),
        ({"measure": "credentials", "params": {"any_of": [5]}}, "“any_of” holds the slugs of rows"),
        ({"cmp": ">"}, "“cmp” is one of >=, <=, =="),
        ({"target": None}, "needs.target: a number in quotes"),
        ({"target": 95.0}, "needs.target: a number in quotes"),
        ({"target": "ninety"}, "needs.target: a number in quotes"),
        ({"target": "NaN"}, "needs.target: a number in quotes"),
        ({"close": "near"}, "needs.close: a number in quotes"),
        ({"window": "sometimes"}, "the window is “any”, “now”"),
        ({"window": {"months": 0}}, "the window is “any”, “now”"),
        ({"window": {"months": "12"}}, "the window is “any”, “now”"),
        ({"window": {"weeks": 12}}, "the window is “any”, “now”"),
        ({"minimum": {"charts": 30}}, "no sample in charts; it counts codes, groups, records, audits"),
        ({"minimum": {"codes": 0}}, "the minimum of codes is a whole number of at least 1"),
        ({"minimum": {"codes": 1.5}}, "the minimum of codes is a whole number of at least 1"),
    ],
)
def test_a_condition_that_cannot_be_read_is_refused_with_what_to_do(changes, words):
    text = complaint({"needs": {**CODES, **changes}})
    assert text.startswith("needs")
    assert words in text


def test_a_measure_without_a_window_takes_none():
    assert "for “people_led”" in complaint({"needs": {**PEOPLE, "window": {"months": 12}}})
    assert parse({"needs": {**PEOPLE, "window": "now"}}).needs.window == "now"


def test_a_condition_is_read_exactly():
    one = leaf(window={"months": 12}, minimum={"codes": 200, "records": 30}, close="1.0")
    assert (one.measure, one.comparator, one.target, one.months) == (
        "audit_accuracy",
        ">=",
        Decimal("95.0"),
        12,
    )
    assert dict(one.minimum) == {"codes": 200, "records": 30}
    assert one.close == Decimal("1.0")
    assert one.spec.slug == "audit_accuracy" and one.unit == "percent"


def test_what_is_left_out_has_its_default():
    one = leaf()
    assert (one.comparator, one.window, one.months, dict(one.minimum), one.close) == (
        ">=",
        "any",
        None,
        {},
        None,
    )


def test_equal_conditions_are_one_key_whatever_the_order_they_are_written_in():
    turned = dict(reversed(list({**CODES, "close": "1.0"}.items())))
    assert leaf(close="1.0") == parse({"needs": turned}).needs
    assert len({leaf(), leaf(), leaf(close="2.0")}) == 2


def test_a_stored_condition_cannot_be_changed():
    one = leaf()
    with pytest.raises(TypeError):
        one.params["method"] = "case"
    with pytest.raises(AttributeError):
        one.target = Decimal(1)


@pytest.mark.parametrize(
    ("node", "n", "size"),
    [
        ({"all": [PEOPLE, YEARS]}, 2, 2),
        ({"any": [PEOPLE, YEARS]}, 1, 2),
        ({"n_of": 2, "of": [PEOPLE, YEARS, CODES]}, 2, 3),
    ],
)
def test_groups_say_how_many_of_how_many(node, n, size):
    group = parse({"needs": node}).needs
    assert isinstance(group, Group)
    assert (group.n, len(group.of)) == (n, size)


def test_the_conditions_of_a_rule_are_all_found():
    rule = parse(
        {
            "needs": {"any": [CODES, {"all": [PEOPLE, YEARS]}]},
            "applies_if": {"measure": "target_role", "target": "1"},
        }
    )
    assert [one.measure for one in rule.leaves()] == [
        "audit_accuracy",
        "people_led",
        "experience_years",
        "target_role",
    ]


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (YEARS, "3 years of coding experience"),
        (
            {**CODES, "window": {"months": 12}, "minimum": {"codes": 200, "records": 30, "audits": 2}},
            "code-over-code accuracy of at least 95.0% in the last 12 months, from at least 200 codes, 30 records and 2 audits",
        ),
        (
            {"measure": "credentials", "params": {"any_of": ["cpc", "ccs"]}, "target": "1"},
            "an active credential (CPC or CCS)",
        ),
        ({"measure": "credentials_lapsed", "cmp": "<=", "target": "0"}, "no lapsed credential"),
        (
            {"measure": "skills", "params": {"any_of": ["sql", "tableau", "python"]}, "target": "1"},
            "SQL, Tableau or Python among your skills",
        ),
        (
            {"measure": "audit_work", "target": "1", "window": {"months": 24}, "minimum": {"charts": 10}},
            "an audit as reviewer in the last 24 months, with at least 10 charts reviewed",
        ),
    ],
)
def test_a_condition_reads_as_english(node, words):
    assert in_words(parse({"needs": node}).needs) == words


@pytest.mark.parametrize(
    ("op", "words"),
    [
        ({"all": [YEARS, PEOPLE]}, "3 years of coding experience; and "),
        ({"any": [YEARS, PEOPLE]}, "either 3 years of coding experience; or "),
        ({"n_of": 2, "of": [YEARS, PEOPLE, CODES]}, "2 of these 3: 3 years of coding experience; "),
    ],
)
def test_a_group_reads_as_english(op, words):
    assert in_words(parse({"needs": op}).needs).startswith(words)


def test_a_group_within_a_group_is_bracketed():
    words = in_words(parse({"needs": {"any": [CODES, {"all": [YEARS, PEOPLE]}]}}).needs)
    assert "; or (3 years of coding experience; and " in words


def test_a_group_of_one_reads_like_the_one():
    assert in_words(parse({"needs": {"all": [YEARS]}}).needs) == in_words(parse({"needs": YEARS}).needs)


def test_a_measure_registers_once():
    spec = MeasureSpec(slug="people_led", title="", unit="", phrase=str)
    with pytest.raises(ValueError, match="registered twice"):
        conditions.register(spec)


def test_a_measure_may_refuse_what_its_parameters_say_together(monkeypatch):
    spec = MeasureSpec(
        slug="tides", title="tides", unit="tides", phrase=lambda one: "tides", params={"sea": None}, samples=("days",),
        check=lambda params, minimum: "the sea needs a sample in days" if params and not minimum else None,
    )  # fmt: skip
    monkeypatch.setitem(conditions._specs, "tides", spec)
    asked = {"measure": "tides", "params": {"sea": "north"}, "target": "2"}
    assert "needs: the sea needs a sample in days" in complaint({"needs": asked})
    assert isinstance(parse({"needs": {**asked, "minimum": {"days": 3}}}).needs, Leaf)


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats()
    | st.sampled_from(["95.0", ">=", "any", "now", "case", "cpc"])
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["needs", "applies_if", "measure", "params", "cmp", "target", "window", "minimum", "close", "all", "any", "n_of", "of", "months", "method", "any_of", "codes"]),
        inner | st.sampled_from(["audit_accuracy", "people_led", "credentials"]),
        max_size=6,
    ),
    max_leaves=12,
)  # fmt: skip


@given(ANYTHING)
@settings(max_examples=400, deadline=None)
@example({"needs": {**CODES, "cmp": []}})
@example({"needs": {**CODES, "params": {"method": {}}}})
@example({"needs": {**CODES, "minimum": {"codes": True}}})
@example({"needs": {"n_of": True, "of": [PEOPLE]}})
@example({"needs": {**CODES, "window": []}})
@example({"needs": {**CODES, "target": True}})
def test_whatever_is_given_is_read_or_refused_in_words(definition):
    try:
        rule = parse(definition)
    except ValidationError as error:
        assert error.messages
    else:
        assert in_words(rule.needs)
