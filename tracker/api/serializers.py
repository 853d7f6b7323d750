"""Records as JSON. Types are checked here; the rules are the models' and the services', as for the pages."""

import uuid
from decimal import Decimal

from django.core.exceptions import ValidationError as ModelValidationError
from django.db import models
from django.utils.encoding import force_str
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tracker.forms import form_for
from tracker.models import Audit, AuditScore, ContinuingEducation, Pay, Source
from tracker.models.records.scores import MOST_CHARTS, MOST_UNITS
from tracker.services.coders import coder_of
from tracker.services.pay import save_pay
from tracker.services.records import save_record
from tracker.validators import AT_LEAST, AT_MOST, refuse_patient_data

from .errors import Conflict

READ_ONLY = ("source", "provenance", "verified_at", "recorded_at")
REMOVED = "A record with this external id was removed. Restore it first, or send it under another id."


class SlugField(serializers.SlugRelatedField):
    """A row of the catalogue by its slug."""

    default_error_messages = {
        "does_not_exist": "The catalogue has no such entry. Choose one from the catalogue."
    }

    def __init__(self, slug_field="slug", **kwargs):
        super().__init__(slug_field=slug_field, **kwargs)

    def to_internal_value(self, data):
        # PostgreSQL fails on a text with a NUL instead of finding nothing.
        if not isinstance(data, str) or "\0" in data:
            self.fail("does_not_exist")
        return super().to_internal_value(data)


class TextField(serializers.CharField):
    """Text and nothing else: a number taken for a text would come back as another thing."""

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class TrueOrFalseField(serializers.BooleanField):
    """true or false, and no number or word for it."""

    def to_internal_value(self, data):
        if not isinstance(data, bool):
            self.fail("invalid", input="")
        return data


@extend_schema_field({"oneOf": [{"type": "string", "format": "decimal"}, {"type": "number"}]})
class DecimalField(serializers.DecimalField):
    """An exact number, sent as text or as a number, answered as text."""


class StrictSerializer(serializers.ModelSerializer):
    """Refuses what it does not know: a column that is dropped in silence is a promise that it was kept."""

    serializer_related_field = SlugField
    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.CharField: TextField,
        models.TextField: TextField,
        models.BooleanField: TrueOrFalseField,
        models.DecimalField: DecimalField,
    }

    def to_internal_value(self, data):
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            # The names only, never a value; escaped, for half a surrogate pair could not be sent back.
            names = sorted(name[:60].encode("ascii", "backslashreplace").decode() for name in unknown)
            raise serializers.ValidationError(
                {name: ["There is no such field. Leave it out."] for name in names}
            )
        return super().to_internal_value(data)

    def include_extra_kwargs(self, kwargs, extra_kwargs):
        """The bounds and choices of a model's field, in words that say what to do and repeat no value."""
        kwargs = super().include_extra_kwargs(kwargs, extra_kwargs)
        messages = {}
        for name, words in (("min_value", AT_LEAST), ("max_value", AT_MOST)):
            if name in kwargs:
                # DRF wants no float as a bound of a decimal.
                kwargs[name] = Decimal(str(kwargs[name])) if isinstance(kwargs[name], float) else kwargs[name]
                messages[name] = force_str(words) % {"limit_value": f"{{{name}}}"}
        if "choices" in kwargs:
            values = ", ".join(str(value) for value, _label in kwargs["choices"])
            messages["invalid_choice"] = f"Choose one of: {values}."
        return kwargs | {"error_messages": messages} if messages else kwargs


class ChartSerializer(serializers.Serializer):
    """One chart of an audit, by its place in the list alone: nothing that names it."""

    correct = serializers.IntegerField(min_value=0, max_value=MOST_UNITS)
    reviewed = serializers.IntegerField(min_value=0, max_value=MOST_UNITS)

    def to_representation(self, pair):
        return dict(zip(("correct", "reviewed"), pair, strict=True))


class ScoreSerializer(StrictSerializer):
    """What an audit found by one method: `correct` of `reviewed`, in all or as `charts`, or `points` (of `points_max`; a
    percentage without)."""

    charts = ChartSerializer(many=True, required=False, allow_null=True, max_length=MOST_CHARTS)

    class Meta:
        model = AuditScore
        fields = ("method", "reviewed", "correct", "charts", "points", "points_max", "contested", "note")
        read_only_fields = ("contested",)

    def validate_charts(self, charts):
        if charts and None in charts:
            raise serializers.ValidationError("A chart is an object with correct and reviewed.")
        return [[chart["correct"], chart["reviewed"]] for chart in charts] if charts else None


def check_external_id(text: str) -> None:
    """Raise ValidationError where the id of another system could be that of a patient or a chart."""
    try:
        uuid.UUID(text)
    except ValueError:
        refuse_patient_data(text)


class RecordSerializer(StrictSerializer):
    """The base of all kinds; `serializer_for` adds the model and its fields."""

    external_id = TextField(
        max_length=120, required=False, allow_blank=True, validators=[check_external_id],
        help_text="Your own name for the record, such as week-2026-12. Sending it again changes the same record.",
    )  # fmt: skip
    text = serializers.CharField(source="headline", read_only=True, help_text="The record in one line.")
    counts_on = serializers.DateField(read_only=True, allow_null=True, help_text="The day it counts by.")

    def create(self, validated):
        user, model = self.context["request"].user, self.Meta.model
        coder = coder_of(user)
        external_id = validated.pop("external_id", "")
        stored = None
        if external_id:
            stored = model.objects.filter(coder=coder, source=Source.API, external_id=external_id).first()
        if stored and stored.removed_at:
            raise Conflict(REMOVED)
        self.was_sent_before = stored is not None
        return self._stored(
            stored or model(coder=coder, source=Source.API, external_id=external_id), validated
        )

    def update(self, record, validated):
        if validated.pop("external_id", record.external_id) != record.external_id:
            raise ModelValidationError({"external_id": "It never changes. Leave it out."})
        return self._stored(record, validated)

    def _stored(self, record, validated):
        scores, bodies = validated.pop("scores", None), validated.pop("bodies", None)
        subjects = validated.pop("subjects", None)
        for name, value in validated.items():
            setattr(record, name, value)
        scores = None if scores is None else [AuditScore(**score) for score in scores]
        by = self.context["request"].user
        return save_record(record, by=by, scores=scores, bodies=bodies, subjects=subjects)


def serializer_for(model) -> type[RecordSerializer]:
    """The serializer of a kind of record: what its form asks for, plus what the site knows of it."""
    typed = [name for name in form_for(model.KIND)._meta.fields if hasattr(model, name)]
    attributes = {"__doc__": f"{model._meta.verbose_name}: {(model.__doc__ or '').splitlines()[0]}"}
    if model is Audit:
        typed.append("scores")
        attributes["scores"] = ScoreSerializer(many=True, allow_empty=False, max_length=6)
    if model is ContinuingEducation:
        typed += ["bodies", "subjects"]
    attributes["Meta"] = type(
        "Meta",
        (),
        {
            "model": model,
            "fields": ["id", *dict.fromkeys(typed), "external_id", "text", "counts_on", *READ_ONLY],
            "read_only_fields": READ_ONLY,
            "validators": [],
        },
    )
    return type(f"{model.__name__}Serializer", (RecordSerializer,), attributes)


class PaySerializer(StrictSerializer):
    """Gross base pay at full time, from a day on. Seen by its owner alone."""

    class Meta:
        model = Pay
        fields = ("id", "effective_on", "amount", "basis", "role", "recorded_at")
        validators = []

    def create(self, validated):
        user = self.context["request"].user
        return save_pay(Pay(coder=coder_of(user), **validated), by=user)

    def update(self, pay, validated):
        for name, value in validated.items():
            setattr(pay, name, value)
        return save_pay(pay, by=self.context["request"].user)


class FieldChangeSerializer(serializers.Serializer):
    field = serializers.CharField(help_text="The field's name as people read it.")
    before = serializers.CharField()
    after = serializers.CharField()


class ChangeSerializer(serializers.Serializer):
    """One change: who, when, what."""

    at = serializers.DateTimeField()
    by = serializers.CharField()
    summary = serializers.CharField()
    fields_changed = serializers.SerializerMethodField()

    @extend_schema_field(FieldChangeSerializer(many=True))
    def get_fields_changed(self, change):
        return [{"field": label, "before": old, "after": new} for label, old, new in change.fields]
