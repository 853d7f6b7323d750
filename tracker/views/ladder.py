"""The ladder, one role of it, and choosing where to go."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from curriculum.ladder import promotion_options
from curriculum.models import Role, Stage, Track, Transition
from tracker.forms import TargetForm
from tracker.selectors import charts as figures
from tracker.selectors.dashboard import dashboard_for
from tracker.selectors.paths import ways_from
from tracker.selectors.roles import asked_by_role
from tracker.services.coders import choose_target as aim_at

from .charts import chart_url, figures_of
from .messages import say
from .scope import for_coder, next_url
from .stages import years_text
from .wages import wage_table


@dataclass(frozen=True)
class RoleLine:
    role: Role
    is_mine: bool
    is_target: bool
    is_next: bool


@require_safe
@for_coder
def ladder(request, coder):
    """Every role by stage and track, with where the coder is, what is next, and the target."""
    board = dashboard_for(coder)
    next_ids = {way.to_role_id for way in promotion_options(board.role)}
    tracks = list(Track.objects.all())
    roles = list(Role.objects.select_related("stage").prefetch_related("tracks"))
    stages = []
    for stage in Stage.objects.all():
        groups = []
        for track in tracks:
            lines = [
                RoleLine(role, role == board.role, role == board.target, role.pk in next_ids)
                for role in roles
                if role.stage_id == stage.pk and track in role.tracks.all()
            ]
            if lines:
                groups.append((track, lines))
        stages.append((stage, years_text(stage), groups))
    ways = ways_from(board.role, board.target)
    [figure] = figures_of([(figures.ladder(ways, board.target), chart_url("ladder"))])
    context = {"board": board, "stages": stages, "ways": ways, "figure": figure}
    return render(request, "tracker/ladder/ladder.html", context)


@require_POST
@for_coder
def choose_target(request, coder):
    form = TargetForm(request.POST)
    if not form.is_valid():
        raise Http404
    before, role = coder.target_role, form.cleaned_data["target_role"]
    if role != before:
        aim_at(coder, role, by=request.user)
        say(
            request,
            _("You are aiming at %(role)s.") % {"role": role}
            if role
            else _("You are aiming at your next promotion."),
        )
    return redirect(next_url(request, reverse("tracker:dashboard")))


@require_safe
@for_coder
def role(request, coder, slug):
    """What a role asks for, where it leads, and what its occupation earns."""
    wanted = get_object_or_404(Role.objects.select_related("stage", "occupation"), slug=slug)
    own, by_stage = asked_by_role(wanted, coder)
    ways = Transition.objects.filter(Q(from_role=wanted) | Q(to_role=wanted)).select_related(
        "from_role", "to_role"
    )
    context = {
        "role": wanted,
        "years": years_text(wanted.stage),
        "own": own,
        "by_stage": by_stage,
        "ways_in": [way for way in ways if way.to_role_id == wanted.pk and way.kind != "alternative"],
        "ways_on": [way for way in ways if way.from_role_id == wanted.pk],
        "certifications": wanted.serving_certifications.select_related("body"),
        "skills": wanted.skills.all(),
        "wages": wage_table(wanted.occupation_id, coder.area_id),
        "is_target": coder.target_role_id == wanted.pk,
    }
    return render(request, "tracker/ladder/role.html", context)
