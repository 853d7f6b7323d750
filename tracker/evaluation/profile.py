"""What coders say of themselves, resolved for a window: current role, target, track."""

from dataclasses import dataclass

import numpy as np

from curriculum.models import Role
from tracker.measures.base import Data
from tracker.measures.career import POSITIONS, rows_of
from tracker.models import Coder
from tracker.models.records import ATTESTED

from .context import Context


@dataclass
class Profile:
    """One entry a coder. `target_sources` says how the target came about: chosen, default, top or fork.

    `role_attested` says whether an attested position tells the current role, rather than the coder alone.
    """

    roles: list[Role | None]
    role_attested: list[bool]
    targets: list[Role | None]
    target_sources: list[str]
    tracks: list[str]
    stated_years: np.ndarray
    areas: list[str]


def profile_of(data: Data, context: Context, coders: dict[int, Coder]) -> Profile:
    latest: dict[int, tuple] = {}
    for i, row in rows_of(data, POSITIONS, attested=False):
        # The position held now, or else the last one; of several, the one that began last.
        rank = (row["open"], row["starts_on"], row["pk"])
        if row["role_id"] and (i not in latest or rank > latest[i][0]):
            latest[i] = (rank, row["role_id"], row["provenance"] in ATTESTED)
    roles, targets, sources = [], [], []
    for i, coder_id in enumerate(data.ids):
        coder = coders[coder_id]
        role_id = latest[i][1] if i in latest else coder.stated_role_id
        target_id, source = coder.target_role_id, "chosen"
        if target_id is None:
            target_id, source = context.default_target(role_id)
        roles.append(context.roles.get(role_id))
        targets.append(context.roles.get(target_id))
        sources.append(source)
    ordered = [coders[coder_id] for coder_id in data.ids]
    return Profile(
        roles=roles,
        role_attested=[i in latest and latest[i][2] for i in range(data.size)],
        targets=targets,
        target_sources=sources,
        tracks=[coder.track.slug if coder.track else "" for coder in ordered],
        stated_years=np.array([np.nan if c.stated_years is None else float(c.stated_years) for c in ordered]),
        areas=[coder.area_id or "" for coder in ordered],
    )
