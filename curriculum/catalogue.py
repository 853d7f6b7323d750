"""Loading the catalogue that ships, so that nothing decided here is lost.

What ships is in fixtures/; what an administrator changed about a shipped row is in LocalChange and written over it.
Rows added here carry no `shipped` flag and are never touched. A row that ships no longer stays and is reported.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.db.models import Model

from . import models
from .fixture_rows import (
    FILES,
    CatalogueError,
    Row,
    Stored,
    json_value,
    key_text,
    read,
    shipped_row,
    stored,
    stored_fields,
    stored_key,
)
from .fixture_writer import Writer
from .models import LocalChange, MilestoneVersion
from .renewal_rules import keep_versions
from .signals import catalogue_changed

__all__ = [
    "CatalogueError",
    "Summary",
    "load",
    "local_changes_of",
    "record_local_changes",
    "remove",
    "restore",
]

# The field of a LocalChange that says that the whole row is not wanted here.
REMOVED = ""
# What an installation can do without: nothing else refers to these rows.
REMOVABLE = (
    models.Transition,
    models.Requirement,
    models.LearningActivity,
    models.SalaryDriver,
    models.Fact,
    models.Effort,
    models.GlossaryTerm,
)
# Versions added here are numbered from this on, so that none shipped later ever has the same number, and the highest
# number in force, which is the one that counts, is the local one.
FIRST_LOCAL_VERSION = 1001

# What no gap depends on: whole nouns, and fields of the others.
INERT_MODELS = {
    models.Occupation,
    models.EducationRoute,
    models.LearningActivity,
    models.Fact,
    models.Effort,
    models.SponsorKind,
    models.ReminderLadder,
    models.RouteStep,
    models.ApprenticeRoute,
    models.GlossaryTerm,
}
INERT_FIELDS = {
    "name",
    "full_name",
    "source",
    "origin",
    "confidence",
    "verified_on",
    "summary",
    "note",
    "covers",
    "setting",
    "purpose",
    "statement",
    "duties",
    "stated_requirements",
    "occupation_fit",
    "also_called",
    "aliases",
    "pay_note",
    "industry",
    "unit",
    "is_area",
    "guide_says_pays_more",
    "article_says_pays_more",
}


@dataclass
class Summary:
    """What a load did, in rows. `gone` ships no longer, `own` was added here under the name of a shipped row."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    local: int = 0
    removed: int = 0
    gone: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    moves_gaps: bool = False


def moves_gaps(model: type[Model], changed_fields: Iterable[str] | None = None) -> bool:
    """Whether a new row of a model, or a change of these fields, can change what a coder's gaps say."""
    if model in INERT_MODELS:
        return False
    return changed_fields is None or any(name not in INERT_FIELDS for name in changed_fields)


@transaction.atomic
def load(directory: Path | None = None) -> Summary:
    """Bring the stored catalogue up to what ships, local changes on top. All or nothing; CatalogueError says why not."""
    summary, local, writer = Summary(), _LocalChanges(), Writer()
    rows = defaultdict(list)
    for row in read(directory):
        rows[row.model].append(row)
    for model in FILES.values():
        writer.write(_rows_to_write(model, rows[model], local, summary, writer))
    keep_versions()
    if summary.moves_gaps:
        catalogue_changed.send(sender=load)
    return summary


def _rows_to_write(
    model: type[Model], rows: list[Row], local: "_LocalChanges", summary: Summary, writer: Writer
) -> list[Row]:
    """The rows that are new or differ from what is stored, counted in the summary."""
    have, to_write = stored(model), []
    writer.know(model, have)
    for row in rows:
        if local.is_removed(row):
            summary.removed += 1
            continue
        known, wanted = have.get(row.key), local.over(row)
        summary.local += wanted is not row
        if known is None:
            summary.added += 1
            summary.moves_gaps |= moves_gaps(model)
            to_write.append(wanted)
        elif not known.shipped:
            summary.own.append(str(row))
        elif differing := _differing(known, wanted):
            summary.changed += 1
            summary.moves_gaps |= moves_gaps(model, differing)
            to_write.append(wanted)
        else:
            summary.unchanged += 1
    shipped = {row.key for row in rows}
    if hasattr(model, "shipped"):
        summary.gone += [str(one.row) for key, one in have.items() if one.shipped and key not in shipped]
    # A default given up goes before the one that takes its place, for there is at most one at any time.
    return sorted(to_write, key=lambda row: bool(row.fields.get("is_default")))


def _differing(known: Stored, wanted: Row) -> list[str]:
    differing = [name for name, value in wanted.fields.items() if known.row.fields[name] != value]
    if differing and wanted.model is MilestoneVersion:
        milestone, no = wanted.key
        raise CatalogueError(
            f"The catalogue ships version {no} of the milestone {milestone} with another {differing[0]} than the one "
            f"that is stored. A version never changes, for gaps were judged by it: ship the new one as version {no + 1}."
        )
    return differing


class _LocalChanges:
    """The local changes of all rows, read once."""

    def __init__(self):
        self._of: dict[tuple[str, str], dict] = defaultdict(dict)
        for change in LocalChange.objects.all():
            self._of[change.model, change.key][change.field] = change.value

    def is_removed(self, row: Row) -> bool:
        return REMOVED in self._of.get((row.label, row.key_text), {})

    def over(self, row: Row) -> Row:
        """The row with what was changed here; the row itself where nothing was."""
        changes = self._of.get((row.label, row.key_text), {})
        # A field that the catalogue gave up since takes its local change with it.
        changes = {name: value for name, value in changes.items() if name in row.fields}
        return row.with_fields(changes) if changes else row


def _changes_of(instance: Model):
    return LocalChange.objects.filter(model=instance._meta.label_lower, key=key_text(stored_key(instance)))


def record_local_changes(instance: Model, changed_fields: Iterable[str], user) -> None:
    """Keep an edit of a shipped row, so that the next catalogue does not undo it. Call after relations are saved.

    A field that is back at its shipped value is no local change any more. Rows that do not ship need none of this.
    """
    shipped = shipped_row(instance) if getattr(instance, "shipped", False) else None
    if shipped is None:
        return
    now = stored_fields(instance)
    for name in changed_fields:
        if name not in now:
            continue
        if now[name] == shipped.fields[name]:
            _changes_of(instance).filter(field=name).delete()
            continue
        LocalChange.objects.update_or_create(
            model=shipped.label,
            key=shipped.key_text,
            field=name,
            defaults={"value": json_value(now[name]), "changed_by": user},
        )


def local_changes_of(instance: Model) -> list[tuple[LocalChange, object]]:
    """The local changes of a row, each with the value that ships (as a fixture writes it)."""
    changes = list(_changes_of(instance).exclude(field=REMOVED).select_related("changed_by"))
    shipped = shipped_row(instance) if changes else None
    return [(change, shipped and json_value(shipped.fields.get(change.field))) for change in changes]


@transaction.atomic
def restore(instance: Model) -> Mapping[str, object]:
    """Give a row back what ships and forget its local changes. Returns the fields that changed, by name."""
    shipped = shipped_row(instance)
    if shipped is None:
        raise CatalogueError(f"{instance} does not ship, so there is nothing to go back to.")
    before = stored_fields(instance)
    _changes_of(instance).delete()
    Writer().write([shipped])
    changed = {name: value for name, value in shipped.fields.items() if before[name] != value}
    if changed and moves_gaps(type(instance), changed):
        catalogue_changed.send(sender=restore)
    return changed


@transaction.atomic
def remove(instance: Model, user) -> None:
    """Delete a row; one that ships stays away when the catalogue is loaded again."""
    if instance.shipped:
        if not isinstance(instance, REMOVABLE):
            raise CatalogueError(f"{instance} ships, and other rows refer to it: it cannot be removed.")
        _changes_of(instance).delete()
        LocalChange.objects.create(
            model=instance._meta.label_lower,
            key=key_text(stored_key(instance)),
            field=REMOVED,
            value=True,
            changed_by=user,
        )
    instance.delete()
    if moves_gaps(type(instance)):
        catalogue_changed.send(sender=remove)


@transaction.atomic
def undo(change: LocalChange) -> None:
    """Forget one local change and give the row what ships."""
    row = next((row for row in read() if (row.label, row.key_text) == (change.model, change.key)), None)
    change.delete()
    if row is None:
        return
    wanted, known = _LocalChanges().over(row), stored(row.model).get(row.key)
    if known is None or (known.shipped and _differing(known, wanted)):
        Writer().write([wanted])
        names = None if known is None else [change.field]
        if moves_gaps(row.model, names):
            catalogue_changed.send(sender=undo)
