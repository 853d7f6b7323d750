"""Rows of the catalogue, as a fixture writes them and as the database holds them, in one form that can be compared.

A row's fields are a dict of Python values: a relation is a natural key as a list, many of them a sorted list. Reading
what is stored takes a fixed number of queries.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.serializers.base import DeserializationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from . import models

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"

# In the order in which they refer to each other; wages are loaded by a command of their own.
FILES = {
    "occupations": models.Occupation,
    "stages": models.Stage,
    "tracks": models.Track,
    "skills": models.Skill,
    "roles": models.Role,
    "transitions": models.Transition,
    "bodies": models.Body,
    "certifications": models.Certification,
    "renewal_rules": models.RenewalRule,
    "sponsor_kinds": models.SponsorKind,
    "reminder_ladders": models.ReminderLadder,
    "route_steps": models.RouteStep,
    "apprentice_routes": models.ApprenticeRoute,
    "specialties": models.Specialty,
    "work_types": models.WorkType,
    "employer_types": models.EmployerType,
    "education_routes": models.EducationRoute,
    "accreditations": models.Accreditation,
    "standards": models.Standard,
    "milestones": models.Milestone,
    "milestone_versions": models.MilestoneVersion,
    "requirements": models.Requirement,
    "learning_activities": models.LearningActivity,
    "salary_drivers": models.SalaryDriver,
    "facts": models.Fact,
    "efforts": models.Effort,
    "glossary": models.GlossaryTerm,
}
# What names a row. Whatever is not listed here is named by its slug.
KEY_FIELDS = {
    models.Occupation: (),
    models.Transition: ("from_role", "to_role"),
    models.MilestoneVersion: ("milestone", "no"),
    models.Requirement: ("milestone", "stage", "role"),
}
SHIPPED_FLAG = "shipped"


class CatalogueError(Exception):
    """The catalogue cannot be loaded as it is; the message says which row and what to do."""


@dataclass(frozen=True)
class Row:
    model: type[Model]
    key: tuple
    fields: Mapping

    @property
    def label(self) -> str:
        return self.model._meta.label_lower

    @property
    def key_text(self) -> str:
        return key_text(self.key)

    def __str__(self) -> str:
        return f"{self.model._meta.verbose_name} {self.key_text}"

    def with_fields(self, changes: Mapping) -> "Row":
        return Row(self.model, self.key, canonical(self.model, {**self.fields, **changes}))


@dataclass(frozen=True)
class Stored:
    row: Row
    shipped: bool
    pk: int | str


def key_fields(model: type[Model]) -> tuple[str, ...]:
    return KEY_FIELDS.get(model, ("slug",))


def key_text(key: Iterable) -> str:
    """A natural key in one line; slugs hold no slash."""
    return "/".join("-" if part is None else str(part) for part in key)


def canonical(model: type[Model], fields: Mapping) -> dict:
    """All fields of a row in the comparable form; what is left out has its default."""
    options = model._meta
    row = {}
    for field in options.concrete_fields:
        if field.primary_key or field.name == SHIPPED_FLAG:
            continue
        value = fields[field.name] if field.name in fields else field.get_default()
        if field.remote_field:
            row[field.name] = list(value) if isinstance(value, list | tuple) else value
        else:
            row[field.name] = field.to_python(value)
    for field in options.many_to_many:
        row[field.name] = sorted(list(key) for key in fields.get(field.name, []))
    return row


def json_value(value):
    """A field's value as a fixture writes it."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def _row(model: type[Model], pk, fields: Mapping) -> Row:
    fields = canonical(model, fields)
    values = [fields[name] for name in key_fields(model)]
    key = tuple(value[0] if isinstance(value, list) else value for value in values)
    return Row(model, key or (pk,), fields)


def read(directory: Path | None = None) -> list[Row]:
    """Every row that ships, in the order of FILES. A missing or unreadable file is a CatalogueError."""
    directory = directory or FIXTURES
    paths = [directory / f"{name}.json" for name in FILES]
    missing = [path.name for path in paths if not path.exists()]
    if missing:
        raise CatalogueError(f"{directory} has no {', '.join(missing)}.")
    return list(_read(tuple((path, path.stat().st_mtime_ns) for path in paths)))


@lru_cache(maxsize=2)
def _read(stamped_paths: tuple[tuple[Path, int], ...]) -> tuple[Row, ...]:
    rows = []
    for path, _ in stamped_paths:
        try:
            for data in json.loads(path.read_text(encoding="utf-8")):
                model = FILES[path.stem]
                if data["model"] != model._meta.label_lower:
                    raise CatalogueError(
                        f"{path.name} holds a {data['model']}: it is for {model._meta.label_lower}."
                    )
                rows.append(_row(model, data.get("pk"), data["fields"]))
        except (ValueError, KeyError, DeserializationError, ValidationError) as error:
            raise CatalogueError(f"{path.name} cannot be read: {error}") from error
    return tuple(rows)


def shipped_row(instance: Model) -> Row | None:
    """What ships for a stored row, or None: it was added here, or ships no longer."""
    wanted = (type(instance), stored_key(instance))
    return next((row for row in read() if (row.model, row.key) == wanted), None)


def stored_key(instance: Model) -> tuple:
    return tuple(instance.natural_key()) if hasattr(instance, "natural_key") else (instance.pk,)


def stored_fields(instance: Model) -> dict:
    (data,) = serializers.serialize(
        "python", [instance], use_natural_foreign_keys=True, use_natural_primary_keys=True
    )
    return canonical(type(instance), data["fields"])


def stored(model: type[Model]) -> dict[tuple, Stored]:
    """All rows of a model by natural key, with one query and one more for each many-to-many field."""
    relations = [field.name for field in model._meta.fields if field.remote_field]
    many = [field.name for field in model._meta.many_to_many]
    instances = list(model._default_manager.select_related(*relations).prefetch_related(*many))
    data = serializers.serialize(
        "python", instances, use_natural_foreign_keys=True, use_natural_primary_keys=True
    )
    rows = {}
    for instance, one in zip(instances, data, strict=True):
        row = _row(model, instance.pk, one["fields"])
        rows[row.key] = Stored(row, getattr(instance, SHIPPED_FLAG, True), instance.pk)
    return rows
