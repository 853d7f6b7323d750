"""How a change enters the history: who made it, why, and everything of one change under one moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

_ATTRIBUTES = ("_history_user", "_change_reason", "_history_date")


@contextmanager
def attributed(*instances, by, because: str = "", moment=None) -> Iterator[None]:
    """Inside, what is saved or deleted of `instances` is put down to `by` (None: the site), at one and the same moment."""
    values = (by, because[:100] or None, moment or timezone.now())
    for instance in instances:
        for name, value in zip(_ATTRIBUTES, values, strict=True):
            setattr(instance, name, value)
    try:
        yield
    finally:
        for instance in instances:
            for name in _ATTRIBUTES:
                delattr(instance, name)
