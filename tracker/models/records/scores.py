"""What an audit found, by method."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.models import HistoricalRecords

from tracker.design_effect import chart_variances
from tracker.fields import SafeCharField

from .audits import Audit


class Method(models.TextChoices):
    CODE_OVER_CODE = "code_over_code", gettext_lazy("code over code")
    CASE = "case", gettext_lazy("case (records without any error)")
    DRG = "drg", gettext_lazy("DRG")
    APC = "apc", gettext_lazy("APC")
    CODER_DENOMINATOR = "coder_denominator", gettext_lazy("coder's denominator")
    WEIGHTED = "weighted", gettext_lazy("weighted")


# Methods that are not proportions of independent units (domain 2.3): kept as points, never pooled with counts.
POINT_METHODS = (Method.CODER_DENOMINATOR, Method.WEIGHTED)
# Methods by which one chart has several units, so that it matters which of them belong together.
CHART_METHODS = (Method.CODE_OVER_CODE, Method.APC)


class AuditScore(models.Model):
    """What an audit found by one method: counts (correct of reviewed), or points of a possible maximum.

    Counts may come chart by chart: `charts` are then pairs of correct and reviewed in running order, which name no
    chart, and what is told from them about the whole (`chart_count`, and the variances of `design_effect.py`) is kept
    beside, so that accuracy over any number of audits and coders stays one sum. Points without a maximum are a
    percentage: a share of counts that were not given, or a score by a method that is none. By the coder's denominator
    errors can exceed the codes, and points can be below zero.
    """

    audit = models.ForeignKey(Audit, on_delete=models.CASCADE, related_name="scores")
    method = models.CharField(max_length=18, choices=Method)
    reviewed = models.PositiveIntegerField(null=True, blank=True)
    correct = models.PositiveIntegerField(null=True, blank=True)
    points = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    points_max = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    charts = models.JSONField(null=True, blank=True)
    chart_count = models.PositiveIntegerField(default=0, editable=False)
    variance_as_drawn = models.FloatField(default=0, editable=False)
    variance_drawn_alone = models.FloatField(default=0, editable=False)
    contested = models.BooleanField(default=False, editable=False, help_text="A dispute of it is open.")
    note = SafeCharField(max_length=200, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["audit", "method"], name="audit_score_once_per_method"),
            models.CheckConstraint(
                condition=Q(reviewed__isnull=False, correct__isnull=False, points__isnull=True)
                | Q(reviewed__isnull=True, correct__isnull=True, points__isnull=False, chart_count=0),
                name="audit_score_counts_or_points",
            ),
            models.CheckConstraint(
                condition=Q(correct__isnull=True) | Q(correct__lte=F("reviewed"), reviewed__gt=0),
                name="audit_score_correct_within_reviewed",
            ),
            models.CheckConstraint(
                condition=Q(points_max__isnull=True)
                | Q(
                    points__lte=F("points_max"), points_max__gt=0, method__in=[m.value for m in POINT_METHODS]
                ),
                name="audit_score_points_within_their_maximum",
            ),
            models.CheckConstraint(
                condition=Q(points__isnull=True)
                | (Q(points_max__isnull=False) | Q(points__lte=100))
                & (Q(method=Method.CODER_DENOMINATOR) | Q(points__gte=0)),
                name="audit_score_points_in_range",
            ),
            models.CheckConstraint(
                condition=~Q(method__in=[m.value for m in POINT_METHODS]) | Q(points__isnull=False),
                name="audit_score_points_where_no_proportion",
            ),
        ]

    def __str__(self):
        contested = _(" (contested)") if self.contested else ""
        return f"{self.figures()} {self.get_method_display()}{contested}"

    def save(self, *args, **kwargs):
        self.derive()
        super().save(*args, **kwargs)

    def figures(self) -> str:
        """What was found, without the method: "29 of 30", "188 of 200 points", "97.5% (no counts)"."""
        if self.points is None:
            return _("%(correct)s of %(reviewed)s") % {"correct": self.correct, "reviewed": self.reviewed}
        points = f"{self.points.normalize():f}"
        if self.points_max is not None:
            return _("%(points)s of %(most)s points") % {
                "points": points, "most": f"{self.points_max.normalize():f}",
            }  # fmt: skip
        return (
            f"{points}%"
            if self.method in POINT_METHODS
            else _("%(percent)s%% (no counts)") % {"percent": points}
        )

    def derive(self) -> None:
        """Work out what is kept beside `charts`. Whoever writes in bulk validates first, and that calls this."""
        pairs = self.charts or []
        self.chart_count = len(pairs)
        self.variance_as_drawn, self.variance_drawn_alone = chart_variances(pairs)

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
        if self.charts:
            self._clean_charts()
        else:
            self.charts = None
        if self.points is None and (self.reviewed, self.correct) == (None, None):
            raise ValidationError({"correct": _("Give the counts, or the percentage without them.")})
        if self.points is None:
            self._clean_counts()
        else:
            self._clean_points()
        self.derive()

    def _clean_charts(self):
        """Charts give the totals where these are not given, and must agree with them where they are."""
        if self.method not in CHART_METHODS:
            raise ValidationError(
                {"charts": _("By this method a record counts once. Give the totals, without single charts.")}
            )
        self.charts = checked_charts(self.charts)
        correct, reviewed = (sum(column) for column in zip(*self.charts, strict=True))
        if self.points is None and (self.reviewed, self.correct) == (None, None):
            self.correct, self.reviewed = correct, reviewed
        if (self.correct, self.reviewed) != (correct, reviewed):
            raise ValidationError(
                {
                    "charts": _(
                        "The charts add up to %(correct)s of %(reviewed)s, which is not what the totals say. Check "
                        "both, or leave the totals empty."
                    )
                    % {"correct": correct, "reviewed": reviewed}
                }
            )

    def _clean_counts(self):
        if self.points_max is not None:
            raise ValidationError(
                {"points_max": _("A maximum belongs to points. Leave it out beside counts.")}
            )
        if self.method in POINT_METHODS:
            raise ValidationError(
                {
                    "points": _(
                        "This method is no share of counts. Give the percentage or points, without counts."
                    )
                }
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

    def _clean_points(self):
        if self.points_max is not None and self.method not in POINT_METHODS:
            raise ValidationError(
                {"points_max": _("By this method, give the counts, or a percentage without a maximum.")}
            )
        if self.points_max is not None and self.points_max <= 0:
            raise ValidationError(
                {"points_max": _("The maximum is more than 0. Leave it empty for a percentage.")}
            )
        if self.points_max is not None and self.points > self.points_max:
            raise ValidationError({"points": _("That is more than the maximum. Check the two numbers.")})
        can_be_below_0 = self.method == Method.CODER_DENOMINATOR
        if self.points_max is None and self.points > 100 and can_be_below_0:
            raise ValidationError({"points": _("A percentage is at most 100. Check the number.")})
        if (self.points_max is None and self.points > 100) or (self.points < 0 and not can_be_below_0):
            raise ValidationError({"points": _("A percentage lies between 0 and 100. Check the number.")})


MOST_CHARTS, MOST_UNITS = 1000, 999


def checked_charts(charts) -> list[list[int]]:
    """The pairs of correct and reviewed as lists of numbers. Raise ValidationError for anything else, without repeating it."""
    if not isinstance(charts, list | tuple) or len(charts) > MOST_CHARTS:
        raise ValidationError({"charts": _("Give at most %(most)s charts.") % {"most": MOST_CHARTS}})
    for number, pair in enumerate(charts, 1):
        is_pair = isinstance(pair, list | tuple) and len(pair) == 2 and all(type(n) is int for n in pair)
        if not is_pair or not 0 <= pair[0] <= pair[1] <= MOST_UNITS:
            raise ValidationError(
                {
                    "charts": _(
                        "Chart %(number)s is not a number correct of a number reviewed, up to %(most)s. Nothing that "
                        "names a chart belongs here."
                    )
                    % {"number": number, "most": MOST_UNITS}
                }
            )
    return [list(pair) for pair in charts]
