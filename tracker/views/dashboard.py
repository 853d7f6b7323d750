from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseStopPolling, trigger_client_event

from tracker.models import Staleness
from tracker.selectors.dashboard import dashboard_for
from tracker.selectors.forecasts import Said
from tracker.selectors.worker import worker_alive

from .as_of import as_of_form
from .kinds import QUICK
from .scope import for_coder
from .stages import stage_strip


@require_safe
@for_coder
def dashboard(request, coder):
    """Where I stand, where I am going, and what is in between; today or as of a past day."""
    as_of = as_of_form(request, coder)
    board = dashboard_for(coder, as_of.past)
    said = None if board.is_past else Said(coder)
    context = {
        "board": board,
        "as_of_form": as_of,
        "said": said,
        "promotion": said and said.promotion({gap.slug: gap.name for gap in board.open_gaps if gap.must}),
        "stages": stage_strip(board.expected_stage, board.demonstrated_stage),
        "quick": QUICK,
    }
    return render(request, "tracker/dashboard.html", context)


@require_safe
@for_coder
def freshness(request, coder):
    """The line that a dashboard in waiting asks for every two seconds. 286 tells htmx to stop asking.

    It stops where the evaluation is in (and then lets the page fetch it) and where nobody is there to make one.
    """
    staleness = Staleness.objects.filter(coder=coder).first()
    is_fresh = staleness is None or not staleness.is_stale
    alive = is_fresh or worker_alive()
    response = render(
        request, "tracker/dashboard/freshness.html", {"is_fresh": is_fresh, "worker_alive": alive}
    )
    if is_fresh or not alive:
        response.status_code = HttpResponseStopPolling.status_code
    if is_fresh:
        trigger_client_event(response, "evaluated")
    return response
