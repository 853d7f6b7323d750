"""The words in which the people of the demo are described. Every day is told as "so long ago", so that the demo stays fresh."""

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from django.db.models import Model

from tracker.measures.base import months_before
from tracker.models import Provenance

SELF, IMPORTED, VERIFIED = Provenance.SELF_REPORTED, Provenance.IMPORTED, Provenance.VERIFIED


@dataclass(frozen=True)
class Ago:
    """A day before the day of loading; negative numbers lie ahead. `to` moves it: back to a working day by default."""

    months: int = 0
    days: int = 0
    to: str = "working day"

    def on(self, anchor: dt.date) -> dt.date:
        day = months_before(anchor, self.months) - dt.timedelta(days=self.days)
        if self.to == "month end":
            return day.replace(day=calendar.monthrange(day.year, day.month)[1])
        back = {"monday": day.weekday(), "friday before": day.weekday() + 3}
        return day - dt.timedelta(days=back.get(self.to, max(0, day.weekday() - calendar.FRIDAY)))


def ago(months: int = 0, days: int = 0) -> Ago:
    """The last working day on or before that day."""
    return Ago(months, days)


def ahead(months: int = 0, days: int = 0) -> Ago:
    return Ago(-months, -days)


def monday(months: int) -> Ago:
    """The Monday of the week that was so many months ago: when jobs begin."""
    return Ago(months, to="monday")


def friday(months: int) -> Ago:
    """The Friday before `monday(months)`: when the job before it ended."""
    return Ago(months, to="friday before")


def month_end(months_ahead: int) -> Ago:
    """The end of a month, as credentials run; negative lies back."""
    return Ago(-months_ahead, to="month end")


class Catalogue:
    """Rows of the catalogue by slug (a wage area by its code), each read once."""

    def __init__(self):
        self.get = cache(self._get)

    @staticmethod
    def _get(model: type[Model], slug: str) -> Model:
        has_slug = any(column.name == "slug" for column in model._meta.fields)
        return model._default_manager.get(**{"slug" if has_slug else "pk": slug})

    def value(self, model: type[Model], name: str, told, anchor: dt.date):
        """What was told of a model's field, as the field holds it."""
        if isinstance(told, Ago):
            return told.on(anchor)
        column = model._meta.get_field(name)
        return self.get(column.related_model, told) if column.many_to_one else column.to_python(told)


@dataclass(frozen=True)
class Entry:
    """One record: a model and its fields, with days as `Ago` and rows of the catalogue by their slugs.

    `scores` (of an audit) are by method (correct, reviewed) or a percentage; `bodies` and
    `subjects` (of continuing education) are slugs.
    """

    model: type[Model]
    fields: Mapping
    how: Provenance = SELF
    scores: Mapping = field(default_factory=dict)
    bodies: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()


def log(
    model: type[Model], *, how: Provenance = SELF, scores=None, bodies=(), subjects=(), **fields
) -> Entry:
    return Entry(model, fields, how, scores or {}, tuple(bodies), tuple(subjects))


@dataclass(frozen=True)
class Weeks:
    """Charts coded week by week: `hours` of coding in a usual week, and charts an hour at first and once it is routine.

    Holidays shorten a week, a few weeks a year are off, and no two weeks are alike. `routine` is in months.
    """

    work_type: str
    since: Ago
    hours: float
    an_hour: tuple[float, float]
    routine: int = 6
    until: Ago = Ago()
    specialty: str = ""
    setting: str = ""
    how: Provenance = SELF


@dataclass(frozen=True)
class Audits:
    """Monthly audits from `first` to `last` months ago, drawn code by code: each is right with the chance `right`.

    `codes` are the fewest and the most codes of a record. With `drg` the group is scored too: it may be right
    though a code is wrong, with that chance.
    """

    first: int
    last: int
    records: int
    codes: tuple[int, int]
    right: float
    drg: float | None = None
    work_type: str = ""
    specialty: str = ""
    how: Provenance = SELF


@dataclass(frozen=True)
class Person:
    """Somebody who signs in to the demo. `joined` is when they began to use CoderPath, and so where their history begins."""

    slug: str
    name: str
    who: str
    time_zone: str
    joined: Ago
    records: tuple
    stated_years: str | None = None
    target_role: str = ""
    track: str = ""
    area: str = ""
    employer: str = ""  # under whom imported and verified records were made
    verifier: str = ""  # the slug of the person, or the name of the colleague, who verified them
    per_hour: Mapping[str, str] = field(default_factory=dict)  # confirmed productivity targets, by work type
    pay: tuple[tuple[Ago, str, str], ...] = ()  # since, dollars, annual or hourly
    plans: Mapping[str, Mapping] = field(default_factory=dict)  # assumptions by the plan's name

    @property
    def email(self) -> str:
        return f"{self.slug}@demo.example"
