"""A team's standard: what holds, what held, and a form that writes the next version."""

from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from curriculum.conditions import in_words
from curriculum.models import Milestone
from tracker import wording
from tracker.forms.standards import FurtherMilestoneSet, ProductivitySet, StandardForm, TitleSet
from tracker.models import StandardVersion
from tracker.selectors.team_board import of_others
from tracker.services.programs import may_change_milestones
from tracker.services.standards import current_version, write_standard

from .messages import say
from .scope import posted
from .team_scope import for_team

SETS = {"titles": TitleSet, "productivity": ProductivitySet, "milestones": FurtherMilestoneSet}
VALUES = {"titles": "role", "productivity": "per_hour", "milestones": "weight"}


@require_http_methods(["GET", "HEAD", "POST"])
@for_team
def team_standard(request, team):
    today = request.user.today()
    current = current_version(team, today)
    form = StandardForm(posted(request), initial=_figures(current) | {"valid_from": today})
    initial = _rows(current)
    own = own_milestones(team)
    asked = {row["milestone"] for row in initial["milestones"]}
    initial["milestones"] += [
        {"milestone": one.pk, "weight": 3}
        for one, _words in own
        if str(one.pk) == request.GET.get("ask") and one.pk not in asked
    ]
    sets = {
        name: kind(
            posted(request), prefix=name, initial=initial[name],
            form_kwargs={"team": team} if name == "milestones" else {},
        )
        for name, kind in SETS.items()
    }  # fmt: skip
    # All are checked, so that everything that is wrong is said at once.
    valid = request.method == "POST" and all([form.is_valid(), *(some.is_valid() for some in sets.values())])
    if valid and (version := _written(request, team, form, sets)):
        text = _("Version %(no)s is written. The team is evaluated again.") % {"no": version.no}
        say(request, text)
        return redirect("tracker:team_standard", team.pk)
    versions = StandardVersion.objects.filter(standard=team.standard_id).select_related("created_by")
    context = {
        "team": team,
        "current": current,
        "versions": versions,
        "form": form,
        "sets": sets,
        "own": own,
        "may_change": may_change_milestones(team.organization, request.user),
        "tab": "standard",
    }
    bad = request.method == "POST"
    return render(request, "tracker/teams/standard.html", context, status=422 if bad else 200)


def own_milestones(team) -> list[tuple[Milestone, str]]:
    """The milestones of the team's organization, in plain English as they read now."""
    rows = Milestone.objects.filter(owner=team.organization).prefetch_related("versions").order_by("name")
    newest = [(row, max(row.versions.all(), key=lambda version: version.no, default=None)) for row in rows]
    return [
        (row, of_others(wording.sentence(in_words(version.rule.needs)))) for row, version in newest if version
    ]


def _figures(version: StandardVersion | None) -> dict:
    if version is None:
        return {}
    return {"accuracy_method": version.accuracy_method, "accuracy_target": version.accuracy_target}


def _rows(version: StandardVersion | None) -> dict[str, list[dict]]:
    if version is None:
        return {name: [] for name in SETS}
    return {
        "titles": [{"title": row.title, "role": row.role_id} for row in version.titles.all()],
        "productivity": [
            {"work_type": row.work_type_id, "per_hour": row.per_hour} for row in version.productivity.all()
        ],
        "milestones": [
            {"milestone": row.milestone_id, "weight": row.weight} for row in version.milestones.all()
        ],
    }


def _written(request, team, form, sets) -> StandardVersion | None:
    rows = {name: some.rows(VALUES[name]) for name, some in sets.items()}
    try:
        return write_standard(team, by=request.user, **form.cleaned_data, **rows)
    except ValidationError as error:
        form.add_error(None, error)
        return None
