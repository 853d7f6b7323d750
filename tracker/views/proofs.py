"""Files of proof: opened by those who may see the record, removed by its owner. No web server ever serves them itself."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tracker.models import Proof
from tracker.permissions import require_change, visible_proofs
from tracker.services.proofs import note_opening, remove_proof

from .messages import say


def file_of(proof: Proof) -> HttpResponse:
    """The file as a response that can do nothing but be shown or saved.

    Pictures open in the browser. A PDF may hold scripts: it is saved, and opened by a program for it.
    """
    try:
        with proof.file.open("rb") as stored:
            content = stored.read()
    except FileNotFoundError:
        raise Http404 from None
    name = f"{slugify(proof.record.headline())[:60] or 'proof'}-{proof.pk}.{proof.ending}"
    how = "inline" if proof.content_type.startswith("image/") else "attachment"
    response = HttpResponse(content, content_type=proof.content_type)
    response.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_safe
def proof(request, pk):
    found = get_object_or_404(visible_proofs(request.user), pk=pk)
    note_opening(found, request.user)
    return file_of(found)


@require_POST
def proof_remove(request, pk):
    found = get_object_or_404(visible_proofs(request.user), pk=pk)
    require_change(request.user, found.coder)
    record = found.record
    remove_proof(found, by=request.user)
    say(request, _("The file is removed."))
    return redirect("tracker:record_edit", record.KIND, record.pk)
