"""Forms of an import: the file and whose work it is, and who is who in it."""

from collections import Counter

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from curriculum.models import Organization
from tracker.imports.columns import choices
from tracker.imports.kinds import KINDS
from tracker.imports.opening import Opened
from tracker.imports.reading import MOST_BYTES
from tracker.models import ImportSource, Team
from tracker.permissions import managed_organizations, managed_teams
from tracker.services.imports.names import Unmatched, choices_for
from tracker.services.imports.sources import visible_sources
from tracker.services.imports.uploads import Upload
from tracker.validators import looks_like_patient_data

from .fields import word_errors

MINE, TEAM = "me", "team:"
COLUMN, DROP, ANSWER = "column:", "drop", "answer:"


def owners_for(user, *, every: bool = False) -> dict[str, tuple[Organization, Team | None, str]]:
    """Whose work `user` may import beside their own: organizations with all their teams, and single teams, by a value for a form.

    The only team of an organization that one manages is not offered beside it, unless `every` is wanted.
    """
    whole = {o.pk: o for o in Organization.objects.filter(pk__in=managed_organizations(user))}
    teams = list(managed_teams(user).order_by("organization__name", "name"))
    number = Counter(team.organization_id for team in teams)
    owners = {}
    for pk, organization in whole.items():
        label = _("All teams at %(organization)s") if number[pk] > 1 else _("My team at %(organization)s")
        owners[str(pk)] = organization, None, label % {"organization": organization}
    for team in teams:
        if every or team.organization_id not in whole or number[team.organization_id] > 1:
            owners[f"{TEAM}{team.pk}"] = team.organization, team, f"{team}, {team.organization}"
    return owners


class UploadForm(forms.Form):
    """A file, whose work it holds, and where it comes from. What was said about its columns comes along under names of its own."""

    owner = forms.ChoiceField(label=_("Whose work is it?"))
    kind = forms.ChoiceField(
        label=_("What does it hold?"), required=False,
        choices=[("", _("Find out from its columns")), *((kind.slug, kind.label) for kind in KINDS.values())],
    )  # fmt: skip
    name = forms.CharField(
        label=_("Where does it come from?"), required=False, max_length=80,
        help_text=_("Such as the name of the report. Columns and names are remembered for it, so next month is one click."),
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
    )  # fmt: skip
    file = forms.FileField(
        label=_("File"), allow_empty_file=True,
        help_text=_("CSV or Excel, up to 20 MB. It is read and never kept; nothing is stored before you have seen what would change."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xlsb,.xls,.ods"}),
    )  # fmt: skip

    def __init__(self, data=None, files=None, *, user, coder, owner: str = "", kind: str = "", **kwargs):
        """`owner` and `kind` are chosen beforehand where there is such a choice."""
        super().__init__(data, files, **kwargs)
        self.user, self.coder = user, coder
        self.owners = owners_for(user)
        owners = [(value, label) for value, (_organization, _team, label) in self.owners.items()]
        mine = [(MINE, _("My own log"))] if coder else []
        self.fields["owner"].choices = owners + mine
        self.fields["owner"].initial = (owners + mine)[0][0]
        for name, value in (("owner", owner), ("kind", kind)):
            if value in dict(self.fields[name].choices):
                self.fields[name].initial = value
        if len(owners + mine) == 1:
            self.fields["owner"].widget = forms.HiddenInput()
        for one in self.fields.values():
            word_errors(one)
        self.fields["file"].error_messages["required"] = _("Choose a file.")

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than 20 MB. Export a shorter period."))
        return file

    def clean_name(self):
        name = self.cleaned_data["name"]
        if looks_like_patient_data(name):
            raise ValidationError(_("This looks as if it could identify a patient. Choose another name."))
        return name

    def upload(self) -> Upload:
        """What was sent. The form is valid."""
        given = self.cleaned_data
        organization, team, _label = self.owners.get(given["owner"], (None, None, ""))
        return Upload(
            given["file"].read(),
            by=self.user,
            coder=None if organization else self.coder,
            organization=organization,
            team=team,
            kind=given["kind"],
            name=given["name"],
            columns={
                name.removeprefix(COLUMN): self.data[name] for name in self.data if name.startswith(COLUMN)
            },
            dropped=self.data.getlist(DROP),
            answers={
                name.removeprefix(ANSWER): self.data[name] for name in self.data if name.startswith(ANSWER)
            },
        )

    def sources(self):
        """Names to choose from."""
        return visible_sources(self.user).order_by("name").values_list("name", flat=True).distinct()


def shown_header(header: str) -> str:
    """A column's name may be shown, unless it is no name but a value that slipped into the row of headings."""
    return "" if len(header) > 60 or looks_like_patient_data(header) else header


def column_choices(opened: Opened) -> list[dict]:
    """Each column of the file with what it is and what it could be."""
    options = choices(opened.kind)
    rows = []
    for one in opened.assigned:
        if not one.column.header:
            continue
        extra = (
            []
            if not one.key or any(key == one.key for key, _label in options)
            else [(one.key, _by_work_type(opened, one.key))]
        )
        rows.append(
            {
                "field": f"{COLUMN}{one.column.full_name if one.column.group else one.column.name}",
                "letter": one.column.letter,
                "header": shown_header(one.column.header),
                "key": one.key or "",
                "unknown": one.key is None,
                "options": [*extra, *options],
            }
        )
    return rows


def _by_work_type(opened: Opened, key: str) -> str:
    bare, _at, work_type = key.partition("@")
    return f"{opened.kind.field(bare).label}: {work_type}"


class NamesForm(forms.Form):
    """Who each name is, and what each word stands for. Nothing is chosen beforehand: nobody is guessed."""

    def __init__(self, data=None, *, source: ImportSource, open_names: list[Unmatched], by, **kwargs):
        super().__init__(data, **kwargs)
        self.asked = {}
        options = {
            vocabulary: choices_for(source, vocabulary, by)
            for vocabulary in {one.vocabulary for one in open_names}
        }
        for one in open_names:
            name = f"{one.vocabulary}-{one.key}"
            self.asked[name] = one
            field = forms.ChoiceField(
                label=shown_header(one.shown)
                or _("a word that is not shown, for it could identify a patient"),
                choices=[("", _("Choose…")), *options[one.vocabulary]],
                help_text=_("%(rows)s rows") % {"rows": f"{one.rows:,}"} if one.rows > 1 else _("one row"),
            )
            word_errors(field)
            self.fields[name] = field

    def people(self):
        return [self[name] for name, one in self.asked.items() if one.vocabulary == "who"]

    def words(self):
        return [self[name] for name, one in self.asked.items() if one.vocabulary != "who"]

    def said(self) -> dict[tuple[str, str], str]:
        return {(one.vocabulary, one.key): self.cleaned_data[name] for name, one in self.asked.items()}
