"""Documents as PDF, set by typst from the templates in this folder.

What a person wrote reaches a template only as data (JSON), never as source: typst would run it otherwise.
"""

import json
from pathlib import Path

import typst

TEMPLATES = Path(__file__).parent


def pdf(template: str, data: dict) -> bytes:
    """The template `<template>.typ` of this folder with `data`, as a tagged PDF.

    `data` is what json.dumps takes: format dates and numbers before, as the page does. The template reads it with
    `json(bytes(sys.inputs.data))`. The same data gives the same bytes: the document's date is `data["date"]`
    where there is one (ISO 8601), else none. Only fonts that travel with typst are used, so that it looks alike everywhere.
    """
    return typst.compile(
        (TEMPLATES / f"{template}.typ").read_bytes(),
        root=TEMPLATES,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
    )
