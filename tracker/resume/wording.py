"""Lines with figures in them: the figure is a {placeholder}, so that a line stays true when the records change."""

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def filled(wording: str, values: Mapping[str, str]) -> str:
    """The wording with its figures. What is no placeholder of these stays as it is."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), wording)


def check(wording: str, values: Mapping[str, str]) -> None:
    """Raise ValidationError where a placeholder is none of these, or where a figure is left out of all of them."""
    used = _PLACEHOLDER.findall(wording)
    names = ", ".join(f"{{{name}}}" for name in values)
    if unknown := [name for name in used if name not in values]:
        raise ValidationError(
            _("There is no figure {%(unknown)s} here. These are: %(names)s.")
            % {"unknown": unknown[0], "names": names}
            if values
            else _("No figure stands behind a line of your own: leave the braces out.")
        )
    if values and not used:
        raise ValidationError(
            _("Keep at least one figure in the line, so that it stays true: %(names)s.") % {"names": names}
        )
