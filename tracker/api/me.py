"""/api/v1/me/: what the signed-in coder says about themself."""

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers

from curriculum.models import Role, Track, WageArea
from tracker.models import Coder, Scope
from tracker.models.people import validate_time_zone
from tracker.services.coders import coder_of, update_coder

from .base import ApiMixin
from .serializers import SlugField, StrictSerializer, TextField


class MeSerializer(StrictSerializer):
    """You as a coder. Only you ever see or change this."""

    email = serializers.EmailField(source="user.email", read_only=True)
    full_name = TextField(source="user.full_name", max_length=120, allow_blank=True, required=False)
    time_zone = TextField(
        source="user.time_zone", max_length=64, required=False, validators=[validate_time_zone],
        help_text="Such as America/Chicago. A day ends where it ends there.",
    )  # fmt: skip
    stated_role = SlugField(queryset=Role.objects.all(), allow_null=True, required=False)
    target_role = SlugField(queryset=Role.objects.all(), allow_null=True, required=False)
    track = SlugField(queryset=Track.objects.all(), allow_null=True, required=False)
    area = SlugField("code", queryset=WageArea.objects.all(), allow_null=True, required=False)

    class Meta:
        model = Coder
        fields = (
            "email", "full_name", "time_zone", "stated_role", "stated_years", "target_role", "track", "area",
            "onboarded_at",
        )  # fmt: skip
        read_only_fields = ("onboarded_at",)

    def update(self, coder, validated):
        return update_coder(
            coder, {**validated.pop("user", {}), **validated}, by=self.context["request"].user
        )


class MeView(ApiMixin, generics.RetrieveUpdateAPIView):
    scope = Scope.READ
    serializer_class = MeSerializer
    queryset = Coder.objects.none()
    http_method_names = ["get", "patch", "head", "options"]

    def get_object(self):
        """Reading makes no coder where there is none yet; changing does."""
        user = self.request.user
        if self.request.method == "PATCH":
            coder_of(user)
        related = ("user", "stated_role", "target_role", "track", "area")
        return Coder.objects.select_related(*related).filter(user=user).first() or Coder(user=user)

    @extend_schema(summary="Read your profile")
    def get(self, request, *args, **kwargs):
        return super().get(request, *args, **kwargs)

    @extend_schema(summary="Change some of your profile")
    def patch(self, request, *args, **kwargs):
        return super().patch(request, *args, **kwargs)
