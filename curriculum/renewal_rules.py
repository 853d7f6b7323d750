"""The renewal rules as they are stored, in the form in which `curriculum.renewals` computes with them."""

from .models import Certification, RenewalRule
from .renewals import Rule, rules_of


def renewal_rules() -> list[Rule]:
    """All rules of all bodies, past ones too. Two queries."""
    rows = RenewalRule.objects.select_related("body")
    return rules_of(rows, Certification.objects.exclude(replaced_by=None).select_related("replaced_by"))
