"""Leadership-ready: an auditor with proven accuracy, for whom two small things lapse while three ways lie open."""

from tracker.models import (
    Audit,
    Auditor,
    AuditWork,
    Basis,
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
    friday,
    log,
    monday,
    month_end,
)

WORK = "Daily use at work"
REPORT = "A report to the coding manager and a feedback session with each coder"


def course(months: int, hours: str, title: str, provider: str, *bodies: str, **more):
    return log(ContinuingEducation, completed_on=ago(months=months, days=4), hours=hours, title=title,
               provider=provider, bodies=bodies, **more)  # fmt: skip


def reviewed(months: int, charts: int):
    return log(AuditWork, how=IMPORTED, done_on=ago(months=months, days=9), charts=charts, findings=REPORT)


PERSON = Person(
    slug="auditor",
    name="Ruth Abernathy",
    who="Leadership-ready. A coding auditor with proven accuracy, a lapsed CCS, and three ways to go on",
    time_zone="America/Chicago",
    joined=ago(months=36),
    area="34980",  # Nashville
    employer="Gulf Pines Health",
    verifier="manager",
    per_hour={"inpatient": "2.2", "audit-review": "2.0"},
    records=(
        log(Education, how=VERIFIED, level="associate", field=EducationField.HIT, school="Cumberland State College",
            accreditation="cahiim", started_on=monday(102), completed_on=friday(78)),
        log(Practicum, program="Professional practice, inpatient and outpatient", cases=172, hours="160",
            accuracy="94.20", starts_on=monday(82), ends_on=friday(78)),
        log(Credential, how=VERIFIED, certification="ccs", earned_on=ago(months=74), expires_on=month_end(-2),
            note="Two cycles renewed; the third was overlooked."),
        log(Credential, how=VERIFIED, certification="cpc", earned_on=ago(months=55), expires_on=month_end(7)),
        log(Credential, how=VERIFIED, certification="cpma", earned_on=ago(months=33), expires_on=month_end(7)),
        log(Position, title="Inpatient Coder", role="inpatient-coder", employer="Stones River Regional Hospital",
            employer_type="hospital", setting="inpatient", remote="onsite", starts_on=monday(73),
            ends_on=friday(38)),
        log(Position, how=VERIFIED, title="Coding Auditor", role="coding-auditor", employer="Gulf Pines Health",
            employer_type="health-system", setting="inpatient", remote="remote", starts_on=monday(38)),
        log(SpecialtyExperience, specialty="cardiology", setting="inpatient", starts_on=monday(60)),
        Weeks("inpatient", monday(36), hours=14, an_hour=(2.1, 2.27), routine=4, specialty="cardiology",
              setting="inpatient", how=IMPORTED),
        Weeks("audit-review", monday(36), hours=19, an_hour=(1.5, 2.08), routine=9, setting="inpatient",
              how=IMPORTED),
        Audits(first=35, last=0, records=6, codes=(9, 17), right=0.976, drg=0.93, work_type="inpatient",
               specialty="cardiology", how=VERIFIED),
        # By points, as the hospital's compliance office counts: kept apart from every other method, and never pooled.
        *(log(Audit, how=VERIFIED, audited_on=ago(months=months, days=9), basis=Basis.RANDOM, auditor=Auditor.EXTERNAL,
              work_type="inpatient", specialty="cardiology", records_reviewed=10,
              scores={"weighted": weighted, "coder_denominator": own})
          for months, weighted, own in ((13, "94.50", "93.80"), (7, "96.25", "95.10"), (1, "96.75", "95.60"))),
        *(reviewed(months, 60 + 7 * (months % 4)) for months in range(34, -1, -2)),
        log(ClaimOutcome, how=IMPORTED, outcome=OutcomeKind.DENIAL, definition=OutcomeDefinition.DENIAL_VOLUME,
            rate="5.10", baseline="6.80", is_own=True, starts_on=ago(months=8), ends_on=ago(months=2)),
        log(ClaimOutcome, how=IMPORTED, outcome=OutcomeKind.FIRST_PASS, definition=OutcomeDefinition.PAID,
            rate="93.70", is_own=True, starts_on=ago(months=8), ends_on=ago(months=2)),
        course(25, "2", "ICD-10 updates for the new fiscal year", "Employer's education hour", "ahima"),
        course(22, "10", "AHIMA state association meeting, two days", "State association", "ahima", sponsor_kind="state-association"),
        course(16, "4", "Chapter meeting, summer", "AAPC local chapter", "aapc", sponsor_kind="aapc"),
        course(15, "4", "Sepsis-3 and clinical validation", "AAPC webinar", "aapc", sponsor_kind="aapc", index_number="AA-40917B"),
        course(12, "5", "Sampling and extrapolation for auditors", "AAPC workshop", "aapc", subjects=["cpma"],
               sponsor_kind="aapc", index_number="AA-42266K"),
        course(6, "4", "Malnutrition and encephalopathy audits", "AAPC webinar", "aapc", subjects=["cpma"],
               sponsor_kind="aapc"),
        course(2, "2", "ICD-10-PCS update for the new fiscal year", "Employer's education hour", "aapc", "ahima"),
        *(log(SkillShown, skill=skill, since=ago(months=months), shown_by=shown_by) for skill, months, shown_by in (
            ("icd-10-cm", 78, "Associate degree"), ("cpt", 78, "Associate degree"),
            ("hcpcs-level-ii", 78, "Associate degree"), ("icd-10-pcs", 78, "Associate degree"),
            ("ms-drg", 72, WORK), ("epic", 38, WORK), ("cerner", 72, WORK), ("3m", 72, WORK),
            ("physician-query", 60, WORK), ("complex-cases", 48, "Cardiac surgery queue"),
            ("audit-methodology", 34, "CPMA, then every month's sample"),
            ("evaluating-others-work", 33, "Monthly audits"), ("communicating-findings", 33, "Feedback sessions"),
            ("compliance-risk", 30, "Annual audit plan"), ("coding-analytics", 15, "Quarterly accuracy dashboard"),
        )),
        log(Contribution, contribution=ContributionKind.MENTORING, people=3, done_on=ago(months=7),
            title="Three inpatient coders through their first ninety days"),
        log(Contribution, contribution=ContributionKind.AUDIT_METHODOLOGY, done_on=ago(months=20),
            title="Wrote down how samples are drawn and errors are scored"),
        log(Contribution, contribution=ContributionKind.DENIAL_ANALYSIS, done_on=ago(months=9),
            title="DRG downgrades of one payer, and what to document against them"),
        log(Contribution, contribution=ContributionKind.CROSS_TEAM, done_on=ago(months=11),
            title="Joint rounds with documentation improvement"),
        log(Contribution, contribution=ContributionKind.REGULATORY_CHANGE, done_on=ago(months=13),
            title="Led the move to the new fiscal year's code sets"),
        log(Contribution, contribution=ContributionKind.COMMUNITY, done_on=ago(months=3),
            title="Spoke at the chapter meeting on audit feedback"),
    ),
    pay=((monday(38), "53800", "annual"), (monday(24), "58900", "annual"), (monday(7), "62400", "annual")),
)  # fmt: skip
