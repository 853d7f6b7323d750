"""Specialization: the emergency department, everything in place but a credential, and nobody else's word for it yet."""

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

# The last twelve monthly reviews of five visits, the latest last: codes right, codes, visits without an error.
REVIEWS = (
    (18, 19, 4), (21, 21, 5), (19, 20, 4), (20, 20, 5), (21, 22, 4), (18, 19, 4),
    (20, 20, 5), (20, 21, 4), (19, 19, 5), (19, 20, 4), (20, 20, 5), (18, 19, 4),
)  # fmt: skip


def review(months: int, right: int, codes: int, flawless: int):
    return log(Audit, audited_on=ago(months=months, days=6), basis=Basis.RANDOM, auditor=Auditor.INTERNAL,
               work_type="emergency", specialty="emergency-medicine", records_reviewed=5,
               scores={"code_over_code": (right, codes), "case": (flawless, 5)})  # fmt: skip


def course(months: int, hours: str, title: str, provider: str):
    return log(ContinuingEducation, completed_on=ago(months=months, days=8), hours=hours, title=title,
               provider=provider, bodies=["aapc"])  # fmt: skip


PERSON = Person(
    slug="emergency",
    name="Linh Tran",
    who="Specialization. Codes for an emergency department: 97.0% by her own log, one credential short",
    time_zone="America/New_York",
    joined=ago(months=30),
    plans={"An auditor in a year": {"target": "coding-auditor", "credentials": ["cpma"], "study": 5.0}},
    area="45300",  # Tampa
    employer="Gulf Pines Health",
    per_hour={"emergency": "12.0"},
    records=(
        log(Education, level="certificate", field=EducationField.CODING, school="Bayfront Technical College",
            accreditation="pcap", started_on=monday(64), completed_on=friday(54)),
        log(Practicum, program="Hospital outpatient practicum", cases=158, hours="140", accuracy="95.10",
            starts_on=monday(57), ends_on=friday(54)),
        log(Credential, certification="cpc-a", earned_on=ago(months=53), expires_on=month_end(7),
            apprentice_cleared_on=ago(months=26),
            note="Apprentice status removed with two years of experience, confirmed by the employer's letter."),
        log(Credential, certification="cedc", planned_on=ahead(days=75)),
        log(Position, title="Medical Coder", role="coder-i", employer="Bayside Urgent Care",
            employer_type="small-practice", setting="office", remote="onsite", starts_on=monday(50),
            ends_on=friday(31)),
        log(Position, title="Emergency Department Coder", role="outpatient-coder", employer="Gulf Pines Health",
            employer_type="health-system", setting="emergency", remote="hybrid", starts_on=monday(31)),
        log(SpecialtyExperience, specialty="emergency-medicine", setting="emergency", starts_on=monday(31)),
        Weeks("emergency", monday(31), hours=32, an_hour=(8.5, 12.35), routine=9, specialty="emergency-medicine",
              setting="emergency", how=IMPORTED),
        Audits(first=29, last=12, records=5, codes=(3, 6), right=0.93, work_type="emergency",
               specialty="emergency-medicine"),
        *(review(11 - i, *found) for i, found in enumerate(REVIEWS)),
        log(AuditWork, done_on=ago(months=5), charts=15, specialty="emergency-medicine",
            findings="Peer review of a colleague's visits; one page of findings and a conversation"),
        log(ClaimOutcome, how=IMPORTED, outcome=OutcomeKind.FIRST_PASS, definition=OutcomeDefinition.CLEARINGHOUSE,
            rate="96.40", baseline="94.90", starts_on=ago(months=7), ends_on=ago(months=1),
            note="The whole emergency coding team's rate."),
        course(15, "6", "Emergency department facility leveling", "AAPC workshop"),
        course(13, "3", "Critical care and observation", "AAPC webinar"),
        course(10, "8", "Chapter conference", "AAPC local chapter"),
        course(7, "4", "Injury coding: seventh characters", "AAPC webinar"),
        course(4, "3", "Infusions and injections hierarchy", "AAPC webinar"),
        course(1, "4", "ICD-10-CM update for the new fiscal year", "Employer's education hour"),
        log(SkillShown, skill="icd-10-cm", since=ago(months=54), shown_by="Certificate program"),
        log(SkillShown, skill="cpt", since=ago(months=54), shown_by="Certificate program"),
        log(SkillShown, skill="hcpcs-level-ii", since=ago(months=54), shown_by="Certificate program"),
        log(SkillShown, skill="epic", since=ago(months=30), shown_by=WORK),
        log(SkillShown, skill="3m", since=ago(months=30), shown_by=WORK),
        log(SkillShown, skill="payer-guidelines", since=ago(months=28), shown_by=WORK),
        log(SkillShown, skill="physician-query", since=ago(months=22), shown_by="Queries on trauma activation"),
        log(SkillShown, skill="complex-cases", since=ago(months=14), shown_by="Assigned the trauma queue"),
        log(SkillShown, skill="em-guidelines", since=ago(months=28), shown_by=WORK),
        log(Contribution, contribution=ContributionKind.MENTORING, people=2, done_on=ago(months=6),
            title="Showed two new coders the trauma queue"),
        log(Contribution, contribution=ContributionKind.CROSS_TEAM, done_on=ago(months=9),
            title="Charge capture huddle with the emergency nurses"),
        log(Contribution, contribution=ContributionKind.COMMUNITY, done_on=ago(months=10),
            title="Chapter conference"),
    ),
    pay=((monday(31), "45200", "annual"), (monday(18), "47900", "annual"), (monday(6), "50300", "annual")),
)  # fmt: skip
