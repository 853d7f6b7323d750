"""Forms for programs, their content and cohorts."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from curriculum.models import (
    Body,
    LearningActivity,
    Milestone,
    Organization,
    Program,
)
from curriculum.version_forms import ShapeForm
from tracker.models import Cohort, CohortMessage, SignOff, Staff, StaffRole, Waiver
from tracker.services.enrolling import read_roster
from tracker.services.programs import Wanted
from tracker.validators import refuse_patient_data

from .base import form_field
from .choices import role_field
from .fields import DateWidget, word_errors

MOST_BYTES = 1_000_000


class ProgramForm(forms.ModelForm):
    """A program; a new one belongs to an organization in which one teaches, or to a new one."""

    class Meta:
        model = Program
        fields = ("name", "summary", "role", "certificate_by")
        formfield_callback = form_field

    def __init__(self, data=None, *, user, instance=None, **kwargs):
        super().__init__(data, instance=instance, **kwargs)
        self.fields["role"] = role_field(
            label=_("Role it leads to"), required=False, empty_label=_("Not given"),
            help_text=Program._meta.get_field("role").help_text,
        )  # fmt: skip
        if self.instance.pk is None:
            mine = Organization.objects.filter(
                staff__in=Staff.objects.open().filter(user=user, role=StaffRole.INSTRUCTOR)
            ).distinct()
            self.fields["organization"] = forms.ModelChoiceField(
                mine, label=_("School or academy"), required=False, empty_label=_("A new one")
            )
            self.fields["school"] = forms.CharField(
                label=_("Name of the new school or academy"), max_length=160, required=False,
                validators=[refuse_patient_data],
            )  # fmt: skip
            self.order_fields(["organization", "school"])

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk is None and not cleaned.get("organization") and not cleaned.get("school"):
            self.add_error("school", _("Choose a school, or name a new one."))
        return cleaned

    def _get_validation_exclusions(self):
        return {*super()._get_validation_exclusions(), "organization"}


def _asked_choices(program: Program) -> list:
    """Everything a program of this organization may ask, under headings."""
    of = program.organization_id
    milestones = Milestone.objects.filter(versions__isnull=False).distinct()
    activities = LearningActivity.objects.all()
    groups = [
        (_("Milestones of your own"), "m", milestones.filter(owner=of)),
        (_("Milestones of the catalogue"), "m", milestones.filter(owner=None)),
        (_("Learning activities of your own"), "a", activities.filter(owner=of)),
        (_("Learning activities of the catalogue"), "a", activities.filter(owner=None)),
    ]
    return [("", _("Choose…"))] + [
        (heading, [(f"{letter}{row.pk}", row.name) for row in rows])
        for heading, letter, rows in groups
        if rows
    ]


class ItemForm(forms.Form):
    """One thing that a version asks."""

    asked = forms.ChoiceField(label=_("What is asked"), required=False)
    due_days = forms.IntegerField(
        label=_("Due, days after the start"), min_value=0, max_value=3650, required=False
    )
    required = forms.BooleanField(label=_("Required"), required=False, initial=True)
    by_signoff = forms.BooleanField(label=_("Needs a sign-off"), required=False)

    def __init__(self, *args, choices=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["asked"].choices = choices
        for field in self.fields.values():
            word_errors(field)


class BaseItems(forms.BaseFormSet):
    """The content of a version, in the order of the rows. A row without a choice is left out."""

    def __init__(self, *args, program, **kwargs):
        self.program = program
        super().__init__(*args, form_kwargs={"choices": _asked_choices(program)}, **kwargs)

    def wanted(self) -> list[Wanted]:
        rows = [form for form in self.ordered_forms if form.cleaned_data.get("asked")]
        of = {
            letter: [int(f.cleaned_data["asked"][1:]) for f in rows if f.cleaned_data["asked"][0] == letter]
            for letter in "ma"
        }
        found = {"m": Milestone.objects.in_bulk(of["m"]), "a": LearningActivity.objects.in_bulk(of["a"])}
        wanted = []
        for form in rows:
            cleaned = form.cleaned_data
            letter, row = cleaned["asked"][0], found[cleaned["asked"][0]][int(cleaned["asked"][1:])]
            wanted.append(
                Wanted(
                    **{"milestone" if letter == "m" else "activity": row},
                    required=cleaned["required"], by_signoff=cleaned["by_signoff"], due_days=cleaned["due_days"],
                )
            )  # fmt: skip
        return wanted


ItemFormSet = forms.formset_factory(
    ItemForm, formset=BaseItems, extra=3, can_order=True, can_delete=True, max_num=60, absolute_max=60
)


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("What changed, and why"), max_length=200, required=False, validators=[refuse_patient_data]
    )


class OwnShapeForm(ShapeForm):
    """The first step of a milestone of one's own: its name, why it matters, and which measures it looks at."""

    name = forms.CharField(label=_("Name"), max_length=160, validators=[refuse_patient_data])
    summary = forms.CharField(
        label=_("Why it matters"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}), validators=[refuse_patient_data],
    )  # fmt: skip
    field_order = ("name", "summary")

    def __init__(self, *args, organization, without=(), **kwargs):
        """`without` are measures that cannot be asked here."""
        super().__init__(*args, **kwargs)
        for name in [name for name in self.fields if name.startswith("needs_") and name[6:].isdecimal()]:
            choices = self.fields[name].choices
            self.fields[name].choices = [choice for choice in choices if choice[0] not in without]
        del self.fields["valid_from"]
        for name in [name for name in self.fields if name.startswith("applies_")]:
            del self.fields[name]
        self.fields["milestone"] = forms.ModelChoiceField(
            Milestone.objects.filter(owner=organization), required=False, widget=forms.HiddenInput
        )
        for field in self.fields.values():
            word_errors(field)


class ActivityForm(forms.ModelForm):
    """A learning activity, with the milestones it serves and the units that each body gives for it."""

    class Meta:
        model = LearningActivity
        fields = ("name", "provider", "hours", "cost_usd", "description", "link")
        formfield_callback = form_field
        labels = {"cost_usd": _("Cost in dollars"), "name": _("Title")}

    link = forms.URLField(label=_("Link"), required=False, assume_scheme="https")

    def __init__(self, data=None, *, organization, instance=None, **kwargs):
        super().__init__(data, instance=instance, **kwargs)
        own_or_shared = Milestone.objects.filter(owner=None) | Milestone.objects.filter(owner=organization)
        self.fields["milestones"] = forms.ModelMultipleChoiceField(
            own_or_shared, label=_("Milestones it serves"), required=False,
            initial=list(instance.milestones.all()) if instance else None,
            widget=forms.SelectMultiple(attrs={"size": 8}),
        )  # fmt: skip
        known = {credit.body_id: credit.units for credit in instance.credits.all()} if instance else {}
        self.bodies = {f"credit_{body.slug}": body for body in Body.objects.all()}
        for name, body in self.bodies.items():
            self.fields[name] = forms.DecimalField(
                label=_("CEUs counted by %(body)s") % {"body": body}, min_value=0, max_value=200, decimal_places=2,
                required=False, initial=known.get(body.pk),
            )  # fmt: skip
        for field in self.fields.values():
            word_errors(field)

    def credits(self) -> dict:
        return {
            body: self.cleaned_data[name] for name, body in self.bodies.items() if self.cleaned_data[name]
        }


class CohortForm(forms.ModelForm):
    class Meta:
        model = Cohort
        fields = ("name", "opens_on", "starts_on", "ends_on", "dating", "open_to_all")
        formfield_callback = form_field

    def clean(self):
        cleaned = super().clean()
        starts, ends, opens = (cleaned.get(name) for name in ("starts_on", "ends_on", "opens_on"))
        if starts and ends and ends <= starts:
            self.add_error("ends_on", _("It ends before it starts. Check the two dates."))
        if opens and ends and opens > ends:
            self.add_error(
                "opens_on", _("Enrollment would open after the cohort has ended. Check the dates.")
            )
        return cleaned


class RosterForm(forms.Form):
    """People to invite, typed or from a CSV file. Of the file nothing is kept but e-mail addresses and names."""

    people = forms.CharField(
        label=_("One person a line: e-mail address, then a comma and the name"), required=False, max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )  # fmt: skip
    roster = forms.FileField(label=_("Or a CSV file with e-mail addresses and names"), required=False)

    def clean_roster(self):
        file = self.cleaned_data["roster"]
        if file is None:
            return ""
        if file.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than 1 MB. Split it."))
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValidationError(
                _("This is no CSV text in UTF-8. Save it as “CSV UTF-8” and send it again.")
            ) from None

    def clean(self):
        cleaned = super().clean()
        self.text = "\n".join(filter(None, (cleaned.get("people"), cleaned.get("roster"))))
        if not self.errors and not self.text.strip():
            raise ValidationError(_("Give at least one e-mail address."))
        return cleaned

    def rows(self):
        return read_roster(self.text)


class ExtendForm(forms.Form):
    until = forms.DateField(label=_("New due date"), widget=DateWidget)
    reason = forms.CharField(
        label=_("Reason"), max_length=200, validators=[refuse_patient_data], help_text=_("The students read it in their notice."),
    )  # fmt: skip

    def clean_until(self):
        until = self.cleaned_data["until"]
        if not 2000 <= until.year <= 2100:
            raise ValidationError(_("The year is %(year)s. Check it."), params={"year": until.year})
        return until


class WaiveForm(forms.ModelForm):
    class Meta:
        model = Waiver
        fields = ("kind", "reason", "expires_on")
        formfield_callback = form_field
        help_texts = {"expires_on": _("Empty: for good."), "reason": _("The student reads it.")}


class SignOffForm(forms.ModelForm):
    class Meta:
        model = SignOff
        fields = ("note",)
        formfield_callback = form_field


class MessageForm(forms.ModelForm):
    class Meta:
        model = CohortMessage
        fields = ("subject", "body")
        formfield_callback = form_field


class RevokeForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, validators=[refuse_patient_data])


class SharingForm(forms.Form):
    """What a student shares with a program: the kinds that its assignments need, each of which may be left out."""

    kinds = forms.MultipleChoiceField(
        label=_("What the program sees"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data=None, *, choices, shared=None, **kwargs):
        super().__init__(
            data,
            initial={"kinds": [kind for kind, _label in choices] if shared is None else shared},
            **kwargs,
        )
        self.fields["kinds"].choices = choices
