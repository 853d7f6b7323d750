"""In the subject of which certifications a coder may need hours."""

from curriculum.models import Certification, RenewalRule
from tracker.models import Coder, Credential


def subjects_asked(coder: Coder) -> list[int]:
    """Ids of those of the coder's certifications whose own subject a rule asks hours in."""
    asked = {
        slug
        for params in RenewalRule.objects.values_list("params", flat=True)
        for minimum in params.get("minimums", ())
        for slug in minimum.get("subject_of_each", ())
    }
    held = Credential.objects.counted().filter(coder=coder).values("certification")
    return list(Certification.objects.filter(slug__in=asked, pk__in=held).values_list("pk", flat=True))
