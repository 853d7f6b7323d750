"""What a gap tells beside its figures: what the minimum sample still misses, and the figures of each part of its rule."""

from collections.abc import Mapping

import numpy as np

from .compare import Verdict
from .kept import STATUSES

FIGURES = ("value", "lower", "upper", "numerator", "denominator", "sample", "design_effect")
DECIMALS = 6
_NAMES = [status.value for status in STATUSES]


def details(verdict: Verdict, index: np.ndarray) -> list[tuple[dict | None, list | None]]:
    """For each coder of `index`: by unit what is missing, and the parts; None where there is nothing to tell."""
    lacking = _lacking(verdict.lacking, index)
    parts = zip(*(_parts(part, index) for part in verdict.parts), strict=True)
    if not verdict.parts:
        return [(missing or None, None) for missing in lacking]
    return [(missing or None, list(some)) for missing, some in zip(lacking, parts, strict=True)]


def _lacking(counts: Mapping[str, np.ndarray], index: np.ndarray) -> list[dict]:
    rows: list[dict] = [{} for _ in index]
    for unit, missing in counts.items():
        for row, n in zip(rows, missing[index].tolist(), strict=True):
            if n > 0:
                row[unit] = int(n)
    return rows


def _parts(verdict: Verdict, index: np.ndarray) -> list[dict]:
    """One part of a rule for each coder. What there is nothing to say of is left out."""
    rows: list[dict] = [{"status": _NAMES[code]} for code in verdict.status[index].tolist()]
    for name in FIGURES:
        for row, figure in zip(rows, np.round(getattr(verdict, name)[index], DECIMALS).tolist(), strict=True):
            if figure == figure:  # NaN alone differs from itself
                row[name] = figure
    for place in np.flatnonzero(verdict.contested[index]).tolist():
        rows[place]["contested"] = True
    for row, (missing, parts) in zip(rows, details(verdict, index), strict=True):
        if parts:
            row["parts"] = parts
        if missing:
            row["lacking"] = missing
    return rows
