"""What the two source documents state about the labor market, and what holds of every row, written out one by one: whatever is missing from what ships fails.

“guide” is the career-path guide and “article” the novice-to-expert article; numbers are their lines. These lists are
written from the documents, not from the fixtures: they are what the fixtures are checked by.
"""

import re
from decimal import Decimal

import pytest

from curriculum import conditions, models
from curriculum.fixture_rows import FILES

from .checklist import cites, lines_cited

# --- facts ---


@pytest.mark.parametrize(
    ("slug", "value", "guide", "article"),
    [
        ("growth-rate", "7.1", {4, 107, 117}, ()),
        ("growth-positions", "13800", {117}, ()),
        ("annual-openings", "14200", {4, 107, 117}, ()),
        ("employment-wage-survey", "187910", {81}, ()),
        ("employment-projections-base", "194800", (), ()),
        ("pay-p10", "35780", {7, 79}, ()),
        ("pay-p25", "41600", {80}, ()),
        ("pay-median", "50250", {67, 81}, ()),
        ("pay-mean", "55970", {67, 82}, ()),
        ("pay-p75", "64070", {83}, ()),
        ("pay-p90", "80950", {84}, ()),
        ("pay-median-hourly", "24.16", {85}, ()),
        ("pay-experienced-low", "50000", (), {97}),
        ("pay-experienced-high", "80000", (), {97}),
        ("example-first-pass", "98", {3}, ()),
        ("example-denial-reduction", "15", {3}, ()),
        ("expected-accuracy", "95", {35}, ()),
    ],
)
def test_figures(files, slug, value, guide, article):
    fact = files["facts"][slug]
    assert fact["value"] == Decimal(value)
    assert fact["unit"] and fact["basis"]
    assert cites(fact, guide, article)


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("growth-causes-guide", "Retirements, healthcare expansion and increasing documentation complexity"),
        ("growth-causes-article", "aging population"),
        ("pay-band-foundation", "$35,780 to $41,600"),
        ("pay-band-specialization", "$41,600 to $64,070"),
        ("pay-band-senior", "$64,070 to $80,950"),
        ("pay-entry-article", "respectable"),
        ("pay-above-curve-remote", "high cost of living"),
        ("pay-above-curve-executives", "above the coding occupation’s 90th percentile"),
        ("pay-risk-adjustment", "higher end"),
        ("pay-factors-guide", "kind of employer"),
        ("pay-factors-article", "complexity of cases"),
        ("pay-employers", "small physician practices"),
        ("pay-certifications", "A correlation"),
        ("entry-education", "postsecondary nondegree award"),
        ("on-the-job-training", "not needed to enter"),
        ("job-ready", "within about a year"),
        ("degree-to-start", "bachelor’s degree"),
        ("years-to-expert", "Several years"),
        ("make-or-break-years", "accelerate or stall"),
        ("management-path", "Coding Supervisor or Manager"),
        ("cpc-or-ccs", "Many experienced coders hold both"),
        ("accreditation", "accredited programs"),
        ("posting-minimum", "the CPC or the CCS"),
        ("posting-specialty", "specialty experience"),
        ("remote-guide", "remote or hybrid"),
        ("remote-article", "coding companies"),
        ("resume-figures", "accuracy, denial reduction"),
        ("errors-cost", "denied claims"),
        ("challenges", "changing technology"),
        ("continuous-learning", "continuing education"),
        ("networking", "referrals"),
        ("prospects-article", "accuracy and productivity"),
        ("growth-tracks", "consulting"),
    ],
)
def test_what_the_sources_say_in_words(files, slug, words):
    statement = files["facts"][slug]["statement"].lower()
    assert words.lower() in statement


def test_growth_figures_name_their_two_bases(files):
    projections, survey = (
        files["facts"]["growth-positions"]["basis"],
        files["facts"]["employment-wage-survey"]["basis"],
    )
    assert "projections" in projections and "self-employed included" in projections
    assert "wage survey" in survey and "self-employed left out" in survey
    assert (
        files["facts"]["growth-rate"]["basis"]
        == files["facts"]["employment-projections-base"]["basis"]
        == projections
    )


def test_no_median_is_called_an_average(files):
    for slug in ("pay-median", "pay-median-hourly", "pay-p25", "pay-p75"):
        assert (
            "average" not in files["facts"][slug]["name"].lower() + files["facts"][slug]["statement"].lower()
        )


# --- of every row ---


def test_every_row_says_where_it_comes_from(files):
    for name, model in FILES.items():
        if not issubclass(model, models.Sourced):
            continue
        for key, row in files[name].items():
            assert re.search(r"\w{3}", row["source"]), (name, key)
            if row["origin"] == "addition":
                assert row["confidence"] and row["verified_on"], (name, key)
            else:
                cited = lines_cited(row["source"], "Career-path guide") | lines_cited(
                    row["source"], "Salary article"
                )
                assert cited, (name, key, row["source"])


def test_lines_lie_within_the_documents(files):
    for name in FILES:
        for row in files[name].values():
            assert lines_cited(row.get("source", ""), "Career-path guide") <= set(range(1, 129))
            assert lines_cited(row.get("source", ""), "Salary article") <= set(range(1, 123))


def test_every_milestone_has_a_version_from_the_beginning_and_an_activity_of_no_vendor(files):
    helped = {
        key[0]
        for row in files["learning_activities"].values()
        if row["vendor_neutral"]
        for key in row["milestones"]
    }
    assert set(files["milestones"]) == helped
    assert {(slug, 1) for slug in files["milestones"]} == set(files["milestone_versions"])


def test_every_milestone_is_asked_or_decides_a_driver(files):
    asked_for = {key[0] for key in files["requirements"]}
    drivers = {row["milestone"][0] for row in files["salary_drivers"].values() if row["milestone"]}
    assert set(files["milestones"]) == asked_for | drivers


def test_every_definition_can_be_read_and_reads_as_english(files):
    for (slug, _), row in files["milestone_versions"].items():
        rule = conditions.parse(row["definition"])
        words = conditions.in_words(rule.needs)
        assert len(words) > 5 and "{" not in words, slug


NOUNS = {
    ("credentials", "any_of"): "certifications", ("skills", "any_of"): "skills", "bodies": "bodies", "roles": "roles",
    "specialties": "specialties", "work_types": "work_types", "accreditations": "accreditations", "tracks": "tracks",
    "employer_types": "employer_types", "from_types": "employer_types", "to_types": "employer_types",
}  # fmt: skip


def test_every_slug_in_a_definition_names_a_row(files):
    for slug, no in files["milestone_versions"]:
        for leaf in conditions.parse(files["milestone_versions"][slug, no]["definition"]).leaves():
            for name, value in leaf.params.items():
                noun = NOUNS.get((leaf.measure, name)) or NOUNS.get(name)
                if noun:
                    assert set(value) <= set(files[noun]), (slug, name)


def test_every_occupation_of_a_role_is_there_and_its_alternates(files):
    assert {row["occupation"] for row in files["roles"].values()} <= set(files["occupations"])
    assert {"29-1141", "43-1011", "11-3031", "15-1211"} <= set(files["occupations"])
    assert files["occupations"]["29-2072"]["title"] == "Medical Records Specialists"
