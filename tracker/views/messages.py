"""What a page says about what just happened, with a way to take it back."""

from django.contrib import messages

UNDO = "undo:"  # starts the extra tags of a message that can be undone; the address to post to follows


def say(request, text: str, *, undo: str = "") -> None:
    messages.success(request, text, extra_tags=f"{UNDO}{undo}" if undo else "")


def say_error(request, text: str) -> None:
    messages.error(request, text)
