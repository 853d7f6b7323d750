"""One member as the team sees them. The same view serves the manager and the coder who wants to know what the manager sees."""

from dataclasses import dataclass

from django.utils.text import capfirst

from curriculum.conditions import in_words, leaves
from curriculum.models import MUST_WEIGHT
from tracker import wording
from tracker.evaluation.standards import TeamStandard, rule_under
from tracker.explain.steps import Step
from tracker.measures import get_measure
from tracker.models import (
    RECORD_KINDS,
    SHARED_KINDS,
    TARGET,
    Certainty,
    MemberGap,
    Membership,
    Record,
    RecordQuestion,
)
from tracker.permissions import shared_records

from .explanations import Explanation, Noted, explain_member_gap
from .gaps import certainty_help
from .overall import readiness_steps
from .records import with_lines
from .team_board import LACKING, of_others, standard_for, status_words, value_text

SHOWN = 12  # of each kind; the rest is counted


@dataclass(frozen=True)
class MemberGapLine:
    slug: str
    name: str
    in_words: str
    status: str
    status_label: str
    certainty: str
    certainty_label: str
    certainty_help: str
    value: str
    interval: str
    counts: str
    must: bool
    weight: int
    contested: bool
    number: float | None


@dataclass(frozen=True)
class SharedKind:
    kind: str
    name: str
    shared: bool
    records: list[Record]
    more: int


@dataclass(frozen=True)
class MemberView:
    membership: Membership
    standard: TeamStandard
    gaps: list[MemberGapLine]
    kinds: list[SharedKind]
    withdrawn: list[Record]
    questions: list[RecordQuestion]
    role: str
    target: str
    readiness: int | None
    readiness_steps: list[Step]
    own_target: str
    is_fresh: bool

    @property
    def open_musts(self) -> list[MemberGapLine]:
        return [gap for gap in self.gaps if gap.must and gap.status in LACKING]


def member_gaps(membership: Membership, standard: TeamStandard) -> list[MemberGapLine]:
    gaps = MemberGap.objects.filter(membership=membership).select_related("milestone_version__milestone")
    lines = [_line(gap, standard) for gap in gaps]
    return sorted(
        lines, key=lambda line: (not line.must, line.status not in LACKING, line.status == "met", line.name)
    )


def _line(gap: MemberGap, standard: TeamStandard) -> MemberGapLine:
    needs = rule_under(gap.milestone_version.rule, standard).needs
    return MemberGapLine(
        slug=gap.milestone_version.milestone.slug,
        name=gap.milestone_version.milestone.name,
        in_words=of_others(wording.sentence(in_words(needs))),
        status=gap.status,
        status_label=status_words()[gap.status],
        certainty=gap.certainty,
        certainty_label=gap.get_certainty_display() if gap.certainty else "",
        certainty_help=of_others(certainty_help(gap.certainty or Certainty.NONE)),
        value=value_text(needs, gap.value, gap.numerator, gap.denominator),
        interval=wording.interval(gap.lower, gap.upper),
        counts=wording.counts(gap.numerator, gap.denominator),
        must=gap.weight >= MUST_WEIGHT,
        weight=gap.weight,
        contested=gap.contested,
        number=gap.value,
    )


def member_view(membership: Membership, day) -> MemberView:
    """Everything that a manager of the team may see of a member, and nothing else."""
    standard = standard_for(membership.team, day)
    shares = set(membership.shares.filter(revoked_at=None).values_list("kind", flat=True))
    evaluation = getattr(membership, "evaluation", None)
    own_target = membership.coder.target_role if TARGET in shares else None
    kinds, withdrawn = [], []
    for kind, model in RECORD_KINDS.items():
        records = (
            list(with_lines(shared_records(membership, model, with_removed=True), and_proofs=True))
            if kind in shares
            else []
        )
        current = [record for record in records if not record.removed_at]
        withdrawn += [record for record in records if record.removed_at and record.removed_because]
        kinds.append(
            SharedKind(
                kind,
                capfirst(str(model._meta.verbose_name_plural)),
                kind in shares,
                current[:SHOWN],
                max(0, len(current) - SHOWN),
            )
        )
    asked = evaluation.weight_asked if evaluation else 0
    questions = RecordQuestion.objects.filter(
        coder=membership.coder_id, organization=membership.team.organization_id, closed_at=None
    )
    return MemberView(
        membership=membership,
        standard=standard,
        gaps=member_gaps(membership, standard),
        kinds=kinds,
        withdrawn=withdrawn,
        questions=list(questions.select_related("asked_by")),
        role=evaluation.role.name if evaluation and evaluation.role else "",
        target=evaluation.target.name if evaluation and evaluation.target else "",
        readiness=100 * evaluation.weight_met // asked if asked else None,
        readiness_steps=readiness_steps(evaluation.weight_met, asked) if asked else [],
        own_target=own_target.name if own_target else "",
        is_fresh=evaluation is not None and not membership.coder.staleness.is_stale,
    )


@dataclass(frozen=True)
class Evidence:
    """One gap of a member with how it came about."""

    gap: MemberGapLine
    explanation: Explanation
    records: list[Noted]


def evidence(membership: Membership, slug: str, day) -> Evidence | None:
    """One gap of a member, how it came about, and the shared records behind it; None where nobody asks for it."""
    standard = standard_for(membership.team, day)
    gap = (
        MemberGap.objects.filter(membership=membership, milestone_version__milestone__slug=slug)
        .select_related("milestone_version__milestone")
        .order_by("-milestone_version__no")
        .first()
    )
    if gap is None:
        return None
    evaluation = getattr(membership, "evaluation", None)
    explanation = explain_member_gap(membership, gap, evaluation.as_of if evaluation else day)
    return Evidence(
        _line(gap, standard), explanation, [*explanation.records, *_gone_through(membership, gap, day)]
    )


def _gone_through(membership: Membership, gap: MemberGap, day) -> list[Noted]:
    """A measure that goes through its records one by one tells no filter: those of its kind are shown."""
    kinds = set()
    for leaf in leaves(gap.milestone_version.rule.needs):
        measure = get_measure(leaf.measure)
        if measure.kind and not measure.columns(leaf, day, attested=False):
            kinds.add(measure.kind)
    return [
        Noted(record, "")
        for kind in sorted(kinds)
        for record in with_lines(shared_records(membership, RECORD_KINDS[kind]), and_proofs=True)
    ]


def kinds_in_words(kinds) -> list[str]:
    """Shared kinds as people call them, in the usual order."""
    shared = set(kinds)
    return [str(label) for kind, label in SHARED_KINDS if kind in shared]
