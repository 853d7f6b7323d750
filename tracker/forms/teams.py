"""Forms of managers: founding, inviting, who is what, and what the team needs."""

from django import forms
from django.utils.translation import gettext_lazy as _

from curriculum.models import Organization
from tracker.models import RECORD_KINDS, SHARED_KINDS, Membership
from tracker.permissions import managed_organizations
from tracker.services.sharing import SUGGESTED

from .choices import certification_field, role_field


class FoundForm(forms.Form):
    """A team, in an organization that one manages or in a new one."""

    organization = forms.ModelChoiceField(
        Organization.objects.none(),
        required=False,
        empty_label=_("A new organization"),
        label=_("Organization"),
    )
    organization_name = forms.CharField(
        max_length=160,
        required=False,
        label=_("Its name, if it is new"),
        help_text=_("Your employer, as people call it."),
    )
    team_name = forms.CharField(max_length=120, label=_("Name of the team"))

    def __init__(self, data=None, *, user, **kwargs):
        super().__init__(data, **kwargs)
        mine = Organization.objects.filter(pk__in=managed_organizations(user))
        self.fields["organization"].queryset = mine
        if not mine.exists():
            del self.fields["organization"]
            self.fields["organization_name"].label = _("Organization")
            self.fields["organization_name"].required = True

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("organization") and not cleaned.get("organization_name", "").strip():
            self.add_error("organization_name", _("Choose an organization, or name a new one."))
        return cleaned


class InviteForm(forms.Form):
    emails = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        max_length=20_000,
        label=_("E-mail addresses"),
        help_text=_("One on a line, or separated by commas. Each gets a link of their own."),
    )

    def clean_emails(self):
        text = self.cleaned_data["emails"]
        for mark in (",", ";", "\n", "\t"):
            text = text.replace(mark, " ")
        return text.split()


class ManagerForm(forms.Form):
    """Whom to invite to manage; `whole` is offered to those who manage the whole organization themselves."""

    email = forms.EmailField(label=_("E-mail address of the new manager"))
    whole = forms.TypedChoiceField(
        label=_("Manages"), coerce=lambda value: value == "yes", empty_value=False,
        choices=[("no", _("this team only")), ("yes", _("every team of the organization"))],
    )  # fmt: skip

    def __init__(self, *args, may_whole: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_whole:
            del self.fields["whole"]


class MemberForm(forms.ModelForm):
    class Meta:
        model = Membership
        fields = ("job_title", "target_role")

    def __init__(self, *args, titles=(), **kwargs):
        super().__init__(*args, **kwargs)
        target = self._meta.model._meta.get_field("target_role")
        self.fields["target_role"] = role_field(
            label=_("The team’s target for them"), required=False, empty_label=_("The next promotion"),
            help_text=target.help_text,
        )  # fmt: skip
        if titles:
            self.fields["job_title"].help_text = _("The standard knows: %(titles)s.") % {
                "titles": ", ".join(titles)
            }


class CoverageForm(forms.Form):
    certification = certification_field(label=_("Credential"), empty_label=_("Choose…"))
    people = forms.IntegerField(
        min_value=0, max_value=999, label=_("People needed"), help_text=_("0 takes the need away.")
    )


_WORK = ("volume", "audit", "audit-work", "claim-outcome")


def shared_kind_choices():
    """What can be shared, the work made for the employer first."""
    labels = dict(SHARED_KINDS)
    order = [*_WORK, *(kind for kind in labels if kind not in _WORK)]
    plural = {kind: model._meta.verbose_name_plural for kind, model in RECORD_KINDS.items()}
    return [(kind, str(plural.get(kind, labels[kind])).capitalize()) for kind in order]


class SharesForm(forms.Form):
    """What a coder lets a team see."""

    kinds = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, required=False, label=_("The team sees")
    )

    logs_work = forms.BooleanField(
        required=False, initial=True, label=_("Work that I log is made for this employer"),
        help_text=_("Unless I say otherwise for a record. Leave it out if you log work for others, too."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = shared_kind_choices()
        self.fields["kinds"].initial = self.fields["kinds"].initial or SUGGESTED


class ReasonForm(forms.Form):
    """Why records are verified or questioned."""

    reason = forms.CharField(
        max_length=200, required=False, label=_("Reason"),
        help_text=_("Needed for a question; the coder reads it. Never anything about a patient."),
    )  # fmt: skip


class BoardFilter(forms.Form):
    """What of the team page is shown. Read from the address; what makes no sense is left out."""

    name = forms.CharField(required=False, max_length=60, label=_("Name"))
    role = forms.ChoiceField(required=False, label=_("Role"))
    lacks = forms.ChoiceField(required=False, label=_("Does not meet"))
    show = forms.ChoiceField(
        required=False, label=_("Milestones"), choices=[("", _("Musts only")), ("all", _("All milestones"))]
    )

    def __init__(self, data, *, roles, columns):
        super().__init__(data)
        self.fields["role"].choices = [("", _("Every role")), *((role, role) for role in roles)]
        self.fields["lacks"].choices = [("", _("Anybody")), *((c.slug, c.name) for c in columns)]

    @property
    def chosen(self) -> dict[str, str]:
        self.full_clean()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}

    @property
    def is_active(self) -> bool:
        return any(self.chosen[name] for name in ("name", "role", "lacks"))
