"""For whom every page and every operation of the API is: the one place where that is declared.

A new address without a line here fails tests/doors. A line says who of everybody in tests/world.py gets in, and who may see
what it is about but not do it (403). To everybody else who is signed in it is not there (404).
"""

from dataclasses import dataclass
from fnmatch import fnmatch

from tracker.models import RECORD_KINDS, Scope

EVERYBODY = frozenset({
    "owner", "manager", "former manager", "instructor", "former student’s instructor", "other coder",
    "other organization",
})  # fmt: skip
OWNER, MANAGER, INSTRUCTOR = frozenset({"owner"}), frozenset({"manager"}), frozenset({"instructor"})
# Leads, or led, to nobody's data but one's own: the same address, another page for each.
OWN = EVERYBODY
NOBODY: frozenset[str] = frozenset()
# Who is or was taught in the program sees that it is there.
STUDENTS = frozenset({"owner", "other coder"})


@dataclass(frozen=True)
class Door:
    """One line. `names` are names of addresses, or patterns of them; the first line that fits holds.

    `args` are the attributes of the world that stand in the address, 'such a word as it is, or * for the first row of the
    view's own. `sees` are refused with 403. `acts` are those of `who` who may also send something. `scope` is what a token needs, for the API.
    """

    who: frozenset[str]
    names: str
    args: str = ""
    sees: frozenset[str] = frozenset()
    acts: frozenset[str] | None = None
    without_account: bool = False
    by_link: bool = False  # whoever has the address is shown what is Olga's
    scope: str | None = None
    without_scope: int = 403


def door_of(name: str, doors: list[Door]) -> Door | None:
    """The line of an address."""
    return next((door for door in doors if any(fnmatch(name, one) for one in door.names.split())), None)


PAGES = [
    Door(OWN, "tracker:landing tracker:glossary", without_account=True),
    Door(OWN, "tracker:calendar_feed", "feed_token", without_account=True),
    Door(OWN, "tracker:shared tracker:shared_pdf tracker:shared_packet", "link_token", without_account=True),
    Door(OWN, "tracker:stop_reminders", "stop_token", without_account=True),
    Door(OWN, "programs:check", "certificate.token", without_account=True),
    Door(
        OWN,
        """tracker:start tracker:onboarding tracker:dashboard tracker:freshness tracker:forecast tracker:what_if
        tracker:plans tracker:plan_save tracker:quality tracker:disputes tracker:progress tracker:log tracker:week
        tracker:credentials tracker:records tracker:imports tracker:import_new tracker:pay tracker:pay_add
        tracker:ladder tracker:choose_target tracker:compare tracker:standing tracker:standing_chart tracker:resume
        tracker:resume_edit tracker:resume_pdf tracker:resume_markdown tracker:packet tracker:packet_pdf
        tracker:resume_links tracker:reminders tracker:settings tracker:calendar tracker:calendar_end
        tracker:archive tracker:archive_download tracker:account_delete tracker:tokens tracker:sharing tracker:teams
        programs:assignments programs:list programs:add""",
    ),
    Door(OWN, "tracker:gap tracker:gap_changes", "'accuracy-95"),
    Door(OWN, "tracker:explain tracker:chart", "'readiness"),
    Door(OWN, "tracker:role", "'coding-auditor"),
    Door(OWN, "tracker:records_kind tracker:record_add", "'audit"),
    Door(OWN, "tracker:records_export", "'audit 'csv"),
    Door(OWN, "tracker:import_sample", "'productivity"),
    Door(OWN, "tracker:invitation", "'a-token"),
    Door(OWN, "programs:invitation", "'invited"),
    Door(OWN, "programs:join", "join_token"),
    Door(OWN, "programs:enroll", "cohort"),
    Door(
        OWNER,
        "tracker:record_edit tracker:record_history tracker:record_remove tracker:record_restore",
        "'audit audit",
        sees=MANAGER,
    ),
    Door(OWNER, "tracker:pay_edit tracker:pay_remove tracker:pay_restore", "pay"),
    Door(OWNER, "tracker:plan_rename tracker:plan_delete", "plan"),
    Door(OWNER | MANAGER, "tracker:dispute", "dispute", acts=MANAGER),
    Door(OWNER, "tracker:dispute_withdraw", "dispute"),
    Door(OWNER, "tracker:dispute_ask", "audit"),
    Door(OWNER, "tracker:apprentice", "apprentice"),
    Door(OWNER, "tracker:ce_log tracker:ce_log_pdf tracker:ce_log_zip tracker:renew_cycle", "cycle"),
    Door(OWNER, "tracker:pin_hours", "cycle education"),
    Door(
        OWNER,
        """tracker:import_detail tracker:import_progress tracker:import_commit tracker:import_cancel
        tracker:import_undo tracker:import_forget""",
        "batch",
    ),
    Door(OWNER, "tracker:import_export", "batch 'csv"),
    Door(OWNER | MANAGER | INSTRUCTOR, "tracker:proof", "proof"),
    Door(OWNER, "tracker:proof_remove", "proof", sees=MANAGER | INSTRUCTOR),
    Door(OWNER, "tracker:link_close", "link"),
    # Another’s token is none of one’s own: there is nothing to revoke, as the second time.
    Door(OWN, "tracker:token_revoke", "token"),
    Door(OWNER, "tracker:share_change tracker:share_seen tracker:share_leave", "member"),
    Door(OWNER, "tracker:share_evidence", "member 'accuracy-95"),
    Door(OWNER, "tracker:question_answered", "asked"),
    Door(
        MANAGER,
        "tracker:team tracker:team_next tracker:team_verify tracker:team_standard tracker:team_people tracker:team_milestone*",
        "team",
    ),
    Door(
        MANAGER,
        "tracker:team_person tracker:team_remove tracker:team_member tracker:team_packet",
        "team member",
    ),
    Door(MANAGER, "tracker:team_evidence", "team member 'accuracy-95"),
    Door(MANAGER, "tracker:invitation_withdraw", "team invited"),
    Door(MANAGER, "tracker:manager_end", "team manager"),
    Door(OWNER, "programs:done", "done"),
    Door(OWNER, "programs:sharing programs:seen programs:leave", "student"),
    Door(OWNER | INSTRUCTOR, "programs:certificate", "certificate"),
    Door(
        INSTRUCTOR,
        """programs:program programs:edit programs:content programs:instructors programs:milestone
        programs:milestone_figures programs:activity_add programs:cohort_add programs:outcomes""",
        "program",
        sees=STUDENTS,
    ),
    Door(INSTRUCTOR, "programs:instructor_remove", "program instructor", sees=STUDENTS),
    Door(INSTRUCTOR, "programs:version", "program version.no", sees=STUDENTS),
    Door(INSTRUCTOR, "programs:activity_edit", "program activity", sees=STUDENTS),
    Door(
        INSTRUCTOR,
        """programs:cohort programs:cohort_edit programs:invite programs:link programs:log programs:act
        programs:sign_offs""",
        "cohort",
    ),
    Door(INSTRUCTOR, "programs:export", "cohort 'csv"),
    Door(INSTRUCTOR, "programs:undo", "cohort action"),
    Door(INSTRUCTOR, "programs:student programs:remove", "cohort student"),
    Door(INSTRUCTOR, "programs:issue", "student"),
    Door(INSTRUCTOR, "programs:revoke", "certificate"),
    # The site's own.
    Door(OWN, "livez readyz healthz metrics api-schema api-docs", without_account=True),
    Door(NOBODY, "status"),
    Door(NOBODY, "end-session", "'1"),
]


READ, PAY, TEAM, PROGRAM = Scope.READ, Scope.PAY, Scope.TEAM, Scope.PROGRAM
OPERATIONS = [
    Door(OWN, "api:catalogue-*-list", scope=""),
    Door(OWN, "api:catalogue-*-detail", "*", scope=""),
    Door(OWN, "api:pay-list api:standing", scope=PAY),
    Door(OWNER, "api:pay-*", "pay", scope=PAY),
    *(Door(OWN, f"api:{kind}-list api:{kind}-bulk", scope=READ) for kind in RECORD_KINDS),
    *(
        Door(OWNER, f"api:{kind}-detail api:{kind}-history api:{kind}-restore", f"records.{kind}", scope=READ)
        for kind in RECORD_KINDS
    ),
    Door(OWN, "api:import-list", scope=""),
    Door(OWNER, "api:import-*", "batch", scope=READ, without_scope=404),
    Door(OWN, "api:proof-list", scope=READ),
    Door(OWNER, "api:proof-*", "proof", scope=READ),
    Door(OWN, "api:dispute-list api:plan-list", scope=READ),
    Door(OWNER | MANAGER, "api:dispute-detail", "dispute", scope=READ),
    Door(MANAGER, "api:dispute-answer", "dispute", sees=OWNER, scope=READ),
    Door(OWNER, "api:dispute-withdraw", "dispute", sees=MANAGER, scope=READ),
    Door(OWN, "api:renewals api:reminders api:reminders-next", scope=READ),
    Door(OWNER, "api:renewal-renew api:renewal-log", "cycle", scope=READ),
    Door(OWNER, "api:renewal-pin", "cycle education", scope=READ),
    Door(OWNER, "api:apprentice", "apprentice", scope=READ),
    Door(OWNER, "api:share-link-detail", "link", scope=READ),
    Door(OWNER, "api:team-sharing", "member", scope=READ),
    Door(OWNER, "api:plan-detail", "plan", scope=READ),
    Door(
        OWN,
        "api:log api:resume api:sharing api:access-log api:share-link-list api:me api:gaps api:readiness api:forecasts api:what-if api:compare api:assignments",
        scope=READ,
    ),
    Door(OWN, "api:explanation api:changes", "'accuracy-95", scope=READ),
    Door(OWNER, "api:assignment-done", "done", scope=READ),
    Door(OWN, "api:teams", scope=TEAM),
    Door(MANAGER, "api:team-member", "member", scope=TEAM),
    Door(MANAGER, "api:team-gap", "member 'accuracy-95", scope=TEAM),
    Door(MANAGER, "api:team-*", "team", scope=TEAM),
    Door(OWN, "api:programs", scope=PROGRAM),
    Door(
        INSTRUCTOR,
        """api:program api:program-versions api:program-cohorts api:program-activities api:program-milestones
        api:program-instructors api:program-outcomes""",
        "program",
        scope=PROGRAM,
    ),
    Door(INSTRUCTOR, "api:program-activity", "program activity", scope=PROGRAM),
    Door(INSTRUCTOR, "api:program-instructor", "program instructor", scope=PROGRAM),
    Door(OWN, "api:certificates", scope=READ),
    Door(INSTRUCTOR, "api:certificate-revocation", "certificate", scope=PROGRAM),
    Door(OWN, "api:certificate-check", "certificate.token", by_link=True, scope=""),
    Door(INSTRUCTOR, "api:cohort", "cohort", scope=PROGRAM),
    Door(INSTRUCTOR, "api:cohort-undo", "cohort action", scope=PROGRAM),
    Door(INSTRUCTOR, "api:cohort-student", "cohort student", scope=PROGRAM),
    Door(INSTRUCTOR, "api:cohort-*", "cohort", scope=PROGRAM),
]
