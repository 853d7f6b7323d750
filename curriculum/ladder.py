"""The ladder: where the ways on lead, which of them is the default, and the whole of it for a page.

A promotion is an edge marked so, with a default; where the way forks without one the coder is asked; at the top one
stays current (design, Requirements and gaps).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from .models import Role, Stage, Track, Transition, TransitionKind


class Next(StrEnum):
    """How the next role comes about."""

    DEFAULT = "default"
    FORK = "fork"  # several ways and no default: the coder is to choose
    TOP = "top"  # no way on: one stays current


@dataclass(frozen=True)
class NextStep:
    """Where a role leads by default. `role` is None at a fork; at the top it is the role itself."""

    how: Next
    role: Role | None
    promotions: tuple[Transition, ...]


def next_step(current: Role | None, promotions: Sequence[Transition], first: Role | None = None) -> NextStep:
    """What one is measured against who chose nothing. Pure.

    The default among the promotions out of a role, or the only one; at the top the role itself. Who has no role yet
    starts at the `first` of the ladder.
    """
    promotions = tuple(promotions)
    if current is None:
        return NextStep(Next.DEFAULT, first, ())
    if not promotions:
        return NextStep(Next.TOP, current, ())
    chosen = [way for way in promotions if way.is_default] or (promotions if len(promotions) == 1 else ())
    if not chosen:
        return NextStep(Next.FORK, None, promotions)
    return NextStep(Next.DEFAULT, chosen[0].to_role, promotions)


def promotion_options(role: Role | None) -> list[Transition]:
    """The promotions out of a role, the default first, then in the order of the ladder. One query, none without a role."""
    if role is None:
        return []
    return list(
        Transition.objects.filter(from_role=role, kind=TransitionKind.PROMOTION)
        .select_related("from_role", "to_role__stage")
        .order_by("-is_default", "to_role__position")
    )


@dataclass(frozen=True)
class Rung:
    """A role on the ladder's page with the ways out of it, by kind, and the ways in."""

    role: Role
    promotions: list[Transition]
    laterals: list[Transition]
    alternatives: list[Transition]
    ways_in: list[Transition]

    @property
    def next(self) -> NextStep:
        return next_step(self.role, self.promotions)


@dataclass(frozen=True)
class Floor:
    """A stage, and its rungs track by track in the order of `Ladder.tracks`; a role on two tracks stands on both."""

    stage: Stage
    cells: list[tuple[Track, list[Rung]]]

    @property
    def rungs(self) -> list[Rung]:
        """Each role of the stage once."""
        return list({rung.role.pk: rung for _, rungs in self.cells for rung in rungs}.values())


@dataclass(frozen=True)
class Ladder:
    tracks: list[Track]
    floors: list[Floor]


def whole_ladder() -> Ladder:
    """Stages, tracks, roles and all ways between them, in five queries whatever their number."""
    tracks = list(Track.objects.all())
    stages = list(Stage.objects.order_by("years_from"))
    roles = list(Role.objects.select_related("stage", "occupation").prefetch_related("tracks"))
    out, into = defaultdict(lambda: defaultdict(list)), defaultdict(list)
    ways = Transition.objects.select_related("from_role", "to_role").order_by(
        "-is_default", "to_role__position", "from_role__position"
    )
    for way in ways:
        out[way.from_role_id][way.kind].append(way)
        into[way.to_role_id].append(way)
    cells = defaultdict(list)
    for role in roles:
        by_kind = out[role.pk]
        rung = Rung(
            role,
            promotions=by_kind[TransitionKind.PROMOTION],
            laterals=by_kind[TransitionKind.LATERAL],
            alternatives=by_kind[TransitionKind.ALTERNATIVE],
            ways_in=into[role.pk],
        )
        for track in role.tracks.all():
            cells[role.stage_id, track.pk].append(rung)
    floors = [Floor(stage, [(track, cells[stage.pk, track.pk]) for track in tracks]) for stage in stages]
    return Ladder(tracks, floors)
