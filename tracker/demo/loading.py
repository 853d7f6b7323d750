"""Write the people of the demo and everything that they logged, then evaluate them month by month up to the day."""

import datetime as dt
import zoneinfo

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from curriculum.models import Organization, OrganizationKind, Role, Track, WageArea
from tracker.measures.base import months_before
from tracker.models import Coder, Staleness, User
from tracker.services.evaluation import evaluate_coders
from tracker.services.forecasts import forecast_coders
from tracker.services.plans import save_plan

from .building import Builder
from .disputes import dispute_audits
from .language import Ago, Catalogue, Person
from .links import SHARED_BY, share_resume
from .people import ADMIN_EMAIL, ADMIN_NAME, COLLEAGUES, EVERYBODY, PASSWORD, PEOPLE, TEAM
from .program import load_program
from .renewals import write_cycles, write_proofs
from .teams import found_team
from .writing import write_pay, write_records, write_targets


def earliest_today() -> dt.date:
    """Today where the day begins last: nobody of the demo has a record after their own today."""
    now = timezone.now()
    return min(now.astimezone(zoneinfo.ZoneInfo(person.time_zone)).date() for person in PEOPLE)


@transaction.atomic
def load(anchor: dt.date) -> None:
    """All or nothing. Raises ObjectDoesNotExist where the catalogue or the wages are missing.

    Rows are written in bulk, which sends no signal, and so no message to a worker that may not run yet.
    """
    catalogue = Catalogue()
    users = _users(anchor)
    coders = _coders(users, anchor, catalogue)
    employers = {
        name: Organization.objects.create(name=name, kind=OrganizationKind.EMPLOYER)
        for name in sorted({person.employer for person in EVERYBODY} - {""})
    }
    builders = [
        Builder(
            person, coders[person.slug], anchor, catalogue,
            employers.get(person.employer), users.get(person.verifier),
        )
        for person in EVERYBODY
    ]  # fmt: skip
    write_records([built for builder in builders for built in builder.records()])
    write_cycles(coders.values())
    for slug in ("auditor", "manager"):
        write_proofs(coders[slug])
    write_pay([pay for builder in builders for pay in builder.pay()])
    write_targets([target for builder in builders for target in builder.targets()])
    students = load_program(anchor, catalogue, coders["student"], users["student"].password)
    _evaluate(coders, anchor)
    found_team(employers[TEAM[0].employer], users, coders, anchor)
    dispute_audits(coders["auditor"], users["manager"], anchor)
    evaluate_coders([coder.pk for coder in (*coders.values(), *students)], as_of=anchor)
    for person in PEOPLE:
        for name, assumptions in person.plans.items():
            save_plan(coders[person.slug], name, assumptions, by=None)
    share_resume(coders[SHARED_BY])


def _users(anchor: dt.date) -> dict[str, User]:
    """Everybody by slug, checked; colleagues and the rest of the team cannot sign in."""
    password, none = make_password(PASSWORD), make_password(None)  # slow by design, so once for all
    users = {
        person.slug: User(
            email=person.email, password=none if person in TEAM else password, full_name=person.name, time_zone=person.time_zone,
            date_joined=morning(person.joined, anchor),
        )
        for person in EVERYBODY
    }  # fmt: skip
    users["admin"] = User(
        email=ADMIN_EMAIL, password=password, full_name=ADMIN_NAME, is_staff=True, is_superuser=True
    )
    here = [user for slug, user in users.items() if slug not in {person.slug for person in TEAM}]
    for slug, name in COLLEAGUES.items():
        users[slug] = User(email=f"{slug}@demo.example", password=none, full_name=name)
    for user in users.values():
        user.full_clean()
        user.save()
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in here
    )
    return users


def morning(since: Ago, anchor: dt.date) -> dt.datetime:
    return dt.datetime.combine(since.on(anchor), dt.time(8), dt.UTC)


def _coders(users: dict[str, User], anchor: dt.date, catalogue: Catalogue) -> dict[str, Coder]:
    coders = {person.slug: _coder(person, users[person.slug], anchor, catalogue) for person in EVERYBODY}
    Coder.objects.bulk_create(coders.values())
    for person in EVERYBODY:
        coders[person.slug].created_at = morning(person.joined, anchor)
    Coder.objects.bulk_update(coders.values(), ["created_at"])
    Staleness.objects.bulk_create(Staleness(coder=c, since=c.created_at) for c in coders.values())
    return coders


def _coder(person: Person, user: User, anchor: dt.date, catalogue: Catalogue) -> Coder:
    def row(model: type[Model], key: str):
        return catalogue.get(model, key) if key else None

    coder = Coder(
        user=user,
        stated_years=person.stated_years,
        target_role=row(Role, person.target_role),
        track=row(Track, person.track),
        area=row(WageArea, person.area),
        onboarded_at=morning(person.joined, anchor),
    )
    coder.full_clean()
    return coder


def _evaluate(coders: dict[str, Coder], anchor: dt.date) -> None:
    """As of month ends since they joined, and of today: so gaps have a history from the first page on, and forecasts of the
    last months can be held against what came."""
    joined = {coders[person.slug].pk: person.joined.on(anchor) for person in PEOPLE}
    for day in evaluation_days(min(joined.values()), anchor):
        here = [pk for pk, since in joined.items() if since <= day]
        evaluate_coders(here, as_of=day)
        if day > months_before(anchor, 5):
            forecast_coders(here, as_of=day)


def evaluation_days(first: dt.date, anchor: dt.date) -> list[dt.date]:
    """Quarter ends from `first` on, in the last half year every month's end, and the anchor. Each costs about 0.3 s."""
    days, day = [], first.replace(day=1)
    while day <= anchor:
        day = (day + dt.timedelta(days=32)).replace(day=1)
        days.append(day - dt.timedelta(days=1))
    recent = months_before(anchor, 6)
    return [d for d in days if d < anchor and (d > recent or d.month % 3 == 0)] + [anchor]
