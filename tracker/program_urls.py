"""The addresses of training programs: the student's, the instructor's, and the one that anybody may check."""

from django.urls import path

from .views import assignments, certificates, cohort_actions, cohorts, enrolling, own_parts, programs

app_name = "programs"
urlpatterns = [
    path("assignments/", assignments.assignments, name="assignments"),
    path("assignments/<int:pk>/done/", assignments.done, name="done"),
    path("enrollments/<int:pk>/sharing/", enrolling.sharing, name="sharing"),
    path("enrollments/<int:pk>/seen/", enrolling.seen, name="seen"),
    path("enrollments/<int:pk>/leave/", enrolling.leave_program, name="leave"),
    path("programs/", programs.program_list, name="list"),
    path("programs/new/", programs.program_add, name="add"),
    path("programs/invitations/<str:token>/", enrolling.invitation, name="invitation"),
    path("programs/join/<str:token>/", enrolling.join, name="join"),
    path("programs/open/<int:pk>/", enrolling.enroll, name="enroll"),
    path("programs/<int:pk>/", programs.program, name="program"),
    path("programs/<int:pk>/edit/", programs.program_edit, name="edit"),
    path("programs/<int:pk>/content/", programs.content, name="content"),
    path("programs/<int:pk>/instructors/", programs.instructors, name="instructors"),
    path(
        "programs/<int:pk>/instructors/<int:teaching>/remove/",
        programs.instructor_remove,
        name="instructor_remove",
    ),
    path("programs/<int:pk>/versions/<int:no>/", programs.version, name="version"),
    path("programs/<int:pk>/milestones/", own_parts.milestone_shape, name="milestone"),
    path("programs/<int:pk>/milestones/figures/", own_parts.milestone_figures, name="milestone_figures"),
    path("programs/<int:pk>/activities/", own_parts.activity_add, name="activity_add"),
    path("programs/<int:pk>/activities/<int:activity>/", own_parts.activity_edit, name="activity_edit"),
    path("programs/<int:pk>/cohorts/", cohorts.cohort_add, name="cohort_add"),
    path("programs/<int:pk>/outcomes/", programs.outcomes, name="outcomes"),
    path("cohorts/<int:pk>/", cohorts.cohort, name="cohort"),
    path("cohorts/<int:pk>/edit/", cohorts.cohort_edit, name="cohort_edit"),
    path("cohorts/<int:pk>/export.<str:file_format>", cohorts.export, name="export"),
    path("cohorts/<int:pk>/invite/", cohorts.invite_people, name="invite"),
    path("cohorts/<int:pk>/link/", cohorts.link, name="link"),
    path("cohorts/<int:pk>/log/", cohorts.log, name="log"),
    path("cohorts/<int:pk>/undo/<int:action>/", cohorts.undo_action, name="undo"),
    path("cohorts/<int:pk>/act/", cohort_actions.act, name="act"),
    path("cohorts/<int:pk>/sign-offs/", cohort_actions.sign_offs, name="sign_offs"),
    path("cohorts/<int:pk>/students/<int:enrollment>/", cohort_actions.student, name="student"),
    path("cohorts/<int:pk>/students/<int:enrollment>/remove/", cohort_actions.remove_student, name="remove"),
    path("certificates/<int:pk>.pdf", certificates.document, name="certificate"),
    path("certificates/issue/<int:enrollment>/", certificates.issue, name="issue"),
    path("certificates/<int:pk>/revoke/", certificates.revoke, name="revoke"),
    path("certificates/check/<str:token>/", certificates.check, name="check"),
]
