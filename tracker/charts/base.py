import hashlib
import json
from dataclasses import dataclass, field

# Raise it when drawing changes, so that no picture drawn the old way is taken out of the cache.
DRAWING = 4

# A picture for a page, and one for a telephone: scaled down, the letters of a wide one could not be read.
WIDE, NARROW = 720, 340


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
    height: int = (
        280  # of the wide picture and of the narrow one, in the pixels that WIDE and NARROW are measured in
    )
    narrow_height: int = 260

    @property
    def boxes(self) -> dict[str, str]:
        """The viewBox of each picture, which keeps its place until it is there."""
        return {"wide": f"0 0 {WIDE} {self.height}", "narrow": f"0 0 {NARROW} {self.narrow_height}"}

    @property
    def key(self) -> str:
        """The same for the same picture: the title is part of it, for it is read out in the picture's stead."""
        content = json.dumps(
            [DRAWING, self.kind, self.title, self.data, self.height, self.narrow_height], sort_keys=True
        )
        return f"chart:{hashlib.sha256(content.encode()).hexdigest()}"
