"""Charts on pages. A page brings title, sentence and table at once; the picture comes along where it is at hand, and else
is fetched after the page. Without JavaScript a link leads to the chart on a page of its own."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tracker.charts import Chart
from tracker.charts.pictures import kept_pictures, picture
from tracker.selectors import charts as figures
from tracker.selectors.ahead import look_ahead
from tracker.selectors.evaluated import evaluated
from tracker.selectors.gaps import gap_board
from tracker.selectors.paths import ways_from

from .scope import for_coder


@dataclass(frozen=True)
class Figure:
    """A chart where it stands: `url` draws it; `picture` is <svg> by size, empty where it is still to be drawn."""

    chart: Chart
    url: str
    picture: dict[str, str]

    @property
    def id(self) -> str:
        return f"chart-{self.chart.kind}"


def figures_of(charts: list[tuple[Chart | None, str]]) -> list[Figure]:
    """Charts with the addresses that draw them, as they stand on a page. One query for all pictures."""
    charts = [(chart, url) for chart, url in charts if chart is not None]
    kept = kept_pictures([chart for chart, _url in charts])
    return [Figure(chart, url, kept.get(chart.key, {})) for chart, url in charts]


def chart_url(kind: str, **query) -> str:
    return reverse("tracker:chart", args=[kind], query=query or None)


@require_safe
@for_coder
def progress(request, coder):
    """How it went so far: readiness, accuracy, pace beside quality, and credentials through the years."""
    state = evaluated(coder)
    leaf = figures.accuracy_condition(gap_board(state).every)
    charts = [(figures.readiness(state), chart_url("readiness"))]
    if leaf is not None:
        charts += [
            (figures.accuracy(state, leaf), chart_url("accuracy")),
            (figures.pace(state, leaf), chart_url("pace")),
        ]
    charts.append((figures.credentials(state), chart_url("credentials")))
    return render(request, "tracker/progress.html", {"figures": figures_of(charts), "target": state.target})


@require_safe
@for_coder
def chart(request, coder, kind):
    """One chart, drawn: the picture alone for htmx, a page of its own otherwise."""
    found = _chart(coder, kind, request.GET.get("gap"))
    figure = Figure(found, request.get_full_path(), picture(found))
    template = "components/plot.html" if request.htmx else "tracker/chart.html"
    return render(request, template, {"figure": figure})


def _chart(coder, kind: str, gap: str | None) -> Chart:
    state = evaluated(coder)
    if kind in ("readiness", "credentials"):
        return getattr(figures, kind)(state)
    if kind == "ladder":
        return figures.ladder(ways_from(state.role, state.target), state.target)
    if kind == "forecast":
        return look_ahead(coder).chart
    if kind not in ("accuracy", "pace"):
        raise Http404
    lines = gap_board(state).every
    leaf = figures.accuracy_condition([line for line in lines if gap in (None, line.slug)])
    if leaf is None:
        raise Http404
    return figures.accuracy(state, leaf) if kind == "accuracy" else figures.pace(state, leaf)
