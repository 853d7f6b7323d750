from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from tracker.models import ApiToken, Scope
from tracker.services.tokens import DAYS, create_token

from .fields import word_errors


class TokenForm(forms.Form):
    """A new token for the API."""

    name = forms.CharField(
        label=_("What it is for"), max_length=ApiToken._meta.get_field("name").max_length,
        help_text=_("Such as “my spreadsheet”."),
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple, initial=[Scope.READ]
    )  # fmt: skip
    days = forms.TypedChoiceField(
        label=_("How long it is valid"), coerce=int, initial=DAYS[1],
        choices=[(days, ngettext_lazy("%d day", "%d days", days) % days) for days in DAYS],
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            word_errors(field)

    def save(self, user):
        """The token and its text. Raise ValidationError by field."""
        return create_token(user, **self.cleaned_data)
