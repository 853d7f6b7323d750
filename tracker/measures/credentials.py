"""Credentials held and lapsed, apprentice status, and continuing education on pace."""

import datetime as dt
from collections import defaultdict

import numpy as np
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from curriculum import words
from curriculum.legacy import legacy_slugs
from curriculum.models import CertificationStatus, Family
from curriculum.renewals import HUNDREDTHS, Span
from tracker.models import CreditPin, CycleCredential
from tracker.models.records import ATTESTED, ContinuingEducation, Credential
from tracker.renewals.hours import Activity, Cycle, course_key, earned

from .base import (
    Column,
    Measure,
    Measurement,
    Source,
    Working,
    amount_of,
    counted,
    listed,
    measure,
    named,
    percent_of,
)

CREDENTIALS = Source("credentials", Credential)
# Cycles with who is in them: the same rows as the page of the credentials reads (selectors/credentials.py).
CYCLES = Source(
    "renewal cycles", CycleCredential, record="credential",
    group=(
        "cycle_id", "cycle__body__slug", "cycle__rule_id", "cycle__starts_on", "cycle__ends_on", "slug", "joined_on",
        "credential__provenance",
    ),
    named={"slug": Coalesce("credential__certification__apprentice_of__slug", "credential__certification__slug")},
)  # fmt: skip
ACTIVITIES = Source(
    "continuing education", ContinuingEducation,
    group=("bodies__slug", "completed_on", "hours", "pk", "index_number", "title", "provider", "provenance"),
)  # fmt: skip
PINS = Source("pinned hours", CreditPin, record="activity", group=("body__slug", "activity_id", "cycle_id"))
ONE_DAY = dt.timedelta(days=1)
FAMILIES = {
    Family.CORE: "core coding",
    Family.SPECIALTY: "a specialty",
    Family.AUDIT: "auditing",
    Family.PAYER: "payer coding",
    Family.HIM: "HIM",
    Family.CDI: "documentation improvement",
    Family.EDUCATION: "teaching",
}


def _earned(as_of: dt.date) -> Q:
    return Q(earned_on__lte=as_of)


def _active(as_of: dt.date) -> Q:
    return _earned(as_of) & (Q(expires_on__isnull=True) | Q(expires_on__gte=as_of))


class CredentialCount(Measure):
    unit, kind, holds, windowed = "credentials", Credential.KIND, True, False

    def column(self, name: str, where: Q, attested: bool) -> Column:
        """Certifications, each once however often it was renewed; a CPC-A and the CPC it becomes are one."""
        if attested:
            where &= CREDENTIALS.attested
        certification = Coalesce("certification__apprentice_of_id", "certification_id")
        return Column(
            CREDENTIALS, f"{name}:{attested}", Count(certification, filter=where, distinct=True), where
        )


@measure
class CredentialsHeld(CredentialCount):
    """Certifications active now. With `beyond_first`, one of all that are held is set aside as the first."""

    slug, title = "credentials", "credentials held"
    params = {
        "any_of": None,
        "families": tuple(f.value for f in Family),
        "bodies": None,
        "beyond_first": (True,),
    }

    def noun(self, leaf):
        beyond = " beyond your first" if leaf.params.get("beyond_first") else ""
        by = f" from {named(leaf, 'bodies')}" if listed(leaf, "bodies") else ""
        codes, of = self._of(leaf)
        if codes and not of and leaf.target == 1 and leaf.comparator == ">=":
            return f"an active {codes}{beyond}{by}"
        return amount_of(leaf, f"active credentials{beyond}{by}{of}", f"active credential{beyond}{by}{of}")

    def wanted(self, leaf):
        """Without those that nobody is sent to: apprentice forms come by themselves, legacy ones are no more."""
        codes = [
            slug.upper()
            for slug in listed(leaf, "any_of")
            if not slug.endswith("-a") and slug not in legacy_slugs()
        ]
        if leaf.params.get("beyond_first") or listed(leaf, "families") or not codes:
            return ("another credential" if leaf.params.get("beyond_first") else "a credential") + self._of(
                leaf
            )[1]
        return f"the {words.joined(codes, 'or')}"

    def _of(self, leaf) -> tuple[str, str]:
        """The one code there is, or else which ones in brackets."""
        codes = [slug.upper() for slug in listed(leaf, "any_of")]
        families = [FAMILIES.get(family, Family(family).label) for family in listed(leaf, "families")]
        if len(codes) == 1 and not families:
            return codes[0], ""
        if families:
            one_in = f"one in {words.joined(families, 'or')}"
            return "", f" ({', '.join([*codes, 'or ' + one_in] if codes else [one_in])})"
        return "", f" ({words.joined(codes, 'or')})" if codes else ""

    def _matching(self, leaf, as_of) -> Q:
        named = Q()
        if slugs := listed(leaf, "any_of"):
            # Once the apprentice status is removed, a CPC-A is a CPC.
            named |= Q(certification__slug__in=slugs)
            named |= Q(certification__apprentice_of__slug__in=slugs, apprentice_cleared_on__lte=as_of)
        if families := listed(leaf, "families"):
            named |= Q(certification__family__in=families)
        if bodies := listed(leaf, "bodies"):
            named &= Q(certification__body__slug__in=bodies)
        return named

    def columns(self, leaf, as_of, attested):
        where, key = self._matching(leaf, as_of), f"{sorted((k, str(v)) for k, v in leaf.params.items())}"
        columns = [
            self.column(f"held:{key}", _active(as_of) & where, attested),
            self.column(f"ever:{key}", _earned(as_of) & where, attested),
        ]
        if leaf.params.get("beyond_first"):  # only then does it matter what else is held
            columns.append(self.column("held:all", _active(as_of), attested))
        return columns

    def read(self, leaf, data, attested):
        held, ever, *every = map(data.column, self.columns(leaf, data.as_of, attested))
        ran_out = ever > held
        if every:
            held = np.minimum(held, np.maximum(every[0] - 1, 0))
        measurement = counted(held)
        measurement.ran_out = ran_out
        return measurement


@measure
class CredentialsLapsed(CredentialCount):
    """Certifications earned once and not active now. Legacy ones aside: those cannot be renewed any more, and holders
    keep credit (domain 1.7, row 12). Aside, too, what another one replaced that is active (an RHIT by the RHIA)."""

    slug, title, holds = "credentials_lapsed", "lapsed credentials", False

    def noun(self, leaf):
        return amount_of(leaf, "lapsed credentials", "lapsed credential")

    def columns(self, leaf, as_of, attested):
        offered = ~Q(certification__status=CertificationStatus.LEGACY)
        newer = Credential.objects.counted().filter(
            _active(as_of), coder=OuterRef("coder"), certification=OuterRef("certification__replaced_by")
        )
        owed = offered & (Q(certification__replaced_by__isnull=True) | ~Q(Exists(newer)) | _active(as_of))
        return [
            self.column("ever:offered", _earned(as_of) & owed, attested),
            self.column("held:offered", _active(as_of) & offered, attested),
            self.column("ever:all", _earned(as_of), attested),
        ]

    def read(self, leaf, data, attested):
        offered, active, ever = map(data.column, self.columns(leaf, data.as_of, attested))
        return Measurement(np.where(ever > 0, offered - active, np.nan))


@measure
class Apprentice(CredentialCount):
    slug, title = "apprentice", "apprentice credentials"
    params = {"state": ("held", "cleared", "pending")}
    required = ("state",)
    WORDS = {
        "held": ("apprentice credentials (CPC-A or COC-A)", "apprentice credential (CPC-A or COC-A)"),
        "cleared": ("apprentice credentials whose status is removed", "apprentice credential whose status is removed"),
        "pending": ("apprentice credentials whose status is not removed yet",
                    "apprentice credential whose status is not removed yet"),
    }  # fmt: skip

    def noun(self, leaf):
        state = leaf.params["state"]
        if state == "cleared" and leaf.comparator == ">=" and leaf.target == 1:
            return "the apprentice status (the A of a CPC-A or COC-A) removed"
        return amount_of(leaf, *self.WORDS[state])

    def columns(self, leaf, as_of, attested):
        state = leaf.params["state"]
        where = _earned(as_of) & Q(certification__apprentice_of__isnull=False)
        if state != "held":
            cleared = Q(apprentice_cleared_on__lte=as_of) | Q(Exists(self._became(as_of, attested)))
            where &= cleared if state == "cleared" else ~cleared
        held = _earned(as_of) & Q(certification__apprentice_of__isnull=False)
        return [
            self.column(f"apprentice:{state}", where, attested),
            self.column("apprentice:held", held, attested),
        ]

    def _became(self, as_of, attested):
        """The full credential, logged as one of its own instead of as the day on which the status was removed."""
        full = Credential.objects.counted().filter(
            _earned(as_of),
            coder=OuterRef("coder"),
            certification=OuterRef("certification__apprentice_of"),
            earned_on__gte=OuterRef("earned_on"),
        )
        return full.filter(CREDENTIALS.attested) if attested else full

    def read(self, leaf, data, attested):
        """None of those that are held is a measured zero; without any held there is nothing to measure."""
        numbers, held = map(data.column, self.columns(leaf, data.as_of, attested))
        return Measurement(np.where(held > 0, numbers, np.nan))


class RenewalMeasure(Measure):
    """Reads the renewal cycles that run on the day, each under the rule that it is bound by."""

    kind, windowed = ContinuingEducation.KIND, False

    def sources(self, leaf):
        return [CYCLES]

    def cycles(self, data):
        """Yield (coder's index, cycle, whether all credentials in it are attested)."""
        index, rows = data.rows(CYCLES)
        joined, about = defaultdict(dict), {}
        attested = defaultdict(lambda: True)
        columns = (rows[name] for name in CYCLES.group)
        for i, key, _body, rule, first, last, slug, since, provenance in zip(index, *columns, strict=True):
            if first <= data.as_of <= last and since <= data.as_of and rule in data.context.renewal_rules:
                about[key] = (int(i), data.context.renewal_rules[rule], first, last)
                joined[key][slug] = min(since, joined[key].get(slug, since))
                attested[key] &= provenance in ATTESTED
        for key, (i, rule, first, last) in about.items():
            yield i, Cycle(key, rule, Span(first, last, joined[key]), follows=first - ONE_DAY), attested[key]


@measure
class CycleCount(RenewalMeasure):
    slug, title, unit = "ce_cycles", "renewal cycles running", "cycles"

    def noun(self, leaf):
        return amount_of(
            leaf,
            "running renewal cycles that count continuing education",
            "running renewal cycle that counts continuing education",
        )

    def read(self, leaf, data, attested):
        running = np.zeros(data.size)
        for i, cycle, all_attested in self.cycles(data):
            running[i] += cycle.rule.counts_hours and (all_attested or not attested)
        return counted(running)


@measure
class ContinuingEducationPace(RenewalMeasure):
    """Hours earned in the running cycle over the hours due by today, in percent; the body that is furthest behind.

    Attested it is only where every credential of every cycle is, and where something attested was earned once anything
    is due: that nobody attested an hour is no evidence that none was earned.
    """

    slug, title = "ce_pace", "continuing education on pace"

    def noun(self, leaf):
        return f"{percent_of(leaf)} of the continuing-education hours due by today"

    def sources(self, leaf):
        return [CYCLES, ACTIVITIES, PINS]

    def columns(self, leaf, as_of, attested):
        """Which records the figure rests on; the sum itself goes by the cycle."""
        where = ACTIVITIES.attested if attested else Q()
        return [Column(ACTIVITIES, f"hours:{attested}", Sum("hours", filter=where), where)]

    def read(self, leaf, data, attested):
        activities, pins = self.activities(data, attested), self.pins(data)
        pace, unknown = np.full(data.size, np.inf), np.zeros(data.size, bool)
        for i, cycle, all_attested in self.cycles(data):
            if not cycle.rule.counts_hours:
                continue
            due = cycle.rule.due(cycle.span, data.as_of)
            hundredths = earned(cycle, activities[i, cycle.rule.body], data.as_of, pins[cycle.rule.body])
            unknown[i] |= attested and not (all_attested and (hundredths or not due))
            # Before anything is due, one is on pace.
            pace[i] = min(pace[i], 100 * hundredths / (due * HUNDREDTHS) if due > 0 else 100.0)
        return Measurement(np.where(np.isinf(pace) | unknown, np.nan, np.floor(pace)))

    def workings(self, leaf, data, i):
        activities, pins, lines = self.activities(data, attested=False), self.pins(data), []
        for place, cycle, _attested in self.cycles(data):
            rule, span = cycle.rule, cycle.span
            if place != i or not rule.counts_hours:
                continue
            due = rule.due(span, data.as_of)
            hours = earned(cycle, activities[i, rule.body], data.as_of, pins[rule.body]) / HUNDREDTHS
            what = _("%(body)s, cycle from %(first)s to %(last)s") % {
                "body": words.name(rule.body), "first": f"{span.first:%B %-d, %Y}", "last": f"{span.last:%B %-d, %Y}",
            }  # fmt: skip
            how = _("%(hours)s hours earned ÷ %(due)s due by the day") % {"hours": f"{hours:g}", "due": due}
            lines.append(Working(what, how, f"{100 * hours / due:.1f}%" if due > 0 else "100%"))
        return lines

    def activities(self, data, attested):
        index, rows = data.rows(ACTIVITIES)
        found = defaultdict(list)
        columns = (rows[name] for name in ACTIVITIES.group)
        for i, body, day, hours, key, number, title, provider, provenance in zip(
            index, *columns, strict=True
        ):
            if not attested or provenance in ATTESTED:
                course = course_key(number, title, provider)
                found[int(i), body].append(Activity(key, day, int(hours * HUNDREDTHS), course))
        return found

    def pins(self, data) -> dict[str, dict[int, int]]:
        """By body, the cycle of each activity that is pinned to one."""
        _, rows = data.rows(PINS)
        found = defaultdict(dict)
        for body, activity, cycle in zip(*(rows[name] for name in PINS.group), strict=True):
            found[body][activity] = cycle
        return found
