"""The page of all credentials: what each needs, by when, what is done, and why each hour counts where it does."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curriculum import words
from curriculum.models import Certification, SponsorKind
from curriculum.renewals import HUNDREDTHS, Span, in_force
from tracker.models import Coder, RenewalCycle
from tracker.renewals.allocation import Allocation, Credit, Met, Result
from tracker.renewals.states import State

from .credential_lines import QUALITY_WORDS, CreditLine, CycleLine, Event, HeldLine, Page, Part, PastCycle
from .renewals import ONE_DAY, Ledger


def hours(hundredths: int) -> Decimal:
    return Decimal(hundredths) / HUNDREDTHS


def said(amount: Decimal | int) -> str:
    return words.number(amount)


def credentials_page(coder: Coder, day: dt.date | None = None) -> Page:
    """A fixed number of queries, however many credentials and hours there are."""
    ledger = Ledger(coder, day)
    names = _Names()
    cycles, in_cycles = [], set()
    allocations: dict[int, Allocation] = {}
    for row in ledger.open():
        if row.body_id not in allocations:
            allocations[row.body_id] = ledger.allocation(row.body_id)
        line = _cycle_line(ledger, row, allocations[row.body_id], names)
        cycles.append(line)
        in_cycles |= {held.credential.pk for held in line.held}
    others = [HeldLine(c, ledger.state(c)) for c in ledger.credentials if c.pk not in in_cycles]
    # An earlier entry of a certification that was logged anew is history, and not a second credential.
    running = {held.credential.certification_id for line in cycles for held in line.held}
    others = [o for o in others if o.credential.certification_id not in running or o.state == State.PLANNED]
    past = list(_past(ledger))
    return Page(
        ledger.day, cycles, others, past, sorted(_events(ledger, cycles, others), key=lambda e: e.day)
    )


def cycle_line(coder: Coder, cycle_id: int) -> CycleLine | None:
    """One cycle of a coder, open or closed, with what counts in it; None where there is none."""
    ledger = Ledger(coder)
    row = ledger.rows.get(cycle_id)
    if row is None or not ledger.members[row.pk]:
        return None
    return _cycle_line(ledger, row, ledger.allocation_within(row), _Names())


class _Names:
    """Names of the catalogue that sentences need."""

    def __init__(self):
        self.codes = dict(Certification.objects.values_list("slug", "code"))
        self.sponsors = dict(SponsorKind.objects.values_list("slug", "name"))


def _cycle_line(ledger: Ledger, row: RenewalCycle, allocation: Allocation, names: _Names) -> CycleLine:
    cycle = ledger.cycle(row)
    held = []
    for member in ledger.members[row.pk]:
        credential = next(c for c in ledger.credentials if c.pk == member.credential_id)
        held.append(HeldLine(credential, ledger.state(credential), member.joined_on))
    worst = [State.LAPSED, State.IN_GRACE, State.EXPIRING, State.REINSTATED, State.ACTIVE]
    state = min((h.state for h in held), key=lambda s: worst.index(s) if s in worst else len(worst))
    line = CycleLine(row, held, state, (row.ends_on - ledger.day).days, cycle.rule.counts_hours, cycle.rule)
    if row.is_open:
        _say_changes(ledger, row, line, names)
    if not cycle.rule.counts_hours:
        return line
    result = next(r for r in allocation.results if r.cycle.key == row.pk)
    line.required, line.earned = result.demand.hours, hours(result.earned)
    line.due = cycle.rule.due(cycle.span, ledger.day)
    line.further, line.lost = hours(result.further), hours(result.beyond)
    line.parts = [_part(met, names) for met in result.minimums]
    later = [r for r in allocation.results if r.cycle.key == -row.pk]
    line.spare = hours(sum(r.earned for r in later))
    pins = ledger.pins[row.body_id]
    for one in (result, *later):
        for credit in sorted(one.credits, key=lambda c: (c.activity.day, c.activity.key)):
            course = ledger.courses[credit.activity.key]
            line.credits.append(_credit_line(course, credit, one, pins, names))
    line.left_out = list(_left_out(ledger, row, cycle, allocation))
    return line


def _part(met: Met, names: _Names) -> Part:
    minimum = met.minimum
    if minimum.subject:
        text = _("in the subject of the %(code)s") % {
            "code": names.codes.get(minimum.subject, minimum.subject)
        }
    elif minimum.quality:
        text = str(QUALITY_WORDS[minimum.quality])
    else:
        who = words.joined([names.sponsors.get(slug, slug) for slug in sorted(minimum.sponsors)], "or")
        text = _("from %(who)s") % {"who": who}
    return Part(text, hours(met.hundredths), hours(minimum.hundredths), hours(met.missing))


def _credit_line(course, credit: Credit, result: Result, pins, names: _Names) -> CreditLine:
    here = result.cycle.key > 0
    by_coder = credit.pinned and pins[course.pk].by_coder
    options = [
        (f"{key}:{subject}", _place(subject, names)) for key, subject in credit.could if key == credit.cycle
    ]
    value = f"{credit.cycle}:{credit.subject}"
    return CreditLine(
        course,
        _place(credit.subject, names) if here else _("the next cycle"),
        _because(credit, result, by_coder, names),
        pinned=by_coder,
        here=here,
        value=value,
        options=((value, _place(credit.subject, names)), *options) if here and options else (),
    )


def _place(subject: str, names: _Names) -> str:
    if subject:
        return _("the subject of the %(code)s") % {"code": names.codes.get(subject, subject)}
    return _("the total")


def _because(credit: Credit, result: Result, by_coder: bool, names: _Names) -> str:
    """Why an activity counts where it does, in one sentence."""
    if by_coder:
        return _("You chose this place.")
    if result.cycle.key < 0:
        return _(
            "The cycle that ends has all it needs, and hours of its last month may go to the next one: there they are not lost."
        )
    if credit.activity.day < result.cycle.span.first:
        return _("Taken in the last month of the cycle before, which did not need it.")
    if credit.subject:
        met = next(m for m in result.minimums if m.minimum.subject == credit.subject)
        text = _("The %(code)s asks for %(asked)s hours of its own; with this one it has %(have)s.") % {
            "code": names.codes.get(credit.subject, credit.subject),
            "asked": said(hours(met.minimum.hundredths)),
            "have": said(hours(met.hundredths)),
        }
        other = [names.codes.get(s, s) for key, s in credit.could if s and key == credit.cycle]
        if other:
            text += " " + _("Counted for the %(codes)s instead, it would save no hour.") % {
                "codes": words.joined(other, "or")
            }
        return text
    shares = [_part(m, names).words for m in result.minimums if m.minimum.is_share_of(credit.activity)]
    if shares:
        return _("Counts toward the total, and toward the hours %(what)s.") % {"what": words.joined(shares)}
    return _("Counts toward the total; no minimum asks for it.")


def _left_out(ledger: Ledger, row: RenewalCycle, cycle, allocation: Allocation) -> Iterator[CreditLine]:
    """What was logged for the body around this cycle and counts in none, with the reason."""
    for key, first in allocation.repeats.items():
        course = ledger.courses[key]
        if cycle.takes(next(a for a in ledger.activities(row.body_id) if a.key == key)):
            yield CreditLine(
                course, _("nowhere"),
                _("The same course as on %(day)s: each counts once. If it was another one, say so in its title.")
                % {"day": f"{first.day:%B %-d, %Y}"},
            )  # fmt: skip
    for activity in allocation.outside:
        course = ledger.courses[activity.key]
        near = dt.timedelta(days=183)
        if row.starts_on - near <= activity.day < row.starts_on and ledger.before(row) is None:
            yield CreditLine(
                course, _("nowhere"),
                _("Taken before the cycle began on %(day)s: nothing from before the certification counts.")
                % {"day": f"{row.starts_on:%B %-d, %Y}"},
            )  # fmt: skip
        elif activity.day > row.ends_on:
            yield CreditLine(
                course, _("nowhere yet"),
                _("Taken after the cycle ended. Note the renewal, and it counts in the next one."),
            )  # fmt: skip


def _say_changes(ledger: Ledger, row: RenewalCycle, line: CycleLine, names: _Names) -> None:
    """What another rule will ask of the same certifications, where it is in force by the next cycle."""
    first = row.ends_on + ONE_DAY
    coming = in_force(ledger.rules[row.body.slug], first)
    if coming is None or not coming.is_other_than(line.rule):
        return
    span = Span(first, coming.last_day(first), dict.fromkeys(ledger.joined(row), first))
    before = line.rule.demand(Span(span.first, line.rule.last_day(first), span.joined))
    after = coming.demand(span)
    if before.hours != after.hours:
        line.changes.append(
            _("%(new)s hours instead of %(old)s.") % {"new": said(after.hours), "old": said(before.hours)}
        )
    for minimum in after.minimums:
        if minimum not in before.minimums:
            part = _part(Met(minimum, 0), names)
            line.changes.append(
                _("New: %(hours)s of them %(what)s.") % {"hours": said(part.asked), "what": part.words}
            )
    for minimum in before.minimums:
        if minimum not in after.minimums:
            part = _part(Met(minimum, 0), names)
            line.changes.append(
                _("No longer asked: %(hours)s %(what)s.") % {"hours": said(part.asked), "what": part.words}
            )
    for text in line.rule.params.get("unchecked", ()):
        if text not in coming.params.get("unchecked", ()):
            line.changes.append(_("No longer in the rule: %(what)s.") % {"what": text})
    for text in coming.params.get("unchecked", ()):
        if text not in line.rule.params.get("unchecked", ()):
            line.changes.append(f"{text}.")
    line.changes_from = first if line.changes else None


def _past(ledger: Ledger) -> Iterator[PastCycle]:
    """Closed cycles, the newest first, each with the break that followed it."""
    for row in sorted(ledger.closed(), key=lambda r: r.ends_on, reverse=True):
        following = [
            other
            for other in ledger.rows.values()
            if (other.body_id, other.certification_id) == (row.body_id, row.certification_id)
            and other.starts_on > row.ends_on
        ]
        after_break = following and following[0].starts_on > row.ends_on + ONE_DAY
        codes = [member.credential.certification.code for member in ledger.members[row.pk]]
        yield PastCycle(
            row,
            words.joined(codes),
            hours(ledger.earned(row)),
            following[0].starts_on - ONE_DAY if after_break else None,
        )


def _events(ledger: Ledger, cycles: list[CycleLine], others: list[HeldLine]) -> Iterator[Event]:
    day = ledger.day
    for line in cycles:
        anchor = f"cycle-{line.row.pk}"
        if line.counts_hours and line.further:
            what = ngettext(
                "%(name)s due: %(hours)s more hour",
                "%(name)s due: %(hours)s more hours",
                line.further_count,
            ) % {"name": line.name, "hours": said(line.further)}
        elif line.counts_hours:
            what = _("%(name)s due: all hours are there") % {"name": line.name}
        else:
            what = _("%(name)s due: an examination") % {"name": line.name}
        yield Event(line.row.ends_on, what, line.row.ends_on < day, anchor)
        if line.submit_from and line.submit_from > day:
            yield Event(
                line.submit_from,
                _("%(name)s: the hours can be submitted from here on") % {"name": line.name},
                False,
                anchor,
            )
        if line.state == State.IN_GRACE:
            until = line.row.ends_on + dt.timedelta(days=line.rule.grace_days)
            yield Event(until, _("%(name)s: the grace ends") % {"name": line.name}, until < day, anchor)
        if line.changes_from:
            yield Event(
                line.changes_from,
                _("%(body)s: another rule") % {"body": line.row.body},
                False,
                f"{anchor}-rule",
            )
    for line in others:
        if line.state == State.PLANNED and line.credential.planned_on:
            planned = line.credential.planned_on
            yield Event(
                planned,
                _("Exam planned: %(code)s") % {"code": line.credential.certification.code},
                planned < day,
            )
