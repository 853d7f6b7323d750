from django.urls import include, path
from rest_framework.routers import SimpleRouter

from . import cohort_actions
from . import program_editing as editing
from .ahead import CompareView, ForecastsView, PlanViewSet, WhatIfView
from .catalogue import CATALOGUE_VIEWSETS
from .disputes import DisputeViewSet
from .explain import ChangesView, ExplanationView
from .imports import ImportViewSet
from .insight import GapsView, ReadinessView, StandingView
from .me import MeView
from .own import AccessLogView, QuickLogView, ResumeView, ShareLinkViewSet, SharingView, TeamSharingView
from .programs import (
    AssignmentsView,
    DoneView,
    ExtensionsView,
    InvitationsView,
    ProgramsView,
    SignOffsView,
    StudentsView,
)
from .proofs import ProofViewSet
from .records import RECORD_VIEWSETS, PayViewSet
from .renewals import (
    ApprenticeView,
    LogView,
    NextMessageView,
    PinView,
    RemindersView,
    RenewalsView,
    RenewView,
)
from .teams import (
    TeamGapView,
    TeamMembersView,
    TeamMemberView,
    TeamStandardView,
    TeamsView,
    TeamVerificationView,
)

app_name = "api"

router = SimpleRouter()
for kind, viewset in RECORD_VIEWSETS.items():
    router.register(f"records/{kind}", viewset, basename=kind)
router.register("imports", ImportViewSet, basename="import")
router.register("disputes", DisputeViewSet, basename="dispute")
router.register("proofs", ProofViewSet, basename="proof")
router.register("pay", PayViewSet, basename="pay")
router.register("share-links", ShareLinkViewSet, basename="share-link")
router.register("plans", PlanViewSet, basename="plan")
for name, viewset in CATALOGUE_VIEWSETS.items():
    router.register(f"catalogue/{name}", viewset, basename=f"catalogue-{name}")

urlpatterns = [
    path("log/", QuickLogView.as_view(), name="log"),
    path("resume/", ResumeView.as_view(), name="resume"),
    path("sharing/", SharingView.as_view(), name="sharing"),
    path("sharing/<int:id>/", TeamSharingView.as_view(), name="team-sharing"),
    path("access-log/", AccessLogView.as_view(), name="access-log"),
    path("me/", MeView.as_view(), name="me"),
    path("gaps/", GapsView.as_view(), name="gaps"),
    path("gaps/<slug:slug>/explanation/", ExplanationView.as_view(), name="explanation"),
    path("gaps/<slug:slug>/changes/", ChangesView.as_view(), name="changes"),
    path("readiness/", ReadinessView.as_view(), name="readiness"),
    path("forecasts/", ForecastsView.as_view(), name="forecasts"),
    path("what-if/", WhatIfView.as_view(), name="what-if"),
    path("compare/", CompareView.as_view(), name="compare"),
    path("standing/", StandingView.as_view(), name="standing"),
    path("renewals/", RenewalsView.as_view(), name="renewals"),
    path("renewals/<int:pk>/renew/", RenewView.as_view(), name="renewal-renew"),
    path("renewals/<int:pk>/log/", LogView.as_view(), name="renewal-log"),
    path("renewals/<int:pk>/pins/<int:record>/", PinView.as_view(), name="renewal-pin"),
    path("apprentice/<int:pk>/", ApprenticeView.as_view(), name="apprentice"),
    path("reminders/", RemindersView.as_view(), name="reminders"),
    path("reminders/next/", NextMessageView.as_view(), name="reminders-next"),
    path("teams/", TeamsView.as_view(), name="teams"),
    path("teams/<int:id>/members/", TeamMembersView.as_view(), name="team-members"),
    path("teams/<int:id>/standard/", TeamStandardView.as_view(), name="team-standard"),
    path("teams/<int:id>/verification/", TeamVerificationView.as_view(), name="team-verification"),
    path("team-members/<int:id>/", TeamMemberView.as_view(), name="team-member"),
    path("team-members/<int:id>/gaps/<slug:slug>/explanation/", TeamGapView.as_view(), name="team-gap"),
    path("assignments/", AssignmentsView.as_view(), name="assignments"),
    path("assignments/<int:pk>/done/", DoneView.as_view(), name="assignment-done"),
    path("programs/", ProgramsView.as_view(), name="programs"),
    path("programs/<int:pk>/", editing.ProgramView.as_view(), name="program"),
    path("programs/<int:pk>/versions/", editing.VersionsView.as_view(), name="program-versions"),
    path("programs/<int:pk>/cohorts/", editing.ProgramCohortsView.as_view(), name="program-cohorts"),
    path("programs/<int:pk>/activities/", editing.ActivitiesView.as_view(), name="program-activities"),
    path(
        "programs/<int:pk>/activities/<int:activity>/",
        editing.ActivityView.as_view(),
        name="program-activity",
    ),
    path("programs/<int:pk>/milestones/", editing.OwnMilestonesView.as_view(), name="program-milestones"),
    path("programs/<int:pk>/instructors/", editing.InstructorsView.as_view(), name="program-instructors"),
    path(
        "programs/<int:pk>/instructors/<int:teaching>/",
        editing.InstructorView.as_view(),
        name="program-instructor",
    ),
    path("programs/<int:pk>/outcomes/", editing.OutcomesView.as_view(), name="program-outcomes"),
    path("cohorts/<int:pk>/", editing.CohortView.as_view(), name="cohort"),
    path("cohorts/<int:pk>/version/", editing.CohortVersionView.as_view(), name="cohort-version"),
    path("cohorts/<int:pk>/link/", editing.CohortLinkView.as_view(), name="cohort-link"),
    path("cohorts/<int:pk>/waivers/", cohort_actions.WaiversView.as_view(), name="cohort-waivers"),
    path("cohorts/<int:pk>/messages/", cohort_actions.MessagesView.as_view(), name="cohort-messages"),
    path("cohorts/<int:pk>/actions/", cohort_actions.ActionsView.as_view(), name="cohort-actions"),
    path(
        "cohorts/<int:pk>/actions/<int:action>/undo/", cohort_actions.UndoView.as_view(), name="cohort-undo"
    ),
    path(
        "cohorts/<int:pk>/certificates/",
        cohort_actions.CohortCertificatesView.as_view(),
        name="cohort-certificates",
    ),
    path(
        "cohorts/<int:pk>/students/<int:enrollment>/",
        cohort_actions.CohortStudentView.as_view(),
        name="cohort-student",
    ),
    path("certificates/", cohort_actions.CertificatesView.as_view(), name="certificates"),
    path(
        "certificates/<int:pk>/revocation/",
        cohort_actions.RevocationView.as_view(),
        name="certificate-revocation",
    ),
    path("certificates/check/<str:token>/", cohort_actions.CheckView.as_view(), name="certificate-check"),
    path("cohorts/<int:pk>/students/", StudentsView.as_view(), name="cohort-students"),
    path("cohorts/<int:pk>/sign-offs/", SignOffsView.as_view(), name="cohort-sign-offs"),
    path("cohorts/<int:pk>/extensions/", ExtensionsView.as_view(), name="cohort-extensions"),
    path("cohorts/<int:pk>/invitations/", InvitationsView.as_view(), name="cohort-invitations"),
    path("", include(router.urls)),
]
