"""/api/v1/log/, /resume/, /share-links/, /sharing/ and /access-log/: what the pages of the same names show and do, for oneself."""

from django.core.exceptions import ValidationError as Refused
from django.db.models import Count, Prefetch
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.generics import ListAPIView
from rest_framework.response import Response
from rest_framework.views import APIView

from tracker.forms import form_for
from tracker.models import RECORD_KINDS, AccessLog, LinkPart, Membership, Resume, Scope, Share, ShareLink
from tracker.quicklog import understand
from tracker.quicklog.line import LONGEST
from tracker.selectors.resume import bullets_of, resume_of
from tracker.selectors.resume_facts import facts_of
from tracker.selectors.vocabulary import usual_work_type, vocabulary
from tracker.services.coders import coder_of
from tracker.services.resume import DAYS, LINES_AT_MOST, create_link, revoke_link, save_resume
from tracker.services.sharing import change_shares
from tracker.validators import refuse_patient_data

from .ahead import coder_or_404
from .base import ApiMixin
from .serializers import StrictSerializer, TextField

KINDS = [(kind, kind) for kind in RECORD_KINDS]

# --- One line ---


class LineSerializer(serializers.Serializer):
    """A line as one types it, such as `emergency 120 charts 8h`."""

    line = TextField(max_length=LONGEST, validators=[refuse_patient_data])
    save = serializers.BooleanField(
        default=False, help_text="Store it where it is complete. Otherwise only say."
    )


class UnderstoodSerializer(serializers.Serializer):
    """What a line was understood as. `errors` are what is missing or wrong, by field of the record."""

    kind = serializers.CharField(allow_blank=True, help_text="A kind of record; empty: not understood.")
    unknown = serializers.ListField(child=serializers.CharField(), help_text="Words that stand for nothing.")
    assumed = serializers.ListField(child=serializers.CharField(), help_text="Fields filled as last time.")
    text = serializers.CharField(allow_blank=True, help_text="The record in one line, as it would be.")
    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    id = serializers.IntegerField(allow_null=True, help_text="Of the stored record.")


class QuickLogView(ApiMixin, APIView):
    scope = Scope.READ
    pagination_class = None

    @extend_schema(
        summary="Understand a line, and log it if asked",
        request=LineSerializer,
        responses={200: UnderstoodSerializer, 201: UnderstoodSerializer},
    )
    def post(self, request):
        sent = LineSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        coder = coder_of(request.user)
        found = understand(sent.validated_data["line"], vocabulary(), coder.today())
        said = {
            "kind": found.kind,
            "unknown": found.unknown,
            "assumed": [],
            "text": "",
            "errors": {},
            "id": None,
        }
        if not found.kind or found.again:
            return Response(said)
        if found.kind == "volume" and "work_type" not in found.data and (usual := usual_work_type(coder)):
            found.data["work_type"] = str(usual.pk)
            said["assumed"] = ["work_type"]
        data = QueryDict(mutable=True)
        for name, value in found.data.items():
            data.setlist(name, value if isinstance(value, list) else [value])
        form = form_for(found.kind)(data, coder=coder)
        if not form.is_valid():
            return Response(said | {"errors": form.errors})
        if not sent.validated_data["save"]:
            return Response(said | {"text": form.instance.headline()})
        try:
            record = form.save(by=request.user)
        except Refused:
            return Response(said | {"errors": form.errors})
        said |= {"id": record.pk, "text": record.headline()}
        return Response(said, status=status.HTTP_201_CREATED)


# --- The résumé ---


class BulletSerializer(serializers.Serializer):
    """A chosen line. `fact` is the key of its fact, or empty for words of one's own; {placeholders} stand for its figures."""

    fact = TextField(max_length=120, allow_blank=True, default="")
    wording = TextField(max_length=400, validators=[refuse_patient_data])
    text = serializers.CharField(
        read_only=True, help_text="With today's figures; empty: no record is behind it."
    )
    basis = serializers.CharField(read_only=True)


class FactSerializer(serializers.Serializer):
    """What the records can say, with the figures by placeholder."""

    key = serializers.CharField()
    default = serializers.CharField(help_text="A wording to begin with.")
    values = serializers.DictField(child=serializers.CharField())
    basis = serializers.CharField()


class DocumentLineSerializer(serializers.Serializer):
    text = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)
    basis = serializers.CharField(allow_blank=True)


class SectionSerializer(serializers.Serializer):
    part = serializers.CharField()
    title = serializers.CharField()
    lines = DocumentLineSerializer(many=True)


class ResumeSerializer(serializers.Serializer):
    """The résumé: what was chosen, what could be, and the whole as a reader sees it."""

    headline = TextField(max_length=120, allow_blank=True, default="", validators=[refuse_patient_data])
    lines = BulletSerializer(many=True, max_length=LINES_AT_MOST)
    facts = FactSerializer(many=True, read_only=True)
    sections = SectionSerializer(many=True, read_only=True)


class ResumeView(ApiMixin, APIView):
    needs_coder = True
    scope = Scope.READ
    pagination_class = None

    @extend_schema(summary="Read your résumé", responses=ResumeSerializer)
    def get(self, request):
        return self._answer(coder_or_404(request.user))

    @extend_schema(
        summary="Choose the lines of your résumé", request=ResumeSerializer, responses=ResumeSerializer
    )
    def put(self, request):
        coder = coder_or_404(request.user)
        sent = ResumeSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        lines = [(line["fact"], line["wording"]) for line in sent.validated_data["lines"]]
        save_resume(
            coder,
            headline=sent.validated_data["headline"],
            lines=lines,
            facts=facts_of(coder),
            by=request.user,
        )
        return self._answer(coder)

    def _answer(self, coder):
        resume, facts = Resume.objects.filter(coder=coder).first(), facts_of(coder)
        whole = {
            "headline": resume.headline if resume else "",
            "lines": bullets_of(coder, facts),
            "facts": facts,
            "sections": resume_of(coder).sections,
        }
        return Response(ResumeSerializer(whole).data)


# --- Who sees what ---


class ShareLinkSerializer(StrictSerializer):
    """A link that shows parts of the résumé to whoever has it. Its address is in the answer that makes it, and never again."""

    parts = serializers.ListField(child=serializers.ChoiceField(LinkPart.choices), allow_empty=False)
    days = serializers.ChoiceField(DAYS, write_only=True, help_text="How long it is open.")
    address = serializers.CharField(read_only=True, allow_blank=True, default="")
    is_open = serializers.BooleanField(read_only=True)
    openings = serializers.IntegerField(source="n_openings", read_only=True, default=0)

    class Meta:
        model = ShareLink
        fields = (
            "id",
            "name",
            "parts",
            "days",
            "address",
            "is_open",
            "openings",
            "created_at",
            "expires_at",
            "revoked_at",
        )
        read_only_fields = ("created_at", "expires_at", "revoked_at")

    def create(self, data):
        request = self.context["request"]
        link, token = create_link(coder_or_404(request.user), **data, by=request.user)
        link.address = request.build_absolute_uri(f"/shared/{token}/")
        return link


@extend_schema_view(
    list=extend_schema(summary="List your links to your résumé"),
    retrieve=extend_schema(summary="Read about one link"),
    create=extend_schema(summary="Make a link"),
)
class ShareLinkViewSet(
    ApiMixin,
    mixins.CreateModelMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet,
):
    needs_coder = True
    scope = Scope.READ
    lookup_value_regex = r"\d{1,18}"
    serializer_class = ShareLinkSerializer
    queryset = ShareLink.objects.none()

    def get_queryset(self):
        links = ShareLink.objects.filter(coder__user_id=self.request.user.pk).select_related("coder__user")
        return links.annotate(n_openings=Count("openings"))

    @extend_schema(summary="Close a link at once")
    def destroy(self, request, *args, **kwargs):
        """It stays on the list, as closed."""
        return super().destroy(request, *args, **kwargs)

    def perform_destroy(self, link):
        revoke_link(link, by=self.request.user)


class SharingSerializer(serializers.Serializer):
    """What you share with a team of yours: kinds of records."""

    id = serializers.IntegerField(source="pk", read_only=True, help_text="Of the membership.")
    team = serializers.CharField(source="team.name", read_only=True)
    organization = serializers.CharField(source="team.organization.name", read_only=True)
    joined_on = serializers.DateField(read_only=True)
    kinds = serializers.ListField(child=serializers.ChoiceField(KINDS))

    def to_representation(self, membership):
        membership.kinds = sorted(share.kind for share in membership.shares.all())
        return super().to_representation(membership)


def _memberships(request):
    open_shares = Prefetch("shares", Share.objects.filter(revoked_at=None))
    members = Membership.objects.open().filter(coder__user_id=request.user.pk).order_by("pk")
    return members.select_related("team__organization", "coder__user").prefetch_related(open_shares)


class SharingView(ApiMixin, APIView):
    scope = Scope.READ
    pagination_class = None

    @extend_schema(summary="List what you share with your teams", responses=SharingSerializer(many=True))
    def get(self, request):
        return Response(SharingSerializer(_memberships(request), many=True).data)


class TeamSharingView(ApiMixin, APIView):
    scope = Scope.READ
    pagination_class = None

    @extend_schema(
        summary="Change what you share with a team", request=SharingSerializer, responses=SharingSerializer
    )
    def put(self, request, id):
        membership = get_object_or_404(_memberships(request), pk=id)
        sent = SharingSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        change_shares(membership, sent.validated_data["kinds"], by=request.user)
        return Response(SharingSerializer(_memberships(request).get(pk=id)).data)


class AccessLogSerializer(serializers.ModelSerializer):
    """Who looked at what of yours, once a day."""

    viewer = serializers.StringRelatedField()
    organization = serializers.StringRelatedField(allow_null=True)

    class Meta:
        model = AccessLog
        fields = ("at", "viewer", "organization", "what")


class AccessLogView(ApiMixin, ListAPIView):
    scope = Scope.READ
    filter_backends = []
    serializer_class = AccessLogSerializer
    queryset = AccessLog.objects.none()

    @extend_schema(summary="List who looked at what of yours")
    def get(self, request, *args, **kwargs):
        return super().get(request, *args, **kwargs)

    def get_queryset(self):
        looks = AccessLog.objects.filter(coder__user_id=self.request.user.pk)
        return looks.select_related("viewer", "organization")
