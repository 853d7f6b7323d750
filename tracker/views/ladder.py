"""The ladder, one role of it, and choosing where to go."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from curriculum.conditions import in_words
from curriculum.models import MUST_WEIGHT, MilestoneVersion, Requirement, Role, Stage, Track, Transition
from tracker.forms import TargetForm
from tracker.models import Gap
from tracker.selectors.dashboard import dashboard_for
from tracker.services.coders import choose_target as aim_at

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
    next_ids = _promotions(board.role)
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
    return render(request, "tracker/ladder/ladder.html", {"board": board, "stages": stages})


def _promotions(role) -> set[int]:
    if role is None:
        return set()
    return set(Transition.objects.filter(from_role=role, kind="promotion").values_list("to_role", flat=True))


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
    own, by_stage = _asked(wanted, coder)
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


@dataclass(frozen=True)
class Asked:
    milestone: object
    words: str
    must: bool
    gap: Gap | None


def _asked(wanted: Role, coder):
    """What the role asks by itself, and the musts of each stage up to its own (design, Requirements and gaps).

    What several ask for stands once, where it is asked first.
    """
    rows = (
        Requirement.objects.filter(
            Q(role=wanted) | Q(stage__position__lte=wanted.stage.position, weight__gte=MUST_WEIGHT)
        )
        .select_related("milestone", "stage")
        .order_by("stage__position", "-weight", "milestone__position")
    )
    versions = _versions(coder.today())
    gaps = {
        gap.milestone_version_id: gap
        for gap in Gap.objects.filter(coder=coder).select_related("milestone_version")
    }
    own, by_stage, seen = [], {}, set()
    for row in sorted(rows, key=lambda row: row.role_id is None):
        version = versions.get(row.milestone_id)
        if version is None or row.milestone_id in seen:
            continue
        seen.add(row.milestone_id)
        line = Asked(row.milestone, in_words(version.rule.needs), row.must, gaps.get(version.pk))
        if row.role_id:
            own.append(line)
        else:
            by_stage.setdefault(row.stage, []).append(line)
    return own, list(by_stage.items())


def _versions(today) -> dict[int, MilestoneVersion]:
    """The version of each milestone that holds on a day."""
    rows = MilestoneVersion.objects.filter(valid_from__lte=today).order_by("no")
    return {row.milestone_id: row for row in rows}
