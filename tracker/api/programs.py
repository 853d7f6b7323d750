"""/api/v1/assignments/, /programs/ and /cohorts/…: what a student is asked, and what instructors do, by the services of the pages."""

from collections import Counter

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from tracker.models import Assignment, Coder, ContinuingEducation, Scope, Status
from tracker.permissions import own_records, taught_cohorts, taught_programs
from tracker.selectors.cohort_board import cohort_board
from tracker.selectors.student_programs import my_programs
from tracker.services.assigning import cohort_assignments, extend, plan_extension
from tracker.services.enrolling import MOST_AT_ONCE, invite, plan_invitations
from tracker.services.sharing import note_access
from tracker.services.signoffs import mark_done, sign_off
from tracker.validators import refuse_patient_data

from .base import ApiMixin
from .program_editing import BIGGEST, NewProgramSerializer, open_program, valid


class AssignmentSerializer(serializers.Serializer):
    """One thing that a program asks, and how it stands. What rests on records that are not shared says so."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    milestone = serializers.CharField(
        source="slug", allow_blank=True, help_text="Empty for a learning activity."
    )
    required = serializers.BooleanField()
    by_signoff = serializers.BooleanField(help_text="Whether only an instructor’s word completes it.")
    due_on = serializers.DateField(allow_null=True)
    status = serializers.ChoiceField(Status.choices, source="state.status")
    in_words = serializers.CharField(source="state.label")
    done = serializers.BooleanField(source="state.done")


class OwnAssignmentSerializer(AssignmentSerializer):
    """An assignment of yours, as the program sees it."""

    differs = serializers.SerializerMethodField(
        help_text="Where your own gap says otherwise: what, and why. Else empty."
    )

    def get_differs(self, line) -> str:
        return self.context["notes"].get(line.pk, "")


class PaceSerializer(serializers.Serializer):
    """Whole percents, rounded down: of what is required and not waived; of the student's time."""

    done = serializers.IntegerField(allow_null=True)
    elapsed = serializers.IntegerField()


class EnrollmentSerializer(serializers.Serializer):
    """A program you take part in, with what it asks of you."""

    program = serializers.CharField(source="program.name")
    organization = serializers.CharField(source="program.organization.name")
    cohort = serializers.CharField(source="enrollment.cohort.name")
    starts_on = serializers.DateField(source="enrollment.starts_on")
    ends_on = serializers.DateField(source="enrollment.ends_on")
    completed_on = serializers.DateField(source="enrollment.completed_on", allow_null=True)
    pace = PaceSerializer()
    assignments = serializers.SerializerMethodField()

    @extend_schema_field(OwnAssignmentSerializer(many=True))
    def get_assignments(self, one) -> list[dict]:
        return OwnAssignmentSerializer(one.lines, many=True, context={"notes": one.notes}).data


class ActivityDoneSerializer(serializers.Serializer):
    done = serializers.BooleanField(default=True, help_text="False takes it back.")
    record = serializers.IntegerField(
        min_value=1, max_value=BIGGEST, default=None, allow_null=True,
        help_text="A record of continuing education of yours that shows it; it is done while the record stands.",
    )  # fmt: skip


class CohortSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    version = serializers.IntegerField(source="version.no")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()


class ProgramSerializer(serializers.Serializer):
    """A program you teach."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    organization = serializers.CharField(source="organization.name")
    role = serializers.CharField(source="role.slug", allow_null=True)
    cohorts = CohortSerializer(source="cohorts.all", many=True)


class StudentSerializer(serializers.Serializer):
    """A student of a cohort, as the board shows them. Risks are rules of thumb, in words."""

    enrollment = serializers.IntegerField(source="enrollment.pk")
    name = serializers.CharField()
    pace = PaceSerializer()
    overdue = serializers.IntegerField()
    risks = serializers.ListField(child=serializers.CharField())
    completed_on = serializers.DateField(source="enrollment.completed_on", allow_null=True)
    assignments = serializers.SerializerMethodField()

    def get_assignments(self, student) -> list[dict]:
        return AssignmentSerializer([line for line in student.cells if line is not None], many=True).data


class _Chosen(serializers.Serializer):
    assignments = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=BIGGEST), min_length=1, max_length=5000
    )


class SignOffsSerializer(_Chosen):
    note = serializers.CharField(
        max_length=200, default="", allow_blank=True, validators=[refuse_patient_data]
    )


class ExtensionsSerializer(_Chosen):
    until = serializers.DateField()
    reason = serializers.CharField(max_length=200, validators=[refuse_patient_data])
    dry_run = serializers.BooleanField(default=False, help_text="Only say what it would do.")


class PersonSerializer(serializers.Serializer):
    email = serializers.CharField(max_length=254)
    name = serializers.CharField(
        max_length=120, default="", allow_blank=True, validators=[refuse_patient_data]
    )


class InvitationsSerializer(serializers.Serializer):
    people = PersonSerializer(many=True, min_length=1, max_length=MOST_AT_ONCE)
    dry_run = serializers.BooleanField(default=False, help_text="Only say what it would do.")


class OutcomeSerializer(serializers.Serializer):
    """What was done, or would be; and for how many not, by the reason in words."""

    done = serializers.IntegerField()
    skipped = serializers.DictField(child=serializers.IntegerField())


def outcome(done: int, skipped) -> Response:
    return Response(OutcomeSerializer({"done": done, "skipped": dict(skipped)}).data)


class AssignmentsView(ApiMixin, APIView):
    scope = Scope.READ
    needs_coder = True
    pagination_class = None

    @extend_schema(summary="List what your programs ask of you", responses=EnrollmentSerializer(many=True))
    def get(self, request):
        coder = Coder.objects.filter(user=request.user).first()
        mine = my_programs(coder, request.user.today()) if coder else []
        return Response(EnrollmentSerializer(mine, many=True).data)


class DoneView(ApiMixin, APIView):
    scope = Scope.READ

    @extend_schema(
        summary="Say that an activity is done, or that it is not",
        request=ActivityDoneSerializer,
        responses={204: None},
    )
    def post(self, request, pk):
        given = valid(ActivityDoneSerializer, request)
        record = None
        if given["record"] is not None:
            record = get_object_or_404(own_records(request.user, ContinuingEducation), pk=given["record"])
        mine = Assignment.objects.current().filter(
            enrollment__coder__user=request.user, activity__isnull=False
        )
        assignment = mine.select_related("enrollment__coder__user").filter(pk=pk).first()
        if assignment is None:
            raise Http404
        mark_done(assignment, given["done"], by=request.user, record=record if given["done"] else None)
        return Response(status=204)


class ProgramsView(ApiMixin, APIView):
    scope = Scope.PROGRAM
    pagination_class = None

    @extend_schema(summary="List the programs you teach", responses=ProgramSerializer(many=True))
    def get(self, request):
        taught = taught_programs(request.user).prefetch_related("cohorts__version")
        return Response(ProgramSerializer(taught, many=True).data)

    @extend_schema(summary="Open a program", request=NewProgramSerializer, responses={201: ProgramSerializer})
    @transaction.atomic
    def post(self, request):
        program = open_program(request.user, valid(NewProgramSerializer, request))
        return Response(ProgramSerializer(program).data, status=201)


class _CohortView(ApiMixin, APIView):
    scope = Scope.PROGRAM
    pagination_class = None

    def cohort(self, pk):
        return get_object_or_404(taught_cohorts(self.request.user), pk=pk)


class StudentsView(_CohortView):
    @extend_schema(summary="List a cohort's students", responses=StudentSerializer(many=True))
    def get(self, request, pk):
        cohort = self.cohort(pk)
        board = cohort_board(cohort, request.user.today())
        coders = [student.enrollment.coder for student in board.students]
        note_access(request.user, cohort.program.organization, coders, f"cohort {cohort}")
        return Response(StudentSerializer(board.students, many=True).data)


class SignOffsView(_CohortView):
    @extend_schema(summary="Sign off assignments", request=SignOffsSerializer, responses=OutcomeSerializer)
    def post(self, request, pk):
        cohort, given = self.cohort(pk), valid(SignOffsSerializer, request)
        done = sign_off(
            cohort, cohort_assignments(cohort, given["assignments"]), given["note"], by=request.user
        )
        return outcome(len(done.done), done.skipped)


class ExtensionsView(_CohortView):
    @extend_schema(summary="Move due dates", request=ExtensionsSerializer, responses=OutcomeSerializer)
    def post(self, request, pk):
        cohort, given = self.cohort(pk), valid(ExtensionsSerializer, request)
        chosen = cohort_assignments(cohort, given["assignments"])
        if given["dry_run"]:
            moves = plan_extension(chosen, given["until"], request.user.today())
        else:
            site = request.build_absolute_uri("/").rstrip("/")
            moves = extend(cohort, chosen, given["until"], given["reason"], by=request.user, site=site)
        return outcome(len(moves.move), moves.skipped)


class InvitationsView(_CohortView):
    @extend_schema(summary="Invite students", request=InvitationsSerializer, responses=OutcomeSerializer)
    def post(self, request, pk):
        cohort, given = self.cohort(pk), valid(InvitationsSerializer, request)
        rows = [(number, one["email"], one["name"]) for number, one in enumerate(given["people"], 1)]
        if given["dry_run"]:
            roster = plan_invitations(cohort, rows)
        else:
            roster = invite(cohort, rows, by=request.user, site=request.build_absolute_uri("/").rstrip("/"))
        return outcome(len(roster.invite), Counter(reason for _where, reason in roster.skipped))
