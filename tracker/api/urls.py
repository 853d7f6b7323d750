from django.urls import include, path
from rest_framework.routers import SimpleRouter

from .catalogue import CATALOGUE_VIEWSETS
from .insight import GapsView, ReadinessView, StandingView
from .me import MeView
from .records import RECORD_VIEWSETS, PayViewSet

app_name = "api"

router = SimpleRouter()
for kind, viewset in RECORD_VIEWSETS.items():
    router.register(f"records/{kind}", viewset, basename=kind)
router.register("pay", PayViewSet, basename="pay")
for name, viewset in CATALOGUE_VIEWSETS.items():
    router.register(f"catalogue/{name}", viewset, basename=f"catalogue-{name}")

urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("gaps/", GapsView.as_view(), name="gaps"),
    path("readiness/", ReadinessView.as_view(), name="readiness"),
    path("standing/", StandingView.as_view(), name="standing"),
    path("", include(router.urls)),
]
