"""The renewal rules as they are stored, in the form in which `curriculum.renewals` computes with them."""

from collections.abc import Iterable

from django.db.models.signals import post_save
from django.dispatch import receiver

from .models import Certification, RenewalRule, RenewalRuleVersion
from .renewals import Rule, rules_of

# What a version is made of; a change of the first three is another version, one of the others mends its words.
TERMS, WORDS = ("period_months", "mode", "params"), ("statement", "source", "verified_on")


def every_version() -> list[Rule]:
    """All versions of all rules of all bodies, past ones too: what cycles may be bound by. Two queries."""
    rows = RenewalRuleVersion.objects.select_related("rule__body")
    replaced = Certification.objects.exclude(replaced_by=None).select_related("replaced_by")
    return rules_of(rows.order_by("rule__position", "rule", "no"), replaced)


def newest_of(versions: Iterable[Rule]) -> list[Rule]:
    """Of each rule, the version that holds for what begins now. `versions` are in the order of their numbers."""
    return list({rule.slug: rule for rule in versions}.values())


def renewal_rules() -> list[Rule]:
    """All rules of all bodies as they are now, past ones too. Two queries."""
    return newest_of(every_version())


def keep_versions(rows: Iterable[RenewalRule] | None = None) -> None:
    """Let each rule have a version that says what its row says. Twice changes nothing."""
    rules = list(RenewalRule.objects.all() if rows is None else rows)
    newest = {}
    for version in RenewalRuleVersion.objects.filter(rule__in=rules).order_by("no"):
        newest[version.rule_id] = version
    for rule in rules:
        known = newest.get(rule.pk)
        said = {name: getattr(rule, name) for name in (*TERMS, *WORDS)}
        if known is None or any(getattr(known, name) != said[name] for name in TERMS):
            RenewalRuleVersion.objects.create(rule=rule, no=known.no + 1 if known else 1, **said)
        elif any(getattr(known, name) != said[name] for name in WORDS):
            RenewalRuleVersion.objects.filter(pk=known.pk).update(**{name: said[name] for name in WORDS})


@receiver(post_save, sender=RenewalRule)
def _rule_saved(sender, instance, **kwargs):
    keep_versions([instance])
