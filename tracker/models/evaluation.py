"""What evaluation stores: how stale a coder is, gaps with their history, readiness, standing, and runs of the sweep."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from curriculum.models import MilestoneVersion, Occupation, Role, Stage, Standard, WageArea, WageRelease

from .people import Coder
from .teams import Membership


class Staleness(models.Model):
    """A coder is stale while `seq` is ahead of `done_seq`. Whatever can move a gap raises `seq` in its own transaction."""

    coder = models.OneToOneField(Coder, primary_key=True, on_delete=models.CASCADE, related_name="staleness")
    seq = models.BigIntegerField(default=1)
    done_seq = models.BigIntegerField(default=0)
    since = models.DateTimeField()
    failed_seq = models.BigIntegerField(default=0, help_text="The seq at which evaluation last failed.")

    class Meta:
        indexes = [models.Index(fields=["since"], condition=Q(seq__gt=F("done_seq")), name="stale_coders")]

    @property
    def is_stale(self) -> bool:
        return self.seq > self.done_seq


class Status(models.TextChoices):
    MET = "met", _("met")
    CLOSE = "close", _("close")
    OPEN = "open", _("open")
    NO_EVIDENCE = "no_evidence", _("no evidence")
    LAPSED = "lapsed", _("lapsed")
    WAIVED = "waived", _("waived")
    NOT_APPLICABLE = "not_applicable", _("not applicable")


class Certainty(models.TextChoices):
    NONE = "", _("nothing to go on")
    THIN = "thin", _("thin")
    REPORTED = "reported", _("reported")
    SUPPORTED = "supported", _("supported")
    PROVEN = "proven", _("proven")


class GapFigures(models.Model):
    """How far somebody is from one milestone version under one standard, as of their evaluation.

    `value`, `lower` and `upper` are in the measure's unit (percent: 0 to 100); `numerator` of `denominator` are the
    counts behind a percentage; `sample` counts the method's own unit; `design_effect` is what the counts were divided by
    for the interval, empty where charts are not known. `lacking` says what the minimum sample still
    misses, by unit; `parts` repeats the figures for each condition where there are several.
    """

    milestone_version = models.ForeignKey(MilestoneVersion, on_delete=models.CASCADE, related_name="+")
    standard = models.ForeignKey(Standard, on_delete=models.CASCADE, related_name="+")
    seq = models.BigIntegerField()
    status = models.CharField(max_length=14, choices=Status)
    certainty = models.CharField(max_length=9, choices=Certainty, blank=True)
    contested = models.BooleanField(
        default=False, db_default=False, help_text="Whether a score in it is disputed and not answered yet."
    )
    value = models.FloatField(null=True)
    lower = models.FloatField(null=True)
    upper = models.FloatField(null=True)
    numerator = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    sample = models.FloatField(null=True)
    design_effect = models.FloatField(null=True)
    lacking = models.JSONField(null=True)
    parts = models.JSONField(null=True)
    first_met_on = models.DateField(null=True)
    status_since = models.DateField()
    fingerprint = models.BigIntegerField(
        help_text="One number for all figures, to see whether a new one differs."
    )

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.milestone_version.milestone}: {self.get_status_display()}"


class Gap(GapFigures):
    """One coder against one milestone version under one standard, from all of their records. The coder's alone."""

    coder = models.ForeignKey(Coder, on_delete=models.CASCADE, related_name="gaps")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["coder", "milestone_version", "standard"], name="gap_once"),
        ]


class MemberGap(GapFigures):
    """One member against one milestone version under the team's standard, from what they share with that team alone."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="gaps")
    weight = models.PositiveSmallIntegerField(
        help_text="How much the team's standard makes of it for this member."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "milestone_version"], name="member_gap_once"),
        ]


class AssignmentGap(GapFigures):
    """A student against what one assignment asks, from what they share with that program alone."""

    assignment = models.OneToOneField(
        "tracker.Assignment", primary_key=True, on_delete=models.CASCADE, related_name="gap"
    )


class GapEvent(models.Model):
    """What we said, when it changed. Append-only."""

    coder = models.ForeignKey(Coder, on_delete=models.CASCADE, related_name="gap_events")
    milestone_version = models.ForeignKey(MilestoneVersion, on_delete=models.CASCADE, related_name="+")
    standard = models.ForeignKey(Standard, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    old_status = models.CharField(max_length=14, choices=Status, blank=True)
    new_status = models.CharField(max_length=14, choices=Status)
    certainty = models.CharField(max_length=9, choices=Certainty, blank=True)
    value = models.FloatField(null=True)

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        indexes = [models.Index(fields=["coder", "milestone_version"])]


class TargetSource(models.TextChoices):
    CHOSEN = "chosen", _("chosen")
    DEFAULT = "default", _("the next promotion")
    FORK = "fork", _("the way forks")
    TOP = "top", _("the top of its way")


class Evaluation(models.Model):
    """What all gaps of a coder amount to, for the target role, on a day."""

    coder = models.OneToOneField(Coder, primary_key=True, on_delete=models.CASCADE, related_name="evaluation")
    as_of = models.DateField()
    evaluated_at = models.DateTimeField()
    role = models.ForeignKey(Role, null=True, on_delete=models.SET_NULL, related_name="+")
    target = models.ForeignKey(Role, null=True, on_delete=models.SET_NULL, related_name="+")
    target_source = models.CharField(max_length=8, choices=TargetSource, default=TargetSource.DEFAULT)
    years = models.FloatField(null=True)
    years_source = models.CharField(max_length=9, blank=True, help_text="positions, stated, or empty.")
    expected_stage = models.ForeignKey(Stage, null=True, on_delete=models.SET_NULL, related_name="+")
    demonstrated_stage = models.ForeignKey(Stage, null=True, on_delete=models.SET_NULL, related_name="+")
    weight_met = models.PositiveIntegerField(default=0)
    weight_asked = models.PositiveIntegerField(default=0)

    @property
    def readiness(self) -> float | None:
        """Share of what is asked that is met, from 0 to 1; None where nothing is asked."""
        return self.weight_met / self.weight_asked if self.weight_asked else None


class MemberEvaluation(models.Model):
    """What the gaps of a member amount to under the team's standard: what a manager may know, and no more."""

    membership = models.OneToOneField(
        Membership, primary_key=True, on_delete=models.CASCADE, related_name="evaluation"
    )
    as_of = models.DateField()
    evaluated_at = models.DateTimeField()
    standard_no = models.PositiveIntegerField(default=0, help_text="The version of the team's standard.")
    role = models.ForeignKey(Role, null=True, on_delete=models.SET_NULL, related_name="+")
    target = models.ForeignKey(Role, null=True, on_delete=models.SET_NULL, related_name="+")
    target_source = models.CharField(max_length=8, choices=TargetSource, default=TargetSource.DEFAULT)
    weight_met = models.PositiveIntegerField(default=0)
    weight_asked = models.PositiveIntegerField(default=0)


class Standing(models.Model):
    """Where the coder's pay falls in the wages of an occupation and area. As private as pay itself."""

    coder = models.OneToOneField(Coder, primary_key=True, on_delete=models.CASCADE, related_name="+")
    as_of = models.DateField()
    annual = models.DecimalField(max_digits=10, decimal_places=2)
    occupation = models.ForeignKey(Occupation, on_delete=models.CASCADE, related_name="+")
    area = models.ForeignKey(
        WageArea, on_delete=models.CASCADE, related_name="+", help_text="The one that was used."
    )
    release = models.ForeignKey(WageRelease, on_delete=models.CASCADE, related_name="+")
    percentile_low = models.FloatField(null=True, help_text="Empty: below the lowest published point.")
    percentile_high = models.FloatField(null=True, help_text="Empty: above the highest published point.")
    band_stage = models.ForeignKey(Stage, null=True, on_delete=models.SET_NULL, related_name="+")
    band_place = models.CharField(max_length=12, blank=True)


class WorkerHeartbeat(models.Model):
    """Written by a task that travels through the schedule, the broker and a worker: all three live if it is recent."""

    name = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField()


class SweepRun(models.Model):
    """One nightly evaluation of everyone. Its windows say how far it is."""

    day = models.DateField(unique=True)
    started_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-day"]


class SweepWindow(models.Model):
    """Coders whose ids lie in a range. Done once a run: a message that comes twice finds it done."""

    run = models.ForeignKey(SweepRun, on_delete=models.CASCADE, related_name="windows")
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    done_at = models.DateTimeField(null=True)
    coders = models.PositiveIntegerField(default=0)
    gaps_changed = models.PositiveIntegerField(default=0)
    failed = models.JSONField(default=list, help_text="Ids of coders whose evaluation failed.")

    class Meta:
        ordering = ["first_id"]
        constraints = [models.UniqueConstraint(fields=["run", "first_id"], name="sweep_window_once")]
