"""/api/v1/forecasts/, /what-if/, /plans/, /compare/: the months to come, from the selectors of the pages. Its owner's alone."""

from django.core.exceptions import ValidationError as Refused
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from tracker.models import Coder, Forecast, Plan, Scope, Status
from tracker.selectors.forecasts import Said, When, reason_words, track_record
from tracker.selectors.paths import MOST_ROLES, compared
from tracker.selectors.whatif import looked
from tracker.services.plans import delete_plan, save_plan
from tracker.views.paths import roles_named
from tracker.whatif.assumptions import BOUNDS, MOST_CREDENTIALS, Assumptions, assume
from tracker.whatif.compute import look

from .base import ApiMixin
from .serializers import StrictSerializer

NO_CODER = "Nothing is known of you as a coder yet. Send your profile first: PATCH /api/v1/me/."


class WhenSerializer(serializers.Serializer):
    """A distribution in three dates: from p10 to p90 is the 80% range. A date that is missing could not be named."""

    p10 = serializers.DateField(allow_null=True)
    p50 = serializers.DateField(allow_null=True)
    p90 = serializers.DateField(allow_null=True)
    in_words = serializers.CharField()


class ForecastSerializer(serializers.ModelSerializer):
    """When something closes, as it was said last."""

    reason_text = serializers.SerializerMethodField()
    in_words = serializers.SerializerMethodField()

    class Meta:
        model = Forecast
        fields = (
            "what",
            "month",
            "made_on",
            "p10",
            "p50",
            "p90",
            "method",
            "decided_by",
            "reason",
            "reason_text",
            "in_words",
        )

    def get_reason_text(self, row) -> str:
        return reason_words(row.reason)

    def get_in_words(self, row) -> str:
        return When.of(row).in_words


class TrackRecordSerializer(serializers.Serializer):
    """How many 80% ranges of yours held, did not hold, and have not come due."""

    held = serializers.IntegerField()
    missed = serializers.IntegerField()
    pending = serializers.IntegerField()


class ForecastsSerializer(serializers.Serializer):
    track_record = TrackRecordSerializer()
    forecasts = ForecastSerializer(many=True)


def _number(name: str, help_text: str):
    least, most = BOUNDS[name]
    return serializers.FloatField(
        required=False, allow_null=True, min_value=least, max_value=most, help_text=help_text
    )


def _slug(help_text: str):
    return serializers.CharField(required=False, allow_blank=True, max_length=64, help_text=help_text)


class AssumptionsSerializer(serializers.Serializer):
    """What to assume; what is left out is as it is."""

    target = _slug("Slug of a role.")
    credentials = serializers.ListField(
        child=serializers.CharField(max_length=64), required=False, max_length=MOST_CREDENTIALS
    )
    accuracy = _number("accuracy", "Percent correct in audits.")
    audited = _number("audited", "Records of yours audited a month.")
    charts = _number("charts", "Charts a day.")
    hours = _number("hours", "Hours of coding a day.")
    work_type = _slug("Slug of a work type: the setting.")
    specialty = _slug("Slug of a specialty.")
    study = _number("study", "Hours a week to study for exams.")
    employer_type = _slug("Slug of a kind of employer.")
    area = _slug("Code of a wage area.")

    def validate(self, data):
        try:
            return assume(data)
        except Refused as refused:
            raise ValidationError(refused.message_dict) from refused

    def to_representation(self, instance):
        return instance.as_json() if isinstance(instance, Assumptions) else dict(instance)


class WithoutDateSerializer(serializers.Serializer):
    """A must of which nothing says when it will be met."""

    milestone = serializers.CharField()
    because = serializers.CharField()


class SideSerializer(serializers.Serializer):
    """Readiness, and when the musts are met of which something can be said."""

    readiness = serializers.IntegerField(allow_null=True, help_text="Whole percent, rounded down.")
    musts_open = serializers.IntegerField()
    when = WhenSerializer(allow_null=True)
    decided_by = serializers.SerializerMethodField()
    without_a_date = serializers.SerializerMethodField()

    def get_decided_by(self, side) -> str | None:
        return side.decided_by.slug if side.decided_by else None

    @extend_schema_field(WithoutDateSerializer(many=True))
    def get_without_a_date(self, side):
        return [{"milestone": milestone.slug, "because": because} for milestone, because in side.unsaid]


class StatusChangeSerializer(serializers.Serializer):
    milestone = serializers.CharField()
    now = serializers.CharField(help_text="A status, as of a gap.")
    then = serializers.CharField()


class WageLineSerializer(serializers.Serializer):
    """Published percentiles, dollars a year: an association, never a promise."""

    label = serializers.CharField()
    of = serializers.CharField()
    annual = serializers.SerializerMethodField()
    note = serializers.CharField()
    source = serializers.CharField()

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField(allow_null=True)))
    def get_annual(self, line):
        return {label: None if dollars is None else int(dollars) for label, dollars in line.annual}


class MoveSerializer(serializers.Serializer):
    """Something to do, the most months saved for an hour first."""

    title = serializers.CharField()
    certification = serializers.CharField(allow_blank=True)
    closes = serializers.SerializerMethodField()
    must = serializers.BooleanField()
    hours = serializers.FloatField()
    by = serializers.DateField()
    sooner = serializers.FloatField(help_text="Months by which the gap that gains most would close earlier.")
    assumes = serializers.SerializerMethodField()

    def get_closes(self, move) -> list[str]:
        return [milestone.slug for milestone in move.closes]

    def get_assumes(self, move) -> list[str]:
        return [row.statement for row in move.efforts]


class WhatIfSerializer(serializers.Serializer):
    """As things are, and as they would be. Nothing of it is stored."""

    target = serializers.CharField(source="target.slug", allow_null=True)
    now = SideSerializer()
    then = SideSerializer()
    changes = serializers.SerializerMethodField()
    wages = WageLineSerializer(many=True)
    moves = MoveSerializer(many=True)
    notes = serializers.ListField(child=serializers.CharField())

    @extend_schema_field(StatusChangeSerializer(many=True))
    def get_changes(self, view):
        return [{"milestone": m.slug, "now": was, "then": would} for m, was, would in view.changes]


class PlanSerializer(StrictSerializer):
    """Assumptions under a name."""

    assumptions = AssumptionsSerializer()

    class Meta:
        model = Plan
        fields = ("id", "name", "assumptions", "created_at", "changed_at")
        read_only_fields = ("id", "created_at", "changed_at")
        validators: list = []

    def to_representation(self, plan):
        return super().to_representation(plan) | {"assumptions": plan.assumptions}

    def create(self, data):
        return self._store(data)

    def update(self, plan, data):
        return self._store({"name": plan.name, "assumptions": plan.assumptions} | data, plan)

    def _store(self, data, plan=None):
        user = self.context["request"].user
        try:
            return save_plan(coder_or_404(user), data["name"], data["assumptions"], by=user, plan=plan)
        except Refused as refused:
            raise ValidationError(refused.message_dict) from refused


class PathSerializer(serializers.Serializer):
    """One of the roles compared."""

    role = serializers.CharField(source="role.slug")
    readiness = serializers.IntegerField(allow_null=True)
    musts_open = serializers.IntegerField()
    asked = serializers.IntegerField()
    met = serializers.IntegerField()
    when = WhenSerializer(allow_null=True)


class AskedSerializer(serializers.Serializer):
    """A milestone, and how each role asks for it: must, should, or not at all (empty)."""

    milestone = serializers.CharField(source="milestone.slug")
    status = serializers.ChoiceField(Status.choices)
    asks = serializers.ListField(child=serializers.CharField(allow_blank=True))


class ComparisonSerializer(serializers.Serializer):
    paths = PathSerializer(many=True)
    rows = AskedSerializer(many=True)


def coder_or_404(user) -> Coder:
    coder = Coder.objects.filter(user=user).select_related("user", "track", "target_role").first()
    if coder is None:
        raise NotFound(NO_CODER)
    return coder


class _AheadView(ApiMixin, APIView):
    needs_coder = True
    scope = Scope.READ


class ForecastsView(_AheadView):
    @extend_schema(summary="Read when your gaps close, as said last", responses=ForecastsSerializer)
    def get(self, request):
        coder = coder_or_404(request.user)
        rows = sorted(Said(coder).rows.values(), key=lambda row: row.what)
        return Response(ForecastsSerializer({"track_record": track_record(coder), "forecasts": rows}).data)


class WhatIfView(_AheadView):
    @extend_schema(
        summary="See what assumptions would change; nothing is stored",
        request=AssumptionsSerializer,
        responses=WhatIfSerializer,
    )
    def post(self, request):
        coder = coder_or_404(request.user)
        sent = AssumptionsSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        return Response(WhatIfSerializer(looked(look(coder, sent.validated_data))).data)


class CompareView(_AheadView):
    @extend_schema(
        summary="Set two or three roles side by side",
        parameters=[OpenApiParameter("role", str, many=True, required=True, description="Slugs of roles.")],
        responses=ComparisonSerializer,
    )
    def get(self, request):
        coder = coder_or_404(request.user)
        roles = roles_named(request.query_params.getlist("role"))
        if len(roles) < 2:
            raise ValidationError({"role": [f"Name two roles, or {MOST_ROLES}."]})
        return Response(ComparisonSerializer(compared(coder, roles)).data)


@extend_schema_view(
    list=extend_schema(summary="List your plans"),
    create=extend_schema(summary="Save a plan"),
    retrieve=extend_schema(summary="Read a plan"),
    update=extend_schema(summary="Change a plan"),
    partial_update=extend_schema(summary="Change some of a plan"),
    destroy=extend_schema(summary="Delete a plan"),
)
class PlanViewSet(ApiMixin, viewsets.ModelViewSet):
    needs_coder = True
    scope = Scope.READ
    serializer_class = PlanSerializer
    queryset = Plan.objects.none()

    def get_queryset(self):
        return Plan.objects.filter(coder__user_id=self.request.user.pk).select_related("coder__user")

    def perform_destroy(self, plan):
        delete_plan(plan, by=self.request.user)
