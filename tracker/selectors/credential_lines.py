"""What the page of all credentials shows, in lines: a credential held, a cycle, a credit, an event."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext_lazy

from curriculum import words
from curriculum.renewals import HIM_DOMAIN, LIVE, Rule
from tracker.models import ContinuingEducation, Credential, RenewalCycle
from tracker.renewals.states import State

from .apprentice import pending

STATE_WORDS = {
    State.PLANNED: gettext_lazy("planned"),
    State.ACTIVE: gettext_lazy("active"),
    State.EXPIRING: gettext_lazy("expiring"),
    State.IN_GRACE: gettext_lazy("in grace"),
    State.LAPSED: gettext_lazy("lapsed"),
    State.REINSTATED: gettext_lazy("reinstated"),
    State.REPLACED: gettext_lazy("replaced"),
    State.LEGACY: gettext_lazy("legacy"),
}
LAST_WEEKS = 60  # days before the end in which what is missing is said by the week
# What hours can be marked with, as a minimum says it.
QUALITY_WORDS = {LIVE: gettext_lazy("taken live"), HIM_DOMAIN: gettext_lazy("in the HIM domains")}
# The shapes that the site has for a status (components/status.html).
STATE_SHAPES = {
    State.PLANNED: "no_evidence", State.ACTIVE: "met", State.EXPIRING: "close", State.IN_GRACE: "lapsed",
    State.LAPSED: "lapsed", State.REINSTATED: "met", State.REPLACED: "not_applicable", State.LEGACY: "waived",
}  # fmt: skip


@dataclass(frozen=True)
class HeldLine:
    credential: Credential
    state: State
    joined_on: dt.date | None = None

    @property
    def is_apprentice(self) -> bool:
        return pending(self.credential)

    @property
    def word(self) -> str:
        return STATE_WORDS[self.state]

    @property
    def shape(self) -> str:
        return STATE_SHAPES[self.state]


@dataclass(frozen=True)
class Part:
    """A minimum within the total. Hours."""

    words: str
    have: Decimal
    asked: Decimal
    missing: Decimal

    @property
    def percent(self) -> int:
        return min(100, int(100 * self.have / self.asked)) if self.asked else 100


@dataclass(frozen=True)
class CreditLine:
    """One activity: where it counts, why, and where else it could. `options` are (value, words) of the coder's choices."""

    course: ContinuingEducation
    where: str
    because: str
    pinned: bool = False
    here: bool = True
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass
class CycleLine:
    """One open cycle. Figures are hours; `ahead` is earned less what is due by today, negative where behind."""

    row: RenewalCycle
    held: list[HeldLine]
    state: State
    days_left: int
    counts_hours: bool
    rule: Rule
    required: int = 0
    earned: Decimal = Decimal(0)
    due: int = 0
    further: Decimal = Decimal(0)
    lost: Decimal = Decimal(0)
    spare: Decimal = Decimal(0)
    parts: list[Part] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    changes_from: dt.date | None = None
    credits: list[CreditLine] = field(default_factory=list)
    left_out: list[CreditLine] = field(default_factory=list)

    @property
    def name(self) -> str:
        return words.joined([line.credential.certification.code for line in self.held])

    @property
    def shape(self) -> str:
        return STATE_SHAPES[self.state]

    @property
    def word(self) -> str:
        return STATE_WORDS[self.state]

    @property
    def percent(self) -> int:
        return min(100, int(100 * self.earned / self.required)) if self.required else 100

    @property
    def submit_from(self) -> dt.date | None:
        return self.rule.submit_from(self.row.ends_on) if self.counts_hours else None

    @property
    def further_count(self) -> int:
        """For the grammar: one hour is singular, one and a half are not."""
        return 1 if self.further == 1 else 2

    @property
    def ahead(self) -> Decimal:
        return self.earned - self.due

    @property
    def behind(self) -> Decimal:
        return max(Decimal(0), -self.ahead)

    @property
    def a_month(self) -> Decimal | None:
        """Hours a month from now on; None where nothing is missing or no time is left."""
        if not self.further or self.days_left <= 0:
            return None
        return max(Decimal("0.5"), (self.further * 30 / max(self.days_left, 30)).quantize(Decimal("0.5")))

    @property
    def a_week(self) -> Decimal | None:
        """Hours a week, where the end is too near to think in months."""
        if not self.further or not 0 < self.days_left < LAST_WEEKS:
            return None
        return max(Decimal("0.5"), (self.further * 7 / max(self.days_left, 7)).quantize(Decimal("0.1")))


@dataclass(frozen=True)
class Event:
    day: dt.date
    text: str
    past: bool
    anchor: str = ""


@dataclass(frozen=True)
class PastCycle:
    row: RenewalCycle
    name: str
    earned: Decimal
    break_until: dt.date | None = None


@dataclass
class Page:
    day: dt.date
    cycles: list[CycleLine]
    others: list[HeldLine]
    past: list[PastCycle]
    events: list[Event]
