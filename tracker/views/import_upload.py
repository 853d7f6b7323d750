"""Taking a file: it is read from memory, and only staged once nothing stands in its way."""

from functools import wraps

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from tracker.forms.imports import UploadForm, column_choices, shown_header
from tracker.imports.errors import UnreadableFileError
from tracker.imports.kinds import KINDS
from tracker.imports.samples import sample
from tracker.services.imports.sources import people_of_organizations
from tracker.services.imports.uploads import InMemory

from .imports import for_importer
from .scope import posted


def in_memory(view):
    """Sets the upload handler before anything reads what was posted: the token is checked after that."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request, *args, **kwargs):
        request.upload_handlers = [InMemory(request)]
        return csrf_protect(view)(request, *args, **kwargs)

    return wrapped


@in_memory
@require_http_methods(["GET", "HEAD", "POST"])
@for_importer
def import_new(request, coder):
    """Choose a file. What is wrong with it comes back beside what was chosen; htmx leaves the chosen file in its place."""
    meant = {name: request.GET.get(name, "") for name in ("owner", "kind")}
    form = UploadForm(posted(request), request.FILES or None, user=request.user, coder=coder, **meant)
    context = {"form": form, "kinds": KINDS.values()}
    if request.method == "POST" and form.is_valid():
        upload = form.upload()
        try:
            opened = upload.open()
            if opened.is_ready:
                return _go(request, upload.take(opened))
            context |= _standing_in_the_way(opened, form)
        except UnreadableFileError as error:
            form.add_error("file", str(error))
        except ValidationError as error:
            form.add_error(None, error.messages)
    template = "tracker/imports/new.html#opened" if request.htmx else "tracker/imports/new.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def _go(request, batch) -> HttpResponse:
    url = reverse("tracker:import_detail", args=[batch.pk])
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _standing_in_the_way(opened, form) -> dict:
    columns = column_choices(opened)
    refused = [
        {"key": one.column.key, "letter": one.column.letter, "header": shown_header(one.column.header), "why": one.why,
         "can_be_told": one.can_be_told}
        for one in opened.refused
    ]  # fmt: skip
    answers = [
        (question, form.data.get(f"answer:{question.key}", question.suggested))
        for question in opened.questions
    ]
    return {
        "opened": opened,
        "refused": refused,
        "dropped": sorted(opened.dropped),
        "columns": columns,
        "answers": answers,
        "show_columns": bool(opened.missing)
        or any(one["can_be_told"] for one in refused)
        or bool(opened.unknown),
    }


@require_safe
@for_importer
def import_sample(request, coder, kind):
    """A small file to try it with, in the shape in which such files come."""
    if kind not in KINDS:
        return redirect("tracker:import_new")
    text = sample(kind, request.user.today(), people_of_organizations(request.user))
    return HttpResponse(
        text, content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="sample-{kind}.csv"'},
    )  # fmt: skip
