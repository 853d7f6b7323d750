"""Forms for where somebody worked; and for pay, which lives apart."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tracker.models import Pay, Position, SpecialtyExperience
from tracker.services.pay import save_pay

from .base import OwnedForm, RecordForm, form_field


class PositionForm(RecordForm):
    class Meta:
        model = Position
        fields = (
            "title", "role", "starts_on", "ends_on", "employer", "employer_type", "setting", "remote", "people_led",
            "note",
        )  # fmt: skip
        formfield_callback = form_field
        help_texts = {"people_led": _("How many people report to you. 0 for none.")}


class SpecialtyForm(RecordForm):
    class Meta:
        model = SpecialtyExperience
        fields = ("specialty", "starts_on", "ends_on", "setting", "note")
        formfield_callback = form_field


class PayForm(OwnedForm):
    class Meta:
        model = Pay
        fields = ("effective_on", "amount", "basis", "role")
        formfield_callback = form_field
        help_texts = {
            "amount": _("Before taxes and without overtime or bonuses; part-time pay as if at full time."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].error_messages["invalid"] = _(
            "Enter the amount in figures alone, such as 62000 or 29.50."
        )

    def outcome_dates(self):
        return ("effective_on",)

    def save(self, *, by):
        """Store and return the pay through the service."""
        if self.errors:
            raise ValueError("The form has errors; it cannot be saved.")
        try:
            return save_pay(self.instance, by=by)
        except ValidationError as error:
            self._update_errors(error)
            raise
