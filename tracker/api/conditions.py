"""ETags: reading again only what changed, and changing only what one has read."""

import hashlib
import json
from contextlib import contextmanager

from django.db import transaction
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags
from rest_framework import exceptions


class PreconditionFailed(exceptions.APIException):
    status_code = 412
    default_detail = "It has changed since you read it. Read it again, then send yours anew."


def etag_of(data) -> str:
    """The ETag of what is answered: the same content gives the same one, everywhere."""
    content = json.dumps(data, default=str, sort_keys=True).encode()
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def conditional(request, response):
    """The response with its ETag, or 304 where the client has it already."""
    if response.status_code not in (200, 201) or getattr(response, "data", None) is None:
        return response
    etag = etag_of(response.data)
    response["ETag"] = etag
    if request.method not in ("GET", "HEAD"):
        return response
    return get_conditional_response(request, etag=etag, response=response)


@contextmanager
def unless_changed(request, queryset, pk, shown):
    """Hold the row while it is changed. Raise PreconditionFailed where If-Match names another state than `shown(row)` gives."""
    wanted = request.headers.get("If-Match")
    if wanted is None:
        yield
        return
    with transaction.atomic():
        row = queryset.select_for_update(of=("self",)).filter(pk=pk).first()
        if row is not None and "*" not in (etags := parse_etags(wanted)) and etag_of(shown(row)) not in etags:
            raise PreconditionFailed
        yield
