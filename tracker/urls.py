from django.urls import path

from .views import (
    charts,
    dashboard,
    gaps,
    ladder,
    landing,
    onboarding,
    pay,
    record_forms,
    records,
    settings,
    standing,
)

app_name = "tracker"
urlpatterns = [
    path("", landing.landing, name="landing"),
    path("welcome/", onboarding.onboarding, name="onboarding"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/freshness/", dashboard.freshness, name="freshness"),
    path("gaps/<slug:slug>/", gaps.gap, name="gap"),
    path("progress/", charts.progress, name="progress"),
    path("charts/<slug:kind>/", charts.chart, name="chart"),
    path("records/", records.records, name="records"),
    path("records/<slug:kind>/", records.records_kind, name="records_kind"),
    path("records/<slug:kind>/add/", record_forms.record_add, name="record_add"),
    path("records/<slug:kind>/<int:pk>/", record_forms.record_edit, name="record_edit"),
    path("records/<slug:kind>/<int:pk>/history/", record_forms.record_history_page, name="record_history"),
    path("records/<slug:kind>/<int:pk>/remove/", record_forms.record_remove, name="record_remove"),
    path("records/<slug:kind>/<int:pk>/restore/", record_forms.record_restore, name="record_restore"),
    path("pay/", pay.pay, name="pay"),
    path("pay/add/", pay.pay_add, name="pay_add"),
    path("pay/<int:pk>/", pay.pay_edit, name="pay_edit"),
    path("pay/<int:pk>/remove/", pay.pay_remove, name="pay_remove"),
    path("pay/<int:pk>/restore/", pay.pay_restore, name="pay_restore"),
    path("ladder/", ladder.ladder, name="ladder"),
    path("ladder/target/", ladder.choose_target, name="choose_target"),
    path("ladder/<slug:slug>/", ladder.role, name="role"),
    path("standing/", standing.standing, name="standing"),
    path("standing/chart/", standing.standing_chart, name="standing_chart"),
    path("settings/", settings.settings, name="settings"),
]
