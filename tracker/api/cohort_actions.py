"""/api/v1/cohorts/…/: waivers, messages, certificates, undo, taking a student out; and checking a certificate."""

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from tracker.models import Certificate, CohortActionKind, Enrollment, Scope, WaiverKind
from tracker.permissions import taught_programs
from tracker.services.assigning import can_undo, cohort_assignments, undo
from tracker.services.completion import issue_certificate, revoke_certificate
from tracker.services.enrolling import remove
from tracker.services.program_mail import write_message
from tracker.services.signoffs import waive
from tracker.validators import refuse_patient_data
from tracker.views.scope import site_of

from .base import ApiMixin
from .program_editing import BIGGEST, Strict, TaughtView, valid
from .programs import OutcomeSerializer, outcome


def ids():
    return serializers.IntegerField(min_value=1, max_value=BIGGEST)


class WaiversSerializer(Strict):
    assignments = serializers.ListField(child=ids(), min_length=1, max_length=5000)
    kind = serializers.ChoiceField(WaiverKind.choices, default=WaiverKind.WAIVED)
    reason = serializers.CharField(max_length=200, validators=[refuse_patient_data])
    expires_on = serializers.DateField(required=False, allow_null=True, default=None)


class MessageSerializer(Strict):
    """A message to some students; each gets it by e-mail."""

    students = serializers.ListField(
        child=ids(), min_length=1, max_length=5000, help_text="Numbers of enrollments."
    )
    subject = serializers.CharField(max_length=120, validators=[refuse_patient_data])
    body = serializers.CharField(max_length=4000, validators=[refuse_patient_data])


class MessageAnswerSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    students = serializers.IntegerField(source="copies.count")


class CertificateForSerializer(Strict):
    student = serializers.IntegerField(min_value=1, max_value=BIGGEST, help_text="Number of the enrollment.")


class CertificateSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    number = serializers.CharField()
    name = serializers.CharField()
    program = serializers.CharField(source="enrollment.cohort.program.name")
    organization = serializers.CharField(source="enrollment.cohort.program.organization.name")
    issued_on = serializers.DateField()
    revoked = serializers.SerializerMethodField()
    document = serializers.SerializerMethodField(help_text="The address of the PDF.")
    check_at = serializers.SerializerMethodField(help_text="Where anybody can check it.")

    def get_revoked(self, certificate) -> bool:
        return certificate.revoked_at is not None

    def get_document(self, certificate) -> str:
        return site_of(self.context["request"]) + reverse("programs:certificate", args=[certificate.pk])

    def get_check_at(self, certificate) -> str:
        return site_of(self.context["request"]) + reverse("programs:check", args=[certificate.token])


class RevocationSerializer(Strict):
    reason = serializers.CharField(max_length=200, validators=[refuse_patient_data])


class CheckSerializer(serializers.Serializer):
    """That a certificate is genuine, and whether it stands; the reason of a revocation is not told."""

    number = serializers.CharField()
    name = serializers.CharField()
    program = serializers.CharField(source="enrollment.cohort.program.name")
    organization = serializers.CharField(source="enrollment.cohort.program.organization.name")
    completed_on = serializers.DateField(source="enrollment.completed_on", allow_null=True)
    issued_on = serializers.DateField()
    stands = serializers.SerializerMethodField()

    def get_stands(self, certificate) -> bool:
        return certificate.revoked_at is None


class ActionSerializer(serializers.Serializer):
    """What was done to many at once."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.ChoiceField(CohortActionKind.choices)
    summary = serializers.CharField()
    at = serializers.DateTimeField()
    undone = serializers.SerializerMethodField()
    can_undo = serializers.SerializerMethodField()

    def get_undone(self, action) -> bool:
        return action.undone_at is not None

    def get_can_undo(self, action) -> bool:
        return can_undo(action, timezone.now())


class UndoneSerializer(serializers.Serializer):
    left = serializers.CharField(
        help_text="What stays, because it was changed since; empty where nothing does."
    )


def _certificates():
    return Certificate.objects.select_related(
        "enrollment__cohort__program__organization", "enrollment__coder"
    )


class WaiversView(TaughtView):
    @extend_schema(
        summary="Waive assignments, or give credit", request=WaiversSerializer, responses=OutcomeSerializer
    )
    def post(self, request, pk):
        cohort, given = self.cohort(pk), valid(WaiversSerializer, request)
        chosen = cohort_assignments(cohort, given.pop("assignments"))
        done = waive(cohort, chosen, **given, by=request.user)
        return outcome(len(done.done), done.skipped)


class MessagesView(TaughtView):
    @extend_schema(
        summary="Write to students", request=MessageSerializer, responses={201: MessageAnswerSerializer}
    )
    def post(self, request, pk):
        cohort, given = self.cohort(pk), valid(MessageSerializer, request)
        message = write_message(
            cohort, given["students"], given["subject"], given["body"], by=request.user, site=site_of(request)
        )
        return Response(MessageAnswerSerializer(message).data, status=201)


class CohortStudentView(TaughtView):
    @extend_schema(summary="Take a student out, or withdraw an invitation", responses={204: None})
    def delete(self, request, pk, enrollment):
        here = Enrollment.objects.filter(cohort=self.cohort(pk), left_at=None)
        remove(get_object_or_404(here, pk=enrollment), by=request.user)
        return Response(status=204)


class ActionsView(TaughtView):
    @extend_schema(summary="List what was done to many at once", responses=ActionSerializer(many=True))
    def get(self, request, pk):
        return Response(ActionSerializer(self.cohort(pk).actions.all()[:100], many=True).data)


class UndoView(TaughtView):
    @extend_schema(summary="Undo it, within a day", request=None, responses=UndoneSerializer)
    def post(self, request, pk, action):
        found = get_object_or_404(self.cohort(pk).actions, pk=action)
        return Response({"left": undo(found, by=request.user)})


class CohortCertificatesView(TaughtView):
    @extend_schema(
        summary="Give a student the certificate; once",
        request=CertificateForSerializer,
        responses=CertificateSerializer,
    )
    def post(self, request, pk):
        cohort, given = self.cohort(pk), valid(CertificateForSerializer, request)
        here = Enrollment.objects.open().filter(cohort=cohort)
        here = here.select_related("cohort__program", "coder__user")
        certificate = issue_certificate(get_object_or_404(here, pk=given["student"]), by=request.user)
        return Response(CertificateSerializer(certificate, context={"request": request}).data)


class RevocationView(TaughtView):
    @extend_schema(
        summary="Revoke a certificate", request=RevocationSerializer, responses=CertificateSerializer
    )
    def post(self, request, pk):
        mine = _certificates().filter(
            Q(enrollment__cohort__program__in=taught_programs(request.user).values("pk")),
            enrollment__left_at=None,
        )
        found = get_object_or_404(mine, pk=pk)
        reason = valid(RevocationSerializer, request)["reason"]
        revoke_certificate(found, reason, by=request.user)
        return Response(CertificateSerializer(found, context={"request": request}).data)


class CertificatesView(ApiMixin, APIView):
    scope = Scope.READ
    pagination_class = None

    @extend_schema(summary="List your certificates", responses=CertificateSerializer(many=True))
    def get(self, request):
        mine = _certificates().filter(enrollment__coder__user=request.user)
        return Response(CertificateSerializer(mine, many=True, context={"request": request}).data)


class CheckView(ApiMixin, APIView):
    """For whoever was shown a certificate, and has its address from the document. The page does it without an account."""

    scope = ""
    pagination_class = None

    @extend_schema(summary="Check a certificate", responses=CheckSerializer)
    def get(self, request, token):
        certificate = _certificates().filter(token=token).first()
        if certificate is None:
            raise Http404
        return Response(CheckSerializer(certificate).data)
