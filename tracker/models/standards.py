"""What a team asks of its people, in versions that never change: a new one is written instead."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from curriculum.models import Milestone, Role, Standard, WorkType
from tracker.fields import SafeCharField

from .records import Method

COUNTED_METHODS = [(m.value, m.label) for m in (Method.CODE_OVER_CODE, Method.CASE, Method.DRG, Method.APC)]


class StandardVersion(models.Model):
    """A team's standard from a day on. Where method or target is empty, a milestone's own stands."""

    standard = models.ForeignKey(Standard, on_delete=models.CASCADE, related_name="versions")
    no = models.PositiveIntegerField()
    valid_from = models.DateField(_("in force from"))
    accuracy_method = models.CharField(
        _("accuracy is counted by"), max_length=16, choices=COUNTED_METHODS, blank=True
    )
    accuracy_target = models.DecimalField(
        _("accuracy asked for, in percent"), max_digits=4, decimal_places=1, null=True, blank=True,
        validators=[MinValueValidator(50), MaxValueValidator(100)],
    )  # fmt: skip
    note = SafeCharField(_("what changed, and why"), max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-no"]
        constraints = [models.UniqueConstraint(fields=["standard", "no"], name="standard_version_no_once")]

    def __str__(self):
        return f"{self.standard}, version {self.no}"


class StandardTitle(models.Model):
    """A job title of the team, as a role of the ladder."""

    version = models.ForeignKey(StandardVersion, on_delete=models.CASCADE, related_name="titles")
    title = SafeCharField(_("job title"), max_length=120)
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["version", "title"], name="standard_title_once")]

    def __str__(self):
        return f"{self.title}: {self.role}"


class StandardProductivity(models.Model):
    """Charts an hour that the team expects of a work type."""

    version = models.ForeignKey(StandardVersion, on_delete=models.CASCADE, related_name="productivity")
    work_type = models.ForeignKey(WorkType, on_delete=models.PROTECT, related_name="+")
    per_hour = models.DecimalField(
        _("charts an hour"), max_digits=5, decimal_places=1,
        validators=[MinValueValidator(0.1), MaxValueValidator(200)],
    )  # fmt: skip

    class Meta:
        ordering = ["work_type__position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "work_type"], name="standard_productivity_once"),
            models.CheckConstraint(condition=Q(per_hour__gt=0), name="standard_productivity_positive"),
        ]

    def __str__(self):
        return f"{self.work_type}: {self.per_hour} an hour"


class StandardMilestone(models.Model):
    """A further milestone that the team asks of everybody in it. A weight of 3 or more is a must."""

    version = models.ForeignKey(StandardVersion, on_delete=models.CASCADE, related_name="milestones")
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="+")
    weight = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "milestone"], name="standard_milestone_once"),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=5), name="standard_milestone_weight_1_to_5"
            ),
        ]

    def __str__(self):
        return f"{self.milestone} ({self.weight})"
