"""One member as the team sees them: what is shared, what it shows, and the packet for a talk about promotion."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tracker.documents import pdf
from tracker.selectors.activities import learning_by_milestone
from tracker.selectors.members import evidence, member_view
from tracker.selectors.packet import packet_data
from tracker.services.sharing import evidence_words, note_access

from .team_scope import for_team, member_or_404


@require_safe
@for_team
def team_member(request, team, member_pk):
    member = member_or_404(request, team, member_pk)
    note_access(request.user, team.organization, [member.coder], _("your page in the team"))
    context = {"team": team, "view": member_view(member, request.user.today()), "own": False, "tab": "board"}
    return render(request, "tracker/teams/member.html", context)


@require_safe
@for_team
def team_evidence(request, team, member_pk, slug):
    member = member_or_404(request, team, member_pk)
    found = evidence(member, slug, request.user.today())
    if found is None:
        raise Http404
    gap = found.gap
    note_access(
        request.user,
        team.organization,
        [member.coder],
        evidence_words(gap.name),
    )
    learning = learning_by_milestone([slug], team.organization_id).get(slug)
    context = {
        "team": team,
        "member": member,
        "found": found,
        "gap": gap,
        "learning": learning,
        "own": False,
        "tab": "board",
    }
    return render(request, "tracker/teams/evidence.html", context)


@require_safe
@for_team
def team_packet(request, team, member_pk):
    """The evidence for and against a promotion, as a PDF."""
    member = member_or_404(request, team, member_pk)
    note_access(request.user, team.organization, [member.coder], _("your evidence packet"))
    today = request.user.today()
    response = HttpResponse(pdf("packet", packet_data(member_view(member, today), today)), "application/pdf")
    name = slugify(f"{member.coder} {today.isoformat()}") or "packet"
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
