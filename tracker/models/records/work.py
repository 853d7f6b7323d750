"""What was coded, and what auditors made of it."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from curriculum.models import Specialty, WorkType
from tracker.fields import SafeCharField

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
    return f"{hours} h {rest:02d} min" if rest else f"{hours} h"


class Volume(Record):
    """Charts coded in a period, and the coding time they took; counts by the end of the period."""

    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    work_type = models.ForeignKey(
        WorkType, on_delete=models.PROTECT, related_name="+", verbose_name=_("work type")
    )
    specialty = models.ForeignKey(
        Specialty, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
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
        return f"{self.charts:,} {self.work_type} charts in {hours_and_minutes(self.minutes)}"

    def impossible(self):
        if out_of_order(self.starts_on, self.ends_on):
            yield "ends_on", _("The period ends before it starts. Swap the two dates.")
        elif self.starts_on and self.ends_on and self.minutes:
            days = (self.ends_on - self.starts_on).days + 1
            if self.minutes > days * 24 * 60:
                yield "minutes", _("That is more time than the period has. Check the hours or the dates.")


class Basis(models.TextChoices):
    RANDOM = "random", _("random sample")
    TARGETED = "targeted", _("targeted (focused on a problem)")
    UNMARKED = "unmarked", _("not known")


class Auditor(models.TextChoices):
    INTERNAL = "internal", _("employer's audit team")
    EXTERNAL = "external", _("external auditor")
    INSTRUCTOR = "instructor", _("instructor")
    SELF = "self", _("self-review")


class Audit(Record):
    """An audit of the coder's work. What was found, by method, is in its scores."""

    audited_on = models.DateField(_("date of the audit"))
    basis = models.CharField(_("sample"), max_length=8, choices=Basis, default=Basis.UNMARKED)
    auditor = models.CharField(_("audited by"), max_length=10, choices=Auditor, default=Auditor.INTERNAL)
    work_type = models.ForeignKey(
        WorkType,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("work type"),
    )
    specialty = models.ForeignKey(
        Specialty, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    records_reviewed = models.PositiveIntegerField(
        _("records reviewed"), validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    history = HistoricalRecords()

    KIND, DATE = "audit", "audited_on"
    FIGURES = ("audited_on", "basis", "auditor", "work_type", "specialty", "records_reviewed")
    OUTCOMES = ("audited_on",)

    class Meta(Record.Meta):
        verbose_name = _("audit result")
        ordering = ["-audited_on", "-pk"]
        indexes = [models.Index(fields=["coder", "audited_on"])]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(condition=Q(records_reviewed__gt=0), name="audit_reviewed_something"),
        ]

    def headline(self):
        scores = ", ".join(str(score) for score in self.scores.all()) if self.pk else ""
        return f"{self.records_reviewed} records audited" + (f": {scores}" if scores else "")


class Method(models.TextChoices):
    CODE_OVER_CODE = "code_over_code", _("code over code")
    CASE = "case", _("case (records without any error)")
    DRG = "drg", _("DRG")
    APC = "apc", _("APC")
    CODER_DENOMINATOR = "coder_denominator", _("coder's denominator")
    WEIGHTED = "weighted", _("weighted")


# Methods that are not proportions of independent units (domain 2.3): kept as points, never pooled with counts.
POINT_METHODS = (Method.CODER_DENOMINATOR, Method.WEIGHTED)


class AuditScore(models.Model):
    """What an audit found by one method: counts (correct of reviewed), or points (a percentage without counts)."""

    audit = models.ForeignKey(Audit, on_delete=models.CASCADE, related_name="scores")
    method = models.CharField(max_length=18, choices=Method)
    reviewed = models.PositiveIntegerField(null=True, blank=True)
    correct = models.PositiveIntegerField(null=True, blank=True)
    points = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    note = SafeCharField(max_length=200, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["audit", "method"], name="audit_score_once_per_method"),
            models.CheckConstraint(
                condition=Q(reviewed__isnull=False, correct__isnull=False, points__isnull=True)
                | Q(reviewed__isnull=True, correct__isnull=True, points__isnull=False),
                name="audit_score_counts_or_points",
            ),
            models.CheckConstraint(
                condition=Q(correct__isnull=True) | Q(correct__lte=F("reviewed"), reviewed__gt=0),
                name="audit_score_correct_within_reviewed",
            ),
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__gte=0, points__lte=100),
                name="audit_score_points_0_to_100",
            ),
            models.CheckConstraint(
                condition=~Q(method__in=[m.value for m in POINT_METHODS]) | Q(points__isnull=False),
                name="audit_score_points_where_no_proportion",
            ),
        ]

    def __str__(self):
        if self.points is not None:
            return f"{self.points.normalize():f}% {self.get_method_display()} (no counts)"
        return f"{self.correct} of {self.reviewed} {self.get_method_display()}"

    def clean(self):
        """Raise ValidationError by field for what cannot be."""
        counts = (self.reviewed, self.correct)
        if self.points is not None and counts != (None, None):
            raise ValidationError(
                {
                    "points": _(
                        "Give the counts or the percentage, not both: with counts it follows by itself."
                    )
                }
            )
        if self.points is None and counts == (None, None):
            raise ValidationError({"correct": _("Give the counts, or the percentage without them.")})
        if self.points is None:
            self._clean_counts()
        elif not 0 <= self.points <= 100:
            raise ValidationError({"points": _("A percentage lies between 0 and 100. Check the number.")})

    def _clean_counts(self):
        if self.method in POINT_METHODS:
            raise ValidationError(
                {"points": _("This method is no share of counts. Give the percentage, without counts.")}
            )
        if self.reviewed is None:
            raise ValidationError({"reviewed": _("Say how many were reviewed, too.")})
        if self.reviewed == 0:
            raise ValidationError({"reviewed": _("At least one was reviewed. Leave both empty if none was.")})
        if self.correct is None:
            raise ValidationError({"correct": _("Say how many of them were correct, too.")})
        if self.correct > self.reviewed:
            raise ValidationError(
                {"correct": _("More were correct than were reviewed. Check the two numbers.")}
            )


class AuditWork(Record):
    """An audit that the coder did of other coders' work."""

    done_on = models.DateField(_("finished on"))
    charts = models.PositiveIntegerField(
        _("charts reviewed"), validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    specialty = models.ForeignKey(
        Specialty, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    findings = SafeCharField(
        _("how the findings were shared"), max_length=200, blank=True,
        help_text=_("Such as a report, feedback sessions or a training. Never anything about a patient."),
    )  # fmt: skip
    history = HistoricalRecords()

    KIND, DATE, FIGURES, OUTCOMES = "audit-work", "done_on", ("done_on", "charts", "specialty"), ("done_on",)

    class Meta(Record.Meta):
        verbose_name = _("audit work")
        ordering = ["-done_on", "-pk"]
        indexes = [models.Index(fields=["coder", "done_on"])]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(condition=Q(charts__gt=0), name="audit_work_reviewed_something"),
        ]

    def headline(self):
        return f"{self.charts} charts reviewed as auditor"


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
        before = f", from {self.baseline.normalize():f}%" if self.baseline is not None else ""
        return f"{self.get_outcome_display().capitalize()} {self.rate.normalize():f}%{before} ({self.get_definition_display()})"

    def impossible(self):
        if out_of_order(self.starts_on, self.ends_on):
            yield "ends_on", _("The period ends before it starts. Swap the two dates.")
        if self.outcome and self.definition and self.definition not in _DEFINITIONS[self.outcome]:
            yield "definition", _("This definition belongs to the other kind of rate. Choose one that fits.")
