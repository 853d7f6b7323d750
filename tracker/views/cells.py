"""Cells of a board: a shape and a word. Prepared here, for a template would take longer for them than for all else."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tracker.selectors.assignments import Line


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` is what a file says where the page shows `html`."""

    text: str
    html: SafeString


def cell_of(line: Line | None, day: dt.date) -> Cell:
    if line is None:
        return _cell("", "", False, get_language())
    return _cell(line.state.status, line.state.label, line.overdue(day), get_language())


def cells_of(lines: Iterable[Line | None], day: dt.date) -> SafeString:
    """A row of cells, as one piece of HTML."""
    return mark_safe("".join(cell_of(line, day).html for line in lines))  # noqa: S308  each is safe


@lru_cache(maxsize=256)
def _cell(status: str, label: str, overdue: bool, _language: str) -> Cell:
    if not status:
        words = _("not asked")
        return Cell(
            words, format_html('<td class="cell"><span class="visually-hidden">{}</span></td>', words)
        )
    words = _("%(label)s, overdue") % {"label": label} if overdue else label
    return Cell(
        words,
        format_html(
            '<td class="cell{}"><span class="status status-{}" title="{}"><svg width="16" height="16" aria-hidden="true">'
            '<use href="#cell-{}"/></svg><span class="cell-word">{}</span></span></td>',
            " overdue" if overdue else "", status, words, status, _("overdue") if overdue else label,
        ),
    )  # fmt: skip
