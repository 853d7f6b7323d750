"""What was learned, earned and given: credentials, continuing education, education, practicum, skills, contributions."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from curriculum.models import (
    Accreditation,
    Body,
    Certification,
    CertificationStatus,
    DegreeLevel,
    Skill,
    SponsorKind,
)
from curriculum.renewals import HIM_DOMAIN, LIVE
from tracker.fields import SafeCharField
from tracker.renewals.states import Facts, State, state_on

from .base import Record, out_of_order


class Credential(Record):
    """A certification that somebody holds, held, or plans to earn."""

    certification = models.ForeignKey(
        Certification, on_delete=models.PROTECT, related_name="+", verbose_name=_("certification")
    )
    earned_on = models.DateField(_("earned on"), null=True, blank=True)
    expires_on = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("The end of the current renewal period.")
    )
    planned_on = models.DateField(_("exam planned for"), null=True, blank=True)
    apprentice_cleared_on = models.DateField(
        _("apprentice status removed on"), null=True, blank=True, help_text=_("For CPC-A and COC-A only.")
    )
    # A credential's number is the coder's own and exempt from the patient-data patterns (design, Patient data).
    number = models.CharField(_("credential number"), max_length=40, blank=True)
    history = HistoricalRecords()

    KIND, DATE = "credential", "earned_on"
    FIGURES = ("certification", "earned_on", "expires_on", "planned_on", "apprentice_cleared_on")
    OUTCOMES = ("earned_on", "apprentice_cleared_on")

    class Meta(Record.Meta):
        verbose_name = _("credential")
        ordering = [F("earned_on").desc(nulls_first=True), "-pk"]
        indexes = [models.Index(fields=["coder", "certification"])]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(earned_on__isnull=False) | Q(planned_on__isnull=False),
                name="credential_earned_or_planned",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gt=F("earned_on")),
                name="credential_expires_after_earned",
            ),
            models.CheckConstraint(
                condition=Q(apprentice_cleared_on__isnull=True)
                | Q(apprentice_cleared_on__gte=F("earned_on")),
                name="credential_cleared_after_earned",
            ),
        ]

    def headline(self):
        if not self.earned_on:
            return gettext("%(credential)s planned for %(day)s") % {
                "credential": self.certification, "day": date_format(self.planned_on, "F j, Y"),
            }  # fmt: skip
        if not self.expires_on:
            return str(self.certification)
        return gettext("%(credential)s, valid until %(day)s") % {
            "credential": self.certification, "day": date_format(self.expires_on, "F j, Y"),
        }  # fmt: skip

    @property
    def counts_on(self):
        return self.earned_on or self.planned_on

    def state(self, today) -> State:
        """What its own dates say: grace, and what another one replaced, are the ledger's to know (selectors/renewals.py)."""
        is_legacy = self.certification.status == CertificationStatus.LEGACY
        return state_on(Facts(self.earned_on, self.expires_on, is_legacy=is_legacy), today)

    def clean(self):
        super().clean()
        if other := self.overlapping():
            raise ValidationError({"certification": self._say_duplicate(other)})

    def overlapping(self):
        """Another counting record of the same certification that is valid (or planned) over the same time, or None.

        What an import set aside as the same credential may stay beside it.
        """
        if not self.counted:
            return None
        others = Credential.objects.counted().filter(coder=self.coder, certification=self.certification_id)
        others = others.exclude(pk=self.pk)
        if not self.earned_on:
            return others.filter(earned_on__isnull=True).first()
        if self.expires_on:
            others = others.filter(earned_on__lt=self.expires_on)
        still_valid = Q(expires_on__isnull=True) | Q(expires_on__gt=self.earned_on)
        return others.filter(still_valid, earned_on__isnull=False).first()

    def _say_duplicate(self, other):
        if not other.earned_on:
            return _("You already plan this one. Change that entry instead of adding a second.")
        return _(
            "You already logged this one for that time (%(other)s). Change that entry instead, for instance "
            "when it was renewed."
        ) % {"other": other.headline()}

    def impossible(self):
        if not self.earned_on and not self.planned_on:
            yield "earned_on", _("Say when you earned it, or when the exam is planned.")
        if self.expires_on and not self.earned_on:
            yield "earned_on", _("It is valid until a day, so it was earned: say when.")
        elif self.earned_on and self.expires_on and self.expires_on <= self.earned_on:
            yield "expires_on", _("It would have expired before it was earned. Check the two dates.")
        if self.apprentice_cleared_on:
            if self.certification_id and not self.certification.apprentice_of_id:
                yield (
                    "apprentice_cleared_on",
                    _("Only CPC-A and COC-A have an apprentice status. Leave this empty."),
                )
            if not self.earned_on:
                yield (
                    "earned_on",
                    _("The apprentice status was removed, so the credential was earned: say when."),
                )
            elif out_of_order(self.earned_on, self.apprentice_cleared_on):
                yield (
                    "apprentice_cleared_on",
                    _("The status was removed before the credential was earned. Check both dates."),
                )


QUALITY_FIELDS = {LIVE: "is_live", HIM_DOMAIN: "in_him_domain"}


class ContinuingEducation(Record):
    """Something taken that earns hours (CEUs); it may count for several bodies, once within each."""

    completed_on = models.DateField(_("completed on"))
    title = SafeCharField(_("title"), max_length=160)
    provider = SafeCharField(_("sponsor"), max_length=120, blank=True)
    sponsor_kind = models.ForeignKey(
        SponsorKind, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("kind of sponsor"),
    )  # fmt: skip
    hours = models.DecimalField(
        _("hours (CEUs)"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0.25), MaxValueValidator(200)],
    )
    bodies = models.ManyToManyField(Body, verbose_name=_("counts for"), related_name="+")
    subjects = models.ManyToManyField(
        Certification, verbose_name=_("in the subject of"), related_name="+", blank=True
    )
    # What a body's rule may ask for a minimum of (curriculum.renewals.QUALITIES).
    is_live = models.BooleanField(
        _("taken live"),
        default=False,
        help_text=_("In a room, or in a webinar at its hour; not a recording."),
    )
    in_him_domain = models.BooleanField(
        _("in AHIMA’s HIM domains"), default=False, help_text=_("As the certificate or AHIMA’s guide says.")
    )
    # A certificate's index number is exempt from the patient-data patterns (design, Patient data).
    index_number = models.CharField(_("index number"), max_length=60, blank=True)
    history = HistoricalRecords(m2m_fields=[bodies, subjects])

    KIND, DATE = "continuing-education", "completed_on"
    FIGURES, OUTCOMES = (
        ("completed_on", "title", "hours", "sponsor_kind", "is_live", "in_him_domain"),
        ("completed_on",),
    )

    class Meta(Record.Meta):
        verbose_name = _("continuing education")
        verbose_name_plural = _("continuing education")
        ordering = ["-completed_on", "-pk"]
        indexes = [models.Index(fields=["coder", "completed_on"])]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(condition=Q(hours__gt=0), name="continuing_education_took_time"),
        ]

    def headline(self):
        return gettext("%(hours)s h: %(title)s") % {
            "hours": f"{self.hours.normalize():f}",
            "title": self.title,
        }

    @property
    def qualities(self) -> frozenset[str]:
        """Slugs of what its hours are marked with."""
        return frozenset(quality for quality, name in QUALITY_FIELDS.items() if getattr(self, name))


class EducationField(models.TextChoices):
    CODING = "coding", _("medical coding")
    HIT = "hit", _("health information technology")
    HIM = "him", _("health information management")
    HEALTH_ADMINISTRATION = "health-administration", _("health administration")
    NURSING = "nursing", _("nursing")
    BUSINESS = "business", _("business")
    OTHER = "other", _("other")


class Education(Record):
    level = models.CharField(_("award"), max_length=12, choices=DegreeLevel)
    field = models.CharField(_("field"), max_length=24, choices=EducationField)
    school = SafeCharField(_("school"), max_length=160, blank=True)
    accreditation = models.ForeignKey(
        Accreditation, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text=_("CAHIIM accredits degrees; PCAP approves certificate programs."),
    )  # fmt: skip
    started_on = models.DateField(_("started on"), null=True, blank=True)
    completed_on = models.DateField(
        _("completed on"), null=True, blank=True, help_text=_("Empty while you study.")
    )
    history = HistoricalRecords()

    KIND, DATE = "education", "completed_on"
    FIGURES = ("level", "field", "accreditation", "started_on", "completed_on")
    OUTCOMES = ("started_on", "completed_on")

    class Meta(Record.Meta):
        verbose_name = _("education")
        verbose_name_plural = _("education")
        ordering = [F("completed_on").desc(nulls_first=True), "-pk"]
        indexes = [models.Index(fields=["coder", "completed_on"])]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(completed_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(completed_on__gte=F("started_on")),
                name="education_ends_after_start",
            ),
        ]

    def headline(self):
        said = {"level": self.get_level_display().capitalize(), "field": self.get_field_display()}
        if self.completed_on:
            return gettext("%(level)s in %(field)s") % said
        return gettext("%(level)s in %(field)s (in progress)") % said

    @property
    def counts_on(self):
        return self.completed_on or self.started_on

    def impossible(self):
        if not self.started_on and not self.completed_on:
            yield "started_on", _("Say when you started, or when you completed it.")
        if out_of_order(self.started_on, self.completed_on):
            yield "completed_on", _("It was completed before it started. Swap the two dates.")


class Practicum(Record):
    """Cases coded under an instructor, before the first role."""

    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    program = SafeCharField(_("program"), max_length=160, blank=True)
    cases = models.PositiveIntegerField(
        _("cases coded"), validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    hours = models.DecimalField(
        _("hours"), max_digits=6, decimal_places=1, null=True, blank=True, validators=[MinValueValidator(0.1)]
    )
    accuracy = models.DecimalField(
        _("accuracy your instructor tracked, in percent"), max_digits=5, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )  # fmt: skip
    history = HistoricalRecords()

    KIND, DATE = "practicum", "ends_on"
    FIGURES, OUTCOMES = ("starts_on", "ends_on", "cases", "hours", "accuracy"), ("starts_on", "ends_on")

    class Meta(Record.Meta):
        verbose_name = _("practicum")
        ordering = ["-ends_on", "-pk"]
        indexes = [models.Index(fields=["coder", "ends_on"])]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="practicum_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(cases__gt=0), name="practicum_has_cases"),
            models.CheckConstraint(
                condition=Q(accuracy__isnull=True) | Q(accuracy__gte=0, accuracy__lte=100),
                name="practicum_accuracy_is_a_percentage",
            ),
        ]

    def headline(self):
        said = {"n": f"{self.cases:,}"}
        if self.accuracy is None:
            return gettext("%(n)s practicum cases") % said
        return gettext("%(n)s practicum cases at %(accuracy)s") % (
            said | {"accuracy": f"{self.accuracy.normalize():f}%"}
        )

    def impossible(self):
        if out_of_order(self.starts_on, self.ends_on):
            yield "ends_on", _("It ends before it starts. Swap the two dates.")
        elif self.starts_on and self.ends_on:
            days = (self.ends_on - self.starts_on).days + 1
            if self.hours and self.hours > days * 24:
                yield "hours", _("That is more time than the period has. Check the hours or the dates.")


class SkillShown(Record):
    """A skill, code set or tool that somebody works with, since when, and what shows it."""

    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(_("since"))
    shown_by = SafeCharField(
        _("what shows it"), max_length=200, blank=True, help_text=_("A course, a project, daily use at work.")
    )
    history = HistoricalRecords()

    KIND, DATE, FIGURES, OUTCOMES = "skill", "since", ("skill", "since"), ("since",)

    class Meta(Record.Meta):
        verbose_name = _("skill")
        ordering = ["skill__kind", "skill__name"]
        indexes = [models.Index(fields=["coder", "skill"])]

    def headline(self):
        return gettext("%(skill)s since %(month)s") % {
            "skill": self.skill,
            "month": date_format(self.since, "F Y"),
        }


class ContributionKind(models.TextChoices):
    MENTORING = "mentoring", _("mentoring coders")
    CROSS_TEAM = "cross_team", _("working with clinical or billing teams")
    QUERY_PRACTICE = "query_practice", _("querying physicians")
    DENIAL_ANALYSIS = "denial_analysis", _("denial analysis")
    AUDIT_METHODOLOGY = "audit_methodology", _("audit methodology")
    REGULATORY_CHANGE = "regulatory_change", _("leading a regulatory change")
    STRATEGY = "strategy", _("strategic planning")
    EXECUTIVE_COMMUNICATION = "executive_communication", _("reporting to executives")
    VENDOR_MANAGEMENT = "vendor_management", _("vendor management")
    COMMUNITY = "community", _("professional community (membership, conference, chapter)")


class Contribution(Record):
    """Something done for others beyond one's own charts."""

    done_on = models.DateField(_("on"))
    contribution = models.CharField(_("what kind"), max_length=24, choices=ContributionKind)
    title = SafeCharField(_("what you did"), max_length=200)
    people = models.PositiveSmallIntegerField(
        _("people helped"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5000)]
    )
    history = HistoricalRecords()

    KIND, DATE = "contribution", "done_on"
    FIGURES, OUTCOMES = ("done_on", "contribution", "people"), ("done_on",)

    class Meta(Record.Meta):
        verbose_name = _("contribution")
        ordering = ["-done_on", "-pk"]
        indexes = [models.Index(fields=["coder", "done_on"])]

    def headline(self):
        return f"{self.get_contribution_display().capitalize()}: {self.title}"
