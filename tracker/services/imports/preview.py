"""A plan as people read it: pages of lines by outcome, and a report of all that is odd, by row and column."""

import json
from collections.abc import Callable, Iterator

from django.db.models import Model

from tracker.evaluation.upsert import insert
from tracker.imports.lines import Note
from tracker.models import (
    Audit,
    AuditScore,
    ContinuingEducation,
    Credential,
    ImportBatch,
    ImportPage,
    Volume,
    hours_and_minutes,
)

from .kinds import WRITERS, Writer
from .planning import ERROR, STRANGER, WARNING, Item, Plan
from .sources import people_of

A_PAGE = 50
MOST_REPORTED = 200


def pages_of(batch: ImportBatch, plan: Plan) -> list[tuple]:
    """Rows for ImportPage, ready to be inserted."""
    writer, people = WRITERS[batch.source.kind](batch), people_of(batch.source, batch.by)
    names = _Names(writer)
    items: dict[str, list[Item]] = {}
    for item in plan.items:
        items.setdefault(item.outcome, []).append(item)
    lines = problem_lines(plan)
    if plan.strangers:
        lines[STRANGER] = [[name, len(rows), rows[:10]] for name, rows in sorted(plan.strangers.items())]
    return pages(batch, items, lambda item: _line(item, writer, names, people)) + pages(batch, lines)


def problem_lines(plan: Plan) -> dict[str, list]:
    """What is wrong or odd, by row and column."""
    lines = {}
    for outcome, wanted in ((ERROR, True), (WARNING, False)):
        found = [[note.row, note.column, note.text] for note in plan.notes if note.is_error == wanted]
        if found:
            lines[outcome] = sorted(found, key=lambda one: one[0])
    return lines


def pages(batch: ImportBatch, lines: dict[str, list], shown: Callable = lambda line: line) -> list[tuple]:
    """What is on each page; `shown` makes a line, so that only those of one page are held at a time."""
    return [
        (batch.pk, outcome, number, json.dumps([shown(line) for line in some[start : start + A_PAGE]]))
        for outcome, some in lines.items()
        for number, start in enumerate(range(0, len(some), A_PAGE), start=1)
    ]


def write_pages(rows: list[tuple]) -> None:
    insert(ImportPage, ("batch_id", "outcome", "number", "lines"), rows)


def listed(batch: ImportBatch, outcome: str = "", number: int | None = None) -> Iterator[dict]:
    """The lines of the preview, all in one shape: of one outcome or all, of one page or all.

    `rows` are the first few row numbers, `more` how many follow; `text` says what is wrong, or what the record would say.
    """
    chosen = batch.pages.order_by("outcome", "number")
    if outcome:
        chosen = chosen.filter(outcome=outcome)
    if number is not None:
        chosen = chosen.filter(number=number)
    for page in chosen.iterator(50):
        for line in page.lines:
            yield {"outcome": page.outcome, **_in_one_shape(page.outcome, line)}


def _in_one_shape(outcome: str, line) -> dict:
    if outcome in (ERROR, WARNING):
        row, column, text = line
        return {"rows": [row], "column": column, "text": text}
    if outcome == STRANGER:
        name, number, rows = line
        return {"rows": rows, "more": number - len(rows), "who": name}
    return line


def report_of(plan: Plan) -> list:
    """What stays when the preview goes: the first errors and warnings, without any value of a row."""
    notes: list[Note] = sorted(plan.notes, key=lambda note: (not note.is_error, note.row))
    return [[note.row, note.column, note.text, note.is_error] for note in notes[:MOST_REPORTED]]


def _line(item: Item, writer: Writer, names: "_Names", people: dict[int, str]) -> dict:
    values = writer.attributes(item.entry)
    line = {
        "rows": item.entry.rows[:5],
        "more": max(0, len(item.entry.rows) - 5),
        "who": people[item.coder],
        "when": _when(item.entry.values),
        "text": names.text(values, item.entry.scores),
    }
    if item.was:
        before = values | {
            name: value for name, value in item.was.items() if name not in ("scores", "bodies")
        }
        line["was"] = names.text(before, item.was.get("scores", item.entry.scores))
        line["was_when"] = _when(before)
    if item.also:
        line["also"] = item.also
    if item.aside:
        line["aside"] = item.aside
    return line


def _when(values: dict) -> str:
    first = values.get("starts_on")
    last = next(
        (values[key] for key in ("ends_on", "audited_on", "completed_on", "earned_on") if values.get(key)),
        None,
    )
    if first and last and first != last:
        return f"{first:%b %-d} – {last:%b %-d, %Y}"
    return f"{last:%b %-d, %Y}" if last else ""


class _Names:
    """Records in a few words, as their own headlines have it, without asking the database for each."""

    def __init__(self, writer: Writer):
        self.model: type[Model] = writer.model
        self.rows = {
            attribute: {row.pk: str(row) for row in model.objects.all()}
            for attribute, model in writer.links.values()
        }

    def text(self, values: dict, scores: dict | None) -> str:
        def named(attribute: str) -> str:
            return self.rows.get(attribute, {}).get(values.get(attribute), "")

        if self.model is Volume:
            parts = [
                f"{values['charts']:,} {named('work_type_id')} charts in {hours_and_minutes(values['minutes'])}",
                named("specialty_id"),
            ]
        elif self.model is Audit:
            found = ", ".join(map(_score, (scores or {}).items()))
            parts = [
                f"{values['records_reviewed']:,} records: {found}",
                named("work_type_id"),
                named("specialty_id"),
            ]
        elif self.model is Credential:
            until = values.get("expires_on")
            parts = [
                named("certification_id"),
                f"valid until {until:%b %-d, %Y}" if until else "",
            ]
        elif self.model is ContinuingEducation:
            parts = [f"{values['hours'].normalize():f} h: {values['title']}"]
        return ", ".join(filter(None, parts))


def _score(one) -> str:
    method, found = one
    score = AuditScore(method=method)
    if isinstance(found, tuple | list):
        return f"{found[0]} of {found[1]} {score.get_method_display()}"
    return f"{found}% {score.get_method_display()}"
