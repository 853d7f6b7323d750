"""What training programs ask of a window of coders, and what they waive."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from curriculum.models import MilestoneVersion
from tracker.models import Assignment, Waiver

from .context import Context
from .kept import Kept
from .queries import coder_filter

Masks = dict[int, np.ndarray]


class Given(NamedTuple):
    """What one assignment asks of its student."""

    assignment: int
    enrollment: int
    coder: int
    version: int


@dataclass
class ProgramAsks:
    """Who is asked for which version, and who need not show which milestone: masks with one entry a coder.

    `given` is the same assignment by assignment: two programs may ask the same of somebody.
    """

    asked: Masks
    waived: Masks
    given: list[Given]


def program_asks(context: Context, kept: Kept, ids: np.ndarray) -> ProgramAsks:
    """Two queries for any number of coders, and a third where a program asks for versions that nobody else does.

    The rules of those are added to the context. An organization's own milestone that was asked once is judged on, so that
    no old verdict stands after its program is over.
    """
    rows = (
        Assignment.objects.current()
        .filter(coder_filter("enrollment__coder", ids), milestone__isnull=False)
        .values_list("pk", "enrollment_id", "enrollment__coder_id", "milestone_id", "pinned_version_id")
    )
    meant = ((*who, pinned or _newest(context, milestone)) for *who, milestone, pinned in rows)
    here = set(ids.tolist())
    given = [one for one in (Given(*row) for row in meant) if one.version and one.coder in here]
    asked = _masks(((one.coder, one.version) for one in given), ids)
    for version, gaps in kept.by_version.items():
        if version in context.owned:
            asked[version] = asked.get(version, False) | gaps.exists
    if unknown := asked.keys() - context.rules.keys():
        for version in MilestoneVersion.objects.filter(pk__in=unknown):
            context.use(version)
    return ProgramAsks(asked, _waived(ids, context.as_of), given)


def _newest(context: Context, milestone_id: int) -> int | None:
    version = context.versions.get(milestone_id)
    return version and version.pk


def _waived(ids: np.ndarray, day: dt.date) -> Masks:
    waivers = Waiver.objects.in_force(day).filter(
        coder_filter("assignment__enrollment__coder", ids), assignment__milestone__isnull=False
    )
    return _masks(waivers.values_list("assignment__enrollment__coder_id", "assignment__milestone_id"), ids)


def _masks(pairs: Iterable[tuple[int, int]], ids: np.ndarray) -> Masks:
    """By key, whose it is. A range of ids may bring coders of other windows; they are left out."""
    masks: Masks = {}
    for coder, key in pairs:
        i = np.searchsorted(ids, coder)
        if i < len(ids) and ids[i] == coder:
            masks.setdefault(key, np.zeros(len(ids), bool))[i] = True
    return masks
