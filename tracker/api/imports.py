"""/api/v1/imports/: files as they come, from the upload to the undoing, by the services of the pages."""

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response

from tracker.forms.imports import COLUMN, MINE, column_choices, owners_for, shown_header
from tracker.imports.columns import choices
from tracker.imports.errors import UnreadableFileError
from tracker.imports.kinds import KINDS
from tracker.imports.reading import MOST_BYTES
from tracker.models import ApiToken, Coder, ImportBatch, ImportState, Scope
from tracker.services.imports import running
from tracker.services.imports.names import choices_for, forget_names, match, unmatched
from tracker.services.imports.preview import listed
from tracker.services.imports.sources import visible_batches
from tracker.services.imports.staging import told_from
from tracker.services.imports.undoing import left_of
from tracker.services.imports.uploads import InMemory, Upload
from tracker.validators import refuse_patient_data

from .base import ApiMixin
from .errors import TooLarge

OUTCOMES = ("error", "new", "replaces", "same", "warning", "stranger", "kept", "withdrawn")
LONGEST, MOST_SAID = 200, 400


class UploadSerializer(serializers.Serializer):
    """A file, and all that is said about it. Nothing of the file is kept until nothing stands in its way."""

    file = serializers.FileField(allow_empty_file=True, help_text="CSV or Excel, up to 20 MB.")
    owner = serializers.CharField(
        max_length=40, default=MINE,
        help_text="Whose work it is: `me`, the number of an organization that you manage, or `team:` and the number of a team.",
    )  # fmt: skip
    kind = serializers.ChoiceField(
        list(KINDS),
        required=False,
        allow_blank=True,
        default="",
        help_text="Empty: found out from its columns.",
    )
    name = serializers.CharField(
        max_length=80, required=False, allow_blank=True, default="", validators=[refuse_patient_data],
        help_text="Where it comes from. Columns, names and words are remembered for it.",
    )  # fmt: skip
    columns = serializers.JSONField(
        required=False,
        default=dict,
        help_text="What columns are: fields by header. An empty field leaves a column out.",
    )
    drop = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST), required=False, default=list, max_length=MOST_SAID,
        help_text="Keys of columns that are not to be read at all.",
    )  # fmt: skip
    answers = serializers.JSONField(
        required=False, default=dict, help_text="Answers by the key of a question."
    )
    look = serializers.BooleanField(default=False, help_text="Only say how the file would be read.")

    def validate_columns(self, given) -> dict[str, str]:
        return told_from(_texts(given))

    def validate_answers(self, given) -> dict[str, str]:
        return _texts(given)


def _texts(given) -> dict[str, str]:
    """A short object of short texts."""
    if (
        not isinstance(given, dict)
        or len(given) > MOST_SAID
        or any(
            not isinstance(value, str) or max(len(key), len(value)) > LONGEST for key, value in given.items()
        )
        or "\0" in "".join((*given, *given.values()))
    ):
        raise serializers.ValidationError("Send an object of texts.")
    return given


class ChoiceSerializer(serializers.Serializer):
    value = serializers.CharField(allow_blank=True)
    label = serializers.CharField()


class ColumnSerializer(serializers.Serializer):
    """A column of a file: what it is, empty where it is left out, null where nobody knows."""

    column = serializers.CharField(help_text="As a spreadsheet names it: A, B, C …")
    header = serializers.CharField(allow_blank=True, help_text="Empty where it could be a value.")
    told_by = serializers.CharField(help_text="The key under which `columns` can say what it is.")
    field = serializers.CharField(allow_null=True, allow_blank=True)


class RefusedColumnSerializer(serializers.Serializer):
    """A column that could hold patient data. No cell of it is ever repeated."""

    column = serializers.CharField()
    header = serializers.CharField(allow_blank=True)
    key = serializers.CharField(help_text="Send it in `drop` to leave the column unread.")
    why = serializers.CharField()
    can_be_told = serializers.BooleanField(help_text="Whether saying what the column is would do as well.")


class QuestionSerializer(serializers.Serializer):
    """What the file leaves open. Without choices the answer is a date."""

    key = serializers.CharField()
    label = serializers.CharField()
    help = serializers.CharField(allow_blank=True)
    suggested = serializers.CharField(allow_blank=True)
    choices = ChoiceSerializer(many=True)
    answered = serializers.BooleanField()


class OpenedSerializer(serializers.Serializer):
    """How a file would be read. Where `ready` is false, say what is asked and send it again: nothing of it was kept."""

    ready = serializers.BooleanField()
    kind = serializers.CharField()
    rows = serializers.IntegerField()
    columns = ColumnSerializer(many=True)
    fields = ChoiceSerializer(many=True, help_text="What a column can be.")
    refused = RefusedColumnSerializer(many=True)
    missing = serializers.ListField(child=serializers.CharField())
    questions = QuestionSerializer(many=True)


class NoteSerializer(serializers.Serializer):
    row = serializers.IntegerField()
    column = serializers.CharField(allow_blank=True)
    text = serializers.CharField()
    is_error = serializers.BooleanField()


class ImportSerializer(serializers.ModelSerializer):
    """An import and where it stands. While a worker has it in hand, `progress` goes up to 100."""

    source = serializers.CharField(source="source.name")
    kind = serializers.CharField(source="source.kind")
    organization = serializers.CharField(source="source.organization.name", allow_null=True, default=None)
    team = serializers.CharField(source="source.team.name", allow_null=True, default=None)
    by = serializers.CharField(allow_null=True)
    columns = serializers.SerializerMethodField(help_text="Columns that are read, by what they are.")
    errors = serializers.IntegerField(help_text="Rows that cannot be taken.")
    notes = serializers.SerializerMethodField(help_text="What was wrong or odd: the first 200.")
    left = serializers.SerializerMethodField(help_text="What stayed when it was undone, in words.")

    class Meta:
        model = ImportBatch
        fields = (
            "id", "source", "kind", "organization", "team", "by", "state", "progress", "problem", "rows", "columns",
            "left_out", "counts", "errors", "only_good", "notes", "left", "created_at", "committed_at", "undone_at",
        )  # fmt: skip

    def get_columns(self, batch) -> list[dict[str, str]]:
        return [{"field": key, "column": label} for key, label in batch.columns]

    def get_notes(self, batch) -> list[dict]:
        if batch.state == ImportState.UNDONE:
            return []
        names = ("row", "column", "text", "is_error")
        return NoteSerializer([dict(zip(names, note, strict=True)) for note in batch.report], many=True).data

    def get_left(self, batch) -> list[str]:
        return [", ".join(filter(None, parts)) for parts in left_of(batch)]


class OpenNameSerializer(serializers.Serializer):
    """A name (`who`) or a word that nobody has explained yet."""

    vocabulary = serializers.CharField()
    key = serializers.CharField()
    shown = serializers.CharField(allow_blank=True, help_text="Empty where it could identify a patient.")
    rows = serializers.IntegerField()


class OpenNamesSerializer(serializers.Serializer):
    names = OpenNameSerializer(many=True)
    choices = serializers.DictField(
        child=ChoiceSerializer(many=True), help_text="By vocabulary; `-` is nobody or none."
    )


class SaidNameSerializer(serializers.Serializer):
    vocabulary = serializers.CharField(max_length=20)
    key = serializers.CharField(max_length=LONGEST)
    value = serializers.CharField(max_length=60)


class SaidNamesSerializer(serializers.Serializer):
    """Who each name is, and what each word stands for; remembered for the source."""

    names = SaidNameSerializer(many=True, allow_empty=False, max_length=2000)


class PreviewLineSerializer(serializers.Serializer):
    """What would become of some rows."""

    outcome = serializers.ChoiceField(OUTCOMES)
    rows = serializers.ListField(child=serializers.IntegerField(), help_text="The first few of them.")
    more = serializers.IntegerField(default=0, help_text="How many more.")
    column = serializers.CharField(default="")
    who = serializers.CharField(default="")
    when = serializers.CharField(default="")
    text = serializers.CharField(default="", help_text="What is wrong, or what the record would say.")
    was = serializers.CharField(default="", help_text="What it says until now.")
    also = serializers.IntegerField(default=0, help_text="Records logged by hand that would count no more.")
    because = serializers.CharField(default="", help_text="Why nothing is done.")


class PreviewSerializer(serializers.Serializer):
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    lines = PreviewLineSerializer(many=True)


class CommitSerializer(serializers.Serializer):
    only_good = serializers.BooleanField(
        default=False, help_text="Leave the rows with errors out. Else nothing is stored while there are any."
    )


SHOW = OpenApiParameter(
    "show", {"type": "string", "enum": list(OUTCOMES)}, description="One outcome.", required=True
)
PAGE = OpenApiParameter("page", {"type": "integer", "minimum": 1, "maximum": 100000, "default": 1})
STEP = {200: ImportSerializer}


@extend_schema_view(
    list=extend_schema(summary="List imports"), retrieve=extend_schema(summary="Read where an import stands")
)
class ImportViewSet(ApiMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Your own imports (scope `read`), and those of the organizations and teams that you manage (scope `team`)."""

    queryset = ImportBatch.objects.none()
    serializer_class = ImportSerializer
    lookup_value_regex = r"\d{1,18}"
    scope = ""

    def get_parsers(self):
        doing = getattr(self, "action", None)
        if doing is None and self.request is not None:
            doing = (getattr(self, "action_map", None) or {}).get(self.request.method.lower())
        return [MultiPartParser()] if doing == "create" else [JSONParser()]

    def initialize_request(self, request, *args, **kwargs):
        request.upload_handlers = [InMemory(request)]
        return super().initialize_request(request, *args, **kwargs)

    def get_queryset(self):
        batches = visible_batches(self.request.user)
        if not self._may(Scope.READ):
            batches = batches.filter(source__coder=None)
        if not self._may(Scope.TEAM):
            batches = batches.filter(source__organization=None)
        return batches

    def _may(self, scope: str) -> bool:
        """A session may all that its person may; a token what its scopes say."""
        return not isinstance(self.request.auth, ApiToken) or scope in self.request.auth.scopes

    @extend_schema(
        summary="Import a file", request={"multipart/form-data": UploadSerializer},
        responses={201: ImportSerializer, 200: OpenedSerializer},
        description="201 where it is taken: it then waits for names, or is being read. 200 where something is asked, "
        "or with `look`: nothing was kept then.",
    )  # fmt: skip
    def create(self, request):
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES + 100_000:
            raise TooLarge
        sent = UploadSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = sent.validated_data
        upload = self._upload(given)
        try:
            opened = upload.open()
        except UnreadableFileError as error:
            raise ValidationError({"file": str(error)}) from None
        if given["look"] or not opened.is_ready:
            return Response(OpenedSerializer(_shown(opened)).data)
        batch = upload.take(opened)
        return Response(self.get_serializer(batch).data, status=status.HTTP_201_CREATED)

    def _upload(self, given) -> Upload:
        coder = organization = team = None
        if given["owner"] == MINE:
            coder = Coder.objects.filter(user=self.request.user).first() if self._may(Scope.READ) else None
        elif self._may(Scope.TEAM):
            organization, team, _label = owners_for(self.request.user, every=True).get(
                given["owner"], (None, None, "")
            )
        if coder is None and organization is None:
            raise ValidationError({"owner": "There is no such owner that you may import for."})
        return Upload(
            given["file"].read(), by=self.request.user, coder=coder, organization=organization, team=team,
            kind=given["kind"], name=given["name"], columns=given["columns"], dropped=given["drop"],
            answers=given["answers"],
        )  # fmt: skip

    @extend_schema(
        methods=["GET"],
        summary="List the names and words that an import waits for",
        responses=OpenNamesSerializer,
    )
    @extend_schema(methods=["POST"], summary="Say who is who", request=SaidNamesSerializer, responses=STEP)
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def names(self, request, pk):
        batch = self.get_object()
        if request.method == "POST":
            sent = SaidNamesSerializer(data=request.data)
            sent.is_valid(raise_exception=True)
            said = {(one["vocabulary"], one["key"]): one["value"] for one in sent.validated_data["names"]}
            if not match(batch, said, by=request.user):
                running.start(batch, ImportState.PLANNING)
            return self._where(batch)
        found = unmatched(batch) if batch.state == ImportState.NAMES else []
        names = [
            {"vocabulary": one.vocabulary, "key": one.key, "shown": shown_header(one.shown), "rows": one.rows}
            for one in found
        ]
        options = {
            vocabulary: [
                {"value": value, "label": str(label)}
                for value, label in choices_for(batch.source, vocabulary, request.user)
            ]
            for vocabulary in sorted({one.vocabulary for one in found})
        }
        return Response({"names": names, "choices": options})

    @extend_schema(
        summary="Read what an import would do", parameters=[SHOW, PAGE], responses=PreviewSerializer
    )
    @action(detail=True, pagination_class=None)
    def preview(self, request, pk):
        batch = self.get_object()
        shown, wanted = request.query_params.get("show", ""), request.query_params.get("page", "1")
        if shown not in OUTCOMES:
            raise ValidationError({"show": f"Choose one of: {', '.join(OUTCOMES)}."})
        pages = batch.pages.filter(outcome=shown).count()
        if not (
            wanted.isascii() and wanted.isdecimal() and len(wanted) < 7 and 1 <= int(wanted) <= max(pages, 1)
        ):
            raise Http404
        lines = list(listed(batch, shown, int(wanted)))
        return Response(PreviewSerializer({"page": int(wanted), "pages": pages, "lines": lines}).data)

    @extend_schema(summary="Store what the preview shows", request=CommitSerializer, responses=STEP)
    @action(detail=True, methods=["post"], pagination_class=None)
    def commit(self, request, pk):
        sent = CommitSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        site = request.build_absolute_uri("/").rstrip("/")
        batch = self.get_object()
        running.commit(batch, by=request.user, only_good=sent.validated_data["only_good"], site=site)
        return self._where(batch)

    @extend_schema(summary="Cancel an import that is not stored", request=None, responses=STEP)
    @action(detail=True, methods=["post"], pagination_class=None)
    def cancel(self, request, pk):
        return self._stepped(running.cancel)

    @extend_schema(summary="Undo a stored import", request=None, responses=STEP)
    @action(detail=True, methods=["post"], pagination_class=None)
    def undo(self, request, pk):
        return self._stepped(running.take_back)

    @extend_schema(summary="Forget the names and words of an import’s source", request=None, responses=STEP)
    @action(detail=True, methods=["post"], pagination_class=None)
    def forget(self, request, pk):
        return self._stepped(lambda batch, by: forget_names(batch.source, by=by))

    def _stepped(self, step) -> Response:
        batch = self.get_object()
        step(batch, by=self.request.user)
        return self._where(batch)

    def _where(self, batch) -> Response:
        """Where it stands now: small ones are done at once where no worker lives."""
        return Response(self.get_serializer(self.get_queryset().get(pk=batch.pk)).data)


def _shown(opened) -> dict:
    """What a file is and what it asks, without any of its values."""
    unanswered = {question.key for question in opened.unanswered}
    return {
        "ready": opened.is_ready,
        "kind": opened.kind.slug,
        "rows": len(opened.body.rows),
        "columns": [
            {
                "column": row["letter"], "header": row["header"], "told_by": row["field"].removeprefix(COLUMN),
                "field": None if row["unknown"] else row["key"],
            }
            for row in column_choices(opened)
        ],
        "fields": [{"value": key, "label": str(label)} for key, label in choices(opened.kind)],
        "refused": [
            {
                "column": one.column.letter, "header": shown_header(one.column.header), "key": one.column.key,
                "why": str(one.why), "can_be_told": one.can_be_told,
            }
            for one in opened.refused
        ],
        "missing": opened.missing,
        "questions": [
            {
                "key": one.key, "label": str(one.label), "help": str(one.help), "suggested": str(one.suggested),
                "choices": [{"value": value, "label": str(label)} for value, label in one.choices],
                "answered": one.key not in unanswered,
            }
            for one in opened.questions
        ],
    }  # fmt: skip
