"""/api/v1/programs/… and what a cohort follows: what instructors write, by the services of the pages."""

from decimal import Decimal

from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from curriculum.conditions import in_words
from curriculum.models import (
    Body,
    CertificateBy,
    LearningActivity,
    Milestone,
    Organization,
    OrganizationKind,
    Program,
    Role,
)
from tracker import wording
from tracker.models import Cohort, Dating, Scope, Staff, StaffRole
from tracker.permissions import taught_cohorts, taught_programs
from tracker.selectors.outcomes import outcomes_of
from tracker.services.assigning import apply_version, plan_version, plan_versions
from tracker.services.enrolling import close_link, renew_link, save_cohort
from tracker.services.invitations import invite_instructor
from tracker.services.programs import (
    Wanted,
    add_version,
    found_school,
    newest_version,
    remove_instructor,
    save_activity,
    save_milestone,
    save_program,
)
from tracker.validators import refuse_patient_data
from tracker.views.scope import site_of

from .base import ApiMixin
from .serializers import SlugField

MOST_ITEMS = 60
BIGGEST = 2**63 - 1


class Strict(serializers.Serializer):
    """Refuses what it does not know: a column that is dropped in silence is a promise that it was kept."""

    def to_internal_value(self, data):
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            names = sorted(name[:60].encode("ascii", "backslashreplace").decode() for name in unknown)
            raise serializers.ValidationError(
                {name: ["There is no such field. Leave it out."] for name in names}
            )
        return super().to_internal_value(data)


def valid(serializer_class, request, **more) -> dict:
    serializer = serializer_class(data=request.data, **more)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def _text(length: int, **more) -> serializers.CharField:
    return serializers.CharField(max_length=length, validators=[refuse_patient_data], **more)


class ProgramChangeSerializer(Strict):
    name = _text(120)
    summary = _text(500, required=False, allow_blank=True)
    role = SlugField(queryset=Role.objects.all(), required=False, allow_null=True)
    certificate_by = serializers.ChoiceField(CertificateBy.choices, required=False)


class NewProgramSerializer(ProgramChangeSerializer):
    """A program of an organization in which you teach, or of a new school."""

    organization = serializers.IntegerField(min_value=1, max_value=BIGGEST, required=False)
    school = _text(160, required=False)

    def validate(self, data):
        if bool(data.get("organization")) == bool(data.get("school")):
            raise serializers.ValidationError({"school": ["Give an organization, or name a new school."]})
        return data


class ItemSerializer(Strict):
    """One thing that a version asks: a milestone or a learning activity, by its slug."""

    milestone = SlugField(queryset=Milestone.objects.all(), required=False, allow_null=True)
    activity = SlugField(queryset=LearningActivity.objects.all(), required=False, allow_null=True)
    required = serializers.BooleanField(default=True)
    by_signoff = serializers.BooleanField(default=False)
    due_days = serializers.IntegerField(
        min_value=0, max_value=3650, required=False, allow_null=True, help_text="Days after the start."
    )

    def validate(self, data):
        if bool(data.get("milestone")) == bool(data.get("activity")):
            raise serializers.ValidationError({"milestone": ["Give a milestone or an activity."]})
        return data


class NewVersionSerializer(Strict):
    items = ItemSerializer(many=True, max_length=MOST_ITEMS)
    note = _text(200, required=False, allow_blank=True, default="")


class GivenVersionSerializer(serializers.Serializer):
    """What giving a version to a cohort does, or would do."""

    cohort = serializers.IntegerField(source="cohort.pk")
    students = serializers.IntegerField()
    creates = serializers.SerializerMethodField()
    changes = serializers.SerializerMethodField()
    withdraws = serializers.SerializerMethodField()
    skipped = serializers.DictField(child=serializers.IntegerField())
    in_words = serializers.CharField(source="summary")

    def get_creates(self, plan) -> int:
        return len(plan.create)

    def get_changes(self, plan) -> int:
        return len(plan.change)

    def get_withdraws(self, plan) -> int:
        return len(plan.withdraw)


class VersionSerializer(serializers.Serializer):
    no = serializers.IntegerField()
    note = serializers.CharField()
    items = ItemSerializer(source="items.all", many=True)


class NewVersionAnswerSerializer(serializers.Serializer):
    """A version that nobody follows yet, and what giving it to each running cohort would do."""

    version = VersionSerializer()
    plans = GivenVersionSerializer(many=True)


class CohortChangeSerializer(Strict):
    name = _text(120)
    opens_on = serializers.DateField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    dating = serializers.ChoiceField(Dating.choices, required=False)
    open_to_all = serializers.BooleanField(required=False)


class CohortDetailSerializer(CohortChangeSerializer):
    id = serializers.IntegerField(source="pk")
    program = serializers.IntegerField(source="program_id")
    version = serializers.IntegerField(source="version.no")


class GiveVersionSerializer(Strict):
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    dry_run = serializers.BooleanField(default=False, help_text="Only say what it would do.")


class ActivityCreditSerializer(Strict):
    body = SlugField(queryset=Body.objects.all())
    units = serializers.DecimalField(max_digits=5, decimal_places=2, min_value=Decimal("0.25"), max_value=200)


class ActivitySerializer(Strict):
    """A learning activity of the program's organization. A change leaves what it does not name."""

    id = serializers.IntegerField(source="pk", read_only=True)
    slug = serializers.CharField(read_only=True)
    name = _text(120)
    provider = _text(120, required=False, allow_blank=True)
    description = _text(2000, required=False, allow_blank=True)
    link = serializers.URLField(max_length=200, required=False, allow_blank=True)
    hours = serializers.DecimalField(
        max_digits=5, decimal_places=1, min_value=0, required=False, allow_null=True
    )
    cost_usd = serializers.DecimalField(
        max_digits=8, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    milestones = SlugField(queryset=Milestone.objects.all(), many=True, required=False)
    credits = ActivityCreditSerializer(many=True, required=False)


class OwnMilestoneSerializer(Strict):
    """A milestone of the organization's own; with `milestone`, a new version of that one."""

    milestone = SlugField(queryset=Milestone.objects.exclude(owner=None), required=False, allow_null=True)
    name = _text(160)
    summary = _text(500)
    definition = serializers.JSONField(help_text="Conditions, as the catalogue writes them.")


class OwnMilestoneAnswerSerializer(serializers.Serializer):
    milestone = serializers.CharField(source="milestone.slug")
    version = serializers.IntegerField(source="no")
    in_words = serializers.SerializerMethodField()

    def get_in_words(self, version) -> str:
        return wording.sentence(in_words(version.rule.needs))


class InstructorSerializer(Strict):
    email = serializers.CharField(max_length=254)


class TeachingSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.SerializerMethodField()
    accepted = serializers.SerializerMethodField()

    def get_name(self, teaching) -> str:
        return str(teaching.staff.user or teaching.staff.invited_email)

    def get_accepted(self, teaching) -> bool:
        return teaching.staff.accepted_at is not None


class ProgramDetailSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    summary = serializers.CharField()
    organization = serializers.CharField(source="organization.name")
    role = serializers.CharField(source="role.slug", default=None, allow_null=True)
    certificate_by = serializers.ChoiceField(CertificateBy.choices)
    newest = VersionSerializer()
    instructors = TeachingSerializer(many=True)


class OutcomesSerializer(serializers.Serializer):
    """A share of counts with its denominator, who is left out and why, and Wilson's 95% interval, in words."""

    name = serializers.CharField()
    means = serializers.CharField()
    n = serializers.IntegerField()
    of = serializers.IntegerField()
    percent = serializers.CharField(help_text="Empty where nobody counts yet.")
    interval = serializers.CharField()
    left_out = serializers.SerializerMethodField()

    def get_left_out(self, outcome) -> dict[str, int]:
        return {why: n for n, why in outcome.left_out}


class LinkSerializer(serializers.Serializer):
    link = serializers.URLField(help_text="Told once; the one before it opens nothing any more.")


class TaughtView(ApiMixin, APIView):
    scope = Scope.PROGRAM
    pagination_class = None

    def program(self, pk) -> Program:
        return get_object_or_404(taught_programs(self.request.user), pk=pk)

    def cohort(self, pk) -> Cohort:
        return get_object_or_404(taught_cohorts(self.request.user), pk=pk)


def _detail(program: Program) -> Response:
    program.newest = newest_version(program)
    answer = {name: getattr(program, name) for name in ("pk", "name", "summary", "organization", "role", "certificate_by", "newest")}  # fmt: skip
    answer["instructors"] = program.instructors.select_related("staff__user")
    return Response(ProgramDetailSerializer(answer).data)


def open_program(user, given: dict) -> Program:
    """A new program, of an organization in which one teaches or of a new school."""
    of, school = given.pop("organization", None), given.pop("school", None)
    if school:
        organization = found_school(school, by=user, kind=OrganizationKind.SCHOOL).organization
    else:
        mine = Staff.objects.open().filter(user=user, role=StaffRole.INSTRUCTOR)
        organization = get_object_or_404(Organization.objects.filter(staff__in=mine).distinct(), pk=of)
    return save_program(Program(organization=organization, **given), by=user)


class ProgramView(TaughtView):
    @extend_schema(summary="Read a program that you teach", responses=ProgramDetailSerializer)
    def get(self, request, pk):
        return _detail(self.program(pk))

    @extend_schema(
        summary="Change a program", request=ProgramChangeSerializer, responses=ProgramDetailSerializer
    )
    def patch(self, request, pk):
        program = self.program(pk)
        for name, value in valid(ProgramChangeSerializer, request, partial=True).items():
            setattr(program, name, value)
        return _detail(save_program(program, by=request.user))


class VersionsView(TaughtView):
    @extend_schema(summary="List what a program asked, newest first", responses=VersionSerializer(many=True))
    def get(self, request, pk):
        versions = self.program(pk).versions.prefetch_related("items__milestone", "items__activity")
        return Response(VersionSerializer(versions, many=True).data)

    @extend_schema(
        summary="Say anew what a program asks; nobody follows it yet",
        request=NewVersionSerializer,
        responses=NewVersionAnswerSerializer,
    )
    def post(self, request, pk):
        program, given = self.program(pk), valid(NewVersionSerializer, request)
        wanted = [Wanted(**item) for item in given["items"]]
        version = add_version(program, wanted, note=given["note"], by=request.user)
        running = taught_cohorts(request.user).filter(program=program, ends_on__gte=request.user.today())
        plans = plan_versions(running, version)
        return Response(NewVersionAnswerSerializer({"version": version, "plans": plans}).data)


class ProgramCohortsView(TaughtView):
    @extend_schema(
        summary="Open a cohort", request=CohortChangeSerializer, responses={201: CohortDetailSerializer}
    )
    def post(self, request, pk):
        program, given = self.program(pk), valid(CohortChangeSerializer, request)
        cohort = save_cohort(Cohort(program=program, **given), by=request.user)
        return Response(CohortDetailSerializer(cohort).data, status=201)


class CohortView(TaughtView):
    @extend_schema(summary="Read a cohort", responses=CohortDetailSerializer)
    def get(self, request, pk):
        return Response(CohortDetailSerializer(self.cohort(pk)).data)

    @extend_schema(
        summary="Change a cohort; due dates that were given stay",
        request=CohortChangeSerializer,
        responses=CohortDetailSerializer,
    )
    def patch(self, request, pk):
        cohort = self.cohort(pk)
        for name, value in valid(CohortChangeSerializer, request, partial=True).items():
            setattr(cohort, name, value)
        return Response(CohortDetailSerializer(save_cohort(cohort, by=request.user)).data)


class CohortVersionView(TaughtView):
    @extend_schema(
        summary="Give a version of the program to a cohort",
        request=GiveVersionSerializer,
        responses=GivenVersionSerializer,
    )
    def post(self, request, pk):
        cohort, given = self.cohort(pk), valid(GiveVersionSerializer, request)
        version = get_object_or_404(cohort.program.versions, no=given["version"])
        if given["dry_run"]:
            return Response(GivenVersionSerializer(plan_version(cohort, version)).data)
        return Response(GivenVersionSerializer(apply_version(cohort, version, by=request.user)).data)


class CohortLinkView(TaughtView):
    @extend_schema(summary="Make a new join link", request=None, responses={201: LinkSerializer})
    def post(self, request, pk):
        token = renew_link(self.cohort(pk), by=request.user)
        return Response({"link": site_of(request) + reverse("programs:join", args=[token])}, status=201)

    @extend_schema(summary="Close the join link", responses={204: None})
    def delete(self, request, pk):
        close_link(self.cohort(pk), by=request.user)
        return Response(status=204)


class ActivitiesView(TaughtView):
    @extend_schema(
        summary="Add a learning activity of your own",
        request=ActivitySerializer,
        responses={201: ActivitySerializer},
    )
    def post(self, request, pk):
        program, given = self.program(pk), valid(ActivitySerializer, request)
        return _activity(program, LearningActivity(), given, request.user, 201)


class ActivityView(TaughtView):
    @extend_schema(
        summary="Change a learning activity of your own",
        request=ActivitySerializer,
        responses=ActivitySerializer,
    )
    def patch(self, request, pk, activity):
        program = self.program(pk)
        own = get_object_or_404(LearningActivity.objects.filter(owner=program.organization), pk=activity)
        return _activity(program, own, valid(ActivitySerializer, request, partial=True), request.user, 200)


def _activity(program: Program, activity: LearningActivity, given: dict, user, status: int) -> Response:
    known = activity.pk is not None
    milestones = given.pop("milestones", list(activity.milestones.all()) if known else [])
    credits = {row["body"]: row["units"] for row in given.pop("credits", [])} if "credits" in given else None
    if credits is None:
        credits = {row.body: row.units for row in activity.credits.select_related("body")} if known else {}
    for name, value in given.items():
        setattr(activity, name, value)
    saved = save_activity(program.organization, activity, milestones=milestones, credits=credits, by=user)
    answer = {name: getattr(saved, name) for name in ("pk", "slug", "name", "provider", "description", "link", "hours", "cost_usd")}  # fmt: skip
    answer |= {"milestones": saved.milestones.all(), "credits": saved.credits.select_related("body")}
    return Response(ActivitySerializer(answer).data, status=status)


class OwnMilestonesView(TaughtView):
    @extend_schema(
        summary="Make a milestone of your own, or a new version of one",
        request=OwnMilestoneSerializer,
        responses={201: OwnMilestoneAnswerSerializer},
    )
    def post(self, request, pk):
        program, given = self.program(pk), valid(OwnMilestoneSerializer, request)
        version = save_milestone(program.organization, given, given["definition"], by=request.user)
        return Response(OwnMilestoneAnswerSerializer(version).data, status=201)


class InstructorsView(TaughtView):
    @extend_schema(
        summary="Invite an instructor by e-mail",
        request=InstructorSerializer,
        responses={201: TeachingSerializer},
    )
    def post(self, request, pk):
        program, given = self.program(pk), valid(InstructorSerializer, request)
        staff = invite_instructor(program, given["email"], by=request.user, site=site_of(request))
        return Response(TeachingSerializer(program.instructors.get(staff=staff)).data, status=201)


class InstructorView(TaughtView):
    @extend_schema(summary="Take an instructor out, or withdraw the invitation", responses={204: None})
    def delete(self, request, pk, teaching):
        found = get_object_or_404(
            self.program(pk).instructors.select_related("staff", "program"), pk=teaching
        )
        remove_instructor(found, by=request.user)
        return Response(status=204)


class OutcomesView(TaughtView):
    @extend_schema(
        summary="Read what became of a program’s students", responses=OutcomesSerializer(many=True)
    )
    def get(self, request, pk):
        outcomes = outcomes_of(self.program(pk), request.user.today())
        return Response(OutcomesSerializer(outcomes, many=True).data)
