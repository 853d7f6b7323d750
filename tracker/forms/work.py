"""Forms for what was coded and what came of it: volumes, audit work, claim outcomes."""

from django.utils.translation import gettext_lazy as _

from tracker.models import AuditWork, ClaimOutcome, Volume

from .base import RecordForm, form_field
from .fields import HoursField


class VolumeForm(RecordForm):
    minutes = HoursField(
        label=_("Coding time in hours"),
        help_text=_("Time spent coding, without meetings and breaks. 7.5 and 7:30 are the same."),
    )

    class Meta:
        model = Volume
        fields = ("starts_on", "ends_on", "work_type", "charts", "minutes", "specialty", "setting", "note")
        formfield_callback = form_field
        help_texts = {"ends_on": _("The period counts by this day. A single day has both dates the same.")}


class AuditWorkForm(RecordForm):
    class Meta:
        model = AuditWork
        fields = ("done_on", "charts", "specialty", "findings", "note")
        formfield_callback = form_field


class ClaimOutcomeForm(RecordForm):
    class Meta:
        model = ClaimOutcome
        fields = ("outcome", "definition", "starts_on", "ends_on", "rate", "baseline", "is_own", "note")
        formfield_callback = form_field
        help_texts = {"definition": _("Rates by different definitions are never compared.")}
