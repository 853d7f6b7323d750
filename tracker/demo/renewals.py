"""The renewal cycles of the demo: the ones before the dates that its people logged, then those that run."""

import datetime as dt
from collections.abc import Iterable

from curriculum.renewal_rules import renewal_rules
from tracker.models import Coder, Credential
from tracker.services.renewals import keep_cycles

ONE_DAY = dt.timedelta(days=1)


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
        if before > credential.earned_on:
            credential.expires_on = before
    Credential.objects.bulk_update(credentials, ["expires_on"])
    keep_cycles(keys)
    for credential in credentials:
        credential.expires_on = ends[credential.pk]
    Credential.objects.bulk_update(credentials, ["expires_on"])
    keep_cycles(keys)
