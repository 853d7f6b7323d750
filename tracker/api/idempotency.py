"""Idempotency-Key: a POST sent again under the same key is answered as the first time, and nothing is done twice.

The answer is kept for a day, encrypted with the key itself: the database alone does not give away what was in it.
"""

import base64
import datetime as dt
import hashlib
import json

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.response import Response

from tracker.models import AnsweredRequest

from .errors import Conflict, Replay

HEADER = "Idempotency-Key"
LONGEST = 255
KEPT = dt.timedelta(hours=24)
# A request that was never answered, because its process died, holds its key for so long.
HELD = dt.timedelta(seconds=60)

BUSY = "A request with this key is being worked on. Ask again in a moment."


class OtherRequest(exceptions.APIException):
    status_code = 422
    default_detail = "This key was used for another request. Take a new key for new content."


class Claim:
    """The right to answer a key, until `keep` or `drop`."""

    def __init__(self, row: AnsweredRequest, key: str):
        self._row, self._key = row, key

    def settle(self, response) -> None:
        """Keep what was done; what was refused may be sent again, mended, under the same key."""
        rows = AnsweredRequest.objects.filter(pk=self._row.pk)
        if 200 <= response.status_code < 300:
            body = _cipher(self._key).encrypt(json.dumps(response.data, default=str).encode())
            rows.update(status=response.status_code, body=body)
        else:
            rows.delete()


def claim(request) -> Claim | None:
    """Take the request's key, if it is a POST with one. Raise Replay, Conflict or OtherRequest where the key was seen before."""
    key = request.headers.get(HEADER, "")
    if request.method != "POST" or not key:
        return None
    if len(key) > LONGEST:
        raise exceptions.ParseError(f"{HEADER} has at most {LONGEST} characters.")
    sent = _digest(request.method, request.get_full_path(), _content(request.data))
    names = {"user": request.user, "key_digest": _digest(key)}
    AnsweredRequest.objects.filter(**names, status=None, claimed_at__lt=timezone.now() - HELD).delete()
    AnsweredRequest.objects.filter(**names, claimed_at__lt=timezone.now() - KEPT).delete()
    try:
        with transaction.atomic():
            return Claim(AnsweredRequest.objects.create(**names, request_digest=sent), key)
    except IntegrityError:
        row = AnsweredRequest.objects.filter(**names).first()
    if row is None or (row.status is None and row.request_digest == sent):
        raise Conflict(BUSY)
    if row.request_digest != sent:
        raise OtherRequest
    body = json.loads(_cipher(key).decrypt(bytes(row.body)))
    raise Replay(Response(body, status=row.status, headers={"Idempotent-Replayed": "true"}))


def _content(data) -> str:
    """What was sent, as text: JSON as it is, a form field by field, of a file what is in it and not its name."""
    if not isinstance(data, QueryDict):
        return json.dumps(data, sort_keys=True)
    return json.dumps(sorted((name, [_value(one) for one in values]) for name, values in data.lists()))


def _value(value) -> str:
    if not isinstance(value, UploadedFile):
        return value
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return digest.hexdigest()


def forget_answers() -> int:
    """Delete what was kept for long enough. Return how many."""
    return AnsweredRequest.objects.filter(claimed_at__lt=timezone.now() - KEPT).delete()[0]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join((settings.SECRET_KEY, *parts)).encode()).hexdigest()


def _cipher(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(bytes.fromhex(_digest("answer", key))))
