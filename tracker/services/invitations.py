"""Invitations: by e-mail, or by a link that is shown once. What is stored is a hash; what expired or was withdrawn opens nothing."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from curriculum.models import Program
from tracker.models import Enrollment, Membership, ProgramInstructor, Staff, StaffRole, Team, User
from tracker.permissions import require_instructor, require_manager, require_team_manager
from tracker.secret_links import digest_of, new_token

from .sending import send_after_commit

MOST_AT_ONCE = 200
INVITATIONS = {"member": Membership, "staff": Staff}
A_DAY = dt.timedelta(hours=24)
KEPT_UNANSWERED = dt.timedelta(days=30)


def require_room(by, number: int, *, field: str | None = None) -> None:
    """Raise ValidationError where `by` would have mailed more invitations within a day than one person may, of whichever kind.

    Within a transaction the count holds until its end: two requests at once cannot both take the last place.
    """
    if by is None or not number:
        return
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=by.pk)
        since = timezone.now() - A_DAY
        sent = sum(
            model.objects.filter(invited_by=by, invited_at__gt=since).exclude(invited_email="").count()
            for model in (Membership, Staff, Enrollment)
        )
    most = settings.INVITATIONS_A_DAY
    if sent + number > most:
        text = _(
            "One person can invite %(most)s people by e-mail within 24 hours: %(left)s more now, and this would be %(number)s. "
            "Nobody was invited. Go on tomorrow, or hand out links."
        )
        said = text % {"most": most, "left": max(0, most - sent), "number": number}
        raise ValidationError({field: said} if field else said)


def invite_members(team: Team, emails: Iterable[str], *, by, site: str) -> list[Membership]:
    """Invite coders by e-mail. Raise ValidationError on a wrong address; who is invited already is not invited twice."""
    require_team_manager(by, team)
    wanted = list(dict.fromkeys(email.strip().lower() for email in emails if email.strip()))
    if not wanted:
        raise ValidationError({"emails": _("Give at least one e-mail address.")})
    if len(wanted) > MOST_AT_ONCE:
        raise ValidationError({"emails": _("Invite at most %(n)s people at once.") % {"n": MOST_AT_ONCE}})
    if wrong := [email for email in wanted if not _is_email(email)]:
        text = _("Not an e-mail address: %(emails)s. Nobody was invited.")
        raise ValidationError({"emails": text % {"emails": ", ".join(wrong[:5])}})
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=team.pk)
        waiting = team.memberships.invited().filter(expires_at__gt=timezone.now())
        known = set(waiting.values_list("invited_email", flat=True))
        new = [email for email in wanted if email not in known]
        require_room(by, len(new), field="emails")
        rows = Membership.objects.bulk_create(
            Membership(team=team, invited_email=email, invited_by=by, site=site) for email in new
        )
        for row in rows:
            send_after_commit("tracker.mail_invitation", "member", row.pk)
    return rows


def invite_manager(organization, email: str, *, by, site: str, team: Team | None = None) -> Staff:
    """Invite a manager of every team of the organization, or of `team` alone."""
    if team is None:
        require_manager(by, organization)
    else:
        require_team_manager(by, team)
    email = email.strip().lower()
    if not _is_email(email):
        raise ValidationError({"email": _("Enter an e-mail address.")})
    with transaction.atomic():
        require_room(by, 1, field="email")
        row = Staff.objects.create(
            organization=organization, team=team, invited_email=email, invited_by=by, site=site
        )
        send_after_commit("tracker.mail_invitation", "staff", row.pk)
    return row


def invite_instructor(program: Program, email: str, *, by, site: str) -> Staff:
    """Invite somebody to teach in a program. Who is invited already is not invited twice."""
    require_instructor(by, program)
    email = email.strip().lower()
    if not _is_email(email):
        raise ValidationError({"email": _("Enter an e-mail address.")})
    with transaction.atomic():
        Program.objects.select_for_update().get(pk=program.pk)
        waiting = Staff.objects.filter(programs__program=program, accepted_at=None, ended_at=None)
        known = waiting.filter(invited_email=email, expires_at__gt=timezone.now()).first()
        if known:
            return known
        require_room(by, 1, field="email")
        row = Staff.objects.create(
            organization=program.organization,
            role=StaffRole.INSTRUCTOR,
            invited_email=email,
            invited_by=by,
            site=site,
        )
        # It opens nothing until somebody accepts: only staff who did are asked for what they teach.
        ProgramInstructor.objects.create(program=program, staff=row)
        send_after_commit("tracker.mail_invitation", "staff", row.pk)
    return row


def invitation_link(team: Team, *, by) -> tuple[Membership, str]:
    """A new invitation for one person, and the token of its link: nobody can read it again."""
    require_team_manager(by, team)
    token = new_token()
    return Membership.objects.create(team=team, invited_by=by, token_hash=digest_of(token)), token


def withdraw_invitation(invitation: Membership, *, by) -> None:
    """Its link opens nothing from now on."""
    require_team_manager(by, invitation.team)
    waiting = Membership.objects.invited().filter(pk=invitation.pk)
    waiting.update(left_at=timezone.now(), token_hash=None)


def invitation_for(token: str, *, lock: bool = False) -> Membership | Staff | None:
    """What a link's token opens now, if anything."""
    for model, ended in ((Membership, "left_at"), (Staff, "ended_at")):
        open_ones = model.objects.filter(accepted_at=None, expires_at__gt=timezone.now(), **{ended: None})
        if lock:
            open_ones = open_ones.select_for_update()
        if found := open_ones.filter(token_hash=digest_of(token)).first():
            return found
    return None


def mail_invitation(kind: str, pk: int) -> bool:
    """Send an invitation once. The link is made here, so that no queue ever holds it; a failure leaves it unsent."""
    model = INVITATIONS[kind]
    with transaction.atomic():
        row = model.objects.select_for_update().filter(pk=pk, mailed_at=None, accepted_at=None).first()
        if row is None or not row.invited_email or row.expired or _ended(row):
            return False
        token = new_token()
        row.token_hash, row.mailed_at = digest_of(token), timezone.now()
        row.save(update_fields=["token_hash", "mailed_at"])
        organization = row.team.organization if kind == "member" else row.organization
        context = {
            "invitation": row,
            "organization": organization,
            "program": program_of(row),
            "link": row.site + reverse("tracker:invitation", args=[token]),
        }
        subject = _("%(organization)s invites you to CoderPath") % {"organization": organization}
        body = render_to_string(f"tracker/mail/invite_{kind}.txt", context)
        EmailMessage(subject=" ".join(subject.split()), body=body, to=[row.invited_email]).send()
    return True


def program_of(invitation: Membership | Staff) -> Program | None:
    """The program in which an instructor is invited to teach."""
    if isinstance(invitation, Membership) or invitation.role != StaffRole.INSTRUCTOR:
        return None
    teaching = invitation.programs.select_related("program__organization").first()
    return teaching and teaching.program


def mail_waiting() -> int:
    """Send what no message reached: the broker was away, or the mail server was."""
    now, sent = timezone.now(), 0
    for kind, model in INVITATIONS.items():
        waiting = model.objects.filter(mailed_at=None, accepted_at=None, expires_at__gt=now)
        for pk in waiting.exclude(invited_email="").values_list("pk", flat=True)[:MOST_AT_ONCE]:
            sent += mail_invitation(kind, pk)
    return sent


def forget_unanswered(now: dt.datetime) -> int:
    """Delete invitations that nobody accepted, a month after they expired or were withdrawn: those people agreed to nothing."""
    until, forgotten = now - KEPT_UNANSWERED, 0
    for model, ended in ((Membership, "left_at"), (Enrollment, "left_at"), (Staff, "ended_at")):
        over = Q(expires_at__lt=until) | Q(**{f"{ended}__lt": until})
        forgotten += model.objects.filter(over, accepted_at=None).delete()[1].get(model._meta.label, 0)
    return forgotten


def _ended(row) -> bool:
    return bool(row.left_at if isinstance(row, Membership) else row.ended_at)


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
