"""Plans: assumptions under a name. A coder's own, whatever is shared."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tracker.models import Coder, Plan
from tracker.permissions import require_change
from tracker.whatif.assumptions import Assumptions, assume

MOST = 30


def save_plan(
    coder: Coder, name: str, assumptions: Assumptions | Mapping, *, by, plan: Plan | None = None
) -> Plan:
    """Store assumptions under a name, or what changed of a plan. Raise ValidationError by field."""
    require_change(by, coder)
    if not isinstance(assumptions, Assumptions):
        assumptions = assume(assumptions)
    if not assumptions.any:
        raise ValidationError({"assumptions": _("There is nothing to save: assume something first.")})
    if plan is None and coder.plans.count() >= MOST:
        raise ValidationError({"name": _("You have %(n)s plans. Delete one first.") % {"n": MOST}})
    plan = plan or Plan(coder=coder)
    plan.name, plan.assumptions = name.strip(), assumptions.as_json()
    if coder.plans.filter(name=plan.name).exclude(pk=plan.pk).exists():
        raise ValidationError({"name": _("You have a plan of this name. Choose another one.")})
    plan.full_clean()
    plan.save()
    return plan


def rename_plan(plan: Plan, name: str, *, by) -> Plan:
    return save_plan(plan.coder, name, assumptions_of(plan), by=by, plan=plan)


def delete_plan(plan: Plan, *, by) -> None:
    require_change(by, plan.coder)
    plan.delete()


def assumptions_of(plan: Plan) -> Assumptions:
    """What a plan assumes today: what the catalogue no longer knows is left out."""
    kept = dict(plan.assumptions)
    for _attempt in range(len(kept) + 1):
        try:
            return assume(kept)
        except ValidationError as error:
            gone = set(error.message_dict) & set(kept)
            if not gone:
                return Assumptions()
            kept = {name: value for name, value in kept.items() if name not in gone}
    return Assumptions()
