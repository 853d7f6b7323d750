"""The admin of the catalogue: every page opens, edits of shipped rows are kept apart, versions are made without JSON."""

import datetime as dt
import re

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from curriculum import catalogue, conditions, fixture_rows
from curriculum.models import (
    Certification,
    LearningActivity,
    LocalChange,
    Milestone,
    MilestoneVersion,
    Requirement,
    Role,
    Skill,
    Transition,
)
from curriculum.signals import catalogue_changed
from tests.factories import UserFactory

from .small_catalogue import edit, write_small_catalogue

pytestmark = pytest.mark.django_db

OURS = [model for model in admin.site._registry if model._meta.app_label == "curriculum"]


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    monkeypatch.setattr(fixture_rows, "FIXTURES", write_small_catalogue(tmp_path))
    catalogue.load()
    return tmp_path


@pytest.fixture
def boss(client, shipped):
    """A client signed in as a superuser."""
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def heard():
    senders = []

    def listen(sender, **kwargs):
        senders.append(sender)

    catalogue_changed.connect(listen)
    yield senders
    catalogue_changed.disconnect(listen)


def url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def form_data(response, **changes):
    """What a browser would send for the change form of a response, with changes."""
    data = {}
    inlines = response.context["inline_admin_formsets"]
    forms = [response.context["adminform"].form, *(inline.formset.management_form for inline in inlines)]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is None or value is False:
                continue
            data[bound.html_name] = value
    return data | changes


def save(client, obj, **changes):
    page = url(type(obj), "change", obj.pk)
    response = client.post(page, form_data(client.get(page), **changes))
    assert response.status_code == 302, response.context["adminform"].form.errors
    obj.refresh_from_db()
    return obj


def test_every_noun_of_the_catalogue_is_in_the_admin():
    every = {row.model for row in fixture_rows.read()} | {LocalChange}
    assert every <= set(OURS)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_lists_searches_and_forms_open(boss, model):
    listing = boss.get(
        url(model, "changelist"), {"q": "a"} if admin.site._registry[model].search_fields else {}
    )
    assert listing.status_code == 200
    first = model._default_manager.first()
    if first is not None and model is not LocalChange:
        assert boss.get(url(model, "change", first.pk)).status_code == 200
    adding = boss.get(url(model, "add"))
    assert adding.status_code == (
        200 if admin.site._registry[model].has_add_permission(adding.wsgi_request) else 403
    )


@pytest.mark.parametrize("model", [Role, Milestone, MilestoneVersion, Requirement], ids=lambda m: m.__name__)
def test_no_page_has_a_script_or_a_style_of_its_own(boss, model):
    pages = [url(model, "changelist"), url(model, "add"), url(model, "change", model.objects.first().pk)]
    for page in pages:
        html = boss.get(page).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", html), page
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", html), page


@pytest.mark.parametrize("chosen", ["changed", "as-shipped", "own"])
def test_rows_can_be_filtered_by_their_standing_here(boss, chosen):
    Skill.objects.create(slug="mine", name="Mine", kind="soft", source="us")
    save(boss, Skill.objects.get(slug="icd-10-cm"), name="ICD-10-CM (diagnoses)")
    listing = boss.get(url(Skill, "changelist"), {"standing": chosen})
    names = {"changed": "icd-10-cm", "as-shipped": "audit-methodology", "own": "mine"}
    assert [skill.slug for skill in listing.context["cl"].queryset] == [names[chosen]]


def test_an_edit_of_a_shipped_row_survives_the_next_catalogue(boss, shipped):
    role = save(boss, Role.objects.get(slug="coding-auditor"), name="Quality Auditor")
    assert LocalChange.objects.get().field == "name"
    edit(shipped, "roles", "coding-auditor", name="Auditor", duties="Other duties.")
    catalogue.load()
    role.refresh_from_db()
    assert (role.name, role.duties) == ("Quality Auditor", "Other duties.")


def test_an_edit_of_a_relation_is_kept_too(boss):
    cpma = Certification.objects.get(slug="cpma")
    manager = Role.objects.get(slug="coding-manager")
    save(boss, cpma, serves=[manager.pk])
    assert LocalChange.objects.get(field="serves").value == [["coding-manager"]]
    catalogue.load()
    assert list(cpma.serves.all()) == [manager]


def test_lists_of_titles_are_typed_one_a_line(boss):
    role = Role.objects.get(slug="coder-i")
    assert "Junior Medical Coder</textarea>" in boss.get(url(Role, "change", role.pk)).content.decode()
    save(boss, role, also_called="Junior Medical Coder\n\n  Coder 1 ")
    assert role.also_called == ["Junior Medical Coder", "Coder 1"]
    assert LocalChange.objects.get().value == ["Junior Medical Coder", "Coder 1"]


def test_saving_without_a_change_keeps_nothing_and_says_nothing(boss, heard):
    save(boss, Role.objects.get(slug="coder-i"))
    assert not LocalChange.objects.exists()
    assert heard == []


def test_the_page_shows_what_is_here_and_what_ships(boss):
    role = save(boss, Role.objects.get(slug="coder-i"), name="Coder One")
    page = boss.get(url(Role, "change", role.pk)).content.decode()
    assert "Coder One here, ships as Medical Coder I" in page
    assert "Go back to what ships" in page
    assert "changed here" in boss.get(url(Role, "changelist")).content.decode()


def test_the_name_of_a_shipped_row_is_fixed_and_that_of_an_own_row_is_not(boss):
    own = Role.objects.create(
        slug="mine", name="Mine", stage=Role.objects.first().stage, occupation_id="29-2072", source="us"
    )
    assert (
        "slug"
        not in boss.get(url(Role, "change", Role.objects.get(slug="coder-i").pk))
        .context["adminform"]
        .form.fields
    )
    assert "slug" in boss.get(url(Role, "change", own.pk)).context["adminform"].form.fields


def test_going_back_asks_first_and_then_does_it(boss, heard):
    requirement = save(boss, Requirement.objects.get(milestone__slug="accuracy-95"), weight=2)
    page = url(Requirement, "restore", requirement.pk)
    assert "<td>2</td><td>5</td>" in boss.get(page).content.decode()
    requirement.refresh_from_db()
    assert requirement.weight == 2
    boss.post(page)
    requirement.refresh_from_db()
    assert requirement.weight == 5
    assert not LocalChange.objects.exists()
    assert heard == [Requirement, catalogue.restore]


def test_the_action_goes_back_for_the_rows_that_were_changed(boss):
    role = save(boss, Role.objects.get(slug="coder-i"), name="Coder One")
    chosen = list(Role.objects.values_list("pk", flat=True))
    answer = boss.post(
        url(Role, "changelist"), {"action": "go_back", "_selected_action": chosen}, follow=True
    )
    role.refresh_from_db()
    assert role.name == "Medical Coder I"
    assert "1 rows are back to what ships." in answer.content.decode()
    assert LogEntry.objects.filter(change_message__contains="Went back").count() == 1


def test_the_list_of_local_changes_shows_both_values_and_undoes_one(boss):
    role = save(boss, Role.objects.get(slug="coder-i"), name="Coder One", duties="Other duties.")
    listing = boss.get(url(LocalChange, "changelist")).content.decode()
    assert "Coder One" in listing and "Medical Coder I" in listing
    change = LocalChange.objects.get(field="name")
    boss.post(url(LocalChange, "changelist"), {"action": "go_back", "_selected_action": [change.pk]})
    role.refresh_from_db()
    assert (role.name, role.duties) == ("Medical Coder I", "Other duties.")


def test_a_shipped_requirement_that_is_deleted_stays_away(boss, heard):
    requirement = Requirement.objects.get(milestone__slug="audit-participation")
    boss.post(url(Requirement, "delete", requirement.pk), {"post": "yes"})
    catalogue.load()
    assert not Requirement.objects.filter(milestone__slug="audit-participation").exists()
    assert heard == [catalogue.remove]


def test_a_shipped_role_cannot_be_deleted_and_an_own_one_can(boss):
    shipped = Role.objects.get(slug="coder-i")
    assert boss.post(url(Role, "delete", shipped.pk), {"post": "yes"}).status_code == 403
    own = Role.objects.create(
        slug="mine", name="Mine", stage=shipped.stage, occupation_id="29-2072", source="us"
    )
    boss.post(url(Role, "delete", own.pk), {"post": "yes"})
    assert not Role.objects.filter(slug="mine").exists()


@pytest.mark.parametrize(
    ("model", "slug", "changes", "moves"),
    [
        (Role, "coder-i", {"duties": "Other"}, False),
        (Role, "coder-i", {"degree_required": "bachelor"}, True),
        (LearningActivity, "volunteer-for-audits", {"hours": "3.0"}, False),
    ],
)
def test_saving_says_that_gaps_may_move_only_where_they_can(boss, heard, model, slug, changes, moves):
    save(boss, model.objects.get(slug=slug), **changes)
    assert heard == ([model] if moves else [])


def test_a_new_requirement_needs_one_asker(boss, heard):
    data = {
        "milestone": Milestone.objects.get(slug="first-role").pk,
        "weight": 3,
        "source": "us",
        "origin": "addition",
    }
    data |= {"confidence": "high", "verified_on": "2026-11-21"}
    refused = boss.post(url(Requirement, "add"), data)
    assert "either a stage or a role" in refused.content.decode()
    role = Role.objects.get(slug="coding-manager")
    assert boss.post(url(Requirement, "add"), {**data, "role": role.pk}).status_code == 302
    added = Requirement.objects.get(role=role)
    assert not added.shipped
    assert heard == [Requirement]


def test_a_second_default_promotion_is_refused_in_words(boss):
    second = Transition.objects.get(from_role__slug="coder-i", to_role__slug="coding-auditor")
    page = url(Transition, "change", second.pk)
    answer = boss.post(page, form_data(boss.get(page), is_default="on"))
    assert "is the default already. Take the mark from it first." in answer.content.decode()


def test_an_addition_says_how_sure_it_is(boss):
    page = boss.get(url(Skill, "add"))
    assert page.context["adminform"].form.initial["origin"] == "addition"
    data = {"name": "X", "slug": "x", "kind": "soft", "source": "us", "origin": "addition", "position": 0}
    assert "needs a confidence" in boss.post(url(Skill, "add"), data).content.decode()


# --- versions of milestones ---


def shape(milestone, **more):
    return {"milestone": milestone.pk, "valid_from": "2026-12-01", "needs_op": "all", **more}


def figures(client, answers):
    return f"{url(MilestoneVersion, 'add')}?{'&'.join(f'{k}={v}' for k, v in answers.items())}"


def test_a_stored_version_is_read_only_and_in_plain_english(boss):
    version = MilestoneVersion.objects.get(milestone__slug="accuracy-95")
    page = boss.get(url(MilestoneVersion, "change", version.pk))
    assert page.context["adminform"].form.fields == {}
    assert "Code-over-code accuracy of at least 95.0% in the last 12 months" in page.content.decode()
    assert boss.post(url(MilestoneVersion, "change", version.pk), {"no": 7}).status_code == 403


def test_a_version_is_put_together_without_any_json(boss, heard):
    milestone = Milestone.objects.get(slug="accuracy-95")
    page = figures(
        boss,
        shape(
            milestone,
            needs_op="any",
            needs_0="audit_accuracy",
            needs_1="credentials",
            applies_0="target_role",
        ),
    )
    data = {
        "needs-0-param_method": "code_over_code", "needs-0-cmp": ">=", "needs-0-target": "96.5", "needs-0-months": "6",
        "needs-0-minimum_codes": "300", "needs-0-close": "0.5",
        "needs-1-param_any_of": ["cpma"], "needs-1-cmp": ">=", "needs-1-target": "1",
        "applies-0-param_roles": ["coding-auditor"], "applies-0-cmp": ">=", "applies-0-target": "1",
    }  # fmt: skip
    read = boss.post(page, {**data, "_read": "1"})
    assert (
        "Either code-over-code accuracy of at least 96.5% in the last 6 months, from at least 300 codes"
        in read.content.decode()
    )
    assert milestone.versions.count() == 1
    assert boss.post(page, {**data, "_save": "1"}).url == url(Milestone, "change", milestone.pk)
    stored = milestone.versions.get(no=catalogue.FIRST_LOCAL_VERSION)
    assert stored.valid_from == dt.date(2026, 12, 1)
    assert stored.definition == {
        "needs": {
            "any": [
                {
                    "measure": "audit_accuracy", "params": {"method": "code_over_code"}, "cmp": ">=", "target": "96.5",
                    "window": {"months": 6}, "minimum": {"codes": 300}, "close": "0.5",
                },
                {"measure": "credentials", "params": {"any_of": ["cpma"]}, "cmp": ">=", "target": "1"},
            ]
        },
        "applies_if": {"measure": "target_role", "params": {"roles": ["coding-auditor"]}, "cmp": ">=", "target": "1"},
    }  # fmt: skip
    assert heard == [MilestoneVersion]
    catalogue.load()


def test_a_number_of_several_conditions_can_be_asked(boss):
    milestone = Milestone.objects.get(slug="first-role")
    page = figures(
        boss,
        shape(
            milestone, needs_op="n_of", needs_n=2, needs_0="positions", needs_1="skills", needs_2="people_led"
        ),
    )
    data = {f"needs-{i}-{name}": value for i in range(3) for name, value in (("cmp", ">="), ("target", "1"))}
    boss.post(page, {**data, "_save": "1"})
    rule = milestone.versions.get(no=catalogue.FIRST_LOCAL_VERSION).rule
    assert (rule.needs.n, len(rule.needs.of)) == (2, 3)


def test_the_figures_start_from_the_newest_version(boss):
    milestone = Milestone.objects.get(slug="accuracy-95")
    start = boss.get(url(MilestoneVersion, "add"), {"milestone": milestone.pk, "copy": 1}, follow=True)
    assert start.context["shape"]["needs_0"].value() == "audit_accuracy"
    assert start.context["shape"].errors == {}
    html = boss.get(figures(boss, shape(milestone, needs_0="audit_accuracy"))).content.decode()
    assert 'value="95.0"' in html and 'value="200"' in html


def test_conditions_within_conditions_are_no_trap(boss):
    milestone = Milestone.objects.get(slug="first-role")
    leaf = {"measure": "positions", "target": "1"}
    nested = {"needs": {"any": [leaf, {"all": [leaf, {"measure": "skills", "target": "1"}]}]}}
    MilestoneVersion.objects.create(
        milestone=milestone, no=1001, valid_from=dt.date(2026, 1, 1), definition=nested
    )
    start = boss.get(url(MilestoneVersion, "add"), {"milestone": milestone.pk, "copy": 1}, follow=True)
    assert "start anew" in start.content.decode()


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        ({}, "Choose at least one measure."),
        ({"needs_0": "skills", "needs_op": "n_of", "needs_n": 3}, "Give a number from 1 to 1."),
        ({"needs_0": "charm"}, "not one of the available choices"),
    ],
)
def test_a_shape_that_makes_no_sense_is_explained(boss, answers, complaint):
    milestone = Milestone.objects.get(slug="first-role")
    assert complaint in boss.get(figures(boss, shape(milestone, **answers))).content.decode()


def test_a_figure_that_is_missing_is_asked_for(boss):
    milestone = Milestone.objects.get(slug="first-role")
    page = figures(boss, shape(milestone, needs_0="audit_accuracy"))
    answer = boss.post(page, {"needs-0-cmp": ">=", "needs-0-target": "95", "_save": "1"})
    assert "This field is required." in answer.content.decode()
    assert milestone.versions.count() == 1


@pytest.mark.parametrize("slug", sorted(conditions.specs()))
def test_every_measure_has_a_form(boss, slug):
    milestone = Milestone.objects.get(slug="first-role")
    page = boss.get(figures(boss, shape(milestone, needs_0=slug)))
    (form,) = page.context["needs"]
    assert {f"param_{name}" for name in conditions.specs()[slug].params} <= set(form.fields)


def test_somebody_without_the_right_cannot_add_a_version(client, shipped):
    client.force_login(UserFactory(is_staff=True))
    assert client.get(url(MilestoneVersion, "add")).status_code == 403
