"""What we can say of a coder now: what is stored, or, where nobody is there to store it, the same computed here."""

import datetime as dt
from dataclasses import dataclass

from curriculum.models import MilestoneVersion, Role, Stage
from tracker.evaluation.compute import Batch
from tracker.evaluation.standing import standings_for
from tracker.models import Coder, Evaluation, Gap, Standing
from tracker.services.evaluation import preview, recomputed

from .worker import worker_alive


@dataclass(frozen=True)
class Evaluated:
    coder: Coder
    as_of: dt.date
    evaluated_at: dt.datetime | None
    is_fresh: bool
    worker_alive: bool
    computed_here: bool
    role: Role | None
    target: Role | None
    target_source: str
    years: float | None
    years_source: str
    expected_stage: Stage | None
    demonstrated_stage: Stage | None
    weight_met: int
    weight_asked: int
    gaps: list[Gap]
    standing: Standing | None
    is_past: bool = False
    batch: Batch | None = None  # what was computed here

    @property
    def readiness(self) -> int | None:
        """Whole percent, rounded down: 100 only where everything asked is met."""
        return 100 * self.weight_met // self.weight_asked if self.weight_asked else None


FIGURES = (
    "role", "target", "target_source", "years", "years_source", "expected_stage", "demonstrated_stage", "weight_met",
    "weight_asked",
)  # fmt: skip


def evaluated(coder: Coder, as_of: dt.date | None = None) -> Evaluated:
    """A fixed number of queries where an evaluation is stored. Nothing is written either way.

    As of an earlier day it is recomputed, always: see `recomputed`.
    """
    coder = _with_evaluation(coder)
    if as_of is not None and as_of < coder.today():
        return _computed(coder, recomputed(coder, as_of), is_fresh=True, is_past=True)
    is_fresh, alive = not coder.staleness.is_stale, worker_alive()
    stored: Evaluation | None = getattr(coder, "evaluation", None)
    if stored is None or not (is_fresh or alive):
        return _computed(coder, preview(coder), is_fresh=not alive, worker_alive=alive, computed_here=True)
    gaps = Gap.objects.filter(coder=coder).select_related("milestone_version__milestone")
    standing = Standing.objects.filter(coder=coder).select_related(
        "occupation", "area", "release", "band_stage"
    )
    return Evaluated(
        coder=coder,
        as_of=stored.as_of,
        evaluated_at=stored.evaluated_at,
        is_fresh=is_fresh,
        worker_alive=alive,
        computed_here=False,
        gaps=list(gaps),
        standing=standing.first(),
        **{name: getattr(stored, name) for name in FIGURES},
    )


def _with_evaluation(coder: Coder) -> Coder:
    stages = [f"evaluation__{name}" for name in ("expected_stage", "demonstrated_stage")]
    roles = [f"evaluation__{name}__stage" for name in ("role", "target")]
    return Coder.objects.select_related("user", "track", "area", "staleness", *stages, *roles).get(
        pk=coder.pk
    )


def _computed(
    coder: Coder, batch: Batch, *, is_fresh: bool, worker_alive=True, computed_here=False, is_past=False
) -> Evaluated:
    outcome = batch.outcome(0)
    versions = MilestoneVersion.objects.select_related("milestone").in_bulk(outcome.gaps)
    for version_id, gap in outcome.gaps.items():
        gap.milestone_version = versions[version_id]
    return Evaluated(
        coder=coder,
        as_of=batch.as_of,
        evaluated_at=None,
        is_fresh=is_fresh,
        worker_alive=worker_alive,
        computed_here=computed_here,
        gaps=list(outcome.gaps.values()),
        standing=next(iter(standings_for(batch, batch.as_of if is_past else None)), None),
        is_past=is_past,
        batch=batch,
        **{name: getattr(outcome, name) for name in FIGURES},
    )
