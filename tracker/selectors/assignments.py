"""How assignments stand: read in sets, a fixed number of queries for one student or a cohort of thousands."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from django.db.models import FilteredRelation, Q

from curriculum.conditions import Leaf, Rule, leaves
from curriculum.models import MilestoneVersion, ProgramVersion
from tracker.measures import get_measure
from tracker.models import RECORD_KINDS, Gap, Record, Share, WaiverKind
from tracker.pace import Evidence, State, state_of

FIELDS = (
    "pk", "enrollment_id", "enrollment__coder_id", "milestone_id", "milestone__name", "milestone__slug",
    "pinned_version_id", "activity_id", "activity__name", "required", "by_signoff", "due_on", "done_on", "signature__pk",
    "waiver__kind",
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
    gaps: Iterable[Gap] | None = None,
    shared: Mapping[int, set[str]] | None = None,
) -> dict[int, list[Line]]:
    """By enrollment, each assignment of a queryset and how it stands on a day. Four queries, whatever the number; one
    where the coder's `gaps` are given with their versions, and the kinds that are `shared` by enrollment.

    What rests on records that are not shared with the program is not told, to the program or to anybody.
    """
    rows = list(_with_words(assignments, day).order_by("position", "pk").values_list(*FIELDS))
    if not rows:
        return {}
    if shared is None:
        shared = _shared({row[1] for row in rows})
    statuses, newest = _gaps(assignments) if gaps is None else _of_given(gaps)
    pinned_ones = {row[6] for row in rows} - {None}
    versions = _versions({*pinned_ones, *newest.values()}, gaps)
    needed = {pk: kinds_of(stored) for pk, stored in versions.items()}
    found = defaultdict(list)
    for (pk, enrollment, coder, milestone, milestone_name, slug, pinned, activity, activity_name, required, by_signoff,
         due, done, signature, waiver) in rows:  # fmt: skip
        version = pinned or newest.get(milestone)
        status, value = statuses.get((coder, version), (None, None))
        is_shared = needed.get(version, frozenset()) <= shared.get(enrollment, set())
        known = Evidence(
            is_activity=milestone is None,
            by_signoff=by_signoff,
            done=done is not None,
            signed=signature is not None,
            waived=str(WaiverKind(waiver).label) if waiver else "",
            gap=status,
            shared=is_shared,
        )
        found[enrollment].append(
            Line(
                pk, enrollment, milestone, activity, milestone_name or activity_name, slug or "", required, by_signoff,
                due, done, version, state_of(known), _share(versions.get(version), value) if is_shared else None,
            )
        )  # fmt: skip
    return found


def _shared(enrollments: set[int]) -> dict[int, set[str]]:
    shared = defaultdict(set)
    of_these = Share.objects.open().filter(enrollment__in=enrollments)
    for enrollment, kind in of_these.values_list("enrollment_id", "kind"):
        shared[enrollment].add(kind)
    return shared


def _with_words(assignments, day: dt.date):
    """With the sign-off and the waiver that hold on a day."""
    still = Q(waivers__expires_on=None) | Q(waivers__expires_on__gte=day)
    return assignments.annotate(
        signature=FilteredRelation("sign_offs", condition=Q(sign_offs__withdrawn_at=None)),
        waiver=FilteredRelation("waivers", condition=Q(waivers__withdrawn_at=None) & still),
    )


def _gaps(assignments) -> tuple[dict[tuple[int, int], tuple], dict[int, int]]:
    """Statuses by coder and version; and the newest version of each milestone that anybody here is held against."""
    asked = assignments.filter(milestone__isnull=False).order_by()
    rows = Gap.objects.filter(
        coder__in=asked.values("enrollment__coder"), milestone_version__milestone__in=asked.values("milestone")
    ).values_list("coder_id", "milestone_version_id", "milestone_version__milestone_id", "milestone_version__no", "status", "value")  # fmt: skip
    return _newest(rows)


def _of_given(gaps: Iterable[Gap]):
    return _newest(
        (
            gap.coder_id,
            gap.milestone_version_id,
            gap.milestone_version.milestone_id,
            gap.milestone_version.no,
            gap.status,
            gap.value,
        )
        for gap in gaps
    )


def _newest(rows) -> tuple[dict[tuple[int, int], tuple], dict[int, int]]:
    statuses, newest = {}, {}
    for coder, version, milestone, no, status, value in rows:
        statuses[coder, version] = status, value
        if milestone not in newest or newest[milestone][0] < no:
            newest[milestone] = (no, version)
    return statuses, {milestone: version for milestone, (_no, version) in newest.items()}


def _versions(wanted: set[int], gaps: Iterable[Gap] | None) -> dict[int, MilestoneVersion]:
    known = {gap.milestone_version_id: gap.milestone_version for gap in gaps or ()}
    if missing := wanted - known.keys():
        known |= MilestoneVersion.objects.in_bulk(missing)
    return {pk: known[pk] for pk in wanted}


def _share(version: MilestoneVersion | None, value: float | None) -> float | None:
    """Of what is counted up to a target (cases, hours), how much is there."""
    needs = version.rule.needs if version else None
    counted = isinstance(needs, Leaf) and needs.comparator == ">=" and needs.unit not in ("", "percent")
    return (value or 0) / float(needs.target) if counted and needs.target > 0 else None


def kinds_of(version: MilestoneVersion) -> frozenset[str]:
    """The kinds of record that a version of a milestone looks at."""
    return _kinds_of(version.rule)


@lru_cache(maxsize=1024)
def _kinds_of(rule: Rule) -> frozenset[str]:
    found = set()
    for leaf in leaves(rule.needs):
        measure = get_measure(leaf.measure)
        if measure.kind in RECORD_KINDS:
            found.add(measure.kind)
        day = dt.date(2000, 1, 1)  # which columns there are does not hang on the day
        columns = measure.columns(leaf, day, attested=False)
        for source in {*measure.sources(leaf), *(column.source for column in columns)}:
            if (model := record_model(source)) is not None:
                found.add(model.KIND)
    return frozenset(found)


def record_model(source) -> type[Record] | None:
    """The kind of record that a measure's source reads, perhaps by way of rows of a finer grain."""
    model = source.model
    for name in filter(None, source.record.split("__")) if source.is_record else ():
        model = model._meta.get_field(name).related_model
    return model if isinstance(model, type) and issubclass(model, Record) else None


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
