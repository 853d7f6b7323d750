"""A body that is too large is refused by the length that it announces, before anything of it is written to a disk."""

from http import HTTPStatus

from django.shortcuts import render
from django.utils.translation import gettext as _

from tracker.api.errors import problem_response

MB = 1024 * 1024
LARGEST = 6 * MB  # a file of proof with a form around it
# Imports are read in memory and stop by themselves, with a message beside the form.
LARGEST_AT = {"/settings/archive/": 105 * MB, "/imports/new/": None, "/api/v1/imports/": None}


def upload_limit_middleware(get_response):
    """Answer 413 where more is announced than the address takes. A body without a length is none to a WSGI server."""

    def middleware(request):
        largest = LARGEST_AT.get(request.path_info, LARGEST)
        if largest is None or _announced(request) <= largest:
            return get_response(request)
        detail = _("This is larger than %(n)s MB. Send a smaller file.") % {"n": largest // MB}
        if request.path_info.startswith("/api/"):
            return problem_response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
        return render(request, "413.html", {"detail": detail}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    return middleware


def _announced(request) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
