"""What was said about the months to come, one a coder, thing and month, so that it can be shown later how often it held.

Forecasts and plans tell who is about to leave: they are the coder's alone, and no share leads to them.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from curriculum.models import Role
from tracker.fields import SafeCharField

from .people import Coder


class Forecast(models.Model):
    """When something closes: a gap (by its milestone's slug), the promotion as a whole, or the part of the promotion of
    which something can be said. The 80% range is from `p10` to `p90`; a date that is missing could not be named."""

    PROMOTION, PART = "promotion", "promotion-part"

    coder = models.ForeignKey(Coder, on_delete=models.CASCADE, related_name="forecasts")
    what = models.CharField(max_length=64)
    month = models.DateField(help_text="The first day of the month in which it was said.")
    made_on = models.DateField()
    target = models.ForeignKey(Role, null=True, on_delete=models.SET_NULL, related_name="+")
    p10 = models.DateField(null=True)
    p50 = models.DateField(null=True)
    p90 = models.DateField(null=True)
    method = models.CharField(max_length=16, default="grid")
    decided_by = models.CharField(
        max_length=64, blank=True, help_text="Slug of the milestone most likely last."
    )
    reason = models.CharField(max_length=16, blank=True, help_text="Why no date can be named.")

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["coder", "what", "month"], name="forecast_once_a_month"),
        ]

    def __str__(self):
        return f"{self.what}, said in {self.month:%B %Y}"


class ForecastState(models.Model):
    """What a coder's last forecast rested on: forecast again when records, target or gaps changed, and once a month."""

    coder = models.OneToOneField(
        Coder, primary_key=True, on_delete=models.CASCADE, related_name="forecast_state"
    )
    seq = models.BigIntegerField()
    made_at = models.DateTimeField()
    month = models.DateField()


class Plan(models.Model):
    """Assumptions that a coder saved under a name, to look at what they would change again."""

    coder = models.ForeignKey(Coder, on_delete=models.CASCADE, related_name="plans", editable=False)
    name = SafeCharField(_("name"), max_length=80)
    assumptions = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-changed_at"]
        constraints = [models.UniqueConstraint(fields=["coder", "name"], name="plan_name_once")]

    def __str__(self):
        return self.name

    def clean(self):
        if not self.name.strip():
            raise ValidationError({"name": _("Give the plan a name.")})
