"""Reminders: what each person wants of them, and what was sent."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .people import Coder


class Topic(models.TextChoices):
    RENEWAL = "renewal", _("Renewals")
    EXAM = "exam", _("Planned exams")


class How(models.TextChoices):
    AT_ONCE = "at_once", _("one by one, on the day")
    DAILY = "daily", _("at most one message a day")
    WEEKLY = "weekly", _("one message a week, on Mondays")
    OFF = "off", _("off")


class NoticeChoice(models.Model):
    """How a coder wants to be reminded of a topic; without a row, one by one."""

    coder = models.ForeignKey(Coder, on_delete=models.CASCADE, related_name="notice_choices")
    topic = models.CharField(max_length=12, choices=Topic)
    how = models.CharField(max_length=8, choices=How, default=How.AT_ONCE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["coder", "topic"], name="notice_choice_once")]

    def __str__(self):
        return f"{self.topic}: {self.how}"


class Notice(models.Model):
    """One rung of a ladder for one thing that is due. The row is claimed before the message goes, so none goes twice.

    `rung` is in days from the day on which it is due. All notices of one message share its Message-ID.
    """

    coder = models.ForeignKey(Coder, on_delete=models.CASCADE, related_name="notices")
    topic = models.CharField(max_length=12, choices=Topic)
    subject = models.CharField(max_length=40)
    due_on = models.DateField()
    rung = models.SmallIntegerField()
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=200, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["coder", "topic", "subject", "due_on", "rung"], name="notice_claimed_once"
            )
        ]

    def __str__(self):
        return f"{self.topic} {self.subject} {self.rung:+d}"
