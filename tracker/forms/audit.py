"""The form for an audit result: what was found, by each method, on one page, in totals or chart by chart."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.chart_lines import charts_from, lines_of
from tracker.models import Audit, AuditScore, Method
from tracker.services.scores import FIGURES, NO_SCORE, score_problems

from .base import RecordForm, form_field
from .fields import word_errors

# Counts by method: the form's fields for (correct, reviewed). The records reviewed are the audit's own.
COUNTS = {
    Method.CASE: ("records_correct", "records_reviewed"),
    Method.CODE_OVER_CODE: ("codes_correct", "codes_reviewed"),
    Method.DRG: ("drg_correct", "drg_reviewed"),
    Method.APC: ("apc_correct", "apc_reviewed"),
}


def _count(label, help_text=""):
    field = forms.IntegerField(
        label=label, required=False, min_value=0, max_value=1_000_000, help_text=help_text,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    word_errors(field)
    return field


class AuditForm(RecordForm):
    """Fields in the order of a report: when and by whom, records, codes, groups, or just a percentage."""

    records_correct = _count(
        _("Records without any error"),
        _(
            "Records that the auditor changed nothing in. With the records reviewed this is case-level accuracy."
        ),
    )
    codes_reviewed = _count(
        _("Codes reviewed"), _("All codes that the auditor found right for these records: the denominator.")
    )
    codes_correct = _count(
        _("Codes correct"),
        _("How many of them you had assigned. With the codes reviewed this is code-over-code accuracy."),
    )
    charts = forms.CharField(
        label=_("Codes chart by chart"), required=False, max_length=20_000, strip=True,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": "12/13\n9/9\n15/17", "inputmode": "text"}),
        help_text=_(
            "Instead of the totals: a line for each chart, correct/reviewed. From 20 charts on, how sure we are takes "
            "into account that codes of one chart go together. Only numbers: nothing that names a chart."
        ),
    )  # fmt: skip
    drg_reviewed = _count(_("DRGs reviewed"), _("Inpatient only: records whose DRG was checked."))
    drg_correct = _count(_("DRGs correct"))
    apc_reviewed = _count(_("APCs reviewed"), _("Hospital outpatient only: APCs that were checked."))
    apc_correct = _count(_("APCs correct"))
    points = forms.DecimalField(
        label=_("Percentage or points"), required=False, max_digits=8, decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
        help_text=_("Only where the report gives no counts. It is shown as it is, and never mixed with counts."),
    )  # fmt: skip
    points_max = forms.DecimalField(
        label=_("Out of how many points"), required=False, min_value=Decimal("0.01"), max_digits=8, decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
        help_text=_("For weighted scores and the coder’s denominator. Empty: it is a percentage."),
    )  # fmt: skip
    points_method = forms.ChoiceField(
        label=_("How it was worked out"), required=False, choices=[("", _("Choose…")), *Method.choices],
        help_text=_("The report or the auditor can say. Percentages of different methods are never mixed."),
    )  # fmt: skip

    class Meta:
        model = Audit
        fields = (
            "audited_on", "auditor", "basis", "work_type", "specialty", "records_reviewed", "records_correct",
            "codes_reviewed", "codes_correct", "charts", "drg_reviewed", "drg_correct", "apc_reviewed", "apc_correct",
            "points", "points_max", "points_method", "note",
        )  # fmt: skip
        formfield_callback = form_field
        help_texts = {
            "records_reviewed": _("Charts, accounts or encounters that the auditor looked at."),
            "basis": _("A targeted sample looks where errors are expected, so it is shown apart."),
        }

    def __init__(self, data=None, *, coder, instance=None, initial=None, **kwargs):
        stored = list(instance.scores.all()) if instance and instance.pk else []
        initial = {**self._initial_from(stored), **(initial or {})}
        super().__init__(data, coder=coder, instance=instance, initial=initial, **kwargs)
        self.order_fields(self.Meta.fields)
        for name in ("points", "points_max"):
            word_errors(self.fields[name])
        # The charts tell how many there were.
        self.fields["records_reviewed"].required = False
        shown = {score.method for score in stored if self._is_shown(score, initial)}
        # A stored percentage beyond the one that the form shows stays as it is.
        self._kept = [score for score in stored if score.method not in shown]
        self.scores: list[AuditScore] = []

    @staticmethod
    def _initial_from(stored) -> dict:
        initial = {}
        for score in stored:
            if score.charts and score.method == Method.CODE_OVER_CODE:
                initial["charts"] = lines_of(score.charts)
            elif score.points is None and score.method in COUNTS:
                correct, reviewed = COUNTS[score.method]
                initial |= {correct: score.correct, reviewed: score.reviewed}
            elif "points" not in initial:
                initial |= {
                    "points": score.points, "points_max": score.points_max, "points_method": score.method,
                }  # fmt: skip
        initial.pop("records_reviewed", None)
        return initial

    @staticmethod
    def _is_shown(score, initial) -> bool:
        return score.points is None or score.method == initial.get("points_method")

    def clean_charts(self):
        return charts_from(self.cleaned_data["charts"])

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("charts") and cleaned.get("records_reviewed") is None:
            cleaned["records_reviewed"] = len(cleaned["charts"])
        elif cleaned.get("records_reviewed") is None and not {"records_reviewed", "charts"} & set(
            self.errors
        ):
            self.add_error("records_reviewed", self.fields["records_reviewed"].error_messages["required"])
        found = {}
        for method, (correct, reviewed) in COUNTS.items():
            self._read_counts(found, method, correct, reviewed)
        self._read_points(found)
        typed = [name for pair in COUNTS.values() for name in pair if name != "records_reviewed"]
        wrong = any(
            name in self.errors for name in [*typed, "charts", "points", "points_max", "points_method"]
        )
        self.scores = [*self._kept_beside(found), *found.values()]
        if not self.scores and not wrong:
            self.add_error("records_correct", NO_SCORE)
        return cleaned

    def _kept_beside(self, found):
        return [
            AuditScore(
                method=score.method, note=score.note, **{name: getattr(score, name) for name in FIGURES}
            )
            for score in self._kept
            if score.method not in found
        ]  # fmt: skip

    def _read_counts(self, found, method, correct, reviewed):
        """Add the score that two count fields make, or the errors that keep them from making one."""
        values = {name: self.cleaned_data.get(name) for name in (correct, reviewed)}
        charts = (self.cleaned_data.get("charts") or None) if method == Method.CODE_OVER_CODE else None
        typed = values[correct] is not None or (method != Method.CASE and values[reviewed] is not None)
        if not (typed or charts) or correct in self.errors or reviewed in self.errors:
            return
        score = AuditScore(method=method, correct=values[correct], reviewed=values[reviewed], charts=charts)
        found[method] = score
        self._add_problems(score, {"correct": correct, "reviewed": reviewed, "charts": "charts"})

    def _read_points(self, found):
        points, method = self.cleaned_data.get("points"), self.cleaned_data.get("points_method")
        if points is None:
            return
        if not method:
            self.add_error(
                "points_method", _("Choose how it was worked out. The report or the auditor can say.")
            )
        elif method in found:
            self.add_error(
                "points", _("You gave the counts for this method, so it follows by itself. Leave this empty.")
            )
        else:
            most = self.cleaned_data.get("points_max")
            found[method] = AuditScore(method=method, points=points, points_max=most)
            self._add_problems(found[method], {"points": "points", "points_max": "points_max"})

    def _add_problems(self, score, fields):
        for name, messages in score_problems(score, self.cleaned_data.get("records_reviewed")).items():
            self.add_error(fields.get(name), messages)

    def extras(self):
        return {"scores": self.scores}
