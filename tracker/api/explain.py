"""/api/v1/gaps/<milestone>/explanation/ and /changes/: how a gap came about, as of any day, and why it changed."""

import datetime as dt

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from curriculum.models import Milestone
from tracker.models import Status
from tracker.selectors.changes import changes_of
from tracker.selectors.evaluated import evaluated
from tracker.selectors.explanations import explain_gap
from tracker.selectors.gaps import find_line

from .insight import AS_OF, InsightView, day_of

SINCE = OpenApiParameter(
    "since", OpenApiTypes.DATE, OpenApiParameter.QUERY, description="30 days before, by default."
)
UNTIL = OpenApiParameter("until", OpenApiTypes.DATE, OpenApiParameter.QUERY, description="Today, by default.")


class StepSerializer(serializers.Serializer):
    """One step from the records to the verdict."""

    what = serializers.CharField()
    how = serializers.CharField(help_text="The formula with its values.")
    result = serializers.CharField()
    note = serializers.CharField()


class ExplainedConditionSerializer(serializers.Serializer):
    in_words = serializers.CharField()
    method = serializers.CharField()
    window = serializers.CharField(help_text="The days that are looked at, both included.")
    is_met = serializers.BooleanField()
    steps = StepSerializer(many=True)


class NotedSerializer(serializers.Serializer):
    """A record that went into the figure or was left out, with what to know about it."""

    kind = serializers.CharField(source="record.KIND")
    id = serializers.IntegerField(source="record.pk")
    day = serializers.DateField(source="record.counts_on", allow_null=True)
    text = serializers.CharField(source="record.headline")
    note = serializers.CharField()


class RuleSerializer(serializers.Serializer):
    in_words = serializers.CharField()
    version = serializers.IntegerField()
    valid_from = serializers.DateField()
    source = serializers.CharField()
    confidence = serializers.CharField()
    verified_on = serializers.DateField(allow_null=True)
    applies_if = serializers.CharField()
    applies = serializers.BooleanField()
    standard = serializers.CharField(help_text="What a team’s standard changes in it.")


class ExplanationSerializer(serializers.Serializer):
    """How a gap came about: rule, formulas with their values, records, and what was left out."""

    milestone = serializers.CharField()
    as_of = serializers.DateField()
    status = serializers.ChoiceField(Status.choices)
    rule = RuleSerializer()
    together = serializers.CharField(help_text="How several conditions make one verdict.")
    conditions = ExplainedConditionSerializer(many=True)
    records = NotedSerializer(many=True)
    left_out = NotedSerializer(many=True)
    not_shared = serializers.ListField(
        child=serializers.CharField(),
        help_text="Kinds of record that a team cannot see and the verdict rests on.",
    )


class ChangeItemSerializer(serializers.Serializer):
    what = serializers.ChoiceField([(w, w) for w in ("entered", "left", "changed", "removed", "rule")])
    text = serializers.CharField()
    effect = serializers.FloatField(
        allow_null=True,
        help_text="How much the figure would differ had only this not happened; null: it would have none.",
    )


class ChangedConditionSerializer(serializers.Serializer):
    in_words = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    met_before = serializers.BooleanField()
    met_after = serializers.BooleanField()
    total = serializers.CharField(source="total_text")
    items = ChangeItemSerializer(many=True)
    rest = serializers.CharField(
        source="rest_text",
        help_text="The passing of time, and what these do together rather than one by one.",
    )


class ChangesSerializer(serializers.Serializer):
    """What moved a gap between two days, by effect. The first day as known then, the last one as known today."""

    since = serializers.DateField()
    until = serializers.DateField()
    rule_before = serializers.CharField()
    rule_after = serializers.CharField()
    conditions = ChangedConditionSerializer(many=True)


class ExplanationView(InsightView):
    @extend_schema(summary="Read how a gap came about", parameters=[AS_OF], responses=ExplanationSerializer)
    def get(self, request, slug):
        state = self.evaluated()
        line = find_line(state, slug)
        if line is None:
            raise Http404
        return Response(ExplanationSerializer(explain_gap(request.user, line.gap, state.as_of)).data)


class ChangesView(InsightView):
    @extend_schema(summary="Read why a gap changed", parameters=[SINCE, UNTIL], responses=ChangesSerializer)
    def get(self, request, slug):
        coder = self.coder()
        until = day_of(request, "until", coder.today()) or coder.today()
        since = day_of(request, "since", coder.today()) or until - dt.timedelta(days=30)
        if since >= until:
            raise ValidationError({"since": ["Choose a day before the other one."]})
        line = find_line(evaluated(coder), slug)
        if line is None:
            raise Http404
        milestone = Milestone.objects.get(slug=slug)
        return Response(ChangesSerializer(changes_of(request.user, coder, milestone, since, until)).data)
