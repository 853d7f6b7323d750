from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.forms import ProductivityTargetForm, ProfileForm

from .messages import say
from .scope import for_coder


@require_http_methods(["GET", "HEAD", "POST"])
@for_coder
def settings(request, coder):
    """Two forms on one page, each saved by a button of its own."""
    about_rate = request.POST.get("form") == "rate"
    profile = ProfileForm(request.POST if request.POST and not about_rate else None, coder=coder)
    rate = ProductivityTargetForm(request.POST if about_rate else None, coder=coder)
    form = rate if about_rate else profile
    if request.method == "POST" and _saved(form, request.user):
        say(request, _("Saved."))
        return redirect("tracker:settings")
    rates = coder.productivity_targets.select_related("work_type")
    context = {"form": profile, "rate_form": rate, "rates": rates}
    return render(request, "tracker/settings.html", context, status=422 if form.errors else 200)


def _saved(form, user) -> bool:
    if not form.is_valid():
        return False
    try:
        form.save(by=user)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    return True
