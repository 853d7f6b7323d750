"""A coder's renewal cycles with what counts in them: read once, in a fixed number of queries, for pages, API, mail and packs."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from curriculum.models import CertificationStatus
from curriculum.renewal_rules import every_version, newest_of
from curriculum.renewals import HUNDREDTHS, Rule, Span, in_force
from tracker.models import (
    Coder,
    ContinuingEducation,
    Credential,
    CreditPin,
    CycleCredential,
    OpenedFrom,
    RenewalCycle,
)
from tracker.renewals import hours
from tracker.renewals.allocation import Allocation, Pin, allocate
from tracker.renewals.hours import Activity, Cycle, course_key
from tracker.renewals.states import Facts, State, state_on

ONE_DAY = dt.timedelta(days=1)


def cycles_open_to(coder: Coder):
    return RenewalCycle.objects.filter(coder=coder, closed_as="")


def allocation_for(coder: Coder, rows: Sequence[RenewalCycle]) -> Allocation:
    """What counts where among some cycles of one body."""
    ledger = Ledger(coder)
    cycles = [ledger.cycle(ledger.rows[row.pk]) for row in rows]
    return allocate(cycles, ledger.activities(rows[0].body_id), ledger.pins_of(rows[0].body_id, rows))


class Ledger:
    """All credentials, cycles and hours of one coder, as of a day."""

    def __init__(self, coder: Coder, day: dt.date | None = None):
        self.coder, self.day = coder, day or coder.today()
        cycles = RenewalCycle.objects.filter(coder=coder).select_related(
            "body", "certification", "rule__rule"
        )
        self.rows: dict[int, RenewalCycle] = {row.pk: row for row in cycles.order_by("starts_on")}
        self.members: dict[int, list[CycleCredential]] = defaultdict(list)
        members = CycleCredential.objects.filter(
            cycle__in=list(self.rows), credential__removed_at=None, credential__counted=True
        )
        members = members.select_related("credential__certification__apprentice_of")
        for member in members.order_by("joined_on", "credential__certification__position"):
            self.members[member.cycle_id].append(member)
        credentials = Credential.objects.counted().filter(coder=coder)
        self.credentials = list(
            credentials.select_related("certification__body", "certification__apprentice_of")
        )
        for credential in self.credentials:
            credential.coder = coder
        self.rules: dict[str, list[Rule]] = defaultdict(list)
        versions = every_version()
        self.versions = {rule.pk: rule for rule in versions}
        for rule in newest_of(versions):
            self.rules[rule.body].append(rule)

    def open(self) -> list[RenewalCycle]:
        """Cycles that nobody renewed yet, with a credential in them that is there still; the first to end first."""
        rows = [row for row in self.rows.values() if row.is_open and self.members[row.pk]]
        return sorted(rows, key=lambda row: row.ends_on)

    def closed(self) -> list[RenewalCycle]:
        return [row for row in self.rows.values() if not row.is_open and self.members[row.pk]]

    def before(self, row: RenewalCycle) -> RenewalCycle | None:
        """The cycle before, where there is one."""
        earlier = [
            other
            for other in self.rows.values()
            if (other.body_id, other.certification_id) == (row.body_id, row.certification_id)
            and other.ends_on < row.starts_on
        ]
        return earlier[-1] if earlier else None

    def rule(self, row: RenewalCycle) -> Rule:
        """The version that binds a cycle."""
        return self.versions[row.rule_id]

    def joined(self, row: RenewalCycle) -> dict[str, dt.date]:
        """Since when each certification is in a cycle; an apprentice form counts as the full one."""
        joined: dict[str, dt.date] = {}
        for member in self.members[row.pk]:
            certification = member.credential.certification
            slug = (certification.apprentice_of or certification).slug
            joined[slug] = min(member.joined_on, joined.get(slug, member.joined_on))
        return joined

    def cycle(self, row: RenewalCycle) -> Cycle:
        before = self.before(row) if row.opened_from == OpenedFrom.RENEWAL else None
        span = Span(row.starts_on, row.ends_on, self.joined(row))
        return Cycle(row.pk, self.rule(row), span, follows=before.ends_on if before else None)

    def next_cycle(self, row: RenewalCycle) -> Cycle:
        """The one that a renewal would open, under the rule that is in force then. Its key is the row's, negative."""
        first = row.ends_on + ONE_DAY
        rule = in_force(self.rules[row.body.slug], first) or self.rule(row)
        span = Span(first, rule.last_day(first), dict.fromkeys(self.joined(row), first))
        return Cycle(-row.pk, rule, span, follows=row.ends_on)

    @cached_property
    def courses(self) -> dict[int, ContinuingEducation]:
        rows = ContinuingEducation.objects.counted().filter(coder=self.coder)
        rows = rows.select_related("sponsor_kind").prefetch_related("bodies", "subjects")
        return {row.pk: row for row in rows.order_by("completed_on", "pk")}

    @cached_property
    def pins(self) -> dict[int, dict[int, CreditPin]]:
        """By body, then by activity."""
        found: dict[int, dict[int, CreditPin]] = defaultdict(dict)
        for row in CreditPin.objects.filter(activity__coder=self.coder).select_related("subject"):
            found[row.body_id][row.activity_id] = row
        return found

    def pins_of(self, body_id: int, rows: Sequence[RenewalCycle]) -> list[Pin]:
        """Subjects of the coder's own pins; what the site pinned at a renewal says the cycle alone."""
        return [
            Pin(
                row.activity_id,
                row.cycle_id,
                (row.subject.slug if row.subject else "") if row.by_coder else None,
            )
            for row in self.pins[body_id].values()
            if row.cycle_id in {cycle.pk for cycle in rows}
        ]

    def activities(self, body_id: int) -> list[Activity]:
        return [
            Activity(
                key=row.pk,
                day=row.completed_on,
                hundredths=int(row.hours * HUNDREDTHS),
                course=course_key(row.index_number, row.title, row.provider),
                sponsor=row.sponsor_kind.slug if row.sponsor_kind else "",
                subjects=frozenset(subject.slug for subject in row.subjects.all()),
                qualities=row.qualities,
            )
            for row in self.courses.values()
            if row.completed_on <= self.day and any(body.pk == body_id for body in row.bodies.all())
        ]

    def _free(self, body_id: int, rows: Sequence[RenewalCycle]) -> list[Activity]:
        """Activities that are not spent in a closed cycle: what lies in one counted there, unless it is pinned elsewhere."""
        keys, closed = {row.pk for row in rows}, [r for r in self.closed() if r.body_id == body_id]
        pins = self.pins[body_id]

        def is_free(activity: Activity) -> bool:
            if activity.key in pins:
                return pins[activity.key].cycle_id in keys
            return not any(row.starts_on <= activity.day <= row.ends_on for row in closed)

        return [activity for activity in self.activities(body_id) if is_free(activity)]

    def allocation(self, body_id: int) -> Allocation:
        """What counts where in the open cycles of a body, the renewal month's choice included where it is due."""
        rows = [row for row in self.open() if row.body_id == body_id]
        cycles = [self.cycle(row) for row in rows]
        for row, cycle in zip(rows, list(cycles), strict=True):
            if cycle.rule.params.get("renewal_month") and self.day >= row.ends_on.replace(day=1):
                cycles.append(self.next_cycle(row))
        return allocate(cycles, self._free(body_id, rows), self.pins_of(body_id, rows))

    def allocation_within(self, row: RenewalCycle) -> Allocation:
        """What counts where in one cycle, a closed one too: then what lies in it, and what is pinned to it."""
        if row.is_open:
            return self.allocation(row.body_id)
        pins = self.pins[row.body_id]
        mine = [
            activity
            for activity in self.activities(row.body_id)
            if (
                pins[activity.key].cycle_id == row.pk
                if activity.key in pins
                else row.starts_on <= activity.day <= row.ends_on
            )
        ]
        return allocate([self.cycle(row)], mine, self.pins_of(row.body_id, [row]))

    def earned(self, row: RenewalCycle) -> int:
        """Hundredths earned in a cycle by the day: the figure behind the pace, on every page and in the measure."""
        pins = {key: pin.cycle_id for key, pin in self.pins[row.body_id].items()}
        return hours.earned(self.cycle(row), self.activities(row.body_id), self.day, pins)

    @cached_property
    def _valid_slugs(self) -> set[str]:
        return {
            c.certification.slug
            for c in self.credentials
            if c.earned_on and c.earned_on <= self.day and (not c.expires_on or c.expires_on >= self.day)
        }

    def state(self, credential: Credential) -> State:
        certification = credential.certification
        rules = self.rules[certification.body.slug]
        rule = in_force(rules, credential.expires_on or self.day)
        row = next(
            (r for r in self.open() if credential.pk in {m.credential_id for m in self.members[r.pk]}), None
        )
        replaces = rule.replaces if rule else {}
        facts = Facts(
            credential.earned_on,
            credential.expires_on,
            is_legacy=certification.status == CertificationStatus.LEGACY,
            is_replaced=any(certification.slug in replaces.get(slug, ()) for slug in self._valid_slugs),
            grace_days=rule.grace_days if rule else 0,
            reinstated=row is not None and row.opened_from == OpenedFrom.REINSTATEMENT,
        )
        return state_on(facts, self.day)
