"""The whole account: taken along, brought back, deleted."""

from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tracker.archive.reading import read_archive
from tracker.archive.restoring import is_empty, restore_archive
from tracker.archive.writing import archive_zip
from tracker.forms import ArchiveForm, DeleteAccountForm
from tracker.services.accounts import delete_account, what_goes

from .messages import say
from .scope import for_coder, posted


@require_http_methods(["GET", "HEAD", "POST"])
@for_coder
def archive(request, coder):
    """What there is to take along, and the way back into an empty account."""
    form = ArchiveForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            restored = restore_archive(coder, read_archive(form.cleaned_data["archive"]))
        except ValidationError as error:
            form.add_error("archive", error)
        else:
            say(request, _restored_in_words(restored))
            return redirect("tracker:archive")
    context = {"form": form, "goes": what_goes(request.user), "is_empty": is_empty(coder)}
    return render(request, "tracker/archive.html", context, status=422 if form.errors else 200)


def _restored_in_words(restored) -> str:
    numbers = ", ".join(f"{number:,} {kind}" for kind, number in restored.numbers.items()) or _("nothing")
    if restored.trusted:
        return _("Stored as it was: %(numbers)s.") % {"numbers": numbers}
    return _("Stored as reported by you, for nobody vouches for the file: %(numbers)s.") % {
        "numbers": numbers
    }


@require_POST
@for_coder
def archive_download(request, coder):
    response = HttpResponse(archive_zip(coder), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="coderpath-{coder.today():%Y-%m-%d}.zip"'
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def account_delete(request):
    """Says what goes before it goes; only the typed address deletes."""
    user = request.user
    form = DeleteAccountForm(posted(request), user=user)
    if request.method == "POST" and form.is_valid():
        logout(request)
        delete_account(user)
        say(request, _("Your account and everything in it are deleted."))
        return redirect("tracker:landing")
    context = {"form": form, "goes": what_goes(user)}
    return render(request, "tracker/account_delete.html", context, status=422 if form.errors else 200)
