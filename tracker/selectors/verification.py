"""What waits to be verified: self-reported records that a team is shown, the oldest first."""

from dataclasses import dataclass

from django.utils.text import capfirst

from tracker.models import RECORD_KINDS, Record, RecordQuestion, Team
from tracker.services.verification import awaiting, seen_of

from .records import with_lines

# More than these of one kind are worked off in turns: who verifies the first sees the next.
MOST_OF_A_KIND = 200


@dataclass(frozen=True)
class Waiting:
    record: Record
    question: RecordQuestion | None

    @property
    def key(self) -> str:
        return f"{self.record.KIND}:{self.record.pk}:{self.seen}"

    @property
    def seen(self) -> str:
        """Tells the record as it is shown here from one that was changed meanwhile."""
        return seen_of(self.record)


@dataclass(frozen=True)
class Queue:
    """`kinds` are (kind, name, number waiting); `lines` those of one kind where one was chosen."""

    kinds: list[tuple[str, str, int]]
    lines: list[Waiting]
    kind: str

    @property
    def number(self) -> int:
        return sum(n for _kind, _name, n in self.kinds)


def verification_queue(team: Team, user, *, kind: str = "") -> Queue:
    """What `user` may verify for the team: never their own."""
    kinds, lines = [], []
    questions = {
        (row.kind, row.record_id): row
        for row in RecordQuestion.objects.filter(organization=team.organization_id, closed_at=None)
    }
    for name, model in RECORD_KINDS.items():
        waiting = awaiting(team, model, besides=user)
        number = waiting.count()
        if not number:
            continue
        kinds.append((name, capfirst(str(model._meta.verbose_name_plural)), number))
        if kind in ("", name):
            rows = with_lines(
                waiting.select_related("coder__user").order_by("recorded_at", "pk"), and_proofs=True
            )
            lines += [Waiting(row, questions.get((name, row.pk))) for row in rows[:MOST_OF_A_KIND]]
    lines.sort(key=lambda line: (str(line.record.coder.user).lower(), line.record.recorded_at))
    return Queue(kinds, lines, kind if kind in {name for name, _, _ in kinds} else "")
