"""Lines with figures, and what they become as Markdown."""

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from tracker.resume.document import Document, Line, Section
from tracker.resume.facts import Attested, Scores, Volumes, accuracy_facts, provenance, volume_facts
from tracker.resume.markdown import markdown
from tracker.resume.wording import check, filled

VALUES = {"charts": "14,200", "rate": "97.1%"}


@given(st.text(max_size=200))
def test_any_wording_can_be_filled(wording):
    assert "{charts}" not in filled(wording, VALUES)


def test_figures_are_filled_in_and_nothing_else():
    assert filled("Coded {charts} at {rate} {x} {}", VALUES) == "Coded 14,200 at 97.1% {x} {}"


@pytest.mark.parametrize(
    ("wording", "says"),
    [
        ("Coded {chart}", "no figure {chart}"),
        ("Coded 14,200 charts", "at least one figure"),
        ("{__class__}", "no figure"),
    ],
)
def test_a_line_keeps_its_figures(wording, says):
    with pytest.raises(ValidationError, match=says):
        check(wording, VALUES)


def test_ones_own_words_have_no_figures():
    check("Known for calm in a backlog", {})
    with pytest.raises(ValidationError, match="leave the braces out"):
        check("Coded {charts}", {})


def test_the_line_of_the_guide():
    scores = [Scores("code_over_code", "ed", 602, 620, (0, 0, 0), Attested(12, 8, 0))]
    volumes = [Volumes("ed", "Emergency department", 14_200, dt.date(2024, 1, 1), Attested(40, 0, 40))]
    fact = volume_facts(volumes, scores)[0]
    assert filled(fact.default, fact.values) == (
        "Coded 14,200 emergency department charts at 97.0% code-over-code accuracy (95% interval 95.4–98.2%, n = 620 codes)"
    )
    assert fact.basis == "40 entries, imported; last 12 months, 12 audits: 8 verified, 4 self-reported"
    assert accuracy_facts(scores) == []  # of one work type; over all there is another score


def test_provenance_adds_up():
    assert provenance("audits", Attested(1)) == "1 audit, self-reported"
    assert provenance("audits", Attested(6, 1, 2)) == "6 audits: 1 verified, 2 imported, 3 self-reported"


@pytest.mark.parametrize(
    "text", ["# Not a heading", "<script>alert(1)</script>", "[x](http://y)", "- item", "1. one", "a\n\n# b"]
)
def test_what_people_wrote_is_no_markup(text):
    document = Document(
        "Linh Tran", text, "", "2026-11-21", "today", [Section("results", "Results", [Line(text)])]
    )
    shown = markdown(document)
    headings = [line for line in shown.splitlines() if line.startswith("#")]
    assert headings == ["# Linh Tran", "## Results"]
    assert not re.search(r"(?<!\\)(<script|\]\(http)", shown)
    assert sum(line.startswith("- ") for line in shown.splitlines()) == 1
