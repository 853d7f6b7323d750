"""What is asked, of whom: the catalogue as of a day, read once for a window of coders."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import F

from curriculum.conditions import Rule
from curriculum.ladder import next_step
from curriculum.models import (
    MilestoneVersion,
    Requirement,
    Role,
    SalaryDriver,
    Stage,
    Standard,
    Transition,
    TransitionKind,
)
from curriculum.renewal_rules import every_version

from .requirements import Requirements


@dataclass
class Context:
    as_of: dt.date
    standard_id: int
    requirements: Requirements
    roles: dict[int, Role]
    rules: dict[int, Rule]  # by version
    milestone_of: dict[int, int]  # version -> milestone
    driver_versions: list[int]
    promotions: dict[int, list[Transition]]  # by the role they lead from
    first_role: Role | None
    renewal_rules: dict = field(default_factory=dict)  # by version
    versions: dict[int, MilestoneVersion] = field(default_factory=dict)  # by milestone, the newest in force
    owned: set[int] = field(default_factory=set)  # versions of milestones that are an organization's own

    def use(self, version: MilestoneVersion) -> None:
        """Hold coders against a version beside those that stages and roles ask for."""
        self.rules.setdefault(version.pk, version.rule)
        self.milestone_of[version.pk] = version.milestone_id

    def stage_at(self, years: float) -> Stage | None:
        """The stage whose half-open band of years holds `years`."""
        for stage in self.requirements.stages:
            if stage.years_from <= years and (stage.years_to is None or years < stage.years_to):
                return stage
        return None

    def default_target(self, role_id: int | None) -> tuple[int | None, str]:
        """The next promotion, and how it came about: "default", "fork" (the coder is to choose) or "top"."""
        step = next_step(self.roles.get(role_id), self.promotions.get(role_id, ()), self.first_role)
        return (step.role.pk if step.role else None), step.how.value


def load_context(as_of: dt.date) -> Context:
    """The catalogue with the rules of `as_of`, in a fixed number of queries."""
    versions: dict[int, MilestoneVersion] = {}
    owned = set()
    in_force = MilestoneVersion.objects.filter(valid_from__lte=as_of).order_by("no")
    for version in in_force.annotate(owner=F("milestone__owner")):
        versions[version.milestone_id] = version  # the newest one in force
        if version.owner is not None:
            owned.add(version.pk)
    rules, milestone_of = {}, {}

    def use(version: MilestoneVersion | None) -> int | None:
        if version is not None and version.pk not in rules:
            rules[version.pk], milestone_of[version.pk] = version.rule, version.milestone_id
        return version and version.pk

    roles = {
        role.pk: role for role in Role.objects.select_related("stage", "occupation").order_by("position")
    }
    requirements = Requirements(
        Requirement.objects.select_related("milestone", "pinned_version"),
        Stage.objects.all(),
        lambda row: use(row.pinned_version or versions.get(row.milestone_id)),
    )
    drivers = SalaryDriver.objects.exclude(milestone=None).values_list("milestone_id", flat=True)
    promotions = defaultdict(list)
    ways = Transition.objects.filter(kind=TransitionKind.PROMOTION).order_by("to_role__position")
    for way in ways.select_related("to_role"):
        promotions[way.from_role_id].append(way)
    first_stage = requirements.stages[0].pk if requirements.stages else None
    return Context(
        as_of=as_of,
        standard_id=Standard.installation().pk,
        requirements=requirements,
        roles=roles,
        rules=rules,
        milestone_of=milestone_of,
        driver_versions=[use(versions[m]) for m in drivers if m in versions],
        promotions=dict(promotions),
        first_role=next((role for role in roles.values() if role.stage_id == first_stage), None),
        owned=owned,
        renewal_rules={rule.pk: rule for rule in every_version()},
        versions=versions,
    )
