"""Dates of what is still open, in the templates."""

from django import template

register = template.Library()


@register.filter
def when_of(said, slug: str):
    """What was said of a milestone; None where nothing was."""
    return said.when(slug) if said else None
