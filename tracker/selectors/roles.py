"""What a role asks, in words, beside how far one coder is."""

from dataclasses import dataclass

from curriculum.conditions import in_words
from curriculum.models import Milestone, Role, Stage
from tracker.evaluation.context import load_context
from tracker.models import Coder, Gap


@dataclass(frozen=True)
class Asked:
    """One milestone asked for; `gap` is None where the coder was never held against it."""

    milestone: Milestone
    words: str
    must: bool
    gap: Gap | None


def asked_by_role(role: Role, coder: Coder) -> tuple[list[Asked], list[tuple[Stage, list[Asked]]]]:
    """The role's own milestones, and the musts of each stage up to its own that they leave, with the rules of today.

    What several ask for stands once, where it is asked first. A fixed number of queries.
    """
    context = load_context(coder.today())
    asks = context.requirements.by_asker(role)
    milestones = Milestone.objects.in_bulk({ask.milestone_id for _, some in asks for ask in some})
    gaps = {gap.milestone_version_id: gap for gap in Gap.objects.filter(coder=coder)}
    seen: set[int] = set()
    lines: list[tuple[Stage | None, list[Asked]]] = []
    for stage, some in asks:
        fresh = [ask for ask in some if ask.milestone_id not in seen]
        seen |= {ask.milestone_id for ask in fresh}
        fresh.sort(key=lambda ask: (-ask.weight, milestones[ask.milestone_id].position))
        words = {ask: in_words(context.rules[ask.version_id].needs) for ask in fresh}
        lines.append(
            (
                stage,
                [Asked(milestones[a.milestone_id], words[a], a.must, gaps.get(a.version_id)) for a in fresh],
            )
        )
    (_, own), *by_stage = lines
    return own, [(stage, some) for stage, some in by_stage if some]
