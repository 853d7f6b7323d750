"""What was coded, and what became of the claims."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from curriculum.models import Specialty, WorkType

from .base import Record, out_of_order


class Setting(models.TextChoices):
    INPATIENT = "inpatient", _("hospital inpatient")
    OUTPATIENT = "outpatient", _("hospital outpatient")
    EMERGENCY = "emergency", _("emergency department")
    SURGERY_CENTER = "surgery_center", _("ambulatory surgery center")
    OFFICE = "office", _("physician office")
    PAYER = "payer", _("payer")
    OTHER = "other", _("other")


def hours_and_minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    said = {"hours": hours, "minutes": f"{rest:02d}"}
    return gettext("%(hours)s h %(minutes)s min") % said if rest else gettext("%(hours)s h") % said


class Volume(Record):
    """Charts coded in a period, and the coding time they took; counts by the end of the period."""

    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    work_type = models.ForeignKey(
        WorkType, on_delete=models.PROTECT, related_name="+", verbose_name=_("work type")
    )
    specialty = models.ForeignKey(
        Specialty,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("specialty"),
    )
    setting = models.CharField(_("setting"), max_length=16, choices=Setting, blank=True)
    charts = models.PositiveIntegerField(
        _("charts"), validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    minutes = models.PositiveIntegerField(
        _("coding time in minutes"), validators=[MinValueValidator(1)],
        help_text=_("Time spent coding, without meetings and breaks."),
    )  # fmt: skip
    history = HistoricalRecords()

    KIND, DATE = "volume", "ends_on"
    FIGURES = ("starts_on", "ends_on", "work_type", "specialty", "setting", "charts", "minutes")
    OUTCOMES = ("starts_on", "ends_on")

    class Meta(Record.Meta):
        verbose_name = _("chart volume")
        ordering = ["-ends_on", "-pk"]
        indexes = [models.Index(fields=["coder", "ends_on"])]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="volume_ends_after_start"),
            models.CheckConstraint(condition=Q(minutes__gt=0, charts__gt=0), name="volume_took_time"),
        ]

    def headline(self):
        return gettext("%(n)s %(work_type)s charts in %(time)s") % {
            "n": f"{self.charts:,}", "work_type": self.work_type, "time": hours_and_minutes(self.minutes),
        }  # fmt: skip

    def impossible(self):
        if out_of_order(self.starts_on, self.ends_on):
            yield "ends_on", _("The period ends before it starts. Swap the two dates.")
        elif self.starts_on and self.ends_on and self.minutes:
            days = (self.ends_on - self.starts_on).days + 1
            if self.minutes > days * 24 * 60:
                yield "minutes", _("That is more time than the period has. Check the hours or the dates.")


class OutcomeKind(models.TextChoices):
    FIRST_PASS = "first_pass", _("first-pass claim rate")
    DENIAL = "denial", _("coding denial rate")


class OutcomeDefinition(models.TextChoices):
    SCRUBBER = "scrubber", _("clean in the scrubber")
    CLEARINGHOUSE = "clearinghouse", _("accepted by the clearinghouse")
    PAID = "paid", _("paid by the payer on first submission")
    DENIAL_VOLUME = "denial_volume", _("denials by number of claims")
    DENIAL_DOLLARS = "denial_dollars", _("denials by dollars")


_DEFINITIONS = {
    OutcomeKind.FIRST_PASS: {
        OutcomeDefinition.SCRUBBER,
        OutcomeDefinition.CLEARINGHOUSE,
        OutcomeDefinition.PAID,
    },
    OutcomeKind.DENIAL: {OutcomeDefinition.DENIAL_VOLUME, OutcomeDefinition.DENIAL_DOLLARS},
}


class ClaimOutcome(Record):
    """A rate of the claims a coder's work went into, with its definition: rates of different definitions never compare."""

    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    outcome = models.CharField(_("what was measured"), max_length=10, choices=OutcomeKind)
    definition = models.CharField(_("defined as"), max_length=14, choices=OutcomeDefinition)
    rate = models.DecimalField(
        _("rate in percent"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    baseline = models.DecimalField(
        _("rate before, in percent"), max_digits=5, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("By the same definition. A reduction needs both."),
    )  # fmt: skip
    is_own = models.BooleanField(
        _("this is my own work, not my department's"), default=False,
        help_text=_("A department's figure is shown as such and never claimed as yours."),
    )  # fmt: skip
    history = HistoricalRecords()

    KIND, DATE = "claim-outcome", "ends_on"
    FIGURES = ("starts_on", "ends_on", "outcome", "definition", "rate", "baseline", "is_own")
    OUTCOMES = ("starts_on", "ends_on")

    class Meta(Record.Meta):
        verbose_name = _("claim outcome")
        ordering = ["-ends_on", "-pk"]
        indexes = [models.Index(fields=["coder", "ends_on"])]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="claim_outcome_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(rate__gte=0, rate__lte=100)
                & (Q(baseline__isnull=True) | Q(baseline__gte=0, baseline__lte=100)),
                name="claim_outcome_rates_are_percentages",
            ),
        ]

    def headline(self):
        said = {
            "outcome": self.get_outcome_display().capitalize(), "rate": f"{self.rate.normalize():f}%",
            "definition": self.get_definition_display(),
        }  # fmt: skip
        if self.baseline is None:
            return gettext("%(outcome)s %(rate)s (%(definition)s)") % said
        return gettext("%(outcome)s %(rate)s, from %(before)s (%(definition)s)") % (
            said | {"before": f"{self.baseline.normalize():f}%"}
        )

    def impossible(self):
        if out_of_order(self.starts_on, self.ends_on):
            yield "ends_on", _("The period ends before it starts. Swap the two dates.")
        if self.outcome and self.definition and self.definition not in _DEFINITIONS[self.outcome]:
            yield "definition", _("This definition belongs to the other kind of rate. Choose one that fits.")
