from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import CatalogueRow


class Effort(CatalogueRow):
    """What it usually takes to do something that closes a gap: an assumption, shown wherever a date or a rank rests on it.

    It is about a measure, and with `families` only about credentials of these families of certifications.
    """

    measure = models.SlugField(max_length=40, help_text=_("The measure that conditions on it use."))
    families = models.JSONField(
        default=list, blank=True, help_text=_("Families of certifications; empty: all of them.")
    )
    hours = models.DecimalField(
        max_digits=6, decimal_places=1, validators=[MinValueValidator(0)], help_text=_("Of one's own time, for one.")
    )  # fmt: skip
    months = models.DecimalField(
        max_digits=4, decimal_places=1, default=0, validators=[MinValueValidator(0)],
        help_text=_("What it takes at least by the calendar, whatever the hours."),
    )  # fmt: skip
    pass_rate = models.DecimalField(
        max_digits=3, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0.01), MaxValueValidator(1)], help_text=_("Of an exam, at each try."),
    )  # fmt: skip
    retake_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("Until one may, or usually does, try again.")
    )
    statement = models.TextField(help_text=_("The assumption in plain words."))
