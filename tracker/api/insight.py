"""/api/v1/gaps/, /readiness/ and /standing/: what the records amount to, from the selectors of the dashboard."""

import datetime as dt

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from tracker.models import Certainty, Coder, Scope, Standing, Status
from tracker.models.records.base import FIRST_YEAR
from tracker.selectors.evaluated import Evaluated, evaluated
from tracker.selectors.gaps import gap_board
from tracker.selectors.standing import standing_card

from .base import ApiMixin
from .serializers import SlugField

AS_OF = OpenApiParameter(
    "as_of", OpenApiTypes.DATE, OpenApiParameter.QUERY,
    description="A past day: recomputed from the records dated up to it as known today, with the rules of that day.",
)  # fmt: skip


def day_of(request, name: str, today: dt.date) -> dt.date | None:
    """A day in the address, up to today; None where none is given. Raise ValidationError for what is no such day."""
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise ValidationError({name: ["A day such as 2026-03-31."]}) from None
    if not dt.date(FIRST_YEAR, 1, 1) <= day <= today:
        raise ValidationError({name: ["Choose a day up to today."]})
    return day


class PartSerializer(serializers.Serializer):
    """One condition of a milestone that has several."""

    in_words = serializers.CharField()
    status = serializers.ChoiceField(Status.choices)
    value = serializers.CharField()
    target = serializers.CharField()
    contested = serializers.BooleanField()


class GapSerializer(serializers.Serializer):
    """One milestone and how far it is met. Percentages run from 0 to 100."""

    milestone = serializers.CharField(source="slug")
    name = serializers.CharField()
    in_words = serializers.CharField(help_text="What the milestone asks.")
    status = serializers.ChoiceField(Status.choices)
    certainty = serializers.ChoiceField(Certainty.choices, allow_blank=True)
    contested = serializers.BooleanField(
        help_text="Whether a score in it is disputed and not answered yet: it counts until then."
    )
    must = serializers.BooleanField(help_text="Whether the target or a stage on the way insists on it.")
    askers = serializers.ListField(
        child=serializers.CharField(), help_text="Stages and roles that ask for it."
    )
    activities = serializers.ListField(
        source="learning_names",
        child=serializers.CharField(),
        help_text="Learning activities that help to close it.",
    )
    value = serializers.FloatField(source="gap.value", allow_null=True)
    lower = serializers.FloatField(
        source="gap.lower", allow_null=True, help_text="Of the two-sided 95% interval."
    )
    upper = serializers.FloatField(source="gap.upper", allow_null=True)
    numerator = serializers.FloatField(source="gap.numerator", allow_null=True)
    denominator = serializers.FloatField(source="gap.denominator", allow_null=True)
    sample = serializers.FloatField(source="gap.sample", allow_null=True)
    design_effect = serializers.FloatField(
        source="gap.design_effect",
        allow_null=True,
        help_text="What the counts were divided by, since codes of one chart go together; null where charts are unknown.",
    )
    chance = serializers.FloatField(
        source="sureness.chance",
        default=None,
        allow_null=True,
        help_text="That the true rate is at or above the target, 0 to 1 (Jeffreys); null where nothing was sampled.",
    )
    settled_by = serializers.IntegerField(
        source="sureness.settled_by",
        default=None,
        allow_null=True,
        help_text="Further units of the method, at the present rate, after which it is settled.",
    )
    value_text = serializers.CharField(source="value")
    target_text = serializers.CharField(source="target")
    status_since = serializers.DateField(allow_null=True)
    first_met_on = serializers.DateField(allow_null=True)
    advice = serializers.CharField(help_text="What to do next, in a sentence.")
    parts = PartSerializer(many=True)


class ReadinessSerializer(serializers.Serializer):
    """All gaps in one number, and where the coder stands. None says that nothing is known or asked."""

    as_of = serializers.DateField()
    evaluated_at = serializers.DateTimeField(allow_null=True)
    is_fresh = serializers.BooleanField(help_text="Whether everything logged so far is in it.")
    role = serializers.CharField(source="role.slug", allow_null=True)
    target = serializers.CharField(source="target.slug", allow_null=True)
    target_source = serializers.CharField(help_text="How the target was found: chosen, default, fork or top.")
    years = serializers.FloatField(allow_null=True)
    years_source = serializers.CharField()
    expected_stage = serializers.CharField(source="expected_stage.slug", allow_null=True)
    demonstrated_stage = serializers.CharField(
        source="demonstrated_stage.slug", allow_null=True, help_text="None: before Foundation."
    )
    readiness = serializers.IntegerField(
        allow_null=True, help_text="Whole percent of the weight asked, rounded down."
    )
    weight_met = serializers.IntegerField()
    weight_asked = serializers.IntegerField()
    musts_open = serializers.IntegerField()


class StandingSerializer(serializers.ModelSerializer):
    """Where your pay falls in real wages. Only you ever see this."""

    occupation = serializers.CharField(source="occupation_id")
    area = serializers.CharField(
        source="area_id", help_text="The one used: where yours is not released, a wider one."
    )
    release = SlugField(read_only=True)
    band_stage = SlugField(read_only=True, allow_null=True)
    in_words = serializers.CharField()

    class Meta:
        model = Standing
        fields = (
            "as_of", "annual", "occupation", "area", "release", "percentile_low", "percentile_high", "band_stage",
            "band_place", "in_words",
        )  # fmt: skip


class InsightView(ApiMixin, APIView):
    """Reads and never writes: who has no coder yet is told how to get one."""

    needs_coder = True
    scope = Scope.READ

    def evaluated(self) -> Evaluated:
        """What is known now, or as of the day that the request names."""
        coder = self.coder()
        return evaluated(coder, day_of(self.request, "as_of", coder.today()))

    def coder(self) -> Coder:
        coder = Coder.objects.filter(user=self.request.user).select_related("user").first()
        if coder is None:
            raise NotFound(
                "Nothing is known of you as a coder yet. Send your profile first: PATCH /api/v1/me/."
            )
        return coder


class GapsView(InsightView):
    pagination_class = None

    @extend_schema(
        summary="List your gaps, those that block the target first", parameters=[AS_OF],
        responses=GapSerializer(many=True),
    )  # fmt: skip
    def get(self, request):
        board = gap_board(self.evaluated())
        return Response(GapSerializer(board.every, many=True).data)


class ReadinessView(InsightView):
    @extend_schema(
        summary="Read how ready you are for the target role",
        parameters=[AS_OF],
        responses=ReadinessSerializer,
    )
    def get(self, request):
        state = self.evaluated()
        state_and_more = _With(state, musts_open=gap_board(state).musts_open)
        return Response(ReadinessSerializer(state_and_more).data)


class StandingView(InsightView):
    scope = Scope.PAY

    @extend_schema(
        summary="Read where your pay stands", parameters=[AS_OF], responses={200: StandingSerializer, 204: None},
        description="204 where no pay is logged, or no wages are loaded to compare it with.",
    )  # fmt: skip
    def get(self, request):
        state = self.evaluated()
        card = standing_card(state)
        if card is None:
            return Response(status=204)
        return Response(StandingSerializer(_With(state.standing, in_words=card.sentence)).data)


class _With:
    """An object with a few attributes more."""

    def __init__(self, thing, **more):
        self._thing = thing
        self.__dict__.update(more)

    def __getattr__(self, name):
        return getattr(self._thing, name)
