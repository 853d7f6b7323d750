"""/api/v1/disputes/: contesting what an audit found, and answering."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from tracker.models import ApiToken, Audit, AuditScore, Dispute, Method, Scope
from tracker.permissions import may_answer, own_records, visible_disputes
from tracker.services.disputes import answer_dispute, note_look, open_dispute, withdraw_dispute

from .base import ApiMixin
from .errors import MEDIA_TYPE, ProblemSerializer
from .serializers import StrictSerializer


class DisputeSerializer(StrictSerializer):
    """A contested score. `audit`, `method` and `reason` begin one; the rest is told."""

    audit = serializers.IntegerField(source="score.audit_id", min_value=1, max_value=2**53)
    method = serializers.ChoiceField(Method.choices, source="score.method")
    answered_by = serializers.StringRelatedField(allow_null=True)

    class Meta:
        model = Dispute
        fields = (
            "id", "audit", "method", "reason", "state", "asked_at", "before", "after", "answer", "answered_by",
            "answered_at",
        )  # fmt: skip
        read_only_fields = ("state", "asked_at", "before", "after", "answer", "answered_at")


class AnswerSerializer(serializers.Serializer):
    """The answer; and figures where the score changes, in the kind that it has."""

    answer = serializers.CharField(max_length=1000)
    reviewed = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=1_000_000)
    correct = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=1_000_000)
    points = serializers.DecimalField(8, 2, required=False, allow_null=True)
    points_max = serializers.DecimalField(8, 2, required=False, allow_null=True)


@extend_schema_view(
    list=extend_schema(summary="List disputes: yours, and those that are yours to answer"),
    retrieve=extend_schema(summary="Read one dispute"),
    create=extend_schema(
        summary="Dispute a score of an attested audit of yours",
        responses={201: DisputeSerializer, (404, MEDIA_TYPE): ProblemSerializer},
    ),
)
class DisputeViewSet(
    ApiMixin,
    mixins.CreateModelMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet,
):
    """Disputes that the signed-in person may see. Anybody else's is not found."""

    scope = Scope.READ
    lookup_value_regex = r"\d{1,18}"
    queryset = Dispute.objects.none()
    serializer_class = DisputeSerializer

    def get_queryset(self):
        """Those of others only where the token, if there is one, is for teams."""
        disputes, token = visible_disputes(self.request.user), self.request.auth
        if isinstance(token, ApiToken) and Scope.TEAM not in token.scopes:
            return disputes.filter(score__audit__coder__user=self.request.user)
        return disputes

    def paginate_queryset(self, queryset):
        page = super().paginate_queryset(queryset)
        note_look(self.request.user, page)
        return page

    def get_object(self):
        dispute = super().get_object()
        note_look(self.request.user, [dispute])
        return dispute

    def perform_create(self, serializer):
        given, user = serializer.validated_data, self.request.user
        audits = own_records(user, Audit).values("pk")
        scores = AuditScore.objects.filter(audit__in=audits).select_related("audit__coder__user")
        score = get_object_or_404(scores, audit=given["score"]["audit_id"], method=given["score"]["method"])
        serializer.instance = open_dispute(score, reason=given["reason"], by=user)

    @extend_schema(summary="Answer a dispute", request=AnswerSerializer, responses=DisputeSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request, pk):
        """Let the score stand, or give the figures that it changes to."""
        dispute = self.get_object()
        if not may_answer(request.user, dispute.score.audit):
            raise PermissionDenied("This is not yours to answer.")
        serializer = AnswerSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = dict(serializer.validated_data)
        answer = given.pop("answer")
        figures = AuditScore(method=dispute.score.method, **given) if given else None
        done = answer_dispute(dispute, answer=answer, figures=figures, by=request.user)
        return Response(self.get_serializer(done).data)

    @extend_schema(summary="Withdraw a dispute of yours", request=None, responses=DisputeSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk):
        """Let it go before it was answered."""
        return Response(self.get_serializer(withdraw_dispute(self.get_object(), by=request.user)).data)
