"""Where somebody worked and what they worked on; and pay, which lives apart."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from curriculum.models import EmployerType, Role, Specialty
from tracker.fields import SafeCharField

from ..people import Coder
from .base import Record, impossible_dates, out_of_order
from .work import Setting


class Remote(models.TextChoices):
    ONSITE = "onsite", _("on site")
    HYBRID = "hybrid", _("hybrid")
    REMOTE = "remote", _("remote")


def _ends_after_start(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name=name
    )


class Position(Record):
    """A job. Time in coding roles adds up to years of experience; overlaps count once."""

    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True, help_text=_("Empty while you work there."))
    role = models.ForeignKey(
        Role, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("role on the ladder"),
        help_text=_("The closest one. Titles differ between employers."),
    )  # fmt: skip
    title = SafeCharField(_("job title"), max_length=120, blank=True)
    employer = SafeCharField(_("employer"), max_length=120, blank=True)
    employer_type = models.ForeignKey(
        EmployerType,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("kind of employer"),
    )
    setting = models.CharField(_("setting"), max_length=16, choices=Setting, blank=True)
    remote = models.CharField(_("where"), max_length=6, choices=Remote, blank=True)
    people_led = models.PositiveSmallIntegerField(
        _("people led"), default=0, validators=[MaxValueValidator(5000)]
    )
    history = HistoricalRecords()

    KIND, DATE = "position", "starts_on"
    FIGURES = ("starts_on", "ends_on", "role", "employer_type", "setting", "remote", "people_led")
    OUTCOMES = ("starts_on", "ends_on")

    class Meta(Record.Meta):
        verbose_name = _("position")
        ordering = ["-starts_on", "-pk"]
        indexes = [models.Index(fields=["coder", "starts_on"])]
        constraints = [*Record.Meta.constraints, _ends_after_start("position_ends_after_start")]

    def headline(self):
        what = self.title or self.role or gettext("Position")
        if not self.employer:
            return str(what)
        return gettext("%(what)s at %(employer)s") % {"what": what, "employer": self.employer}

    def impossible(self):
        if not self.role_id and not self.title:
            yield "title", _("Give the job title, or choose a role on the ladder.")
        if out_of_order(self.starts_on, self.ends_on):
            yield "ends_on", _("It ends before it starts. Swap the two dates.")


class SpecialtyExperience(Record):
    """A time in which somebody worked mainly in one specialty."""

    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True, help_text=_("Empty while it lasts."))
    specialty = models.ForeignKey(
        Specialty, on_delete=models.PROTECT, related_name="+", verbose_name=_("specialty")
    )
    setting = models.CharField(_("setting"), max_length=16, choices=Setting, blank=True)
    history = HistoricalRecords()

    KIND, DATE = "specialty", "starts_on"
    FIGURES, OUTCOMES = ("starts_on", "ends_on", "specialty", "setting"), ("starts_on", "ends_on")

    class Meta(Record.Meta):
        verbose_name = _("specialty experience")
        verbose_name_plural = _("specialty experience")
        ordering = ["-starts_on", "-pk"]
        indexes = [models.Index(fields=["coder", "starts_on"])]
        constraints = [*Record.Meta.constraints, _ends_after_start("specialty_experience_ends_after_start")]

    def headline(self):
        said = {"specialty": self.specialty, "first": date_format(self.starts_on, "F Y")}
        if not self.ends_on:
            return gettext("%(specialty)s since %(first)s, until now") % said
        return gettext("%(specialty)s since %(first)s, until %(last)s") % (
            said | {"last": date_format(self.ends_on, "F Y")}
        )

    def impossible(self):
        if out_of_order(self.starts_on, self.ends_on):
            yield "ends_on", _("It ends before it starts. Swap the two dates.")


class PayBasis(models.TextChoices):
    ANNUAL = "annual", _("a year")
    HOURLY = "hourly", _("an hour")


class Pay(models.Model):
    """Gross base pay from a day on. Private to the coder: no generic list of records contains it, nor does the admin."""

    coder = models.ForeignKey(Coder, on_delete=models.CASCADE, related_name="+", editable=False)
    effective_on = models.DateField(_("since"))
    amount = models.DecimalField(_("gross pay in dollars"), max_digits=10, decimal_places=2)
    basis = models.CharField(_("per"), max_length=6, choices=PayBasis, default=PayBasis.ANNUAL)
    role = models.ForeignKey(
        Role, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("paid as"),
        help_text=_("Empty: your current role. Its occupation is what the pay is compared with."),
    )  # fmt: skip
    recorded_at = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords(related_name="+")

    KIND, DATE = "pay", "effective_on"
    # Full-time equivalents: outside these bounds it is almost surely the wrong basis.
    BOUNDS = {PayBasis.ANNUAL: (10_000, 1_000_000), PayBasis.HOURLY: (5, 500)}

    class Meta:
        verbose_name = _("pay")
        verbose_name_plural = _("pay")
        ordering = ["-effective_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["coder", "effective_on"], name="pay_once_a_day"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="pay_positive"),
        ]

    def __str__(self):
        return "Pay"

    def clean(self):
        errors = dict(impossible_dates(self, ("effective_on",), self.coder.today()))
        if "effective_on" not in errors and self._same_day().exists():
            errors["effective_on"] = _(
                "You already logged pay from this day on. Change that entry, or choose another day."
            )
        if self.amount is not None and self.basis in self.BOUNDS:
            low, high = self.BOUNDS[self.basis]
            if not low <= self.amount <= high:
                errors["amount"] = _("For pay %(basis)s we expect $%(low)s to $%(high)s at full time. Check the amount.") % {
                    "basis": self.get_basis_display(), "low": f"{low:,}", "high": f"{high:,}",
                }  # fmt: skip
        if errors:
            raise ValidationError(errors)

    def _same_day(self):
        return Pay.objects.filter(coder=self.coder, effective_on=self.effective_on).exclude(pk=self.pk)
