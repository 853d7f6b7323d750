"""What a coder shares: with which teams, what exactly they see, who looked, and what they ask."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.forms.teams import SharesForm
from tracker.models import Enrollment, Membership, RecordQuestion, Staff
from tracker.selectors.activities import learning_by_milestone
from tracker.selectors.members import evidence, kinds_in_words, member_view
from tracker.services.coders import coder_of
from tracker.services.invitations import invitation_for, program_of
from tracker.services.sharing import accept_membership, accept_staff, change_shares, leave_team
from tracker.services.verification import close_question

from .messages import say, say_error
from .scope import for_coder, posted, sentences

FORM_METHODS = ["GET", "HEAD", "POST"]
LOG_SHOWN = 50


@require_safe
@for_coder
def sharing(request, coder):
    """All in one place: teams, programs, open questions, and who looked at what."""
    memberships = (
        Membership.objects.open().filter(coder=coder).select_related("team__organization", "target_role")
    )
    shown = [
        (
            membership,
            kinds_in_words(share.kind for share in membership.shares.all() if share.revoked_at is None),
        )
        for membership in memberships.prefetch_related("shares").order_by("accepted_at")
    ]
    enrollments = (
        Enrollment.objects.open().filter(coder=coder).select_related("cohort__program__organization")
    )
    programs = [
        (
            enrollment,
            kinds_in_words(share.kind for share in enrollment.shares.all() if share.revoked_at is None),
        )
        for enrollment in enrollments.prefetch_related("shares").order_by("accepted_at")
    ]
    questions = RecordQuestion.objects.filter(coder=coder, closed_at=None)
    context = {
        "memberships": shown,
        "programs": programs,
        "questions": questions.select_related("asked_by", "organization"),
        "log": coder.access_log.select_related("viewer", "organization")[:LOG_SHOWN],
    }
    return render(request, "tracker/sharing/overview.html", context)


def _own_or_404(coder, member_pk) -> Membership:
    related = ("team__organization", "coder__user", "coder__target_role", "coder__staleness")
    members = Membership.objects.open().select_related(*related, "evaluation__role", "evaluation__target")
    return get_object_or_404(members, pk=member_pk, coder=coder)


@require_http_methods(FORM_METHODS)
@for_coder
def share_change(request, coder, member_pk):
    membership = _own_or_404(coder, member_pk)
    shared = list(membership.shares.filter(revoked_at=None).values_list("kind", flat=True))
    form = SharesForm(posted(request), initial={"kinds": shared, "logs_work": membership.logs_work})
    if request.method == "POST" and form.is_valid():
        change_shares(membership, **form.cleaned_data, by=request.user)
        say(request, _("Saved. The team sees this and nothing else."))
        return redirect("tracker:sharing")
    context = {"membership": membership, "form": form, "managers": _managers(membership.team)}
    return render(request, "tracker/sharing/change.html", context, status=422 if form.errors else 200)


@require_safe
@for_coder
def share_seen(request, coder, member_pk):
    """What a manager sees: the same view, rendered for oneself."""
    membership = _own_or_404(coder, member_pk)
    view = member_view(membership, coder.today())
    context = {"team": membership.team, "view": view, "own": True}
    return render(request, "tracker/teams/member.html", context)


@require_safe
@for_coder
def share_evidence(request, coder, member_pk, slug):
    membership = _own_or_404(coder, member_pk)
    found = evidence(membership, slug, coder.today())
    if found is None:
        raise Http404
    context = {
        "team": membership.team,
        "member": membership,
        "found": found,
        "gap": found.gap,
        "learning": learning_by_milestone([slug], membership.team.organization_id).get(slug),
        "own": True,
    }
    return render(request, "tracker/teams/evidence.html", context)


@require_POST
@for_coder
def share_leave(request, coder, member_pk):
    membership = _own_or_404(coder, member_pk)
    leave_team(membership, by=request.user)
    text = _("You left %(team)s. Nobody there sees anything of yours now; every record is still here.")
    say(request, text % {"team": membership.team})
    return redirect("tracker:sharing")


@require_POST
@for_coder
def question_answered(request, coder, pk):
    close_question(get_object_or_404(RecordQuestion, pk=pk, coder=coder), by=request.user)
    say(request, _("Noted as answered."))
    return redirect("tracker:sharing")


def _managers(team):
    """Whoever sees what is shared with the team."""
    return Staff.objects.managers().of_team(team).select_related("user")


@require_http_methods(FORM_METHODS)
@never_cache
def invitation(request, token):
    """Where an invitation leads: who invites, what they would see, yes or no. Nothing is shared before the yes."""
    found = invitation_for(token)
    if found is None:
        return render(request, "tracker/sharing/closed.html", status=404)
    if isinstance(found, Staff):
        return _staff_invitation(request, token, found)
    form = SharesForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            accept_membership(token, coder_of(request.user), **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            say(request, _("You are in. This is what the team sees; change it whenever you like."))
            return redirect("tracker:sharing")
    organization = found.team.organization
    context = {
        "invitation": found,
        "organization": organization,
        "managers": _managers(found.team),
        "form": form,
    }
    return render(request, "tracker/sharing/invitation.html", context, status=422 if form.errors else 200)


def _staff_invitation(request, token, found: Staff):
    program = program_of(found)
    if request.method == "POST":
        try:
            accept_staff(token, by=request.user)
        except ValidationError as error:
            say_error(request, sentences(error))
        return redirect("programs:list" if program else "tracker:teams")
    context = {"invitation": found, "managed": found.team or found.organization, "program": program}
    return render(request, "tracker/sharing/invitation_staff.html", context)
