"""What makes a coder stale: every change of a record, of pay, of what the coder aims at, and of the catalogue.

Marks are made in the transaction of the change. Bulk writes send no signals: who writes in bulk calls
`mark_stale` itself.
"""

from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver

from curriculum.signals import catalogue_changed

from .models import (
    RECORD_MODELS,
    AuditScore,
    Coder,
    ContinuingEducation,
    Credential,
    Membership,
    Pay,
    ProductivityTarget,
    Share,
    StandardVersion,
    User,
)
from .services.counting import COUNTED_ONCE, recount_after
from .services.renewals import keep_cycles
from .services.signoffs import follow_taken
from .services.staleness import mark_everyone_stale, mark_stale


def _owned_changed(sender, instance, **kwargs):
    mark_stale([instance.coder_id])


def _credential_changed(sender, instance, origin=None, **kwargs):
    """Renewal cycles follow the dates of credentials, in the same transaction."""
    if not kwargs.get("raw") and not _goes_with_its_coder(origin):
        keep_cycles([instance.coder_id])


def _goes_with_its_coder(origin) -> bool:
    """Whether a row is deleted because its coder is: with them goes what says that they are stale."""
    return getattr(origin, "model", type(origin)) in (Coder, User)


def _owned_deleted(sender, instance, origin=None, **kwargs):
    if not _goes_with_its_coder(origin):
        mark_stale([instance.coder_id])


def _counts_once(sender, instance, **kwargs):
    recount_after(instance)


for _model in COUNTED_ONCE:
    post_save.connect(_counts_once, sender=_model)

for _model in (*RECORD_MODELS, Pay, ProductivityTarget):
    post_save.connect(_owned_changed, sender=_model)
    post_delete.connect(_owned_deleted, sender=_model)


post_save.connect(_credential_changed, sender=Credential)
post_delete.connect(_credential_changed, sender=Credential)


@receiver(post_save, sender=AuditScore)
def _score_changed(sender, instance, **kwargs):
    mark_stale([instance.audit.coder_id])


@receiver(post_delete, sender=AuditScore)
def _score_deleted(sender, instance, origin=None, **kwargs):
    if not _goes_with_its_coder(origin):
        # Where the audit itself went, its own deletion marks its coder.
        mark_stale(Coder.objects.filter(audit_records=instance.audit_id).values_list("pk", flat=True))


@receiver(post_save, sender=ContinuingEducation)
def _taken(sender, instance, created, **kwargs):
    if not created and not kwargs.get("raw"):
        follow_taken(instance)


@receiver(m2m_changed, sender=ContinuingEducation.bodies.through)
def _bodies_changed(sender, instance, action, reverse, **kwargs):
    if action.startswith("post_") and not reverse:
        mark_stale([instance.coder_id])


@receiver(post_save, sender=Coder)
def _coder_changed(sender, instance, **kwargs):
    mark_stale([instance.pk])


@receiver(post_save, sender=User)
def _user_changed(sender, instance, created, update_fields=None, **kwargs):
    # Another time zone is another today. Signing in saves `last_login` alone, which moves nothing.
    if not created and (update_fields is None or "time_zone" in update_fields):
        mark_stale(Coder.objects.filter(user=instance).values_list("pk", flat=True))


@receiver(catalogue_changed)
def _catalogue_changed(sender, **kwargs):
    mark_everyone_stale()


@receiver([post_save, post_delete], sender=Share)
def _share_changed(sender, instance, origin=None, **kwargs):
    if not _goes_with_its_coder(origin):
        mark_stale([instance.coder_id])


@receiver(post_save, sender=Membership)
def _membership_changed(sender, instance, **kwargs):
    if instance.coder_id:
        mark_stale([instance.coder_id])


@receiver(post_save, sender=StandardVersion)
def _standard_changed(sender, instance, **kwargs):
    members = Membership.objects.open().filter(team__standard=instance.standard_id)
    mark_stale(members.values_list("coder_id", flat=True))
