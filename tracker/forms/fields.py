"""Form fields and widgets that more than one form needs."""

import re
from decimal import Decimal, InvalidOperation
from itertools import groupby

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.models import ModelChoiceIterator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tracker.validators import AT_LEAST, AT_MOST


class DateWidget(forms.DateInput):
    """The browser's own date picker; without one, 2026-03-31 and 03/31/2026 are both understood."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class HoursField(forms.Field):
    """Time typed as hours ("7.5") or as hours and minutes ("7:30"); the value is whole minutes."""

    default_error_messages = {
        "invalid": _("Enter the hours as 7.5, or as 7:30 for seven and a half."),
        "required": _("Enter the hours as 7.5, or as 7:30 for seven and a half."),
        "min_value": _("Work takes time. Enter the hours as 7.5, or as 7:30 for seven and a half."),
    }
    widget = forms.TextInput(attrs={"inputmode": "decimal", "placeholder": "7:30", "autocomplete": "off"})

    _CLOCK = re.compile(r"(\d{1,5})(?::| ?h(?:ours?)? ?)([0-5]?\d)(?: ?m(?:in(?:utes)?)?)?", re.IGNORECASE)
    _HOURS = re.compile(r"(\d{1,5}(?:[.,]\d{1,4})?|[.,]\d{1,4})(?: ?h(?:ours?)?)?", re.IGNORECASE)

    def to_python(self, value):
        text = str(value).strip() if value is not None else ""
        if text in self.empty_values:
            return None
        if clock := self._CLOCK.fullmatch(text):
            return int(clock[1]) * 60 + int(clock[2])
        if hours := self._HOURS.fullmatch(text):
            try:
                return round(Decimal(hours[1].replace(",", ".")) * 60)
            except InvalidOperation:
                pass
        raise ValidationError(self.error_messages["invalid"], code="invalid")

    def validate(self, value):
        super().validate(value)
        if value == 0:
            raise ValidationError(self.error_messages["min_value"], code="min_value")

    def prepare_value(self, value):
        """Stored minutes as 7:30; what a person typed comes back as it was."""
        return f"{value // 60}:{value % 60:02d}" if isinstance(value, int) else value

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True


class _GroupedIterator(ModelChoiceIterator):
    """The choices under headings. The queryset is in the order of its groups."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        for heading, rows in groupby(self.queryset.all(), key=self.field.group_by):
            choices = [self.choice(row) for row in rows]
            if heading:
                yield (str(heading), choices)
            else:
                yield from choices


class GroupedChoiceField(forms.ModelChoiceField):
    """A choice of catalogue rows under headings: `group_by` gives the heading of a row, `row_label` its text."""

    iterator = _GroupedIterator

    def __init__(self, queryset, *, group_by, row_label=str, **kwargs):
        self.group_by, self.row_label = group_by, row_label
        super().__init__(queryset, **kwargs)

    def label_from_instance(self, row):
        return self.row_label(row)


def limit_widget(field: forms.Field, validators) -> None:
    """Tell the browser the bounds that the validators hold, so that it can say so at once."""
    for validator in validators:
        limit = (
            validator.limit_value if isinstance(validator, MinValueValidator | MaxValueValidator) else None
        )
        if limit is not None and isinstance(field.widget, forms.NumberInput):
            field.widget.attrs["min" if isinstance(validator, MinValueValidator) else "max"] = limit


def _words(field: forms.Field) -> dict:
    """Error messages by code for a kind of field; {name} is its label."""
    if isinstance(field, forms.ModelMultipleChoiceField):
        return {"invalid_choice": _("Choose from the list."), "invalid_pk_value": _("Choose from the list.")}
    if isinstance(field, forms.ModelChoiceField | forms.ChoiceField):
        return {"required": _("Choose one for “{name}”."), "invalid_choice": _("Choose one from the list.")}
    if isinstance(field, forms.DateField):
        return {
            "required": _("Enter a date for “{name}”."),
            "invalid": _("Enter a date such as 2026-03-31 or 03/31/2026."),
        }
    if isinstance(field, forms.DecimalField):
        return {"required": _("Enter a number for “{name}”."), "invalid": _("Enter a number such as 96.5.")}
    if isinstance(field, forms.IntegerField):
        return {
            "required": _("Enter a number for “{name}”."),
            "invalid": _("Enter a whole number such as 30."),
        }
    return {"required": _("Fill in “{name}”.")}


def word_errors(field: forms.Field) -> None:
    """Let the errors of one field say what to do, in its own words."""
    field.error_messages |= {"min_value": AT_LEAST, "max_value": AT_MOST}
    field.error_messages |= {
        code: format_lazy(text, name=field.label or "") for code, text in _words(field).items()
    }
