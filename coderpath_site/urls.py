from allauth.account.decorators import secure_admin_login
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from . import health, mailbox, metrics, sessions, status

# One door: the admin signs in where everyone does, with the same limits on attempts.
admin.site.login = secure_admin_login(admin.site.login)

# Swagger UI carries a style element and styles of its own; no other page may.
docs = csp_replace({"style-src": ["'self'", "'unsafe-inline'"]})(
    SpectacularSwaggerSplitView.as_view(url_name="api-schema")
)

handler404 = "tracker.api.errors.not_found"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/sessions/<int:pk>/end/", sessions.end_session, name="end-session"),
    path("accounts/", include("allauth.urls")),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("status/", status.status, name="status"),
    path("api/v1/schema/", SpectacularJSONAPIView.as_view(), name="api-schema"),
    path("api/v1/docs/", docs, name="api-docs"),
    path("api/v1/", include("tracker.api.urls")),
    path("", include("tracker.program_urls")),
    path("", include("tracker.urls")),
]

if not settings.PRODUCTION:
    urlpatterns.insert(0, path("mail/", include(mailbox.urlpatterns)))
