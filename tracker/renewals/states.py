"""What a credential or a cycle is on a day. Never stored: it comes out of dates."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

# A credential that ends within so many days is "expiring": the first rung of the reminders (fixtures/reminder_ladders.json).
EXPIRING_DAYS = 90


class State(StrEnum):
    PLANNED = "planned"
    ACTIVE = "active"
    EXPIRING = "expiring"
    IN_GRACE = "in_grace"
    LAPSED = "lapsed"
    REINSTATED = "reinstated"
    REPLACED = "replaced"
    LEGACY = "legacy"


@dataclass(frozen=True)
class Facts:
    """What tells a credential's state. `grace_days` and `reinstated` come from its body's rule and its cycle."""

    earned_on: dt.date | None
    expires_on: dt.date | None
    is_legacy: bool = False
    is_replaced: bool = False
    grace_days: int = 0
    reinstated: bool = False


def state_on(facts: Facts, day: dt.date) -> State:
    if facts.earned_on is None or facts.earned_on > day:
        return State.PLANNED
    ended = facts.expires_on is not None and facts.expires_on < day
    if facts.is_replaced:
        return State.REPLACED
    if facts.is_legacy and (ended or facts.expires_on is None):
        return State.LEGACY
    if ended:
        in_grace = day <= facts.expires_on + dt.timedelta(days=facts.grace_days)
        return State.IN_GRACE if in_grace else State.LAPSED
    if facts.expires_on is not None and (facts.expires_on - day).days <= EXPIRING_DAYS:
        return State.EXPIRING
    return State.REINSTATED if facts.reinstated else State.ACTIVE
