"""The language in which a kind of import declares its columns, and the words of the catalogue that cells are compared with."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from .text import normal

_normal = lru_cache(4096)(normal)  # the same few words stand in every row


class Holds(StrEnum):
    """What a column's cells are. It decides how they are read, and which patterns of patient data they are checked for."""

    WHO = "who"
    PERIOD = "period"
    COUNT = "count"
    HOURS = "hours"
    MINUTES = "minutes"
    NUMBER = "number"
    PERCENT = "percent"
    WORD = "word"  # one of the catalogue's or the kind's own words
    TEXT = "text"
    OWN_NUMBER = (
        "own_number"  # of a credential or a certificate, or an e-mail address: the coder's, never a patient's
    )


@dataclass(frozen=True)
class Field:
    """What a column can be. `aliases` are normalised headers, the likeliest first.

    `fills`: an empty cell repeats the one above. `many`: several columns may be it, and add up, unless one of the first `totals`
    aliases names their sum. `words` names the vocabulary of a WORD.
    """

    key: str
    label: str
    holds: Holds
    aliases: tuple[str, ...]
    fills: bool = False
    many: bool = False
    totals: int = 1
    words: str = ""
    by_work_type: bool = False  # may come once for each work type: "IP Charts"


@dataclass(frozen=True)
class Vocabulary:
    """Normalised words to slugs, by vocabulary: work types, specialties, certifications, bodies."""

    words: Mapping[str, Mapping[str, str]]

    def find(self, vocabulary: str, text: str) -> str | None:
        """The slug; empty where somebody said that it is none; None where nobody knows the word."""
        known = self.words.get(vocabulary, {})
        bare = _normal(text)
        return known.get(bare, known.get(bare.replace(" ", "")))


def vocabulary(**rows: Iterable[tuple[str, Iterable[str]]]) -> Vocabulary:
    """Out of (slug, names) by vocabulary. The first to claim a name has it."""
    words: dict[str, dict[str, str]] = {}
    for name, entries in rows.items():
        found = words.setdefault(name, {})
        for slug, names in entries:
            for one in (slug, *names):
                found.setdefault(normal(one), slug)
    return Vocabulary(words)


@dataclass(frozen=True)
class Question:
    """What a file leaves open, and whoever imports it answers once: `choices` are (value, label)."""

    key: str
    label: str
    choices: tuple[tuple[str, str], ...]
    suggested: str = ""
    help: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of import: the columns it takes, those it knows and leaves out, what must be there, and what a row says."""

    slug: str
    label: str
    what: str
    record: str  # the kind of record that it makes; empty for a roster
    fields: tuple[Field, ...]
    leaves_out: tuple[str, ...]  # known headers that are neither needed nor harmful
    missing: Callable[[set[str]], list[str]] = field(repr=False)
    interpret: Callable = field(repr=False)
    questions: Callable = field(repr=False, default=lambda table: [])
    adds_up: tuple[str, ...] = ()  # counted fields whose totals in the file are compared with the rows
    repeats_count: bool = True  # whether two rows that are the same word for word are two pieces of work

    def field(self, key: str) -> Field | None:
        bare = key.partition("@")[0]
        return next((one for one in self.fields if one.key == bare), None)
