"""Organizations' people, teams, and what a coder shares with them. Records stay the coder's own: a share is the only door."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curriculum.models import Certification, Organization, Role, Standard
from tracker.fields import SafeCharField

from .people import Coder
from .records import RECORD_MODELS

INVITATION_LASTS = dt.timedelta(days=14)


def invitation_expiry() -> dt.datetime:
    return timezone.now() + INVITATION_LASTS


class Invitation(models.Model):
    """An invitation until it is accepted: by e-mail or by a link. The link's token is shown once and stored hashed."""

    invited_email = models.EmailField(_("e-mail address"), blank=True)
    token_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=invitation_expiry, editable=False)
    site = models.CharField(
        max_length=200,
        blank=True,
        editable=False,
        help_text="The address of the site that the e-mail leads to.",
    )
    mailed_at = models.DateTimeField(null=True, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def expired(self) -> bool:
        return self.accepted_at is None and self.expires_at <= timezone.now()


class StaffRole(models.TextChoices):
    MANAGER = "manager", _("manager")
    INSTRUCTOR = "instructor", _("instructor")


class StaffQuerySet(models.QuerySet):
    def open(self):
        return self.filter(user__isnull=False, accepted_at__isnull=False, ended_at=None)

    def managers(self):
        """Of a whole organization and of single teams alike."""
        return self.open().filter(role=StaffRole.MANAGER)

    def of_team(self, team):
        """Managers, invited ones among them, of the organization and of this team alone."""
        return self.filter(
            Q(team=None) | Q(team=team),
            organization=team.organization_id,
            role=StaffRole.MANAGER,
            ended_at=None,
        )


class Staff(Invitation):
    """Somebody who acts for an organization, or for one team of it alone. `user` is empty until the invitation is accepted."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="staff")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="staff"
    )
    team = models.ForeignKey(
        "tracker.Team", null=True, on_delete=models.CASCADE, related_name="+",
        help_text="The only team that a manager manages; empty: every team of the organization.",
    )  # fmt: skip
    role = models.CharField(max_length=10, choices=StaffRole, default=StaffRole.MANAGER)
    ended_at = models.DateTimeField(null=True)

    objects = StaffQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user", "role"],
                condition=Q(ended_at=None, user__isnull=False, team=None),
                name="staff_once_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["team", "user"],
                condition=Q(ended_at=None, user__isnull=False),
                name="staff_once_a_team",
            ),
            models.CheckConstraint(
                condition=Q(team=None) | Q(role=StaffRole.MANAGER), name="staff_of_a_team_manages"
            ),
        ]

    def __str__(self):
        return f"{self.user or self.invited_email}, {self.get_role_display()} of {self.team or self.organization}"


class Team(models.Model):
    """People who work together in an organization, held against a standard of their own."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="teams")
    name = SafeCharField(_("name"), max_length=120)
    standard = models.OneToOneField(Standard, on_delete=models.RESTRICT, related_name="team")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="team_name_once")]

    def __str__(self):
        return self.name


class MembershipQuerySet(models.QuerySet):
    def open(self):
        """Of those who accepted and have not left."""
        return self.filter(coder__isnull=False, accepted_at__isnull=False, left_at=None)

    def invited(self):
        """Invitations that wait for an answer, expired ones included."""
        return self.filter(accepted_at=None, left_at=None)


class Membership(Invitation):
    """A coder in a team. `coder` is empty until they accept; `left_at` also ends an invitation that was withdrawn.

    Work counts for the team from `joined_on`, a date where the coder is.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    coder = models.ForeignKey(Coder, null=True, on_delete=models.CASCADE, related_name="memberships")
    invited_name = SafeCharField(_("name"), max_length=120, blank=True)
    joined_on = models.DateField(null=True)
    logs_work = models.BooleanField(
        default=False,
        help_text="Whether work that the coder logs is made for this employer, unless they say otherwise.",
    )
    left_at = models.DateTimeField(null=True)
    job_title = SafeCharField(_("job title"), max_length=120, blank=True)
    target_role = models.ForeignKey(
        Role, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("the team’s target"), help_text=_("Empty: the next promotion."),
    )  # fmt: skip

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "coder"],
                condition=Q(left_at=None, coder__isnull=False),
                name="membership_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(coder__isnull=False, joined_on__isnull=False),
                name="membership_accepted_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["coder", "left_at"])]

    def __str__(self):
        return f"{self.coder or self.invited_email or 'invited by link'} in {self.team}"


# What else than records may be shared; private until it is.
TARGET = "target"
SHARED_KINDS = (
    *((model.KIND, model._meta.verbose_name) for model in RECORD_MODELS),
    (TARGET, _("target role")),
)


def _is_in(through: str) -> Q:
    """Whether the coder of a share takes part: accepted, and not left."""
    coder, accepted, left = (f"{through}__{name}" for name in ("coder", "accepted_at__isnull", "left_at"))
    return Q(**{coder: models.F("coder"), accepted: False, left: None})


class ShareQuerySet(models.QuerySet):
    def open(self):
        """What is shared now, by people who are in."""
        return self.filter(_is_in("membership") | _is_in("enrollment"), revoked_at=None)


class Share(models.Model):
    """One kind of thing that a coder lets a team or a program see. Read by `permissions` and by nothing else."""

    coder = models.ForeignKey(Coder, on_delete=models.CASCADE, related_name="shares")
    membership = models.ForeignKey(Membership, null=True, on_delete=models.CASCADE, related_name="shares")
    enrollment = models.ForeignKey(
        "tracker.Enrollment", null=True, on_delete=models.CASCADE, related_name="shares"
    )
    kind = models.CharField(max_length=24, choices=SHARED_KINDS)
    granted_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "kind"], condition=Q(revoked_at=None), name="share_once_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["enrollment", "kind"],
                condition=Q(revoked_at=None),
                name="share_once_at_a_time_by_program",
            ),
            models.CheckConstraint(
                condition=Q(membership__isnull=False, enrollment__isnull=True)
                | Q(membership__isnull=True, enrollment__isnull=False),
                name="share_with_team_or_program",
            ),
        ]
        indexes = [models.Index(fields=["coder", "kind"], condition=Q(revoked_at=None), name="share_open")]

    def __str__(self):
        return f"{self.coder}: {self.get_kind_display()} with {self.membership or self.enrollment}"


class AccessLog(models.Model):
    """Who looked at what of whose, once a day: the coder can read it."""

    coder = models.ForeignKey(Coder, on_delete=models.CASCADE, related_name="access_log")
    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, null=True, on_delete=models.SET_NULL, related_name="+")
    what = models.CharField(max_length=160)
    day = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["coder", "viewer", "what", "day"], name="access_logged_once_a_day"
            )
        ]

    def __str__(self):
        return f"{self.viewer} looked at {self.what} of {self.coder}"


class CoverageNeed(models.Model):
    """How many people with a credential a team needs. The manager sets it."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="coverage_needs")
    certification = models.ForeignKey(Certification, on_delete=models.CASCADE, related_name="+")
    people = models.PositiveSmallIntegerField(_("people needed"))

    class Meta:
        ordering = ["certification__code"]
        constraints = [
            models.UniqueConstraint(fields=["team", "certification"], name="coverage_need_once"),
            models.CheckConstraint(condition=Q(people__gte=1), name="coverage_need_of_somebody"),
        ]

    def __str__(self):
        return f"{self.team} needs {self.people} with {self.certification}"


class RecordQuestion(models.Model):
    """What somebody of an organization asks about a record that was shared with them, instead of verifying it."""

    coder = models.ForeignKey(Coder, on_delete=models.CASCADE, related_name="record_questions")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24)
    record_id = models.BigIntegerField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = SafeCharField(_("what is in question"), max_length=200)
    asked_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind", "record_id"],
                condition=Q(closed_at=None),
                name="record_question_open_once",
            ),
        ]

    def __str__(self):
        return self.reason
