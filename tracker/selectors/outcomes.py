"""What became of a program's students: shares of counts, with who is left out and why, and Wilson intervals."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Min, Q
from django.utils.translation import gettext as _

from curriculum.models import Program
from tracker import intervals, wording
from tracker.models import Credential, Enrollment, Position, Share
from tracker.permissions import shared_under


@dataclass(frozen=True)
class Outcome:
    """`n` of `of` people. `left_out` are pairs of how many and why; the interval is Wilson's, 95%, two-sided."""

    name: str
    means: str
    n: int
    of: int
    left_out: list[tuple[int, str]] = field(default_factory=list)

    @property
    def percent(self) -> str:
        return wording.percent(100 * self.n / self.of) if self.of else ""

    @property
    def interval(self) -> str:
        if not self.of:
            return ""
        lower, upper = intervals.wilson(self.n, self.of)
        return wording.interval(100 * float(lower), 100 * float(upper))


def outcomes_of(program: Program, day: dt.date) -> list[Outcome]:
    """Five queries. What graduates do not share with the program is not known to it, and they are left out."""
    everybody = list(
        Enrollment.objects.filter(cohort__program=program, accepted_at__isnull=False, coder__isnull=False)
    )
    over = [one for one in everybody if one.completed_on or one.left_at or one.ends_on < day]
    running = len(everybody) - len(over)
    completed = [one for one in over if one.completed_on]
    graduates = {one.coder_id: one for one in completed if one.left_at is None}
    gone = len({one.coder_id for one in completed}) - len(graduates)
    found = [
        Outcome(
            _("Completion"), _("did everything required, of those whose time is over"), len(completed), len(over),
            [(running, _("still under way"))] if running else [],
        )
    ]  # fmt: skip
    sharing = {"credential": set(), "position": set()}
    shares = Share.objects.open().filter(enrollment__cohort__program=program, kind__in=sharing)
    for coder, kind in shares.values_list("coder_id", "kind"):
        sharing[kind].add(coder)
    through = Q(enrollment__cohort__program=program)
    credentials = list(
        Credential.objects.current()
        .filter(shared_under(Credential, through), earned_on__isnull=False, coder__in=graduates)
        .values_list("coder_id", "earned_on", "certification__apprentice_of_id", "apprentice_cleared_on")
    )
    first_job = dict(
        Position.objects.current()
        .filter(shared_under(Position, through), role__codes_charts=True, coder__in=graduates)
        .order_by().values("coder_id").annotate(first=Min("starts_on")).values_list("coder_id", "first")
    )  # fmt: skip
    first_credential: dict[int, dt.date] = {}
    for coder, earned, _of, _cleared in credentials:
        first_credential[coder] = min(earned, first_credential.get(coder, earned))
    found.append(_since(_("First credential"), _("earned one since the start, of the graduates"),
                        graduates, gone, sharing["credential"], first_credential))  # fmt: skip
    found.append(_since(_("First coding role"), _("began one since the start, of the graduates"),
                        graduates, gone, sharing["position"], first_job))  # fmt: skip
    apprentices = {coder for coder, _on, of, _c in credentials if of}
    cleared = {coder for coder, _on, of, on in credentials if of and on}
    unknown = len(graduates.keys() - sharing["credential"]) + gone
    found.append(
        Outcome(
            _("Apprentice status removed"), _("of the graduates who hold an apprentice credential"), len(cleared),
            len(apprentices), [(unknown, _("credentials not shared"))] if unknown else [],
        )
    )  # fmt: skip
    return found


def _since(name: str, means: str, graduates: dict, gone: int, sharing: set, first: dict) -> Outcome:
    """Of the graduates who share and had none before their start, who has one since."""
    unknown = len(graduates.keys() - sharing) + gone
    before = {c for c, one in graduates.items() if c in sharing and c in first and first[c] < one.starts_on}
    counted = graduates.keys() & sharing - before
    left_out = [(unknown, _("not shared")), (len(before), _("had one before"))]
    return Outcome(
        name, means, len(counted & first.keys()), len(counted), [pair for pair in left_out if pair[0]]
    )
