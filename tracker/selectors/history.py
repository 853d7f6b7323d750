"""What changed in one record: who, when, and each figure before and after."""

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby

from django.db import models
from django.utils.formats import date_format
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _

from tracker.models import Audit, Method, Provenance, Volume, hours_and_minutes

# Said by the summary, or of no interest to a person.
_UNSHOWN = {
    "id", "coder", "source", "external_id", "provenance", "verified_by", "verified_for", "verified_at", "counted",
    "not_counted_because", "recorded_at", "removed_at", "removed_because", "made_under",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One change. `fields` are (label, before, after) as texts; at the beginning every `before` is empty."""

    at: dt.datetime
    by: str
    summary: str
    fields: list[tuple[str, str, str]]


def record_history(record) -> list[Change]:
    """All changes of a record or of pay, the newest first. The number of queries does not depend on their number."""
    rows = list(
        type(record)
        .history.filter(id=record.pk)
        .select_related("history_user")
        .order_by("history_date", "history_id")
    )
    scores = (
        _scores_by_moment(record, [row.history_date for row in rows]) if isinstance(record, Audit) else {}
    )
    names = _Names(record, rows)
    changes, before = [], None
    for row in rows:
        fields = names.differences(before, row) + scores.get(row.history_date, [])
        summary = _summary(before, row, fields)
        if summary:
            changes.append(Change(row.history_date, _who(row), summary, fields))
        before = row
    return changes[::-1]


def _who(row) -> str:
    return str(row.history_user) if row.history_user else "CoderPath"


def _summary(before, row, fields) -> str:
    """What happened, in a few words; nothing where nothing did."""
    if row.history_type == "-":
        return _("Removed")
    if before is None:
        return _("Logged")
    if before.history_type == "-":
        return _("Restored")
    words = []
    if hasattr(row, "removed_at") and bool(row.removed_at) != bool(before.removed_at):
        words.append(_removal(row))
    if hasattr(row, "provenance") and row.provenance != before.provenance:
        words.append(_("now %(provenance)s") % {"provenance": Provenance(row.provenance).label})
    if fields:
        words.insert(
            0,
            _("Changed %(what)s")
            % {"what": get_text_list([_lower(label) for label, _old, _new in fields], _("and"))},
        )
    return _label("; ".join(words))


def _lower(label: str) -> str:
    """A label inside a sentence; abbreviations such as DRG stay as they are."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _removal(row) -> str:
    if not row.removed_at:
        return _("Restored")
    if row.removed_because:
        return _("Withdrawn: %(because)s") % {"because": row.removed_because}
    return _("Removed")


class _Names:
    """The values of a record's history as people read them; other tables are read once for each, not for each row."""

    def __init__(self, record, rows):
        self.fields = [field for field in record._meta.concrete_fields if field.name not in _UNSHOWN]
        self.texts = {field: self._texts(field, rows) for field in self.fields if field.many_to_one}
        self.is_volume = isinstance(record, Volume)
        self.lists = _lists_by_row(rows)

    @staticmethod
    def _texts(field, rows) -> dict:
        wanted = {getattr(row, field.attname) for row in rows} - {None}
        return (
            {row.pk: str(row) for row in field.related_model.objects.filter(pk__in=wanted)} if wanted else {}
        )

    def text(self, field, row) -> str:
        value = getattr(row, field.attname) if row is not None else None
        if value is None or value == "":
            return ""
        if field.many_to_one:
            return self.texts[field].get(value, _("no longer in the catalogue"))
        if field.flatchoices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, dt.date):
            return date_format(value, "F j, Y")
        if self._is_time(field):
            return hours_and_minutes(value)
        if isinstance(field, models.DecimalField):
            return f"{value.normalize():,f}"
        return f"{value:,}" if isinstance(value, int) else str(value)

    def _label_of(self, field) -> str:
        return _("Coding time") if self._is_time(field) else _label(field.verbose_name)

    def _is_time(self, field) -> bool:
        return self.is_volume and field.name == "minutes"

    def differences(self, before, row) -> list[tuple[str, str, str]]:
        before = None if before is None or before.history_type == "-" else before
        pairs = [
            (self._label_of(field), self.text(field, before), self.text(field, row)) for field in self.fields
        ]
        for label, texts in self.lists:
            old = texts[before.history_id] if before is not None else ""
            pairs.append((label, old, texts[row.history_id]))
        return [pair for pair in pairs if pair[1] != pair[2]]


def _lists_by_row(rows) -> list[tuple[str, dict[int, str]]]:
    """For continuing education, its bodies and subjects at each moment as (label, names by row); else nothing."""
    if not rows or not hasattr(rows[0], "bodies"):
        return []
    ids = [row.history_id for row in rows]
    return [
        (_("Bodies"), _names_by_row(rows[0].bodies.model, ids, "body__name", "body__position")),
        (
            _("Subjects"),
            _names_by_row(rows[0].subjects.model, ids, "certification__code", "certification__position"),
        ),
    ]


def _names_by_row(through, ids, name: str, order: str) -> dict[int, str]:
    found = defaultdict(list)
    of_rows = through.objects.filter(history__in=ids).order_by(order)
    for history_id, text in of_rows.values_list("history_id", name):
        found[history_id].append(text)
    return defaultdict(str, {key: ", ".join(names) for key, names in found.items()})


def _scores_by_moment(audit, moments) -> dict[dt.datetime, list]:
    """Differences of the scores by the moment of their audit's change: the same one, or the last one before."""
    history = audit.scores.model.history.filter(audit_id=audit.pk).order_by(
        "id", "history_date", "history_id"
    )
    found = defaultdict(list)
    for _id, rows in groupby(history, key=lambda row: row.id):
        before = ""
        for row in rows:
            after = "" if row.history_type == "-" else _score_text(row)
            if after != before:
                moment = moments[max(bisect_right(moments, row.history_date) - 1, 0)]
                found[moment].append((_label(Method(row.method).label), before, after))
            before = after
    return found


def _label(words) -> str:
    return str(capfirst(words))


def _score_text(row) -> str:
    return row.instance.figures() + (_(" (by chart)") if row.charts else "")
