"""Keeping renewal cycles in step with credentials, renewing them, and pinning hours to them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from curriculum.models import RenewalRuleVersion
from curriculum.renewal_rules import every_version, newest_of
from curriculum.renewals import Rule, in_force
from tracker.models import (
    ClosedAs,
    Coder,
    ContinuingEducation,
    Credential,
    CreditPin,
    CycleCredential,
    OpenedFrom,
    RenewalCycle,
)
from tracker.permissions import require_change
from tracker.renewals.cycles import Change, Held, Known, change_for, members
from tracker.selectors.renewals import allocation_for, cycles_open_to

from .records import save_record
from .staleness import mark_stale


def keep_cycles(coder_ids: Iterable[int]) -> None:
    """Bring coders' cycles in step with their credentials, in the current transaction. Twice changes nothing.

    Each body's credentials that renew together are in one open cycle; what ran out without a renewal keeps its cycle, so
    that it stays visible. A running cycle goes by the version of the rule that it was opened under, in whom it takes together
    too; the newest is for what opens. A fixed number of queries to look, and a few for each cycle that changes.
    """
    with transaction.atomic(savepoint=False):
        coders = {c.pk: c for c in _locked(coder_ids)}
        by_body = defaultdict(list)
        versions = {rule.pk: rule for rule in every_version()}
        for rule in newest_of(versions.values()):
            by_body[rule.body].append(rule)
        credentials = _credentials(coders)
        cycles = _cycles(coders)
        regrouped = set()
        for key, group in _groups(credentials, by_body, cycles).items():
            rules = by_body[group[0].certification.body.slug]
            if not _keep(coders[key[0]], group, cycles.pop(key, []), rules, versions):
                regrouped.add(key[0])
        _leave([cycle for known in cycles.values() for cycle in known if cycle.is_open])
        if regrouped:
            keep_cycles(regrouped)


def _locked(coder_ids) -> list[Coder]:
    """The coders, so that two changes of one person's credentials wait for each other."""
    rows = Coder.objects.filter(pk__in=set(coder_ids)).order_by("pk").select_for_update(of=("self",))
    return list(rows.select_related("user"))


def _credentials(coders) -> list[Credential]:
    rows = Credential.objects.counted().filter(coder__in=coders, earned_on__isnull=False)
    rows = rows.filter(expires_on__isnull=False).order_by("pk")
    return list(rows.select_related("certification__body", "certification__apprentice_of"))


def _cycles(coders) -> dict[tuple, list[RenewalCycle]]:
    found = defaultdict(list)
    rows = RenewalCycle.objects.filter(coder__in=coders).order_by("starts_on").prefetch_related("members")
    rows = rows.select_related("rule__rule")
    for cycle in rows:
        found[cycle.coder_id, cycle.body_id, cycle.certification_id].append(cycle)
    return found


def _groups(credentials, by_body, cycles) -> dict[tuple, list[Credential]]:
    """Credentials that renew together, by (coder, body, certification or None for a body's common cycle)."""
    groups = defaultdict(list)
    running = {key for key, known in cycles.items() if any(cycle.is_open for cycle in known)}
    for credential in credentials:
        certification = credential.certification
        rules = by_body.get(certification.body.slug)
        if rules:
            common = credential.coder_id, certification.body_id, None
            alone = credential.coder_id, certification.body_id, certification.pk
            newest = common if rules[0].per_body else alone
            groups[next((key for key in (alone, common) if key in running), newest)].append(credential)
    return groups


def _keep(
    coder: Coder,
    group: list[Credential],
    known: list[RenewalCycle],
    rules: list[Rule],
    versions: dict[int, Rule],
) -> bool:
    """Return False where a cycle closed whose credentials the newest rule takes together otherwise: they have none yet."""
    held = [_held(credential) for credential in group]
    rule = in_force(rules, max(one.expires_on for one in held)) or rules[0]
    past = [
        Known(c.starts_on, c.ends_on, c.is_open, c.opened_from == OpenedFrom.LOGGED)
        for c in known
    ]  # fmt: skip
    bound = next((versions[c.rule_id] for c in known if c.is_open), None)
    change = change_for(rule, held, past, coder.today(), bound)
    if change.what == "next" and (_current(known).certification_id is None) != rules[0].per_body:
        _close(known, change)
        return False
    cycle = _APPLY[change.what](coder, group[0], known, rules, change)
    in_it = members(held, change.first, change.last, _replaced(rule, held, coder.today()))
    _set_members(cycle, in_it, known=change.what not in ("open", "next"))
    return True


def _held(credential: Credential) -> Held:
    certification = credential.certification
    full = certification.apprentice_of or certification
    return Held(credential.pk, full.slug, credential.earned_on, credential.expires_on)


def _replaced(rule: Rule, held: list[Held], today: dt.date) -> frozenset[str]:
    valid = {one.slug for one in held if one.expires_on >= today}
    return frozenset(old for new in valid for old in rule.replaces.get(new, ()))


def _binding(rules: list[Rule], first: dt.date) -> Rule:
    """The rule that binds a cycle: the one in force on its first day, or the oldest known one."""
    return in_force(rules, first) or min(rules, key=lambda rule: rule.valid_from or dt.date.min)


def _open(coder, credential, known, rules, change: Change) -> RenewalCycle:
    opened_from = OpenedFrom.LOGGED
    if change.what == "next":
        opened_from = OpenedFrom.REINSTATEMENT if change.after_break else OpenedFrom.RENEWAL
    return RenewalCycle.objects.create(
        coder=coder,
        body=credential.certification.body,
        certification=None if rules[0].per_body else credential.certification,
        rule_id=_binding(rules, change.first).pk,
        starts_on=change.first,
        ends_on=change.last,
        opened_from=opened_from,
    )


def _next(coder, credential, known, rules, change: Change) -> RenewalCycle:
    _close(known, change)
    return _open(coder, credential, known, rules, change)


def _close(known, change: Change) -> None:
    current = _current(known)
    current.closed_as = ClosedAs.LAPSED if change.after_break else ClosedAs.RENEWED
    current.save(update_fields=["closed_as"])


def _move(coder, credential, known, rules, change: Change) -> RenewalCycle:
    current = _current(known)
    current.starts_on, current.ends_on = change.first, change.last
    binding = _binding(rules, change.first)
    if binding.slug != current.rule.slug:  # else it stays with the version that it was opened under
        current.rule_id = binding.pk
    current.save(update_fields=["starts_on", "ends_on", "rule"])
    return current


def _back(coder, credential, known, rules, change: Change) -> RenewalCycle:
    """A renewal is taken back: the cycle that it opened goes, and the one before it is open again."""
    _current(known).delete()
    before = [cycle for cycle in known if not cycle.is_open][-1]
    before.closed_as = ClosedAs.OPEN
    before.save(update_fields=["closed_as"])
    return before


def _kept(coder, credential, known, rules, change: Change) -> RenewalCycle:
    return _current(known)


_APPLY = {"open": _open, "next": _next, "move": _move, "back": _back, "keep": _kept}


def _leave(cycles: list[RenewalCycle]) -> None:
    """Open cycles without any dates that would keep them: an end was taken back, or the certification was another one."""
    if cycles:
        gone = CycleCredential.objects.filter(cycle__in=cycles, credential__removed_at__isnull=True)
        gone.delete()
        RenewalCycle.objects.filter(pk__in=[cycle.pk for cycle in cycles], members=None).delete()


def _current(known: list[RenewalCycle]) -> RenewalCycle:
    return next(cycle for cycle in known if cycle.is_open)


def _set_members(cycle: RenewalCycle, wanted: dict[int, dt.date], *, known: bool) -> None:
    """Credentials that were removed keep their place: a removal can be undone, and who reads leaves them out."""
    stored = {member.credential_id: member for member in cycle.members.all()}
    for credential_id, joined_on in wanted.items():
        member = stored.pop(credential_id, None)
        if member is None:
            CycleCredential.objects.create(cycle=cycle, credential_id=credential_id, joined_on=joined_on)
        elif member.joined_on != joined_on:
            member.joined_on = joined_on
            member.save(update_fields=["joined_on"])
    CycleCredential.objects.filter(
        pk__in=[member.pk for member in stored.values()], credential__removed_at__isnull=True
    ).delete()


def renew(cycle: RenewalCycle, *, by, until: dt.date) -> RenewalCycle:
    """Note that a cycle's credentials were renewed until a day; return the cycle that this opens.

    The credentials are changed as if the coder had edited each (their history says so). What the renewal month's choice
    leaves to the new cycle is pinned there, so that it stays when the old one is closed.
    """
    require_change(by, cycle.coder)
    if not cycle.is_open:
        raise ValidationError(_("This cycle is closed already."))
    if until <= cycle.ends_on:
        raise ValidationError(
            {"until": _("It ends on %(day)s. Enter a later day.") % {"day": f"{cycle.ends_on:%B %-d, %Y}"}}
        )
    with transaction.atomic():
        renewed = list(_renewed_with(cycle))
        for credential in renewed:
            credential.coder = cycle.coder
            credential.expires_on = until
            save_record(credential, by=by, because=_("renewed"))
        opened = cycles_open_to(cycle.coder).filter(body=cycle.body, members__credential__in=renewed)
        opened = opened.exclude(pk=cycle.pk).first()
        if opened is None:
            raise ValidationError(
                {
                    "until": _(
                        "That is not a whole period later. Check the day, or correct the credential’s dates."
                    )
                }
            )
        if opened.opened_from == OpenedFrom.RENEWAL:
            _pin_what_is_left(cycle, opened)
    return opened


def _renewed_with(cycle: RenewalCycle):
    """The cycle's credentials that are still held; once it is over, those that ran to its end. What was let go stays so."""
    members = Credential.objects.current().filter(memberships__cycle=cycle, expires_on__lte=cycle.ends_on)
    held = members.filter(expires_on__gte=cycle.coder.today())
    return held if held else members.filter(expires_on=cycle.ends_on)


def _pin_what_is_left(closed: RenewalCycle, opened: RenewalCycle) -> None:
    allocation = allocation_for(closed.coder, [closed, opened])
    for result in allocation.results:
        if result.cycle.key == opened.pk:
            CreditPin.objects.bulk_create(
                [
                    CreditPin(activity_id=c.activity.key, body=opened.body, cycle=opened, by_coder=False)
                    for c in result.credits
                    if c.activity.day < opened.starts_on and not c.pinned
                ],
                ignore_conflicts=True,
            )


def pin(activity: ContinuingEducation, cycle: RenewalCycle, subject=None, *, by) -> None:
    """Let an activity count in a cycle, for a certification's subject or none, whatever the allocation would choose."""
    require_change(by, cycle.coder)
    if activity.coder_id != cycle.coder_id or cycle.body not in activity.bodies.all():
        raise ValidationError(_("These hours do not count for this body."))
    with transaction.atomic():
        CreditPin.objects.update_or_create(
            activity=activity, body=cycle.body,
            defaults={"cycle": cycle, "subject": subject, "by_coder": True},
        )  # fmt: skip
        mark_stale([cycle.coder_id])


def unpin(activity: ContinuingEducation, body, *, by) -> None:
    """Leave the choice to the allocation again."""
    require_change(by, activity.coder)
    with transaction.atomic():
        if CreditPin.objects.filter(activity=activity, body=body).delete()[0]:
            mark_stale([activity.coder_id])


def correct_rule(slug: str) -> int:
    """Let open cycles under an older version of a rule follow its newest one, which mends a mistake. Return their number."""
    newest = RenewalRuleVersion.objects.filter(rule__slug=slug).order_by("no").last()
    if newest is None:
        raise LookupError(slug)
    with transaction.atomic():
        wrong = RenewalCycle.objects.filter(rule__rule=newest.rule_id, closed_as="").exclude(rule=newest)
        coders = list(wrong.values_list("coder_id", flat=True).distinct())
        corrected = wrong.update(rule=newest)
        mark_stale(coders)
    return corrected
