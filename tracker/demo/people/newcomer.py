"""Foundation: close to two years in a cardiology practice, good at it, and without the numbers that would show it."""

from tracker.models import (
    Audit,
    Auditor,
    Basis,
    ContinuingEducation,
    Contribution,
    ContributionKind,
    Credential,
    Education,
    EducationField,
    Position,
    Practicum,
    SkillShown,
    SpecialtyExperience,
)

from ..language import Person, Weeks, ago, friday, log, monday, month_end

WORK = "Daily use at work"


def review(months: int, codes: tuple[int, int], cases: tuple[int, int]):
    """The lead coder's monthly look at ten visits."""
    return log(Audit, audited_on=ago(months=months, days=6), basis=Basis.RANDOM, auditor=Auditor.INTERNAL,
               work_type="clinic-em", specialty="cardiology", records_reviewed=cases[1],
               scores={"code_over_code": codes, "case": cases})  # fmt: skip


def course(months: int, hours: str, title: str, provider: str):
    return log(ContinuingEducation, completed_on=ago(months=months, days=11), hours=hours, title=title,
               provider=provider, bodies=["aapc"])  # fmt: skip


PERSON = Person(
    slug="newcomer",
    name="Devon Okafor",
    who="Foundation. An outpatient coder with a CPC-A, whose audits are too small to tell how accurate he is",
    time_zone="America/New_York",
    joined=ago(months=16),
    area="18140",  # Columbus, OH
    records=(
        log(Education, level="certificate", field=EducationField.CODING, school="Scioto Career Institute",
            accreditation="aapc-licensed", started_on=monday(36), completed_on=friday(26)),
        log(Practicum, program="Externship, professional fee", cases=164, hours="120", accuracy="94.50",
            starts_on=monday(28), ends_on=friday(26)),
        log(Credential, certification="cpc-a", earned_on=ago(months=25), expires_on=month_end(9)),
        log(Position, title="Outpatient Coder", role="outpatient-coder", employer="Maple Street Cardiology",
            employer_type="small-practice", setting="office", remote="onsite", starts_on=monday(22)),
        log(SpecialtyExperience, specialty="cardiology", setting="office", starts_on=monday(22)),
        Weeks("clinic-em", monday(16), hours=27, an_hour=(8.0, 11.0), routine=8, specialty="cardiology",
              setting="office"),
        Weeks("ancillary-diagnostic", monday(12), hours=5, an_hour=(22, 29), routine=6, specialty="cardiology",
              setting="office"),
        # The first audit letters gave a percentage and nothing else: they are kept, and count for no sample.
        log(Audit, audited_on=ago(months=11), basis=Basis.RANDOM, auditor=Auditor.EXTERNAL,
            work_type="clinic-em", records_reviewed=10, scores={"code_over_code": "95.5"}),
        log(Audit, audited_on=ago(months=8), basis=Basis.RANDOM, auditor=Auditor.EXTERNAL,
            work_type="clinic-em", records_reviewed=10, scores={"code_over_code": "96.0"}),
        review(4, (28, 29), (9, 10)),
        review(3, (29, 30), (9, 10)),
        review(2, (31, 31), (10, 10)),
        review(1, (29, 31), (8, 10)),
        review(0, (29, 30), (9, 10)),
        course(13, "6", "Cardiology documentation and coding", "AAPC workshop"),
        course(10, "4", "Evaluation and management, office visits", "AAPC webinar series"),
        course(7, "3", "Modifiers 25 and 59 in practice", "Chapter meeting"),
        course(4, "8", "Regional conference, two days", "AAPC"),
        course(1, "4", "ICD-10-CM update for the new fiscal year", "AAPC webinar"),
        log(SkillShown, skill="icd-10-cm", since=ago(months=26), shown_by="Certificate program"),
        log(SkillShown, skill="cpt", since=ago(months=26), shown_by="Certificate program"),
        log(SkillShown, skill="hcpcs-level-ii", since=ago(months=26), shown_by="Certificate program"),
        log(SkillShown, skill="epic", since=ago(months=21), shown_by=WORK),
        log(SkillShown, skill="optum", since=ago(months=21), shown_by=WORK),
        log(SkillShown, skill="payer-guidelines", since=ago(months=15), shown_by=WORK),
        log(SkillShown, skill="em-guidelines", since=ago(months=10), shown_by="Webinar series, then every visit"),
        log(Contribution, contribution=ContributionKind.COMMUNITY, done_on=ago(months=14),
            title="Local chapter meeting"),
        log(Contribution, contribution=ContributionKind.QUERY_PRACTICE, done_on=ago(months=9),
            title="Query template for unspecified heart failure, agreed with the physicians"),
    ),
    pay=((monday(22), "19.50", "hourly"), (monday(10), "21.25", "hourly")),
)  # fmt: skip
