"""Disputes about what an audit found. A thing of its own: the audit keeps its provenance, and both scores are kept."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.fields import SafeTextField

from .records import AuditScore

# What a dispute can change about a score; charts are known one by one only as long as they add up.
DISPUTED = ("reviewed", "correct", "points", "points_max")


class DisputeState(models.TextChoices):
    OPEN = "open", _("waiting for an answer")
    CHANGED = "changed", _("the score was changed")
    STANDS = "stands", _("the score stands")
    WITHDRAWN = "withdrawn", _("withdrawn")


class DisputeQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state=DisputeState.OPEN, score__audit__removed_at=None)


class Dispute(models.Model):
    """One score of an audit that its coder contests, with the reason; and what came of it.

    `before` and `after` are the figures named in DISPUTED, as texts or numbers; `after` is empty where the score stands.
    """

    score = models.ForeignKey(AuditScore, on_delete=models.CASCADE, related_name="disputes")
    reason = SafeTextField(_("why it should be looked at again"), max_length=1000)
    state = models.CharField(max_length=9, choices=DisputeState, default=DisputeState.OPEN)
    asked_at = models.DateTimeField(auto_now_add=True)
    before = models.JSONField()
    after = models.JSONField(null=True, blank=True)
    answer = SafeTextField(_("answer"), max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["score"], condition=Q(state=DisputeState.OPEN), name="dispute_open_once_a_score"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[DisputeState.OPEN, DisputeState.WITHDRAWN])
                | Q(answered_at__isnull=False) & ~Q(answer=""),
                name="dispute_answered_says_what",
            ),
            models.CheckConstraint(
                condition=Q(state=DisputeState.CHANGED, after__isnull=False)
                | ~Q(state=DisputeState.CHANGED) & Q(after__isnull=True),
                name="dispute_changed_says_to_what",
            ),
        ]

    def __str__(self):
        return f"{self.score.audit.audited_on}: {self.score.get_method_display()}"

    @property
    def is_open(self) -> bool:
        return self.state == DisputeState.OPEN

    @property
    def before_text(self) -> str:
        return AuditScore(method=self.score.method, **_typed(self.before)).figures()

    @property
    def after_text(self) -> str:
        return AuditScore(method=self.score.method, **_typed(self.after)).figures() if self.after else ""


def figures_as_kept(score: AuditScore) -> dict:
    """The disputed figures of a score as JSON keeps them: decimals as texts, so that no digit is lost."""
    figures = {name: getattr(score, name) for name in DISPUTED}
    return {
        name: value if value is None or isinstance(value, int) else str(value)
        for name, value in figures.items()
    }


def _typed(figures: dict) -> dict:
    return {name: AuditScore._meta.get_field(name).to_python(figures.get(name)) for name in DISPUTED}
