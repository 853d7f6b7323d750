"""What a team's standard changes in the catalogue's rules, and what it asks besides. The rewriting of rules is pure."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType

from curriculum.conditions import Group, Node, Rule, leaves
from tracker.measures.audits import METHOD_UNITS
from tracker.models import StandardVersion

# By measure, the parameter that says how accurate is accurate enough; None: its target does.
ACCURACY = {"audit_accuracy": None, "audit_accuracy_sustained": "at"}
# A coder's choices that no share covers: a team neither asks for them nor learns of them.
PRIVATE = {"track_chosen"}


@dataclass(frozen=True)
class TeamStandard:
    """One version of a team's standard. `titles` are in lower case; `milestones` are (milestone, weight)."""

    standard_id: int
    no: int = 0
    method: str = ""
    target: Decimal | None = None
    titles: dict[str, int] = field(default_factory=dict)
    per_hour: dict[int, Decimal] = field(default_factory=dict)
    milestones: tuple[tuple[int, int], ...] = ()

    def role_of(self, job_title: str) -> int | None:
        return self.titles.get(" ".join(job_title.lower().split()))


def standards_in_force(standard_ids: Iterable[int], day: dt.date) -> dict[int, TeamStandard]:
    """By standard: its newest version in force, or one that changes nothing. Four queries."""
    found = {pk: TeamStandard(pk) for pk in standard_ids}
    versions = StandardVersion.objects.filter(standard__in=found, valid_from__lte=day).order_by("no")
    for version in versions.prefetch_related("titles", "productivity", "milestones"):
        found[version.standard_id] = team_standard(version)
    return found


def team_standard(version: StandardVersion) -> TeamStandard:
    return TeamStandard(
        standard_id=version.standard_id,
        no=version.no,
        method=version.accuracy_method,
        target=version.accuracy_target,
        titles={" ".join(row.title.lower().split()): row.role_id for row in version.titles.all()},
        per_hour={row.work_type_id: row.per_hour for row in version.productivity.all()},
        milestones=tuple((row.milestone_id, row.weight) for row in version.milestones.all()),
    )


def rule_under(rule: Rule, standard: TeamStandard) -> Rule:
    """A milestone's rule with the team's method and target wherever it asks for accuracy."""
    if not (standard.method or standard.target):
        return rule
    return Rule(_under(rule.needs, standard), rule.applies_if and _under(rule.applies_if, standard))


def _under(node: Node, standard: TeamStandard) -> Node:
    if isinstance(node, Group):
        return Group(node.n, tuple(_under(child, standard) for child in node.of))
    if node.measure not in ACCURACY or node.comparator != ">=":
        return node
    params, target, at = dict(node.params), node.target, ACCURACY[node.measure]
    if standard.method:
        params["method"] = standard.method
    if standard.target is not None and at:
        params[at] = str(standard.target)
    elif standard.target is not None:
        target = standard.target
    units = {"records", "audits", METHOD_UNITS[params["method"]]}
    # A minimum in the units of another method could never be reached; records are counted by every method.
    minimum = {unit: n for unit, n in node.minimum.items() if unit in units}
    key = [node.measure, params, str(target), node.window, minimum, str(node.close)]
    return replace(
        node,
        params=MappingProxyType(params),
        target=target,
        minimum=MappingProxyType(minimum),
        key=json.dumps(key, sort_keys=True),
    )


def is_private(rule: Rule) -> bool:
    """Whether meeting it shows nothing but a choice that is the coder's own."""
    return all(leaf.measure in PRIVATE for leaf in leaves(rule.needs))
