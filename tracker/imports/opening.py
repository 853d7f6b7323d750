"""A file, opened: what it is, what stands in the way of taking it, and the rows of the columns that may be staged."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from . import values
from .body import Body, Row, read_body
from .columns import Assigned, Names, assign
from .errors import BadValueError
from .fields import Holds, Kind, Question, Vocabulary
from .headers import Headed, find_header
from .kinds import KINDS
from .lines import Kept, Settings
from .patient import Refusal, check
from .reading import Sheet
from .values import DateOrder, Scale

DATE_ORDER, SCALE, METHOD, EACH_ROW, WORK_TYPE, FIRST_DAY, LAST_DAY = (
    "date_order", "scale", "method", "each_row", "work_type", "first_day", "last_day",
)  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """`refused` columns must be dropped before anything else; then `missing` and `unanswered` have to be empty."""

    kind: Kind
    headed: Headed
    assigned: list[Assigned]
    dropped: frozenset[str]
    body: Body
    refused: list[Refusal]
    missing: list[str]
    questions: list[Question]
    unanswered: list[Question]

    @property
    def is_ready(self) -> bool:
        return not (self.refused or self.missing or self.unanswered)

    @property
    def kept(self) -> list[Assigned]:
        return [one for one in self.assigned if one.key]

    @property
    def unknown(self) -> list[Assigned]:
        """Columns with cells that nobody knows: they are left out unless somebody says what they are."""
        return [one for one in self.assigned if one.key is None]

    def kept_columns(self) -> list[Kept]:
        return [Kept(one.key, f"{one.column.letter} “{one.column.header}”") for one in self.kept]

    def staged(self) -> list[tuple[int, int | None, list[str]]]:
        """The rows as they are staged: nothing of a column that is not kept."""
        at = [one.column.index for one in self.kept]
        return [
            (row.number, _from(row, at), [row.cells[i] if i < len(row.cells) else "" for i in at])
            for row in self.body.rows
        ]


def _from(row: Row, at: list[int]) -> int | None:
    return None if row.total_at is None else sum(i < row.total_at for i in at)


def open_file(
    sheets: list[Sheet],
    words: Vocabulary,
    *,
    today: dt.date,
    kind: str = "",
    told: Mapping[str, str] | None = None,
    dropped: Collection[str] = (),
    answers: Mapping[str, str] | None = None,
) -> Opened:
    """Recognise and check a file that was read. Without `kind` it is found out. Raises UnreadableFileError.

    `told` says what columns are, by normalised header; `dropped` are keys of columns that are not read at all; `answers` are to questions.
    """
    kinds = [KINDS[kind]] if kind else list(KINDS.values())
    names = {one.slug: Names(one, words) for one in kinds}
    everything = told or {}
    headed = find_header(
        sheets, lambda name: name in everything or any(one.knows(name) for one in names.values())
    )
    best = max(kinds, key=lambda one: _fit(headed, one, names[one.slug]))
    dropped = frozenset(dropped)
    columns = [column for column in headed.columns if column.key not in dropped]
    # What was said of another kind's columns may name a field that this one does not have.
    fitting = {name: key for name, key in everything.items() if not key or _can_be(best, key, words)}
    assigned = assign(columns, names[best.slug], fitting)
    body = read_body(headed)
    refused = check(assigned, best, _cells(headed, columns))
    assigned = [one for one in assigned if one.key is not None or _has_cells(one, body)]
    missing = best.missing({one.key for one in assigned if one.key})
    questions = _questions(best, assigned, body, headed, words)
    given = answers or {}
    unanswered = [one for one in questions if not is_answer(one, given.get(one.key, ""))]
    return Opened(best, headed, assigned, dropped, body, refused, missing, questions, unanswered)


def _fit(headed: Headed, kind: Kind, names: Names) -> tuple[int, bool, int]:
    """How well a kind explains the header: what it lacks, then how much it knows beyond the columns that all kinds share.

    Every file may hold names and addresses: it is a roster where it is nothing else.
    """
    assigned = assign(headed.columns, names)
    present = {one.key for one in assigned if one.key}
    return -len(kind.missing(present)), bool(kind.record), len(present)


def _can_be(kind: Kind, key: str, words: Vocabulary) -> bool:
    """Whether a kind has a field of that key; "@work-type" is for those that may come once for each work type there is."""
    one, (_bare, at, work_type) = kind.field(key), key.partition("@")
    if one is None or not at:
        return one is not None
    return one.by_work_type and work_type in words.words.get("work_type", {}).values()


def _cells(headed: Headed, columns):
    at = [column.index for column in columns]
    for _number, cells in headed.body:
        yield [cells[i] if i < len(cells) else "" for i in at]


def _has_cells(one: Assigned, body: Body) -> bool:
    at = one.column.index
    return any(at < len(row.cells) and row.cells[at] for row in body.rows)


def is_answer(question: Question, value: str) -> bool:
    if question.choices:
        return value in {choice for choice, _label in question.choices}
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _questions(kind: Kind, assigned, body: Body, headed: Headed, words: Vocabulary) -> list[Question]:
    """What the file leaves open."""
    present = {one.key for one in assigned if one.key}
    questions = []
    dates = list(_texts(kind, assigned, body, Holds.PERIOD))
    if values.order_of(dates) is None:
        questions.append(
            Question(
                DATE_ORDER,
                _("How are its dates written?"),
                (
                    (DateOrder.MONTH_FIRST, _("month first: 03/04 is March 4")),
                    (DateOrder.DAY_FIRST, _("day first: 03/04 is 3 April")),
                ),
                help=_("No date in the file tells: in all of them the month could be either number."),
            )
        )
    if values.looks_like_share(_texts(kind, assigned, body, Holds.PERCENT)):
        questions.append(
            Question(
                SCALE,
                _("How are its percentages written?"),
                (
                    (Scale.SHARE, _("as shares: 0.955 is 95.5%")),
                    (Scale.PERCENT, _("in percent: 0.955 is 0.955%")),
                ),
                suggested=Scale.SHARE,
            )
        )
    if kind.slug == "audits" and "method" not in present and _needs_method(present):
        questions.append(
            Question(
                METHOD,
                _("By which method is accuracy counted?"),
                _METHODS,
                suggested="code_over_code" if present & {"codes_correct", "errors"} else "",
                help=_("Different methods are never mixed. It is remembered for this source."),
            )
        )
    if kind.slug == "audits" and "records_reviewed" not in present:
        each = (("record", _("one record that was audited")),)
        questions.append(
            Question(
                EACH_ROW,
                _("What is a row of the file?"),
                each,
                help=_("No column says how many records were reviewed."),
            )
        )
    if kind.slug == "productivity":
        if "work_type" not in present and not any("@" in key for key in present):
            choices = tuple(
                sorted({slug: slug for slug in words.words.get("work_type", {}).values()}.items())
            )
            questions.append(
                Question(
                    WORK_TYPE, _("Which work type is it?"), choices, help=_("The file has no column for it.")
                )
            )
        if not present & {"date", "week", "until"}:
            first, last = period_in(headed.preamble)
            questions += [
                Question(
                    FIRST_DAY,
                    _("First day of the period"),
                    (),
                    first,
                    _("The file has no column with dates."),
                ),
                Question(LAST_DAY, _("Last day of the period"), (), last),
            ]
    return questions


_METHODS = (
    ("code_over_code", _("codes: correct codes of the auditor’s codes")),
    ("case", _("records: records without any error")),
    ("drg", _("DRGs")),
    ("apc", _("APCs")),
    ("coder_denominator", _("errors of the coder’s own codes")),
    ("weighted", _("weighted points")),
)


def _needs_method(present: set[str]) -> bool:
    if present & {"codes_correct", "errors"}:
        return True
    counted = {"records_correct", "records_wrong", "drg_correct"}
    return bool(present & {"accuracy", "final"}) and not present & counted


def _texts(kind: Kind, assigned, body: Body, holds: Holds):
    at = [one.column.index for one in assigned if one.key and kind.field(one.key).holds == holds]
    for row in body.rows:
        for i in at:
            if i < len(row.cells) and row.cells[i]:
                yield row.cells[i]


def period_in(preamble: list[list[str]]) -> tuple[str, str]:
    """The first and last day that a title names ("Date Range: 12/02/24 - 12/11/24"), empty where none does."""
    for cells in preamble:
        for cell in filter(None, cells):
            text = cell.rpartition(": ")[2]
            try:
                order = values.order_of([text]) or DateOrder.MONTH_FIRST
                first, last = values.period(text, order, dt.date(2099, 1, 1))
            except BadValueError:
                continue
            if first.year > 2050:
                continue
            return first.isoformat(), last.isoformat()
    return "", ""


def settings_of(opened: Opened, words: Vocabulary, answers: Mapping[str, str], today: dt.date) -> Settings:
    """How to read the rows, once every question is answered."""
    dates = _texts(opened.kind, opened.assigned, opened.body, Holds.PERIOD)
    order = values.order_of(dates) or DateOrder(answers.get(DATE_ORDER, DateOrder.MONTH_FIRST))
    period = None
    if answers.get(FIRST_DAY) and answers.get(LAST_DAY):
        period = dt.date.fromisoformat(answers[FIRST_DAY]), dt.date.fromisoformat(answers[LAST_DAY])
    return Settings(
        today=today,
        words=words,
        order=order,
        scale=Scale(answers.get(SCALE, Scale.PERCENT)),
        method=answers.get(METHOD, ""),
        work_type=answers.get(WORK_TYPE, ""),
        period=period,
    )
