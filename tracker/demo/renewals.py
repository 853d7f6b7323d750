"""The renewal cycles of the demo: the ones before the dates that its people logged, then those that run; proofs and a pin."""

import datetime as dt
from collections.abc import Iterable

from curriculum.renewal_rules import renewal_rules
from tracker.documents import pdf
from tracker.models import Coder, ContinuingEducation, Credential, CreditPin, RenewalCycle
from tracker.services.proofs import add_proof
from tracker.services.renewals import keep_cycles

ONE_DAY = dt.timedelta(days=1)
# What was reinstated after so long a break, so that one can be seen.
BREAKS = {"cbcs": dt.timedelta(days=120)}


def write_cycles(coders: Iterable[Coder]) -> None:
    """As if everybody had logged each credential a period ago and renewed it since: so that a renewal can be seen."""
    keys = [coder.pk for coder in coders]
    periods = {rule.body: rule for rule in renewal_rules()}
    credentials = [
        credential
        for credential in Credential.objects.filter(coder__in=keys).select_related("certification__body")
        if credential.expires_on and credential.certification.body.slug in periods
    ]
    ends = {credential.pk: credential.expires_on for credential in credentials}
    for credential in credentials:
        before = periods[credential.certification.body.slug].first_day(credential.expires_on) - ONE_DAY
        before -= BREAKS.get(credential.certification.slug, dt.timedelta(0))
        if before > credential.earned_on:
            credential.expires_on = before
    Credential.objects.bulk_update(credentials, ["expires_on"])
    keep_cycles(keys)
    for credential in credentials:
        credential.expires_on = ends[credential.pk]
    Credential.objects.bulk_update(credentials, ["expires_on"])
    keep_cycles(keys)


def write_proofs(coder: Coder) -> None:
    """Certificates of some of a coder's hours, and one activity pinned where it counts."""
    courses = ContinuingEducation.objects.filter(coder=coder).exclude(index_number="")
    for course in courses:
        add_proof(course, _certificate(course), by=None)
    pinned = courses.filter(subjects__isnull=False).first()
    if pinned:
        subject = pinned.subjects.first()
        cycle = RenewalCycle.objects.get(coder=coder, body=subject.body, closed_as="")
        CreditPin.objects.create(activity=pinned, body=subject.body, cycle=cycle, subject=subject)


def _certificate(course: ContinuingEducation) -> bytes:
    """Such as a sponsor hands out, made up like all of the demo."""
    day = course.completed_on
    return pdf("certificate", {
        "organization": course.provider, "title": "Certificate of attendance", "name": str(course.coder.user),
        "completed": f"{day:%B %-d, %Y}", "completed_words": "attended on", "program": course.title, "date": day.isoformat(),
        "asked": [], "asked_words": "", "number": course.index_number, "number_word": "Index number",
        "issued": f"{day:%B %-d, %Y}", "issued_word": "Issued", "check_word": "Hours", "address": f"{course.hours.normalize():f}",
    })  # fmt: skip
