"""People, records and the catalogue rows they need, for tests. Dates are fixed; what must differ is counted up.

`RECORD_FACTORIES[kind](coder=..., ...)` makes a record of a kind as the database holds it, past all services. Catalogue rows are got
or made by their slug, so that they also serve where the real catalogue is loaded.
"""

import datetime as dt
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from curriculum import models as catalogue
from tracker import models
from tracker.services.coders import coder_of
from tracker.services.proofs import add_proof

# A day long past: an outcome of this day never lies in the future.
DAY = dt.date(2026, 3, 31)
# Before it, so that work of that day counts for a team.
JOINED = dt.date(2026, 1, 1)


class CatalogueFactory(DjangoModelFactory):
    class Meta:
        abstract = True
        django_get_or_create = ("slug",)

    source = "test"
    name = factory.LazyAttribute(lambda row: row.slug.replace("-", " ").capitalize())


class StageFactory(CatalogueFactory):
    class Meta:
        model = catalogue.Stage

    slug = "foundation"
    years_from = Decimal(0)


class OccupationFactory(DjangoModelFactory):
    class Meta:
        model = catalogue.Occupation
        django_get_or_create = ("code",)

    code = "29-2072"
    title = "Medical Records Specialists"


class RoleFactory(CatalogueFactory):
    class Meta:
        model = catalogue.Role

    slug = "records-coder"
    stage = factory.SubFactory(StageFactory)
    occupation = factory.SubFactory(OccupationFactory)


class TrackFactory(CatalogueFactory):
    class Meta:
        model = catalogue.Track

    slug = "auditing"


class BodyFactory(CatalogueFactory):
    class Meta:
        model = catalogue.Body

    slug = "aapc"
    name = "AAPC"


class CertificationFactory(CatalogueFactory):
    class Meta:
        model = catalogue.Certification

    slug = "cpc"
    code = factory.LazyAttribute(lambda row: row.slug.upper())
    body = factory.SubFactory(BodyFactory)
    family = catalogue.Family.CORE
    recommended_from = factory.SubFactory(StageFactory)


class ApprenticeCertificationFactory(CertificationFactory):
    slug = "cpc-a"
    apprentice_of = factory.SubFactory(CertificationFactory)


class WorkTypeFactory(CatalogueFactory):
    class Meta:
        model = catalogue.WorkType

    slug = "emergency"
    unit = "visit"
    rate_low, rate_typical, rate_high = Decimal(8), Decimal(12), Decimal(16)


class SpecialtyFactory(CatalogueFactory):
    class Meta:
        model = catalogue.Specialty

    slug = "cardiology"


class SkillFactory(CatalogueFactory):
    class Meta:
        model = catalogue.Skill

    slug = "icd-10-cm"
    name = "ICD-10-CM"
    kind = "code_set"


class EmployerTypeFactory(CatalogueFactory):
    class Meta:
        model = catalogue.EmployerType

    slug = "hospital"


class AccreditationFactory(CatalogueFactory):
    class Meta:
        model = catalogue.Accreditation

    slug = "pcap"


class WageAreaFactory(DjangoModelFactory):
    class Meta:
        model = catalogue.WageArea
        django_get_or_create = ("code",)

    code = "39"
    title = "Ohio"
    type = catalogue.AreaType.STATE


class UserFactory(DjangoModelFactory):
    class Meta:
        model = models.User

    email = factory.Sequence(lambda n: f"coder{n}@example.com")
    full_name = factory.Sequence(lambda n: f"Coder {n}")
    time_zone = "America/New_York"


class CoderFactory(DjangoModelFactory):
    """A coder who has done the welcome, made the way the site makes one."""

    class Meta:
        model = models.Coder

    user = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model_class, *args, user, **values):
        coder = coder_of(user)
        for name, value in {"onboarded_at": timezone.now(), **values}.items():
            setattr(coder, name, value)
        coder.save()
        return coder


class _Record(DjangoModelFactory):
    class Meta:
        abstract = True

    coder = factory.SubFactory(CoderFactory)

    class Params:
        verified = factory.Trait(
            provenance=models.Provenance.VERIFIED,
            verified_at=factory.LazyFunction(timezone.now),
            verified_by=factory.SubFactory(UserFactory),
        )
        imported = factory.Trait(
            provenance=models.Provenance.IMPORTED,
            source=models.Source.IMPORT,
            external_id=factory.Sequence(lambda n: f"row-{n}"),
        )
        removed = factory.Trait(removed_at=factory.LazyFunction(timezone.now))


class VolumeFactory(_Record):
    class Meta:
        model = models.Volume

    starts_on, ends_on = DAY - dt.timedelta(days=6), DAY
    work_type = factory.SubFactory(WorkTypeFactory)
    charts, minutes = 480, 2400


class AuditFactory(_Record):
    """`scores` is {method: (correct, reviewed)}, {method: [such pairs by chart]} or {method: percentage}."""

    class Meta:
        model = models.Audit
        skip_postgeneration_save = True

    audited_on = DAY
    records_reviewed = 30

    @factory.post_generation
    def scores(audit, create, extracted, **_kwargs):  # noqa: N805  factory-boy passes the instance
        if not create:
            return
        for method, found in ({"case": (29, 30)} if extracted is None else extracted).items():
            if isinstance(found, list):
                columns = zip(*found, strict=True)
                figures = {"charts": found} | dict(
                    zip(("correct", "reviewed"), map(sum, columns), strict=True)
                )
            elif isinstance(found, tuple):
                figures = {"correct": found[0], "reviewed": found[1]}
            else:
                figures = {"points": Decimal(str(found))}
            models.AuditScore.objects.create(audit=audit, method=method, **figures)


class CredentialFactory(_Record):
    class Meta:
        model = models.Credential

    certification = factory.SubFactory(CertificationFactory)
    earned_on = dt.date(2024, 5, 1)
    expires_on = dt.date(2028, 5, 31)


class ContinuingEducationFactory(_Record):
    """`bodies` is a list of bodies; AAPC where none is given."""

    class Meta:
        model = models.ContinuingEducation
        skip_postgeneration_save = True

    completed_on = DAY
    title = "Sepsis guidelines update"
    hours = Decimal("1.5")

    @factory.post_generation
    def bodies(education, create, extracted, **_kwargs):  # noqa: N805  factory-boy passes the instance
        if create:
            education.bodies.set([BodyFactory()] if extracted is None else extracted)


class PositionFactory(_Record):
    class Meta:
        model = models.Position

    starts_on = dt.date(2023, 1, 9)
    title = "Coder"
    role = factory.SubFactory(RoleFactory)
    employer = "Lakeside Hospital"
    employer_type = factory.SubFactory(EmployerTypeFactory)


class SpecialtyExperienceFactory(_Record):
    class Meta:
        model = models.SpecialtyExperience

    starts_on = dt.date(2024, 2, 1)
    specialty = factory.SubFactory(SpecialtyFactory)


class AuditWorkFactory(_Record):
    class Meta:
        model = models.AuditWork

    done_on = DAY
    charts = 20


class ClaimOutcomeFactory(_Record):
    class Meta:
        model = models.ClaimOutcome

    starts_on, ends_on = dt.date(2026, 1, 1), DAY
    outcome, definition = models.OutcomeKind.FIRST_PASS, models.OutcomeDefinition.PAID
    rate, baseline = Decimal("97.5"), Decimal("94.25")
    is_own = True


class SkillShownFactory(_Record):
    class Meta:
        model = models.SkillShown

    skill = factory.SubFactory(SkillFactory)
    since = dt.date(2024, 1, 1)


class ContributionFactory(_Record):
    class Meta:
        model = models.Contribution

    done_on = DAY
    contribution = models.ContributionKind.MENTORING
    title = "Weekly questions hour"
    people = 3


class EducationFactory(_Record):
    class Meta:
        model = models.Education

    level, field = "certificate", models.EducationField.CODING
    school = "Northgate College"
    completed_on = dt.date(2022, 6, 1)


# A picture of one dot, whole and real.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)


def ProofFactory(record=None, content=PNG, **values):  # noqa: N802  made by its service, as any proof is
    """A file of proof; of a credential of its own where no record is given."""
    record = record or CredentialFactory(**values)
    return add_proof(record, content, by=record.coder.user)


class PracticumFactory(_Record):
    class Meta:
        model = models.Practicum

    starts_on, ends_on = dt.date(2022, 1, 10), dt.date(2022, 4, 30)
    cases = 150
    accuracy = Decimal("91.5")


class PayFactory(DjangoModelFactory):
    class Meta:
        model = models.Pay

    coder = factory.SubFactory(CoderFactory)
    effective_on = factory.Sequence(lambda n: dt.date(2020, 1, 1) + dt.timedelta(days=n))
    amount = Decimal(58_000)


class ImportSourceFactory(DjangoModelFactory):
    """A coder's own log; an organization's with `coder=None, organization=...`."""

    class Meta:
        model = models.ImportSource

    coder = factory.SubFactory(CoderFactory)
    name = factory.Sequence(lambda n: f"Export {n}")
    kind = "productivity"


class ImportBatchFactory(DjangoModelFactory):
    """An import whose preview is ready and empty."""

    class Meta:
        model = models.ImportBatch

    source = factory.SubFactory(ImportSourceFactory)
    state = models.ImportState.READY
    rows = 0
    columns = factory.LazyFunction(list)


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = catalogue.Organization

    name = factory.Sequence(lambda n: f"Hospital {n}")
    kind = catalogue.OrganizationKind.EMPLOYER


class StaffFactory(DjangoModelFactory):
    """Somebody who manages an organization."""

    class Meta:
        model = models.Staff

    organization = factory.SubFactory(OrganizationFactory)
    user = factory.SubFactory(UserFactory)
    accepted_at = factory.LazyFunction(timezone.now)


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = models.Team

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda n: f"Team {n}")
    standard = factory.LazyAttribute(
        lambda team: catalogue.Standard.objects.create(
            slug=f"test-{team.organization.pk}-{team.name.lower().replace(' ', '-')}",
            name=team.name,
            owner=team.organization,
        )
    )


class MembershipFactory(DjangoModelFactory):
    """Somebody who joined on `JOINED`. `shares` are the kinds that they share; all records where none are given."""

    class Meta:
        model = models.Membership
        skip_postgeneration_save = True

    team = factory.SubFactory(TeamFactory)
    coder = factory.SubFactory(CoderFactory)
    accepted_at = factory.LazyFunction(timezone.now)
    joined_on = JOINED

    @factory.post_generation
    def shares(membership, create, extracted, **_kwargs):  # noqa: N805  factory-boy passes the instance
        if create and membership.accepted_at:
            for kind in models.RECORD_KINDS if extracted is None else extracted:
                models.Share.objects.create(coder=membership.coder, membership=membership, kind=kind)

    class Params:
        invited = factory.Trait(coder=None, accepted_at=None, joined_on=None, token_hash="0" * 64)
        left = factory.Trait(left_at=factory.LazyFunction(timezone.now))


class LearningActivityFactory(CatalogueFactory):
    class Meta:
        model = catalogue.LearningActivity

    slug = "exercise"


class ProgramFactory(DjangoModelFactory):
    """A school's program with a first version. `asks` are milestones, each due 30 days after the one before."""

    class Meta:
        model = catalogue.Program
        skip_postgeneration_save = True

    organization = factory.SubFactory(OrganizationFactory, kind=catalogue.OrganizationKind.SCHOOL)
    name = factory.Sequence(lambda n: f"Program {n}")

    @factory.post_generation
    def asks(program, create, extracted, **_kwargs):  # noqa: N805  factory-boy passes the instance
        version = catalogue.ProgramVersion.objects.create(program=program, no=1)
        for place, milestone in enumerate(extracted or (), 1):
            catalogue.ProgramItem.objects.create(
                version=version, milestone=milestone, position=place, due_days=30 * place
            )


class InstructorFactory(DjangoModelFactory):
    """Somebody who teaches in a program; `.staff.user` is who signs in."""

    class Meta:
        model = models.ProgramInstructor

    program = factory.SubFactory(ProgramFactory)
    staff = factory.SubFactory(
        StaffFactory,
        organization=factory.SelfAttribute("..program.organization"),
        role=models.StaffRole.INSTRUCTOR,
    )


class CohortFactory(DjangoModelFactory):
    """Students of a program's first version from `JOINED` on, for a year."""

    class Meta:
        model = models.Cohort

    program = factory.SubFactory(ProgramFactory)
    version = factory.LazyAttribute(lambda cohort: cohort.program.versions.first())
    name = factory.Sequence(lambda n: f"Cohort {n}")
    opens_on = starts_on = JOINED
    ends_on = JOINED + dt.timedelta(days=365)


class EnrollmentFactory(DjangoModelFactory):
    """A student since `JOINED`, asked for everything that the cohort's version asks. `shares` as for a membership."""

    class Meta:
        model = models.Enrollment
        skip_postgeneration_save = True

    cohort = factory.SubFactory(CohortFactory)
    coder = factory.SubFactory(CoderFactory)
    accepted_at = factory.LazyFunction(timezone.now)
    starts_on = JOINED
    ends_on = JOINED + dt.timedelta(days=365)

    @factory.post_generation
    def assignments(enrollment, create, _extracted, **_kwargs):  # noqa: N805  factory-boy passes the instance
        for item in enrollment.cohort.version.items.all() if enrollment.accepted_at else ():
            models.Assignment.objects.create(
                enrollment=enrollment,
                milestone=item.milestone,
                pinned_version=item.pinned_version,
                activity=item.activity,
                position=item.position,
                required=item.required,
                by_signoff=item.by_signoff,
                due_on=enrollment.starts_on + dt.timedelta(days=item.due_days) if item.due_days else None,
            )

    @factory.post_generation
    def shares(enrollment, create, extracted, **_kwargs):  # noqa: N805  factory-boy passes the instance
        if create and enrollment.accepted_at:
            for kind in models.RECORD_KINDS if extracted is None else extracted:
                models.Share.objects.create(coder=enrollment.coder, enrollment=enrollment, kind=kind)

    class Params:
        invited = factory.Trait(
            coder=None, accepted_at=None, starts_on=None, ends_on=None, token_hash="1" * 64
        )
        left = factory.Trait(left_at=factory.LazyFunction(timezone.now))


RECORD_FACTORIES = {
    factory_class._meta.model.KIND: factory_class
    for factory_class in (
        VolumeFactory,
        AuditFactory,
        CredentialFactory,
        ContinuingEducationFactory,
        PositionFactory,
        SpecialtyExperienceFactory,
        AuditWorkFactory,
        ClaimOutcomeFactory,
        SkillShownFactory,
        ContributionFactory,
        EducationFactory,
        PracticumFactory,
    )
}
assert set(RECORD_FACTORIES) == set(models.RECORD_KINDS)
