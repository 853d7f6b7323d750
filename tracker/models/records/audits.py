"""Audits of a coder's work, and audits that the coder did."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from curriculum.models import Specialty, WorkType
from tracker.fields import SafeCharField

from .base import Record


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
        Specialty,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("specialty"),
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
        said = {"n": self.records_reviewed, "scores": scores}
        return (
            gettext("%(n)s records audited: %(scores)s") % said
            if scores
            else gettext("%(n)s records audited") % said
        )


class AuditWork(Record):
    """An audit that the coder did of other coders' work."""

    done_on = models.DateField(_("finished on"))
    charts = models.PositiveIntegerField(
        _("charts reviewed"), validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    specialty = models.ForeignKey(
        Specialty,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("specialty"),
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
        return gettext("%(n)s charts reviewed as auditor") % {"n": self.charts}
