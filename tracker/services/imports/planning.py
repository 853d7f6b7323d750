"""What an import would do: every row read, every person found, every record compared with what is stored. Nothing is written.

The preview shows a plan; storing makes it anew and goes on only if it is still the same.
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tracker.imports.kinds import KINDS
from tracker.imports.lines import Entry, Kept, Line, Note, Settings, name_key, read_lines
from tracker.imports.values import DateOrder, Scale
from tracker.models import ImportBatch

from .kinds import WRITERS, Writer
from .sources import people_of, vocabulary_of
from .staging import staged_rows

NEW, REPLACES, SAME = "new", "replaces", "same"
KEPT, WITHDRAWN = "kept", "withdrawn"  # changed or removed since the last import: theirs stays
STRANGER, ERROR = "stranger", "error"
WARNING, ALSO = "warning", "also"
STEP = 2000  # rows between two signs of life


@dataclass(slots=True)
class Item:
    """A record as the file has it, and what would become of it. `was` is what is stored, by field, where that differs."""

    coder: int
    entry: Entry
    external_id: str
    outcome: str = NEW
    pk: int | None = None
    was: dict | None = None
    also: int = 0  # records logged by hand that would no longer count
    aside: str = ""  # why this one would not count

    def digest(self) -> tuple:
        """All that storing it depends on."""
        entry = self.entry
        return (
            self.coder,
            self.external_id,
            self.outcome,
            self.pk,
            entry.values,
            entry.scores,
            self.was,
            self.also,
        )


@dataclass
class Plan:
    items: list[Item] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    strangers: dict[str, list[int]] = field(default_factory=dict)  # rows by name as the file has it
    counts: Counter = field(default_factory=Counter)

    @property
    def fingerprint(self) -> str:
        """Equal for two plans that would do the same."""
        digest = hashlib.sha256()
        for item in self.items:
            digest.update(repr(item.digest()).encode())
        return digest.hexdigest()


def settings_for(batch: ImportBatch) -> Settings:
    answers = batch.answers
    first, last = answers.get("first_day"), answers.get("last_day")
    return Settings(
        today=batch.by.today() if batch.by else dt.datetime.now(dt.UTC).date(),
        words=vocabulary_of(batch.source),
        order=DateOrder(answers.get("date_order", DateOrder.MONTH_FIRST)),
        scale=Scale(answers.get("scale", Scale.PERCENT)),
        method=answers.get("method", ""),
        work_type=answers.get("work_type", ""),
        period=(dt.date.fromisoformat(first), dt.date.fromisoformat(last)) if first and last else None,
    )


def lines_of(batch: ImportBatch, notes: list[Note]) -> Iterator[Line]:
    columns = [Kept(*one) for one in batch.columns]
    kind = KINDS[batch.source.kind]
    return read_lines(staged_rows(batch), columns, kind, settings_for(batch), notes)


def make_plan(batch: ImportBatch, alive: Callable[[int], None] = lambda percent: None) -> Plan:
    """Read everything. `alive` is told now and then how far it is, in percent."""
    plan, kind = Plan(), KINDS[batch.source.kind]
    people, names = people_of(batch.source, batch.by), _names(batch)
    writer = WRITERS[kind.slug](batch)
    found: dict[tuple, Item] = {}
    for n, line in enumerate(lines_of(batch, plan.notes)):
        if n % STEP == 0:
            alive(5 + 65 * n // max(batch.rows, 1))
        entries = list(kind.interpret(line, line.settings))
        plan.notes += line.notes
        if line.is_wrong:
            plan.counts[ERROR] += 1
            continue
        coder = names(line)
        if coder not in people:
            if entries:
                plan.strangers.setdefault(line.text("who"), []).append(line.number)
                plan.counts[STRANGER] += 1
            continue
        for entry in entries:
            _add(found, plan, writer, coder, entry)
    plan.items = list(found.values())
    alive(70)
    _check_merged(plan, writer)
    writer.compare(plan.items)
    alive(85)
    writer.find_same_work(plan.items)
    plan.counts.update(item.outcome for item in plan.items)
    plan.counts[WARNING] = sum(not note.is_error for note in plan.notes)
    plan.counts[ALSO] = sum(item.also for item in plan.items)
    return plan


def _names(batch: ImportBatch):
    """A function from a line to the coder whose work it is; None for nobody that may be stored."""
    source = batch.source
    if source.is_personal and not any(key == "who" for key, _label in batch.columns):
        return lambda line: source.coder_id
    known = dict(source.names.values_list("name", "coder_id"))
    return lambda line: known.get(name_key(line.text("who")))


def _add(found: dict, plan: Plan, writer: Writer, coder: int, entry: Entry) -> None:
    """Rows about the same piece of work add up to one record, where they can; else each is one of its own."""
    key = (coder, *entry.key)
    item = found.get(key)
    if item is None:
        found[key] = Item(coder, entry, writer.external_id(coder, entry.key))
    elif not writer.merge(item.entry, entry):
        n = 2
        while (*key, n) in found:
            n += 1
        found[(*key, n)] = Item(coder, entry, writer.external_id(coder, (*entry.key, n)))


def _check_merged(plan: Plan, writer: Writer) -> None:
    """What only shows once rows are added up, such as more time than a day has."""
    kept = []
    for item in plan.items:
        if text := writer.impossible(item.entry):
            plan.notes.append(Note(item.entry.rows[0], "", str(text)))
            plan.counts[ERROR] += len(item.entry.rows)
        else:
            kept.append(item)
    plan.items = kept
