"""Files that prove a credential, an education or hours taken: private, checked by content, under random names."""

import hashlib
import uuid

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from tracker.proofs import ENDINGS, content_type_of

from .people import Coder
from .records import ContinuingEducation, Credential, Education, Record

# The kinds of record that may have proof, and the field that leads to each.
PROVEN: dict[type[Record], str] = {
    Credential: "credential", Education: "education", ContinuingEducation: "continuing_education",
}  # fmt: skip
PROOFS = "proofs/"


def random_name(proof: "Proof", _name: str) -> str:
    """Nothing of the name under which it was uploaded is kept: it could name a patient."""
    name = uuid.uuid4().hex
    return f"{PROOFS}{name[:2]}/{name}.{ENDINGS[proof.content_type]}"


class Proof(models.Model):
    """One file of one record. It never changes: another one is added, and this one removed."""

    coder = models.ForeignKey(Coder, on_delete=models.CASCADE, related_name="proofs", editable=False)
    credential = models.ForeignKey(
        Credential, null=True, blank=True, on_delete=models.CASCADE, related_name="proofs"
    )
    education = models.ForeignKey(
        Education, null=True, blank=True, on_delete=models.CASCADE, related_name="proofs"
    )
    continuing_education = models.ForeignKey(
        ContinuingEducation, null=True, blank=True, on_delete=models.CASCADE, related_name="proofs"
    )
    file = models.FileField(upload_to=random_name, max_length=120)
    content_type = models.CharField(
        max_length=20, choices=[(name, ending) for name, ending in ENDINGS.items()]
    )
    size = models.PositiveIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("proof")
        verbose_name_plural = _("proofs")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(credential__isnull=False, education=None, continuing_education=None)
                | Q(credential=None, education__isnull=False, continuing_education=None)
                | Q(credential=None, education=None, continuing_education__isnull=False),
                name="proof_of_one_record",
            )
        ]

    def __str__(self):
        return self.ending.upper()

    @property
    def record(self) -> Record:
        return self.credential or self.education or self.continuing_education

    @property
    def ending(self) -> str:
        return ENDINGS[self.content_type]

    @property
    def added_after_verification(self) -> bool:
        """Whether whoever attested the record cannot have seen this file."""
        verified_at = self.record.verified_at
        return verified_at is not None and self.added_at > verified_at

    def describe(self, content: bytes) -> None:
        """Take type, size and digest from the content. Raise ValidationError for a file that is not taken."""
        self.content_type = content_type_of(content)
        self.size, self.sha256 = len(content), hashlib.sha256(content).hexdigest()

    def clean(self):
        if self.record is not None and self.record.coder_id != self.coder_id:
            raise ValidationError(_("It proves a record of somebody else."))


@receiver(post_delete, sender=Proof)
def _remove_file(sender, instance, **kwargs):
    """With its row, once that is certain, goes the file: one removed, a record's, or a whole account's. Where the store fails,
    `tidy_proofs` removes it later."""
    file = instance.file
    # No partial: Django logs a robust callback that fails under its name.
    transaction.on_commit(lambda: file.storage.delete(file.name), robust=True)
