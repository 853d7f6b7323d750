"""A résumé as Markdown. What people wrote is text: nothing of it becomes markup."""

import re

from django.utils.translation import gettext as _

from .document import Document

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!])")


def escaped(text: str) -> str:
    """The text so that Markdown shows it as it is, in one line."""
    one_line = " ".join(text.split())
    return re.sub(r"^(\s*)([-+>]|\d+[.)])", r"\1\\\2", _SPECIAL.sub(r"\\\1", one_line))


def markdown(document: Document) -> str:
    lines = [f"# {escaped(document.name)}", ""]
    lines += [escaped(text) + "  " for text in (document.headline, document.contact) if text]
    for section in document.sections:
        lines += ["", f"## {escaped(section.title)}", ""]
        for line in section.lines:
            tail = f", {escaped(line.detail)}" if line.detail else ""
            basis = f" ({escaped(line.basis)})" if line.basis else ""
            lines.append(f"- {escaped(line.text)}{tail}{basis}")
    return "\n".join([*lines, "", f"*{escaped(_('Figures as of %(day)s') % {'day': document.as_of})}*", ""])
