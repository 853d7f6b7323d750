"""What to assume: a form that is only read. Its values are checked by `tracker.whatif.assumptions`, as the API's are."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tracker.whatif.assumptions import BOUNDS, STUDY_HOURS, Assumptions, assume

from .choices import area_field, employer_type_field, role_field, specialty_field, work_type_field

AS_IS = _("As it is")


class _Number(forms.CharField):
    """Checked with the rest; the browser knows the bounds."""

    def __init__(self, name: str, **kwargs):
        least, most = BOUNDS[name]
        widget = forms.NumberInput(attrs={"min": least, "max": most, "step": "any", "inputmode": "decimal"})
        super().__init__(widget=widget, required=False, **kwargs)


class WhatIfForm(forms.Form):
    """`credentials` lists what would close something; what the address assumes besides is kept."""

    target = role_field(
        label=_("Target role"), required=False, empty_label=_("My target"), to_field_name="slug"
    )
    credentials = forms.MultipleChoiceField(
        label=_("Credentials you would earn"), required=False, widget=forms.CheckboxSelectMultiple
    )
    study = _Number(
        "study",
        label=_("Hours a week to study"),
        help_text=format_lazy(_("{n} if you leave it empty."), n=f"{STUDY_HOURS:g}"),
    )
    accuracy = _Number("accuracy", label=_("Accuracy in audits, percent"))
    audited = _Number("audited", label=_("Records of yours audited a month"))
    work_type = work_type_field(
        label=_("Setting: the charts you would code"), required=False, empty_label=AS_IS, to_field_name="slug"
    )
    charts = _Number("charts", label=_("Charts a day"))
    hours = _Number("hours", label=_("Hours of coding a day"))
    specialty = specialty_field(
        label=_("Specialty you would work in"), required=False, empty_label=AS_IS, to_field_name="slug"
    )
    employer_type = employer_type_field(
        label=_("Kind of employer"), required=False, empty_label=AS_IS, to_field_name="slug"
    )
    area = area_field(label=_("Area"), required=False, empty_label=AS_IS)

    def __init__(self, data, *, credentials):
        super().__init__(data)
        self.fields["credentials"].choices = credentials
        self.assumed, self.refused = self._assume(data)

    def _assume(self, data) -> tuple[Assumptions, dict]:
        """What can be assumed of what was sent; what cannot be is left out, and said beside its field."""
        names = [name for name in self.fields if name in data]
        given = {n: data.getlist(n) if n == "credentials" else data.get(n, "").strip() for n in names}
        try:
            return assume(given), {}
        except ValidationError as error:
            refused = error.message_dict
            return assume({name: value for name, value in given.items() if name not in refused}), refused

    def full_clean(self):
        """What is wrong was said by `assume`, once for pages and API."""
        self._errors = forms.utils.ErrorDict()
        self.cleaned_data = {}
        for name, messages in self.refused.items():
            self._errors[name] = self.error_class(messages, error_class="errorlist", renderer=self.renderer)
