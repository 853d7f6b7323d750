from django.db import models

from .base import CatalogueRow
from .ladder import Role, Stage


class Body(CatalogueRow):
    """Who issues certifications and counts continuing education."""

    full_name = models.CharField(max_length=160, blank=True)

    class Meta(CatalogueRow.Meta):
        verbose_name_plural = "bodies"


class Family(models.TextChoices):
    CORE = "core", "core coding"
    SPECIALTY = "specialty", "specialty"
    AUDIT = "audit", "auditing"
    COMPLIANCE = "compliance", "compliance"
    PAYER = "payer", "payer"
    HIM = "him", "health information management"
    CDI = "cdi", "documentation improvement"
    BILLING = "billing", "billing"
    REVENUE = "revenue", "revenue cycle"
    MANAGEMENT = "management", "practice management"
    EDUCATION = "education", "education"
    DATA = "data", "data"
    PRIVACY = "privacy", "privacy and security"


class CertificationStatus(models.TextChoices):
    ACTIVE = "active", "offered"
    LEGACY = "legacy", "no longer offered; holders keep credit"
    VERIFY = "verify", "verify with the issuer that it is still offered"


class Certification(CatalogueRow):
    code = models.CharField(max_length=12, unique=True)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="certifications")
    setting = models.CharField(max_length=60, blank=True)
    family = models.CharField(max_length=12, choices=Family)
    status = models.CharField(max_length=8, choices=CertificationStatus, default=CertificationStatus.ACTIVE)
    apprentice_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="apprentice_forms"
    )
    recommended_from = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="certifications")
    also_at = models.ManyToManyField(Stage, related_name="later_certifications", blank=True)
    serves = models.ManyToManyField(Role, related_name="serving_certifications", blank=True)
    purpose = models.TextField(blank=True)

    def __str__(self):
        return self.code


class RenewalMode(models.TextChoices):
    HOURS = "hours", "continuing education"
    EXAM = "exam", "examination"


class RenewalRule(CatalogueRow):
    """What a body asks for in one renewal cycle, from a date on. `params` is read by `curriculum.renewals`."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="renewal_rules")
    valid_from = models.DateField(null=True, blank=True, help_text="Empty: as far back as we know.")
    valid_to = models.DateField(null=True, blank=True)
    period_months = models.PositiveSmallIntegerField(default=24)
    mode = models.CharField(max_length=5, choices=RenewalMode, default=RenewalMode.HOURS)
    params = models.JSONField(default=dict)
    statement = models.TextField(help_text="The rule in plain words.")
