"""The grammar of a line: which kind of record it is, and what each of its words says."""

import datetime as dt
import re
from dataclasses import dataclass, field

from .days import Period, read_day
from .vocabulary import Vocabulary

LONGEST = 300  # characters; what is longer is no line

_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?:h(?:ours?|rs?)?)?", re.ASCII)
_HOURS = re.compile(r"(\d{1,3}(?:\.\d{1,2})?|\.\d{1,2})h(?:ours?|rs?)?(?:([0-5]?\d)m?(?:in)?)?", re.ASCII)
_MINUTES = re.compile(r"(\d{1,4})m(?:in(?:s|utes?)?)?", re.ASCII)
_FRACTION = re.compile(r"(\d{1,6})/(\d{1,6})", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)%", re.ASCII)
_COUNT = re.compile(r"(\d{1,6})([a-z]*)", re.ASCII)
_DECIMAL = re.compile(r"\d{0,4}\.\d{1,2}", re.ASCII)
_HOUR_WORDS = {"h", "hr", "hrs", "hour", "hours"}
_MINUTE_WORDS = {"m", "min", "mins", "minutes"}
_CHART_WORDS = {"ch", "chart", "charts", "records", "record", "rec", "recs", "accounts", "visits", "encounters", "cases", "exams"}  # fmt: skip
_CODE_WORDS = {"codes", "code"}
_FILLERS = {"a", "an", "and", "at", "by", "for", "from", "i", "in", "of", "on", "the", "with", "coded", "logged", "earned", "correct",
            "reviewed", "sample", "auditor", "passed", "got", "review"}  # fmt: skip
AUDIT_WORDS, CE_WORDS = {"audit", "audited"}, {"ce", "ceu", "ceus"}
AGAIN = {"again", "same"}
# Whether the day of a credential has been or is to come, where no year says it.
DONE_WORDS = {"earned", "passed", "got", "since", "certified"}
PLAN_WORDS = {
    "exam",
    "plan",
    "planned",
    "planning",
    "test",
    "sit",
    "sitting",
    "scheduled",
    "booked",
    "take",
    "taking",
}
SOON = (
    60  # days: a day that comes so soon is an exam that is booked, rather than one passed nearly a year ago
)
BASIS = {"random": "random", "targeted": "targeted", "focused": "targeted", "focus": "targeted"}
AUDITORS = {"internal": "internal", "external": "external", "instructor": "instructor", "self": "self"}
UNTIL = {"until", "till", "expires", "exp", "valid", "thru", "through"}
GROUPS = {"drg": "drg", "drgs": "drg", "apc": "apc", "apcs": "apc"}
# Which names of the catalogue count in a line of each kind; the first field that knows a name takes it.
FIELDS = {
    "volume": ("work_type", "specialty"),
    "audit": ("work_type", "specialty"),
    "credential": ("certification",),
    "continuing-education": ("bodies",),
}


@dataclass
class Understood:
    """`kind` is empty where the line could not be told; `data` is the form's, `unknown` what stands for nothing."""

    kind: str = ""
    data: dict[str, str | list[str]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    again: bool = False
    guessed: str = ""  # planned_on or earned_on, where neither a year nor a word said which


def understand(text: str, vocabulary: Vocabulary, today: dt.date) -> Understood:
    """Never raises, whatever the text. Dates that are not said are today's, but for a credential's."""
    words = [word.strip(",;()!?") for word in text[:LONGEST].split()]
    words = [word.rstrip(".") for word in words if word.rstrip(".")]
    small = [word.casefold() for word in words]
    if AGAIN & set(small) and not any(ch.isdigit() for ch in "".join(small)):
        return Understood(kind="volume", again=True)
    kind = _kind(small, vocabulary)
    if not kind:
        return Understood(unknown=words)
    reader = _Reader(kind, words, small, vocabulary, today)
    reader.read()
    return Understood(kind, reader.data(), reader.unknown, guessed=reader.guessed)


def _kind(small: list[str], vocabulary: Vocabulary) -> str:
    if small and small[0] in CE_WORDS:
        return "continuing-education"
    takes_time = any(_CLOCK.fullmatch(w) or _HOURS.fullmatch(w) or w in _HOUR_WORDS for w in small)
    if AUDIT_WORDS & set(small) and not takes_time:
        return "audit"
    places = range(len(small))
    if not takes_time and any(vocabulary.find(small, at, FIELDS["credential"]) for at in places):
        return "credential"
    counts = any(_COUNT.fullmatch(word) for word in small)
    named = any(vocabulary.find(small, at, FIELDS["volume"]) for at in places)
    return "volume" if takes_time or (counts and (named or _CHART_WORDS & set(small))) else ""


class _Reader:
    """Goes through the words once; each reader takes as many as it understands, the first that does wins."""

    def __init__(self, kind, words, small, vocabulary, today):
        self.kind, self.words, self.small = kind, words, small
        self.vocabulary, self.today = vocabulary, today
        self.days: list[Period] = []
        self.until: dt.date | None = None
        self.minutes: int | None = None
        self.charts: int | None = None
        self.numbers: list[str] = []
        self.given: dict[str, str | list[str]] = {}
        self.title: list[str] = []
        self.unknown: list[str] = []
        self.guessed = ""

    def read(self) -> None:
        at = 0
        readers = (self._until, self._day, self._time, self._group, self._fraction, self._percent, self._count, self._keyword, self._term)  # fmt: skip
        while at < len(self.small):
            took = next((n for reader in readers if (n := reader(at))), 0)
            if not took:
                self._left_over(at)
            at += took or 1

    def _left_over(self, at: int) -> None:
        if self.kind == "continuing-education":
            self.title.append(self.words[at])
        elif self.small[at] not in _FILLERS | _CHART_WORDS | AGAIN | (
            DONE_WORDS | PLAN_WORDS if self.kind == "credential" else set()
        ):
            self.unknown.append(self.words[at])

    # --- What words may say; each returns how many it took ---

    def _day(self, at: int) -> int:
        found = read_day(self.small, at, self.today, slashes=self.kind != "audit")
        if not found or (self.kind == "continuing-education" and self.days):
            return 0
        self.days.append(self._past_or_coming(at, found[0]) if self.kind == "credential" else found[0])
        return found[1]

    def _past_or_coming(self, at: int, past: Period) -> Period:
        """A credential's day without a year may lie behind or ahead: the words say which, or else how soon it comes."""
        coming, _length = read_day(self.small, at, self.today, ahead=True) or (past, 0)
        if coming == past or self.small[at] in ("today", "yesterday"):
            return past
        if PLAN_WORDS & set(self.small):
            return coming
        if DONE_WORDS & set(self.small):
            return past
        soon = (coming[0] - self.today).days <= SOON
        self.guessed = "planned_on" if soon else "earned_on"
        return coming if soon else past

    def _until(self, at: int) -> int:
        if self.kind != "credential" or self.small[at] not in UNTIL:
            return 0
        skip = 2 if self.small[at + 1 : at + 2] and self.small[at + 1] in UNTIL else 1
        if at + skip < len(self.small) and (found := read_day(self.small, at + skip, self.today, ahead=True)):
            self.until = found[0][1]
            return skip + found[1]
        return 0

    def _time(self, at: int) -> int:
        if self.kind not in ("volume", "continuing-education") or self.minutes is not None:
            return 0
        word, following = self.small[at], self.small[at + 1] if at + 1 < len(self.small) else ""
        if clock := _CLOCK.fullmatch(word):
            self.minutes = int(clock[1]) * 60 + int(clock[2])
        elif hours := _HOURS.fullmatch(word):
            self.minutes = round(float(hours[1]) * 60) + int(hours[2] or 0)
            if not hours[2] and (rest := _MINUTES.fullmatch(following)):
                self.minutes += int(rest[1])
                return 2
        elif following in _HOUR_WORDS and (_DECIMAL.fullmatch(word) or (word.isascii() and word.isdigit())):
            self.minutes = round(float(word[:8]) * 60)
            return 2
        elif minutes := _MINUTES.fullmatch(word):
            self.minutes = int(minutes[1])
        elif following in _MINUTE_WORDS and word.isascii() and word.isdigit() and len(word) < 5:
            self.minutes = int(word)
            return 2
        else:
            return 0
        return 1

    def _group(self, at: int) -> int:
        """ "drg 28/30" """
        name = GROUPS.get(self.small[at])
        if self.kind != "audit" or not name or at + 1 >= len(self.small):
            return 0
        if found := _FRACTION.fullmatch(self.small[at + 1]):
            self._counts(name, found)
            return 2
        return 0

    def _fraction(self, at: int) -> int:
        found = _FRACTION.fullmatch(self.small[at])
        if self.kind != "audit" or not found or "codes_reviewed" in self.given:
            return 0
        self._counts("codes", found)
        return 2 if self.small[at + 1 : at + 2] and self.small[at + 1] in _CODE_WORDS else 1

    def _counts(self, name: str, found: re.Match) -> None:
        """Either way round: more cannot be correct than was reviewed."""
        low, high = sorted(map(int, found.groups()))
        self.given |= {f"{name}_correct": str(low), f"{name}_reviewed": str(high)}

    def _percent(self, at: int) -> int:
        found = _PERCENT.fullmatch(self.small[at])
        if self.kind != "audit" or not found:
            return 0
        self.given["points"] = found[1]
        return 1

    def _count(self, at: int) -> int:
        word, following = self.small[at], self.small[at + 1] if at + 1 < len(self.small) else ""
        if self.kind not in ("volume", "audit"):
            if self.kind == "continuing-education" and self.minutes is None and self._is_number(word):
                self.minutes = round(float(word) * 60)
                return 1
            return 0
        found = _COUNT.fullmatch(word)
        if (
            found
            and self.charts is None
            and (found[2] in _CHART_WORDS or (not found[2] and following in _CHART_WORDS))
        ):
            self.charts = int(found[1])
            return 1 if found[2] else 2
        if self._is_number(word) and len(self.numbers) < 2:
            self.numbers.append(word)
            return 1
        return 0

    @staticmethod
    def _is_number(word: str) -> bool:
        return bool(_DECIMAL.fullmatch(word)) or (word.isascii() and word.isdigit() and len(word) <= 6)

    def _term(self, at: int) -> int:
        free = [name for name in FIELDS[self.kind] if name not in self.given or name == "bodies"]
        found = self.vocabulary.find(self.small, at, free)
        if not found:
            return 0
        term, length = found
        if term.field == "bodies":
            self.given["bodies"] = sorted({*self.given.get("bodies", []), term.value})
        else:
            self.given[term.field] = term.value
        return length

    def _keyword(self, at: int) -> int:
        word = self.small[at]
        if self.kind == "audit" and word in AUDIT_WORDS:
            return 1
        if self.kind == "continuing-education" and word in CE_WORDS and not at:
            return 1
        for name, words in (("basis", BASIS), ("auditor", AUDITORS)):
            if self.kind == "audit" and word in words and name not in self.given:
                self.given[name] = words[word]
                return 1
        return 0

    # --- All of it, as the form's data ---

    def data(self) -> dict[str, str | list[str]]:
        first = min((period[0] for period in self.days), default=None)
        last = max((period[1] for period in self.days), default=None)
        make = {
            "volume": self._volume,
            "audit": self._audit,
            "credential": self._credential,
            "continuing-education": self._education,
        }
        return self.given | make[self.kind](first, last)

    def _volume(self, first, last):
        """Of two bare numbers the first is charts, the second hours: "32 ED 7.5"."""
        charts, minutes, numbers = self.charts, self.minutes, list(self.numbers)
        if charts is None and numbers and numbers[0].isdigit():
            charts = int(numbers.pop(0))
        if minutes is None and numbers:
            minutes = round(float(numbers.pop(0)) * 60)
        self.unknown += numbers
        data = {"starts_on": f"{first or self.today}", "ends_on": f"{last or self.today}"}
        if charts is not None:
            data["charts"] = str(charts)
        if minutes is not None:
            data["minutes"] = f"{minutes // 60}:{minutes % 60:02d}"
        return data

    def _audit(self, first, last):
        """ "audit 30 29" is 29 of 30 records; with codes (396/412) the one number is the records; "audit 29/30" is records."""
        numbers = [number for number in self.numbers if number.isdigit()]
        self.unknown += [number for number in self.numbers if not number.isdigit()]
        data = {"audited_on": f"{last or self.today}"}
        records = self.charts if self.charts is not None else int(numbers.pop(0)) if numbers else None
        if records is None and "codes_reviewed" in self.given:
            data["records_reviewed"] = self.given.pop("codes_reviewed")
            data["records_correct"] = self.given.pop("codes_correct")
        elif records is not None:
            data["records_reviewed"] = str(records)
            if numbers:
                low, high = sorted((records, int(numbers.pop(0))))
                data |= {"records_reviewed": str(high), "records_correct": str(low)}
        self.unknown += numbers
        return data | {name: self.given.get(name, default) for name, default in (("basis", "unmarked"), ("auditor", "internal"))}  # fmt: skip

    def _credential(self, first, last):
        data = {}
        if first is not None:
            data["planned_on" if first > self.today else "earned_on"] = f"{first}"
        until = self.until or (last if last != first else None)
        return data | ({"expires_on": f"{until}"} if until else {})

    def _education(self, first, last):
        data = {"completed_on": f"{last or self.today}", "title": " ".join(self.title)[:160]}
        if self.minutes is not None:
            data["hours"] = f"{self.minutes / 60:.2f}".rstrip("0").rstrip(".")
        return data
