"""The three ways out of apprentice status, and ticking what is done."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.selectors.apprentice import apprentice_page, apprentices
from tracker.services.apprentice import tick

from .messages import say
from .scope import for_coder


@require_http_methods(["GET", "HEAD", "POST"])
@for_coder
def apprentice(request, coder, pk):
    """Side by side what each way needs. Removing the status itself is a date of the credential."""
    credential = get_object_or_404(apprentices(request.user), pk=pk)
    if request.method == "POST":
        credential.coder = coder
        page = apprentice_page(coder, credential, coder.today())
        known = {line.step.slug for line in (*page.needed, *page.letter) if line.can_tick}
        tick(credential, known & set(request.POST.getlist("done")), by=request.user)
        say(request, _("Saved."))
        return redirect("tracker:apprentice", pk)
    page = apprentice_page(coder, credential, coder.today())
    return render(request, "tracker/credentials/apprentice.html", {"page": page})
