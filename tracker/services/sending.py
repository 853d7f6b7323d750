"""Have a worker do something once the change that asks for it is committed."""

from functools import partial

from django.db import transaction

from .staleness import send


def send_after_commit(task: str, *args) -> None:
    """Where no broker takes it, the schedule does it later: what is to be done stands in the database."""
    transaction.on_commit(partial(send, task, *args))
