"""The lists that records choose from: skills and tools, specialties, work types, employers, education, pay drivers, facts."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .base import CatalogueRow
from .ladder import DegreeLevel, Stage


class SkillKind(models.TextChoices):
    TECHNICAL = "technical", _("technical skill")
    SOFT = "soft", _("soft skill")
    CODE_SET = "code_set", _("code set")
    EHR = "ehr", _("electronic health record")
    ENCODER = "encoder", _("encoder")
    BRIDGE = "bridge", _("bridging skill")
    TRANSFERABLE = "transferable", _("transferable skill")


class Skill(CatalogueRow):
    kind = models.CharField(max_length=12, choices=SkillKind)
    stages = models.ManyToManyField(Stage, related_name="skills", blank=True)
    note = models.CharField(max_length=300, blank=True)


class Specialty(CatalogueRow):
    is_area = models.BooleanField(
        default=False, help_text=_("A guideline area rather than a stated specialty.")
    )
    guide_says_pays_more = models.BooleanField(default=False)
    article_says_pays_more = models.BooleanField(default=False)
    certifications = models.ManyToManyField("Certification", related_name="specialties", blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta(CatalogueRow.Meta):
        verbose_name_plural = _("specialties")


class WorkType(CatalogueRow):
    """A kind of chart. The rates are charts an hour from published surveys: a range, never a grade, off until confirmed."""

    unit = models.CharField(
        max_length=20, help_text=_("What one chart is: account, visit, encounter, exam, chart.")
    )
    rate_low = models.DecimalField(max_digits=5, decimal_places=1)
    rate_typical = models.DecimalField(max_digits=5, decimal_places=1)
    rate_high = models.DecimalField(max_digits=5, decimal_places=1)
    aliases = models.JSONField(default=list, blank=True)

    class Meta(CatalogueRow.Meta):
        constraints = [
            *CatalogueRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(
                    rate_low__gt=0, rate_low__lte=F("rate_typical"), rate_typical__lte=F("rate_high")
                ),
                name="work_type_rates_in_order",
            ),
        ]


class EmployerType(CatalogueRow):
    pay_note = models.CharField(max_length=300, blank=True)
    industry = models.CharField(
        max_length=8, blank=True,
        help_text=_("The Bureau's industry (NAICS) that comes closest; our match. Empty: none does."),
    )  # fmt: skip


class EducationRoute(CatalogueRow):
    level = models.CharField(max_length=12, choices=DegreeLevel)
    months_low = models.PositiveSmallIntegerField(null=True, blank=True)
    months_high = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.TextField(blank=True)


class Accreditation(CatalogueRow):
    covers = models.CharField(max_length=200, blank=True)


class SalaryDriver(CatalogueRow):
    """What the guide names as moving pay from one bracket to the next: an association, never a promise."""

    statement = models.TextField()
    milestone = models.ForeignKey(
        "Milestone", null=True, blank=True, on_delete=models.PROTECT, related_name="drivers",
        help_text=_("What tells 'done' from 'open to you'; none for a mere modifier."),
    )  # fmt: skip


class Fact(CatalogueRow):
    """A figure of the labour market with its basis in words. Figures on different bases are never combined."""

    value = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    basis = models.CharField(max_length=200, blank=True)
    statement = models.TextField()
