"""Quality beside speed: neither says much without the other."""

from django import forms
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tracker.measures.audits import COUNTED_METHODS
from tracker.models import Method
from tracker.selectors.quality import quality_and_speed

from .scope import for_coder


class MethodForm(forms.Form):
    method = forms.ChoiceField(
        label=_("Accuracy by"), choices=[(m.value, Method(m).label) for m in COUNTED_METHODS], required=False
    )


@require_safe
@for_coder
def quality(request, coder):
    form = MethodForm({"method": Method.CODE_OVER_CODE.value, **request.GET.dict()})
    method = (form.cleaned_data["method"] if form.is_valid() else "") or Method.CODE_OVER_CODE.value
    context = {
        "form": form,
        "method": Method(method),
        "lines": quality_and_speed(coder, method, coder.today()),
    }
    return render(request, "tracker/quality.html", context)
