from django.db import models

from .base import CatalogueRow


class GlossaryGroup(models.TextChoices):
    """In the order of the page."""

    ACCURACY = "accuracy", "Accuracy"
    PACE = "pace", "Pace"
    LADDER = "ladder", "The ladder"
    CREDENTIALS = "credentials", "Credentials"
    REVENUE = "revenue", "Coding and the revenue cycle"
    PAY = "pay", "Pay"


class GlossaryTerm(CatalogueRow):
    """A word of the field or of this site, in plain English. Pages link to it by its slug."""

    group = models.CharField(max_length=12, choices=GlossaryGroup)
    also = models.JSONField(default=list, blank=True, help_text="What else it is called.")
    definition = models.TextField()
