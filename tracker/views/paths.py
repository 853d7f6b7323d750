"""Two or three roles side by side."""

from django import forms
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from curriculum.models import Role
from tracker.forms.choices import role_field
from tracker.selectors.paths import MOST_ROLES, compared

from .scope import for_coder


class RolesForm(forms.Form):
    """Three times the same name in the address: `?role=a&role=b&role=c`."""

    def __init__(self, chosen: list[Role]):
        super().__init__()
        for n in range(MOST_ROLES):
            field = role_field(
                label=_("First role") if n == 0 else _("Second role") if n == 1 else _("Third role"),
                required=False, empty_label=_("None"), to_field_name="slug",
            )  # fmt: skip
            field.widget.attrs["id"] = f"role-{n + 1}"
            field.initial = chosen[n].slug if n < len(chosen) else None
            self.fields[f"role_{n}"] = field

    def add_prefix(self, field_name):
        return "role"  # the name in the address; the ids differ


@require_safe
@for_coder
def compare(request, coder):
    """What they share and what each asks besides, what one already has, how far each is, and what each earns."""
    chosen = roles_named(request.GET.getlist("role"))
    if not chosen and coder.target_role:
        chosen = [coder.target_role]
    form = RolesForm(chosen)
    context = {"form": form, "chosen": chosen}
    if len(chosen) > 1:
        context["comparison"] = compared(coder, chosen)
    return render(request, "tracker/ladder/compare.html", context)


def roles_named(slugs: list[str]) -> list[Role]:
    """Known roles among the names, each once, in their order; three at most."""
    wanted = [slug for slug in dict.fromkeys(slugs) if slug]
    rows = {
        role.slug: role
        for role in Role.objects.filter(slug__in=wanted[:20]).select_related("stage", "occupation")
    }
    return [rows[slug] for slug in wanted if slug in rows][:MOST_ROLES]
