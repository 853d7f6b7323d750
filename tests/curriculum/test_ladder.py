"""The ladder: next promotions, forks, the top, and the whole of it in a fixed number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curriculum import catalogue, fixture_rows
from curriculum.ladder import Next, next_step, promotion_options, whole_ladder
from curriculum.models import Role, Stage, Track, Transition, TransitionKind

pytestmark = pytest.mark.django_db

ENTRY = [
    "coder-i",
    "coding-specialist",
    "records-coder",
    "outpatient-coder",
    "coding-technician",
    "coding-assistant",
    "inpatient-coder",
]
LADDER_FILES = {"occupations", "stages", "tracks", "skills", "roles", "transitions"}


@pytest.fixture
def ladder(tmp_path, monkeypatch):
    """The shipped ladder without the milestones, which take their time to load."""
    for name in fixture_rows.FILES:
        text = "[]"
        if name in LADDER_FILES:
            text = (fixture_rows.FIXTURES / f"{name}.json").read_text(encoding="utf-8")
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    monkeypatch.setattr(fixture_rows, "FIXTURES", tmp_path)
    catalogue.load()


def role(slug):
    return Role.objects.get(slug=slug)


def step_from(slug):
    return next_step(role(slug), promotion_options(role(slug)))


def ways_from(slug):
    return {way.to_role.slug for way in promotion_options(role(slug))}


@pytest.mark.parametrize("slug", ENTRY)
def test_an_entry_role_is_promoted_to_senior_coder_by_default(ladder, slug):
    step = step_from(slug)
    assert (step.how, step.role.slug) == (Next.DEFAULT, "coder-ii-senior")


@pytest.mark.parametrize(
    ("slug", "ways"),
    [
        ("coder-ii-senior", {"coding-manager", "compliance-officer", "risk-adjustment", "coding-consultant"}),
        ("coding-auditor", {"coding-manager", "compliance-officer", "coding-consultant"}),
        ("coding-manager", {"him-director", "revenue-cycle-director"}),
    ],
)
def test_where_the_way_forks_nothing_is_chosen(ladder, slug, ways):
    step = step_from(slug)
    assert (step.how, step.role) == (Next.FORK, None)
    assert {way.to_role.slug for way in step.promotions} == ways == ways_from(slug)


@pytest.mark.parametrize(
    "slug",
    [
        "him-director",
        "revenue-cycle-director",
        "compliance-officer",
        "risk-adjustment",
        "coding-consultant",
        "healthcare-admin",
    ],
)
def test_at_the_top_one_stays_current(ladder, slug):
    step = step_from(slug)
    assert (step.how, step.role.slug, step.promotions) == (Next.TOP, slug, ())


def test_the_default_comes_first_among_the_ways_on(ladder):
    assert [way.to_role.slug for way in promotion_options(role("coder-i"))] == [
        "coder-ii-senior",
        "coding-auditor",
        "coding-educator",
    ]


def test_a_single_way_needs_no_mark(ladder):
    Transition.objects.filter(from_role__slug="coding-educator").update(is_default=False)
    assert step_from("coding-educator").role.slug == "coding-manager"


def test_without_a_role_one_starts_at_the_first(ladder):
    first = Role.objects.order_by("position").first()
    step = next_step(None, promotion_options(None), first)
    assert (step.how, step.role.slug) == (Next.DEFAULT, "coder-i")


def test_every_role_but_the_entry_ones_can_be_reached(ladder):
    reached = {way.to_role.slug for way in Transition.objects.select_related("to_role")}
    assert set(Role.objects.values_list("slug", flat=True)) - reached <= set(ENTRY)


def test_no_way_of_promotions_leads_back_to_where_it_began(ladder):
    ways = {}
    for start, end in Transition.objects.filter(kind=TransitionKind.PROMOTION).values_list(
        "from_role", "to_role"
    ):
        ways.setdefault(start, set()).add(end)
    for start in ways:
        seen, open_ends = set(), [start]
        while open_ends:
            ends = ways.get(open_ends.pop(), set()) - seen
            assert start not in ends
            seen |= ends
            open_ends += ends


def test_promotions_never_lead_to_an_earlier_stage(ladder):
    order = list(Stage.objects.order_by("years_from").values_list("slug", flat=True))
    for way in Transition.objects.filter(kind=TransitionKind.PROMOTION).select_related(
        "from_role__stage", "to_role__stage"
    ):
        assert order.index(way.from_role.stage.slug) <= order.index(way.to_role.stage.slug), way


def test_the_whole_ladder_stands_in_stages_and_tracks(ladder):
    whole = whole_ladder()
    assert [floor.stage.slug for floor in whole.floors] == [
        "foundation",
        "specialization",
        "advancing",
        "senior",
    ]
    cells = {
        (floor.stage.slug, track.slug): [rung.role.slug for rung in rungs]
        for floor in whole.floors
        for track, rungs in floor.cells
    }
    assert cells["foundation", "entry"] == ENTRY
    assert cells["senior", "management"] == ["coding-manager", "him-director", "revenue-cycle-director"]
    assert cells["advancing", "management"] == []
    # One role on two tracks (domain 1.7, row 19) stands on both, and is one role.
    assert "cdi-specialist" in cells["specialization", "mid"]
    assert "cdi-specialist" in cells["specialization", "alternative"]
    (floor,) = [floor for floor in whole.floors if floor.stage.slug == "specialization"]
    assert [rung.role.slug for rung in floor.rungs].count("cdi-specialist") == 1


def test_a_rung_knows_its_ways(ladder):
    rungs = {rung.role.slug: rung for floor in whole_ladder().floors for rung in floor.rungs}
    senior = rungs["coder-ii-senior"]
    assert senior.next.how is Next.FORK
    assert {way.to_role.slug for way in senior.laterals} == {
        "coding-auditor",
        "coding-educator",
        "cdi-specialist",
    }
    assert "health-data-analyst" in {way.to_role.slug for way in senior.alternatives}
    assert "coder-i" in {way.from_role.slug for way in senior.ways_in}


def test_the_whole_ladder_takes_five_queries_whatever_its_size(ladder):
    def count():
        with CaptureQueriesContext(connection) as queries:
            for floor in whole_ladder().floors:
                for rung in floor.rungs:
                    [str(way) for way in (*rung.promotions, *rung.ways_in)]
        return len(queries)

    before = count()
    stage, track = Stage.objects.get(slug="senior"), Track.objects.get(slug="management")
    for i in range(5):
        new = Role.objects.create(
            slug=f"new-{i}", name=f"New {i}", stage=stage, occupation_id="29-2072", source="us"
        )
        new.tracks.add(track)
        Transition.objects.create(
            from_role=role("coding-manager"), to_role=new, kind="promotion", source="us"
        )
    assert before == count() == 5
