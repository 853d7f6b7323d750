import hashlib
import json
from dataclasses import dataclass, field

# Raise it when drawing changes, so that no picture drawn the old way is taken out of the cache.
DRAWING = 2


@dataclass(frozen=True)
class Chart:
    """What a chart says, and the figures that its picture is drawn from.

    `kind` names the drawing; `data` is what json.dumps takes. `private` figures (pay) are never cached. Without `data`
    there is too little to draw: then the title says what is missing, and there is no table either.
    """

    kind: str
    title: str
    sentence: str = ""
    columns: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = field(default_factory=list)
    data: dict | None = None
    private: bool = False

    @property
    def key(self) -> str:
        """The same for the same picture: the title is part of it, for it is read out in the picture's stead."""
        content = json.dumps([DRAWING, self.kind, self.title, self.data], sort_keys=True)
        return f"chart:{hashlib.sha256(content.encode()).hexdigest()}"
