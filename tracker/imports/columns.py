"""What each column of a file is: remembered, told, or recognised by its name."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .fields import Field, Holds, Kind, Vocabulary
from .headers import Column
from .text import normal

LEFT_OUT = ""
_ERRORS = re.compile(r"(?!.*\b(?:mcc|cc|rate|drg|%)(?:\s|$)).*\b(?:errors?|err)")


@dataclass(frozen=True)
class Assigned:
    """`key` is a field's, with "@work-type" where the column is of one work type; LEFT_OUT; None where nobody knows."""

    column: Column
    key: str | None


class Names:
    """The names that a kind knows."""

    def __init__(self, kind: Kind, words: Vocabulary):
        self.kind, self.words = kind, words
        self._rank: dict[str, tuple[str, int]] = {}
        for one in kind.fields:
            for rank, alias in enumerate(one.aliases):
                self._rank.setdefault(alias, (one.key, rank))
        self._left_out = {normal(name) for name in kind.leaves_out}

    def knows(self, name: str) -> bool:
        return name in self._left_out or self.find(name) is not None

    def find(self, name: str) -> tuple[str, int] | None:
        """Field key and how good an alias it is (0 the best)."""
        if found := self._rank.get(name):
            return found
        return self._of_work_type(name) or self._errors(name)

    def is_left_out(self, name: str) -> bool:
        return name in self._left_out

    def _of_work_type(self, name: str) -> tuple[str, int] | None:
        """ "ip charts": a work type, then a field that may come once for each."""
        tokens = name.split()
        for cut in range(1, len(tokens)):
            work_type = self.words.find("work_type", " ".join(tokens[:cut]))
            found = self._rank.get(" ".join(tokens[cut:]))
            if work_type and found and self._may_be_of_work_type(found[0]):
                return f"{found[0]}@{work_type}", found[1]
        return None

    def _may_be_of_work_type(self, key: str) -> bool:
        one = self.kind.field(key)
        return one is not None and one.by_work_type

    def _errors(self, name: str) -> tuple[str, int] | None:
        """ "dx errors", "modifier err": any kind of error is counted among the errors. MCC and CC errors are diagnosis errors, too."""
        if self.kind.field("errors") and _ERRORS.fullmatch(name):
            return "errors", 99
        return None


def assign(columns: Iterable[Column], names: Names, told: Mapping[str, str] | None = None) -> list[Assigned]:
    """What each column is. `told` is field keys by normalised header (or full name), as somebody said, and goes before any guess."""
    told = told or {}
    found: list[tuple[Column, str | None, int]] = []
    for column in columns:
        if not column.header:
            found.append((column, LEFT_OUT, 0))
            continue
        key, rank = _one(column, names, told)
        found.append((column, key, rank))
    return _without_doubles(found, names.kind)


def _one(column: Column, names: Names, told: Mapping[str, str]) -> tuple[str | None, int]:
    for name in (column.full_name, column.name):
        if name in told:
            return told[name], -1
    both = names.find(column.full_name) if column.group else None
    if both and "@" in both[0]:
        return both
    if alone := names.find(column.name):
        return alone
    if both:
        return both
    return (
        (LEFT_OUT, 0) if names.is_left_out(column.name) or names.is_left_out(column.full_name) else (None, 0)
    )


def _without_doubles(found, kind: Kind) -> list[Assigned]:
    """Of several columns that could be the same, the likeliest name wins; of equals, the first."""
    best: dict[str, tuple[int, int]] = {}
    for column, key, rank in found:
        if key:
            best[key] = min(best.get(key, (999, 999)), (rank, column.index))
    wide = {key.partition("@")[0] for key in best if "@" in key}
    result = []
    for column, key, rank in found:
        one = kind.field(key) if key else None
        if one and not one.many and best[key] != (rank, column.index):
            key = LEFT_OUT
        elif one and one.by_work_type and wide and "@" not in key:
            key = LEFT_OUT  # a sum over the work types
        result.append(Assigned(column, key))
    return _without_parts(result, found, kind)


def _without_parts(result: list[Assigned], found, kind: Kind) -> list[Assigned]:
    """ "Total errors" is the sum of the other error columns: where it is given, they are left out."""
    whole: dict[str, int] = {}
    for one in kind.fields:
        totals = [
            (rank, column.index) for column, key, rank in found if key == one.key and 0 <= rank < one.totals
        ]
        if one.many and totals:
            whole[one.key] = min(totals)[1]
    return [
        Assigned(a.column, LEFT_OUT) if a.key in whole and a.column.index != whole[a.key] else a
        for a in result
    ]


def choices(kind: Kind) -> list[tuple[str, str]]:
    """What a column can be said to be."""
    return [(one.key, one.label) for one in kind.fields]


def holds(kind: Kind, key: str | None) -> Holds | None:
    one: Field | None = kind.field(key) if key else None
    return one.holds if one else None
