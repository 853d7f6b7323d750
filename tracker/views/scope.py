"""Whose page it is: what nearly every view begins with."""

from functools import wraps

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from tracker.models import RECORD_KINDS, Coder, Record
from tracker.navigation import navigation


def for_coder(view):
    """Call the view with the signed-in person's coder; somebody who has none yet is welcomed first.

    Who is here to lead, to teach or to look after the site is asked whether they want to be a coder, too.
    """

    @wraps(view)
    def scoped(request, *args, **kwargs):
        coder = (
            Coder.objects.filter(user=request.user)
            .select_related("stated_role__stage", "target_role__stage", "track", "area")
            .first()
        )
        if coder is None:
            has_other_work = request.user.is_staff or navigation(request)["acts_as"]
            return redirect("tracker:start" if has_other_work else "tracker:onboarding")
        coder.user = request.user
        return view(request, coder, *args, **kwargs)

    return scoped


def kind_or_404(kind: str) -> type[Record]:
    try:
        return RECORD_KINDS[kind]
    except KeyError:
        raise Http404 from None


def posted(request):
    """What to bind a form to: what was sent, even if nothing was; None where nobody sent it yet."""
    return request.POST if request.method == "POST" else None


def next_url(request, default: str) -> str:
    """Where the form wants to return to, if that is a path of this site; a bare word would be taken for a view's name."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted.startswith("/") and safe else default


def sentences(error: ValidationError) -> str:
    return " ".join(str(message) for message in error.messages)


def site_of(request) -> str:
    """Where a mail's link leads to."""
    return request.build_absolute_uri("/").rstrip("/")
