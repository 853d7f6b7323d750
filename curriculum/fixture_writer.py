"""Writing rows of the catalogue through Django's own deserializer, many at a time."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.serializers.base import DeserializationError, DeserializedObject
from django.core.serializers.python import Deserializer
from django.db import connection
from django.db.models import Model

from .fixture_rows import SHIPPED_FLAG, CatalogueError, Row, Stored, key_fields
from .models import MilestoneVersion


class Writer:
    """Inserts and updates rows.

    Told of what is stored, it finds what a row refers to without a query; else natural keys are looked up one by one.
    """

    def __init__(self):
        self._pks: dict[type[Model], dict[tuple, object]] = {}

    def know(self, model: type[Model], rows: Mapping[tuple, Stored]) -> None:
        self._pks[model] = {key: one.pk for key, one in rows.items()}

    def write(self, rows: Iterable[Row]) -> None:
        """Write rows of one model. A bad one is a CatalogueError that names it, and none after it is written."""
        new: list[tuple[Row, DeserializedObject]] = []
        for row in rows:
            if self._refers_to_one_of(row, new):
                self._insert(new)
                new = []
            known = self._pks.get(row.model)
            deserialized = self._deserialize(row)
            if known is None or row.key in known:
                deserialized.save()
            else:
                new.append((row, deserialized))
        self._insert(new)

    def _refers_to_one_of(self, row: Row, new: list) -> bool:
        own = [field.name for field in row.model._meta.fields if field.related_model is row.model]
        referred = {tuple(row.fields[name]) for name in own if row.fields[name]}
        return any(other.key in referred for other, _ in new)

    def _deserialize(self, row: Row) -> DeserializedObject:
        data = {"model": row.label, "fields": dict(row.fields)}
        pk = self._pks.get(row.model, {}).get(row.key)
        if pk is not None or not key_fields(row.model):
            data["pk"] = row.key[0] if pk is None else pk
        try:
            (deserialized,) = _Deserializer([data], self._pks)
            instance = deserialized.object
            if hasattr(instance, SHIPPED_FLAG):
                instance.shipped = True
            # Relations were just looked up; the rest is not checked by every database (SQLite, choices).
            relations = {field.name for field in row.model._meta.fields if field.remote_field}
            instance.clean_fields(exclude=relations)
            if isinstance(instance, MilestoneVersion):
                instance.clean()
        except (DeserializationError, ValidationError) as error:
            raise CatalogueError(f"The {row} cannot be loaded: {_reason(error)}") from error
        return deserialized

    def _insert(self, new: list[tuple[Row, DeserializedObject]]) -> None:
        if not new:
            return
        model = new[0][0].model
        if connection.features.can_return_rows_from_bulk_insert:
            model._default_manager.bulk_create([one.object for _, one in new])
            _insert_many_to_many(model, [one for _, one in new])
        else:
            for _, one in new:
                one.save()
        self._pks[model] |= {row.key: one.object.pk for row, one in new}


def _insert_many_to_many(model: type[Model], new: list[DeserializedObject]) -> None:
    for field in model._meta.many_to_many:
        through, here, there = field.remote_field.through, field.m2m_column_name(), field.m2m_reverse_name()
        through._default_manager.bulk_create(
            through(**{here: one.object.pk, there: pk})
            for one in new
            for pk in one.m2m_data.get(field.name, [])
        )


class _Deserializer(Deserializer):
    """Django's, with primary keys that are known already."""

    def __init__(self, objects: list[dict], pks: Mapping[type[Model], Mapping[tuple, object]]):
        super().__init__(objects)
        self._known = pks

    def _handle_fk_field_node(self, field, field_value):
        known = self._known.get(field.related_model)
        if known is None or not isinstance(field_value, list):
            return super()._handle_fk_field_node(field, field_value)
        return _found(known, field_value)

    def _handle_m2m_field_node(self, field, field_value):
        known = self._known.get(field.related_model)
        if known is None:
            return super()._handle_m2m_field_node(field, field_value)
        return [_found(known, key) for key in field_value]


def _found(known: Mapping[tuple, object], key: list):
    if tuple(key) not in known:
        raise DeserializationError(f"it refers to “{'/'.join(map(str, key))}”, which is not there.")
    return known[tuple(key)]


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    missing = isinstance(error.__context__, ObjectDoesNotExist)
    return f"it refers to what is not there ({error})." if missing else str(error)
