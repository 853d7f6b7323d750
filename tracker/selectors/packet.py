"""The evidence packet of a member: what a talk about a promotion rests on, as texts for the document."""

import datetime as dt

from django.utils.translation import gettext as _

from .members import MemberGapLine, MemberView
from .team_board import LACKING


def packet_data(view: MemberView, day: dt.date) -> dict:
    """What `documents/packet.typ` prints. Shared records and the team's standard only."""
    team = view.membership.team
    standard = (
        _("%(team)s, version %(no)s") % {"team": team, "no": view.standard.no}
        if view.standard.no
        else str(team)
    )
    facts = [
        (_("Team"), f"{team}, {team.organization}"),
        (_("Held against"), standard),
        (_("Job title"), view.membership.job_title),
        (_("Role"), view.role),
        (_("The team’s target"), view.target),
        (_("Readiness"), "" if view.readiness is None else f"{view.readiness}%"),
        (_("In the team since"), view.membership.joined_on.strftime("%B %-d, %Y")),
    ]
    musts = [gap for gap in view.gaps if gap.must]
    return {
        "title": _("Evidence: %(name)s") % {"name": view.membership.coder},
        "date": day.isoformat(),
        "day": day.strftime("%B %-d, %Y"),
        "footer": _("Made from what the coder shares with the team. Confidential."),
        "facts": [[name, value] for name, value in facts if value],
        "summary": _summary(musts),
        "gaps_head": [_("Milestone"), _("Status"), _("How sure"), _("Value")],
        "gaps": [[gap.name, gap.status_label, _sure(gap), gap.value] for gap in musts],
        "records": [
            {
                "kind": shared.name,
                "head": [_("Date"), _("Record"), _("Provenance")],
                "rows": [
                    [
                        record.counts_on.isoformat() if record.counts_on else "",
                        record.headline(),
                        record.get_provenance_display(),
                    ]
                    for record in shared.records
                ],
                "more": _("and %(n)s more") % {"n": shared.more} if shared.more else "",
            }
            for shared in view.kinds
            if shared.records
        ],
        "not_shared": ", ".join(shared.name for shared in view.kinds if not shared.shared),
        "not_shared_label": _("Not shared with the team:"),
        "musts_title": _("What the target insists on"),
        "records_title": _("The records behind it"),
    }


def _sure(gap: MemberGapLine) -> str:
    return ", ".join(filter(None, [gap.certainty_label, _("contested") if gap.contested else ""]))


def _summary(musts) -> str:
    met = sum(gap.status == "met" for gap in musts)
    open_ones = [gap.name for gap in musts if gap.status in LACKING]
    unknown = sum(gap.status == "no_evidence" for gap in musts)
    text = _("%(met)s of %(all)s musts are met; of %(unknown)s nothing is known.") % {
        "met": met, "all": len(musts), "unknown": unknown,
    }  # fmt: skip
    return f"{text} {_('Still open:')} {'; '.join(open_ones)}." if open_ones else text
