"""An audit chart by chart as people type it: a line a chart, "12/13" for 12 of 13 codes correct. Pure.

A chart has no name here, only its place in the list: whatever else stands in a line is refused, and never repeated.
"""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_LINE = re.compile(r"(\d{1,3})\s*(?:/|of)\s*(\d{1,3})")


def charts_from(text: str) -> list[list[int]]:
    """Pairs of correct and reviewed; several may stand in a line, parted by commas. Raise ValidationError by place."""
    pairs = [part.strip() for line in text.splitlines() for part in line.split(",") if part.strip()]
    charts = []
    for number, pair in enumerate(pairs, 1):
        found = _LINE.fullmatch(pair)
        if found is None:
            raise ValidationError(
                _(
                    "Chart %(number)s does not read like 12/13. Give only how many codes were correct of how many: "
                    "nothing that names a chart is kept here."
                )
                % {"number": number}
            )
        charts.append([int(found[1]), int(found[2])])
    return charts


def lines_of(charts: Iterable[tuple[int, int]] | None) -> str:
    """The same as text, a line a chart."""
    return "\n".join(f"{correct}/{reviewed}" for correct, reviewed in charts or ())
