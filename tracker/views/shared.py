"""What a link shows to whoever has it: the parts that its coder chose, for as long as they said. No search engine may keep it."""

import logging
from functools import wraps

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from rest_framework.throttling import SimpleRateThrottle

from tracker.models import LinkPart
from tracker.selectors.promotion import packet_of
from tracker.selectors.resume import resume_of
from tracker.services.resume import open_link

from .resume import document_pdf, promotion_pdf

logger = logging.getLogger(__name__)


class PerAddress(SimpleRateThrottle):
    """Openings by one address: enough for readers, too few to search for links."""

    scope, rate = "shared", "30/min"
    cache = caches["limits"]

    def allow_request(self, request, view):
        """Where openings cannot be counted, nobody is locked out."""
        try:
            return super().allow_request(request, view)
        except Exception:  # whatever a broken cache raises
            logger.warning("Openings of links are not counted: the cache does not answer.", exc_info=True)
            return True

    def get_cache_key(self, request, view):
        return f"shared:{get_adapter().get_client_ip(request)}"


def for_link(what: str):
    """Call the view with the link of the token; log the opening; tell search engines to stay away."""

    def decorated(view):
        @wraps(view)
        def opened(request, token):
            if not PerAddress().allow_request(request, None):
                response = render(request, "429.html", status=429)
            else:
                link = open_link(token, what)
                response = (
                    render(request, "tracker/resume/gone.html", status=404)
                    if link is None
                    else view(request, link, token)
                )
            response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
            # The address is the key: it must not travel to whatever the reader opens next.
            response.headers["Referrer-Policy"] = "no-referrer"
            return response

        return login_not_required(require_safe(never_cache(opened)))

    return decorated


@for_link("page")
def shared(request, link, token):
    context = {"document": resume_of(link.coder).only(link.parts), "link": link, "token": token}
    if LinkPart.PACKET in link.parts:
        context["packet"] = packet_of(link.coder)
    return render(request, "tracker/resume/shared.html", context)


@for_link("pdf")
def shared_pdf(request, link, token):
    return document_pdf(resume_of(link.coder).only(link.parts))


@for_link("packet")
def shared_packet(request, link, token):
    if LinkPart.PACKET not in link.parts:
        raise Http404
    found = packet_of(link.coder)
    return promotion_pdf(found) if found else redirect("tracker:shared", token)
