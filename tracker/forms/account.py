from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class ArchiveForm(forms.Form):
    """An archive to be stored in an account that is still empty."""

    archive = forms.FileField(label=_("The archive, a ZIP file"))


class DeleteAccountForm(forms.Form):
    """The e-mail address, typed, so that nobody deletes by a slip of the finger."""

    email = forms.EmailField(label=_("Your e-mail address, to be sure"))

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_email(self):
        email = self.cleaned_data["email"]
        if email.casefold() != self._user.email.casefold():
            raise ValidationError(
                _("That is not the address of this account. Type %(email)s, or leave.")
                % {"email": self._user.email}
            )
        return email
