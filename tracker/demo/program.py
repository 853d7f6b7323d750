"""A school of the demo: a program, a cohort of 25 in states that teach something, and the graduates of the one before."""

import datetime as dt
from dataclasses import dataclass, field

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from curriculum.models import (
    Body,
    LearningActivity,
    Milestone,
    Organization,
    OrganizationKind,
    Program,
    Role,
)
from tracker.models import (
    Assignment,
    Certificate,
    Coder,
    Cohort,
    Credential,
    Enrollment,
    Extension,
    Position,
    Practicum,
    ProgramInstructor,
    Share,
    SignOff,
    SkillShown,
    Staff,
    StaffRole,
    Staleness,
    User,
    Waiver,
    WaiverKind,
)
from tracker.selectors.assignments import kinds_needed
from tracker.services.assigning import due_on
from tracker.services.enrolling import copied
from tracker.services.programs import Wanted, add_version, save_activity, save_milestone

from .building import Builder
from .language import Catalogue, Person, ago, ahead, log
from .people.student import SCHOOL
from .writing import write_records

INSTRUCTOR = "instructor"
INSTRUCTOR_NAME = "Angela Okafor"
INSTRUCTOR_WHO = "Instructor: a program, a cohort of 25 and who needs help, at /programs/"
TIME_ZONE = "America/Chicago"
WEEKS = (17, 13, 9, 5)  # a practicum began so many weeks ago, and took four

CODE_SETS = ("icd-10-cm", "cpt", "hcpcs-level-ii", "coding-guidelines")
TOOLS = ("epic", "optum")


@dataclass(frozen=True)
class Pupil:
    """One student. `practicums` are (cases, accuracy) from the first on; `skills` are what was shown."""

    name: str
    practicums: tuple[tuple[int, str], ...] = ()
    skills: tuple[str, ...] = ()
    exercise: bool = False
    signed: bool = False
    hides: str = ""
    waived: str = ""
    moved: str = ""
    weeks_late: int = 0
    quiet: int = 0  # practicums missed since
    credential: str = ""
    records: tuple = field(default=())

    def _weeks(self) -> tuple[int, ...]:
        """When the practicums began: the last ones there were, before what was missed."""
        attended = WEEKS[: len(WEEKS) - self.quiet]
        return attended[len(attended) - len(self.practicums) :]

    @property
    def all_records(self) -> tuple:
        practicums = tuple(
            log(Practicum, program="Practicum, de-identified records", cases=cases, accuracy=accuracy,
                hours=str(round(cases * 0.7)), starts_on=ago(days=7 * weeks), ends_on=ago(days=7 * (weeks - 4) + 2))
            for (cases, accuracy), weeks in zip(self.practicums, self._weeks(), strict=True)
        )  # fmt: skip
        skills = tuple(
            log(SkillShown, skill=slug, since=ago(months=4), shown_by="Course in the certificate program")
            for slug in self.skills
        )
        earned = (
            (
                log(
                    Credential,
                    certification=self.credential,
                    earned_on=ago(days=20),
                    expires_on=ahead(months=23),
                ),
            )
            if self.credential
            else ()
        )
        return (*practicums, *skills, *earned, *self.records)


FULL = (*CODE_SETS, *TOOLS)
ON_PACE = ((46, "91.20"), (44, "92.40"), (42, "93.10"))
READY = ((48, "92.80"), (50, "93.60"), (40, "94.10"), (30, "95.00"))

PUPILS = (
    Pupil("Hannah Brandt", READY, FULL, exercise=True, signed=True, credential="cpc-a"),
    Pupil("Tomás Herrera", READY, FULL, exercise=True, signed=True, credential="cpc-a"),
    Pupil("Aisha Karim", READY, FULL, exercise=True, credential="cpc-a"),
    Pupil("Ben Novak", READY, FULL, exercise=True),
    Pupil("Chloe Dupree", READY, FULL, exercise=True),
    Pupil("Daniel Osei", READY, FULL),
    Pupil("Emma Lindqvist", READY, (*CODE_SETS, "epic"), exercise=True),
    Pupil("Farid Nasser", ON_PACE, FULL, exercise=True),
    Pupil("Grace Tanaka", ON_PACE, FULL, exercise=True),
    Pupil("Hugo Almeida", ON_PACE, FULL, exercise=True),
    Pupil("Ivy Thornton", ON_PACE, FULL),
    Pupil("Jamal Whitfield", ON_PACE, CODE_SETS, exercise=True),
    Pupil("Kavya Reddy", ((44, "94.00"), (46, "93.50"), (40, "92.90")), FULL, exercise=True),
    Pupil("Liam Foster", ((20, "90.00"), (12, "89.50"), (10, "90.20")), CODE_SETS),
    Pupil("Mei Chen", ((16, "92.00"), (14, "91.40"), (12, "92.20")), (*CODE_SETS, "optum")),
    Pupil("Noah Petersen", ((12, "88.00"), (11, "89.00"), (9, "90.10")), CODE_SETS[:2]),
    Pupil("Olivia Marsh", ((44, "91.00"), (46, "90.20")), FULL, quiet=1),
    Pupil("Pedro Salgado", ((28, "89.00"),), CODE_SETS[:3], quiet=3),
    Pupil("Quinn Abbott", ((40, "95.00"), (38, "94.20"), (36, "86.40")), FULL),
    Pupil("Rosa Delgado", ((46, "93.80"), (44, "87.10")), FULL, exercise=True),
    Pupil("Samuel Weiss", ON_PACE, FULL, waived="Registered nurse for ten years; coding practice audited by the college."),
    Pupil("Tara Quigley", ON_PACE, FULL, hides="practicum"),
    Pupil("Uma Patel", (), CODE_SETS[:1], weeks_late=18),
    Pupil("Victor Lang", ((34, "90.60"), (22, "91.00")), CODE_SETS, moved="Six weeks of illness"),
)  # fmt: skip

GRADUATES = (
    ("Wendy Cho", True, True), ("Xavier Boone", True, True), ("Yara Haddad", True, True), ("Zoe Mitchell", True, False),
    ("Adrian Cole", True, True), ("Bianca Rossi", True, False), ("Caleb Stone", False, True), ("Dina Farouk", True, True),
    ("Elias Berg", None, None), ("Fiona Walsh", True, True),
)  # fmt: skip
DROPPED = ("Gavin Price", "Helena Cruz")


def load_program(anchor: dt.date, catalogue: Catalogue, student: Coder, password: str) -> list[Coder]:
    """Write the school and its people; return those who are still to be evaluated. Rows are written in bulk."""
    school = Organization.objects.create(name=SCHOOL, kind=OrganizationKind.SCHOOL)
    instructor = _instructor(school, catalogue, password, anchor)
    program = _program(school, instructor, catalogue)
    _open_to_all(program, anchor)
    cohort = Cohort.objects.create(
        program=program, version=program.versions.first(), name="Fall evening class",
        opens_on=ago(months=6).on(anchor), starts_on=ago(days=7 * 19).on(anchor), ends_on=ahead(days=7 * 9).on(anchor),
    )  # fmt: skip
    before = Cohort.objects.create(
        program=program, version=program.versions.first(), name="Spring evening class",
        opens_on=ago(months=17).on(anchor), starts_on=ago(months=16).on(anchor), ends_on=ago(months=9).on(anchor),
    )  # fmt: skip
    people = [Person(_slug(p.name), p.name, "", TIME_ZONE, ago(months=4), p.all_records) for p in PUPILS]
    past = [
        Person(_slug(name), name, "", TIME_ZONE, ago(months=15), _since_then(earned, hired))
        for name, earned, hired in (*GRADUATES, *((name, None, None) for name in DROPPED))
    ]
    coders = _coders([*people, *past], anchor)
    builders = [
        Builder(person, coder, anchor, catalogue, None, None)
        for person, coder in zip([*people, *past], coders, strict=True)
    ]
    write_records([built for builder in builders for built in builder.records()])
    here, gone = coders[: len(people)], coders[len(people) :]
    _enroll(
        cohort,
        [(student, Pupil(student.user.full_name, exercise=True)), *zip(here, PUPILS, strict=True)],
        instructor,
        anchor,
    )
    _graduate(before, gone, instructor, anchor)
    return [*coders, instructor.coder]


def _instructor(school: Organization, catalogue: Catalogue, password: str, anchor: dt.date) -> User:
    user = User(
        email=f"{INSTRUCTOR}@demo.example", password=password, full_name=INSTRUCTOR_NAME, time_zone=TIME_ZONE
    )
    user.full_clean()
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Staff.objects.create(
        organization=school, user=user, role=StaffRole.INSTRUCTOR, accepted_at=timezone.now()
    )
    coder = Coder(
        user=user,
        stated_years=12,
        onboarded_at=timezone.now(),
        stated_role=catalogue.get(Role, "coding-educator"),
    )
    Coder.objects.bulk_create([coder])
    Staleness.objects.create(coder=coder, since=timezone.now())
    return user


def _program(school: Organization, instructor: User, catalogue: Catalogue) -> Program:
    program = Program.objects.create(
        organization=school, name="Medical coding certificate", role=catalogue.get(Role, "coder-i"),
        summary="Nine months in the evening: code sets, the tools, and a practicum of at least 150 real, de-identified cases.",
    )  # fmt: skip
    ProgramInstructor.objects.create(program=program, staff=Staff.objects.get(user=instructor))

    def milestone(slug):
        return catalogue.get(Milestone, slug)

    needs = {
        "n_of": 2,
        "of": [
            {"measure": "practicum", "params": {"of": "cases"}, "cmp": ">=", "target": "40"},
            {"measure": "practicum", "params": {"of": "hours"}, "cmp": ">=", "target": "40"},
            {"measure": "skills", "params": {"any_of": ["icd-10-cm"]}, "cmp": ">=", "target": "1"},
        ],
    }
    own = save_milestone(
        school, {"name": "Ready for the second practicum", "summary": "Who goes on has seen enough to learn from it."},
        {"needs": needs}, by=instructor,
    )  # fmt: skip
    exercise = save_activity(
        school,
        LearningActivity(
            name="Forty cases against the clock", hours=6, cost_usd=0, provider=school.name,
            description="In the practice lab, with your own code books; go through every miss.",
        ),
        milestones=[milestone("practicum-volume"), own.milestone], by=instructor,
    )  # fmt: skip
    save_activity(
        school,
        LearningActivity(name="Evening on risk adjustment", hours=2, cost_usd=25, provider=school.name),
        milestones=[milestone("code-sets")], credits={catalogue.get(Body, "aapc"): 2}, by=instructor,
    )  # fmt: skip
    add_version(
        program,
        [
            Wanted(milestone=milestone("code-sets"), due_days=60),
            Wanted(milestone=own.milestone, due_days=75),
            Wanted(activity=exercise, required=False, due_days=90),
            Wanted(milestone=milestone("encoder-tool"), due_days=110),
            Wanted(milestone=milestone("ehr-tool"), due_days=110),
            Wanted(milestone=milestone("practicum-volume"), due_days=165),
            Wanted(milestone=milestone("practicum-accuracy"), by_signoff=True, due_days=165),
            Wanted(milestone=milestone("first-credential"), required=False, due_days=190),
        ],
        by=instructor,
    )
    return program


def _open_to_all(program: Program, anchor: dt.date) -> None:
    Cohort.objects.create(
        program=program, version=program.versions.first(), name="Next class", open_to_all=True, dating="relative",
        opens_on=ago(days=10).on(anchor), starts_on=ahead(days=70).on(anchor), ends_on=ahead(months=11).on(anchor),
    )  # fmt: skip


def _slug(name: str) -> str:
    return (
        "".join(c for c in name.lower().split()[0] if c.isascii() and c.isalpha())
        + "."
        + name.lower().split()[-1]
    )


def _since_then(earned, hired) -> tuple:
    """What a graduate logged: the credential, and the first job. None: nothing."""
    records = ()
    if earned:
        records += (
            log(Credential, certification="cpc-a", earned_on=ago(months=8), expires_on=ahead(months=16)),
        )
    if hired:
        records += (
            log(
                Position,
                title="Medical coder",
                role="coder-i",
                starts_on=ago(months=6),
                employer_type="hospital",
            ),
        )
    return records


def _coders(people: list[Person], anchor: dt.date) -> list[Coder]:
    """They never sign in."""
    locked = make_password(None)
    users = [
        User(email=person.email, password=locked, full_name=person.name, time_zone=TIME_ZONE)
        for person in people
    ]
    for user in users:
        user.clean_fields()
    User.objects.bulk_create(users)
    coders = [Coder(user=user, stated_years=0, onboarded_at=timezone.now()) for user in users]
    Coder.objects.bulk_create(coders)
    Staleness.objects.bulk_create(Staleness(coder=coder, since=timezone.now()) for coder in coders)
    return coders


def _enroll(cohort: Cohort, pupils: list[tuple[Coder, Pupil]], instructor: User, anchor: dt.date) -> None:
    enrollments = _enrollments(cohort, pupils)
    kinds = kinds_needed(cohort.version)
    Share.objects.bulk_create(
        Share(coder=one.coder, enrollment=one, kind=kind)
        for one, (_coder, pupil) in zip(enrollments, pupils, strict=True)
        for kind in kinds
        if kind != pupil.hides
    )
    assignments = _assignments(cohort, enrollments, pupils, anchor)
    accuracy = Milestone.objects.get(slug="practicum-accuracy")
    signed, waived, moved = [], [], []
    for one, pupil in assignments:
        if pupil.signed and one.milestone_id == accuracy.pk:
            signed.append(SignOff(assignment=one, by=instructor, note="Log and ten cases looked through"))
        if pupil.waived and one.milestone is not None and one.milestone.slug.startswith("practicum"):
            waived.append(
                Waiver(assignment=one, by=instructor, kind=WaiverKind.PRIOR, reason=pupil.waived[:200])
            )
        if pupil.moved and one.due_on and one.due_on > anchor - dt.timedelta(days=45):
            old, one.due_on = one.due_on, min(one.due_on + dt.timedelta(days=42), cohort.ends_on)
            moved.append(
                Extension(assignment=one, old_due_on=old, new_due_on=one.due_on, reason=pupil.moved, by=instructor,
                          mailed_at=timezone.now())
            )  # fmt: skip
    SignOff.objects.bulk_create(signed)
    Waiver.objects.bulk_create(waived)
    Extension.objects.bulk_create(moved)
    Assignment.objects.bulk_update([row.assignment for row in moved], ["due_on"])
    done = [one for one, (_coder, pupil) in zip(enrollments, pupils, strict=True) if pupil.signed]
    for one in done:
        one.completed_on = ago(days=6).on(anchor)
    Enrollment.objects.bulk_update(done, ["completed_on"])
    _certify(done, ago(days=6).on(anchor))


def _enrollments(cohort: Cohort, pupils: list[tuple[Coder, Pupil]]) -> list[Enrollment]:
    return Enrollment.objects.bulk_create(
        Enrollment(
            cohort=cohort, coder=coder, invited_email=coder.user.email, invited_name=coder.user.full_name,
            accepted_at=timezone.now(), mailed_at=timezone.now(), ends_on=cohort.ends_on,
            starts_on=cohort.starts_on + dt.timedelta(weeks=pupil.weeks_late),
        )
        for coder, pupil in pupils
    )  # fmt: skip


def _assignments(cohort, enrollments, pupils, anchor) -> list[tuple[Assignment, Pupil]]:
    items = list(cohort.version.items.select_related("milestone", "activity"))
    made = [
        (
            Assignment(
                enrollment=one, due_on=due_on(item.due_days, cohort, one), **copied(item),
                done_on=ago(days=50).on(anchor) if item.activity_id and pupil.exercise else None,
            ),
            pupil,
        )
        for one, (_coder, pupil) in zip(enrollments, pupils, strict=True)
        for item in items
    ]  # fmt: skip
    Assignment.objects.bulk_create(one for one, _pupil in made)
    return made


def _graduate(cohort: Cohort, coders: list[Coder], instructor: User, anchor: dt.date) -> None:
    """Who finished the class before, and who left it; some share afterwards, some do not."""
    pupils = [(coder, Pupil(coder.user.full_name)) for coder in coders]
    enrollments = _enrollments(cohort, pupils)
    finished = enrollments[: len(GRADUATES)]
    for one in finished:
        one.completed_on = cohort.ends_on
    for one in enrollments[len(GRADUATES) :]:
        one.left_at = timezone.make_aware(dt.datetime.combine(ago(months=12).on(anchor), dt.time(12)), dt.UTC)
    Enrollment.objects.bulk_update(enrollments, ["completed_on", "left_at"])
    Share.objects.bulk_create(
        Share(coder=one.coder, enrollment=one, kind=kind)
        for one, (_name, earned, hired) in zip(finished, GRADUATES, strict=True)
        for kind, known in (("credential", earned), ("position", hired))
        if known is not None
    )
    _certify(finished, cohort.ends_on)


def _certify(enrollments: list[Enrollment], day: dt.date) -> None:
    Certificate.objects.bulk_create(
        Certificate(
            enrollment=one, number=f"DEMO-{one.cohort_id:04}-{one.pk:04}", name=one.coder.user.full_name, issued_on=day
        )
        for one in enrollments
    )  # fmt: skip
