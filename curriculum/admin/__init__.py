"""The catalogue in the admin: what ships, what was changed here, and a way back."""

from . import certifications, ladder, local_changes, milestones, versions, vocabulary, wages  # noqa: F401
