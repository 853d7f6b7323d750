"""Pay: private to its owner, in a place of its own."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.forms import PayForm
from tracker.models import Pay
from tracker.permissions import visible_pay
from tracker.services.pay import remove_pay, restore_pay

from .messages import say, say_error
from .scope import for_coder, next_url, posted, sentences

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@for_coder
def pay(request, coder):
    return render(
        request, "tracker/pay/list.html", {"pays": visible_pay(request.user).select_related("role")}
    )


@require_http_methods(FORM_METHODS)
@for_coder
def pay_add(request, coder):
    return _form(request, PayForm(posted(request), coder=coder), _("Your pay is logged. Only you see it."))


@require_http_methods(FORM_METHODS)
@for_coder
def pay_edit(request, coder, pk):
    stored = get_object_or_404(visible_pay(request.user), pk=pk)
    return _form(request, PayForm(posted(request), coder=coder, instance=stored), _("Saved."))


def _form(request, form, done):
    if request.method == "POST" and form.is_valid():
        try:
            form.save(by=request.user)
        except ValidationError:
            pass  # the form says what is wrong
        else:
            say(request, done)
            return redirect(next_url(request, reverse("tracker:pay")))
    context = {"form": form, "next": next_url(request, "")}
    return render(request, "tracker/pay/form.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_coder
def pay_remove(request, coder, pk):
    stored = get_object_or_404(visible_pay(request.user), pk=pk)
    number = remove_pay(stored, by=request.user)
    say(request, _("Removed."), undo=reverse("tracker:pay_restore", args=[number]))
    return redirect("tracker:pay")


@require_POST
@for_coder
def pay_restore(request, coder, pk):
    try:
        restore_pay(coder, pk, by=request.user)
    except Pay.DoesNotExist:
        raise Http404 from None
    except ValidationError as error:
        say_error(request, sentences(error))
    else:
        say(request, _("It is back."))
    return redirect("tracker:pay")
