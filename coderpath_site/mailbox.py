"""/mail/: what this copy sent, to be read in the browser. Development only, and only from this very machine.

The file backend writes one file per connection and a line of dashes after each message.
"""

import re
from email import message_from_bytes
from email.policy import default as policy
from functools import wraps
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.urls import path
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .local import is_local

SEPARATOR = b"\n" + b"-" * 79 + b"\n"
SHOWN = 100


def loopback_only(view):
    """404 for anyone else, also through a proxy on this machine: these messages hold sign-in codes."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if settings.PRODUCTION or not is_local(request):
            raise Http404
        return view(request, *args, **kwargs)

    return login_not_required(never_cache(require_safe(guarded)))


def read_messages(directory: Path):
    """(key, message), newest first; a key is the file's name without suffix and the number in the file."""
    files = sorted(directory.glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[:SHOWN]:
        pieces = [piece for piece in file.read_bytes().split(SEPARATOR) if piece.strip()]
        for number, piece in reversed(list(enumerate(pieces))):
            yield f"{file.stem}.{number}", message_from_bytes(piece, policy=policy)


def described(key, message):
    body = message.get_body(preferencelist=("plain",))
    date = message["Date"].datetime if message["Date"] else None
    return {
        "key": key,
        "subject": message["Subject"] or "",
        "sender": message["From"] or "",
        "to": message["To"] or "",
        "date": localtime(date) if date and date.tzinfo else date,
        "body": body.get_content() if body else "(no plain text)",
    }


@loopback_only
def message_list(request):
    messages = [described(key, message) for key, message in read_messages(Path(settings.EMAIL_FILE_PATH))]
    return render(request, "mailbox/list.html", {"mails": messages})


@loopback_only
def message_detail(request, key):
    if not re.fullmatch(r"[0-9-]+\.[0-9]+", key):  # a name that the file backend makes, and no path
        raise Http404
    for found, message in read_messages(Path(settings.EMAIL_FILE_PATH)):
        if found == key:
            return render(request, "mailbox/detail.html", {"mail": described(key, message)})
    raise Http404


urlpatterns = [
    path("", message_list, name="mailbox"),
    path("<str:key>/", message_detail, name="mailbox-message"),
]
