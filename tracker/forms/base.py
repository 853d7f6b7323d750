"""What all forms for records share: the coder, the widgets, the words of the errors, and saving through the service."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ManyToManyField
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from tracker.models import PROVEN
from tracker.permissions import WORK_MODELS
from tracker.proofs import ENDINGS
from tracker.services.employers import employers_of, usual_employer
from tracker.services.proofs import add_proof, read_upload
from tracker.services.records import save_record

from .choices import FIELD_FOR
from .fields import DateWidget, limit_widget, word_errors


def form_field(db_field, **kwargs):
    """The form field for a model's field: catalogue rows as ordered choices, dates with a picker, bounds in the HTML."""
    make = FIELD_FOR.get(db_field.related_model) if db_field.is_relation else None
    if make and not isinstance(db_field, ManyToManyField):
        field = make(
            label=kwargs.pop("label", capfirst(db_field.verbose_name)),
            required=not db_field.blank,
            help_text=kwargs.pop("help_text", None) or db_field.help_text,
            empty_label=_("Choose…") if not db_field.blank else _("Not given"),
        )
    else:
        field = db_field.formfield(**kwargs)
    if field is None:
        return None
    if isinstance(field, forms.DateField):
        field.widget = DateWidget()
    elif type(field) is forms.TypedChoiceField and not db_field.has_default():
        words = _("Not given") if db_field.blank else _("Choose…")
        field.choices = [("", words), *(choice for choice in db_field.flatchoices if choice[0])]
    elif isinstance(field, forms.IntegerField):
        field.widget.attrs["inputmode"] = "numeric" if type(field) is forms.IntegerField else "decimal"
    elif isinstance(field.widget, forms.Textarea):
        field.widget.attrs["rows"] = 2
    limit_widget(field, db_field.validators)
    word_errors(field)
    return field


NOTE_HELP = _("Seen by whoever sees this record. Never anything about a patient.")


class OwnedForm(forms.ModelForm):
    """A form for something of a coder's. Outcome dates end at the coder's today, in the browser and in the model."""

    error_css_class = "error"
    required_css_class = "required"

    def __init__(self, data=None, *, coder, instance=None, initial=None, **kwargs):
        instance = instance or self._meta.model()
        if instance.pk is None:
            instance.coder = coder
        super().__init__(data, instance=instance, initial=initial, **kwargs)
        self.coder = coder
        today = coder.today().isoformat()
        for name in self.outcome_dates():
            if name in self.fields:
                self.fields[name].widget.attrs["max"] = today

    def outcome_dates(self):
        return self._meta.model.OUTCOMES


class ProofField(forms.FileField):
    """A file that proves a record. Its value is the content, checked for what it is."""

    def __init__(self):
        accepted = ",".join([*ENDINGS, *(f".{ending}" for ending in ENDINGS.values())])
        super().__init__(
            label=_("Proof"), required=False, widget=forms.FileInput(attrs={"accept": accepted}),
            help_text=_(
                "The certificate as PDF, PNG or JPEG, up to 5 MB; a photo will do. Nobody can check for you what is in it: "
                "make sure that it shows no patient."
            ),
        )  # fmt: skip

    def clean(self, data, initial=None):
        upload = super().clean(data, initial)
        return read_upload(upload) if upload else None


class RecordForm(OwnedForm):
    """A form for one kind of record; `save(by=user)` stores it through the service."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "note" in self.fields:
            self.fields["note"].help_text = NOTE_HELP
        if self._meta.model in WORK_MODELS and not self.instance.attested:
            self._ask_for_employer()
        if self._meta.model in PROVEN:
            self.fields["proof"] = ProofField()

    def _ask_for_employer(self) -> None:
        """Where the coder is in a team: for whom the work was done, which decides whether the team sees it."""
        memberships = employers_of(self.coder)
        self.employers = {m.team.organization_id: m.team.organization for m in memberships}
        if self.instance.made_under_id:
            self.employers.setdefault(self.instance.made_under_id, self.instance.made_under)
        if not self.employers:
            return
        usual = self.instance.made_under
        if self.instance.pk is None:
            usual = usual_employer(memberships, self.coder.today())
        names = [(pk, organization.name) for pk, organization in self.employers.items()]
        self.fields["made_for"] = forms.TypedChoiceField(
            label=_("Made for"), required=False, coerce=int, empty_value=None,
            choices=[("", _("Nobody whose team should see it")), *names], initial=usual and usual.pk,
            help_text=_("A team sees work made for its organization, and no other."),
        )  # fmt: skip

    @property
    def kind(self) -> str:
        return self._meta.model.KIND

    def extras(self) -> dict:
        """What goes to the service beside the record."""
        return {}

    def _employer(self) -> dict:
        """Not asked, or left out by a form that does not show it: the usual one."""
        if "made_for" not in self.fields or self.add_prefix("made_for") not in self.data:
            return {}
        return {"made_under": self.employers.get(self.cleaned_data["made_for"])}

    def save(self, *, by):
        """Store and return the record. A rule that only the service can see raises ValidationError and is in `errors`."""
        if self.errors:
            raise ValueError("The form has errors; it cannot be saved.")
        proof = self.cleaned_data.get("proof")
        try:
            if not proof:
                return self._save_record(by)
            with transaction.atomic():
                record = self._save_record(by)
                add_proof(record, proof, by=by)
                return record
        except ValidationError as error:
            self._update_errors(error)
            raise

    def _save_record(self, by):
        return save_record(self.instance, by=by, **self._employer(), **self.extras())
