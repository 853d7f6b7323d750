"""From the language of the demo to unsaved rows: days become dates, slugs become rows of the catalogue."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from curriculum.models import Body, Certification, Organization, WorkType
from tracker.models import (
    Audit,
    AuditScore,
    AuditWork,
    ClaimOutcome,
    Coder,
    Pay,
    ProductivityTarget,
    Record,
    Source,
    User,
    Volume,
)
from tracker.services.scores import scores_from

from .audits import audits_of
from .language import IMPORTED, VERIFIED, Audits, Catalogue, Entry, Person, Weeks, log
from .weeks import weeks_of

SEED = 2072
CHECKED_DAYS_LATER = 3  # from a record to its verification
MADE_AT_WORK = (Volume, Audit, AuditWork, ClaimOutcome)


@dataclass
class Built:
    """An unsaved record with what hangs on it, and the moment at which it was logged."""

    record: Record
    logged_at: dt.datetime
    scores: list[AuditScore] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)
    subjects: list[Certification] = field(default_factory=list)


class Builder:
    """Builds what belongs to one person, as of the day of loading (`anchor`)."""

    def __init__(
        self,
        person: Person,
        coder: Coder,
        anchor: dt.date,
        catalogue: Catalogue,
        employer: Organization | None,
        verifier: User | None,
    ):
        self.person, self.coder, self.anchor, self.catalogue = person, coder, anchor, catalogue
        self.employer, self.verifier = employer, verifier
        self.joined_on = person.joined.on(anchor)

    def records(self) -> Iterator[Built]:
        for told in self.person.records:
            for entry in self._entries(told):
                yield self._built(entry)

    def _entries(self, told: Entry | Weeks | Audits) -> Iterator[Entry]:
        if isinstance(told, Entry):
            yield told
            return
        # A generator for each series: what is added to one person changes no other figure.
        rng = Random(f"{SEED} {self.person.slug} {type(told).__name__} {told.work_type}")
        yield from self._volumes(told, rng) if isinstance(told, Weeks) else audits_of(told, rng)

    def _volumes(self, work: Weeks, rng: Random) -> Iterator[Entry]:
        names = {"work_type": work.work_type, "specialty": work.specialty, "setting": work.setting}
        named = {name: slug for name, slug in names.items() if slug}
        for week in weeks_of(work, self.anchor, rng):
            yield log(
                Volume,
                how=work.how,
                starts_on=week.starts_on,
                ends_on=week.ends_on,
                charts=week.charts,
                minutes=week.minutes,
                **named,
            )

    def _built(self, entry: Entry) -> Built:
        record = entry.model(coder=self.coder)
        for name, told in entry.fields.items():
            setattr(record, name, self.catalogue.value(entry.model, name, told, self.anchor))
        logged_at = self._logged_at(record)
        self._attest(record, entry, logged_at)
        bodies = [self.catalogue.get(Body, slug) for slug in entry.bodies]
        subjects = [self.catalogue.get(Certification, slug) for slug in entry.subjects]
        return Built(record, logged_at, scores_from(entry.scores), bodies, subjects)

    def _logged_at(self, record: Record) -> dt.datetime:
        """When it ended; what had ended before its owner joined CoderPath was logged on that day."""
        ended = getattr(record, "ends_on", None) or record.counts_on
        return self._moment(max(self.joined_on, ended))

    def _moment(self, day: dt.date) -> dt.datetime:
        """That day's noon in America, but not later than the small hours of the anchor, which have come everywhere there."""
        latest = dt.datetime.combine(self.anchor, dt.time(8), dt.UTC)
        return min(dt.datetime.combine(day, dt.time(17), dt.UTC), latest)

    def _attest(self, record: Record, entry: Entry, logged_at: dt.datetime) -> None:
        record.provenance = entry.how
        if entry.how in (IMPORTED, VERIFIED) and isinstance(record, MADE_AT_WORK):
            record.made_under = self.employer
        if entry.how == IMPORTED:
            record.source = Source.IMPORT
        if entry.how == VERIFIED:
            record.verified_by, record.verified_for = self.verifier, self.employer
            record.verified_at = self._moment(logged_at.date() + dt.timedelta(days=CHECKED_DAYS_LATER))

    def pay(self) -> list[Pay]:
        entries = []
        for since, dollars, basis in self.person.pay:
            pay = Pay(coder=self.coder, effective_on=since.on(self.anchor), amount=dollars, basis=basis)
            pay._history_user = self.coder.user
            pay._history_date = self._moment(max(self.joined_on, pay.effective_on))
            entries.append(pay)
        return entries

    def targets(self) -> list[ProductivityTarget]:
        return [
            ProductivityTarget(
                coder=self.coder, work_type=self.catalogue.get(WorkType, slug), per_hour=per_hour
            )
            for slug, per_hour in self.person.per_hour.items()
        ]
