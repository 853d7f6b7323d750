"""Renewal cycles, which are never overwritten: a renewal closes one and opens the next."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from curriculum.models import Body, Certification, RenewalRuleVersion, RouteStep

from .people import Coder
from .records import ContinuingEducation, Credential


class OpenedFrom(models.TextChoices):
    LOGGED = "logged", _("the dates you logged")
    RENEWAL = "renewal", _("a renewal")
    REINSTATEMENT = "reinstatement", _("a reinstatement after a break")


class ClosedAs(models.TextChoices):
    OPEN = "", _("open")
    RENEWED = "renewed", _("renewed")
    LAPSED = "lapsed", _("lapsed")


class RenewalCycle(models.Model):
    """One renewal period, both days included, under the rule that was in force on its first day, in its version of when the cycle was opened.

    Where the body's rule counts all certifications together there is one for all of them and `certification` is empty;
    elsewhere each certification has its own. The states in between (expiring, in grace) come out of the dates.
    """

    coder = models.ForeignKey(Coder, on_delete=models.CASCADE, related_name="renewal_cycles")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    certification = models.ForeignKey(
        Certification, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    rule = models.ForeignKey(RenewalRuleVersion, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    opened_from = models.CharField(max_length=13, choices=OpenedFrom, default=OpenedFrom.LOGGED)
    closed_as = models.CharField(max_length=7, choices=ClosedAs, default=ClosedAs.OPEN, blank=True)

    class Meta:
        ordering = ["body", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["coder", "body"], condition=Q(certification=None, closed_as=""),
                name="cycle_one_open_per_body",
            ),
            models.UniqueConstraint(
                fields=["coder", "certification"], condition=Q(certification__isnull=False, closed_as=""),
                name="cycle_one_open_per_certification",
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="cycle_ends_after_start"),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.certification or self.body}, {self.starts_on} to {self.ends_on}"

    @property
    def is_open(self) -> bool:
        return not self.closed_as


class CycleCredential(models.Model):
    """A credential in a cycle, from the day on which it joined."""

    cycle = models.ForeignKey(RenewalCycle, on_delete=models.CASCADE, related_name="members")
    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="memberships")
    joined_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "credential"], name="cycle_credential_once")]

    def __str__(self):
        return f"{self.credential_id} from {self.joined_on}"


class CreditPin(models.Model):
    """Where the coder wants an activity to count, against what the allocation would choose.

    At a renewal the site itself pins what the last month's choice gave to the new cycle, so that it stays there.
    """

    activity = models.ForeignKey(ContinuingEducation, on_delete=models.CASCADE, related_name="pins")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    cycle = models.ForeignKey(RenewalCycle, on_delete=models.CASCADE, related_name="pins")
    subject = models.ForeignKey(
        Certification, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="Empty: toward the total alone.",
    )  # fmt: skip
    by_coder = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "body"], name="credit_pin_once_per_body")]

    def __str__(self):
        return f"{self.activity_id} in {self.cycle_id}"


class StepDone(models.Model):
    """A step of the way out of apprentice status that the coder has ticked, or a line of the letter's checklist."""

    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="steps_done")
    step = models.ForeignKey(RouteStep, on_delete=models.CASCADE, related_name="+")
    done_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["credential", "step"], name="step_done_once")]

    def __str__(self):
        return f"{self.step_id} on {self.done_on}"
