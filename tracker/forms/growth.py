"""Forms for what was learned, earned and given."""

from django.utils.translation import gettext_lazy as _

from tracker.models import (
    QUALITY_FIELDS,
    ContinuingEducation,
    Contribution,
    Credential,
    Education,
    Practicum,
    SkillShown,
)
from tracker.selectors.subjects import qualities_asked, subjects_asked

from .base import RecordForm, form_field
from .choices import bodies_field, subjects_field


class CredentialForm(RecordForm):
    class Meta:
        model = Credential
        fields = (
            "certification", "earned_on", "expires_on", "planned_on", "apprentice_cleared_on", "number", "note",
        )  # fmt: skip
        formfield_callback = form_field
        help_texts = {
            "earned_on": _("Leave it empty while you plan the exam."),
            "planned_on": _("A plan counts for nothing yet; it reminds you."),
            "number": _("Optional, and yours alone."),
        }


class ContinuingEducationForm(RecordForm):
    bodies = bodies_field(
        label=_("Counts for"),
        help_text=_("The same hours may count for several bodies, once within each."),
        error_messages={"required": _("Choose at least one body that counts these hours.")},
    )

    subjects = subjects_field(
        label=_("In the subject of"),
        required=False,
        help_text=_(
            "Some certifications ask for hours in their own subject. Choose those that the certificate names."
        ),
    )

    class Meta:
        model = ContinuingEducation
        fields = (
            "completed_on", "title", "hours", "bodies", "subjects", "is_live", "in_him_domain", "provider", "sponsor_kind",
            "index_number", "note",
        )  # fmt: skip
        formfield_callback = form_field
        help_texts = {"index_number": _("As printed on the certificate.")}

    def extras(self):
        return {
            "bodies": list(self.cleaned_data["bodies"]),
            "subjects": list(self.cleaned_data.get("subjects", [])),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        asked = subjects_asked(self.coder)
        chosen = list(self.instance.subjects.all()) if self.instance.pk else []
        pks = [*asked, *(row.pk for row in chosen)]
        self.fields["subjects"].queryset = self.fields["subjects"].queryset.filter(pk__in=pks)
        if not pks:
            del self.fields["subjects"]
        asked = qualities_asked(self.coder)
        for quality, name in QUALITY_FIELDS.items():
            if quality not in asked and not getattr(self.instance, name):
                del self.fields[name]


class EducationForm(RecordForm):
    class Meta:
        model = Education
        fields = ("level", "field", "school", "accreditation", "started_on", "completed_on", "note")
        formfield_callback = form_field


class PracticumForm(RecordForm):
    class Meta:
        model = Practicum
        fields = ("starts_on", "ends_on", "program", "cases", "hours", "accuracy", "note")
        formfield_callback = form_field


class SkillForm(RecordForm):
    class Meta:
        model = SkillShown
        fields = ("skill", "since", "shown_by", "note")
        formfield_callback = form_field


class ContributionForm(RecordForm):
    class Meta:
        model = Contribution
        fields = ("contribution", "title", "done_on", "people", "note")
        formfield_callback = form_field
        help_texts = {"people": _("For mentoring: how many coders. Leave it empty where it does not apply.")}
