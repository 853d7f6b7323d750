"""Colours are legible in both themes, by the formula of WCAG 2.2 (1.4.3, 1.4.11)."""

import re

import pytest

from coderpath_site.environment import BASE_DIR

TOKENS = (BASE_DIR / "coderpath_site" / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
TEXT, SHAPE = 4.5, 3.0
GROUNDS = ("page", "sunk", "raised", "accent-wash", "amber-wash", "brick-wash")


def themes():
    light, *others = re.findall(r":root \{(.*?)\n\s*\}", TOKENS, re.DOTALL)
    first = colours(light)
    others = [block for block in others if colours(block)]  # forced colours are the reader's own
    return {
        "light": first,
        **{name: first | colours(block) for name, block in zip(("dark", "print"), others, strict=True)},
    }


def colours(block):
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_formula_is_right():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_text_is_legible_on_every_ground(theme, ground):
    colour = themes()[theme]
    for name in ("ink", "soft", "accent", "accent-strong", "amber", "brick"):
        assert contrast(colour[name], colour[ground]) >= TEXT, name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_buttons_are_legible_and_edges_are_seen(theme):
    colour = themes()[theme]
    for ground in ("accent", "accent-strong"):
        assert contrast(colour["on-accent"], colour[ground]) >= TEXT
    for ground in ("page", "sunk", "raised"):
        assert contrast(colour["edge"], colour[ground]) >= SHAPE
        assert contrast(colour["focus"], colour[ground]) >= SHAPE
