"""Tokens for the API: what there is, a new one, its end."""

from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tracker.forms import TokenForm
from tracker.models import ApiToken
from tracker.services.tokens import revoke_token

from .messages import say
from .scope import posted


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def tokens(request):
    """A new token's text is in the answer to the form that made it, and nowhere else."""
    form, text = TokenForm(posted(request)), None
    if request.method == "POST" and form.is_valid():
        try:
            _token, text = form.save(request.user)
            form = TokenForm()
        except ValidationError as error:
            form.add_error(None, error)
    context = {"form": form, "text": text, "tokens": ApiToken.objects.filter(user=request.user)}
    return render(request, "tracker/tokens.html", context, status=422 if form.errors else 200)


@require_POST
def token_revoke(request, digest):
    revoke_token(request.user, digest)
    say(request, _("Revoked. Whatever used that token is shut out from now on."))
    return redirect("tracker:tokens")
