"""How programs of a person's own get in: tokens for the API, and what was answered to requests that carry a key."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from .people import Coder


class Scope(models.TextChoices):
    """What a token may do. Writing anything needs `write` beside the scope of what is written."""

    READ = "read", _("Read your profile, records, gaps and readiness")
    WRITE = "write", _("Log and change what it may read")
    PAY = "pay", _("Your pay and where it stands")
    TEAM = "team", _("The teams that you manage")
    PROGRAM = "program", _("The programs that you teach")


class ApiToken(AbstractAuthToken):
    """Only its digest is stored; the text is shown once. It ends on its day, or when it is revoked."""

    name = models.CharField(max_length=60)
    scopes = models.JSONField(default=list)
    last_used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-created"]

    def __str__(self):
        return self.name

    @property
    def has_ended(self) -> bool:
        return self.expiry is not None and self.expiry <= timezone.now()

    @property
    def scopes_in_words(self) -> list[str]:
        return [Scope(scope).label for scope in self.scopes]


class AnsweredRequest(models.Model):
    """A POST that carried an Idempotency-Key. `body` is what was answered, legible only with that key; empty: not answered yet."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key_digest = models.CharField(max_length=64)
    request_digest = models.CharField(max_length=64)
    claimed_at = models.DateTimeField(default=timezone.now, db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key_digest"], name="answered_request_once")]


class CalendarFeed(models.Model):
    """The address under which a calendar reads a coder's dates. Whoever has it reads them, so it is stored as a digest."""

    coder = models.OneToOneField(Coder, on_delete=models.CASCADE, related_name="calendar_feed")
    token_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    last_read_at = models.DateTimeField(null=True)


class ChangedAttestation(models.Model):
    """When a record of an account that is gone was last changed: no archive from before makes it attested again.

    Nothing of the person: a digest under the installation's key of the number that the record had, and a time.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()
