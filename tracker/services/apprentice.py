"""Ticking what is done on the ways out of apprentice status."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from curriculum.models import RouteStep
from tracker.models import Credential, StepDone
from tracker.permissions import require_change

TICKED = (RouteStep.Kind.COURSE, RouteStep.Kind.PRACTICE, RouteStep.Kind.LETTER)


def tick(credential: Credential, slugs: Collection[str], *, by) -> None:
    """Let exactly these steps be done: ticks that stand keep their day, new ones get today.

    Raise ValidationError for what nobody ticks: it comes out of records, or of other steps.
    """
    require_change(by, credential.coder)
    steps = list(RouteStep.objects.filter(slug__in=slugs, kind__in=TICKED, any_of=[]))
    if unknown := sorted(set(slugs) - {step.slug for step in steps}):
        raise ValidationError(
            {"done": [_("This cannot be ticked: %(steps)s.") % {"steps": ", ".join(unknown)}]}
        )
    with transaction.atomic():
        StepDone.objects.filter(credential=credential).exclude(step__in=steps).delete()
        StepDone.objects.bulk_create(
            [StepDone(credential=credential, step=step, done_on=credential.coder.today()) for step in steps],
            ignore_conflicts=True,
        )
