"""What the kinds of record are called on buttons and headings, in the order in which people look for them."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class KindWords:
    slug: str
    short: str  # on a chip
    plural: str  # heading of a list
    add: str  # on a button
    empty: str  # what logging it brings, where there is none yet


KINDS = {
    words.slug: words
    for words in (
        KindWords("volume", _("Charts"), _("Chart volumes"), _("Log charts"),
                  _("A week in one line: charts, hours, work type. They show your specialty and your pace.")),
        KindWords("audit", _("Audit"), _("Audit results"), _("Log an audit"),
                  _("What an audit of your work found. Counts say more than a percentage: with them we can tell how sure it is.")),
        KindWords("credential", _("Credential"), _("Credentials"), _("Add a credential"),
                  _("The certifications that you hold, held, or plan to earn.")),
        KindWords("continuing-education", _("CE hours"), _("Continuing education"), _("Log CE hours"),
                  _("Courses and webinars that count toward a renewal.")),
        KindWords("position", _("Position"), _("Positions"), _("Add a position"),
                  _("Where you worked, as what, from when to when. Time in coding roles adds up to your years.")),
        KindWords("specialty", _("Specialty"), _("Specialty experience"), _("Add a specialty"),
                  _("A specialty you coded in, in which setting, from when to when.")),
        KindWords("audit-work", _("Audit work"), _("Audit work"), _("Log audit work"),
                  _("Audits that you did of other coders’ work.")),
        KindWords("claim-outcome", _("Claim outcome"), _("Claim outcomes"), _("Log a claim outcome"),
                  _("First-pass and denial rates, each with its definition.")),
        KindWords("skill", _("Skill"), _("Skills"), _("Add a skill"),
                  _("Code sets, record systems, encoders and other skills that you work with.")),
        KindWords("contribution", _("Contribution"), _("Contributions"), _("Log a contribution"),
                  _("Mentoring, teaching, leading a change: what you did for others.")),
        KindWords("education", _("Education"), _("Education"), _("Add education"),
                  _("Certificates and degrees, finished or under way.")),
        KindWords("practicum", _("Practicum"), _("Practicums"), _("Add a practicum"),
                  _("Cases coded under an instructor before the first role.")),
    )
}  # fmt: skip

# Offered right on the dashboard; the rest is one click further.
QUICK = tuple(KINDS[slug] for slug in ("volume", "audit", "credential", "continuing-education", "position"))
