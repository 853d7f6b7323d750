"""Evaluate members of teams: the same judgment as a coder's own, under the team's standard, from what is shared with the
team alone. Reads the database; writes nothing.

A member's role is what the team's titles say of the job title, else the shared position's; the target is the one the team set,
else the next promotion. What the coder says of themself (target, track, stated years) has no part in it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from django.db.models import Q

from curriculum.conditions import Leaf, Node, Rule, leaves
from curriculum.models import MUST_WEIGHT
from tracker.measures import Data, Source, get_measure
from tracker.measures.volumes import TARGETS
from tracker.models import Coder, MemberGap, Membership, Share, TargetSource
from tracker.permissions import shared_under

from .compute import MET, Column, judged_columns, readiness
from .context import Context
from .fingerprint import fingerprint
from .kept import CODES, Kept
from .profile import Profile, profile_of
from .queries import coder_filter, fetch, record_model
from .requirements import Ask
from .standards import TeamStandard, is_private, rule_under, standards_in_force

NO_EVIDENCE = CODES["no_evidence"]


@dataclass
class MemberBatch:
    """The members of one team among a window of coders, in the order of their coders' ids."""

    members: list[Membership]
    standard: TeamStandard
    as_of: dt.date
    profile: Profile
    kept: Kept
    columns: list[Column]
    weights: Mapping[int, np.ndarray]  # by version; 0 where it is not asked
    weight_met: np.ndarray
    weight_asked: np.ndarray

    def summary(self, i: int) -> list:
        """What `store.MEMBER_SUMMARY` names after the day and the time."""
        role, target = self.profile.roles[i], self.profile.targets[i]
        keys = role and role.pk, target and target.pk
        figures = int(self.weight_met[i]), int(self.weight_asked[i])
        return [self.standard.no, *keys, self.profile.target_sources[i], *figures]


def members_among(coder_ids: Iterable[int]) -> list[Membership]:
    """Open memberships of coders. One query."""
    ids = np.array(sorted(coder_ids), np.int64)
    rows = Membership.objects.open().filter(coder_filter("coder", ids)).select_related("team", "coder__user")
    ours = set(ids.tolist())
    return [member for member in rows.order_by("team_id", "coder_id") if member.coder_id in ours]


def evaluate_members(members: Sequence[Membership], context: Context) -> list[MemberBatch]:
    """Evaluate open memberships as of the context's day, team by team."""
    teams = defaultdict(list)
    for member in members:
        teams[member.team].append(member)
    if not teams:
        return []
    standards = standards_in_force({team.standard_id for team in teams}, context.as_of)
    return [_evaluate(some, standards[team.standard_id], context) for team, some in teams.items()]


def read_as_team(
    members: list[Membership], standard: TeamStandard, context: Context, wanted: Collection[Leaf]
) -> Data:
    """What conditions measure of members of one team, in the order of their coders' ids, from what is shared with it.
    `context` is the catalogue as the team reads it (`under`)."""
    ids = np.array([member.coder_id for member in members], np.int64)
    of_the_team = Q(membership__team=members[0].team_id)

    def only(source: Source) -> Q | None:
        model = record_model(source)
        return shared_under(model, of_the_team, source.record) if model else None

    data = fetch(set(wanted), ids, context.as_of, only)
    data.put(TARGETS, [(pk, *row) for pk in ids.tolist() for row in standard.per_hour.items()], [])
    data.context = context
    data.profile = member_profile(members, standard, data, context)
    return data


def _evaluate(members: list[Membership], standard: TeamStandard, catalogue: Context) -> MemberBatch:
    members = sorted(members, key=lambda member: member.coder_id)
    context = under(catalogue, standard)
    wanted = {leaf for rule in context.rules.values() for leaf in rule.leaves()}
    data = read_as_team(members, standard, context, wanted)
    ids, profile = data.ids, data.profile
    asked = asked_of_members(context, profile)
    weights = defaultdict(lambda: np.zeros(len(ids), np.int64))
    for i, asks in enumerate(asked):
        for ask in asks:
            weights[ask.version_id][i] = max(ask.weight, weights[ask.version_id][i])
    masks = {version: weight > 0 for version, weight in weights.items()}
    kept = kept_of_members(members, ids)
    columns = judged_columns(context, data, kept, masks)
    shared = kinds_shared(members)
    for version, column in columns.items():
        rule = context.rules[version]
        hidden = leave_open(column, rule, np.array([bool(unseen(rule, kinds)) for kinds in shared], bool))
        # Another weight is another gap: a page reads it from there.
        column.fingerprint = fingerprint([column.fingerprint, weights[version], hidden], [])
    weight_met, weight_asked = readiness(context, profile, columns)
    return MemberBatch(
        members,
        standard,
        context.as_of,
        profile,
        kept,
        list(columns.values()),
        weights,
        weight_met,
        weight_asked,
    )


def kinds_shared(members: list[Membership]) -> list[set[str]]:
    """What each shares, by kind. One query."""
    kinds = defaultdict(set)
    rows = Share.objects.open().filter(membership__in=members)
    for member, kind in rows.values_list("membership_id", "kind"):
        kinds[member].add(kind)
    return [kinds[member.pk] for member in members]


def unseen(rule: Rule, shared: set[str]) -> set[str]:
    """The kinds of record that a verdict rests on and that are not shared."""
    read = kinds_read(rule.needs) | (kinds_read(rule.applies_if) if rule.applies_if else set())
    return read - shared


def kinds_read(node: Node) -> set[str]:
    """The kinds of record that a condition looks at."""
    kinds = set()
    for leaf in leaves(node):
        measure = get_measure(leaf.measure)
        columns = measure.columns(leaf, dt.date.max, attested=False)
        models = {record_model(source) for source in (*measure.sources(leaf), *(c.source for c in columns))}
        kinds |= {model.KIND for model in models if model}
    return kinds


def leave_open(column: Column, rule: Rule, hidden: np.ndarray) -> np.ndarray:
    """Make unknown what rests on `hidden` kinds, and tell whose: what is missing there may exist.

    Met stays met where more records could only add to it.
    """
    grows = all(leaf.comparator == ">=" for leaf in leaves(rule.needs))
    hidden = hidden & ~((column.status == MET) & grows)
    column.status[hidden], column.certainty[hidden] = NO_EVIDENCE, 0
    for figures in column.figures.values():
        figures[hidden] = np.nan
    column.contested = column.contested & ~hidden
    return hidden.astype(np.int64)


def under(catalogue: Context, standard: TeamStandard) -> Context:
    """The catalogue as the team reads it: its accuracy, its further milestones, and nothing that is private."""
    private = {version for version, rule in catalogue.rules.items() if is_private(rule)}
    extra = [
        Ask(milestone, catalogue.versions[milestone].pk, weight, weight >= MUST_WEIGHT, False)
        for milestone, weight in standard.milestones
        if milestone in catalogue.versions and not is_private(catalogue.versions[milestone].rule)
    ]
    further = {ask.version_id: catalogue.versions[ask.milestone_id].rule for ask in extra}
    return replace(
        catalogue,
        standard_id=standard.standard_id,
        requirements=catalogue.requirements.under(extra, leave_out=private),
        rules={version: rule_under(rule, standard) for version, rule in (catalogue.rules | further).items()},
        milestone_of=catalogue.milestone_of | {ask.version_id: ask.milestone_id for ask in extra},
    )


def member_profile(
    members: list[Membership], standard: TeamStandard, data: Data, context: Context
) -> Profile:
    """Who the members are to the team. Both lists run in the order of the coders' ids."""
    nobody = {member.coder_id: Coder(pk=member.coder_id) for member in members}
    profile = profile_of(data, context, nobody)
    for i, member in enumerate(members):
        if titled := context.roles.get(standard.role_of(member.job_title)):
            profile.roles[i] = titled
        role = profile.roles[i]
        target_id, source = member.target_role_id, TargetSource.CHOSEN
        if target_id is None:
            target_id, source = context.default_target(role and role.pk)
        profile.targets[i], profile.target_sources[i] = context.roles.get(target_id), source
    return profile


def asked_of_members(context: Context, profile: Profile) -> list[list[Ask]]:
    """What each is held against. Who shares a target and a role is asked the same."""
    known: dict[tuple, list[Ask]] = {}
    asked = []
    for target, role in zip(profile.targets, profile.roles, strict=True):
        key = (target and target.pk, role and role.pk)
        if key not in known:
            known[key] = context.requirements.asked_of(target, role)
        asked.append(known[key])
    return asked


def kept_of_members(members: list[Membership], ids: np.ndarray) -> Kept:
    """The stored gaps of these members, by their coders."""
    gaps = MemberGap.objects.filter(membership__in=members).values_list(
        "membership__coder_id", "milestone_version_id", "milestone_version__milestone_id", "status", "fingerprint",
        "first_met_on", "status_since",
    )  # fmt: skip
    return Kept(ids, list(gaps))
