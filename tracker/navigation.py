"""What the menu offers depends on what somebody is here: a coder, and perhaps a manager."""

from django.utils.functional import SimpleLazyObject

from .models import Staff


def acts_as(request):
    """`acts_as` in templates: the roles that the signed-in person has in any organization. One query, if it is looked at."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"acts_as": frozenset()}
    roles = Staff.objects.open().filter(user_id=user.pk).values_list("role", flat=True)
    return {"acts_as": SimpleLazyObject(lambda: frozenset(roles))}
