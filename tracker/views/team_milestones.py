"""Milestones that a manager writes for the team's standard."""

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tracker.evaluation.standards import PRIVATE

from .messages import say
from .own_milestones import Place, figures_step, shape_step
from .team_scope import for_team


@require_safe
@for_team
def team_milestone(request, team):
    return shape_step(request, _place(request, team))


@require_http_methods(["GET", "HEAD", "POST"])
@for_team
def team_milestone_figures(request, team):
    return figures_step(request, _place(request, team))


def _place(request, team) -> Place:
    standard = reverse("tracker:team_standard", args=[team.pk])

    def saved(version, reading):
        text = _(
            "%(name)s: %(reading)s. It is chosen below: write the next version of the standard to ask for it."
        )
        say(request, text % {"name": version.milestone, "reading": reading})
        return redirect(f"{standard}?ask={version.milestone_id}#milestones")

    return Place(
        organization=team.organization,
        shape_url=reverse("tracker:team_milestone", args=[team.pk]),
        figures_url=reverse("tracker:team_milestone_figures", args=[team.pk]),
        cancel_url=standard,
        crumbs=[(reverse("tracker:teams"), _("Teams")), (standard, _("%(team)s: standard") % {"team": team})],
        saved=saved,
        about_changes=_("Teams that ask for it already are held against the new version from now on."),
        without=frozenset(PRIVATE),
    )
