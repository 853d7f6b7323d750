"""Forms that ask for a milestone's conditions without any JSON: first which measures, then the figures of each."""

from decimal import Decimal

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curriculum import conditions, models
from curriculum.conditions import COMPARATORS, Group, Leaf, MeasureSpec, takes_a_list

MOST_NEEDS, MOST_APPLIES = 6, 4
OPERATORS = [("all", "all of them"), ("any", "any one of them"), ("n_of", "a number of them")]

# Free parameters hold slugs of the catalogue; a pair is needed where two measures mean different nouns by one name.
NOUNS = {
    ("credentials", "any_of"): models.Certification,
    ("skills", "any_of"): models.Skill,
    "accreditations": models.Accreditation,
    "bodies": models.Body,
    "employer_types": models.EmployerType,
    "from_types": models.EmployerType,
    "roles": models.Role,
    "specialties": models.Specialty,
    "to_types": models.EmployerType,
    "tracks": models.Track,
    "work_types": models.WorkType,
}
DEGREES = "degrees"


class ShapeForm(forms.Form):
    """Which measures the milestone looks at, and how many of them must be shown."""

    milestone = forms.ModelChoiceField(models.Milestone.objects.all())
    valid_from = forms.DateField(
        label=_("Holds from"), help_text=_("Days before it are judged by the version before."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip
    needs_op = forms.ChoiceField(label=_("To be shown"), choices=OPERATORS)
    needs_n = forms.IntegerField(
        label=_("How many"),
        min_value=1,
        max_value=MOST_NEEDS,
        required=False,
        help_text=_("For “a number of them”."),
    )
    applies_op = forms.ChoiceField(label=_("Asked only where"), choices=OPERATORS[:2], required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].initial = timezone.localdate
        measures = [
            ("", "–"),
            *sorted(
                ((s.slug, s.title.capitalize()) for s in conditions.specs().values()), key=lambda c: c[1]
            ),
        ]
        for part, most, label in (
            ("needs", MOST_NEEDS, _("Measure %(n)s")),
            ("applies", MOST_APPLIES, _("Only where %(n)s")),
        ):
            for i in range(most):
                self.fields[f"{part}_{i}"] = forms.ChoiceField(
                    label=label % {"n": i + 1}, choices=measures, required=False
                )

    def clean(self):
        cleaned = super().clean()
        chosen = self.measures("needs", cleaned)
        if not chosen:
            self.add_error("needs_0", _("Choose at least one measure."))
        if cleaned.get("needs_op") == "n_of":
            n = cleaned.get("needs_n")
            if not n or n > len(chosen):
                self.add_error("needs_n", f"Give a number from 1 to {len(chosen) or 1}.")
        return cleaned

    def measures(self, part: str, cleaned=None) -> list[str]:
        cleaned = self.cleaned_data if cleaned is None else cleaned
        most = MOST_NEEDS if part == "needs" else MOST_APPLIES
        return [slug for i in range(most) if (slug := cleaned.get(f"{part}_{i}"))]

    def shown(self, part: str):
        return [self[name] for name in self.fields if name.startswith(f"{part}_")]


class ConditionForm(forms.Form):
    """One condition on one measure: its parameters, what to reach, by when, from how large a sample."""

    def __init__(self, *args, spec: MeasureSpec, **kwargs):
        self.spec = spec
        super().__init__(*args, **kwargs)
        self.fields |= {
            f"param_{name}": self._parameter(name, allowed) for name, allowed in spec.params.items()
        }
        self.fields["cmp"] = forms.ChoiceField(
            label=_("To reach"), choices=[(c, words) for c, words in COMPARATORS.items()], initial=">="
        )
        self.fields["target"] = forms.DecimalField(
            label=_("Target (%(unit)s)") % {"unit": spec.unit or _("1 for yes")},
            initial=Decimal(1),
            max_digits=9,
            decimal_places=2,
        )
        if spec.windowed:
            self.fields["months"] = forms.IntegerField(
                label=_("Within the last months"), min_value=1, max_value=600, required=False,
                help_text=_("Empty: whenever it was."),
            )  # fmt: skip
        for unit in spec.samples:
            self.fields[f"minimum_{unit}"] = forms.IntegerField(
                label=_("At least so many %(units)s") % {"units": unit}, min_value=1, required=False
            )
        self.fields["close"] = forms.DecimalField(
            label=_("Counts as close within"), min_value=Decimal(0), required=False, max_digits=9, decimal_places=2,
            help_text=_("How far from the target is still “close”. Empty: nothing is."),
        )  # fmt: skip

    def _parameter(self, name: str, allowed) -> forms.Field:
        required, label = name in self.spec.required, name.replace("_", " ").capitalize()
        if allowed is not None and set(allowed) <= {True, False}:
            return forms.BooleanField(label=label, required=False)
        choices = self._choices(name, allowed)
        if choices is None:
            return forms.CharField(label=label, required=required, max_length=40)
        if takes_a_list(name):
            size = {"size": min(8, max(3, len(choices)))}
            return forms.MultipleChoiceField(
                label=label, choices=choices, required=required, widget=forms.SelectMultiple(attrs=size),
                help_text="Several with Ctrl or Command." + ("" if required else " None chosen: whichever."),
            )  # fmt: skip
        return forms.ChoiceField(
            label=label, choices=choices if required else [("", "–"), *choices], required=required
        )

    def _choices(self, name: str, allowed) -> list[tuple[str, str]] | None:
        if allowed is not None:
            return [(value, str(value).replace("_", " ")) for value in allowed]
        if name == DEGREES:
            return list(models.DegreeLevel.choices)
        noun = NOUNS.get((self.spec.slug, name)) or NOUNS.get(name)
        return noun and [(row.slug, str(row)) for row in noun.objects.all()]

    def leaf(self) -> dict:
        """The condition as a definition writes it."""
        cleaned = self.cleaned_data
        params = {name: cleaned[f"param_{name}"] for name in self.spec.params if cleaned[f"param_{name}"]}
        minimum = {
            unit: cleaned[f"minimum_{unit}"] for unit in self.spec.samples if cleaned[f"minimum_{unit}"]
        }
        leaf = {"measure": self.spec.slug, "cmp": cleaned["cmp"], "target": _text(cleaned["target"])}
        if params:
            leaf["params"] = params
        if cleaned.get("months"):
            leaf["window"] = {"months": cleaned["months"]}
        if minimum:
            leaf["minimum"] = minimum
        if cleaned["close"] is not None:
            leaf["close"] = _text(cleaned["close"])
        return leaf


def _text(number: Decimal) -> str:
    return f"{number:f}"


def grouped(operator: str, leaves: list[dict], n: int | None = None) -> dict:
    """One condition by itself, or a group of them."""
    if len(leaves) == 1:
        return leaves[0]
    return {"n_of": n, "of": leaves} if operator == "n_of" else {operator: leaves}


def flat(node) -> tuple[str, int | None, list[Leaf]] | None:
    """Operator, number and conditions of a group of plain conditions; None where groups hold groups."""
    if isinstance(node, Leaf):
        return "all", None, [node]
    if not isinstance(node, Group) or not all(isinstance(child, Leaf) for child in node.of):
        return None
    operator = "all" if node.n == len(node.of) else "any" if node.n == 1 else "n_of"
    return operator, node.n if operator == "n_of" else None, list(node.of)


def initial_of(leaf: Leaf) -> dict:
    """What a condition form shows for a stored condition."""
    initial = {f"param_{name}": value for name, value in leaf.params.items()}
    initial |= {f"minimum_{unit}": number for unit, number in leaf.minimum.items()}
    return initial | {
        "cmp": leaf.comparator,
        "target": leaf.target,
        "months": leaf.months,
        "close": leaf.close,
    }
