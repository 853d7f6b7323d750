"""Logging by one line: what was understood is shown as the record's form, and saved by that form alone."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import Form
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from tracker.forms import form_for
from tracker.quicklog import Understood, understand
from tracker.selectors.vocabulary import usual_work_type, vocabulary
from tracker.validators import refuse_patient_data

from .kinds import KINDS, QUICK
from .scope import for_coder, next_url, sentences


@require_http_methods(["GET", "HEAD", "POST"])
@for_coder
def log(request, coder):
    """The box and what it understands; posted, what it understood. Nothing is saved here.

    A line is posted and never in an address: addresses are kept in logs, and somebody may type what they must not.
    """
    line = request.POST.get("line", "").strip()
    if not line:
        return _page(request, {"line": ""})
    try:
        refuse_patient_data(line)
    except ValidationError as error:
        return _page(request, {"refused": sentences(error)}, status=422)
    found = understand(line, vocabulary(), coder.today())
    if found.again:
        return _go(request, reverse("tracker:week") + "?again=1")
    if not found.kind:
        return _page(request, {"line": line, "puzzled": True}, status=422)
    return _form(request, coder, line, found)


def _page(request, context, status=200):
    template = "tracker/log.html#box" if request.htmx else "tracker/log.html"
    context |= {"kinds": QUICK, "next": next_url(request, "")}
    return render(request, template, context, status=status)


def _go(request, address: str):
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _form(request, coder, line: str, found: Understood):
    """The form of the record as if it had been filled in by hand; folded away where nothing is wrong with it."""
    assumed = []
    if found.kind == "volume" and "work_type" not in found.data and (usual := usual_work_type(coder)):
        found.data["work_type"] = str(usual.pk)
        assumed.append(_("%(work_type)s, as last time") % {"work_type": usual})
    if found.guessed == "planned_on":
        assumed.append(_("a planned exam. If you earned it that day, say “earned”, or give the year"))
    elif found.guessed:
        assumed.append(_("earned on that day. If the exam is still to come, say “exam”, or give the year"))
    data = QueryDict(mutable=True)
    for name, value in found.data.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    form = form_for(found.kind)(data, coder=coder)
    complete = form.is_valid()
    context = {
        "form": form,
        "words": KINDS[found.kind],
        "line": line,
        "complete": complete,
        "said": list(_said(form, found)),
        "assumed": assumed,
        "unknown": found.unknown,
        "next": next_url(request, reverse("tracker:dashboard")),
    }
    template = "tracker/log_preview.html#fragment" if request.htmx else "tracker/log_preview.html"
    return render(request, template, context)


def _said(form: Form, found: Understood):
    """(label, value) of each field that the line filled, as people read it; what is wrong is said by the form."""
    same_day = found.data.get("starts_on") == found.data.get("ends_on")
    for name in form.fields:
        value = form.cleaned_data.get(name) if name in found.data else None
        if value in (None, "", []) or (name == "starts_on" and same_day):
            continue
        label = _("On") if name == "ends_on" and same_day else form[name].label
        yield label, _text(form, name, value)


def _text(form: Form, name: str, value) -> str:
    if isinstance(value, dt.date):
        return date_format(value, "l, F j, Y")
    if isinstance(value, Model):
        return str(value)
    if hasattr(value, "all") or isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if name == "minutes":
        return _("%(hours)s hours") % {"hours": form.fields[name].prepare_value(value)}
    choices = dict(getattr(form.fields[name], "choices", ()))
    return str(choices.get(value, value))
