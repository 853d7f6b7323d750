"""Writing what a coder says about themself: who they are, where they stand, where they are going."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from curriculum.models import Role, WorkType
from tracker.models import Coder, ProductivityTarget
from tracker.permissions import require_change

USER_FIELDS = ("full_name", "time_zone")
CODER_FIELDS = ("stated_role", "stated_years", "target_role", "track", "area")


def coder_of(user) -> Coder:
    """The user's coder, made at the first call. Every signed-in person has one."""
    coder, _ = Coder.objects.select_related("user").get_or_create(user=user)
    return coder


def update_coder(coder: Coder, changes: Mapping, *, by) -> Coder:
    """Store some of USER_FIELDS and CODER_FIELDS. Raise ValidationError by field, or PermissionDenied.

    The coder is saved even where only the user changed: another time zone is another today.
    """
    require_change(by, coder)
    if unknown := set(changes) - {*USER_FIELDS, *CODER_FIELDS}:
        raise TypeError(f"a coder has no {sorted(unknown)}")
    with transaction.atomic():
        for name, value in changes.items():
            setattr(coder.user if name in USER_FIELDS else coder, name, value)
        if touched := [name for name in USER_FIELDS if name in changes]:
            coder.user.clean_fields(exclude=_all_but(coder.user, touched))
            coder.user.save(update_fields=touched)
        touched = [name for name in CODER_FIELDS if name in changes]
        coder.clean_fields(exclude=_all_but(coder, touched))
        coder.save()
    return coder


def _all_but(instance, names) -> set[str]:
    return {field.name for field in instance._meta.fields} - set(names)


def choose_target(coder: Coder, role: Role | None, *, by) -> Coder:
    """Aim at a role; None goes back to the next promotion."""
    return update_coder(coder, {"target_role": role}, by=by)


def finish_onboarding(coder: Coder, *, by) -> Coder:
    """Note that the welcome is done, once; the first time stands."""
    require_change(by, coder)
    if coder.onboarded_at is None:
        coder.onboarded_at = timezone.now()
        coder.save(update_fields=["onboarded_at"])
    return coder


def set_productivity_target(coder: Coder, work_type: WorkType, per_hour, *, by) -> ProductivityTarget | None:
    """Confirm charts an hour for a work type, or with None take the target away. Raise ValidationError by field."""
    require_change(by, coder)
    with transaction.atomic():
        target = coder.productivity_targets.filter(work_type=work_type).first()
        if per_hour is None:
            if target:
                target.delete()
            return None
        target = target or ProductivityTarget(coder=coder, work_type=work_type)
        target.per_hour = per_hour
        target.full_clean()
        target.save()
    return target
