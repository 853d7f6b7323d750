"""Who may see and change what. Pages, API and files start from these querysets, so that a stranger's object is a 404.

There are two ways to a record: it is one's own, or its coder shares its kind (`Share`) with a team whose organization one
manages, or with a program in which one teaches. Work counts for a team where it was made under the team's organization
since joining, for a program also where it names no employer; another employer's never.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import BigIntegerField, Exists, ExpressionWrapper, OuterRef, Q

from curriculum.models import Program

from .models import (
    PROVEN,
    Audit,
    AuditWork,
    ClaimOutcome,
    Cohort,
    Credential,
    Dispute,
    DisputeState,
    Enrollment,
    Membership,
    Pay,
    Proof,
    Share,
    Staff,
    StaffRole,
    Team,
    Volume,
)
from .models.records import ATTESTED

# What is made for an employer. Everything else is what a coder brings along, whenever earned.
WORK_MODELS = (Volume, Audit, AuditWork, ClaimOutcome)


def own_records(user, model, *, with_removed=False):
    """The user's own records of one kind. `with_removed` adds what can still be restored."""
    return _records(user, model, Q(coder__user_id=user.pk), with_removed)


def visible_records(user, model, *, with_removed=False):
    """The records of one kind that `user` may see: their own, and those that are shared with them."""
    return _records(user, model, Q(coder__user_id=user.pk) | shared_with_user(user, model), with_removed)


def _records(user, model, which: Q, with_removed: bool):
    if not user.is_authenticated:
        return model.objects.none()
    records = model.objects.filter(which).select_related("coder__user")
    return records if with_removed else records.current()


def shared_with_user(user, model) -> Q:
    """Whether a record is shared with a team that `user` manages, or with a program in which they teach."""
    managed = Q(membership__team__in=managed_teams(user).values("pk"))
    return shared_under(
        model, managed | Q(enrollment__cohort__program__in=taught_programs(user).values("pk"))
    )


def shared_under(model, memberships: Q, record: str = "") -> Q:
    """Whether a record lies in what its coder shares under some memberships or enrollments: the door that every reader
    goes through.

    `memberships` is a condition on Share ("membership__team=..."); `record` is the path to the record where the query is
    not about the record itself.
    """

    def its(name):
        return OuterRef(f"{record}__{name}" if record else name)

    shares = Share.objects.open().filter(memberships, coder=its("coder"), kind=model.KIND)
    if model in WORK_MODELS:
        shares = shares.annotate(
            made_under=ExpressionWrapper(its("made_under"), output_field=BigIntegerField())
        )
        of_team = Q(
            membership__team__organization=its("made_under"), membership__joined_on__lte=its(model.DATE)
        )
        of_program = Q(enrollment__starts_on__lte=its(model.DATE)) & (
            Q(enrollment__cohort__program__organization=its("made_under")) | Q(made_under=None)
        )
        shares = shares.filter(of_team | of_program)
    return Q(Exists(shares)) & _no_plan(model, record)


def _no_plan(model, record: str) -> Q:
    """A credential that is only planned says where somebody wants to go: no share of records covers it."""
    if model is not Credential:
        return Q()
    return Q(**{f"{record}__earned_on__isnull" if record else "earned_on__isnull": False})


def shared_records(agreement: Membership | Enrollment, model, *, with_removed=False):
    """What somebody shares of one kind with a team or a program: what is seen there, and what they are shown as that."""
    through = "membership" if isinstance(agreement, Membership) else "enrollment"
    shared = shared_under(model, Q(**{through: agreement}))
    records = model.objects.filter(shared, coder=agreement.coder_id).select_related("coder__user")
    return records if with_removed else records.current()


def visible_proofs(user):
    """The files that `user` may open: their own, and those of records that are shared with them and were not removed."""
    if not user.is_authenticated:
        return Proof.objects.none()
    managed = Q(membership__team__in=managed_teams(user).values("pk"))
    readers = managed | Q(enrollment__cohort__program__in=taught_programs(user).values("pk"))
    which = Q(coder__user_id=user.pk)
    for model, name in PROVEN.items():
        standing = Q(**{f"{name}__isnull": False, f"{name}__removed_at": None})
        which |= standing & shared_under(model, readers, record=name)
    return Proof.objects.filter(which).select_related("coder__user", *PROVEN.values())


def managed_organizations(user):
    """Ids of the organizations that `user` manages with all their teams, as a subquery."""
    return Staff.objects.managers().filter(user_id=user.pk, team=None).values("organization")


def managed_teams(user):
    """The teams of the organizations that `user` manages, and those that are theirs alone to manage."""
    if not user.is_authenticated:
        return Team.objects.none()
    alone = Staff.objects.managers().filter(user_id=user.pk, team__isnull=False).values("team")
    managed = Q(organization__in=managed_organizations(user)) | Q(pk__in=alone)
    return Team.objects.filter(managed).select_related("organization")


def managed_members(user):
    """Members of the teams that `user` manages: those who accepted and have not left."""
    return (
        Membership.objects.open().filter(team__in=managed_teams(user)).select_related("coder__user", "team")
    )


def taught_programs(user):
    """The programs in which `user` teaches, as long as they are with the organization."""
    if not user.is_authenticated:
        return Program.objects.none()
    staff = Staff.objects.open().filter(user_id=user.pk, role=StaffRole.INSTRUCTOR)
    return Program.objects.filter(instructors__staff__in=staff).select_related("organization", "role")


def taught_cohorts(user):
    return Cohort.objects.filter(program__in=taught_programs(user).values("pk")).select_related(
        "program__organization", "program__role", "version"
    )


def require_instructor(user, program) -> None:
    """Raise PermissionDenied where `user` does not teach in the program. None is the site itself (demo, jobs)."""
    if user is not None and not taught_programs(user).filter(pk=program.pk).exists():
        raise PermissionDenied("Only an instructor of this program may do this.")


def may_act_for(user, organization, role=StaffRole.MANAGER) -> bool:
    """Whether `user` has the role in the whole organization."""
    staff = Staff.objects.open().filter(user_id=user.pk, organization=organization, role=role, team=None)
    return staff.exists()


def require_manager(user, organization) -> None:
    """Raise PermissionDenied where `user` does not manage the organization. None is the site itself (demo, jobs)."""
    if user is not None and not may_act_for(user, organization):
        raise PermissionDenied("Only a manager of this organization may do this.")


def require_team_manager(user, team) -> None:
    """Raise PermissionDenied where `user` manages neither the team nor its organization. None is the site itself."""
    if user is not None and not managed_teams(user).filter(pk=team.pk).exists():
        raise PermissionDenied("Only a manager of this team may do this.")


def may_answer(user, audit) -> bool:
    """Whether a dispute of an audit is `user`'s to answer: who verified it, or manages the organization that it was
    verified for or made under, as long as the coder shares it; never the coder. None is the site itself (demo, jobs)."""
    if user is None:
        return True
    return answerable_audits(user).filter(pk=audit.pk).exists()


def answerable_audits(user):
    """Audits of others that `user` attested, or whose organization's manager they are."""
    # Of one team alone, too: it is among the visible ones only where it is shared with a team of theirs.
    organizations = Staff.objects.managers().filter(user_id=user.pk).values("organization")
    theirs = Q(verified_by_id=user.pk) | Q(verified_for__in=organizations) | Q(made_under__in=organizations)
    attested = visible_records(user, Audit).filter(theirs, provenance__in=[p.value for p in ATTESTED])
    return attested.exclude(coder__user_id=user.pk)


def visible_disputes(user):
    """The user's own disputes, and those that are theirs to answer or were answered by them."""
    if not user.is_authenticated:
        return Dispute.objects.none()
    mine = Q(score__audit__coder__user_id=user.pk)
    theirs = Q(score__audit__in=answerable_audits(user).values("pk"))
    return (
        Dispute.objects.filter(mine | theirs, score__audit__removed_at=None)
        .exclude(~mine & Q(state=DisputeState.WITHDRAWN))
        .select_related("score__audit__coder__user", "score__audit__verified_for", "answered_by")
    )


def visible_pay(user):
    """Pay is its owner's alone: no share, no team and no administrator's list leads here."""
    if not user.is_authenticated:
        return Pay.objects.none()
    return Pay.objects.filter(coder__user=user).select_related("coder__user")


def may_change(user, coder) -> bool:
    """Records belong to their coder, and nobody else changes them."""
    return user.pk is not None and user.pk == coder.user_id


def require_change(user, coder) -> None:
    """Raise PermissionDenied where `user` may not change the coder's records. None is the site itself (demo, jobs)."""
    if user is not None and not may_change(user, coder):
        raise PermissionDenied("Only the coder may change this.")
