"""Who signs in to the demo: one coder in each stage, in the order of the ladder, and an administrator."""

from . import auditor, emergency, manager, newcomer, student
from .team import TEAM

PEOPLE = (student.PERSON, newcomer.PERSON, emergency.PERSON, auditor.PERSON, manager.PERSON)

# Everybody with records: those who sign in, and the rest of the manager's team.
EVERYBODY = (*PEOPLE, *TEAM)

# They verify, and never sign in.
COLLEAGUES = {"helen": "Helen Marsh"}

ADMIN_EMAIL, ADMIN_NAME = "admin@demo.example", "Priya Raman"
ADMIN_WHO = "Administrator: the whole catalogue, at /admin/"

PASSWORD = "ladder-demo"  # noqa: S105  everybody's, and printed: these people do not exist

__all__ = ["ADMIN_EMAIL", "ADMIN_NAME", "ADMIN_WHO", "COLLEAGUES", "EVERYBODY", "PASSWORD", "PEOPLE", "TEAM"]
