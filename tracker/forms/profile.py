"""Forms for what a coder says about themself: settings, the welcome, the target role, charts an hour."""

import zoneinfo

from django import forms
from django.utils.translation import gettext_lazy as _

from curriculum.models import Role, WorkType
from tracker.models import Coder, ProductivityTarget, User
from tracker.services.coders import CODER_FIELDS, USER_FIELDS, set_productivity_target, update_coder

from .base import form_field
from .choices import area_field, role_field, track_field, work_type_field
from .fields import limit_widget, word_errors

# The zones of the United States first: that is where nearly everyone here works.
US_ZONES = (
    ("America/New_York", _("Eastern")),
    ("America/Chicago", _("Central")),
    ("America/Denver", _("Mountain")),
    ("America/Phoenix", _("Arizona")),
    ("America/Los_Angeles", _("Pacific")),
    ("America/Anchorage", _("Alaska")),
    ("Pacific/Honolulu", _("Hawaii")),
    ("America/Puerto_Rico", _("Puerto Rico")),
)


def time_zone_choices():
    """Choices for a time zone, those of the United States under a heading of their own."""
    first = [(name, f"{label} ({name})") for name, label in US_ZONES]
    rest = sorted(zoneinfo.available_timezones() - {name for name, _label in US_ZONES})
    return [(_("United States"), first), (_("Everywhere"), [(name, name.replace("_", " ")) for name in rest])]


def _model_field(model, name, **kwargs):
    """A model's field in a form that is not the model's: it brings the model's rules along."""
    field = form_field(model._meta.get_field(name), **kwargs)
    field.validators = [*field.validators, *model._meta.get_field(name).validators]
    return field


class ProfileForm(forms.Form):
    """All that a coder says about themself. A subclass asks for less by naming `asked`."""

    asked = (*USER_FIELDS, "stated_role", "stated_years", "target_role", "track", "area")

    full_name = _model_field(User, "full_name", label=_("Your name"))
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=time_zone_choices, help_text=_("A day ends here when it ends there.")
    )
    stated_role = role_field(
        label=_("Your role now"), required=False, empty_label=_("None yet"),
        help_text=_("The closest one. It counts until you log a position."),
    )  # fmt: skip
    stated_years = _model_field(
        Coder, "stated_years", label=_("Years of coding experience"),
        help_text=_("Counts until you log positions. 0 if you are just starting."),
    )  # fmt: skip
    target_role = role_field(
        label=_("Role you want"), required=False, empty_label=_("My next promotion"),
        help_text=_("Seen by nobody but you."),
    )  # fmt: skip
    track = track_field(
        label=_("Track"), required=False, empty_label=_("Not decided"),
        help_text=_("The direction in which you want to grow."),
    )  # fmt: skip
    area = area_field(
        label=_("Where you work"), required=False, empty_label=_("The whole United States"),
        help_text=_("Your pay is compared with wages there. For remote work, choose where you live."),
    )  # fmt: skip

    def __init__(self, data=None, *, coder, initial=None, **kwargs):
        stored = {name: getattr(coder.user, name) for name in USER_FIELDS}
        stored |= {name: getattr(coder, f"{name}_id", None) or getattr(coder, name) for name in CODER_FIELDS}
        super().__init__(data, initial={**stored, **(initial or {})}, **kwargs)
        self.coder = coder
        for name in list(self.fields):
            if name not in self.asked:
                del self.fields[name]
            else:
                word_errors(self.fields[name])
        self.order_fields(self.asked)

    def save(self, *, by):
        """Store and return the coder through the service."""
        return update_coder(self.coder, self.cleaned_data, by=by)


class WelcomeForm(ProfileForm):
    """The welcome: no more than what makes the first dashboard useful."""

    asked = ("full_name", "stated_role", "stated_years", "target_role", "area", "time_zone")


class TargetForm(forms.Form):
    target_role = forms.ModelChoiceField(
        Role.objects.all(), to_field_name="slug", required=False, empty_label=_("My next promotion")
    )


class ProductivityTargetForm(forms.Form):
    """Charts an hour for one work type; empty takes the target away."""

    work_type = work_type_field(label=_("Work type"), empty_label=_("Choose…"))
    per_hour = _model_field(
        ProductivityTarget, "per_hour", required=False, label=_("Charts an hour"),
        help_text=_("What your employer expects, or what you hold yourself to. Empty: nothing is judged."),
    )  # fmt: skip

    def __init__(self, data=None, *, coder, initial=None, **kwargs):
        super().__init__(data, initial=initial, **kwargs)
        self.coder = coder
        word_errors(self.fields["work_type"])
        limit_widget(self.fields["per_hour"], ProductivityTarget._meta.get_field("per_hour").validators)

    def save(self, *, by):
        """Store the target through the service; return it, or None where it was taken away."""
        work_type: WorkType = self.cleaned_data["work_type"]
        return set_productivity_target(self.coder, work_type, self.cleaned_data["per_hour"], by=by)
