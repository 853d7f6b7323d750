"""What a coder says about themself with figures behind it, and to whom they gave a link to it."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracker.fields import SafeCharField

from .people import Coder


class Resume(models.Model):
    """Exists from the first time that the coder chose; until then everything that data can say is suggested."""

    coder = models.OneToOneField(Coder, on_delete=models.CASCADE, related_name="resume")
    headline = SafeCharField(_("headline"), max_length=120, blank=True)
    saved_at = models.DateTimeField(auto_now=True)

    def __str__(self):
        return f"Résumé of {self.coder}"


class ResumeBullet(models.Model):
    """A line that the coder chose. `wording` has the figures as {placeholders}, so that they stay true.

    `fact` names what the figures come from (tracker/resume/facts.py); empty for a line in the coder's own words.
    """

    resume = models.ForeignKey(Resume, on_delete=models.CASCADE, related_name="bullets")
    fact = models.CharField(max_length=120, blank=True)
    wording = SafeCharField(_("wording"), max_length=300)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["resume", "fact"], condition=~Q(fact=""), name="resume_fact_once"
            ),
            models.UniqueConstraint(fields=["resume", "position"], name="resume_position_once"),
        ]

    def __str__(self):
        return self.wording


class LinkPart(models.TextChoices):
    """What a link may show, in the order in which it is shown."""

    CREDENTIALS = "credentials", _("credentials")
    RESULTS = "results", _("results with their figures")
    TOOLS = "tools", _("code sets, record systems, encoders and specialties")
    POSITIONS = "positions", _("positions")
    EDUCATION = "education", _("education and practicum")
    CONTRIBUTIONS = "contributions", _("what you did for others")
    CONTACT = "contact", _("your e-mail address")
    PACKET = "packet", _("the promotion packet: your target role, what is met, and the records behind it")


class ShareLinkQuerySet(models.QuerySet):
    def open(self):
        return self.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())


class ShareLink(models.Model):
    """A link that shows parts of a coder's résumé to whoever has it. Only the token's digest is stored; the link is shown once."""

    coder = models.ForeignKey(Coder, on_delete=models.CASCADE, related_name="share_links")
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    name = SafeCharField(_("for whom"), max_length=80)
    parts = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="share_link_ends_later")
        ]

    def __str__(self):
        return self.name

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()

    @property
    def parts_in_words(self) -> list[str]:
        return [part.label for part in LinkPart if part in self.parts]


class ShareOpening(models.Model):
    """One opening of a link: when, and what was taken. Nothing about who, for a link does not know."""

    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="openings")
    at = models.DateTimeField(auto_now_add=True)
    what = models.CharField(
        max_length=8, choices=[("page", _("page")), ("pdf", _("PDF")), ("packet", _("packet"))]
    )

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.link} at {self.at}"
