"""A résumé as a document: the parts in the order in which a hiring manager wants them, as plain text."""

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Line:
    """One entry: what, the details beside it, and on what it rests."""

    text: str
    detail: str = ""
    basis: str = ""


@dataclass(frozen=True)
class Section:
    part: str  # LinkPart
    title: str
    lines: list[Line]


@dataclass(frozen=True)
class Document:
    """`date` is ISO 8601; `as_of` says it in words."""

    name: str
    headline: str
    contact: str
    date: str
    as_of: str
    sections: list[Section] = field(default_factory=list)

    def only(self, parts: list[str]) -> "Document":
        """What a link of these parts shows; the name always."""
        return Document(
            self.name,
            self.headline,
            self.contact if "contact" in parts else "",
            self.date,
            self.as_of,
            [section for section in self.sections if section.part in parts],
        )

    def as_data(self) -> dict:
        return asdict(self)
