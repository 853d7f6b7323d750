"""A team's standard as a form: the next version starts from the one in force."""

from django import forms
from django.db.models import Q
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from curriculum.models import Milestone, WorkType
from tracker.models import StandardVersion

from .base import form_field
from .choices import role_field


class StandardForm(forms.ModelForm):
    class Meta:
        model = StandardVersion
        fields = ("accuracy_method", "accuracy_target", "valid_from", "note")
        formfield_callback = form_field
        help_texts = {
            "accuracy_method": _("Empty: as each milestone says."),
            "accuracy_target": _(
                "Empty: as each milestone says. Otherwise it stands wherever accuracy is asked."
            ),
        }


class TitleForm(forms.Form):
    title = forms.CharField(max_length=120, required=False, label=_("Job title"))
    role = role_field(required=False, label=_("Role of the ladder"), empty_label=_("Choose…"))

    def clean(self):
        cleaned = super().clean()
        if bool(cleaned.get("title")) != bool(cleaned.get("role")):
            self.add_error(
                "role" if cleaned.get("title") else "title", _("Give both the title and the role.")
            )
        return cleaned


class ProductivityForm(forms.Form):
    work_type = forms.ModelChoiceField(
        WorkType.objects.order_by("position", "name"),
        required=False,
        label=_("Work type"),
        empty_label=_("Choose…"),
    )
    per_hour = forms.DecimalField(
        min_value=0.1,
        max_value=200,
        max_digits=5,
        decimal_places=1,
        required=False,
        label=_("Charts an hour"),
    )

    def clean(self):
        cleaned = super().clean()
        if bool(cleaned.get("work_type")) != bool(cleaned.get("per_hour")) and not self.errors:
            missing = "per_hour" if cleaned.get("work_type") else "work_type"
            self.add_error(missing, _("Give both the work type and the charts an hour."))
        return cleaned


def milestones_for(team):
    """What the team's standard can ask for: the catalogue's milestones, and its own organization's."""
    return Milestone.objects.filter(Q(owner=None) | Q(owner=team.organization_id))


class FurtherMilestoneForm(forms.Form):
    WEIGHTS = [
        (1, _("1: nice to have")),
        (2, "2"),
        (3, _("3: a must")),
        (4, "4"),
        (5, _("5: a must, above all")),
    ]
    milestone = forms.ModelChoiceField(
        Milestone.objects.none(), required=False, label=_("Milestone"), empty_label=_("Choose…")
    )
    weight = forms.TypedChoiceField(choices=WEIGHTS, coerce=int, initial=3, label=_("Weight"))

    def __init__(self, *args, team, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["milestone"].queryset = milestones_for(team).order_by("name")


class _Once(BaseFormSet):
    """Rows of which each names something once."""

    key: str

    def clean(self):
        seen = set()
        for form in self.forms:
            value = form.cleaned_data.get(self.key) if form.is_valid() else None
            value = value.strip().lower() if isinstance(value, str) else value
            if value and value in seen:
                form.add_error(self.key, _("This is here twice. Leave one of them out."))
            seen.add(value)

    def rows(self, value: str) -> dict:
        """What was filled in: key to value."""
        filled = (form.cleaned_data for form in self.forms)
        return {row[self.key]: row[value] for row in filled if row.get(self.key)}


def _set(form: type[forms.Form], key: str, extra: int):
    return formset_factory(form, formset=type(f"{form.__name__}Set", (_Once,), {"key": key}), extra=extra)


TitleSet = _set(TitleForm, "title", 3)
ProductivitySet = _set(ProductivityForm, "work_type", 2)
FurtherMilestoneSet = _set(FurtherMilestoneForm, "milestone", 2)
