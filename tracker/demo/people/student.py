"""Before the first role: a program that ends next month, a practicum nearly full, an exam with a date."""

from tracker.models import (
    Contribution,
    ContributionKind,
    Credential,
    Education,
    EducationField,
    Position,
    Practicum,
    SkillShown,
)

from ..language import Person, ago, ahead, friday, log, monday

SCHOOL = "Riverbend Community College"
COURSE = "Course in the certificate program"

PERSON = Person(
    slug="student",
    name="Marisol Vega",
    who="Before the first role. Finishes her certificate next month",
    time_zone="America/Chicago",
    joined=ago(months=8),
    area="41700",  # San Antonio
    stated_years="0",
    records=(
        log(Education, level="associate", field=EducationField.BUSINESS, school=SCHOOL,
            started_on=monday(84), completed_on=friday(60)),
        log(Education, level="certificate", field=EducationField.CODING, school=SCHOOL, accreditation="pcap",
            started_on=monday(10), note="Nine months of classes, then the practicum. Last class in four weeks."),
        log(Position, title="Front desk coordinator", employer="Alamo Creek Dental", employer_type="small-practice",
            starts_on=monday(58), ends_on=friday(9), setting="office", remote="onsite"),
        log(Practicum, program="Outpatient practicum, de-identified records", cases=74, hours="52",
            accuracy="91.60", starts_on=monday(4), ends_on=friday(2)),
        log(Practicum, program="Inpatient practicum, de-identified records", cases=57, hours="61",
            accuracy="93.20", starts_on=monday(2), ends_on=ago(days=9)),
        log(Credential, certification="cpc-a", planned_on=ahead(days=40),
            note="Without two years of experience the CPC begins as a CPC-A."),
        log(SkillShown, skill="medical-terminology", since=ago(months=8), shown_by=COURSE),
        log(SkillShown, skill="anatomy", since=ago(months=7), shown_by=COURSE),
        log(SkillShown, skill="physiology", since=ago(months=7), shown_by=COURSE),
        log(SkillShown, skill="icd-10-cm", since=ago(months=6), shown_by=COURSE),
        log(SkillShown, skill="cpt", since=ago(months=5), shown_by=COURSE),
        log(SkillShown, skill="coding-guidelines", since=ago(months=5), shown_by=COURSE),
        log(SkillShown, skill="epic", since=ago(months=4), shown_by="The school's practice environment"),
        log(SkillShown, skill="optum", since=ago(months=4), shown_by="Practicum, every case"),
        log(SkillShown, skill="attention-to-detail", since=ago(months=2), shown_by="Practicum evaluation"),
        log(Contribution, contribution=ContributionKind.COMMUNITY, done_on=ago(months=2),
            title="Student evening of the local chapter"),
    ),
)  # fmt: skip
