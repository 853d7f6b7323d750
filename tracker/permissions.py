"""Who may see and change what. Pages, API and files start from these querysets, so that a stranger's object is a 404."""

from django.core.exceptions import PermissionDenied

from .models import Pay


def visible_records(user, model, *, with_removed=False):
    """The records of one kind that `user` may see: their own. `with_removed` adds what can still be restored."""
    if not user.is_authenticated:
        return model.objects.none()
    records = model.objects.filter(coder__user=user).select_related("coder__user")
    return records if with_removed else records.current()


def visible_pay(user):
    """Pay is its owner's alone: no share, no team and no administrator's list leads here."""
    if not user.is_authenticated:
        return Pay.objects.none()
    return Pay.objects.filter(coder__user=user).select_related("coder__user")


def may_change(user, coder) -> bool:
    """Records belong to their coder, and nobody else changes them."""
    return user.pk is not None and user.pk == coder.user_id


def require_change(user, coder) -> None:
    """Raise PermissionDenied where `user` may not change the coder's records. None is the site itself (demo, jobs)."""
    if user is not None and not may_change(user, coder):
        raise PermissionDenied("Only the coder may change this.")
