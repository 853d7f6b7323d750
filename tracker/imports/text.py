"""How headers and words of a file are compared: without case, punctuation and what stands in brackets."""

import re

_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_OTHER = re.compile(r"[^\w%#]+|_")


def normal(text: str) -> str:
    """ "Time Totals (HH:MM:SS)" is "time totals"; what stands in brackets alone stays."""
    text = text.casefold()
    bare = _BRACKETS.sub(" ", text)
    if not bare.strip():
        bare = text
    return " ".join(_OTHER.sub(" ", bare).split())


def letter(index: int) -> str:
    """A column as a spreadsheet names it: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
