from django.urls import include, path
from rest_framework.routers import SimpleRouter

from .catalogue import CATALOGUE_VIEWSETS
from .disputes import DisputeViewSet
from .explain import ChangesView, ExplanationView
from .insight import GapsView, ReadinessView, StandingView
from .me import MeView
from .records import RECORD_VIEWSETS, PayViewSet
from .teams import TeamMembersView, TeamMemberView, TeamStandardView, TeamsView, TeamVerificationView

app_name = "api"

router = SimpleRouter()
for kind, viewset in RECORD_VIEWSETS.items():
    router.register(f"records/{kind}", viewset, basename=kind)
router.register("disputes", DisputeViewSet, basename="dispute")
router.register("pay", PayViewSet, basename="pay")
for name, viewset in CATALOGUE_VIEWSETS.items():
    router.register(f"catalogue/{name}", viewset, basename=f"catalogue-{name}")

urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("gaps/", GapsView.as_view(), name="gaps"),
    path("gaps/<slug:slug>/explanation/", ExplanationView.as_view(), name="explanation"),
    path("gaps/<slug:slug>/changes/", ChangesView.as_view(), name="changes"),
    path("readiness/", ReadinessView.as_view(), name="readiness"),
    path("standing/", StandingView.as_view(), name="standing"),
    path("teams/", TeamsView.as_view(), name="teams"),
    path("teams/<int:id>/members/", TeamMembersView.as_view(), name="team-members"),
    path("teams/<int:id>/standard/", TeamStandardView.as_view(), name="team-standard"),
    path("teams/<int:id>/verification/", TeamVerificationView.as_view(), name="team-verification"),
    path("team-members/<int:id>/", TeamMemberView.as_view(), name="team-member"),
    path("", include(router.urls)),
]
