"""Tokens for the API: made, shown once, revoked."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tracker.models import ApiToken, Scope

DAYS = (30, 90, 365)
AT_MOST = 20


def create_token(user, *, name: str, scopes: list[str], days: int) -> tuple[ApiToken, str]:
    """A new token of `user` for `days` days, and its text, which nobody can read again. Raise ValidationError by field."""
    errors = {}
    if not scopes or not set(scopes) <= set(Scope.values):
        errors["scopes"] = _("Choose what the token may do.")
    if days not in DAYS:
        errors["days"] = _("Choose how long it is valid.")
    if not name.strip():
        errors["name"] = _("Say what it is for, so that you know later which one to revoke.")
    if errors:
        raise ValidationError(errors)
    if ApiToken.objects.filter(user=user).count() >= AT_MOST:
        raise ValidationError(_("You have %(n)s tokens already. Revoke one first.") % {"n": AT_MOST})
    return ApiToken.objects.create(
        user, expiry=dt.timedelta(days=days), name=name.strip(), scopes=sorted(scopes)
    )


def revoke_token(user, digest: str) -> bool:
    """End a token of `user` at once. False where there is none such, which is also so the second time."""
    return ApiToken.objects.filter(user=user, pk=digest).delete()[0] > 0
