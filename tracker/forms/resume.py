"""Choosing and wording the lines of a résumé, and making a link to it."""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tracker.models import Coder, LinkPart, Resume, ResumeBullet
from tracker.resume.facts import Fact
from tracker.resume.wording import check, filled
from tracker.services.resume import DAYS, create_link, save_resume
from tracker.validators import refuse_patient_data

OWN = 4  # lines in one's own words
LENGTH = ResumeBullet._meta.get_field("wording").max_length


class LineForm(forms.Form):
    """One fact: whether it is on the résumé, and in which words."""

    chosen = forms.BooleanField(label=_("On the résumé"), required=False)
    wording = forms.CharField(
        label=_("Wording"), max_length=LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        validators=[refuse_patient_data],
    )  # fmt: skip

    def __init__(self, *args, fact: Fact, **kwargs):
        super().__init__(*args, **kwargs)
        self.fact = fact
        for name in self.fields:
            self.fields[name].widget.attrs["aria-describedby"] = f"{self.prefix}-now"

    def clean_wording(self):
        wording = self.cleaned_data["wording"].strip() or self.fact.default
        check(wording, self.fact.values)
        return wording


class HeadForm(forms.Form):
    headline = forms.CharField(
        label=_("Headline"), max_length=120, required=False, validators=[refuse_patient_data],
        help_text=_("Such as “Emergency department coder, CPC”. It stands under your name."),
    )  # fmt: skip


class OwnLineForm(forms.Form):
    wording = forms.CharField(
        label=_("In your own words"), max_length=LENGTH, required=False, validators=[refuse_patient_data]
    )

    def clean_wording(self):
        wording = self.cleaned_data["wording"].strip()
        check(wording, {})
        return wording


@dataclass(frozen=True)
class Row:
    form: LineForm
    now: str  # the line with today's figures


class ResumeForm:
    """The headline, a line for each fact, and some in one's own words."""

    def __init__(self, data, *, coder: Coder, facts: list[Fact], suggested: int):
        self.coder, self.facts = coder, facts
        resume = Resume.objects.filter(coder=coder).prefetch_related("bullets").first()
        stored = list(resume.bullets.all()) if resume else []
        worded = {bullet.fact: bullet.wording for bullet in stored if bullet.fact}
        own = [bullet.wording for bullet in stored if not bullet.fact]
        self.head = HeadForm(data, initial={"headline": resume.headline if resume else ""})
        self.rows = []
        for place, fact in enumerate(facts):
            chosen = fact.key in worded if resume else place < suggested
            wording = worded.get(fact.key, fact.default)
            form = LineForm(
                data, fact=fact, prefix=f"line-{place}", initial={"chosen": chosen, "wording": wording}
            )
            self.rows.append(Row(form, filled(wording, fact.values)))
        self.own = [
            OwnLineForm(data, prefix=f"own-{n}", initial={"wording": own[n] if n < len(own) else ""})
            for n in range(max(OWN, len(own) + 1))
        ]
        known = {fact.key for fact in facts}
        # A chosen line whose records are gone keeps its wording until they are back, or until it is taken off.
        self.gone = [(key, wording) for key, wording in worded.items() if key not in known]

    @property
    def forms(self):
        return [self.head, *(row.form for row in self.rows), *self.own]

    def is_valid(self) -> bool:
        return all(form.is_valid() for form in self.forms)

    @property
    def errors(self):
        return [form for form in self.forms if form.is_bound and form.errors]

    def save(self, *, by) -> Resume:
        lines = [
            (row.form.fact.key, row.form.cleaned_data["wording"])
            for row in self.rows
            if row.form.cleaned_data["chosen"]
        ]
        own = [("", form.cleaned_data["wording"]) for form in self.own if form.cleaned_data["wording"]]
        return save_resume(
            self.coder,
            headline=self.head.cleaned_data["headline"],
            lines=[*lines, *self.gone, *own],
            facts=self.facts,
            by=by,
        )


def day_choices():
    return [(n, ngettext("%(n)s day", "%(n)s days", n) % {"n": n}) for n in DAYS]


class LinkForm(forms.Form):
    name = forms.CharField(
        label=_("For whom"), max_length=80, help_text=_("For yourself, so that you know whom you gave it to."),
        error_messages={"required": _("Say for whom it is, so that you know later which one to close.")},
        validators=[refuse_patient_data],
    )  # fmt: skip
    days = forms.TypedChoiceField(label=_("Open for"), coerce=int, choices=day_choices, initial=30)  # fmt: skip
    parts = forms.MultipleChoiceField(
        label=_("What it shows"), choices=LinkPart.choices, widget=forms.CheckboxSelectMultiple,
        initial=[LinkPart.CREDENTIALS, LinkPart.RESULTS, LinkPart.TOOLS, LinkPart.POSITIONS, LinkPart.EDUCATION],
        help_text=_("Your name always; your pay never."),
        error_messages={"required": _("Choose what the link shows.")},
    )  # fmt: skip

    def save(self, coder: Coder, *, by):
        """The link and its token, or None where the form now says what is wrong."""
        try:
            return create_link(coder, **self.cleaned_data, by=by)
        except ValidationError as error:
            self.add_error(None, error)
            return None
