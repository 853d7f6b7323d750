from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.forms.fields import DateWidget
from tracker.models import Provenance


class RecordFilter(forms.Form):
    """What a list of records is narrowed to. A filter that makes no sense is ignored, and says so by its field."""

    since = forms.DateField(label=_("From"), required=False, widget=DateWidget)
    until = forms.DateField(label=_("To"), required=False, widget=DateWidget)
    provenance = forms.ChoiceField(
        label=_("Where it came from"), required=False, choices=[("", _("Anywhere")), *Provenance.choices]
    )
    removed = forms.BooleanField(label=_("Show removed ones, too"), required=False)

    def __init__(self, data):
        super().__init__(data, auto_id="filter_%s")
        self.is_valid()

    @property
    def with_removed(self) -> bool:
        return bool(self.cleaned_data.get("removed"))

    @property
    def is_active(self) -> bool:
        return any(self.cleaned_data.values())

    @property
    def query(self) -> str:
        """The filter as it stands in the address, for the links to other pages."""
        given = self.data.copy()
        given.pop("page", None)
        return given.urlencode()

    def apply(self, rows, model):
        chosen = self.cleaned_data
        if chosen.get("since"):
            rows = rows.filter(**{f"{model.DATE}__gte": chosen["since"]})
        if chosen.get("until"):
            rows = rows.filter(**{f"{model.DATE}__lte": chosen["until"]})
        if chosen.get("provenance"):
            rows = rows.filter(provenance=chosen["provenance"])
        return rows
