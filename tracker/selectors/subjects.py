"""In the subject of which certifications, and of what quality, a coder may need hours."""

from curriculum.models import Certification, RenewalRuleVersion
from tracker.models import Coder, Credential


def subjects_asked(coder: Coder) -> list[int]:
    """Ids of those of the coder's certifications whose own subject a rule asks hours in."""
    asked = {
        slug
        for params in RenewalRuleVersion.objects.values_list("params", flat=True)
        for minimum in params.get("minimums", ())
        for slug in minimum.get("subject_of_each", ())
    }
    held = Credential.objects.counted().filter(coder=coder).values("certification")
    return list(Certification.objects.filter(slug__in=asked, pk__in=held).values_list("pk", flat=True))


def qualities_asked(coder: Coder) -> set[str]:
    """Slugs of what the bodies of the coder's credentials ask a minimum of, now or under the rule of an older cycle."""
    bodies = Credential.objects.counted().filter(coder=coder).values("certification__body")
    rules = RenewalRuleVersion.objects.filter(rule__body__in=bodies)
    return {
        minimum["quality"]
        for params in rules.values_list("params", flat=True)
        for minimum in params.get("minimums", ())
        if "quality" in minimum
    }
