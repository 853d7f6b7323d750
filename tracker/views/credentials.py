"""All credentials on one page; noting a renewal; choosing where hours count."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.forms.fields import DateWidget
from tracker.models import ContinuingEducation, RenewalCycle
from tracker.permissions import own_records
from tracker.selectors.audit_pack import as_pdf, as_zip, pack_of
from tracker.selectors.credentials import credentials_page
from tracker.selectors.renewals import Ledger
from tracker.services.renewals import pin, renew, unpin

from .messages import say, say_error
from .scope import for_coder, posted, sentences


@require_safe
@for_coder
def credentials(request, coder):
    """What each credential needs, by when, and what is done."""
    return render(request, "tracker/credentials/page.html", {"page": credentials_page(coder)})


class RenewalForm(forms.Form):
    until = forms.DateField(
        label=gettext_lazy("Valid until"), widget=DateWidget,
        help_text=gettext_lazy("The end of the new renewal period, as the body confirmed it."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@for_coder
def renew_cycle(request, coder, pk):
    """Note that a body renewed: this closes the cycle and opens the next. Nothing of the old one is lost."""
    ledger = Ledger(coder)
    row = next((row for row in ledger.open() if row.pk == pk), None)
    if row is None:
        raise Http404
    form = RenewalForm(posted(request), initial={"until": ledger.next_cycle(row).span.last})
    if form.is_bound and form.is_valid():
        try:
            row.coder = coder
            opened = renew(row, by=request.user, until=form.cleaned_data["until"])
        except ValidationError as error:
            form.add_error("until" if "until" in getattr(error, "error_dict", {}) else None, sentences(error))
        else:
            say(
                request,
                _("Renewed until %(day)s. A new cycle has begun.") % {"day": f"{opened.ends_on:%B %-d, %Y}"},
            )
            return redirect("tracker:credentials")
    line = next(line for line in credentials_page(coder).cycles if line.row.pk == pk)
    context = {"form": form, "cycle": line}
    return render(request, "tracker/credentials/renew.html", context, status=422 if form.errors else 200)


@require_POST
@for_coder
def pin_hours(request, coder, cycle, pk):
    """Let an activity count where the coder says, or leave it to CoderPath again."""
    row = get_object_or_404(RenewalCycle.objects.filter(coder=coder, closed_as=""), pk=cycle)
    row.coder = coder
    activity = get_object_or_404(own_records(request.user, ContinuingEducation), pk=pk)
    place = request.POST.get("place", "")
    if not place:
        unpin(activity, row.body, by=request.user)
        say(request, _("CoderPath chooses again where it counts."))
        return redirect("tracker:credentials")
    key, _colon, slug = place.partition(":")
    subject = activity.subjects.filter(slug=slug).first()
    if key != str(row.pk) or (slug and subject is None):
        raise Http404
    try:
        pin(activity, row, subject, by=request.user)
    except ValidationError as error:
        say_error(request, sentences(error))
    else:
        say(request, _("It counts where you said."))
    return redirect("tracker:credentials")


def _pack_or_404(coder, pk):
    pack = pack_of(coder, pk)
    if pack is None:
        raise Http404
    return pack


@require_safe
@for_coder
def ce_log(request, coder, pk):
    """What the log of a cycle still lacks, before it is downloaded."""
    return render(request, "tracker/credentials/log.html", {"pack": _pack_or_404(coder, pk)})


@require_safe
@for_coder
def ce_log_pdf(request, coder, pk):
    pack = _pack_or_404(coder, pk)
    return _download(as_pdf(pack, coder), "application/pdf", f"{pack.name}.pdf")


@require_safe
@for_coder
def ce_log_zip(request, coder, pk):
    """The log with the proofs in order, under the same numbers."""
    pack = _pack_or_404(coder, pk)
    return _download(as_zip(pack, coder), "application/zip", f"{pack.name}.zip")


def _download(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
