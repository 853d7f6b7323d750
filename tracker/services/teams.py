"""What managers do: found organizations and teams, say who is what in them, and how many of what they need."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.text import slugify
from django.utils.translation import gettext as _

from curriculum.models import Certification, Organization, OrganizationKind, Role, Standard
from tracker.models import CoverageNeed, Membership, Staff, StaffRole, Team
from tracker.permissions import require_manager, require_team_manager
from tracker.validators import refuse_patient_data


def found_organization(name: str, *, by, kind=OrganizationKind.EMPLOYER) -> Organization:
    """A new organization, which its founder manages. Two may bear the same name: neither knows of the other."""
    with transaction.atomic():
        organization = Organization(name=" ".join(name.split()), kind=kind)
        refuse_patient_data(organization.name)
        organization.full_clean()
        organization.save()
        Staff.objects.create(
            organization=organization, user=by, role=StaffRole.MANAGER, accepted_at=timezone.now()
        )
    return organization


def found_team(organization: Organization, name: str, *, by) -> Team:
    require_manager(by, organization)
    with transaction.atomic():
        team = Team(organization=organization, name=" ".join(name.split()))
        standard = Standard(slug=_standard_slug(team.name), name=team.name[:120], owner=organization)
        team.full_clean(exclude=["standard"])
        standard.full_clean()
        standard.save()
        team.standard = standard
        team.save()
    return team


def _standard_slug(name: str) -> str:
    """Nobody reads it; it only must not meet another."""
    return f"{slugify(name)[:40] or 'team'}-{get_random_string(12).lower()}"


def rename_team(team: Team, name: str, *, by) -> Team:
    require_team_manager(by, team)
    team.name = " ".join(name.split())
    team.full_clean()
    with transaction.atomic():
        team.save(update_fields=["name"])
        Standard.objects.filter(pk=team.standard_id).update(name=team.name)
    return team


def describe_member(membership: Membership, *, job_title: str, target_role: Role | None, by) -> Membership:
    """What the team calls the member, and the role that it wants to see them in. Neither changes the coder's own."""
    require_team_manager(by, membership.team)
    membership.job_title, membership.target_role = " ".join(job_title.split()), target_role
    said = ["job_title", "target_role"]
    membership.clean_fields(exclude=[f.name for f in membership._meta.fields if f.name not in said])
    membership.save(update_fields=said)
    return membership


def set_coverage(team: Team, certification: Certification, people: int | None, *, by) -> None:
    """How many people with a credential the team needs; nobody for none."""
    require_team_manager(by, team)
    if not people:
        team.coverage_needs.filter(certification=certification).delete()
        return
    need = CoverageNeed(team=team, certification=certification, people=people)
    need.clean_fields()
    CoverageNeed.objects.update_or_create(team=team, certification=certification, defaults={"people": people})


def end_staff(staff: Staff, *, by) -> None:
    """Take somebody's part in an organization or in one team away; the last manager of the organization stays."""
    if staff.team_id:
        require_team_manager(by, staff.team)
    else:
        require_manager(by, staff.organization)
    with transaction.atomic():
        whole = Staff.objects.managers().filter(organization=staff.organization_id, team=None)
        managers = list(whole.select_for_update())
        if [manager.pk for manager in managers] == [staff.pk]:
            raise ValidationError(_("Somebody must manage the organization. Invite another manager first."))
        Staff.objects.filter(pk=staff.pk, ended_at=None).update(ended_at=timezone.now(), token_hash=None)
