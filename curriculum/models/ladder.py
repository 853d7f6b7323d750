from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .base import CatalogueRow, Sourced
from .wages import Occupation


class DegreeLevel(models.TextChoices):
    CERTIFICATE = "certificate", _("postsecondary certificate")
    ASSOCIATE = "associate", _("associate degree")
    BACHELOR = "bachelor", _("bachelor's degree")
    MASTER = "master", _("master's degree")


class Stage(CatalogueRow):
    """A half-open band of years of experience, and the percentiles of 29-2072 that go with it (none for `advancing`)."""

    years_from = models.DecimalField(max_digits=4, decimal_places=1)
    years_to = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    percentile_low = models.PositiveSmallIntegerField(null=True, blank=True)
    percentile_high = models.PositiveSmallIntegerField(null=True, blank=True)
    summary = models.TextField(blank=True)


class Track(CatalogueRow):
    summary = models.TextField(blank=True)


class Role(CatalogueRow):
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="roles")
    tracks = models.ManyToManyField(Track, related_name="roles")
    occupation = models.ForeignKey(Occupation, on_delete=models.PROTECT, related_name="roles")
    occupation_fit = models.CharField(
        max_length=200, blank=True, help_text=_("How well the occupation's wages describe it.")
    )
    also_called = models.JSONField(default=list, blank=True)
    duties = models.TextField(blank=True)
    stated_requirements = models.TextField(
        blank=True, help_text=_("What the sources say is asked, in short.")
    )
    experience_years = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)
    degree_required = models.CharField(max_length=12, choices=DegreeLevel, blank=True)
    degree_helpful = models.CharField(max_length=12, choices=DegreeLevel, blank=True)
    codes_charts = models.BooleanField(
        default=True, help_text=_("Time in this role counts as coding experience.")
    )
    skills = models.ManyToManyField("Skill", related_name="roles", blank=True)


class TransitionKind(models.TextChoices):
    PROMOTION = "promotion", _("promotion")
    LATERAL = "lateral", _("lateral move")
    ALTERNATIVE = "alternative", _("alternative career")


class TransitionManager(models.Manager):
    def get_by_natural_key(self, from_role, to_role):
        return self.get(from_role__slug=from_role, to_role__slug=to_role)


class Transition(Sourced):
    """An edge of the ladder. At most one promotion out of a role is the default; where a fork has none, the coder is asked."""

    from_role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="ways_on")
    to_role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="ways_in")
    kind = models.CharField(max_length=12, choices=TransitionKind)
    is_default = models.BooleanField(default=False)
    note = models.TextField(blank=True)

    objects = TransitionManager()

    class Meta(Sourced.Meta):
        ordering = ["from_role__position", "kind", "to_role__position"]
        constraints = [
            *Sourced.Meta.constraints,
            models.UniqueConstraint(fields=["from_role", "to_role"], name="transition_once_per_pair"),
            models.UniqueConstraint(
                fields=["from_role", "kind"],
                condition=Q(is_default=True),
                name="transition_one_default_per_kind",
            ),
            models.CheckConstraint(condition=~Q(from_role=F("to_role")), name="transition_leads_elsewhere"),
        ]

    def __str__(self):
        return f"{self.from_role} → {self.to_role}"

    def natural_key(self):
        return (self.from_role.slug, self.to_role.slug)

    natural_key.dependencies = ["curriculum.role"]
