"""Programs of an organization: what they ask, in versions; the milestones and activities that are the organization's own."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from curriculum.models import (
    ActivityCredit,
    Body,
    Confidence,
    LearningActivity,
    Milestone,
    MilestoneVersion,
    Organization,
    OrganizationKind,
    Origin,
    Program,
    ProgramItem,
    ProgramVersion,
)
from tracker.models import Membership, ProgramInstructor, Staff, StaffRole
from tracker.permissions import may_act_for, require_instructor
from tracker.validators import refuse_patient_data

from .staleness import mark_stale

PROGRAM_FIELDS = ("name", "summary", "role", "certificate_by")


@dataclass(frozen=True)
class Wanted:
    """One thing that a version is to ask, in the order of the list it stands in."""

    milestone: Milestone | None = None
    activity: LearningActivity | None = None
    required: bool = True
    by_signoff: bool = False
    due_days: int | None = None

    @property
    def key(self):
        return self.milestone and self.milestone.pk, self.activity and self.activity.pk


def check_text(**texts: str) -> None:
    """Raise ValidationError by field for free text that could identify a patient."""
    errors = {}
    for name, text in texts.items():
        try:
            refuse_patient_data(text or "")
        except ValidationError as error:
            errors[name] = error.messages
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def found_school(name: str, *, by, kind=OrganizationKind.SCHOOL) -> Staff:
    """Make an organization that trains, with its founder as an instructor."""
    check_text(name=name)
    organization = Organization(name=name, kind=kind)
    organization.full_clean()
    organization.save()
    return Staff.objects.create(
        organization=organization, user=by, role=StaffRole.INSTRUCTOR, accepted_at=timezone.now()
    )


@transaction.atomic
def save_program(program: Program, *, by) -> Program:
    """Store a program. A new one begins with an empty version, and with its author as an instructor."""
    check_text(name=program.name, summary=program.summary)
    new = program.pk is None
    if new:
        staff = Staff.objects.open().filter(
            user_id=by.pk, organization=program.organization, role=StaffRole.INSTRUCTOR
        )
        if not (author := staff.first()):
            raise PermissionDenied("Only an instructor of this organization may open a program.")
    else:
        require_instructor(by, program)
    program.full_clean()
    program.save()
    if new:
        ProgramInstructor.objects.create(program=program, staff=author)
        ProgramVersion.objects.create(program=program, no=1)
    return program


def add_instructor(program: Program, staff: Staff, *, by) -> ProgramInstructor:
    """Let another instructor of the organization teach in the program. Twice is once."""
    require_instructor(by, program)
    if not may_act_for(staff.user, program.organization, StaffRole.INSTRUCTOR):
        raise ValidationError(_("Choose an instructor of this organization."))
    return ProgramInstructor.objects.get_or_create(program=program, staff=staff)[0]


@transaction.atomic
def remove_instructor(teaching: ProgramInstructor, *, by) -> None:
    """Take an instructor out of a program, or withdraw the invitation; the last who teaches there stays."""
    require_instructor(by, teaching.program)
    Program.objects.select_for_update().get(pk=teaching.program_id)
    left = ProgramInstructor.objects.filter(program=teaching.program_id, staff__in=Staff.objects.open())
    if [one.pk for one in left] == [teaching.pk]:
        raise ValidationError(_("Somebody must teach in the program. Add another instructor first."))
    ProgramInstructor.objects.filter(pk=teaching.pk).delete()
    # Who teaches nowhere any more is no instructor of the organization: else they could go on in its name.
    teaches_elsewhere = ProgramInstructor.objects.filter(staff=teaching.staff_id)
    if not teaches_elsewhere.exists():
        Staff.objects.filter(pk=teaching.staff_id).update(ended_at=timezone.now(), token_hash=None)


def newest_version(program: Program) -> ProgramVersion:
    return program.versions.prefetch_related("items__milestone", "items__activity").first()


@transaction.atomic
def add_version(program: Program, wanted: Iterable[Wanted], *, note: str = "", by) -> ProgramVersion:
    """Make the next version of a program; the newest one where it asks just that already. Nobody follows it yet."""
    require_instructor(by, program)
    check_text(note=note)
    wanted = list(wanted)
    if len({one.key for one in wanted}) < len(wanted):
        raise ValidationError(
            _("Each milestone and each activity is asked once. Remove the one that stands twice.")
        )
    for one in wanted:
        if (one.milestone or one.activity).owner_id not in (None, program.organization_id):
            raise ValidationError(_("Choose from the list."))
    own = [one.milestone.pk for one in wanted if one.milestone and one.milestone.owner_id]
    pins = dict(
        MilestoneVersion.objects.filter(milestone__in=own).order_by("no").values_list("milestone_id", "pk")
    )
    items = [
        ProgramItem(
            milestone=one.milestone, pinned_version_id=one.milestone and pins.get(one.milestone.pk),
            activity=one.activity, position=place, required=one.required, by_signoff=one.by_signoff,
            due_days=one.due_days,
        )
        for place, one in enumerate(wanted, 1)
    ]  # fmt: skip
    newest = Program.objects.select_for_update().get(pk=program.pk).versions.first()
    if newest and [_content(item) for item in newest.items.all()] == [_content(item) for item in items]:
        return newest
    version = ProgramVersion.objects.create(program=program, no=(newest.no if newest else 0) + 1, note=note)
    for item in items:
        item.version = version
        item.clean_fields()
    ProgramItem.objects.bulk_create(items)
    return version


def _content(item: ProgramItem) -> tuple:
    return (*item.key, item.pinned_version_id, item.required, item.by_signoff, item.due_days)


def _require_organization(organization: Organization, by) -> None:
    if by is not None and not may_act_for(by, organization, StaffRole.INSTRUCTOR):
        raise PermissionDenied("Only an instructor of this organization may do this.")


def _require_staff(organization: Organization, by) -> None:
    """Milestones are written by instructors, and by managers of the organization or of a team of it."""
    if by is not None and not Staff.objects.open().filter(user_id=by.pk, organization=organization).exists():
        raise PermissionDenied("Only an instructor or a manager of this organization may do this.")


def may_change_milestones(organization: Organization, user) -> bool:
    """A change holds for every team that asks for the milestone, so a manager of one team alone makes none."""
    return Staff.objects.open().filter(user_id=user.pk, organization=organization, team=None).exists()


@transaction.atomic
def save_milestone(organization: Organization, given: Mapping, definition: dict, *, by) -> MilestoneVersion:
    """Make a milestone of the organization's own, or a new version of one (`given["milestone"]`).

    `given` has name, summary and perhaps milestone. The version is the newest one where nothing differs.
    """
    _require_staff(organization, by)
    check_text(name=given["name"], summary=given["summary"])
    milestone = given.get("milestone")
    if milestone is None:
        milestone = Milestone(
            slug=_slug(organization, given["name"], Milestone), owner=organization, **_sourced(organization)
        )
    elif milestone.owner_id != organization.pk:
        raise PermissionDenied("This milestone is not the organization's.")
    elif by is not None and not may_change_milestones(organization, by):
        raise PermissionDenied(
            "Other teams may ask for this milestone: whoever manages all of them changes it."
        )
    milestone.name, milestone.summary = given["name"], given["summary"]
    milestone.full_clean()
    milestone.save()
    newest = milestone.versions.order_by("no").last()
    if newest and newest.definition == definition:
        return newest
    no = (milestone.versions.aggregate(no=Max("no"))["no"] or 0) + 1
    # It holds from the day before, so that it also does where that day is not over yet.
    day = timezone.now().date() - dt.timedelta(days=1)
    version = MilestoneVersion.objects.create(
        milestone=milestone, no=no, valid_from=day, definition=definition
    )
    if newest:  # teams may ask for it, and are held against its newest version
        members = Membership.objects.open().filter(team__organization=organization)
        mark_stale(members.values_list("coder_id", flat=True))
    return version


@transaction.atomic
def save_activity(
    organization: Organization,
    activity: LearningActivity,
    *,
    milestones: Iterable[Milestone] = (),
    credits: Mapping[Body, Decimal] | None = None,
    by,
) -> LearningActivity:
    """Store a learning activity of the organization's own: what it serves, and the units that each body gives for it."""
    _require_organization(organization, by)
    check_text(name=activity.name, provider=activity.provider, description=activity.description)
    if activity.pk is None:
        activity.slug, activity.owner = _slug(organization, activity.name, LearningActivity), organization
        for name, value in _sourced(organization).items():
            setattr(activity, name, value)
    elif activity.owner_id != organization.pk:
        raise PermissionDenied("This activity is not the organization's.")
    activity.full_clean()
    activity.save()
    activity.milestones.set(m for m in milestones if m.owner_id in (None, organization.pk))
    activity.credits.all().delete()
    for body, units in (credits or {}).items():
        credit = ActivityCredit(activity=activity, body=body, units=units)
        credit.full_clean()
        credit.save()
    return activity


def _sourced(organization: Organization) -> dict:
    """An organization is itself the source of what it asks."""
    return {
        "source": organization.name,
        "origin": Origin.ADDITION,
        "confidence": Confidence.HIGH,
        "verified_on": timezone.now().date(),
    }


def _slug(organization: Organization, name: str, model) -> str:
    base = f"o{organization.pk}-{slugify(name)[:48] or 'own'}"
    taken = set(model.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 1000))) if slug not in taken)
