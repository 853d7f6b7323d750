"""The queue of self-reported records that are shared with a team: verify or question, in bulk."""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from tracker.forms.teams import ReasonForm
from tracker.models import RECORD_KINDS
from tracker.selectors.verification import verification_queue
from tracker.services.sharing import note_access
from tracker.services.verification import question, verify

from .messages import say
from .scope import posted
from .team_scope import for_team

A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@for_team
def team_verify(request, team):
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid() and _done(request, team, form):
        return redirect(request.get_full_path())
    queue = verification_queue(team, request.user, kind=request.GET.get("kind", ""))
    page = Paginator(queue.lines, A_PAGE).get_page(request.GET.get("page"))
    coders = [line.record.coder for line in page]
    note_access(request.user, team.organization, coders, _("records to verify"))
    context = {
        "team": team,
        "form": form,
        "page": page,
        "queue": queue,
        "chosen": request.POST.getlist("record"),
        "tab": "verify",
    }
    return render(request, "tracker/teams/verify.html", context, status=422 if form.errors else 200)


def _done(request, team, form) -> bool:
    reason = form.cleaned_data["reason"]
    try:
        chosen, seen = _chosen(request.POST.getlist("record"))
        if request.POST.get("do") == "question":
            n = len(question(team, chosen, by=request.user, reason=reason, seen=seen))
            text = ngettext("%(n)s record questioned.", "%(n)s records questioned.", n)
        else:
            n = len(verify(team, chosen, by=request.user, because=reason, seen=seen))
            text = ngettext("%(n)s record verified.", "%(n)s records verified.", n)
    except ValidationError as error:
        form.add_error("reason" if "reason" in getattr(error, "error_dict", {}) else None, error.messages)
        return False
    say(request, text % {"n": n})
    return True


def _chosen(values) -> tuple[dict[str, list[int]], dict[tuple[str, int], str]]:
    """Ticked boxes read "kind:id:what was seen"."""
    chosen, seen = defaultdict(list), {}
    for value in values:
        kind, pk, digest = [*value.split(":"), "", ""][:3]
        if kind not in RECORD_KINDS or not pk.isdecimal() or len(pk) > 18:
            raise ValidationError(_("Choose records from the list."))
        chosen[kind].append(int(pk))
        seen[kind, int(pk)] = digest
    return chosen, seen
