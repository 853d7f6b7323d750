"""Looking back: a day in the address, as of which a page is recomputed. Read only."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.forms.fields import DateWidget
from tracker.models.records.base import FIRST_YEAR


class AsOfForm(forms.Form):
    """Any day from the first that records can have to the coder's today."""

    as_of = forms.DateField(label=gettext_lazy("As of"), required=False, widget=DateWidget)

    def __init__(self, data, *, today: dt.date):
        super().__init__(data if "as_of" in data else None, initial={"as_of": today})
        self.today = today
        self.fields["as_of"].widget.attrs["max"] = today.isoformat()

    def clean_as_of(self):
        day = self.cleaned_data["as_of"]
        if day and not dt.date(FIRST_YEAR, 1, 1) <= day <= self.today:
            raise ValidationError(_("Choose a day up to today."))
        return day

    @property
    def past(self) -> dt.date | None:
        """The chosen day where it lies before today."""
        day = self.cleaned_data.get("as_of") if self.is_bound and self.is_valid() else None
        return day if day and day < self.today else None


def as_of_form(request, coder) -> AsOfForm:
    return AsOfForm(request.GET, today=coder.today())
