"""How assignments stand: read in sets, a fixed number of queries for one student or a cohort of thousands."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from django.db.models import FilteredRelation, Q

from curriculum.conditions import Leaf, Rule
from curriculum.models import MilestoneVersion, ProgramVersion
from tracker.evaluation.students import kinds_behind, kinds_shared_by
from tracker.models import RECORD_KINDS, WaiverKind
from tracker.pace import Evidence, State, state_of

FIELDS = (
    "pk", "enrollment_id", "milestone_id", "milestone__name", "milestone__slug", "pinned_version_id", "activity_id",
    "activity__name", "required", "by_signoff", "due_on", "done_on", "signature__pk", "waiver__kind",
    "gap__milestone_version_id", "gap__status", "gap__value", "gap__contested",
)  # fmt: skip


class Line(NamedTuple):
    """One assignment of one student and how it stands. `slug` is the milestone's, empty for an activity."""

    pk: int
    enrollment: int
    milestone: int | None
    activity: int | None
    name: str
    slug: str
    required: bool
    by_signoff: bool
    due_on: dt.date | None
    done_on: dt.date | None
    version: int | None
    state: State
    share: float | None  # how much of a counted target is there, from 0; None where nothing is counted up

    @property
    def key(self) -> tuple[int | None, int | None]:
        return self.milestone, self.activity

    @property
    def is_open(self) -> bool:
        return not (self.state.done or self.state.waived)

    def overdue(self, day: dt.date) -> bool:
        """Whether the student is late with it. What waits for the instructor's word is not the student's to do."""
        return self.due_on is not None and self.due_on < day and self.is_open and not self.state.to_sign


def lines_of(
    assignments,
    day: dt.date,
    *,
    versions: Mapping[int, MilestoneVersion] = MappingProxyType({}),
    verdicts: Mapping[int, tuple] = MappingProxyType({}),
    shared: Mapping[int, set[str]] | None = None,
) -> dict[int, list[Line]]:
    """By enrollment, each assignment of a queryset and how it stands on a day for the program that gave it: judged by what
    is shared with that program. What is not says so, to the program and to anybody.

    Three queries, whatever the number; one where the `versions` that are asked and the kinds that are `shared` by
    enrollment are known. `verdicts` by assignment take the place of what is stored.
    """
    rows = list(_with_words(assignments, day).order_by("position", "pk").values_list(*FIELDS))
    if not rows:
        return {}
    if shared is None:
        shared = kinds_shared_by({row[1] for row in rows})
    judged = {row[0]: verdicts.get(row[0], row[-4:]) for row in rows}
    asked = {row[0]: judged[row[0]][0] or row[5] for row in rows}
    versions = _versions(set(asked.values()) - {None}, versions)
    rules = {pk: version.rule for pk, version in versions.items()}
    rest_on = {pk: kinds_behind(rule) for pk, rule in rules.items()}
    found, states = defaultdict(list), {}
    for (pk, enrollment, milestone, milestone_name, slug, _pinned, activity, activity_name, required, by_signoff,
         due, done, signature, waiver, *_stored) in rows:  # fmt: skip
        _version, status, value, contested = judged[pk]
        is_shared = rest_on.get(asked[pk], frozenset()) <= shared[enrollment]
        known = Evidence(
            milestone is None, by_signoff, done is not None, signature is not None,
            str(WaiverKind(waiver).label) if waiver else "", status, is_shared, bool(contested),
        )  # fmt: skip
        if known not in states:
            states[known] = state_of(known)
        found[enrollment].append(
            Line(
                pk, enrollment, milestone, activity, milestone_name or activity_name, slug or "", required, by_signoff,
                due, done, asked[pk], states[known], _share(rules.get(asked[pk]), value) if is_shared else None,
            )
        )  # fmt: skip
    return found


def _with_words(assignments, day: dt.date):
    """With the sign-off and the waiver that hold on a day."""
    still = Q(waivers__expires_on=None) | Q(waivers__expires_on__gte=day)
    return assignments.annotate(
        signature=FilteredRelation("sign_offs", condition=Q(sign_offs__withdrawn_at=None)),
        waiver=FilteredRelation("waivers", condition=Q(waivers__withdrawn_at=None) & still),
    )


def _versions(wanted: set[int], known: Mapping[int, MilestoneVersion]) -> dict[int, MilestoneVersion]:
    found = {pk: known[pk] for pk in wanted if pk in known}
    if missing := wanted - found.keys():
        found |= MilestoneVersion.objects.in_bulk(missing)
    return found


def _share(rule: Rule | None, value: float | None) -> float | None:
    """Of what is counted up to a target (cases, hours), how much is there."""
    needs = rule and rule.needs
    counted = isinstance(needs, Leaf) and needs.comparator == ">=" and needs.unit not in ("", "percent")
    return (value or 0) / float(needs.target) if counted and needs.target > 0 else None


def kinds_of(version: MilestoneVersion) -> frozenset[str]:
    """The kinds of record that a version of a milestone looks at."""
    return kinds_behind(version.rule)


def kinds_needed(version: ProgramVersion) -> list[str]:
    """What a program must see to follow its students: the kinds that its milestones look at, in the order of all kinds."""
    items = version.items.filter(milestone__isnull=False).select_related("pinned_version")
    floating = [item.milestone_id for item in items if not item.pinned_version_id]
    newest = {
        v.milestone_id: v for v in MilestoneVersion.objects.filter(milestone__in=floating).order_by("no")
    }
    found: set[str] = set()
    for item in items:
        version_asked = item.pinned_version or newest.get(item.milestone_id)
        found |= kinds_of(version_asked) if version_asked else frozenset()
    return [kind for kind in RECORD_KINDS if kind in found]
