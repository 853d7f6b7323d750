"""The catalogue as choices: in the order in which people look, under headings, one query a list."""

from functools import partial

from django import forms
from django.db.models import F

from curriculum.models import (
    Accreditation,
    Body,
    Certification,
    CertificationStatus,
    EmployerType,
    Role,
    Skill,
    SkillKind,
    Specialty,
    SponsorKind,
    Track,
    WageArea,
    WorkType,
)

from .fields import GroupedChoiceField


def _certification_label(row: Certification) -> str:
    legacy = " (no longer offered; holders keep credit)" if row.status == CertificationStatus.LEGACY else ""
    return f"{row.code}: {row.name}{legacy}"


def certification_field(**kwargs):
    rows = Certification.objects.select_related("body").order_by(
        "body__position", "body__name", "position", "code"
    )
    return GroupedChoiceField(rows, group_by=lambda row: row.body, row_label=_certification_label, **kwargs)


def role_field(**kwargs):
    rows = Role.objects.select_related("stage").order_by("stage__position", "position", "name")
    return GroupedChoiceField(rows, group_by=lambda row: row.stage.name, **kwargs)


def skill_field(**kwargs):
    rows = Skill.objects.order_by("kind", "position", "name")
    return GroupedChoiceField(rows, group_by=lambda row: SkillKind(row.kind).label.capitalize(), **kwargs)


def specialty_field(**kwargs):
    rows = Specialty.objects.order_by("is_area", "position", "name")
    return GroupedChoiceField(
        rows, group_by=lambda row: "Guideline areas" if row.is_area else "Specialties", **kwargs
    )


def area_field(**kwargs):
    rows = WageArea.objects.order_by("type", "title")
    return GroupedChoiceField(rows, group_by=lambda row: row.get_type_display().capitalize(), **kwargs)


def _plain(model, **kwargs):
    return forms.ModelChoiceField(model.objects.order_by("position", "name"), **kwargs)


work_type_field = partial(_plain, WorkType)
employer_type_field = partial(_plain, EmployerType)
accreditation_field = partial(_plain, Accreditation)
sponsor_kind_field = partial(_plain, SponsorKind)
track_field = partial(_plain, Track)


def bodies_field(**kwargs):
    rows = Body.objects.order_by(F("position"), "name")
    return forms.ModelMultipleChoiceField(rows, widget=forms.CheckboxSelectMultiple, **kwargs)


def subjects_field(**kwargs):
    rows = Certification.objects.order_by("position", "code")
    return forms.ModelMultipleChoiceField(rows, widget=forms.CheckboxSelectMultiple, **kwargs)


# The field that stands for a foreign key to each of these.
FIELD_FOR = {
    Accreditation: accreditation_field,
    Certification: certification_field,
    EmployerType: employer_type_field,
    Role: role_field,
    Skill: skill_field,
    Specialty: specialty_field,
    SponsorKind: sponsor_kind_field,
    Track: track_field,
    WageArea: area_field,
    WorkType: work_type_field,
}
