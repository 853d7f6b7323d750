"""Training programs: what a school or an employer's academy asks of its students, in versions that never change."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .ladder import Role
from .milestones import LearningActivity, Milestone, MilestoneVersion
from .organizations import Organization

LONGEST = 3650  # days; no program takes longer than ten years


class CertificateBy(models.TextChoices):
    COMPLETION = "completion", _("as soon as everything required is done")
    INSTRUCTOR = "instructor", _("when an instructor gives it")


class Program(models.Model):
    """A training program of an organization. What it asks is in its versions."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="programs")
    name = models.CharField(_("name"), max_length=120)
    summary = models.TextField(_("what it is for"), max_length=1000, blank=True)
    role = models.ForeignKey(
        Role, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("role it leads to"),
        help_text=_("Becomes the target of students who have none."),
    )  # fmt: skip
    certificate_by = models.CharField(
        _("certificate"), max_length=10, choices=CertificateBy, default=CertificateBy.COMPLETION
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="program_name_once")]

    def __str__(self):
        return self.name


class ProgramVersion(models.Model):
    """What a program asks, as of an edit. Cohorts follow one version; an edit makes the next."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="versions")
    no = models.PositiveIntegerField()
    note = models.CharField(_("what changed, and why"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-no"]
        constraints = [models.UniqueConstraint(fields=["program", "no"], name="program_version_once")]

    def __str__(self):
        return f"{self.program}, version {self.no}"


class Asked(models.Model):
    """A milestone or a learning activity that is asked for, and how it is done.

    A program's own milestone is asked in one version of it (`pinned_version`), so that an edit reaches only whom it is meant
    to reach; the catalogue's are asked as they stand. `by_signoff`: only an instructor's word completes it.
    """

    milestone = models.ForeignKey(
        Milestone, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    pinned_version = models.ForeignKey(
        MilestoneVersion, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    activity = models.ForeignKey(
        LearningActivity, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    position = models.PositiveSmallIntegerField(default=0)
    required = models.BooleanField(_("required for completion"), default=True)
    by_signoff = models.BooleanField(_("completed by an instructor’s sign-off"), default=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_asks_for_one_thing",
                condition=Q(milestone__isnull=False, activity__isnull=True)
                | Q(milestone__isnull=True, activity__isnull=False, pinned_version__isnull=True),
            )
        ]

    def __str__(self):
        return str(self.asked)

    @property
    def asked(self) -> Milestone | LearningActivity:
        return self.milestone or self.activity

    @property
    def key(self) -> tuple[int | None, int | None]:
        """What is asked, whoever asks: the milestone's id, the activity's id."""
        return self.milestone_id, self.activity_id


class ProgramItem(Asked):
    """One thing that a version asks, due so many days after the start."""

    version = models.ForeignKey(ProgramVersion, on_delete=models.CASCADE, related_name="items")
    due_days = models.PositiveSmallIntegerField(
        _("due, in days after the start"), null=True, blank=True, validators=[MaxValueValidator(LONGEST)]
    )

    class Meta(Asked.Meta):
        ordering = ["position", "pk"]
        constraints = [
            *Asked.Meta.constraints,
            models.UniqueConstraint(fields=["version", "milestone"], name="program_item_milestone_once"),
            models.UniqueConstraint(fields=["version", "activity"], name="program_item_activity_once"),
        ]

    def save(self, *args, **kwargs):
        """Raise ValidationError rather than change what a version asks."""
        if not self._state.adding:
            raise ValidationError("A version of a program never changes: add a new one instead.")
        super().save(*args, **kwargs)
