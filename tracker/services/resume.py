"""Writing a résumé, and links to it: made, shown once, opened, revoked."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker.models import Coder, LinkPart, Resume, ResumeBullet, ShareLink, ShareOpening
from tracker.permissions import require_change
from tracker.resume.facts import Fact
from tracker.resume.wording import check
from tracker.secret_links import digest_of, new_token

DAYS = (7, 30, 90)
AT_MOST = 20  # open links
LINES_AT_MOST = 24


def save_resume(
    coder: Coder, *, headline: str, lines: list[tuple[str, str]], facts: list[Fact], by
) -> Resume:
    """Store the headline and the lines, each (key of its fact, or "" for one's own words; wording), in that order.

    Raise ValidationError for a wording whose figures do not fit its fact. A fact that no record stands behind now keeps its wording.
    """
    require_change(by, coder)
    known = {fact.key: fact.values for fact in facts}
    if len(lines) > LINES_AT_MOST:
        raise ValidationError(_("That is more than fits: choose at most %(n)s lines.") % {"n": LINES_AT_MOST})
    with transaction.atomic():
        resume, _made = Resume.objects.get_or_create(coder=coder)
        resume.headline = headline
        resume.full_clean()
        resume.save()
        resume.bullets.all().delete()
        for position, (key, wording) in enumerate(lines):
            if key in known or not key:
                check(wording, known.get(key, {}))
            bullet = ResumeBullet(resume=resume, fact=key, wording=wording, position=position)
            bullet.full_clean()
            bullet.save()
    return resume


def create_link(coder: Coder, *, name: str, parts: list[str], days: int, by) -> tuple[ShareLink, str]:
    """A new link for `days` days and its token, which nobody can read again. Raise ValidationError by field."""
    require_change(by, coder)
    errors = {}
    if not parts or not set(parts) <= set(LinkPart.values):
        errors["parts"] = _("Choose what the link shows.")
    if days not in DAYS:
        errors["days"] = _("Choose how long it is open.")
    if errors:
        raise ValidationError(errors)
    if coder.share_links.open().count() >= AT_MOST:
        raise ValidationError(_("You have %(n)s open links already. Close one first.") % {"n": AT_MOST})
    token = new_token()
    link = ShareLink(
        coder=coder,
        token_digest=digest_of(token),
        name=name.strip(),
        parts=[part.value for part in LinkPart if part in parts],
        expires_at=timezone.now() + dt.timedelta(days=days),
    )
    link.full_clean(exclude=["token_digest"])
    link.save()
    return link, token


def revoke_link(link: ShareLink, *, by) -> ShareLink:
    """Close a link at once; twice is once."""
    require_change(by, link.coder)
    ShareLink.objects.filter(pk=link.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
    link.refresh_from_db()
    return link


def open_link(token: str, what: str) -> ShareLink | None:
    """The open link of a token, with the opening logged; None where there is none (any more)."""
    links = ShareLink.objects.open().select_related("coder__user")
    link = links.filter(token_digest=digest_of(token), coder__user__is_active=True).first()
    if link is not None:
        ShareOpening.objects.create(link=link, what=what)
    return link
