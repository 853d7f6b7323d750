from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from curriculum.models import Role, Stage


@login_not_required
@require_safe
def landing(request):
    """What this is, for somebody who has never heard of it."""
    if request.user.is_authenticated:
        return redirect("tracker:dashboard")
    return render(
        request,
        "tracker/landing.html",
        {"stages": Stage.objects.all(), "role_count": Role.objects.count()},
    )
