"""Which certifications nobody is sent to any more, for the words of conditions: read from the catalogue now and then.

Sentences about a gap name certifications by the dozen on one page, and the catalogue hardly ever changes; so this is kept for
a minute, and forgotten at once where the catalogue is loaded or edited in this process.
"""

import time

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from .models import Certification, CertificationStatus
from .signals import catalogue_changed

KEPT_SECONDS = 60
_kept: tuple[float, frozenset[str]] | None = None


def legacy_slugs() -> frozenset[str]:
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > KEPT_SECONDS:
        rows = Certification.objects.filter(status=CertificationStatus.LEGACY)
        _kept = (time.monotonic(), frozenset(rows.values_list("slug", flat=True)))
    return _kept[1]


@receiver([post_save, post_delete], sender=Certification)
@receiver(catalogue_changed)
def _forget(**kwargs):
    global _kept
    _kept = None
