"""The catalogue's names and their aliases, as they turn up in a line."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"[a-z0-9/&+']+")


@dataclass(frozen=True)
class Term:
    """A row of the catalogue under all its names: `value` is what the form's field takes."""

    field: str  # work_type, specialty, certification, bodies
    value: str
    names: tuple[str, ...]


def words_of(name: str) -> tuple[str, ...]:
    """A name as comparable words: "CPC-A" is cpc, a; "Clinic and professional E/M" is clinic, and, professional, e/m."""
    return tuple(_WORD.findall(name.casefold()))


class Vocabulary:
    """Finds the longest name that stands at a place of a line."""

    def __init__(self, terms: Iterable[Term]):
        self._terms: dict[tuple[str, ...], list[Term]] = {}
        for term in terms:
            for name in term.names:
                key = words_of(name)
                if key and term not in self._terms.setdefault(key, []):
                    self._terms[key].append(term)
        self._longest = max(map(len, self._terms), default=0)

    def find(self, words: list[str], at: int, fields: Iterable[str]) -> tuple[Term, int] | None:
        """The term whose name begins at word `at` and is the longest, of the first of `fields` that knows it; and its length."""
        for length in range(min(self._longest, len(words) - at), 0, -1):
            # A word of the line such as "cpc-a" may be several of a name.
            parts = [words_of(word) for word in words[at : at + length]]
            if not all(parts):
                continue
            key = tuple(part for some in parts for part in some)
            for field in fields:
                for term in self._terms.get(key, ()):
                    if term.field == field:
                        return term, length
        return None
