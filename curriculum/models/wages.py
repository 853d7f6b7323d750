from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from curriculum.percentiles import PERCENTILES as PERCENTILES
from curriculum.percentiles import Basis, Points


class Occupation(models.Model):
    """A detailed occupation of the Standard Occupational Classification."""

    code = models.CharField(max_length=7, primary_key=True)
    title = models.CharField(max_length=120)

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return f"{self.code} {self.title}"


class WageRelease(models.Model):
    """One yearly release of the Bureau of Labor Statistics' OEWS estimates, such as May 2025."""

    slug = models.SlugField(
        max_length=20, unique=True, help_text=_("Year and month of reference, such as 2025-05.")
    )
    name = models.CharField(max_length=60)
    reference_on = models.DateField(help_text=_("First day of the month that the estimates refer to."))
    published_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300)

    class Meta:
        ordering = ["-reference_on"]

    def __str__(self):
        return self.name


class AreaType(models.IntegerChoices):
    NATION = 1, "nation"
    STATE = 2, "state"
    TERRITORY = 3, "territory"
    METROPOLITAN = 4, "metropolitan area"
    NONMETROPOLITAN = 6, "nonmetropolitan area"


class WageArea(models.Model):
    """An area as the Bureau codes it; the code is its key. `states` are postal codes, several for an area across borders."""

    NATION = "99"

    code = models.CharField(max_length=7, primary_key=True)
    title = models.CharField(max_length=160)
    type = models.PositiveSmallIntegerField(choices=AreaType)
    states = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["type", "title"]

    def __str__(self):
        return self.title


class Industry(models.Model):
    ALL = "000000"

    code = models.CharField(max_length=8, primary_key=True)
    title = models.CharField(max_length=200)

    class Meta:
        ordering = ["code"]
        verbose_name_plural = _("industries")

    def __str__(self):
        return self.title


class Wage(models.Model):
    """One published row: dollars, gross. A figure that was not released is NULL; top-coded ones hold the Bureau's top code."""

    release = models.ForeignKey(WageRelease, on_delete=models.CASCADE, related_name="wages")
    area = models.ForeignKey(WageArea, on_delete=models.PROTECT, related_name="wages")
    industry = models.ForeignKey(Industry, on_delete=models.PROTECT, related_name="wages")
    occupation = models.ForeignKey(Occupation, on_delete=models.PROTECT, related_name="wages")
    employment = models.PositiveIntegerField(null=True)
    hourly_mean = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    annual_mean = models.PositiveIntegerField(null=True)
    hourly_p10 = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    hourly_p25 = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    hourly_p50 = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    hourly_p75 = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    hourly_p90 = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    annual_p10 = models.PositiveIntegerField(null=True)
    annual_p25 = models.PositiveIntegerField(null=True)
    annual_p50 = models.PositiveIntegerField(null=True)
    annual_p75 = models.PositiveIntegerField(null=True)
    annual_p90 = models.PositiveIntegerField(null=True)
    topcoded = models.JSONField(
        default=list, blank=True, help_text=_("Names of the figures that are 'at or above'.")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "area", "industry", "occupation"], name="wage_row_once"
            )
        ]

    def __str__(self):
        return f"{self.occupation_id} in {self.area_id}, {self.release_id}"

    def clean(self):
        for basis in Basis:
            try:
                self.points(basis)
            except ValueError as error:
                raise ValidationError(f"The {basis} percentiles: {error}") from error

    def points(self, basis: Basis) -> Points:
        """The five published points on one basis. Raises ValueError where the stored figures are no distribution."""
        names = [f"{basis}_p{percentile}" for percentile in PERCENTILES]
        topcoded = [p for p, name in zip(PERCENTILES, names, strict=True) if name in self.topcoded]
        return Points(basis, tuple(getattr(self, name) for name in names), frozenset(topcoded))
