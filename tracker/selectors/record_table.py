"""The records of a kind as a table: what their list shows, with a column for each figure."""

from collections.abc import Iterable

from django.db.models import Field
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tracker.forms import form_for
from tracker.models import Record


def record_table(model: type[Record], records: Iterable[Record]) -> tuple[list[str], list[list]]:
    """Columns and rows. Numbers and dates are as they are stored, in their own unit; the rest is as people read it."""
    names = [name for name in form_for(model.KIND)._meta.fields if hasattr(model, name)]
    fields = [field for field in model._meta.concrete_fields if field.name in names]
    fields.sort(key=lambda field: names.index(field.name))
    columns = [_("Counts on"), _("In one line"), *(capfirst(str(field.verbose_name)) for field in fields)]
    columns += [_("Where it came from"), _("Counted"), _("Removed on")]
    return columns, [_row(record, fields) for record in records]


def _row(record: Record, fields: list[Field]) -> list:
    return [
        record.counts_on,
        capfirst(record.headline()),
        *(_value(record, field) for field in fields),
        record.get_provenance_display(),
        _("yes") if record.counted else _("no"),
        record.removed_at.date() if record.removed_at else None,
    ]


def _value(record: Record, field: Field):
    value = getattr(record, field.name)
    if field.many_to_one:
        return None if value is None else str(value)
    if field.flatchoices:
        return str(getattr(record, f"get_{field.name}_display")())
    return (_("yes") if value else _("no")) if isinstance(value, bool) else value
