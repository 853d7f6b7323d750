"""One record: adding, changing, its history, taking it away and bringing it back."""

from django import forms
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from curriculum.models import LearningActivity
from tracker.forms import form_for
from tracker.models import ContinuingEducation
from tracker.permissions import require_change, visible_records
from tracker.selectors.activities import activities_for, prefilled
from tracker.selectors.history import record_history
from tracker.selectors.records import recent_records
from tracker.services.records import remove_record, restore_record
from tracker.services.signoffs import take

from .kinds import KINDS, QUICK
from .messages import say, say_error
from .scope import for_coder, kind_or_404, next_url, posted, sentences

FORM_METHODS = ["GET", "HEAD", "POST"]


def _list_url(kind: str) -> str:
    return reverse("tracker:records_kind", args=[kind])


def _record_or_404(request, kind, pk, *, with_removed=False):
    """One's own record. What others share is for reading, elsewhere."""
    model = kind_or_404(kind)
    record = get_object_or_404(visible_records(request.user, model, with_removed=with_removed), pk=pk)
    require_change(request.user, record.coder)
    return record


@require_http_methods(FORM_METHODS)
@for_coder
def record_add(request, coder, kind):
    """A new record. htmx asks for the form alone, and gets what changed on the page when it is saved."""
    kind_or_404(kind)
    taken = activity_taken(request, coder, kind)
    suggested = _suggested(request, coder) | (prefilled(taken) if taken else {})
    form = form_for(kind)(posted(request), files=request.FILES or None, coder=coder, initial=suggested)
    if request.method == "POST" and (record := _saved(form, request.user)):
        text = _("Logged: %(record)s.") % {"record": record.headline()}
        if taken and take(taken, record, by=request.user):
            text += " " + _("“%(activity)s” is done.") % {"activity": taken}
        say(request, text, undo=reverse("tracker:record_remove", args=[kind, record.pk]))
        if request.htmx:
            return _logged(request, coder, kind)
        return redirect(next_url(request, _list_url(kind)))
    return _form_page(request, form, kind, taken=taken)


def activity_taken(request, coder, kind) -> LearningActivity | None:
    """The learning activity that a record of continuing education is to say was taken."""
    named = request.GET.get("activity", "")
    if kind != ContinuingEducation.KIND or not (named.isdecimal() and len(named) < 18):
        return None
    return activities_for(coder).filter(pk=named).distinct().first()


def _suggested(request, coder) -> dict:
    """Dates that are today's unless said otherwise, so that a week's log is typed and not clicked."""
    today = coder.today()
    return (
        dict.fromkeys(("starts_on", "ends_on", "audited_on", "done_on", "completed_on"), today)
        if (
            request.method != "POST"
            and request.resolver_match.kwargs["kind"]
            in ("volume", "audit", "audit-work", "continuing-education", "contribution")
        )
        else {}
    )


def _saved(form, user):
    """The record, or None where the form now says what is wrong."""
    if not form.is_valid():
        return None
    try:
        return form.save(by=user)
    except ValidationError:
        return None


def _form_page(request, form, kind, record=None, taken=None):
    context = {
        "form": form,
        "words": KINDS[kind],
        "record": record,
        "taken": taken,
        "quick": QUICK,
        "next": next_url(request, ""),
    }
    template = "tracker/records/form.html#fragment" if request.htmx else "tracker/records/form.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def _logged(request, coder, kind):
    """What htmx puts in the form's place once it is saved: what was done, with undo, and the latest records."""
    context = {"recent": recent_records(coder, limit=6), "words": KINDS[kind], "oob": True}
    return trigger_client_event(render(request, "tracker/records/logged.html", context), "logged")


@require_http_methods(FORM_METHODS)
@for_coder
def record_edit(request, coder, kind, pk):
    record = _record_or_404(request, kind, pk)
    form = form_for(kind)(posted(request), files=request.FILES or None, coder=coder, instance=record)
    if request.method == "POST" and _saved(form, request.user):
        say(request, _("Saved: %(record)s.") % {"record": record.headline()})
        return redirect(next_url(request, _list_url(kind)))
    return _form_page(request, form, kind, record)


@require_safe
@for_coder
def record_history_page(request, coder, kind, pk):
    record = _record_or_404(request, kind, pk, with_removed=True)
    context = {"record": record, "words": KINDS[kind], "changes": record_history(record)}
    return render(request, "tracker/records/history.html", context)


class WithdrawalForm(forms.Form):
    because = forms.CharField(
        label=gettext_lazy("Why you withdraw it"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Seen by those the record was shared with. Never anything about a patient."),
    )


@require_http_methods(FORM_METHODS)
@for_coder
def record_remove(request, coder, kind, pk):
    """Remove a record of one's own making, or withdraw an attested one, which needs a reason. Both can be undone."""
    record = _record_or_404(request, kind, pk)
    form = WithdrawalForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            remove_record(record, by=request.user, because=form.cleaned_data["because"])
        except ValidationError as error:
            form.add_error(
                None if "because" not in getattr(error, "error_dict", {}) else "because", error.messages
            )
        else:
            text = _("Removed: %(record)s.") % {"record": record.headline()}
            say(request, text, undo=reverse("tracker:record_restore", args=[kind, pk]))
            return redirect(next_url(request, _list_url(kind)))
    context = {"form": form, "record": record, "words": KINDS[kind], "next": next_url(request, "")}
    return render(request, "tracker/records/remove.html", context, status=422 if form.errors else 200)


@require_POST
@for_coder
def record_restore(request, coder, kind, pk):
    record = _record_or_404(request, kind, pk, with_removed=True)
    try:
        restore_record(record, by=request.user)
    except ValidationError as error:
        say_error(request, sentences(error))
    else:
        say(request, _("It is back: %(record)s.") % {"record": capfirst(record.headline())})
    return redirect(next_url(request, _list_url(kind)))
