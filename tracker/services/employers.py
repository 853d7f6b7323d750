"""For whom work was done. It decides which team sees it, so nothing is assumed: the coder says so, once or for a record."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from curriculum.models import Organization
from tracker.models import Coder, Membership, Record
from tracker.permissions import WORK_MODELS

USUAL = object()


def employers_of(coder: Coder) -> list[Membership]:
    """The memberships under whose organizations the coder may log work."""
    rows = Membership.objects.open().filter(coder=coder).select_related("team__organization")
    return list(rows.order_by("team__organization__name", "pk"))


def usual_employer(memberships: list[Membership], day) -> Organization | None:
    """For whom the coder works unless they say otherwise; nobody where that is not said, or said of two."""
    usual = {m.team.organization for m in memberships if m.logs_work and day and m.joined_on <= day}
    return usual.pop() if len(usual) == 1 else None


def set_employer(record: Record, made_under, *, is_new: bool) -> None:
    """Note for whom a record of work was made. What somebody attested stays theirs; other kinds have no employer.

    Raise ValidationError for an organization that the coder is in no team of.
    """
    if type(record) not in WORK_MODELS or record.attested or (made_under is USUAL and not is_new):
        return
    if made_under is None:
        record.made_under = None
        return
    memberships = employers_of(record.coder)
    if made_under is USUAL:
        record.made_under = usual_employer(memberships, record.counts_on)
    elif made_under.pk == record.made_under_id or made_under in {m.team.organization for m in memberships}:
        record.made_under = made_under
    else:
        raise ValidationError({"made_under": _("You are in no team of this organization.")})
