"""What to say about the months to come, and how often what was said held. For the coder's own eyes."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Min
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tracker.forecast import grid
from tracker.forecast.pace import LEAST_EVENTS, LEAST_MONTHS
from tracker.models import Coder, Forecast, GapEvent, Status

REASONS = {
    "nothing": gettext_lazy("nothing of the kind is logged yet"),
    "too_short": gettext_lazy("there are fewer than %(months)s months of it so far"),
    "too_few": gettext_lazy("there are fewer than %(events)s of it so far"),
    "paused": gettext_lazy("nothing was logged for longer than your pace explains: a pause has no pace"),
    "changed": gettext_lazy("your pace changed less than %(months)s months ago"),
    "no_plan": gettext_lazy("no exam is planned: log the credential with the day you plan for it"),
    "overdue": gettext_lazy("the day planned for the exam has passed: log how it went, or a new day"),
    "not_paced": gettext_lazy("it is done once, not at a pace: nothing you logged says when"),
    "not_running": gettext_lazy("only time closes it, and it is not running: log the position or specialty you work in now"),
}  # fmt: skip


def reason_words(reason: str) -> str:
    """Why no date can be named, to follow "because"; empty for no reason."""
    if not reason:
        return ""
    return str(REASONS[reason]) % {"months": LEAST_MONTHS, "events": int(LEAST_EVENTS)}


@dataclass(frozen=True)
class When:
    """A distribution in three dates, or why there is none. None of the three: it is beyond what is looked at."""

    p10: dt.date | None = None
    p50: dt.date | None = None
    p90: dt.date | None = None
    reason: str = ""

    @classmethod
    def of(cls, row: Forecast) -> "When":
        return cls(row.p10, row.p50, row.p90, row.reason)

    @property
    def month(self) -> str:
        """The middle of the range, as a month; empty without one."""
        return month_words(self.p50) if self.p50 else ""

    @property
    def range(self) -> str:
        """The 80% range in words; empty where it is one month, or none."""
        if self.p10 and self.p90:
            if _month(self.p10) == _month(self.p90):
                return ""
            return _("80%% range: %(first)s to %(last)s") % {
                "first": month_words(self.p10), "last": month_words(self.p90),
            }  # fmt: skip
        if self.p10:
            return _("%(first)s at the earliest; a latest month cannot be named") % {
                "first": month_words(self.p10)
            }
        return ""

    @property
    def in_words(self) -> str:
        """One sentence, whatever there is to say."""
        if self.reason:
            return _("Cannot say yet, because %(reason)s.") % {"reason": reason_words(self.reason)}
        if self.p50 and self.p90:
            if not self.range:
                return _("Expected in %(month)s.") % {"month": self.month}
            return _("Expected in %(month)s (%(range)s).") % {"month": self.month, "range": self.range}
        if self.p50:
            return _("Even odds by %(month)s (%(range)s).") % {"month": self.month, "range": self.range}
        if self.p10:
            return _("Less likely than not at the present pace (%(range)s).") % {"range": self.range}
        return _("Not within %(years)s years at the present pace.") % {"years": grid.HORIZON // 12}


def month_words(day: dt.date) -> str:
    return date_format(day, "F Y")


def _month(day: dt.date) -> tuple[int, int]:
    return day.year, day.month


@dataclass(frozen=True)
class PromotionLine:
    """When the target's musts are all met. `when` is about the musts of which something can be said; `unsaid` are the
    others, each (slug, name, why); `decided_by` is the slug and name of the gap most likely to be the last."""

    when: When | None
    decided_by: tuple[str, str] | None
    unsaid: list[tuple[str, str, str]]
    made_on: dt.date
    musts_open: int

    @property
    def can_say(self) -> bool:
        return not self.unsaid and self.when is not None


class Said:
    """What was said last of a coder: the stored rows (one query, when first asked), or `rows` made just now."""

    def __init__(self, coder: Coder, rows: Iterable[Forecast] | None = None):
        self._coder, self._made = coder, rows

    @cached_property
    def rows(self) -> dict[str, Forecast]:
        stored = Forecast.objects.filter(coder=self._coder).order_by("-month")[:MOST_ROWS]
        newest: dict[str, Forecast] = {}
        for row in stored if self._made is None else self._made:
            newest.setdefault(row.what, row)
        return newest

    def when(self, slug: str) -> When | None:
        row = self.rows.get(slug)
        return When.of(row) if row else None

    def promotion(self, open_musts: Mapping[str, str]) -> PromotionLine | None:
        """For the musts that are open now (name by slug); None where nothing was said of them yet."""
        whole = self.rows.get(Forecast.PROMOTION)
        if whole is None or not open_musts:
            return None
        part = self.rows.get(Forecast.PART) if whole.reason else whole
        if part is not None and part.month != whole.month:
            part = None
        decided = part.decided_by if part and part.decided_by in open_musts else ""
        return PromotionLine(
            when=When.of(part) if part else None,
            decided_by=(decided, open_musts[decided]) if decided else None,
            unsaid=[
                (slug, name, reason_words(self.rows[slug].reason))
                for slug, name in open_musts.items()
                if slug in self.rows and self.rows[slug].reason
            ],
            made_on=whole.made_on,
            musts_open=len(open_musts),
        )


# More than the newest month of everything, and few enough for a page.
MOST_ROWS = 200


# --- How often it held ---


@dataclass(frozen=True)
class Record:
    """How many 80% ranges have come due, how many of them held, and how many are still open."""

    held: int
    missed: int
    pending: int

    @property
    def due(self) -> int:
        return self.held + self.missed

    @property
    def in_words(self) -> str:
        if not self.due and not self.pending:
            return _("Nothing that has a range was said yet.")
        pending = ngettext("%(n)s is still open", "%(n)s are still open", self.pending) % {"n": self.pending}
        if not self.due:
            return _("No range of yours has come due yet; %(pending)s.") % {"pending": pending}
        return _("%(held)s of %(due)s ranges of yours that have come due held; %(pending)s.") % {
            "held": self.held, "due": self.due, "pending": pending,
        }  # fmt: skip


def track_record(coder: Coder) -> Record:
    """Of all ranges with two ends that were ever said of the coder's gaps. Two queries.

    Held: the gap was first met, after it was said, in a month of the range. A range whose last month has passed without
    that did not hold. What was said in the month in which it closed is no forecast, and left out.
    """
    rows = Forecast.objects.filter(coder=coder, p10__isnull=False, p90__isnull=False).exclude(
        what__in=(Forecast.PROMOTION, Forecast.PART)
    )
    met = (
        GapEvent.objects.filter(coder=coder, new_status=Status.MET)
        .values("milestone_version__milestone__slug", "day")
        .annotate(first=Min("pk"))
    )
    days: dict[str, list[dt.date]] = {}
    for event in met:
        days.setdefault(event["milestone_version__milestone__slug"], []).append(event["day"])
    return judge([(row.made_on, row.p10, row.p90, days.get(row.what, [])) for row in rows], coder.today())


def judge(said: Iterable[tuple[dt.date, dt.date, dt.date, list[dt.date]]], today: dt.date) -> Record:
    """Pure: (said on, first and last day of the range, days on which the thing came to be met)."""
    held = missed = pending = 0
    for made_on, first, last, days in said:
        after = sorted(day for day in days if day > made_on)
        came = after[0] if after else None
        if came and _month(came) == _month(made_on):
            continue
        if came:
            inside = _month(first) <= _month(came) <= _month(last)
            held, missed = held + inside, missed + (not inside)
        elif _month(today) > _month(last):
            missed += 1
        else:
            pending += 1
    return Record(held, missed, pending)
