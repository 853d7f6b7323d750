"""How a gap came about, for pages and API: rule, conditions step by step, the records in it and those left out."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field, replace

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from curriculum.conditions import Leaf, Node, Rule, in_words, leaves
from curriculum.models import MilestoneVersion, WorkType
from curriculum.models.base import Origin
from tracker import wording
from tracker.evaluation.compare import MET, Verdict
from tracker.evaluation.context import load_context
from tracker.evaluation.members import kinds_shared, read_as_team, under, unseen
from tracker.evaluation.queries import record_model
from tracker.evaluation.reading import Readings, reader_of, readings_of
from tracker.evaluation.standards import TeamStandard, rule_under, standards_in_force
from tracker.explain.steps import Step, steps_of
from tracker.measures import get_measure
from tracker.measures.audits import METHOD_WORDS
from tracker.models import RECORD_KINDS, Coder, Gap, MemberGap, Membership, Record, Status
from tracker.permissions import shared_records

from .evidence import Door, own_door, records_read
from .records import with_lines
from .team_board import of_others


@dataclass(frozen=True)
class RuleFacts:
    """The rule that was applied, and where it comes from."""

    in_words: str
    version: int
    valid_from: dt.date
    source: str
    is_addition: bool
    confidence: str
    verified_on: dt.date | None
    applies_if: str
    applies: bool
    standard: str = ""  # what a team's standard changes in it


@dataclass(frozen=True)
class ConditionLines:
    """One condition: what it asks, by which method, in which window, and how its figure came about."""

    in_words: str
    method: str
    window: str
    is_met: bool
    steps: list[Step]


@dataclass(frozen=True)
class Noted:
    """A record with what a reader should know about its place in the figure."""

    record: Record
    note: str


@dataclass(frozen=True)
class Explanation:
    """`not_shared` names what a team cannot see and the verdict rests on: then there is nothing to work out."""

    milestone: str
    as_of: dt.date
    status: str
    status_label: str
    rule: RuleFacts
    together: str
    conditions: list[ConditionLines]
    records: list[Noted]
    left_out: list[Noted]
    not_shared: list[str] = field(default_factory=list)


def explain_gap(user, gap: Gap, as_of: dt.date) -> Explanation:
    """The gap of one of the user's own milestones as of a day. A number of queries that depends on the rule alone."""
    rule = gap.milestone_version.rule
    coder = Coder.objects.select_related("user", "track").get(pk=gap.coder_id)
    return _explained(gap, rule, readings_of(rule.leaves(), [coder], as_of), own_door(user))


def explain_member_gap(membership: Membership, gap: MemberGap, as_of: dt.date) -> Explanation:
    """The same of a gap under the team's standard, from what is shared with the team alone: for its managers, and for the
    member who wants to know what they see."""
    standard = standards_in_force([gap.standard_id], as_of)[gap.standard_id]
    context = under(load_context(as_of), standard)
    rule = rule_under(gap.milestone_version.rule, standard)
    data = read_as_team([membership], standard, context, set(rule.leaves()))
    told = _explained(
        gap,
        rule,
        Readings(data, reader_of(data)),
        lambda model: with_lines(shared_records(membership, model), and_proofs=True),
    )
    (shared,) = kinds_shared([membership])
    hidden = unseen(rule, shared) if gap.status == Status.NO_EVIDENCE else set()
    return replace(
        told,
        conditions=[] if hidden else [_of_others(condition) for condition in told.conditions],
        rule=replace(
            told.rule, in_words=of_others(told.rule.in_words), standard=_standard(rule, gap, standard)
        ),
        not_shared=[capfirst(str(RECORD_KINDS[kind]._meta.verbose_name_plural)) for kind in sorted(hidden)],
    )


def _standard(rule: Rule, gap: MemberGap, standard: TeamStandard) -> str:
    """What the team's standard changes in it, in words; empty where it leaves it as it is."""
    if rule == gap.milestone_version.rule:
        return ""
    return _("Method and target by version %(no)s of the team’s standard.") % {"no": standard.no}


def _of_others(condition: ConditionLines) -> ConditionLines:
    steps = [replace(step, what=of_others(step.what), note=of_others(step.note)) for step in condition.steps]
    return replace(condition, in_words=of_others(condition.in_words), steps=steps)


def _explained(gap: Gap | MemberGap, rule: Rule, readings: Readings, door: Door) -> Explanation:
    """The gap of the one coder whom `readings` are of."""
    version: MilestoneVersion = gap.milestone_version
    as_of, coder_id = readings.data.as_of, int(readings.data.ids[0])
    readings.data.names = dict(WorkType.objects.values_list("pk", "name"))
    verdict = readings.judge(rule.needs)
    applies = rule.applies_if is None or readings.judge(rule.applies_if).status[0] == MET
    milestone = version.milestone
    left_out, remarks = _noted(door, coder_id, rule, as_of)
    out = {(type(noted.record), noted.record.pk) for noted in left_out}
    return Explanation(
        milestone=milestone.slug,
        as_of=as_of,
        status=gap.status,
        status_label=gap.get_status_display(),
        rule=RuleFacts(
            in_words=wording.sentence(in_words(rule.needs)),
            version=version.no,
            valid_from=version.valid_from,
            source=milestone.source,
            is_addition=milestone.origin == Origin.ADDITION,
            confidence=milestone.get_confidence_display() if milestone.confidence else "",
            verified_on=milestone.verified_on,
            applies_if=in_words(rule.applies_if) if rule.applies_if else "",
            applies=bool(applies),
        ),
        together=_together(rule.needs, verdict),
        conditions=[_condition(leaf, part, readings) for leaf, part in _leaves(rule.needs, verdict)],
        records=[
            Noted(record, "; ".join(remarks[type(record), record.pk]))
            for record in records_read(door, coder_id, leaves(rule.needs), as_of)
            if (type(record), record.pk) not in out
        ],
        left_out=left_out,
    )


def _leaves(node: Node, verdict: Verdict) -> list[tuple[Leaf, Verdict]]:
    if isinstance(node, Leaf):
        return [(node, verdict)]
    return [pair for child, part in zip(node.of, verdict.parts, strict=True) for pair in _leaves(child, part)]


def _together(node: Node, verdict: Verdict) -> str:
    """How several conditions make one verdict; empty for a single one."""
    if isinstance(node, Leaf):
        return ""
    met = sum(int(part.status[0] == MET) for part in verdict.parts)
    return _("%(met)s of %(number)s conditions are met; %(n)s are asked.") % {
        "met": met, "number": len(node.of), "n": node.n,
    }  # fmt: skip


def _condition(leaf: Leaf, verdict: Verdict, readings: Readings) -> ConditionLines:
    measure = get_measure(leaf.measure)
    everything, attested = readings.read(leaf)
    workings = [Step(w.what, w.how, w.result) for w in measure.workings(leaf, readings.data, 0)]
    return ConditionLines(
        in_words=wording.sentence(in_words(leaf)),
        method=METHOD_WORDS.get(leaf.params.get("method"), ""),
        window=_window(leaf, readings.data.as_of),
        is_met=bool(verdict.status[0] == MET),
        steps=workings + steps_of(leaf, everything, attested, verdict),
    )


def _window(leaf: Leaf, as_of: dt.date) -> str:
    """The days that are looked at, both included."""
    after = get_measure(leaf.measure).since(leaf, as_of)
    last = f"{as_of:%B %-d, %Y}"
    if after is None:
        return _("everything up to %(last)s") % {"last": last}
    first = f"{after + dt.timedelta(days=1):%B %-d, %Y}"
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def _noted(door: Door, coder_id: int, rule: Rule, as_of: dt.date) -> tuple[list[Noted], dict]:
    """Records left out, each with the reason; and remarks on those that count, by kind and key."""
    out, remarks = [], defaultdict(list)
    seen = set()
    for leaf in leaves(rule.needs):
        measure = get_measure(leaf.measure)
        for source, where, reason in measure.left_out(leaf, as_of):
            for record in _records(door, coder_id, source, where):
                if (type(record), record.pk, reason) not in seen:
                    seen.add((type(record), record.pk, reason))
                    out.append(Noted(record, str(reason)))
        for source, where, remark in measure.remarks(leaf, as_of):
            for record in _records(door, coder_id, source, where):
                if str(remark) not in remarks[type(record), record.pk]:
                    remarks[type(record), record.pk].append(str(remark))
        for source, where in _twice(leaf, as_of):
            for record in _records(door, coder_id, source, where, counted=False):
                if (type(record), record.pk) not in seen:
                    seen.add((type(record), record.pk))
                    out.append(Noted(record, record.not_counted_because))
    out.sort(key=lambda noted: noted.record.counts_on or dt.date.min, reverse=True)
    return out, remarks


def _twice(leaf: Leaf, as_of: dt.date):
    """Of each source of records, what the measure would look at."""
    found: dict = {}
    for column in get_measure(leaf.measure).columns(leaf, as_of, attested=False):
        if column.source.is_record:
            where = column.where or Q(pk__isnull=False)
            found[column.source] = found[column.source] | where if column.source in found else where
    return found.items()


def _records(door: Door, coder_id: int, source, where: Q, counted: bool = True) -> list[Record]:
    model = record_model(source)
    if not issubclass(model, Record):
        return []
    which = {
        source.coder: coder_id, source.path("removed_at__isnull"): True, source.path("counted"): counted,
    }  # fmt: skip
    keys = source.model.objects.filter(where, **which).values(source.path("pk"))
    return list(door(model).filter(pk__in=keys))
