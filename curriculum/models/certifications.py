from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import CatalogueRow
from .ladder import Role, Stage


class Body(CatalogueRow):
    """Who issues certifications and counts continuing education."""

    full_name = models.CharField(max_length=160, blank=True)

    class Meta(CatalogueRow.Meta):
        verbose_name_plural = _("bodies")


class Family(models.TextChoices):
    CORE = "core", _("core coding")
    SPECIALTY = "specialty", _("specialty")
    AUDIT = "audit", _("auditing")
    COMPLIANCE = "compliance", _("compliance")
    PAYER = "payer", _("payer")
    HIM = "him", _("health information management")
    CDI = "cdi", _("documentation improvement")
    BILLING = "billing", _("billing")
    REVENUE = "revenue", _("revenue cycle")
    MANAGEMENT = "management", _("practice management")
    EDUCATION = "education", _("education")
    DATA = "data", _("data")
    PRIVACY = "privacy", _("privacy and security")


class CertificationStatus(models.TextChoices):
    ACTIVE = "active", _("offered")
    LEGACY = "legacy", _("no longer offered; holders keep credit")
    VERIFY = "verify", _("verify with the issuer that it is still offered")


class Certification(CatalogueRow):
    code = models.CharField(max_length=12, unique=True)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="certifications")
    setting = models.CharField(max_length=60, blank=True)
    family = models.CharField(max_length=12, choices=Family)
    status = models.CharField(max_length=8, choices=CertificationStatus, default=CertificationStatus.ACTIVE)
    apprentice_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="apprentice_forms"
    )
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces",
        help_text=_("Whoever holds that one needs this one no longer: it neither renews nor lapses."),
    )  # fmt: skip
    recommended_from = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="certifications")
    also_at = models.ManyToManyField(Stage, related_name="later_certifications", blank=True)
    serves = models.ManyToManyField(Role, related_name="serving_certifications", blank=True)
    purpose = models.TextField(blank=True)

    def __str__(self):
        return self.code


class RenewalMode(models.TextChoices):
    HOURS = "hours", _("continuing education")
    EXAM = "exam", _("examination")


class RenewalRule(CatalogueRow):
    """What a body asks for in one renewal cycle, from a date on. `params` is read by `curriculum.renewals`."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="renewal_rules")
    valid_from = models.DateField(null=True, blank=True, help_text=_("Empty: as far back as we know."))
    valid_to = models.DateField(null=True, blank=True)
    period_months = models.PositiveSmallIntegerField(default=24)
    mode = models.CharField(max_length=5, choices=RenewalMode, default=RenewalMode.HOURS)
    params = models.JSONField(default=dict)
    statement = models.TextField(help_text=_("The rule in plain words."))


class RenewalRuleVersionManager(models.Manager):
    def get_by_natural_key(self, slug, no):
        return self.get(rule__slug=slug, no=no)


class RenewalRuleVersion(models.Model):
    """What a rule's row asked for at some time; it never changes, so that what is bound by it stays as it was.

    Made by `curriculum.renewal_rules.keep_versions` whenever what a row asks for is another than in its newest version.
    """

    rule = models.ForeignKey(RenewalRule, on_delete=models.PROTECT, related_name="versions")
    no = models.PositiveSmallIntegerField()
    period_months = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=5, choices=RenewalMode)
    params = models.JSONField(default=dict)
    statement = models.TextField()
    source = models.CharField(max_length=300)
    verified_on = models.DateField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)

    objects = RenewalRuleVersionManager()

    class Meta:
        ordering = ["rule", "no"]
        constraints = [models.UniqueConstraint(fields=["rule", "no"], name="renewal_rule_version_once")]

    def __str__(self):
        return f"{self.rule.name}, version {self.no}"

    def natural_key(self):
        return (self.rule.slug, self.no)

    natural_key.dependencies = ["curriculum.renewalrule"]

    @property
    def slug(self):
        return self.rule.slug

    @property
    def name(self):
        return self.rule.name

    @property
    def body(self):
        return self.rule.body

    @property
    def valid_from(self):
        return self.rule.valid_from


def whole_days(texts) -> None:
    if not all(str(text).strip().isdigit() and 0 < int(text) <= 730 for text in texts):
        raise ValidationError("Write whole days, each on a line of its own, such as 30.")


class SponsorKind(CatalogueRow):
    """Who offers continuing education, as far as a body's rule tells sponsors apart."""


class ReminderLadder(CatalogueRow):
    """When a topic reminds: days before and after the day on which something is due. The slug is the topic."""

    before = models.JSONField(
        default=list, blank=True, validators=[whole_days], help_text=_("Days before: 90, 60, 30.")
    )
    after = models.JSONField(
        default=list, blank=True, validators=[whole_days], help_text=_("Days after: 1, 7.")
    )

    def rungs(self) -> list[int]:
        """Days from the day on which something is due, in order; negative ones lie before it."""
        return sorted([-int(days) for days in self.before] + [int(days) for days in self.after])


class RouteStep(CatalogueRow):
    """One thing to show on the way out of apprentice status, or one line of the checklist for the employer's letter."""

    class Kind(models.TextChoices):
        EXPERIENCE = "experience", _("experience")
        COURSE = "course", _("course")
        PRACTICE = "practice", _("practice")
        LETTER = "letter", _("letter")

    kind = models.CharField(max_length=10, choices=Kind)
    months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("Of coding experience, read from the positions logged.")
    )
    any_of = models.JSONField(
        default=list,
        blank=True,
        help_text=_("Slugs of steps of which one is enough; empty: this is one by itself."),
    )
    help = models.CharField(max_length=300, blank=True)


class ApprenticeRoute(CatalogueRow):
    """One way to lose the A of a CPC-A or COC-A: all of its steps."""

    certifications = models.ManyToManyField(Certification, related_name="routes")
    steps = models.ManyToManyField(RouteStep, related_name="routes")
    statement = models.TextField()
