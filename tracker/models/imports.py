"""An import from its staged rows to what it changed. The file itself is never stored, and staged rows go within a day."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from curriculum.models import Organization
from tracker.fields import SafeCharField

from .people import Coder


class ImportSource(models.Model):
    """Where files of one kind come from, and all that was said about them once: columns, answers, words.

    It belongs to an organization, perhaps to one team of it alone, or to a coder who imports a log of their own. `columns` are field keys by normalised header,
    `words` slugs by vocabulary and normalised word (empty: rows with it are left out).
    """

    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.CASCADE, related_name="import_sources"
    )
    coder = models.ForeignKey(
        Coder, null=True, blank=True, on_delete=models.CASCADE, related_name="import_sources"
    )
    team = models.ForeignKey(
        "tracker.Team", null=True, blank=True, on_delete=models.CASCADE, related_name="import_sources"
    )
    name = SafeCharField(_("source"), max_length=80)
    kind = models.CharField(max_length=16)
    columns = models.JSONField(default=dict, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    words = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organization__isnull=False, coder__isnull=True)
                | Q(organization__isnull=True, coder__isnull=False),
                name="import_source_of_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(team=None) | Q(organization__isnull=False),
                name="import_source_of_a_team_has_organization",
            ),
            models.UniqueConstraint(
                fields=["organization", "kind", "name"],
                condition=Q(team=None),
                name="import_source_once_an_organization",
            ),
            models.UniqueConstraint(fields=["team", "kind", "name"], name="import_source_once_a_team"),
            models.UniqueConstraint(fields=["coder", "kind", "name"], name="import_source_once_a_coder"),
        ]

    def __str__(self):
        return self.name

    @property
    def is_personal(self) -> bool:
        return self.coder_id is not None


class NameMap(models.Model):
    """Who a name of a source is, as somebody said. Nobody (`coder` empty): rows with it are left out."""

    source = models.ForeignKey(ImportSource, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=200)
    coder = models.ForeignKey(Coder, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "name"], name="import_name_once")]

    def __str__(self):
        return f"{self.name}: {self.coder or 'nobody'}"


class ImportState(models.TextChoices):
    NAMES = "names", _("waits for names")
    PLANNING = "planning", _("being read")
    READY = "ready", _("ready to be looked over")
    COMMITTING = "committing", _("being stored")
    DONE = "done", _("stored")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("failed")


# A worker has them in hand, or should.
WORKING = (ImportState.PLANNING, ImportState.COMMITTING, ImportState.UNDOING)
# Staged rows are kept for these, and for a day at most.
OPEN = (ImportState.NAMES, ImportState.PLANNING, ImportState.READY, ImportState.COMMITTING)


class ImportBatch(models.Model):
    """One file on its way. `lease_until` and `lease` say which worker has it; whoever finds the time past takes over.

    `columns` are [key, label] of what is staged, `left_out` labels of what is not; `counts` are by outcome; `report` is notes as
    [row, column, text], without values, and once undone the ids of what stayed; `fingerprint` tells whether a commit would do what was previewed; `stages` is what each coder concerned had demonstrated before;
    `site` is the address that the invitations of a roster lead to.
    """

    source = models.ForeignKey(ImportSource, on_delete=models.CASCADE, related_name="batches")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.NAMES)
    file_hash = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    columns = models.JSONField()
    left_out = models.JSONField(default=list, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    only_good = models.BooleanField(default=False)
    counts = models.JSONField(default=dict, blank=True)
    report = models.JSONField(default=list, blank=True)
    stages = models.JSONField(default=dict, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    site = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    committed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["source", "file_hash"]),
            models.Index(
                fields=["state"], condition=Q(state__in=["names", *WORKING, "ready"]), name="import_open"
            ),
        ]

    def __str__(self):
        return f"{self.source}, {self.created_at:%Y-%m-%d}"

    @property
    def is_working(self) -> bool:
        return self.state in WORKING

    @property
    def errors(self) -> int:
        return self.counts.get("error", 0)


class ImportRows(models.Model):
    """Some staged rows of a file: [row number, first total column or null, cells of the kept columns]. Deleted within a day."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="staged")
    position = models.PositiveIntegerField()
    rows = models.JSONField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["batch", "position"], name="import_rows_once")]

    def __str__(self):
        return f"rows of import {self.batch_id}"


class ImportPage(models.Model):
    """A page of the preview: what would happen with some rows, as it is shown. Deleted with the staged rows."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="pages")
    outcome = models.CharField(max_length=10)
    number = models.PositiveIntegerField()
    lines = models.JSONField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "outcome", "number"], name="import_page_once")
        ]

    def __str__(self):
        return f"{self.outcome} of import {self.batch_id}"


class ImportChange(models.Model):
    """A record that an import made (`was` empty) or replaced (`was` its figures before), or an invitation, of nobody yet. What undoing needs."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="changes")
    coder = models.ForeignKey(Coder, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24)
    record_id = models.BigIntegerField()
    was = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "kind", "record_id"], name="import_change_once")
        ]

    def __str__(self):
        return f"{self.kind} {self.record_id} by import {self.batch_id}"
