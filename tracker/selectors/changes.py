"""Why a gap changed between two days: what entered, left, was changed or removed, and the rule, each by its effect.

The first day is told as it was known on that day, the last one as we know it today. The effect of one thing is how
much the figure would differ had only that thing not happened: of what entered or was changed, the last day's figure; of
what left, the first day's. What remains is the passing of time itself, and what these do together.
"""

import datetime as dt
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext as _

from curriculum.conditions import Leaf, in_words
from curriculum.models import Milestone, MilestoneVersion
from tracker import wording
from tracker.evaluation.compare import MET, judge_leaf
from tracker.evaluation.context import Context, load_context
from tracker.evaluation.profile import profile_of
from tracker.evaluation.queries import fetch, record_model
from tracker.measures import get_measure
from tracker.models import Coder, Record

from .as_it_was import Key, as_they_were, touched_since
from .records import listed_records

MOST = 40  # of so many things that entered or left, each is told with its own effect


@dataclass(frozen=True)
class Item:
    """One thing that happened. `effect` is in the measure's unit; None where without it there was nothing to go on."""

    what: str
    what_label: str
    record: Record | None
    text: str
    effect: float | None
    effect_text: str


@dataclass(frozen=True)
class ConditionChange:
    in_words: str
    before: str
    after: str
    met_before: bool
    met_after: bool
    total_text: str
    items: list[Item]
    rest_text: str


@dataclass(frozen=True)
class Changes:
    since: dt.date
    until: dt.date
    rule_before: str
    rule_after: str
    conditions: list[ConditionChange]

    @property
    def rule_changed(self) -> bool:
        return self.rule_before != self.rule_after


LABELS = {
    "entered": lambda: _("entered"),
    "left": lambda: _("left the window"),
    "changed": lambda: _("changed"),
    "removed": lambda: _("removed"),
    "rule": lambda: _("rule changed"),
}


def changes_of(user, coder: Coder, milestone: Milestone, since: dt.date, until: dt.date) -> Changes:
    """What moved one of the user's own gaps. The number of queries grows with what happened, up to 2 MOST things."""
    coder = Coder.objects.select_related("user", "track").get(pk=coder.pk)
    old, new = (_version(milestone, day) for day in (since, until))
    before, after = (list(version.rule.leaves()) if version else [] for version in (old, new))
    teller = _Teller(user, coder, since, until)
    pairs = [(before[i] if i < len(before) else None, leaf) for i, leaf in enumerate(_needs(after, new))]
    same = [(one if one and one.measure == other.measure else None, other) for one, other in pairs]
    return Changes(
        since=since,
        until=until,
        rule_before=in_words(old.rule.needs) if old else "",
        rule_after=in_words(new.rule.needs) if new else "",
        conditions=[teller.tell(one or other, other) for one, other in same],
    )


def _needs(leaves: list[Leaf], version: MilestoneVersion | None) -> list[Leaf]:
    """Without those that only say to whom it applies, which come last."""
    applies = version.rule.applies_if if version else None
    return leaves[: len(leaves) - _count(applies)] if applies else leaves


def _count(node) -> int:
    return 1 if isinstance(node, Leaf) else sum(map(_count, node.of))


def _version(milestone: Milestone, day: dt.date) -> MilestoneVersion | None:
    return milestone.versions.filter(valid_from__lte=day).order_by("-no").first()


class _Teller:
    """Tells the changes of one coder's conditions; what both share is read once."""

    def __init__(self, user, coder: Coder, since: dt.date, until: dt.date):
        self.user, self.coder, self.since, self.until = user, coder, since, until
        self.contexts = {day: load_context(day) for day in (since, until)}
        zone = zoneinfo.ZoneInfo(coder.user.time_zone)
        self.moment = dt.datetime.combine(since + dt.timedelta(days=1), dt.time(), zone)

    def tell(self, old: Leaf, new: Leaf) -> ConditionChange:
        new_keys, changed = touched_since(self.coder, self._kinds(old, new), self.moment)
        with as_they_were(self.coder, changed, self.moment):
            first, met_before = self._measured(old, self.since, new_keys)
            had = self._keys(old, self.since) - new_keys
        last, met_after = self._measured(new, self.until)
        has = self._keys(new, self.until)
        items = [
            self._item("entered", key, self._owed(new, {key}, last)) for key in _newest(has - had - changed)
        ]
        with as_they_were(self.coder, changed, self.moment):
            gone = _newest(had - has - changed)
            lost = [
                (key, _minus(self._measured(old, self.since, new_keys | {key})[0], first)) for key in gone
            ]
        items += [self._item("left", key, effect) for key, effect in lost]
        for key in sorted(changed & (had | has), key=_order):
            with as_they_were(self.coder, [key], self.moment):
                without = self._measured(new, self.until)[0]
            if key not in has or without != last:
                items.append(self._item("changed" if key in has else "removed", key, _minus(last, without)))
        if old.key != new.key:
            effect = _minus(last, self._measured(old, self.until)[0])
            text = _("from “%(old)s” to “%(new)s”") % {"old": in_words(old), "new": in_words(new)}
            items.append(self._line("rule", None, text, effect))
        return self._told(new, (first, met_before), (last, met_after), items)

    def _told(self, leaf: Leaf, before, after, items: list[Item]) -> ConditionChange:
        total = _minus(after[0], before[0])
        known = [item.effect for item in items if item.effect is not None]
        rest = None if total is None or len(known) < len(items) else total - sum(known)
        return ConditionChange(
            in_words=wording.sentence(in_words(leaf)),
            before=wording.amount(leaf, before[0]) or _("nothing to go on"),
            after=wording.amount(leaf, after[0]) or _("nothing to go on"),
            met_before=before[1],
            met_after=after[1],
            total_text=_effect(leaf, total),
            items=sorted(items, key=lambda item: -abs(item.effect or 0)),
            rest_text=_effect(leaf, rest) if rest is not None and abs(rest) >= 0.005 else "",
        )

    def _owed(self, leaf: Leaf, keys: set[Key], last: float | None) -> float | None:
        return _minus(last, self._measured(leaf, self.until, keys)[0])

    def _item(self, what: str, key: Key, effect: float | None) -> Item:
        model, pk = key
        record = listed_records(self.user, model, with_removed=True).filter(pk=pk).first()
        return self._line(what, record, record.headline() if record else "", effect)

    def _line(self, what: str, record, text: str, effect: float | None) -> Item:
        shown = "" if effect is None else f"{effect:+,.2f}"
        return Item(what, LABELS[what](), record, text, effect, shown)

    def _measured(self, leaf: Leaf, day: dt.date, without: Iterable[Key] = ()) -> tuple[float | None, bool]:
        """The figure and whether it is met, without some records."""
        by_model: dict[type, set[int]] = {}
        for model, pk in without:
            by_model.setdefault(model, set()).add(pk)

        def only(source):
            left_out = by_model.get(record_model(source), ())
            return ~Q(**{f"{source.path('pk')}__in": left_out}) if left_out else Q()

        context: Context = self.contexts[day]
        data = fetch({leaf}, np.array([self.coder.pk], np.int64), day, only)
        data.context = context
        data.profile = profile_of(data, context, {self.coder.pk: self.coder})
        measurement = get_measure(leaf.measure).read(leaf, data, False)
        value = float(measurement.value[0])
        status = judge_leaf(leaf, measurement, measurement).status[0]
        return (None if np.isnan(value) else value), bool(status == MET)

    def _kinds(self, *leaves: Leaf) -> set[type[Record]]:
        found = set()
        for leaf in leaves:
            for source in self._sources(leaf, self.until):
                found.add(record_model(source))
        return found

    def _sources(self, leaf: Leaf, day: dt.date) -> dict:
        """By source of records, what the measure looks at; a source without columns is looked at row by row."""
        measure, found = get_measure(leaf.measure), {}
        for column in measure.columns(leaf, day, attested=False):
            where = column.where or Q(pk__isnull=False)
            found[column.source] = found[column.source] | where if column.source in found else where
        for source in measure.sources(leaf):
            found.setdefault(source, Q(pk__isnull=False))
        return {s: where for s, where in found.items() if s.is_record and issubclass(record_model(s), Record)}

    def _keys(self, leaf: Leaf, day: dt.date) -> set[Key]:
        keys: set[Key] = set()
        for source, where in self._sources(leaf, day).items():
            model = record_model(source)
            dated = Q(**{f"{source.path(model.DATE)}__lte": day})
            rows = source.model.objects.filter(
                source.countable, where, dated, **{source.coder: self.coder.pk}
            )
            keys |= {(model, pk) for pk in rows.values_list(source.path("pk"), flat=True)}
        return keys


def _order(key: Key) -> tuple[str, int]:
    return key[0].__name__, key[1]


def _newest(keys: set[Key]) -> list[Key]:
    """The last of them by their numbers, at most MOST: what is beyond is told in the rest."""
    return sorted(keys, key=_order, reverse=True)[:MOST]


def _minus(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else round(one - other, 6)


def _effect(leaf: Leaf, effect: float | None) -> str:
    if effect is None:
        return ""
    if leaf.unit == "percent":
        return _("%(effect)s percentage points") % {"effect": f"{effect:+,.2f}"}
    return f"{effect:+,.2f} {leaf.unit}".strip()
