from django.core.validators import MaxLengthValidator
from django.db import models

from .validators import refuse_patient_data


class SafeCharField(models.CharField):
    """Free text in one line: anything that could identify a patient is refused."""

    default_validators = [*models.CharField.default_validators, refuse_patient_data]


class SafeTextField(models.TextField):
    """Free text in several lines: anything that could identify a patient is refused, and what is too long."""

    default_validators = [*models.TextField.default_validators, refuse_patient_data]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            # Django's own text field leaves its length to forms; here every way in is checked.
            self.validators.append(MaxLengthValidator(self.max_length))
