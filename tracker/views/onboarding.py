from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tracker.forms import WelcomeForm, form_for
from tracker.models import Coder
from tracker.services.coders import coder_of, finish_onboarding

from .messages import say

CREDENTIAL = ("certification", "earned_on")


@require_safe
def start(request):
    """For somebody who is no coder (yet), and has other work here."""
    return render(request, "tracker/start.html")


@require_http_methods(["GET", "HEAD", "POST"])
def onboarding(request):
    """One page that makes the first dashboard useful. Every answer is optional, and so is the page."""
    if request.method != "POST":
        coder = Coder.objects.filter(user=request.user).first() or Coder(user=request.user)
        coder.user = request.user
        return _page(request, *_forms(None, coder))
    coder = coder_of(request.user)
    if "skip" in request.POST:
        finish_onboarding(coder, by=request.user)
        return redirect("tracker:dashboard")
    welcome, credential = _forms(request.POST, coder)
    if welcome.is_valid() and (credential.is_valid() if credential.is_bound else True):
        try:
            _save(request.user, coder, welcome, credential)
        except ValidationError:
            return _page(request, welcome, credential, status=422)
        say(request, _("Welcome. This is where you stand; every record that you add makes it clearer."))
        return redirect("tracker:dashboard")
    return _page(request, welcome, credential, status=422)


def _forms(data, coder):
    return _welcome(data, coder), _credential(data, coder)


def _welcome(data, coder):
    """While nobody has chosen a time zone, the browser's own is suggested (site.js)."""
    form = WelcomeForm(data, coder=coder)
    if data is None and coder.onboarded_at is None:
        form.fields["time_zone"].widget.attrs["data-guess-time-zone"] = True
    return form


def _credential(data, coder):
    """The first credential, bound only if one was chosen."""
    chosen = bool(data and data.get("credential-certification"))
    form = form_for("credential")(
        data if chosen else None, coder=coder, prefix="credential", use_required_attribute=False
    )
    for name in [name for name in form.fields if name not in CREDENTIAL]:
        del form.fields[name]
    form.fields["certification"].required = False
    form.fields["certification"].empty_label = _("None yet")
    return form


def _save(user, coder, welcome, credential) -> None:
    with transaction.atomic():
        welcome.save(by=user)
        if credential.is_bound:
            credential.save(by=user)
        finish_onboarding(coder, by=user)


def _page(request, welcome, credential, status=200):
    context = {"form": welcome, "credential": credential}
    return render(request, "tracker/onboarding.html", context, status=status)
