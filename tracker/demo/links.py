"""A résumé of the demo that is shared by a link, so that anybody can look at what a hiring manager would see."""

import datetime as dt

from django.utils import timezone

from tracker.models import Coder, LinkPart, ShareLink, ShareOpening
from tracker.secret_links import digest_of

# A real token is random and told once. This one is known to everybody, like the demo's password.
TOKEN = "demo-resume-of-an-emergency-coder"  # noqa: S105
SHARED_BY = "emergency"
DAYS = 365


def share_resume(coder: Coder) -> None:
    """Everything but the e-mail address, with a few openings in its log."""
    parts = [part.value for part in LinkPart if part != LinkPart.CONTACT]
    ends = timezone.now() + dt.timedelta(days=DAYS)
    link = ShareLink.objects.create(
        coder=coder,
        token_digest=digest_of(TOKEN),
        name="Lakeside Hospital, hiring manager",
        parts=parts,
        expires_at=ends,
    )
    ShareOpening.objects.bulk_create(ShareOpening(link=link, what=what) for what in ("page", "pdf", "page"))
