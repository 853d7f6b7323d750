"""/api/v1/proofs/: the files that prove a credential, an education or hours taken. Its owner's alone."""

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from tracker.models import PROVEN, RECORD_KINDS, Proof, Scope
from tracker.permissions import own_records, visible_proofs
from tracker.proofs import ENDINGS
from tracker.services.proofs import add_proof, read_upload, remove_proof
from tracker.views.proofs import file_of

from .base import ApiMixin

KINDS = [model.KIND for model in PROVEN]


class ProofSerializer(serializers.ModelSerializer):
    """A file of a record. What is in it cannot be checked: make sure that it shows no patient."""

    kind = serializers.CharField(source="record.KIND")
    record = serializers.IntegerField(source="record.pk", min_value=1, max_value=2**53)

    class Meta:
        model = Proof
        fields = ("id", "kind", "record", "content_type", "size", "sha256", "added_at")
        read_only_fields = ("content_type", "size", "sha256", "added_at")


class ProofUploadSerializer(serializers.Serializer):
    """A file for a record of yours: a PDF, PNG or JPEG by its content, up to 5 MB."""

    kind = serializers.CharField(max_length=40, help_text=", ".join(KINDS))
    record = serializers.IntegerField(min_value=1, max_value=2**53)
    file = serializers.FileField()

    def validate_kind(self, kind):
        if kind not in KINDS:
            raise serializers.ValidationError(f"Choose one of: {', '.join(KINDS)}.")
        return kind


@extend_schema_view(
    list=extend_schema(summary="List your files of proof"),
    retrieve=extend_schema(summary="Read about one file of proof"),
    destroy=extend_schema(summary="Remove a file of proof for good"),
)
class ProofViewSet(
    ApiMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet,
):
    """Files of the signed-in coder. Anybody else's is not found."""

    scope = Scope.READ
    lookup_value_regex = r"\d{1,18}"
    queryset = Proof.objects.none()
    serializer_class = ProofSerializer

    def get_queryset(self):
        return visible_proofs(self.request.user).filter(coder__user=self.request.user)

    def get_parsers(self):
        return (
            [MultiPartParser()] if self.request and self.request.method == "POST" else super().get_parsers()
        )

    def perform_destroy(self, proof):
        remove_proof(proof, by=self.request.user)

    @extend_schema(
        summary="Add a file of proof",
        request={"multipart/form-data": ProofUploadSerializer},
        responses={201: ProofSerializer},
    )
    def create(self, request):
        """The same file sent twice for a record is stored once."""
        sent = ProofUploadSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        model = RECORD_KINDS[sent.validated_data["kind"]]
        record = get_object_or_404(own_records(request.user, model), pk=sent.validated_data["record"])
        proof = add_proof(record, read_upload(sent.validated_data["file"]), by=request.user)
        return Response(self.get_serializer(proof).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Download a file of proof",
        responses={(200, content_type): OpenApiTypes.BINARY for content_type in ENDINGS},
    )
    @action(detail=True)
    def file(self, request, pk):
        """The file itself. Accept any content type for it."""
        return file_of(self.get_object())
