"""How one is reminded, what comes next, and stopping it with one click from a message."""

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tracker.models import Coder, How, Topic
from tracker.services.reminders import choices_of, choose, preview, stopped_by

from .messages import say
from .scope import for_coder, posted


class RemindersForm(forms.Form):
    """One choice for each topic."""

    def __init__(self, data, *, chosen):
        super().__init__(data, initial=chosen)
        for topic in Topic:
            self.fields[topic.value] = forms.ChoiceField(label=topic.label, choices=How.choices)


@require_http_methods(["GET", "HEAD", "POST"])
@for_coder
def reminders(request, coder):
    form = RemindersForm(posted(request), chosen=choices_of(coder))
    if form.is_bound and form.is_valid():
        for topic, how in form.cleaned_data.items():
            choose(coder, topic, how)
        say(request, _("Saved."))
        return redirect("tracker:reminders")
    context = {"form": form, "preview": preview(coder, timezone.now())}
    return render(request, "tracker/reminders/page.html", context, status=422 if form.errors else 200)


# Mail programs post here by themselves (RFC 8058), without a session; what they may do is in the signed address.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request, token):
    """A page with one button, for a GET must change nothing: programs open links before people do."""
    try:
        coder, topic = stopped_by(token)
    except (BadSignature, Coder.DoesNotExist, ValueError, TypeError):
        raise Http404 from None
    if request.method == "POST":
        choose(coder, topic, How.OFF)
    context = {"topic": Topic(topic).label, "done": request.method == "POST"}
    return render(request, "tracker/reminders/stop.html", context)
