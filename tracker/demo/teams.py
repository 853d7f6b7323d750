"""The team of the demo's manager: its people, what each shares, and its standard."""

import datetime as dt
from decimal import Decimal

from curriculum.models import Certification, Milestone, Organization, Role, Standard, WorkType
from tracker.models import (
    RECORD_KINDS,
    Coder,
    CoverageNeed,
    Membership,
    Share,
    Staff,
    StandardMilestone,
    StandardProductivity,
    StandardTitle,
    StandardVersion,
    Team,
    User,
)

from .language import Ago, Catalogue, ago

# Title, target role where it is not the next promotion, what is shared where it is not every kind of record.
MEMBERS = {
    "emergency": ("Emergency Department Coder", "", None),
    "auditor": ("Coding Auditor", "", None),
    "rosa": ("Inpatient Coder II", "", None),
    "marcus": ("Outpatient Coder II", "", None),
    "joy": ("Outpatient Coder II", "", None),
    "tom": ("Emergency Department Coder I", "", None),
    "dana": ("Emergency Department Coder", "", ("credential", "position")),
}
TITLES = {
    "Coding Auditor": "coding-auditor",
    "Emergency Department Coder": "outpatient-coder",
    "Emergency Department Coder I": "coder-i",
    "Inpatient Coder II": "inpatient-coder",
    "Outpatient Coder II": "outpatient-coder",
}
PER_HOUR = {"inpatient": "2.2", "emergency": "12.0", "interventional-radiology": "6.0"}
NEEDS = {"circc": 2, "cpma": 1}
INVITED = "new.hire@demo.example"


def found_team(
    employer: Organization, users: dict[str, User], coders: dict[str, Coder], anchor: dt.date
) -> Team:
    """Rows in bulk, past all signals; the last evaluation of the load takes them up."""
    catalogue, manager = Catalogue(), users["manager"]
    began = _morning(ago(months=30), anchor)
    Staff.objects.create(organization=employer, user=manager, accepted_at=began)
    name = "Hospital coding"
    team = Team.objects.create(
        organization=employer,
        name=name,
        standard=Standard.objects.create(slug="demo-hospital-coding", name=name, owner=employer),
    )
    _write_standard(team, manager, catalogue, anchor)
    people = {slug: coders[slug] for slug in MEMBERS}
    Membership.objects.bulk_create(_member(team, manager, slug, people[slug], anchor) for slug in MEMBERS)
    Share.objects.bulk_create(
        Share(coder_id=member.coder_id, membership=member, kind=kind)
        for member in team.memberships.select_related("coder__user")
        for kind in MEMBERS[member.coder.user.email.partition("@")[0]][2] or RECORD_KINDS
    )
    Membership.objects.create(team=team, invited_email=INVITED, invited_by=manager, mailed_at=began)
    CoverageNeed.objects.bulk_create(
        CoverageNeed(team=team, certification=catalogue.get(Certification, slug), people=n)
        for slug, n in NEEDS.items()
    )
    return team


def _member(team: Team, manager: User, slug: str, coder: Coder, anchor: dt.date) -> Membership:
    title, target, _kinds = MEMBERS[slug]
    joined = ago(months=18)
    return Membership(
        team=team, coder=coder, job_title=title, invited_by=manager, invited_email=coder.user.email,
        target_role=Role.objects.get(slug=target) if target else None,
        joined_on=joined.on(anchor), accepted_at=_morning(joined, anchor), logs_work=slug == "emergency",
    )  # fmt: skip


def _write_standard(team: Team, manager: User, catalogue: Catalogue, anchor: dt.date) -> None:
    (version,) = StandardVersion.objects.bulk_create(
        [
            StandardVersion(
                standard=team.standard, no=1, valid_from=ago(months=17).on(anchor), created_by=manager,
                accuracy_method="code_over_code", accuracy_target=Decimal("95.0"),
                note="Code over code, as our audit reports count",
            )
        ]
    )  # fmt: skip
    StandardTitle.objects.bulk_create(
        StandardTitle(version=version, title=title, role=catalogue.get(Role, slug))
        for title, slug in TITLES.items()
    )
    StandardProductivity.objects.bulk_create(
        StandardProductivity(version=version, work_type=catalogue.get(WorkType, slug), per_hour=rate)
        for slug, rate in PER_HOUR.items()
    )
    StandardMilestone.objects.create(
        version=version, milestone=catalogue.get(Milestone, "no-lapse"), weight=3
    )


def _morning(since: Ago, anchor: dt.date) -> dt.datetime:
    return dt.datetime.combine(since.on(anchor), dt.time(12), dt.UTC)
