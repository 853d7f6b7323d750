"""Senior: a working coding manager on the way to director of HIM, with the degree half done."""

from tracker.models import (
    AuditWork,
    ClaimOutcome,
    ContinuingEducation,
    Contribution,
    ContributionKind,
    Credential,
    Education,
    EducationField,
    OutcomeDefinition,
    OutcomeKind,
    Position,
    Practicum,
    SkillShown,
    SpecialtyExperience,
)

from ..language import (
    IMPORTED,
    VERIFIED,
    Audits,
    Person,
    Weeks,
    ago,
    ahead,
    friday,
    log,
    monday,
    month_end,
)

WORK = "Daily use at work"


def course(months: int, hours: str, title: str, provider: str, *bodies: str, **more):
    return log(ContinuingEducation, completed_on=ago(months=months, days=13), hours=hours, title=title,
               provider=provider, bodies=bodies, **more)  # fmt: skip


def did(kind: ContributionKind, months: int, title: str, people: int | None = None):
    return log(Contribution, contribution=kind, done_on=ago(months=months), title=title, people=people)


PERSON = Person(
    slug="manager",
    name="Andre Whitfield",
    who="Senior. A coding manager who aims at director of HIM, with his bachelor's degree half done",
    time_zone="America/New_York",
    joined=ago(months=36),
    area="45300",  # Tampa
    target_role="him-director",
    track="management",
    employer="Gulf Pines Health",
    verifier="helen",
    per_hour={"inpatient": "2.2"},
    records=(
        log(Education, how=VERIFIED, level="associate", field=EducationField.HIT, school="Hillsborough Bay College",
            accreditation="cahiim", started_on=monday(166), completed_on=friday(142)),
        log(Education, level="bachelor", field=EducationField.HIM, school="Suncoast State University, online",
            accreditation="cahiim", started_on=monday(27), note="Part time; seven months to go."),
        log(Practicum, program="Professional practice, hospital records department", cases=151, hours="120",
            starts_on=monday(146), ends_on=friday(142), accuracy="92.00"),
        log(Credential, how=VERIFIED, certification="rhit", earned_on=ago(months=140), expires_on=month_end(5)),
        log(Credential, how=VERIFIED, certification="cpc", earned_on=ago(months=128), expires_on=month_end(14)),
        log(Credential, how=VERIFIED, certification="cpma", earned_on=ago(months=62), expires_on=month_end(14)),
        log(Credential, certification="cpc-p", earned_on=ago(months=118),
            note="No longer offered; kept from the years with a payer."),
        log(Credential, certification="cbcs", earned_on=ago(months=133), expires_on=month_end(16),
            note="Lapsed for some months, then reinstated."),
        log(Credential, certification="rhia", planned_on=ahead(months=9),
            note="Right after graduation: only an accredited degree opens it."),
        log(Position, title="Records Coder", role="records-coder", employer="Palm Avenue Family Medicine",
            employer_type="small-practice", setting="office", remote="onsite", starts_on=monday(138),
            ends_on=friday(109)),
        log(Position, title="Inpatient Coder", role="inpatient-coder", employer="Tidewater General Hospital",
            employer_type="hospital", setting="inpatient", remote="onsite", starts_on=monday(109),
            ends_on=friday(72)),
        log(Position, how=VERIFIED, title="Coding Auditor", role="coding-auditor", employer="Gulf Pines Health",
            employer_type="health-system", setting="inpatient", remote="hybrid", starts_on=monday(72),
            ends_on=friday(39)),
        log(Position, how=VERIFIED, title="Coding Manager", role="coding-manager", employer="Gulf Pines Health",
            employer_type="health-system", setting="inpatient", remote="hybrid", people_led=9,
            starts_on=monday(39)),
        log(SpecialtyExperience, specialty="surgery", setting="inpatient", starts_on=monday(84)),
        # A manager of nine still takes the surgical queue on two mornings a week.
        Weeks("inpatient", monday(36), hours=12.5, an_hour=(2.2, 2.28), specialty="surgery", setting="inpatient",
              how=IMPORTED),
        Audits(first=35, last=0, records=4, codes=(10, 18), right=0.979, drg=0.95, work_type="inpatient",
               specialty="surgery", how=VERIFIED),
        *(log(AuditWork, how=VERIFIED, done_on=ago(months=months), charts=20,
              findings="Second review of disputed findings") for months in (33, 27, 21, 15, 9, 3)),
        log(ClaimOutcome, how=IMPORTED, outcome=OutcomeKind.DENIAL, definition=OutcomeDefinition.DENIAL_VOLUME,
            rate="7.40", baseline="9.10", starts_on=ago(months=7), ends_on=ago(months=1),
            note="The department's rate."),
        log(ClaimOutcome, how=IMPORTED, outcome=OutcomeKind.FIRST_PASS, definition=OutcomeDefinition.PAID,
            rate="92.80", baseline="91.10", starts_on=ago(months=7), ends_on=ago(months=1),
            note="The department's rate."),
        course(17, "6", "Leading remote teams", "AHIMA", "ahima", sponsor_kind="ahima", index_number="H-118203"),
        course(13, "5", "Privacy and security for managers", "AHIMA", "ahima", sponsor_kind="ahima"),
        course(4, "6", "Billing rules of the year", "NHA", "nha", index_number="N-7721"),
        course(9, "2", "Updates of the first quarter", "AAPC webinar", "aapc"),
        course(8, "8", "Revenue integrity symposium", "State association", "ahima", "aapc",
               sponsor_kind="state-association"),
        course(6, "6", "Auditing the auditors", "AAPC workshop", "aapc", subjects=["cpma"],
               sponsor_kind="aapc", index_number="AA-51730C"),
        course(3, "5", "Computer-assisted coding, what to check", "AAPC webinar series", "aapc", "ahima"),
        *(log(SkillShown, skill=skill, since=ago(months=months), shown_by=shown_by) for skill, months, shown_by in (
            ("icd-10-cm", 138, WORK), ("cpt", 138, WORK), ("hcpcs-level-ii", 138, WORK),
            ("icd-10-pcs", 109, WORK), ("ms-drg", 109, WORK), ("epic", 72, WORK), ("3m", 109, WORK),
            ("physician-query", 100, WORK), ("complex-cases", 90, WORK), ("audit-methodology", 72, WORK),
            ("coding-analytics", 39, "Monthly report to finance"), ("staffing", 38, "Schedules for nine coders"),
            ("productivity-oversight", 38, "Standards by work type"),
            ("liaison", 36, "Weekly call with compliance and revenue cycle"),
            ("team-leadership", 36, "Nine coders"), ("revenue-cycle-optimization", 20, "Denials task force"),
            ("strategic-planning", 14, "Three-year plan of the department"),
        )),
        did(ContributionKind.MENTORING, 5, "Two auditors and a future lead", people=3),
        did(ContributionKind.CROSS_TEAM, 4, "Denials task force with billing and the physicians' advisor"),
        did(ContributionKind.DENIAL_ANALYSIS, 8, "Top ten reasons, by payer, every quarter"),
        did(ContributionKind.REGULATORY_CHANGE, 10, "Led the department through the new E/M rules for hospital visits"),
        did(ContributionKind.EXECUTIVE_COMMUNICATION, 2, "Quarterly accuracy and denials report to the CFO"),
        did(ContributionKind.VENDOR_MANAGEMENT, 12, "Chose and introduced a computer-assisted coding product"),
        did(ContributionKind.COMMUNITY, 8, "State association's annual meeting"),
    ),
    pay=((monday(39), "84500", "annual"), (monday(25), "91000", "annual"), (monday(8), "96500", "annual")),
)  # fmt: skip
