"""The end of an account: everything of the person is removed, history included."""

from dataclasses import dataclass

from django.apps import apps
from django.db import transaction
from django.utils.text import capfirst

from tracker.models import RECORD_MODELS, Audit, AuditScore, Coder, Pay, Proof, User


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
    with transaction.atomic():
        coder = Coder.objects.select_for_update().filter(user=user).first()
        # Those that an import took back are in the history alone.
        audits = set(Audit.history.filter(coder_id=coder.pk).values_list("id", flat=True)) if coder else set()
        coder_id = coder and coder.pk
        user.delete()
        # After the deletion, which itself is written into the history.
        AuditScore.history.filter(audit_id__in=audits).delete()
        for model in apps.get_app_config("tracker").get_models():
            tracked = getattr(model, "history", None)
            if tracked is not None and any(field.name == "coder" for field in model._meta.fields):
                tracked.filter(coder_id=coder_id).delete()
