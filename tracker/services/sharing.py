"""What a coder decides about a team: to join, what it sees, and to leave. Only the coder's own doing, each in one transaction."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker.models import (
    SHARED_KINDS,
    TARGET,
    AccessLog,
    Coder,
    MemberEvaluation,
    MemberGap,
    Membership,
    ProgramInstructor,
    Share,
    Staff,
    StaffRole,
)
from tracker.permissions import require_change, require_team_manager

from .invitations import invitation_for
from .staleness import mark_stale

KINDS = [kind for kind, _label in SHARED_KINDS]
# Ticked on the page of acceptance: everything that milestones are made of. What says where somebody wants to go is not.
SUGGESTED = [kind for kind in KINDS if kind != TARGET]
GONE = "This invitation is not open any more. Ask for a new one."


def accept_membership(
    token: str, coder: Coder, kinds: Collection[str], *, by, logs_work: bool = False
) -> Membership:
    """Join the team, sharing `kinds` with it. Raise ValidationError where the invitation does not hold."""
    require_change(by, coder)
    with transaction.atomic():
        membership = invitation_for(token, lock=True)
        if not isinstance(membership, Membership):
            raise ValidationError(_(GONE))
        if Membership.objects.open().filter(team=membership.team_id, coder=coder).exists():
            raise ValidationError(_("You are in this team already."))
        membership.coder, membership.accepted_at = coder, timezone.now()
        membership.joined_on, membership.token_hash = coder.today(), None
        membership.logs_work = logs_work
        membership.save()
        _set_shares(membership, kinds)
    return membership


def accept_staff(token: str, *, by) -> Staff:
    """Become a manager of the organization or the team that invites, or an instructor of the program."""
    with transaction.atomic():
        staff = invitation_for(token, lock=True)
        if not isinstance(staff, Staff):
            raise ValidationError(_(GONE))
        if staff.role == StaffRole.INSTRUCTOR:
            return _teach(staff, by)
        same = Staff.objects.open().filter(user=by, organization=staff.organization_id, role=staff.role)
        if same.filter(Q(team=None) | Q(team=staff.team_id)).exists():
            raise ValidationError(_("You manage this already."))
        staff.user, staff.accepted_at, staff.token_hash = by, timezone.now(), None
        staff.save()
    return staff


def _teach(invitation: Staff, user) -> Staff:
    """Take up an instructor's invitation; who teaches for the organization already teaches in this program as well."""
    now = timezone.now()
    have = Staff.objects.open().filter(
        user=user, organization=invitation.organization_id, role=invitation.role
    )
    if staff := have.first():
        for teaching in invitation.programs.all():
            ProgramInstructor.objects.get_or_create(program=teaching.program, staff=staff)
        invitation.programs.all().delete()
        Staff.objects.filter(pk=invitation.pk).update(ended_at=now, token_hash=None)
        return staff
    invitation.user, invitation.accepted_at, invitation.token_hash = user, now, None
    invitation.save()
    return invitation


def change_shares(
    membership: Membership, kinds: Collection[str], *, by, logs_work: bool | None = None
) -> None:
    """Share these kinds with the team from now on, and no others."""
    require_change(by, membership.coder)
    with transaction.atomic():
        membership = Membership.objects.open().select_for_update().filter(pk=membership.pk).first()
        if membership is None:
            raise ValidationError(_("You are not in this team any more."))
        if logs_work is not None:
            Membership.objects.filter(pk=membership.pk).update(logs_work=logs_work)
        _set_shares(membership, kinds)


def _set_shares(membership: Membership, kinds: Collection[str]) -> None:
    if unknown := set(kinds) - set(KINDS):
        raise ValidationError(_("This cannot be shared: %(kinds)s.") % {"kinds": ", ".join(sorted(unknown))})
    now, wanted = timezone.now(), set(kinds)
    shared = set(membership.shares.filter(revoked_at=None).values_list("kind", flat=True))
    # First the mark: an evaluation that read the old shares then stores nothing of them.
    mark_stale([membership.coder_id])
    membership.shares.filter(revoked_at=None, kind__in=shared - wanted).update(revoked_at=now)
    Share.objects.bulk_create(
        Share(coder_id=membership.coder_id, membership=membership, kind=kind) for kind in wanted - shared
    )
    if shared - wanted:
        _forget(membership)


def leave_team(membership: Membership, *, by) -> None:
    """The coder leaves, or a manager takes them out: nothing is seen from now on, and every record stays the coder's."""
    if by is not None and by.pk != membership.coder.user_id:
        require_team_manager(by, membership.team)
    with transaction.atomic():
        mark_stale([membership.coder_id])
        now = timezone.now()
        Membership.objects.open().filter(pk=membership.pk).update(left_at=now)
        membership.shares.filter(revoked_at=None).update(revoked_at=now)
        _forget(membership)


def _forget(membership: Membership) -> None:
    """What was made of things that are shared no more goes at once; what is still shared is evaluated again."""
    MemberGap.objects.filter(membership=membership).delete()
    MemberEvaluation.objects.filter(membership=membership).delete()


def evidence_words(milestone: str) -> str:
    """What somebody looked at who followed a gap to its records."""
    return _("the records behind “%(name)s”") % {"name": milestone}


def note_access(viewer, organization, coders: Collection[Coder], what: str) -> None:
    """Write down, once a day, that `viewer` looked at something of these coders. One's own things are not written down."""
    day = viewer.today()
    ids = {coder.pk for coder in coders if coder.user_id != viewer.pk}
    known = AccessLog.objects.filter(viewer=viewer, what=what, day=day, coder__in=ids)
    new = ids - set(known.values_list("coder_id", flat=True))
    rows = [
        AccessLog(coder_id=pk, viewer=viewer, organization=organization, what=what, day=day) for pk in new
    ]
    AccessLog.objects.bulk_create(rows, ignore_conflicts=True)
