"""Whose team it is: what every view of a manager begins with. To anybody else the team does not exist."""

from functools import wraps

from django.shortcuts import get_object_or_404

from tracker.permissions import managed_members, managed_teams


def for_team(view):
    """Call the view with a team that the signed-in person manages."""

    @wraps(view)
    def scoped(request, pk, *args, **kwargs):
        return view(request, get_object_or_404(managed_teams(request.user), pk=pk), *args, **kwargs)

    return scoped


def member_or_404(request, team, member_pk):
    """A member of the team who is in it now."""
    related = (
        "coder__target_role",
        "coder__staleness",
        "evaluation__role",
        "evaluation__target",
        "team__organization",
    )
    members = managed_members(request.user).filter(team=team).select_related(*related)
    return get_object_or_404(members, pk=member_pk)
