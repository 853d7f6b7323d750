"""The end of an account: everything of the person is removed, history included."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import ForeignKey
from django.utils.text import capfirst

from tracker.archive.changed import remember_changes
from tracker.models import (
    RECORD_MODELS,
    Audit,
    AuditScore,
    Coder,
    Enrollment,
    Membership,
    Pay,
    Proof,
    Staff,
    User,
)


@dataclass(frozen=True)
class Counted:
    """How many of what, in words, will be removed."""

    what: str
    number: int


def what_goes(user: User) -> list[Counted]:
    """What a person loses with the account, removed records included; only what there is."""
    coder = Coder.objects.filter(user=user).first()
    models = (*RECORD_MODELS, Proof, Pay) if coder else ()
    counts = [
        Counted(capfirst(model._meta.verbose_name_plural), model.objects.filter(coder=coder).count())
        for model in models
    ]
    return [row for row in counts if row.number]


def delete_account(user: User) -> None:
    """Remove the user, the coder and all that is theirs. It cannot be undone.

    Rows go with the user through the database's own references; the history of records has none, so that it is
    removed by name. What others wrote (an organization, its standards) stays theirs.
    """
    user_id = user.pk
    with transaction.atomic():
        coder = Coder.objects.select_for_update().filter(user=user).first()
        # Those that an import took back are in the history alone.
        audits = set(Audit.history.filter(coder_id=coder.pk).values_list("id", flat=True)) if coder else set()
        coder_id = coder and coder.pk
        if coder:
            remember_changes(coder)
        _forget_ways_in(user)
        user.delete()
        # After the deletion, which itself is written into the history.
        AuditScore.history.filter(audit_id__in=audits).delete()
        for model in apps.get_app_config("tracker").get_models():
            tracked = getattr(model, "history", None)
            if tracked is not None and any(field.name == "coder" for field in model._meta.fields):
                tracked.filter(coder_id=coder_id).delete()
            for field in model._meta.concrete_fields if hasattr(model, "history_id") else ():
                # What they did to others' records stays done, by nobody who can be named.
                if isinstance(field, ForeignKey) and field.related_model is User:
                    model.objects.filter(**{field.attname: user_id}).update(**{field.attname: None})


def _forget_ways_in(user: User) -> None:
    """End the person's sessions everywhere, and the invitations that wait under their addresses."""
    keys = UserSession.objects.filter(user=user).values_list("session_key", flat=True)
    Session.objects.filter(session_key__in=list(keys)).delete()
    addresses = {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}
    for address in addresses:
        for model in (Membership, Enrollment, Staff):
            model.objects.filter(invited_email__iexact=address, accepted_at=None).delete()
