"""Writing pay. It lives apart from the records: its own table, its own door, seen by its owner alone."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tracker.models import Pay
from tracker.permissions import require_change

from .history import attributed


def save_pay(pay: Pay, *, by) -> Pay:
    """Store new or changed pay and return it. Raise ValidationError by field, or PermissionDenied."""
    require_change(by, pay.coder)
    with transaction.atomic():
        if pay.pk:
            Pay.objects.select_for_update().get(pk=pay.pk, coder_id=pay.coder_id)
        pay.full_clean()
        with attributed(pay, by=by):
            pay.save()
    return pay


def remove_pay(pay: Pay, *, by) -> int:
    """Delete pay and return the number by which `restore_pay` brings it back."""
    require_change(by, pay.coder)
    number = pay.pk
    with transaction.atomic(), attributed(pay, by=by):
        pay.delete()
    return number


def restore_pay(coder, number: int, *, by) -> Pay:
    """Bring removed pay back as its history last knew it. Raise Pay.DoesNotExist where this coder had none such."""
    require_change(by, coder)
    with transaction.atomic():
        last = (
            Pay.history.filter(id=number, coder_id=coder.pk).order_by("-history_date", "-history_id").first()
        )
        if last is None:
            raise Pay.DoesNotExist
        if last.history_type != "-":
            return Pay.objects.get(pk=number)
        pay = last.instance
        if Pay.objects.filter(coder=coder, effective_on=pay.effective_on).exists():
            raise ValidationError(
                _("Meanwhile you logged other pay from that day on. Remove that entry first, or keep it.")
            )
        with attributed(pay, by=by):
            pay.save(force_insert=True)
    return pay
