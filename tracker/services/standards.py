"""A team's standard is never changed: what a manager changes is the next version of it."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from tracker.models import (
    StandardMilestone,
    StandardProductivity,
    StandardTitle,
    StandardVersion,
    Team,
)
from tracker.permissions import require_team_manager


def current_version(team: Team, day) -> StandardVersion | None:
    versions = StandardVersion.objects.filter(standard=team.standard_id, valid_from__lte=day)
    return versions.prefetch_related(
        "titles__role", "productivity__work_type", "milestones__milestone"
    ).first()


def write_standard(
    team: Team,
    *,
    by,
    valid_from,
    accuracy_method: str = "",
    accuracy_target=None,
    note: str = "",
    titles: Mapping = {},
    productivity: Mapping = {},
    milestones: Mapping = {},
) -> StandardVersion:
    """Write the next version whole: `titles` to roles, work types in `productivity` to charts an hour, `milestones` to weights.

    Raise ValidationError by field; nothing is written then. It is in force from a day on, and never before the last one.
    """
    require_team_manager(by, team)
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=team.pk)
        before = StandardVersion.objects.filter(standard=team.standard_id)
        last = before.aggregate(no=Max("no"), day=Max("valid_from"))
        if last["day"] and valid_from < last["day"]:
            text = _("The version before holds from %(day)s; this one cannot begin earlier.")
            raise ValidationError({"valid_from": text % {"day": last["day"].strftime("%B %-d, %Y")}})
        version = StandardVersion(
            standard_id=team.standard_id, no=(last["no"] or 0) + 1, valid_from=valid_from, note=note,
            accuracy_method=accuracy_method, accuracy_target=accuracy_target, created_by=by,
        )  # fmt: skip
        version.full_clean()
        if any(m.owner_id not in (None, team.organization_id) for m in milestones):
            raise ValidationError(_("Choose milestones from the list."))
        rows = [
            *(StandardTitle(title=" ".join(title.split()), role=role) for title, role in titles.items()),
            *(StandardProductivity(work_type=w, per_hour=rate) for w, rate in productivity.items()),
            *(StandardMilestone(milestone=m, weight=weight) for m, weight in milestones.items()),
        ]
        for row in rows:
            row.clean_fields(exclude=["version"])
        version.save()
        for row in rows:
            row.version = version
            row.save()
    return version
