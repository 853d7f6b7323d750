"""Contesting a score of an audit, and answering."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tracker.models import POINT_METHODS, AuditScore, Dispute
from tracker.services.disputes import answer_dispute, open_dispute

from .fields import word_errors


def _text(label, help_text):
    field = Dispute._meta.get_field("reason").formfield(label=label, help_text=help_text)
    field.widget.attrs["rows"] = 3
    word_errors(field)
    return field


class _ServiceForm(forms.Form):
    """Saves through a service, whose complaints stand beside their fields."""

    def save(self, *, by):
        try:
            return self.store(by)
        except ValidationError as error:
            known = {
                name if name in self.fields else None: messages
                for name, messages in getattr(error, "message_dict", {None: error.messages}).items()
            }
            for name, messages in known.items():
                self.add_error(name, messages)
            raise


class DisputeForm(_ServiceForm):
    score = forms.ModelChoiceField(
        AuditScore.objects.none(), label=_("Which score"), widget=forms.RadioSelect, empty_label=None
    )
    reason = _text(
        _("Why it should be looked at again"),
        _("Such as the guideline that supports your code. Never anything about a patient or a chart."),
    )

    def __init__(self, data=None, *, audit):
        super().__init__(data)
        self.fields["score"].queryset = audit.scores.filter(contested=False)
        self.fields["score"].initial = audit.scores.filter(contested=False).first()
        word_errors(self.fields["score"])

    def store(self, by):
        return open_dispute(self.cleaned_data["score"], reason=self.cleaned_data["reason"], by=by)


class AnswerForm(_ServiceForm):
    """The answer, and what becomes of the score. Only figures of the score's own kind are asked for."""

    outcome = forms.ChoiceField(
        label=_("The score"), widget=forms.RadioSelect, initial="stands",
        choices=[("stands", _("It stands")), ("changed", _("It changes to what follows"))],
    )  # fmt: skip
    correct = forms.IntegerField(label=_("Correct"), required=False, min_value=0)
    reviewed = forms.IntegerField(label=_("Reviewed"), required=False, min_value=1)
    points = forms.DecimalField(
        label=_("Percentage or points"), required=False, max_digits=8, decimal_places=2
    )
    points_max = forms.DecimalField(
        label=_("Out of how many points"), required=False, max_digits=8, decimal_places=2,
        help_text=_("Empty: it is a percentage."),
    )  # fmt: skip
    answer = _text(_("Your answer"), _("The coder reads it. Never anything about a patient or a chart."))

    def __init__(self, data=None, *, dispute):
        score = dispute.score
        super().__init__(data, initial={name: getattr(score, name) for name in self._asked(score)})
        self.dispute = dispute
        for name in {"correct", "reviewed", "points", "points_max"} - set(self._asked(score)):
            del self.fields[name]
        for field in self.fields.values():
            word_errors(field)

    @staticmethod
    def _asked(score) -> tuple[str, ...]:
        if score.points is None:
            return "correct", "reviewed"
        return ("points", "points_max") if score.method in POINT_METHODS else ("points",)

    def store(self, by):
        given, score = self.cleaned_data, self.dispute.score
        figures = None
        if given["outcome"] == "changed":
            figures = AuditScore(method=score.method, **{name: given[name] for name in self._asked(score)})
        return answer_dispute(self.dispute, answer=given["answer"], figures=figures, by=by)
