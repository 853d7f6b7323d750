"""What somebody assumes, as a value: from a form, from the API, from a plan; checked once. Pure but for its slugs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from curriculum.models import (
    Certification,
    CertificationStatus,
    EmployerType,
    Role,
    Specialty,
    WageArea,
    WorkType,
)

MOST_CREDENTIALS = 8
STUDY_HOURS = 4.0  # a week beside a job, until somebody says otherwise


@dataclass(frozen=True)
class Assumptions:
    """`accuracy` is in percent; `audited` are one's own records that are audited in a month; `study` is hours a week for
    preparing exams. Empty: as things are."""

    target: str = ""
    credentials: tuple[str, ...] = ()
    accuracy: float | None = None
    audited: float | None = None
    charts: float | None = None
    hours: float | None = None
    work_type: str = ""
    specialty: str = ""
    study: float | None = None
    employer_type: str = ""
    area: str = ""

    @property
    def any(self) -> bool:
        return any(value not in ("", None, ()) for value in asdict(self).values())

    @property
    def study_hours(self) -> float:
        return self.study or STUDY_HOURS

    def as_json(self) -> dict:
        """Only what is assumed."""
        found = {name: value for name, value in asdict(self).items() if value not in ("", None, ())}
        return found | ({"credentials": list(self.credentials)} if self.credentials else {})

    def as_query(self) -> list[tuple[str, str]]:
        return [
            (name, f"{one:g}" if isinstance(one, float) else str(one))
            for name, value in self.as_json().items()
            for one in (value if isinstance(value, list) else [value])
        ]


# Lowest and highest that make sense, by field.
BOUNDS = {
    "accuracy": (50, 100),
    "audited": (1, 1000),
    "charts": (1, 2000),
    "hours": (0.5, 16),
    "study": (0.5, 60),
}
ROWS = {
    "target": (Role, "slug"),
    "work_type": (WorkType, "slug"),
    "specialty": (Specialty, "slug"),
    "employer_type": (EmployerType, "slug"),
    "area": (WageArea, "code"),
}
UNKNOWN = gettext_lazy("Nothing is called “%(value)s” here. Choose one from the list.")


def assume(data: Mapping) -> Assumptions:
    """Check what was sent; raise ValidationError by field. Unknown names are refused."""
    names = {field.name for field in fields(Assumptions)}
    errors: dict[str, str] = {}
    if unknown := set(data) - names:
        raise ValidationError(
            {"__all__": _("Nothing is assumed under the name “%(name)s”.") % {"name": min(unknown)}}
        )
    values: dict[str, object] = {}
    for name, value in data.items():
        try:
            values[name] = _value(name, value)
        except ValueError as error:
            errors[name] = str(error)
    if errors:
        raise ValidationError(errors)
    return Assumptions(**{name: value for name, value in values.items() if value is not None})


def _value(name: str, value):
    if value in ("", None, [], ()):
        return None
    if name in BOUNDS:
        return _number(value, *BOUNDS[name])
    if name == "credentials":
        return _credentials(value)
    model, key = ROWS[name]
    if not isinstance(value, str) or not model.objects.filter(**{key: value}).exists():
        raise ValueError(UNKNOWN % {"value": value})
    return value


def _number(value, least: float, most: float) -> float:
    try:
        number = Decimal(str(value).strip().rstrip("%").replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(value, bool) or not number.is_finite() or not least <= number <= most:
        raise ValueError(_("Enter a number from %(least)g to %(most)g.") % {"least": least, "most": most})
    return float(number)


def _credentials(value) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(slug, str) for slug in value):
        raise ValueError(_("Send a list of credentials."))
    slugs = list(dict.fromkeys(value))
    if len(slugs) > MOST_CREDENTIALS:
        raise ValueError(_("Assume %(n)s credentials at most.") % {"n": MOST_CREDENTIALS})
    known = set(offered().filter(slug__in=slugs).values_list("slug", flat=True))
    for slug in slugs:
        if slug not in known:
            raise ValueError(UNKNOWN % {"value": slug})
    return tuple(slugs)


def offered():
    """Certifications that one can still earn, without the apprentice forms, which come by themselves."""
    return Certification.objects.exclude(status=CertificationStatus.LEGACY).filter(apprentice_of=None)
