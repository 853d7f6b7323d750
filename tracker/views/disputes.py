"""Contesting an audit, and answering: the list of both sides, asking, one dispute."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.forms.disputes import AnswerForm, DisputeForm
from tracker.models import Audit
from tracker.permissions import may_answer, own_records, visible_disputes
from tracker.services.disputes import note_look, withdraw_dispute

from .messages import say, say_error
from .scope import for_coder, posted, sentences


@require_safe
def disputes(request):
    """What one contests, and what others ask one to look at again."""
    rows = list(visible_disputes(request.user))
    note_look(request.user, rows)
    mine = [row for row in rows if row.score.audit.coder.user_id == request.user.pk]
    asked = [row for row in rows if row not in mine]
    context = {
        "mine": mine,
        "to_answer": [row for row in asked if row.is_open],
        "answered": [row for row in asked if not row.is_open],
    }
    return render(request, "tracker/disputes/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_coder
def dispute_ask(request, coder, pk):
    """Contest a score of one's own audit. Of one that one logged oneself the page says what to do instead."""
    audit = get_object_or_404(own_records(request.user, Audit).prefetch_related("scores"), pk=pk)
    form = DisputeForm(posted(request), audit=audit)
    if request.method == "POST" and _saved(form, request.user):
        say(request, _("Disputed. The score counts, marked, until it is answered."))
        return redirect("tracker:disputes")
    context = {"audit": audit, "form": form}
    return render(request, "tracker/disputes/ask.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request, pk):
    row = get_object_or_404(visible_disputes(request.user), pk=pk)
    note_look(request.user, [row])
    mine = row.score.audit.coder.user_id == request.user.pk
    answers = row.is_open and may_answer(request.user, row.score.audit)
    if request.method == "POST" and not answers:
        raise Http404
    form = AnswerForm(posted(request), dispute=row) if answers else None
    if request.method == "POST" and _saved(form, request.user):
        say(request, _("Answered. What depends on the score is evaluated again."))
        return redirect("tracker:disputes")
    context = {"dispute": row, "mine": mine, "form": form}
    status = 422 if form is not None and form.errors else 200
    return render(request, "tracker/disputes/dispute.html", context, status=status)


@require_POST
def dispute_withdraw(request, pk):
    row = get_object_or_404(visible_disputes(request.user), pk=pk, score__audit__coder__user=request.user)
    try:
        withdraw_dispute(row, by=request.user)
    except ValidationError as error:
        say_error(request, sentences(error))
    else:
        say(request, _("Withdrawn."))
    return redirect("tracker:disputes")


def _saved(form, user) -> bool:
    if not form.is_valid():
        return False
    try:
        form.save(by=user)
    except ValidationError:
        return False
    return True
