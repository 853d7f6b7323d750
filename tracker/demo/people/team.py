"""The rest of the manager's team. They never sign in; each stands for a thing that a manager has to notice."""

from tracker.models import (
    AuditWork,
    ContinuingEducation,
    Credential,
    Education,
    EducationField,
    Position,
    SkillShown,
    SpecialtyExperience,
)

from ..language import IMPORTED, SELF, VERIFIED, Audits, Person, Weeks, ago, ahead, log, monday, month_end

EMPLOYER = "Gulf Pines Health"
SKILLS = ("icd-10-cm", "cpt", "hcpcs-level-ii", "epic", "3m", "physician-query", "complex-cases")


def _person(
    slug: str, name: str, who: str, *records, title: str, role: str, since: int, work: str, **more
) -> Person:
    position = log(
        Position, how=VERIFIED, title=title, role=role, employer=EMPLOYER, employer_type="health-system",
        setting="inpatient" if work == "inpatient" else "outpatient", remote="hybrid", starts_on=monday(since),
    )  # fmt: skip
    certificate = log(
        Education, how=VERIFIED, level="certificate", field=EducationField.CODING, school="Bayfront Technical College",
        accreditation="pcap", completed_on=ago(months=since + 3),
    )  # fmt: skip
    return Person(
        slug=slug, name=name, who=who, time_zone="America/New_York", joined=ago(months=18), area="45300",
        employer=EMPLOYER, verifier="manager", records=(certificate, position, *records), **more,
    )  # fmt: skip


def _skills(*slugs: str, how=VERIFIED):
    return [
        log(SkillShown, how=how, skill=slug, since=ago(months=20), shown_by="Daily use at work")
        for slug in slugs
    ]


def _courses(body: str, *hours: int, how=VERIFIED):
    """One in each of the last months."""
    return [
        log(ContinuingEducation, how=how, completed_on=ago(months=1 + i, days=9), hours=str(n), title=f"Chapter meeting {i + 1}",
            provider="Local chapter", bodies=[body])
        for i, n in enumerate(hours)
    ]  # fmt: skip


FELL = _person(
    "rosa", "Rosa Delgado", "Her accuracy fell three months ago",
    log(Credential, how=VERIFIED, certification="ccs", earned_on=ago(months=40), expires_on=month_end(14)),
    Weeks("inpatient", monday(17), hours=30, an_hour=(2.0, 2.35), setting="inpatient", how=IMPORTED),
    Audits(first=16, last=4, records=12, codes=(10, 16), right=0.975, drg=0.9, work_type="inpatient", how=VERIFIED),
    Audits(first=3, last=0, records=12, codes=(10, 16), right=0.90, drg=0.85, work_type="inpatient", how=VERIFIED),
    *_courses("ahima", 6, 6, 6),
    *_skills(*SKILLS, "icd-10-pcs", "ms-drg"),
    title="Inpatient Coder II", role="inpatient-coder", since=38, work="inpatient",
)  # fmt: skip

LAPSES = _person(
    "marcus", "Marcus Bell", "His CIRCC runs out next, and only one other has it",
    log(Credential, how=VERIFIED, certification="cpc", earned_on=ago(months=50), expires_on=month_end(9)),
    log(Credential, how=VERIFIED, certification="circc", earned_on=ago(months=23), expires_on=ahead(days=38)),
    Weeks("interventional-radiology", monday(17), hours=31, an_hour=(5.5, 6.4), how=IMPORTED),
    Audits(first=16, last=0, records=10, codes=(6, 10), right=0.972, work_type="interventional-radiology", how=VERIFIED),
    *_courses("aapc", 8, 8, 8, 8, 8, 8),
    log(AuditWork, how=VERIFIED, done_on=ago(months=4), charts=20, findings="Peer review of a colleague's cases"),
    *_skills(*SKILLS),
    title="Outpatient Coder II", role="outpatient-coder", since=46, work="interventional-radiology",
)  # fmt: skip

SECOND = _person(
    "joy", "Joy Okafor", "Everything in order but the word of somebody else",
    log(Credential, certification="cpc", earned_on=ago(months=44), expires_on=month_end(7)),
    log(Credential, certification="circc", earned_on=ago(months=22), expires_on=ahead(days=17)),
    *_courses("aapc", 8, 8, 8, 8, 8, 8, how=SELF),
    log(AuditWork, how=IMPORTED, done_on=ago(months=3), charts=15, findings="Peer review of a colleague's cases"),
    log(SpecialtyExperience, specialty="cardiology", setting="outpatient", starts_on=monday(40)),
    Weeks("interventional-radiology", monday(17), hours=29, an_hour=(5.2, 6.1), how=IMPORTED),
    Audits(first=14, last=0, records=10, codes=(6, 10), right=0.978, work_type="interventional-radiology", how=IMPORTED),
    *_skills(*SKILLS, how=SELF),
    title="Outpatient Coder II", role="outpatient-coder", since=44, work="interventional-radiology",
)  # fmt: skip

NEW = _person(
    "tom", "Tom Nilsson", "New: too little evidence yet to say anything",
    log(Credential, how=VERIFIED, certification="cpc-a", earned_on=ago(months=6), expires_on=month_end(6)),
    Weeks("emergency", monday(3), hours=30, an_hour=(7.0, 10.5), setting="emergency", how=IMPORTED),
    Audits(first=2, last=0, records=5, codes=(3, 6), right=0.96, work_type="emergency", how=VERIFIED),
    *_courses("aapc", 8, 8),
    *_skills("icd-10-cm", "cpt"),
    title="Emergency Department Coder", role="coder-i", since=4, work="emergency",
)  # fmt: skip

RESERVED = _person(
    "dana", "Dana Cole", "Shares credentials only: of the rest nothing is known",
    log(Credential, how=VERIFIED, certification="cpc", earned_on=ago(months=60), expires_on=month_end(11)),
    Weeks("emergency", monday(17), hours=30, an_hour=(9.5, 12.2), setting="emergency", how=IMPORTED),
    Audits(first=16, last=0, records=10, codes=(3, 6), right=0.97, work_type="emergency", how=VERIFIED),
    title="Emergency Department Coder", role="outpatient-coder", since=58, work="emergency",
)  # fmt: skip

TEAM = (FELL, LAPSES, SECOND, NEW, RESERVED)
