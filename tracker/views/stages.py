"""The four stages as a strip, with where somebody stands by years and by what they have shown."""

from dataclasses import dataclass

from curriculum.models import Stage


@dataclass(frozen=True)
class StageStep:
    stage: Stage
    years: str
    is_expected: bool
    is_demonstrated: bool
    is_reached: bool  # shown, or a stage before one that was shown


def years_text(stage: Stage) -> str:
    """Such as 3–5, or 7+."""
    low = f"{stage.years_from.normalize():f}"
    return f"{low}+" if stage.years_to is None else f"{low}–{stage.years_to.normalize():f}"


def stage_strip(expected: Stage | None, demonstrated: Stage | None) -> list[StageStep]:
    reached = demonstrated.position if demonstrated else -1
    return [
        StageStep(
            stage, years_text(stage), stage == expected, stage == demonstrated, stage.position <= reached
        )
        for stage in Stage.objects.all()
    ]
