from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Origin(models.TextChoices):
    SEED = "seed", _("stated in a source document")
    ADDITION = "addition", _("added by CoderPath")


class Confidence(models.TextChoices):
    HIGH = "high", _("issuer or primary page")
    MEDIUM = "medium", _("reputable secondary source, or dated")
    LOW = "low", _("anecdote, vendor or exercise")
    GENERAL = "general", _("general knowledge, to be verified")


class CatalogueManager(models.Manager):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)


class Sourced(models.Model):
    """Where a row comes from. What a source document states needs no more; an addition says how sure it is."""

    source = models.CharField(max_length=300, help_text=_("Document and place, or the issuer's page."))
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.SEED)
    confidence = models.CharField(max_length=8, choices=Confidence, blank=True)
    verified_on = models.DateField(
        null=True, blank=True, help_text=_("When a person last checked the source.")
    )
    shipped = models.BooleanField(
        default=False, editable=False, help_text=_("Written by load_catalogue; a row added here is not.")
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_addition_says_how_sure",
                condition=Q(origin=Origin.SEED) | (~Q(confidence="") & Q(verified_on__isnull=False)),
                violation_error_message="An addition needs a confidence and the day it was verified.",
            )
        ]


class CatalogueRow(Sourced):
    """A row of the catalogue: named by its slug everywhere (fixtures, URLs, API, conditions)."""

    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=160)
    position = models.PositiveSmallIntegerField(
        default=0, help_text=_("Order in lists; equal positions sort by name.")
    )

    objects = CatalogueManager()

    class Meta(Sourced.Meta):
        abstract = True
        ordering = ["position", "name"]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.slug,)
