"""Two audits that the demo's auditor disputes: one waits for an answer, the other has one."""

import datetime as dt

from simple_history.utils import bulk_update_with_history

from tracker.models import AuditScore, Coder, Dispute, DisputeState, Provenance, User
from tracker.models.disputes import figures_as_kept

ASKED = (
    "Two of the codes follow the guideline on signs and symptoms, section I.B.5. Please look at them again."
)
ANSWERED = "The symptoms are integral to the diagnosis that was confirmed, so they are not coded besides. The score stands."


def dispute_audits(coder: Coder, manager: User, anchor: dt.date) -> None:
    """Rows in bulk, past all signals; the last evaluation of the load takes them up."""
    scores = AuditScore.objects.filter(
        audit__coder=coder,
        method="code_over_code",
        reviewed__isnull=False,
        audit__provenance=Provenance.VERIFIED,
    )
    newest, older = scores.order_by("-audit__audited_on")[:2]
    asked, answered = (_noon(anchor - dt.timedelta(days=days)) for days in (3, 20))
    newest.contested = True
    bulk_update_with_history([newest], AuditScore, ["contested"], default_user=coder.user, default_date=asked)
    rows = Dispute.objects.bulk_create(
        [
            Dispute(score=newest, reason=ASKED, before=figures_as_kept(newest)),
            Dispute(
                score=older, reason=ASKED, before=figures_as_kept(older), state=DisputeState.STANDS, answer=ANSWERED,
                answered_by=manager, answered_at=answered,
            ),
        ]
    )  # fmt: skip
    for row, at in zip(rows, (asked, answered - dt.timedelta(days=4)), strict=True):
        row.asked_at = at
    Dispute.objects.bulk_update(rows, ["asked_at"])


def _noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), dt.UTC)
