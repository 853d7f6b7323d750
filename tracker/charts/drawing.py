"""Pictures of charts: SVG that takes its colours from the page's own variables, so that light and dark come free.

Importing this costs a second and about 100 MB; only `pictures.py` does, when a picture is missing. The SVG has neither style
nor script, as the content security policy wants it.
"""

import re
from collections.abc import Callable
from html import escape

import altair as alt
import vl_convert

from .base import NARROW, WIDE, Chart

INK, SOFT, LINE, EDGE = "var(--ink)", "var(--soft)", "var(--line)", "var(--edge)"
ACCENT, AMBER, PAGE = "var(--accent)", "var(--amber)", "var(--page)"
TEXT = {"fontSize": 13, "color": INK}

CONFIG = {
    "aria": False,  # the picture is one image with a name; its numbers are the table below it
    "background": "transparent",
    "font": "sans-serif",  # measured by; the page's own face is put in by its style sheet
    "view": {"stroke": None},
    "axis": {
        "labelColor": SOFT, "titleColor": SOFT, "labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal",
        "gridColor": LINE, "domainColor": EDGE, "tickColor": EDGE, "labelPadding": 6,
    },
    "axisX": {"grid": False},
    "axisY": {"domain": False, "ticks": False},
    "text": TEXT,
}  # fmt: skip


def draw(chart: Chart, size: str) -> str:
    """The chart's picture as an <svg> element of a size. `chart.data` must be there."""
    narrow = size == "narrow"
    width, height = (NARROW, chart.narrow_height) if narrow else (WIDE, chart.height)
    layers = _DRAWINGS[chart.kind](chart.data, narrow)
    spec = layers.properties(
        width=width, height=height, autosize=alt.AutoSizeParams(type="fit", contains="padding")
    )
    svg = vl_convert.vegalite_to_svg(spec.configure(**CONFIG).to_dict())
    # One image with a name: what its parts are called is of use to nobody.
    svg = re.sub(r' (role|aria-\w+)="[^"]*"', "", svg)
    name = escape(chart.title, quote=True)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{name}" ', 1)


def _values(rows: list[dict]) -> alt.Data:
    return alt.Data(values=rows)


def _time_axis(narrow: bool) -> alt.X:
    axis = alt.Axis(
        title=None, tickCount=5 if narrow else 7, labelOverlap="greedy", labelSeparation=12, format="%b %Y"
    )
    return alt.X("day:T", axis=axis)


def _percent_axis(field: str, lowest: float, highest: float = 100, title: str | None = None, **more) -> alt.Y:
    scale = alt.Scale(domain=[lowest, highest], nice=False, clamp=True)
    axis = alt.Axis(title=title, tickCount=5, labelExpr="datum.value > 100 ? '' : datum.label + '%'")
    return alt.Y(f"{field}:Q", scale=scale, axis=axis, **more)


def _floor(values: list[float]) -> float:
    """A round number a little below the least, so that the differences can be seen."""
    return max(0.0, 5 * ((min(values) - 1) // 5))


def _accuracy(data: dict, narrow: bool) -> alt.LayerChart:
    points = data["points"]
    lowest = _floor([*(p["own"] for p in points), data["target"]])
    if len(points) == 1:
        points = [points[0], points[0]]
    base, x = alt.Chart(_values(points)), _time_axis(narrow)
    target = alt.Chart(_values([{"y": data["target"], "words": data["target_words"]}]))
    target_y = alt.Y("y:Q", scale=alt.Scale(domain=[lowest, 100], clamp=True))
    return alt.layer(
        base.mark_area(color=ACCENT, opacity=0.16).encode(x=x, y=_percent_axis("lower", lowest), y2="upper:Q"),
        target.mark_rule(color=INK, strokeDash=[5, 4]).encode(y=target_y),
        base.mark_circle(color=SOFT, opacity=0.55).encode(
            x=x, y=_percent_axis("own", lowest), size=alt.Size("reviewed:Q", legend=None, scale=alt.Scale(range=[25, 160]))
        ),
        base.mark_line(color=ACCENT, strokeWidth=2.5).encode(x=x, y=_percent_axis("pooled", lowest)),
        base.mark_circle(color=ACCENT, size=45, opacity=1)
        .encode(x=x, y=_percent_axis("pooled", lowest))
        .transform_window(row="row_number()", sort=[alt.SortField("day", order="descending")])
        .transform_filter("datum.row == 1"),
        target.mark_text(align="left", baseline="top", dx=4, dy=5).encode(
            x=alt.value(0), y=target_y, text="words:N"
        ),
    )  # fmt: skip


def _readiness(data: dict, narrow: bool) -> alt.LayerChart:
    base, x = alt.Chart(_values(data["points"])), _time_axis(narrow)
    y = _percent_axis("percent", 0)
    last = alt.Chart(_values(data["points"][-1:]))
    return alt.layer(
        base.mark_area(color=ACCENT, opacity=0.16, interpolate="step-after").encode(x=x, y=y),
        base.mark_line(color=ACCENT, strokeWidth=2.5, interpolate="step-after").encode(x=x, y=y),
        last.mark_circle(color=ACCENT, size=60, opacity=1).encode(x=x, y=y),
        last.mark_text(align="right", baseline="bottom", dy=-8, fontWeight="bold", fontSize=14)
        .encode(x=x, y=y, text="words:N")
        .transform_calculate(words=f"datum.percent + '% {data['words']}'"),
    )


def _pace(data: dict, narrow: bool) -> alt.LayerChart:
    points = data["points"]
    lowest = _floor([*(p["lower"] for p in points), data["target"]])
    paces = [*(p["x"] for p in points), 100.0]
    left, right = 10 * ((min(paces) - 3) // 10), 10 * -(-(max(paces) + 3) // 10)
    base = alt.Chart(_values(points))
    scale = alt.Scale(domain=[left, right], nice=False)
    x = alt.X(
        "x:Q", scale=scale, axis=alt.Axis(title=data["x_words"], tickCount=5, labelExpr="datum.label + '%'")
    )
    y = _percent_axis("y", lowest, title=data["y_words"])
    rules = alt.Chart(_values([{"x": 100, "y": data["target"]}]))
    last = alt.Chart(_values(points[-1:]))
    plain_y = alt.Y("y:Q", scale=alt.Scale(domain=[lowest, 100], clamp=True))
    return alt.layer(
        rules.mark_rule(color=INK, strokeDash=[5, 4]).encode(x=alt.X("x:Q", scale=scale)),
        rules.mark_rule(color=INK, strokeDash=[5, 4]).encode(y=plain_y),
        base.mark_rule(color=SOFT, opacity=0.5).encode(x=x, y=_percent_axis("lower", lowest, title=data["y_words"]), y2="upper:Q"),
        base.mark_circle(color=SOFT, size=55, opacity=1).encode(x=x, y=y),
        last.mark_circle(color=ACCENT, size=110, opacity=1).encode(x=x, y=y),
        last.mark_text(align="left", dx=9, dy=-9, fontWeight="bold").encode(x=x, y=y, text="name:N"),
    )  # fmt: skip


def _wages(data: dict, narrow: bool) -> alt.LayerChart:
    bars = [_whole_range(data), *data["bands"]]
    everything = [end for bar in bars for end in (bar["low"], bar["high"])] + (
        [data["mine"]] if data["mine"] else []
    )
    least, most = min(everything), max(everything)
    for bar in bars:  # a name stands over its bar, at the end that leaves it more room
        bar["at"], bar["align"] = (
            (bar["high"], "right") if bar["low"] > (least + most) / 2 else (bar["low"], "left")
        )
    margin = 0.04 * (most - least)
    scale = alt.Scale(domain=[least - margin, most + margin], nice=False)
    ticks = alt.Axis(
        title=None, tickCount=4 if narrow else 7, labelExpr="'$' + format(datum.value / 1000, ',.0f') + 'k'"
    )
    x = alt.X("low:Q", scale=scale, axis=ticks)
    y = alt.Y("name:N", sort=[bar["name"] for bar in bars], axis=None)
    layers = [
        *([_mine(data).mark_rule(color=INK, strokeWidth=2).encode(x=x)] if data["mine"] else []),
        alt.Chart(_values(bars[:1])).mark_rule(color=ACCENT, strokeWidth=4).encode(x=x, x2="high:Q", y=y),
        *(
            alt.Chart(_values([bar for bar in bars if bar["align"] == align]))
            .mark_text(align=align, baseline="bottom", dy=-13)
            .encode(x=alt.X("at:Q", scale=scale), y=y, text="name:N")
            for align in ("left", "right")
        ),
        *_middle(bars[0], x, y),
    ]  # fmt: skip
    if data["bands"]:
        strength = alt.condition("datum.target", alt.value(0.9), alt.value(0.4))
        bands = alt.Chart(_values(data["bands"])).mark_bar(color=SOFT, height=12)
        layers.append(bands.encode(x=x, x2="high:Q", y=y, opacity=strength))
    if data["mine"]:
        right = data["mine"] > (least + most) / 2
        words = _mine(data).mark_text(
            align="right" if right else "left", dx=-6 if right else 6, baseline="bottom", fontWeight="bold"
        )
        layers.append(words.encode(x=x, y=alt.value(-10), text="words:N"))
    return alt.layer(*layers)


def _mine(data: dict) -> alt.Chart:
    return alt.Chart(_values([{"low": data["mine"], "words": data["mine_words"]}]))


def _whole_range(data: dict) -> dict:
    dollars = {row["percentile"]: row["dollars"] for row in data["published"]}
    return {
        "name": data["occupation"],
        "low": min(dollars.values()),
        "high": max(dollars.values()),
        **dollars,
    }


def _middle(bar: dict, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The middle half of a distribution, and its median as a gap in it; what was not released is left out."""
    layers = []
    if "25th" in bar and "75th" in bar:
        half = alt.Chart(_values([{"low": bar["25th"], "high": bar["75th"], "name": bar["name"]}]))
        layers.append(half.mark_bar(color=ACCENT, height=22).encode(x=x, x2="high:Q", y=y))
    if "50th" in bar:
        median = alt.Chart(_values([{"low": bar["50th"], "name": bar["name"]}]))
        layers.append(median.mark_tick(color=PAGE, thickness=2.5, size=22).encode(x=x, y=y))
    return layers


def _credentials(data: dict, narrow: bool) -> alt.LayerChart:
    scale = alt.Scale(domain=[data["first"], data["last"]], clamp=True)
    ticks = alt.Axis(title=None, tickCount=4 if narrow else 8, labelOverlap="greedy", format="%Y")
    y = alt.Y("row:N", sort=data["rows"], scale=alt.Scale(domain=data["rows"]), axis=None)
    today = alt.Chart(_values([{"from": data["today"]}]))
    bars = alt.Chart(_values(data["bars"]))
    plans = alt.Chart(_values(data["plans"]))
    x = alt.X("from:T", scale=scale, axis=ticks)
    names = {"baseline": "bottom", "dy": -9}
    colour = alt.condition("datum.lapsed", alt.value(EDGE), alt.value(ACCENT))
    return alt.layer(
        today.mark_rule(color=INK, strokeDash=[5, 4]).encode(x=x),
        bars.mark_bar(height=12).encode(x=x, x2="to:T", y=y, color=colour),
        bars.mark_text(align="left", **names).encode(x=x, y=y, text="name:N"),
        plans.mark_point(shape="diamond", color=ACCENT, size=110, strokeWidth=2).encode(
            x=alt.X("day:T", scale=scale), y=y
        ),
        plans.mark_text(align="right", dx=4, **names).encode(
            x=alt.X("day:T", scale=scale), y=y, text="name:N"
        ),
    )


def _forecast(data: dict, narrow: bool) -> alt.LayerChart:
    scale = alt.Scale(domain=[data["first"], data["last"]], clamp=True)
    ticks = alt.Axis(
        title=None, tickCount=4 if narrow else 7, labelOverlap="greedy", labelSeparation=12, format="%b %Y"
    )
    y = alt.Y("row:N", scale=alt.Scale(domain=[one["row"] for one in data["ranges"]]), axis=None)
    base, today = alt.Chart(_values(data["ranges"])), alt.Chart(_values([{"from": data["first"]}]))
    x = alt.X("from:T", scale=scale, axis=ticks)
    deciding = alt.condition("datum.decides", alt.value(0.55), alt.value(0.25))
    return alt.layer(
        today.mark_rule(color=EDGE).encode(x=x),
        base.mark_bar(color=ACCENT, height=12).encode(x=x, x2="to:T", y=y, opacity=deciding),
        base.transform_filter("datum.open").mark_point(shape="triangle-right", color=ACCENT, filled=True, size=90, opacity=1)
        .encode(x=alt.X("to:T", scale=scale), y=y),
        base.mark_circle(color=ACCENT, size=110, opacity=1).encode(x=alt.X("middle:T", scale=scale), y=y),
        *(
            base.transform_filter(f"datum.align == '{align}'").mark_text(align=align, baseline="bottom", dy=-10)
            .encode(x=alt.X("at:T", scale=scale), y=y, text="narrow:N" if narrow else "name:N")
            for align in ("left", "right")
        ),
    )  # fmt: skip


def _ladder(data: dict, narrow: bool) -> alt.LayerChart:
    drawn = data["narrow" if narrow else "wide"]
    flat = alt.Scale(domain=[0, NARROW if narrow else WIDE], nice=False)
    down = alt.Scale(domain=[drawn["height"], 0], nice=False)

    def at(name: str) -> dict:
        return {
            "x": alt.X(f"{name}x:Q", scale=flat, axis=None),
            "y": alt.Y(f"{name}y:Q", scale=down, axis=None),
        }

    nodes, ways = alt.Chart(_values(drawn["nodes"])), alt.Chart(_values(drawn["ways"]))
    line = {"color": EDGE, "strokeWidth": 1.5, "interpolate": "monotone"}
    boxes = {
        "here": {"fill": INK, "stroke": INK},
        "target": {"fill": "var(--accent-wash)", "stroke": ACCENT, "strokeWidth": 2.5},
        "sideways": {"fill": "var(--raised)", "stroke": EDGE, "strokeDash": [4, 4]},
        "other": {"fill": "var(--raised)", "stroke": EDGE},
    }
    return alt.layer(
        *(
            ways.transform_filter(f"datum.sideways == {str(sideways).lower()}").mark_line(strokeDash=dash, **line)
            .encode(**at(""), detail="way:N", order="step:O")
            for sideways, dash in ((False, [1, 0]), (True, [4, 4]))
        ),
        *(
            nodes.transform_filter(f"datum.look == '{look}'").mark_rect(cornerRadius=4, opacity=1, **{"strokeWidth": 1, **box})
            .encode(**at(""), x2="right:Q", y2="bottom:Q")
            for look, box in boxes.items()
        ),
        *(
            nodes.transform_filter(f"(datum.look == 'here') == {here}")
            .mark_text(align="left", baseline="middle", fontSize=13, lineBreak="\n", lineHeight=16, color=PAGE if here == "true" else INK)
            .encode(**at("text"), text="words:N")
            for here in ("true", "false")
        ),
        alt.Chart(_values(drawn["heads"])).mark_text(align="left", baseline="bottom", fontSize=12, color=SOFT).encode(**at(""), text="words:N"),
    )  # fmt: skip


_DRAWINGS: dict[str, Callable[[dict, bool], alt.LayerChart]] = {
    "accuracy": _accuracy,
    "credentials": _credentials,
    "forecast": _forecast,
    "ladder": _ladder,
    "pace": _pace,
    "readiness": _readiness,
    "wages": _wages,
}
