"""/api/v1/teams/: what managers see and do, from the selectors and services of the pages. Members' data only as they share it."""

from collections import defaultdict

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from tracker.models import RECORD_KINDS, Certainty, Scope, StandardVersion, Status, Team
from tracker.permissions import managed_members, managed_teams
from tracker.selectors.members import evidence, member_view
from tracker.selectors.team_board import team_board
from tracker.selectors.verification import verification_queue
from tracker.services.sharing import evidence_words, note_access
from tracker.services.standards import current_version
from tracker.services.verification import MOST_AT_ONCE, question, verify

from .base import ApiMixin
from .explain import ExplanationSerializer

WHAT = "the team, by the API"


class TeamSerializer(serializers.ModelSerializer):
    """A team that you manage."""

    organization = serializers.CharField(source="organization.name")

    class Meta:
        model = Team
        fields = ("id", "name", "organization")


class BoardGapSerializer(serializers.Serializer):
    """One milestone that the team asks of a member."""

    milestone = serializers.CharField()
    status = serializers.ChoiceField(Status.choices)
    certainty = serializers.ChoiceField(Certainty.choices, allow_blank=True)
    value = serializers.FloatField(allow_null=True)
    contested = serializers.BooleanField(
        help_text="Whether a score in it is disputed and not answered yet: it counts until then."
    )
    must = serializers.BooleanField()


class TeamMemberSerializer(serializers.Serializer):
    """A member under the team's standard, from what they share with the team."""

    id = serializers.IntegerField(help_text="Of the membership.")
    name = serializers.CharField()
    job_title = serializers.CharField()
    role = serializers.CharField()
    target = serializers.CharField(help_text="The team's, not the coder's own.")
    readiness = serializers.IntegerField(allow_null=True, help_text="Whole percent, rounded down.")
    is_fresh = serializers.BooleanField()
    gaps = BoardGapSerializer(many=True)


class StandardVersionSerializer(serializers.ModelSerializer):
    """The version of a team's standard that is in force."""

    titles = serializers.SerializerMethodField(help_text="Roles by job title.")
    productivity = serializers.SerializerMethodField(help_text="Charts an hour by work type.")
    milestones = serializers.SerializerMethodField(help_text="Weights of further milestones.")

    class Meta:
        model = StandardVersion
        fields = (
            "no", "valid_from", "accuracy_method", "accuracy_target", "note", "titles", "productivity", "milestones",
        )  # fmt: skip

    def get_titles(self, version) -> dict[str, str]:
        return {row.title: row.role.slug for row in version.titles.all()}

    def get_productivity(self, version) -> dict[str, str]:
        return {row.work_type.slug: str(row.per_hour) for row in version.productivity.all()}

    def get_milestones(self, version) -> dict[str, int]:
        return {row.milestone.slug: row.weight for row in version.milestones.all()}


class WaitingSerializer(serializers.Serializer):
    """A self-reported record that is shared with the team."""

    kind = serializers.CharField(source="record.KIND")
    id = serializers.IntegerField(source="record.pk")
    coder = serializers.CharField(source="record.coder.user")
    text = serializers.CharField(source="record.headline")
    counts_on = serializers.DateField(source="record.counts_on", allow_null=True)
    question = serializers.CharField(source="question.reason", allow_null=True, default=None)
    seen = serializers.CharField(help_text="Tells what you read. Send it along with your verdict.")


class ChosenSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(list(RECORD_KINDS))
    id = serializers.IntegerField(min_value=1, max_value=2**62)
    seen = serializers.CharField(
        max_length=40, help_text="As it was listed: refused where the record was changed since."
    )


class VerificationSerializer(serializers.Serializer):
    """Verify records, or question them with a reason that their coders read."""

    do = serializers.ChoiceField(["verify", "question"])
    records = ChosenSerializer(many=True, allow_empty=False, max_length=MOST_AT_ONCE)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class SettledSerializer(serializers.Serializer):
    number = serializers.IntegerField(help_text="Those that waited; your own are never among them.")


class _TeamView(ApiMixin, APIView):
    scope = Scope.TEAM
    pagination_class = None

    def team(self, pk: int) -> Team:
        return get_object_or_404(managed_teams(self.request.user), pk=pk)


class TeamsView(_TeamView):
    @extend_schema(summary="List the teams that you manage", responses=TeamSerializer(many=True))
    def get(self, request):
        return Response(TeamSerializer(managed_teams(request.user), many=True).data)


class TeamMembersView(_TeamView):
    @extend_schema(summary="List a team's members with their gaps", responses=TeamMemberSerializer(many=True))
    def get(self, request, id):
        board = team_board(self.team(id), request.user.today())
        note_access(request.user, board.team.organization, [row.member.coder for row in board.rows], WHAT)
        slugs = {column.version: column.slug for column in board.columns}
        rows = [
            {
                "id": row.member.pk, "name": row.name, "job_title": row.title, "role": row.role, "target": row.target,
                "readiness": row.readiness, "is_fresh": row.is_fresh,
                "gaps": [
                    {"milestone": slugs[version], "status": cell.status, "certainty": cell.certainty,
                     "value": cell.number, "must": cell.must, "contested": cell.contested}
                    for version, cell in row.cells.items()
                ],
            }
            for row in board.rows
        ]  # fmt: skip
        return Response(TeamMemberSerializer(rows, many=True).data)


class TeamMemberView(_TeamView):
    @extend_schema(
        summary="Read one member as the team sees them",
        responses=TeamMemberSerializer,
        operation_id="team_member",
    )
    def get(self, request, id):
        related = (
            "coder__target_role",
            "coder__staleness",
            "evaluation__role",
            "evaluation__target",
            "team__organization",
        )
        member = get_object_or_404(managed_members(request.user).select_related(*related), pk=id)
        note_access(request.user, member.team.organization, [member.coder], WHAT)
        view = member_view(member, request.user.today())
        gaps = [
            {
                "milestone": gap.slug,
                "status": gap.status,
                "certainty": gap.certainty,
                "value": gap.number,
                "must": gap.must,
                "contested": gap.contested,
            }
            for gap in view.gaps
        ]
        found = {
            "id": member.pk, "name": str(member.coder), "job_title": member.job_title, "role": view.role,
            "target": view.target, "readiness": view.readiness, "is_fresh": view.is_fresh, "gaps": gaps,
        }  # fmt: skip
        return Response(TeamMemberSerializer(found).data)


class TeamGapView(_TeamView):
    @extend_schema(
        summary="Read how a gap of a member came about, under the team's standard",
        responses=ExplanationSerializer,
        operation_id="team_member_explanation",
    )
    def get(self, request, id, slug):
        members = managed_members(request.user).select_related(
            "coder__user", "evaluation", "team__organization"
        )
        member = get_object_or_404(members, pk=id)
        found = evidence(member, slug, request.user.today())
        if found is None:
            raise Http404
        note_access(request.user, member.team.organization, [member.coder], evidence_words(found.gap.name))
        return Response(ExplanationSerializer(found.explanation).data)


class TeamStandardView(_TeamView):
    @extend_schema(
        summary="Read the standard that a team is held to", responses={200: StandardVersionSerializer, 204: None},
        description="204 where the team has none of its own: the catalogue stands as it is.",
    )  # fmt: skip
    def get(self, request, id):
        version = current_version(self.team(id), request.user.today())
        return Response(StandardVersionSerializer(version).data) if version else Response(status=204)


class TeamVerificationView(_TeamView):
    @extend_schema(summary="List what waits to be verified", responses=WaitingSerializer(many=True))
    def get(self, request, id):
        team = self.team(id)
        lines = verification_queue(team, request.user).lines
        note_access(request.user, team.organization, [line.record.coder for line in lines], WHAT)
        return Response(WaitingSerializer(lines, many=True).data)

    @extend_schema(
        summary="Verify or question records",
        request=VerificationSerializer,
        responses={200: SettledSerializer},
    )
    def post(self, request, id):
        team = self.team(id)
        sent = VerificationSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        chosen, seen = defaultdict(list), {}
        for row in sent.validated_data["records"]:
            chosen[row["kind"]].append(row["id"])
            seen[row["kind"], row["id"]] = row["seen"]
        reason = sent.validated_data["reason"]
        if sent.validated_data["do"] == "verify":
            done = verify(team, chosen, by=request.user, because=reason, seen=seen)
        else:
            done = question(team, chosen, by=request.user, reason=reason, seen=seen)
        return Response({"number": len(done)})
