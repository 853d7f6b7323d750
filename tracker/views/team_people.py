"""Who is in a team and who manages it: invitations, job titles, targets, leaving."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tracker.forms.teams import InviteForm, ManagerForm, MemberForm
from tracker.models import Membership, Staff
from tracker.permissions import may_act_for
from tracker.services.invitations import invitation_link, invite_manager, invite_members, withdraw_invitation
from tracker.services.sharing import leave_team
from tracker.services.standards import current_version
from tracker.services.teams import describe_member, end_staff

from .messages import say, say_error
from .scope import posted, sentences
from .team_scope import for_team, member_or_404

FORM_METHODS = ["GET", "HEAD", "POST"]


def _site(request) -> str:
    return request.build_absolute_uri("/").rstrip("/")


@require_http_methods(FORM_METHODS)
@never_cache
@for_team
def team_people(request, team):
    """Members, invitations and managers. A new link is shown in the answer that makes it, and never again."""
    about = request.POST.get("form")
    invite = InviteForm(request.POST if about == "invite" else None)
    leads_all = may_act_for(request.user, team.organization)
    manager = ManagerForm(request.POST if about == "manager" else None, may_whole=leads_all)
    link = ""
    if about == "link":
        _membership, token = invitation_link(team, by=request.user)
        link = _site(request) + reverse("tracker:invitation", args=[token])
    elif (about == "invite" and invite.is_valid() and _invited(request, team, invite)) or (
        about == "manager" and manager.is_valid() and _manager_invited(request, team, manager)
    ):
        return redirect("tracker:team_people", team.pk)
    related = ("coder__user", "target_role", "evaluation__role")
    context = {
        "team": team,
        "members": team.memberships.open().select_related(*related).order_by("coder__user__full_name"),
        "invitations": team.memberships.invited().order_by("-invited_at"),
        "managers": Staff.objects.of_team(team).select_related("user").order_by("accepted_at"),
        "leads_all": leads_all,
        "invite": invite,
        "manager": manager,
        "link": link,
        "now": timezone.now(),
        "tab": "people",
    }
    status = 422 if invite.errors or manager.errors else 200
    return render(request, "tracker/teams/people.html", context, status=status)


def _invited(request, team, form) -> bool:
    try:
        rows = invite_members(team, form.cleaned_data["emails"], by=request.user, site=_site(request))
    except ValidationError as error:
        form.add_error("emails", error.messages)
        return False
    if rows:
        say(request, _("%(n)s invited by e-mail.") % {"n": len(rows)})
    else:
        say(request, _("All of them are invited already."))
    return True


def _manager_invited(request, team, form) -> bool:
    given = form.cleaned_data
    only = None if given.get("whole") else team
    try:
        invite_manager(team.organization, given["email"], by=request.user, site=_site(request), team=only)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    say(request, _("The invitation is on its way."))
    return True


@require_http_methods(FORM_METHODS)
@for_team
def team_person(request, team, member_pk):
    """What the team calls a member, and where it wants them to go."""
    member = member_or_404(request, team, member_pk)
    version = current_version(team, request.user.today())
    titles = [row.title for row in version.titles.all()] if version else []
    form = MemberForm(posted(request), instance=member, titles=titles)
    if request.method == "POST" and form.is_valid():
        describe_member(
            member,
            job_title=form.cleaned_data["job_title"],
            target_role=form.cleaned_data["target_role"],
            by=request.user,
        )
        say(request, _("Saved."))
        return redirect("tracker:team_people", team.pk)
    context = {"team": team, "member": member, "form": form, "tab": "people"}
    return render(request, "tracker/teams/person.html", context, status=422 if form.errors else 200)


@require_POST
@for_team
def team_remove(request, team, member_pk):
    """Take a member out of the team. Their records stay theirs."""
    member = member_or_404(request, team, member_pk)
    leave_team(member, by=request.user)
    say(request, _("%(name)s is not in the team any more.") % {"name": member.coder})
    return redirect("tracker:team_people", team.pk)


@require_POST
@for_team
def invitation_withdraw(request, team, member_pk):
    invitation = get_object_or_404(Membership.objects.invited().filter(team=team), pk=member_pk)
    withdraw_invitation(invitation, by=request.user)
    say(request, _("Withdrawn: the link opens nothing any more."))
    return redirect("tracker:team_people", team.pk)


@require_POST
@for_team
def manager_end(request, team, staff_pk):
    staff = get_object_or_404(Staff.objects.of_team(team), pk=staff_pk)
    try:
        end_staff(staff, by=request.user)
    except ValidationError as error:
        say_error(request, sentences(error))
    else:
        say(request, _("Done."))
    if staff.user_id == request.user.pk:
        return redirect("tracker:teams")
    return redirect("tracker:team_people", team.pk)
