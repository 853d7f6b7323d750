"""What became of attested records after an archive was written: an old archive brings no figure back as attested that was
changed or withdrawn since. What is kept of deleted accounts is a keyed digest of a record's number, and a time.
"""

import datetime as dt
from collections.abc import Iterable

from django.db.models import F, Max, Min
from django.utils.crypto import salted_hmac

from tracker.models import RECORD_MODELS, Audit, AuditScore, ChangedAttestation, Coder

SALT = "tracker.archive.changed"


def remember_changes(coder: Coder) -> None:
    """Before the coder's history goes: keep when each record was last changed that was ever changed."""
    rows = []
    for model in RECORD_MODELS:
        found = model.history.filter(coder_id=coder.pk).values("id")
        found = found.annotate(first=Min("history_date"), last=Max("history_date"))
        at = dict(found.filter(first__lt=F("last")).values_list("id", "last"))
        if model is Audit:
            for key, changed in _scores_changed(model.history.filter(coder_id=coder.pk).values("id")).items():
                at[key] = max(changed, at.get(key, changed))
        rows += [ChangedAttestation(digest=_digest(model, key), at=moment) for key, moment in at.items()]
    ChangedAttestation.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["digest"], update_fields=["at"], batch_size=500
    )


def changed_after(model, keys: Iterable[int], day: dt.datetime) -> set[int]:
    """Those of the records that were changed here after `day`, whether they are still here or went with their account."""
    changed, keys = set(), [key for key in keys if isinstance(key, int)]
    for start in range(0, len(keys), 500):
        some = keys[start : start + 500]
        history = model.history.filter(id__in=some, history_date__gt=day)
        changed |= set(history.values_list("id", flat=True))
        if model is Audit:
            changed |= {key for key, at in _scores_changed(some).items() if at > day}
        by_digest = {_digest(model, key): key for key in some}
        gone = ChangedAttestation.objects.filter(digest__in=by_digest, at__gt=day)
        changed |= {by_digest[digest] for digest in gone.values_list("digest", flat=True)}
    return changed


def _scores_changed(audits) -> dict[int, dt.datetime]:
    """When scores of audits (their numbers, or a query of them) were last changed."""
    scores = AuditScore.history.filter(audit_id__in=audits).exclude(history_type="+")
    return dict(scores.values("audit_id").annotate(at=Max("history_date")).values_list("audit_id", "at"))


def _digest(model, key: int) -> str:
    return salted_hmac(SALT, f"{model._meta.label_lower}:{key}", algorithm="sha256").hexdigest()
