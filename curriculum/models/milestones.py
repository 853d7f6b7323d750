from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from curriculum import conditions

from .base import CatalogueRow, Sourced
from .certifications import Body
from .ladder import Role, Stage
from .organizations import Organization


class Milestone(CatalogueRow):
    """What must be shown. What exactly that means is in its versions, which never change."""

    summary = models.TextField(help_text=_("Why it matters, in a sentence or two."))
    after_hire = models.BooleanField(
        default=False, help_text=_("Can only be shown on the job, so a first role does not ask for it.")
    )
    owner = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.CASCADE, related_name="milestones",
        help_text=_("Empty: the installation's."),
    )  # fmt: skip


class VersionManager(models.Manager):
    def get_by_natural_key(self, milestone, no):
        return self.get(milestone__slug=milestone, no=no)


class MilestoneVersion(models.Model):
    """A milestone as it is judged from a day on. `definition` is a tree of conditions, see `curriculum.conditions`."""

    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="versions")
    no = models.PositiveSmallIntegerField(default=1)
    valid_from = models.DateField(help_text=_("Rules of this version hold from this day."))
    definition = models.JSONField()

    objects = VersionManager()

    class Meta:
        ordering = ["milestone", "no"]
        constraints = [models.UniqueConstraint(fields=["milestone", "no"], name="milestone_version_once")]

    def __str__(self):
        return f"{self.milestone} (version {self.no})"

    def save(self, *args, **kwargs):
        """Raise ValidationError rather than change a version that is already stored."""
        if not self._state.adding:
            stored = (
                type(self)
                .objects.filter(pk=self.pk)
                .values("definition", "no", "milestone_id", "valid_from")
                .first()
            )
            if stored and any(stored[name] != getattr(self, name) for name in stored):
                raise ValidationError("A version never changes: add a new one instead.")
        conditions.parse(self.definition)
        super().save(*args, **kwargs)

    def clean(self):
        conditions.parse(self.definition)

    def natural_key(self):
        return (self.milestone.slug, self.no)

    natural_key.dependencies = ["curriculum.milestone"]

    @property
    def rule(self) -> conditions.Rule:
        return conditions.parse(self.definition)


class StandardManager(models.Manager):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)


class Standard(models.Model):
    """Whose yardstick a gap is held against. Row `installation` is everybody's; a team may have its own, in versions."""

    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    owner = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.CASCADE, related_name="standards"
    )

    objects = StandardManager()
    INSTALLATION = "installation"

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.slug,)

    @classmethod
    def installation(cls) -> "Standard":
        return cls.objects.get_or_create(slug=cls.INSTALLATION, defaults={"name": "CoderPath"})[0]


class RequirementManager(models.Manager):
    def get_by_natural_key(self, milestone, stage, role):
        return self.get(milestone__slug=milestone, stage__slug=stage, role__slug=role)


MUST_WEIGHT = 3  # design ruling: in the catalogue a weight of 3 or more is a must


class Requirement(Sourced):
    """A milestone asked for, and by whom: a stage or a role (teams and programs will ask through rows of the same kind).

    Its source is that of the asking: the guide may name a credential, and only we say that a role requires it.
    """

    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="requirements")
    pinned_version = models.ForeignKey(MilestoneVersion, null=True, blank=True, on_delete=models.PROTECT)
    stage = models.ForeignKey(
        Stage, null=True, blank=True, on_delete=models.CASCADE, related_name="requirements"
    )
    role = models.ForeignKey(
        Role, null=True, blank=True, on_delete=models.CASCADE, related_name="requirements"
    )
    weight = models.PositiveSmallIntegerField(default=1, help_text=_("1 to 5; 3 or more is a must."))

    objects = RequirementManager()

    class Meta(Sourced.Meta):
        constraints = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(
                condition=Q(stage__isnull=False, role__isnull=True)
                | Q(stage__isnull=True, role__isnull=False),
                name="requirement_exactly_one_asker",
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=5), name="requirement_weight_1_to_5"
            ),
            models.UniqueConstraint(fields=["milestone", "stage"], name="requirement_once_per_stage"),
            models.UniqueConstraint(fields=["milestone", "role"], name="requirement_once_per_role"),
        ]

    def __str__(self):
        return f"{self.asker}: {self.milestone}"

    def natural_key(self):
        return (self.milestone.slug, self.stage and self.stage.slug, self.role and self.role.slug)

    natural_key.dependencies = ["curriculum.milestone", "curriculum.stage", "curriculum.role"]

    @property
    def asker(self):
        return self.stage or self.role

    @property
    def must(self) -> bool:
        return self.weight >= MUST_WEIGHT


class LearningActivity(CatalogueRow):
    """Something to take that helps with a milestone."""

    provider = models.CharField(max_length=120, blank=True)
    vendor_neutral = models.BooleanField(default=True)
    link = models.URLField(blank=True)
    hours = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    cost_usd = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    description = models.TextField(blank=True)
    milestones = models.ManyToManyField(Milestone, related_name="learning_activities", blank=True)
    owner = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.CASCADE, related_name="learning_activities",
        help_text=_("Empty: the installation's."),
    )  # fmt: skip

    class Meta(CatalogueRow.Meta):
        verbose_name_plural = _("learning activities")


class ActivityCredit(models.Model):
    """The continuing-education units that a body gives for a learning activity."""

    activity = models.ForeignKey(LearningActivity, on_delete=models.CASCADE, related_name="credits")
    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="+")
    units = models.DecimalField(
        max_digits=5, decimal_places=2, validators=[MinValueValidator(Decimal("0.25"))]
    )

    class Meta:
        ordering = ["body__position", "body__name"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "body"], name="activity_credit_once_per_body"),
            models.CheckConstraint(condition=Q(units__gt=0), name="activity_credit_of_something"),
        ]

    def __str__(self):
        return f"{self.units.normalize():f} {self.body} CEUs"
