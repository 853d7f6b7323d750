from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from curriculum.models import Milestone, Requirement
from tracker.models import GapEvent
from tracker.selectors.charts import accuracy, accuracy_condition
from tracker.selectors.evaluated import Evaluated, evaluated
from tracker.selectors.evidence import records_behind
from tracker.selectors.forecasts import Said
from tracker.selectors.gaps import GapLine, gap_board, gap_line

from .charts import chart_url, figures_of
from .kinds import KINDS
from .scope import for_coder

SHOWN = 8


@require_safe
@for_coder
def gap(request, coder, slug):
    """One gap: what is asked, how the verdict came about, what we said before, what to take to close it."""
    state = evaluated(coder)
    line = _line(state, slug)
    if line is None:
        raise Http404
    records = records_behind(request.user, line.gap, state.as_of)
    milestone = Milestone.objects.prefetch_related("learning_activities").get(slug=slug)
    context = {
        "gap": line,
        "said": Said(coder),
        "milestone": milestone,
        "log": KINDS.get(line.record_kind),
        "records": records,
        "shown": records[:SHOWN],
        "rest": records[SHOWN:],
        "activities": milestone.learning_activities.all(),
        "figures": _figures(state, line),
        "events": GapEvent.objects.filter(coder=coder, milestone_version__milestone=milestone),
    }
    return render(request, "tracker/gap.html", context)


def _figures(state: Evaluated, line: GapLine):
    """The chart of the accuracy that the gap asks for, where it asks for any."""
    leaf = accuracy_condition([line])
    if leaf is None:
        return []
    return figures_of([(accuracy(state, leaf), chart_url("accuracy", gap=line.slug))])


def _line(state: Evaluated, slug: str) -> GapLine | None:
    """The gap as the dashboard has it; or, where the target does not ask for it, as whoever does."""
    for line in gap_board(state).every:
        if line.slug == slug:
            return line
    for found in state.gaps:
        if found.milestone_version.milestone.slug == slug:
            rows = Requirement.objects.filter(milestone__slug=slug).select_related("stage", "role")
            return gap_line(found, None, [row.asker.name for row in rows], [])
    return None
