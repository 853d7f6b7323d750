"""The learning activities that a coder may know of: the catalogue's, and those of the schools they are with."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from curriculum.models import LearningActivity
from tracker.models import Coder, Enrollment


def activities_for(coder: Coder):
    schools = Enrollment.objects.open().filter(coder=coder).values("cohort__program__organization")
    return LearningActivity.objects.filter(Q(owner=None) | Q(owner__in=schools))


def prefilled(activity: LearningActivity) -> dict:
    """What a record of having taken an activity begins with."""
    credits = list(activity.credits.select_related("body"))
    return {
        "title": activity.name,
        "provider": activity.provider,
        "hours": max((credit.units for credit in credits), default=activity.hours),
        "bodies": [credit.body_id for credit in credits],
    }


def learning_by_milestone(milestones: Iterable[str], organization) -> dict[str, list[str]]:
    """By the slug of a milestone, the names of what serves it: the catalogue's, and the organization's own. One query."""
    found = defaultdict(list)
    known = LearningActivity.objects.filter(
        Q(owner=None) | Q(owner=organization), milestones__slug__in=milestones
    )
    for slug, name in known.order_by("position", "name").values_list("milestones__slug", "name"):
        found[slug].append(name)
    return dict(found)


def programs_asking(coder: Coder, milestone) -> list[str]:
    """The names of the coder's programs that ask for a milestone."""
    asking = Enrollment.objects.open().filter(
        coder=coder, assignments__milestone=milestone, assignments__withdrawn_at=None
    )
    return list(asking.order_by("pk").values_list("cohort__program__name", flat=True))
