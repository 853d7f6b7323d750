"""Loading what ships: once, twice, changed, with local decisions on top; and what stops a load."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from curriculum import catalogue, fixture_rows
from curriculum.fixture_rows import CatalogueError
from curriculum.models import (
    Certification,
    Fact,
    LocalChange,
    Milestone,
    MilestoneVersion,
    Occupation,
    Requirement,
    Role,
    Skill,
    Transition,
)
from curriculum.signals import catalogue_changed
from tests.factories import UserFactory

from .small_catalogue import edit, rewrite, rows_of, write_small_catalogue

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """The directory of a small catalogue that takes the place of the real one."""
    monkeypatch.setattr(fixture_rows, "FIXTURES", write_small_catalogue(tmp_path))
    return tmp_path


@pytest.fixture
def loaded(shipped):
    catalogue.load()
    return shipped


@pytest.fixture
def heard():
    """What `catalogue_changed` was sent by, and whether a transaction was open."""
    calls = []

    def listen(sender, **kwargs):
        calls.append((sender, connection.in_atomic_block))

    catalogue_changed.connect(listen)
    yield calls
    catalogue_changed.disconnect(listen)


def change_here(instance, user=None, **values):
    """What the admin does: save an edit and record it."""
    for name, value in values.items():
        field = instance._meta.get_field(name)
        if field.many_to_many:
            getattr(instance, name).set(value)
        else:
            setattr(instance, name, value)
    instance.save()
    catalogue.record_local_changes(instance, list(values), user)


def test_the_whole_catalogue_loads_and_a_second_time_changes_nothing():
    first = catalogue.load()
    rows = fixture_rows.read()
    assert first.added == len(rows) > 700
    assert (first.changed, first.unchanged, first.gone) == (0, 0, [])
    second = catalogue.load()
    assert (second.added, second.changed, second.unchanged) == (0, 0, len(rows))
    assert not second.moves_gaps
    for model in fixture_rows.FILES.values():
        have = fixture_rows.stored(model)
        assert {key: one.row.fields for key, one in have.items()} == {
            row.key: row.fields for row in rows if row.model is model
        }


def test_a_first_load_takes_two_queries_a_row_at_most(db):
    with CaptureQueriesContext(connection) as queries:
        summary = catalogue.load()
    assert len(queries) < 2 * summary.added


def test_loading_again_takes_a_number_of_queries_that_does_not_grow_with_the_rows(loaded):
    with CaptureQueriesContext(connection) as queries:
        catalogue.load()
    models = {row.model for row in fixture_rows.read()}
    many = sum(len(model._meta.many_to_many) for model in models)
    assert (
        len(queries) <= len(models) + many + 5
    )  # a savepoint, its release, the local changes, the rules and their versions


def test_the_files_are_ordinary_fixtures(shipped):
    call_command("loaddata", *[shipped / f"{name}.json" for name in fixture_rows.FILES], verbosity=0)
    assert Transition.objects.get_by_natural_key("coder-i", "coder-ii-senior").is_default
    assert [role.slug for role in Certification.objects.get(slug="cpma").serves.all()] == [
        "coding-auditor",
        "coding-manager",
    ]


def test_rows_are_found_by_their_natural_keys(loaded):
    coder, senior = (
        Role.objects.get_by_natural_key("coder-i"),
        Role.objects.get_by_natural_key("coder-ii-senior"),
    )
    assert Transition.objects.get_by_natural_key("coder-i", "coder-ii-senior").to_role == senior
    assert Requirement.objects.get_by_natural_key("accuracy-95", "specialization", None).weight == 5
    assert MilestoneVersion.objects.get_by_natural_key("accuracy-95", 1).milestone.slug == "accuracy-95"
    assert coder.natural_key() == ("coder-i",)


def test_rows_that_ship_carry_the_flag_and_others_do_not(loaded):
    Skill.objects.create(slug="abstracting", name="Abstracting", kind="technical", source="us")
    assert Skill.objects.get(slug="icd-10-cm").shipped
    assert not Skill.objects.get(slug="abstracting").shipped


def test_a_changed_catalogue_changes_the_row(loaded):
    edit(loaded, "roles", "coder-i", name="Medical Coder 1", experience_years="0.5")
    summary = catalogue.load()
    assert (summary.added, summary.changed) == (0, 1)
    assert Role.objects.get(slug="coder-i").name == "Medical Coder 1"


def test_a_field_that_no_longer_ships_goes_back_to_its_default(loaded):
    rows = rows_of(loaded, "roles")
    next(row for row in rows if row["fields"]["slug"] == "coder-i")["fields"].pop("duties")
    rewrite(loaded, "roles", rows)
    catalogue.load()
    assert Role.objects.get(slug="coder-i").duties == ""


def test_a_local_change_survives_a_changed_catalogue(loaded):
    role, user = Role.objects.get(slug="coding-auditor"), UserFactory()
    change_here(role, user, name="Coding Quality Auditor", experience_years=4)
    edit(loaded, "roles", "coding-auditor", name="Auditor of Codes", duties="New duties.")
    summary = catalogue.load()
    role.refresh_from_db()
    assert (role.name, role.duties, role.experience_years) == ("Coding Quality Auditor", "New duties.", 4)
    assert summary.local == 1
    assert LocalChange.objects.get(field="name").changed_by == user
    assert catalogue.load().changed == 0


def test_a_local_change_of_a_relation_survives(loaded):
    cpma = Certification.objects.get(slug="cpma")
    change_here(cpma, serves=[Role.objects.get(slug="coding-manager")])
    edit(loaded, "certifications", "cpma", purpose="Auditing.")
    catalogue.load()
    cpma.refresh_from_db()
    assert cpma.purpose == "Auditing."
    assert [role.slug for role in cpma.serves.all()] == ["coding-manager"]


def test_a_change_back_to_what_ships_is_no_local_change(loaded):
    role = Role.objects.get(slug="coder-i")
    name = role.name
    change_here(role, name="Another")
    assert LocalChange.objects.count() == 1
    change_here(role, name=name)
    assert LocalChange.objects.count() == 0


def test_going_back_gives_the_row_what_ships(loaded, heard):
    requirement = Requirement.objects.get_by_natural_key("accuracy-95", "specialization", None)
    change_here(requirement, weight=1)
    ((change, ships),) = catalogue.local_changes_of(requirement)
    assert (change.value, ships) == (1, 5)
    catalogue.restore(requirement)
    requirement.refresh_from_db()
    assert requirement.weight == 5
    assert not LocalChange.objects.exists()
    assert heard == [(catalogue.restore, True)]


def test_one_local_change_of_several_can_be_undone(loaded):
    role = Role.objects.get(slug="coder-i")
    change_here(role, name="Another", duties="Other duties.")
    catalogue.undo(LocalChange.objects.get(field="name"))
    role.refresh_from_db()
    assert (role.name, role.duties) == ("Medical Coder I", "Other duties.")


def test_a_removed_row_stays_away_until_that_is_undone(loaded):
    requirement = Requirement.objects.get_by_natural_key("audit-participation", "specialization", None)
    catalogue.remove(requirement, UserFactory())
    assert catalogue.load().removed == 1
    assert not Requirement.objects.filter(milestone__slug="audit-participation", stage__isnull=False).exists()
    catalogue.undo(LocalChange.objects.get())
    assert Requirement.objects.get_by_natural_key("audit-participation", "specialization", None).shipped


def test_a_row_that_others_refer_to_cannot_be_removed(loaded):
    with pytest.raises(CatalogueError, match="other rows refer to it"):
        catalogue.remove(Role.objects.get(slug="coder-i"), None)


def test_rows_added_here_are_left_alone(loaded):
    mine = Skill.objects.create(slug="abstracting", name="Abstracting", kind="technical", source="us")
    assert catalogue.load().gone == []
    mine.refresh_from_db()
    assert mine.name == "Abstracting"


def test_a_row_added_here_under_a_name_that_ships_later_is_kept_and_reported(loaded):
    Skill.objects.create(slug="sql", name="Our SQL", kind="technical", source="us")
    rows = rows_of(loaded, "skills")
    rows.append(
        {
            "model": "curriculum.skill",
            "fields": {"slug": "sql", "name": "SQL", "kind": "bridge", "source": "x"},
        }
    )
    rewrite(loaded, "skills", rows)
    assert catalogue.load().own == ["skill sql"]
    assert Skill.objects.get(slug="sql").name == "Our SQL"


def test_a_row_that_ships_no_longer_is_reported_and_kept(loaded):
    rewrite(loaded, "facts", [])
    assert catalogue.load().gone == ["fact growth-rate"]
    assert Fact.objects.filter(slug="growth-rate").exists()


def test_a_stored_version_that_differs_is_refused_and_nothing_is_loaded(loaded):
    rows = rows_of(loaded, "milestone_versions")
    row = next(r for r in rows if r["fields"]["milestone"] == ["accuracy-95"])
    row["fields"]["definition"]["needs"]["target"] = "96.0"
    rewrite(loaded, "milestone_versions", rows)
    edit(loaded, "roles", "coder-i", name="Not to be seen")
    with pytest.raises(CatalogueError, match=r"accuracy-95.*ship the new one as version 2"):
        catalogue.load()
    assert Role.objects.get(slug="coder-i").name == "Medical Coder I"


def test_a_new_version_is_added_beside_the_old_one(loaded, heard):
    rows = rows_of(loaded, "milestone_versions")
    old = next(r for r in rows if r["fields"]["milestone"] == ["accuracy-95"])
    definition = {
        **old["fields"]["definition"],
        "needs": {**old["fields"]["definition"]["needs"], "target": "96.0"},
    }
    rows.append(
        {**old, "fields": {**old["fields"], "no": 2, "valid_from": "2027-01-01", "definition": definition}}
    )
    rewrite(loaded, "milestone_versions", rows)
    assert catalogue.load().added == 1
    assert list(
        MilestoneVersion.objects.filter(milestone__slug="accuracy-95").values_list("no", flat=True)
    ) == [1, 2]
    assert heard == [(catalogue.load, True)]


def test_a_default_promotion_can_move_to_another_way(loaded):
    rows = rows_of(loaded, "transitions")
    for row in rows:
        if row["fields"]["from_role"] == ["coder-i"] and row["fields"]["kind"] == "promotion":
            row["fields"]["is_default"] = row["fields"]["to_role"] == ["coding-auditor"]
    rewrite(loaded, "transitions", rows)
    catalogue.load()
    default = Transition.objects.get(from_role__slug="coder-i", kind="promotion", is_default=True)
    assert default.to_role.slug == "coding-auditor"


@pytest.mark.parametrize(
    ("name", "slug", "changes", "moves"),
    [
        ("roles", "coder-i", {"name": "X", "duties": "Y", "source": "Z"}, False),
        ("roles", "coder-i", {"codes_charts": False}, True),
        ("facts", "growth-rate", {"value": "8.00"}, False),
        ("learning_activities", "volunteer-for-audits", {"hours": "3.0"}, False),
        ("work_types", "inpatient", {"rate_high": "9.0"}, True),
        ("renewal_rules", "aapc-two-years", {"statement": "X"}, False),
        ("renewal_rules", "aapc-two-years", {"params": {"kind": "flat", "hours": 1}}, True),
        ("certifications", "cpc", {"family": "payer"}, True),
        ("stages", "advancing", {"years_to": "8.0"}, True),
    ],
)
def test_gaps_are_said_to_move_only_by_what_can_move_them(loaded, heard, name, slug, changes, moves):
    edit(loaded, name, slug, **changes)
    assert catalogue.load().changed == 1
    assert heard == ([(catalogue.load, True)] if moves else [])


def test_the_first_load_is_said_once_and_the_second_not(shipped, heard):
    catalogue.load()
    catalogue.load()
    assert heard == [(catalogue.load, True)]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"stage": ["nowhere"]}, "role coder-i cannot be loaded"),
        ({"degree_required": "doctorate"}, "doctorate"),
        ({"name": "x" * 161}, "160"),
    ],
)
def test_a_bad_row_stops_the_load_and_is_named(loaded, changes, complaint):
    edit(loaded, "roles", "coder-i", **changes)
    with pytest.raises(CatalogueError, match="role coder-i") as caught:
        catalogue.load()
    assert complaint in str(caught.value)


def test_a_definition_with_an_unknown_measure_is_refused(shipped):
    rows = rows_of(shipped, "milestone_versions")
    rows[0]["fields"]["definition"] = {"needs": {"measure": "charm", "target": "1"}}
    rewrite(shipped, "milestone_versions", rows)
    with pytest.raises(CatalogueError, match="no measure “charm”"):
        catalogue.load()


def test_a_missing_file_and_a_broken_one_are_named(shipped):
    (shipped / "facts.json").write_text("{", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"facts\.json cannot be read"):
        catalogue.load()
    (shipped / "facts.json").unlink()
    with pytest.raises(CatalogueError, match=r"has no facts\.json"):
        catalogue.load()


def test_an_occupation_is_known_by_its_code(loaded):
    Occupation.objects.filter(code="29-2072").update(title="Old")
    assert catalogue.load().changed == 1
    assert Occupation.objects.get(code="29-2072").title == "Medical Records Specialists"


def test_the_command_says_in_a_sentence_what_it_did(shipped, capsys):
    call_command("load_catalogue")
    first = capsys.readouterr().out
    assert first.startswith("Catalogue: ") and "rows added, 0 changed, 0 unchanged." in first
    change_here(Role.objects.get(slug="coder-i"), name="Another")
    rewrite(shipped, "facts", [])
    call_command("load_catalogue")
    assert capsys.readouterr().out.splitlines()[1:] == [
        "1 rows keep what was changed here.",
        "No longer shipped, and kept: fact growth-rate.",
    ]


def test_the_command_fails_in_a_sentence(shipped):
    edit(shipped, "roles", "coder-i", stage=["nowhere"])
    with pytest.raises(CommandError, match="role coder-i"):
        call_command("load_catalogue")


def test_versions_added_here_never_meet_a_shipped_number(loaded):
    milestone = Milestone.objects.get(slug="first-role")
    definition = {"needs": {"measure": "positions", "target": "2"}}
    with transaction.atomic():
        MilestoneVersion.objects.create(
            milestone=milestone,
            no=catalogue.FIRST_LOCAL_VERSION,
            valid_from=dt.date(2026, 1, 1),
            definition=definition,
        )
    assert catalogue.load().changed == 0
