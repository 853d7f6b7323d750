from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import CatalogueRow


class GlossaryGroup(models.TextChoices):
    """In the order of the page."""

    ACCURACY = "accuracy", _("Accuracy")
    PACE = "pace", _("Pace")
    LADDER = "ladder", _("The ladder")
    CREDENTIALS = "credentials", _("Credentials")
    REVENUE = "revenue", _("Coding and the revenue cycle")
    PAY = "pay", _("Pay")


class GlossaryTerm(CatalogueRow):
    """A word of the field or of this site, in plain English. Pages link to it by its slug."""

    group = models.CharField(max_length=12, choices=GlossaryGroup)
    also = models.JSONField(default=list, blank=True, help_text=_("What else it is called."))
    definition = models.TextField()
