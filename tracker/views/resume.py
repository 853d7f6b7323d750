"""A coder's résumé: as a reader sees it, as PDF and Markdown, how it is worded, the promotion packet, and links to give away."""

from dataclasses import asdict

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.documents import pdf
from tracker.forms.resume import LinkForm, ResumeForm
from tracker.models import ShareLink
from tracker.resume.document import Document
from tracker.resume.markdown import markdown
from tracker.selectors.promotion import Packet, packet_of
from tracker.selectors.resume import SUGGESTED, resume_of
from tracker.selectors.resume_facts import facts_of
from tracker.services.resume import revoke_link

from .messages import say
from .scope import for_coder, posted, sentences

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@for_coder
def resume(request, coder):
    return render(request, "tracker/resume/resume.html", {"document": resume_of(coder)})


@require_http_methods(FORM_METHODS)
@for_coder
def resume_edit(request, coder):
    """Which lines, and in which words. Nothing is written unless all of it fits."""
    form = ResumeForm(posted(request), coder=coder, facts=facts_of(coder), suggested=SUGGESTED)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            form.save(by=request.user)
        except ValidationError as error:
            problem = sentences(error)
        else:
            say(request, _("Your résumé is saved."))
            return redirect("tracker:resume")
    context = {"form": form, "problem": problem}
    status = 422 if request.method == "POST" else 200
    return render(request, "tracker/resume/edit.html", context, status=status)


@require_safe
@for_coder
def resume_pdf(request, coder):
    return document_pdf(resume_of(coder))


@require_safe
@for_coder
def resume_markdown(request, coder):
    document = resume_of(coder)
    response = HttpResponse(markdown(document), content_type="text/markdown; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(document.name)}.md"'
    return response


@require_safe
@for_coder
def packet(request, coder):
    return render(request, "tracker/resume/packet.html", {"packet": packet_of(coder)})


@require_safe
@for_coder
def packet_pdf(request, coder):
    found = packet_of(coder)
    if found is None:  # no target yet; the page says so
        return redirect("tracker:packet")
    return promotion_pdf(found)


def document_pdf(document: Document) -> HttpResponse:
    words = {
        "footer": _("%(name)s, figures as of %(day)s") % {"name": document.name, "day": document.as_of},
        "title": _("Résumé of %(name)s") % {"name": document.name},
    }
    return _download(pdf("resume", document.as_data() | words), document.name)


def promotion_pdf(found: Packet) -> HttpResponse:
    words = {
        "title": _("%(name)s: the way to %(target)s") % {"name": found.name, "target": found.target},
        "footer": _("%(name)s, as of %(day)s") % {"name": found.name, "day": found.as_of},
        "readiness_words": _("%(n)s%% of what %(target)s asks is met, by weight.") % {"n": found.readiness, "target": found.target} if found.readiness is not None else "",
        "words": {
            "met": _("Met, with the records that show it"), "open": _("Still to close"), "must": _("must"), "should": _("should"),
            "more": _("and more records: "), "day": _("Day"), "record": _("Record"), "provenance": _("Provenance"),
            "note": _("Intervals are 95% Wilson intervals. “Proven” means that imported or verified records reach the target with 95% confidence."),
        },
    }  # fmt: skip
    return _download(pdf("promotion", asdict(found) | words), f"{found.name} promotion")


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(name)}.pdf"'
    return response


def file_name(name: str) -> str:
    return slugify(name) or "resume"


# --- Links ---


@require_http_methods(FORM_METHODS)
@never_cache
@for_coder
def links(request, coder):
    """A new link is in the answer to the form that made it, and nowhere else."""
    form, address = LinkForm(posted(request)), ""
    if request.method == "POST" and form.is_valid() and (made := form.save(coder, by=request.user)):
        address = request.build_absolute_uri(reverse("tracker:shared", args=[made[1]]))
        form = LinkForm()
    context = {
        "form": form,
        "address": address,
        "links": ShareLink.objects.filter(coder=coder).prefetch_related("openings"),
    }
    return render(request, "tracker/resume/links.html", context, status=422 if form.errors else 200)


@require_POST
@for_coder
def link_close(request, coder, pk):
    link = revoke_link(get_object_or_404(ShareLink, pk=pk, coder=coder), by=request.user)
    say(request, _("Closed. The link for %(name)s opens nothing any more.") % {"name": link.name})
    return redirect("tracker:resume_links")
