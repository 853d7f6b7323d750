"""Every measure, one file a noun. To add one: a class in one of these files, and a milestone that names it."""

from . import audits, career, credentials, growth, profile, volumes  # noqa: F401  importing registers
from .base import Column, Data, Measure, Measurement, Source, get_measure

__all__ = ["Column", "Data", "Measure", "Measurement", "Source", "get_measure"]
