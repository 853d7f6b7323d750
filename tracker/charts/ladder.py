"""The ladder from where one stands: what is next, what lies beyond it, and what is sideways."""

from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .base import NARROW, WIDE, Chart

BOX, STEP, HEAD = 46, 60, 24  # pixels: the height of a box, from one to the next, and of the headings
WIDTH, LETTERS, LETTERS_NARROW = 190, 25, 40  # of a box, and of its lines


@dataclass(frozen=True)
class Rung:
    """A role in the picture. `place`: here, next, beyond or sideways; `key` is 0 where one has no role yet."""

    key: int
    name: str
    stage: str
    place: str
    is_target: bool = False


def ladder_chart(rungs: list[Rung], ways: list[tuple[int, int]]) -> Chart:
    """`rungs` begin with where one is; `ways` are promotions among them, from key to key."""
    here, names = rungs[0], {rung.key: rung.name for rung in rungs}
    wide, narrow = _wide(rungs, ways), _narrow(rungs)
    return Chart(
        "ladder",
        _title(rungs),
        _("Filled: where you are. Framed: your target. Dashed: a move sideways, which is no promotion."),
        (_("Role"), _("Where"), _("Stage"), _("Reached from")),
        [
            (rung.name, _where(rung), rung.stage, ", ".join(names[a] for a, b in ways if b == rung.key) or (here.name if rung.place == "sideways" else "–"))
            for rung in rungs
        ],
        {"wide": wide, "narrow": narrow},
        height=wide["height"], narrow_height=narrow["height"],
    )  # fmt: skip


def _title(rungs: list[Rung]) -> str:
    here, nexts = rungs[0], [rung for rung in rungs if rung.place == "next"]
    if not here.key:
        return _("The way in: %(roles)s") % {"roles": _listed(nexts)} if nexts else _("No role yet")
    if not nexts:
        return _("%(role)s is at the top of its way") % {"role": here.name}
    return ngettext(
        "One promotion leads on from %(role)s: %(roles)s", "%(n)s promotions lead on from %(role)s: %(roles)s", len(nexts)
    ) % {"n": capfirst(apnumber(len(nexts))), "role": here.name, "roles": _listed(nexts)}  # fmt: skip


def _listed(rungs: list[Rung]) -> str:
    return _(" or ").join(rung.name for rung in rungs)


def _where(rung: Rung) -> str:
    words = {"here": _("you are here"), "next": _("next"), "beyond": _("beyond"), "sideways": _("sideways")}[
        rung.place
    ]
    return (
        _("%(where)s, your target") % {"where": words} if rung.is_target and rung.place != "here" else words
    )


def _look(rung: Rung) -> str:
    if rung.place == "here":
        return "here"
    return "target" if rung.is_target else "sideways" if rung.place == "sideways" else "other"


def _broken(name: str, letters: int) -> str:
    """At most two lines; what does not fit ends in dots, and stands in full in the table."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > letters:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines if len(lines) < 3 else [lines[0], f"{lines[1]} …"])


def _node(rung: Rung, x: int, y: int, width: int, letters: int) -> dict:
    words = _broken(rung.name, letters)
    first = y + BOX / 2 - 8 * words.count("\n")  # the middle of the first line
    return {
        "x": x, "y": y, "right": x + width, "bottom": y + BOX, "textx": x + 12, "texty": first, "words": words, "look": _look(rung),
    }  # fmt: skip


def _wide(rungs: list[Rung], ways: list[tuple[int, int]]) -> dict:
    """Three columns, and a way between two boxes as a curve."""
    columns = {"here": 0, "sideways": 0, "next": (WIDE - WIDTH) // 2, "beyond": WIDE - WIDTH}
    taken, places, nodes = {}, {}, []
    for rung in rungs:
        x = columns[rung.place]
        row = taken.get(x, 0)
        taken[x] = row + 1
        node = _node(rung, x + 1, HEAD + row * STEP, WIDTH - 2, LETTERS)
        places[rung.key] = node
        nodes.append(node)
    lines = []
    for number, (one, other) in enumerate(ways):
        a, b = places[one], places[other]
        y1, y2, gap = a["y"] + BOX / 2, b["y"] + BOX / 2, (b["x"] - a["right"]) / 3
        points = [(a["right"], y1), (a["right"] + gap, y1), (b["x"] - gap, y2), (b["x"], y2)]
        lines += _line(number, points, sideways=False)
    if any(rung.place == "sideways" for rung in rungs):
        lines += _line(len(ways), [(24, HEAD + BOX), (24, HEAD + STEP)], sideways=True)
    heads = [{"x": x, "y": HEAD - 6, "words": words} for x, words in _heads(rungs, columns)]
    return {"nodes": nodes, "ways": lines, "heads": heads, "height": HEAD + max(taken.values()) * STEP}


def _narrow(rungs: list[Rung]) -> dict:
    """One under the other, each level further in, along a rail; who leads to whom is in the table."""
    levels = [("here", 0), ("next", 22), ("beyond", 44), ("sideways", 0)]
    y, nodes, heads, lines = 0, [], [], []
    words = dict(_heads(rungs, {place: place for place, _x in levels}))
    for place, x in levels:
        there = [rung for rung in rungs if rung.place == place]
        if not there:
            continue
        heads.append({"x": x, "y": y + HEAD - 6, "words": words.get(place, _("Sideways"))})
        y += HEAD
        for rung in there:
            nodes.append(_node(rung, x + 1, y, NARROW - x - 2, LETTERS_NARROW - x // 8))
            if x:
                lines += _line(len(nodes), [(x - 11, y + BOX / 2), (x + 1, y + BOX / 2)], sideways=False)
            y += STEP - 6
        if x:
            rail = [
                (x - 11, HEAD + BOX if x == 22 else lines[0]["y"] + BOX / 2),
                (x - 11, y - STEP + 6 + BOX / 2),
            ]
            lines += _line(1000 + x, rail, sideways=False)
        y += 4
    return {"nodes": nodes, "ways": lines, "heads": heads, "height": y}


def _heads(rungs: list[Rung], columns: dict) -> list[tuple]:
    there = {rung.place for rung in rungs}
    names = {"here": _("You are here"), "next": _("Next"), "beyond": _("Beyond")}
    return [(columns[place], words) for place, words in names.items() if place in there]


def _line(number: int, points: list[tuple[float, float]], *, sideways: bool) -> list[dict]:
    return [
        {"way": number, "step": n, "x": x, "y": y, "sideways": sideways} for n, (x, y) in enumerate(points)
    ]
