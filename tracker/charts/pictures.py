"""Pictures from the cache, or drawn and kept. A private one is drawn each time and kept nowhere."""

from django.core.cache import cache

from .base import Chart

KEPT = 24 * 3600  # seconds; a picture goes a day after it was last drawn, whoever it was about


def kept_pictures(charts: list[Chart]) -> dict[str, dict[str, str]]:
    """Those of the charts' pictures that are at hand, by the chart's key: one query, and nothing is drawn."""
    keys = [chart.key for chart in charts if chart.data and not chart.private]
    return cache.get_many(keys) if keys else {}


def picture(chart: Chart) -> dict[str, str]:
    """The chart's picture as <svg> elements by size, drawn where it is not at hand. Empty where there is nothing to draw."""
    if not chart.data:
        return {}
    found = None if chart.private else cache.get(chart.key)
    if found is None:
        found = _drawn(chart)
        if not chart.private:
            cache.set(chart.key, found, KEPT)
    return found


def _drawn(chart: Chart) -> dict[str, str]:
    from .drawing import draw  # a second and 100 MB: not for every process

    return {size: draw(chart, size) for size in chart.boxes}
