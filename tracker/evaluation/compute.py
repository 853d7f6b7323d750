"""Evaluate any number of coders on one day. Reads the database; writes nothing.

Everything is an array with one entry a coder. A gap becomes an object only where somebody looks at it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from curriculum.conditions import Leaf
from curriculum.models import Role, Stage
from tracker.measures import Data, Measurement, get_measure
from tracker.measures.career import experience_years, years_sources
from tracker.models import Certainty, Coder, Gap

from . import compare
from .context import Context, load_context
from .details import DECIMALS, FIGURES, details
from .fingerprint import fingerprint
from .kept import CODES, NEVER, STATUSES, Kept, KeptGaps, day_of
from .profile import Profile, profile_of
from .programs import ProgramAsks, program_asks
from .queries import fetch
from .reading import Assume, read_leaf, reader_of

CERTAINTIES = [Certainty.NONE, Certainty.THIN, Certainty.REPORTED, Certainty.SUPPORTED, Certainty.PROVEN]
MET, LAPSED, WAIVED, NOT_APPLICABLE = (CODES[s] for s in ("met", "lapsed", "waived", "not_applicable"))


@dataclass
class Column:
    """The gaps of one version. `asked` tells whose they are; figures are NaN where there are none; dates are ordinals."""

    version: int
    asked: np.ndarray
    status: np.ndarray
    certainty: np.ndarray
    figures: dict[str, np.ndarray]
    contested: np.ndarray
    first_met: np.ndarray
    since: np.ndarray
    fingerprint: np.ndarray
    kept: KeptGaps
    verdict: compare.Verdict

    @property
    def changed(self) -> np.ndarray:
        """Whose stored gap differs, or is missing."""
        return self.asked & (~self.kept.exists | (self.fingerprint != self.kept.fingerprint))

    @property
    def moved(self) -> np.ndarray:
        """Whose status is another than before."""
        return self.asked & (~self.kept.exists | (self.status != self.kept.status))

    def details(self, index: np.ndarray) -> list[tuple[dict | None, list | None]]:
        """What the minimum sample of each coder misses, and the figures of each part where there are several."""
        if not (self.verdict.lacking or self.verdict.parts):
            return [(None, None)] * len(index)
        applies = (self.status[index] != NOT_APPLICABLE).tolist()
        found = zip(details(self.verdict, index), applies, strict=True)
        return [told if here else (None, None) for told, here in found]


@dataclass
class Outcome:
    """One coder on one day. `gaps` are unsaved, by milestone version."""

    coder: Coder
    gaps: dict[int, Gap]
    years: float | None
    years_source: str
    expected_stage: Stage | None
    demonstrated_stage: Stage | None
    weight_met: int
    weight_asked: int
    role: Role | None
    target: Role | None
    target_source: str


@dataclass
class Batch:
    """All outcomes of a window of coders, in the order of their ids."""

    ids: np.ndarray
    coders: list[Coder]
    as_of: dt.date
    context: Context
    profile: Profile
    kept: Kept
    seqs: np.ndarray
    columns: list[Column]
    years: np.ndarray
    years_sources: list[str]
    expected_stages: list[Stage | None]
    demonstrated_stages: list[Stage | None]
    weight_met: np.ndarray
    weight_asked: np.ndarray
    data: Data
    programs: ProgramAsks
    assume: Assume | None = None

    def read(self, leaf: Leaf, attested: bool = False) -> Measurement:
        """What a condition was compared with."""
        return read_leaf(leaf, self.data, attested, self.assume)

    def outcome(self, i: int) -> Outcome:
        return Outcome(
            coder=self.coders[i],
            gaps={column.version: self.gap(column, i) for column in self.columns if column.asked[i]},
            years=None if np.isnan(self.years[i]) else float(self.years[i]),
            years_source=self.years_sources[i],
            expected_stage=self.expected_stages[i],
            demonstrated_stage=self.demonstrated_stages[i],
            weight_met=int(self.weight_met[i]),
            weight_asked=int(self.weight_asked[i]),
            role=self.profile.roles[i],
            target=self.profile.targets[i],
            target_source=self.profile.target_sources[i],
        )

    def summary(self, i: int) -> list:
        """What `store.SUMMARY` names, in its order."""
        profile, years = self.profile, self.years[i]
        keys = (profile.roles[i], profile.targets[i], self.expected_stages[i], self.demonstrated_stages[i])
        role, target, expected, demonstrated = (row and row.pk for row in keys)
        return [
            role, target, profile.target_sources[i], None if np.isnan(years) else float(years), self.years_sources[i],
            expected, demonstrated, int(self.weight_met[i]), int(self.weight_asked[i]),
        ]  # fmt: skip

    def outcomes(self) -> list[Outcome]:
        return [self.outcome(i) for i in range(len(self.coders))]

    def gap(self, column: Column, i: int) -> Gap:
        ((lacking, parts),) = column.details(np.array([i]))
        return Gap(
            coder=self.coders[i],
            milestone_version_id=column.version,
            standard_id=self.context.standard_id,
            seq=int(self.seqs[i]),
            status=STATUSES[column.status[i]],
            certainty=CERTAINTIES[column.certainty[i]],
            contested=bool(column.contested[i]),
            lacking=lacking,
            parts=parts,
            first_met_on=day_of(int(column.first_met[i])),
            status_since=day_of(int(column.since[i])),
            fingerprint=int(column.fingerprint[i]),
            **{name: _number(values[i]) for name, values in column.figures.items()},
        )


def evaluate(
    coders: Sequence[Coder],
    as_of: dt.date,
    kept: Kept | None = None,
    seqs: Mapping[int, int] = MappingProxyType({}),
) -> Batch:
    """Evaluate coders on a day.

    What was met once and the stage that was shown stay so: both are `kept` from before, for the same coders in the order
    of their ids. `seqs` is the state of the records, by coder, that the new gaps will carry.
    """
    coders = sorted(coders, key=lambda coder: coder.pk)
    context = load_context(as_of)
    ids = np.array([coder.pk for coder in coders], np.int64)
    kept = kept or Kept(ids)
    programs = program_asks(context, kept, ids)
    data = fetch({leaf for rule in context.rules.values() for leaf in rule.leaves()}, ids, as_of)
    data.context = context
    return _judged(coders, kept, seqs, data, programs)


def reconsider(batch: Batch, coders: Sequence[Coder], assume: Assume | None = None) -> Batch:
    """The same coders on the same day, from what was read already: with another target, or with something assumed."""
    data = copy(batch.data)
    seqs = dict(zip(batch.ids.tolist(), batch.seqs.tolist(), strict=True))
    return _judged(sorted(coders, key=lambda coder: coder.pk), batch.kept, seqs, data, batch.programs, assume)


def _judged(
    coders: Sequence[Coder],
    kept: Kept,
    seqs: Mapping[int, int],
    data: Data,
    programs: ProgramAsks,
    assume: Assume | None = None,
) -> Batch:
    context, ids = data.context, data.ids
    data.profile = profile_of(data, context, {coder.pk: coder for coder in coders})
    columns = judged_columns(
        context, data, kept, _asked(context, data.profile, kept, programs), programs.waived, assume
    )
    years = experience_years(data)
    weight_met, weight_asked = readiness(context, data.profile, columns)
    return Batch(
        ids=ids,
        coders=list(coders),
        as_of=data.as_of,
        context=context,
        profile=data.profile,
        kept=kept,
        seqs=np.array([seqs.get(coder.pk, 0) for coder in coders], np.int64),
        columns=list(columns.values()),
        years=years,
        years_sources=years_sources(data),
        expected_stages=[None if np.isnan(y) else context.stage_at(y) for y in years],
        demonstrated_stages=_demonstrated(context, columns, kept),
        weight_met=weight_met,
        weight_asked=weight_asked,
        data=data,
        programs=programs,
        assume=assume,
    )


def judged_columns(
    context: Context,
    data: Data,
    kept: Kept,
    asked_of: Mapping[int, np.ndarray],
    waived: Mapping[int, np.ndarray] = MappingProxyType({}),
    assume: Assume | None = None,
) -> dict[int, Column]:
    """The verdicts on the versions of `asked_of`, which says who is held against each; `waived` says by milestone who
    need not show it."""
    read = reader_of(data, assume)
    columns = {}
    for version, asked in asked_of.items():
        rule = context.rules[version]
        applies = None
        if rule.applies_if is not None:
            applies = compare.judge(rule.applies_if, read).status == compare.MET
        columns[version] = _column(
            version,
            asked,
            compare.judge(rule.needs, read),
            applies,
            waived.get(context.milestone_of[version]),
            kept.of(version),
            context.as_of,
        )
    return columns


def _asked(context: Context, profile: Profile, kept: Kept, programs: ProgramAsks) -> dict[int, np.ndarray]:
    """Who is held against which version: what stages ask and what tells the drivers of pay, everybody; a role's own,
    whoever aims at it; a program's, its students. What an earlier target asked is judged on, so that no old verdict stands anywhere."""
    everybody = np.ones(kept.size, bool)
    asked = {ask.version_id: everybody for asks in context.requirements.by_stage.values() for ask in asks}
    asked |= dict.fromkeys(context.driver_versions, everybody)
    aiming = _members(target.pk if target else None for target in profile.targets)
    for role_id, asks in context.requirements.by_role.items():
        for version in {ask.version_id for ask in asks}:
            if asked.get(version) is not everybody:
                mask = asked.setdefault(version, kept.of(version).exists.copy())
                mask[aiming.get(role_id, [])] = True
    for version, students in programs.asked.items():
        asked[version] = asked.get(version, False) | students
    return {version: mask for version, mask in asked.items() if mask.any()}


def _members(keys) -> dict:
    """Indices by key."""
    members = defaultdict(list)
    for i, key in enumerate(keys):
        members[key].append(i)
    return members


def _column(version, asked, verdict, applies, waived, kept: KeptGaps, as_of: dt.date) -> Column:
    today = as_of.toordinal()
    status, certainty = verdict.status.astype(np.int64), verdict.certainty.astype(np.int64)
    first_met = kept.first_met.copy()
    first_met[(status == MET) & (first_met == NEVER)] = today
    # Lapsed: what it rested on has run out, or it was met once and there is nothing left to go on.
    gone = np.isnan(verdict.value) | _holds(verdict)
    status[(status != MET) & (verdict.ran_out | ((kept.first_met != NEVER) & gone))] = LAPSED
    if waived is not None:
        status[waived & (status != MET)] = WAIVED  # what is met needs no waiver
    figures = {name: np.round(getattr(verdict, name), DECIMALS) for name in FIGURES}
    contested = verdict.contested
    if applies is not None:
        status[~applies], certainty[~applies] = NOT_APPLICABLE, 0
        first_met[~applies] = kept.first_met[~applies]
        figures = {name: np.where(applies, values, np.nan) for name, values in figures.items()}
        contested = contested & applies
    since = np.where(kept.exists & (kept.status == status), kept.since, today)
    return Column(
        version=version,
        asked=asked,
        status=status,
        certainty=certainty,
        figures=figures,
        contested=contested,
        first_met=first_met,
        since=since,
        fingerprint=fingerprint(
            [status, certainty, first_met, contested],
            [*figures.values(), *_figures_of_parts(verdict, applies)],
        ),
        kept=kept,
        verdict=verdict,
    )


def _figures_of_parts(verdict: compare.Verdict, applies) -> list[np.ndarray]:
    """Everything of a verdict that ends in `lacking` or `parts`."""
    arrays = [*verdict.lacking.values()]
    for part in verdict.parts:
        arrays += [
            part.status,
            part.certainty,
            part.contested,
            *(np.round(getattr(part, name), DECIMALS) for name in FIGURES),
        ]
        arrays += _figures_of_parts(part, None)
    return arrays if applies is None else [np.where(applies, array, np.nan) for array in arrays]


def _number(figure: float) -> float | None:
    return None if np.isnan(figure) else float(figure)


def _holds(verdict: compare.Verdict) -> bool:
    """Whether what is measured can only be lost by losing it."""
    if verdict.leaf is not None:
        return get_measure(verdict.leaf.measure).holds
    return all(_holds(part) for part in verdict.parts)


def readiness(
    context: Context, profile: Profile, columns: dict[int, Column]
) -> tuple[np.ndarray, np.ndarray]:
    """Weight met and weight asked, leaving out what is waived or does not apply."""
    met, asked = np.zeros(len(profile.roles), np.int64), np.zeros(len(profile.roles), np.int64)
    pairs = _members((t and t.pk, r and r.pk) for t, r in zip(profile.targets, profile.roles, strict=True))
    for members in pairs.values():
        chosen, some = np.array(members), members[0]
        for ask in context.requirements.asked_of(profile.targets[some], profile.roles[some]):
            status = columns[ask.version_id].status[chosen]
            asked[chosen] += ask.weight * ~np.isin(status, (WAIVED, NOT_APPLICABLE))
            met[chosen] += ask.weight * (status == MET)
    return met, asked


def _demonstrated(context: Context, columns: dict[int, Column], kept: Kept) -> list[Stage | None]:
    """The last stage whose applicable musts, and those of all stages before it, have each been met once.

    Never less than what was shown before: neither a new target nor a new milestone takes a stage away.
    """
    stages = context.requirements.stages
    reached, still = np.full(kept.size, -1), np.ones(kept.size, bool)
    for place, stage in enumerate(stages):
        for ask in context.requirements.by_stage.get(stage.pk, []):
            if ask.must:
                column = columns[ask.version_id]
                once = (column.first_met != NEVER) | kept.met_once(ask.milestone_id)
                still = still & (once | np.isin(column.status, (WAIVED, NOT_APPLICABLE)))
        reached[still | (kept.demonstrated == stage.pk)] = place
    return [stages[place] if place >= 0 else None for place in reached]
