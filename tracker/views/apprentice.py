"""The three ways out of apprentice status, and ticking what is done."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from curriculum.models import RouteStep
from tracker.models import Credential, StepDone
from tracker.permissions import own_records, require_change
from tracker.selectors.apprentice import apprentice_page

from .messages import say
from .scope import for_coder

TICKED = (RouteStep.Kind.COURSE, RouteStep.Kind.PRACTICE, RouteStep.Kind.LETTER)


@require_http_methods(["GET", "HEAD", "POST"])
@for_coder
def apprentice(request, coder, pk):
    """Side by side what each way needs. Removing the status itself is a date of the credential."""
    rows = own_records(request.user, Credential).filter(earned_on__isnull=False)
    credential = get_object_or_404(
        rows.filter(certification__apprentice_of__isnull=False).select_related(
            "certification__apprentice_of"
        ),
        pk=pk,
    )
    if request.method == "POST":
        require_change(request.user, coder)
        _tick(credential, set(request.POST.getlist("done")), coder.today())
        say(request, _("Saved."))
        return redirect("tracker:apprentice", pk)
    page = apprentice_page(coder, credential, coder.today())
    return render(request, "tracker/credentials/apprentice.html", {"page": page})


def _tick(credential, slugs, day) -> None:
    """Keep the ticks that stand, take away those that were taken away, add the new ones with today."""
    StepDone.objects.filter(credential=credential).exclude(step__slug__in=slugs).delete()
    steps = RouteStep.objects.filter(slug__in=slugs, kind__in=TICKED, any_of=[])
    StepDone.objects.bulk_create(
        [StepDone(credential=credential, step=step, done_on=day) for step in steps], ignore_conflicts=True
    )
