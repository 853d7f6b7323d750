"""Cohorts of training programs: who takes part, what each student is asked by when, and how it was done."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from curriculum.models import Asked, Program, ProgramVersion
from tracker.fields import SafeCharField, SafeTextField

from .people import Coder
from .records import ContinuingEducation
from .teams import Invitation, Staff


def _author():
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )


class ProgramInstructor(models.Model):
    """Somebody of the organization who teaches in a program, and so sees its cohorts."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="instructors")
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="programs")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "staff"], name="program_instructor_once")]

    def __str__(self):
        return f"{self.staff.user}, {self.program}"


class Dating(models.TextChoices):
    FIXED = "fixed", _("the same dates for everybody, counted from the cohort’s start")
    RELATIVE = "relative", _("counted from each student’s own start")


class Cohort(models.Model):
    """Students who go through a version of a program together. The join link's token is shown once and stored hashed."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="cohorts")
    version = models.ForeignKey(ProgramVersion, on_delete=models.CASCADE, related_name="cohorts")
    name = SafeCharField(_("name"), max_length=120)
    opens_on = models.DateField(_("enrollment opens on"))
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    dating = models.CharField(_("due dates"), max_length=8, choices=Dating, default=Dating.FIXED)
    open_to_all = models.BooleanField(
        _("anybody may enroll"), default=False,
        help_text=_("Coders without an invitation find it under “Programs”."),
    )  # fmt: skip
    token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.UniqueConstraint(fields=["program", "name"], name="cohort_name_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on"), opens_on__lte=F("ends_on")),
                name="cohort_dates_in_order",
            ),
        ]

    def __str__(self):
        return self.name


class EnrollmentQuerySet(models.QuerySet):
    def open(self):
        """Of those who accepted and have not left; graduates among them."""
        return self.filter(coder__isnull=False, accepted_at__isnull=False, left_at=None)

    def invited(self):
        """Invitations that wait for an answer, expired ones included."""
        return self.filter(accepted_at=None, left_at=None)


class Enrollment(Invitation):
    """A coder in a cohort. `coder` is empty until they accept; `left_at` also ends an invitation that was withdrawn.

    Dates are where the coder is. `completed_on` is set once everything required is done or waived.
    """

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="enrollments")
    coder = models.ForeignKey(Coder, null=True, on_delete=models.CASCADE, related_name="enrollments")
    invited_name = SafeCharField(_("name"), max_length=120, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    completed_on = models.DateField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "coder"], condition=Q(left_at=None, coder__isnull=False),
                name="enrollment_once_at_a_time",
            ),
            models.UniqueConstraint(
                F("cohort"), Lower("invited_email"), condition=Q(left_at=None) & ~Q(invited_email=""),
                name="enrollment_invited_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None)
                | Q(coder__isnull=False, starts_on__isnull=False, ends_on__isnull=False),
                name="enrollment_accepted_by_somebody",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["coder", "left_at"])]

    def __str__(self):
        return f"{self.coder or self.invited_name or self.invited_email} in {self.cohort}"


class AssignmentQuerySet(models.QuerySet):
    def current(self):
        """What is asked now of people who are in."""
        return self.filter(withdrawn_at=None, enrollment__accepted_at__isnull=False, enrollment__left_at=None)


class Assignment(Asked):
    """What a student is asked, as it was given: later versions of the program change it only through the cohort.

    `done_on` is the student's own word for an activity; a milestone is done by records, and both by a sign-off where it
    is asked.
    """

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="assignments")
    due_on = models.DateField(_("due on"), null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    taken_as = models.ForeignKey(
        ContinuingEducation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="The record that an activity was taken.",
    )  # fmt: skip
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta(Asked.Meta):
        ordering = ["position", "pk"]
        constraints = [
            *Asked.Meta.constraints,
            models.UniqueConstraint(fields=["enrollment", "milestone"], name="assignment_milestone_once"),
            models.UniqueConstraint(fields=["enrollment", "activity"], name="assignment_activity_once"),
        ]


class Extension(models.Model):
    """A due date that was moved, whether or not it had passed."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="extensions")
    site = models.CharField(max_length=200, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    old_due_on = models.DateField(null=True, blank=True)
    new_due_on = models.DateField()
    reason = SafeCharField(_("reason"), max_length=200)
    by = _author()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.assignment}: {self.new_due_on}"


class SignOff(models.Model):
    """An instructor's word that an assignment is done."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="sign_offs")
    note = SafeCharField(_("note"), max_length=200, blank=True)
    by = _author()
    at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(withdrawn_at=None), name="sign_off_once_at_a_time"
            )
        ]

    def __str__(self):
        return f"{self.assignment}, {self.at:%Y-%m-%d}"


class WaiverKind(models.TextChoices):
    WAIVED = "waived", _("waived")
    PRIOR = "prior", _("credit for prior learning")


class WaiverQuerySet(models.QuerySet):
    def in_force(self, day):
        """On a day, of people who are in. A waiver holds through the day on which it expires."""
        return self.filter(
            Q(expires_on=None) | Q(expires_on__gte=day),
            withdrawn_at=None,
            assignment__withdrawn_at=None,
            assignment__enrollment__accepted_at__isnull=False,
            assignment__enrollment__left_at=None,
        )


class Waiver(models.Model):
    """An assignment that a student need not do. It makes a gap waived, never met."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="waivers")
    kind = models.CharField(_("what it is"), max_length=6, choices=WaiverKind, default=WaiverKind.WAIVED)
    reason = SafeCharField(_("reason"), max_length=200)
    expires_on = models.DateField(_("holds until"), null=True, blank=True)
    by = _author()
    at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = WaiverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(withdrawn_at=None), name="waiver_once_at_a_time"
            )
        ]

    def __str__(self):
        return f"{self.assignment}: {self.get_kind_display()}"


def certificate_token() -> str:
    return secrets.token_urlsafe(16)


class Certificate(models.Model):
    """That a student completed a program. Whoever has the address with its token can check it; a revoked one says so."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="certificates")
    number = models.CharField(max_length=24, unique=True)
    token = models.CharField(max_length=32, unique=True, default=certificate_token)
    name = models.CharField(max_length=120)  # as it stands on the document
    issued_on = models.DateField()
    issued_by = _author()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = _author()
    revoked_because = SafeCharField(_("reason"), max_length=200, blank=True)

    class Meta:
        ordering = ["-issued_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment"], condition=Q(revoked_at=None), name="certificate_once_at_a_time"
            )
        ]

    def __str__(self):
        return self.number


class CohortActionKind(models.TextChoices):
    INVITE = "invite", _("invited")
    ASSIGN = "assign", _("assigned")
    EXTEND = "extend", _("extended")
    SIGN_OFF = "sign_off", _("signed off")
    WAIVE = "waive", _("waived")


class CohortAction(models.Model):
    """What somebody did to many at once, with what it takes to undo it."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="actions")
    kind = models.CharField(max_length=8, choices=CohortActionKind)
    summary = models.CharField(max_length=200)
    before = models.JSONField(default=dict, help_text="Ids of what was made, and what was there before.")
    by = _author()
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return self.summary


class CohortMessage(models.Model):
    """A message of an instructor to students of a cohort, kept with whom it went to."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="messages")
    subject = SafeCharField(_("subject"), max_length=120)
    body = SafeTextField(_("message"), max_length=4000)
    site = models.CharField(max_length=200, blank=True)
    by = _author()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return self.subject


class CohortMessageCopy(models.Model):
    """One student's copy. Claimed before it is sent, so that a task that runs twice sends it once."""

    message = models.ForeignKey(CohortMessage, on_delete=models.CASCADE, related_name="copies")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "enrollment"], name="cohort_message_once_each")
        ]

    def __str__(self):
        return f"{self.message} to {self.enrollment}"
