import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from curriculum.models import Organization
from tracker.fields import SafeTextField

from ..people import Coder


class Source(models.TextChoices):
    SELF = "self", _("logged by hand")
    IMPORT = "import", _("import")
    API = "api", _("API")
    ARCHIVE = "archive", _("archive")


class Provenance(models.TextChoices):
    SELF_REPORTED = "self_reported", _("self-reported")
    IMPORTED = "imported", _("imported")
    VERIFIED = "verified", _("verified")


ATTESTED = (Provenance.IMPORTED, Provenance.VERIFIED)


class RecordQuerySet(models.QuerySet):
    def current(self):
        """What has not been removed."""
        return self.filter(removed_at__isnull=True)

    def counted(self):
        """What may feed a measure: neither removed nor set aside as logged twice."""
        return self.filter(removed_at__isnull=True, counted=True)


class Record(models.Model):
    """Anything a coder logs. It belongs to the coder, and says where it came from.

    Each kind has a change history of its own, and names the field that it counts by (`DATE`), the fields whose change makes an attested record self-reported
    again (`FIGURES`), and words for lists.
    """

    coder = models.ForeignKey(
        Coder, on_delete=models.CASCADE, related_name="%(class)s_records", editable=False
    )
    source = models.CharField(max_length=8, choices=Source, default=Source.SELF, editable=False)
    external_id = models.CharField(max_length=120, blank=True, editable=False)
    provenance = models.CharField(
        max_length=13, choices=Provenance, default=Provenance.SELF_REPORTED, editable=False
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    verified_for = models.ForeignKey(
        Organization, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    verified_at = models.DateTimeField(null=True, editable=False)
    made_under = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    counted = models.BooleanField(default=True, editable=False)
    not_counted_because = models.CharField(max_length=120, blank=True, editable=False)
    note = SafeTextField(_("note"), blank=True, max_length=1000)
    recorded_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, editable=False)
    removed_because = models.CharField(max_length=200, blank=True, editable=False)

    objects = RecordQuerySet.as_manager()

    KIND: str
    DATE: str
    FIGURES: tuple[str, ...] = ()
    # Dates that are outcomes, and so never lie after the coder's today; a plan has a field of its own.
    OUTCOMES: tuple[str, ...] = ()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["coder", "source", "external_id"], condition=~Q(external_id=""),
                name="%(class)s_external_id_once",
            ),
            models.CheckConstraint(
                condition=~Q(provenance=Provenance.VERIFIED) | Q(verified_at__isnull=False),
                name="%(class)s_verified_says_when",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.headline()

    def headline(self) -> str:
        """The record in one line, for lists."""
        raise NotImplementedError

    @property
    def counts_on(self) -> dt.date | None:
        return getattr(self, self.DATE)

    @property
    def attested(self) -> bool:
        return self.provenance in ATTESTED

    def clean(self):
        """Raise ValidationError by field for what cannot be. Needs `coder` to be set."""
        errors = dict(impossible_dates(self, self.OUTCOMES, self.coder.today()))
        for name, message in self.impossible():
            errors.setdefault(name, message)
        if errors:
            raise ValidationError(errors)

    def impossible(self):
        """Yield (field, message) for each contradiction within the record. Values may be missing."""
        return ()


# No coder at work today has a date outside these years: what lies outside is a slip of the finger.
FIRST_YEAR, LAST_YEAR = 1950, 2100


def impossible_dates(instance, outcomes, today: dt.date):
    """Yield (field, message) for each date of a model instance that cannot be; `outcomes` may not lie after `today`."""
    for field in instance._meta.concrete_fields:
        day = getattr(instance, field.attname) if type(field) is models.DateField else None
        if day is None:
            continue
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            yield field.name, _("The year is %(year)s. Check it.") % {"year": day.year}
        elif field.name in outcomes and day > today:
            yield (
                field.name,
                _("This lies in the future. Log it once it has happened: today is %(today)s.")
                % {"today": today.strftime("%B %-d, %Y")},
            )


def out_of_order(earlier, later) -> bool:
    """Whether both are given and the later one comes first."""
    return earlier is not None and later is not None and later < earlier
