"""Who asks for what. Pure: rows in, lists out."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable
from copy import copy
from dataclasses import dataclass

from curriculum.models import Requirement, Role, Stage


@dataclass(frozen=True)
class Ask:
    """A milestone asked for by a stage, a role or a team, with its weight there."""

    milestone_id: int
    version_id: int | None
    weight: int
    must: bool
    after_hire: bool


class Requirements:
    """All requirements, by asker. `version_of` gives the version that a requirement means; None drops it."""

    def __init__(
        self,
        rows: Iterable[Requirement],
        stages: Iterable[Stage],
        version_of: Callable[[Requirement], int | None] | None = None,
    ):
        self.stages = sorted(stages, key=lambda stage: stage.years_from)
        self.by_stage: dict[int, list[Ask]] = defaultdict(list)
        self.by_role: dict[int, list[Ask]] = defaultdict(list)
        self.by_team: list[Ask] = []
        for row in rows:
            version_id = version_of(row) if version_of else row.pinned_version_id
            if version_of and version_id is None:
                continue
            ask = Ask(row.milestone_id, version_id, row.weight, row.must, row.milestone.after_hire)
            (self.by_stage[row.stage_id] if row.stage_id else self.by_role[row.role_id]).append(ask)

    def under(self, further: Iterable[Ask], *, leave_out: Container[int] = ()) -> "Requirements":
        """The same as a team asks it: `further` milestones of everybody, without the versions to leave out."""
        changed = copy(self)
        changed.by_team = list(further)
        changed.by_stage, changed.by_role = (
            {asker: [ask for ask in asks if ask.version_id not in leave_out] for asker, asks in by.items()}
            for by in (self.by_stage, self.by_role)
        )
        return changed

    def asked_of(self, target: Role | None, role: Role | None) -> list[Ask]:
        """What readiness for a target counts: the role's own milestones, and the musts of the stages up to its own.

        While a fork is open there is no target; the musts up to the stage after the current role's are counted.
        What can only be shown on the job is not asked of somebody on the way into a first role.
        What a team asks besides, it asks of everybody in it.
        """
        asks: dict[tuple, Ask] = {}
        for _asker, some in [*self.by_asker(target, role), (None, self.by_team)]:
            for ask in some:
                known = asks.get(self._key(ask))
                if known is None or known.weight < ask.weight:
                    asks[self._key(ask)] = ask
        return list(asks.values())

    def by_asker(self, target: Role | None, role: Role | None = None) -> list[tuple[Stage | None, list[Ask]]]:
        """The same by who asks: the target role itself (None) first, then each stage; what several ask stands under each."""
        last = self._last_stage(target, role)
        asks: list[tuple[Stage | None, list[Ask]]] = [
            (None, self.by_role.get(target.pk, []) if target else [])
        ]
        for stage in self.stages[: last + 1]:
            musts = [ask for ask in self.by_stage.get(stage.pk, []) if ask.must]
            asks.append((stage, [ask for ask in musts if last > 0 or not ask.after_hire]))
        return asks

    def stage_asks_on_the_way(self, target: Role | None, role: Role | None) -> list[Ask]:
        """Everything that the stages from the current role's to the target's ask, shoulds included.

        What an earlier stage only suggests follows nobody for life.
        """
        first = self._places()[role.stage_id] if role else 0
        last = self._last_stage(target, role)
        return [
            ask
            for stage in self.stages[min(first, last) : last + 1]
            for ask in self.by_stage.get(stage.pk, [])
        ]

    def _places(self) -> dict[int, int]:
        return {stage.pk: place for place, stage in enumerate(self.stages)}

    @staticmethod
    def _key(ask: Ask) -> tuple:
        return ask.milestone_id, ask.version_id

    def _last_stage(self, target: Role | None, role: Role | None) -> int:
        """Index of the last stage that counts; -1 where neither role is known."""
        places = self._places()
        if target is not None:
            return places[target.stage_id]
        return min(places[role.stage_id] + 1, len(self.stages) - 1) if role else -1
