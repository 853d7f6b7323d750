"""The learning activities that a coder may know of: the catalogue's, and those of the schools they are with."""

from django.db.models import Q

from curriculum.models import LearningActivity
from tracker.models import Coder, Enrollment


def activities_for(coder: Coder):
    schools = Enrollment.objects.open().filter(coder=coder).values("cohort__program__organization")
    return LearningActivity.objects.filter(Q(owner=None) | Q(owner__in=schools))


def programs_asking(coder: Coder, milestone) -> list[str]:
    """The names of the coder's programs that ask for a milestone."""
    asking = Enrollment.objects.open().filter(
        coder=coder, assignments__milestone=milestone, assignments__withdrawn_at=None
    )
    return list(asking.order_by("pk").values_list("cohort__program__name", flat=True))
