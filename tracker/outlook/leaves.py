"""One condition, any number of coders: the CDF of the month in which it is met, or why none can be named.

How a measure moves on is told here, by the measure's slug. A measure that is not listed is not paced: it is met by doing
something once, and nothing that is logged says when.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from curriculum.conditions import Leaf
from curriculum.renewals import HUNDREDTHS
from tracker.evaluation.compare import share_of
from tracker.forecast import balance, counts, dated, grid, rates
from tracker.forecast.pace import Pace, Reason, pace_of
from tracker.measures import Data, Measurement, get_measure
from tracker.measures.audits import METHOD_UNITS
from tracker.measures.base import listed, months_before
from tracker.measures.career import POSITIONS, SPECIALTY_EXPERIENCE, rows_of
from tracker.measures.volumes import VOLUMES, VOLUMES_BY_SPECIALTY, Attainment
from tracker.renewals.hours import earned

from .exams import DAYS_A_MONTH, Exam, needed
from .histories import LENGTH, Histories, columns_of

Closing = tuple[np.ndarray, np.ndarray]  # CDF and reason, one row for each of `who`
TENTH_OF_A_YEAR = 1.2  # months: years are shown in tenths, rounded down, and so are up to so much more


@dataclass(frozen=True)
class Paces:
    """Paces that are assumed, by the month, in the place of a coder's own; None: as it is. What-if sets them.

    `records` are audited, of which `rate` (0 to 1) is correct; `attainment` is a share of the confirmed target.
    """

    charts: float | None = None
    work_type: str = ""
    hours: float | None = None
    attainment: float | None = None
    records: float | None = None
    rate: float | None = None
    specialty: str = ""


class Reader:
    """What is known of a window of coders, for asking condition after condition. `exams` are those planned, by index."""

    def __init__(
        self,
        data: Data,
        read: Callable[[Leaf], Measurement],
        histories: Histories,
        exams: dict[int, list[Exam]],
        paces: Paces,
    ):
        self.data, self.read, self.histories, self.exams, self.paces = data, read, histories, exams, paces

    def closing(self, leaf: Leaf, who: np.ndarray) -> Closing:
        """For the coders with these indices, who do not meet it now."""
        how = _WAYS.get(leaf.measure)
        if how is None or leaf.comparator != ">=":
            return _cannot(who, Reason.NOT_PACED)
        return how(self, leaf, who)


def _cannot(who: np.ndarray, reason: Reason) -> Closing:
    return grid.never(len(who)), np.full(len(who), int(reason))


def _ahead(history: np.ndarray, month: float | None) -> Pace:
    """The pace of the months to come: the coder's own, or what is assumed, as if it had been so for the past year."""
    return pace_of(history if month is None else np.full_like(history, month))


def _window(leaf: Leaf) -> int | None:
    return leaf.months


def _counted(reader: Reader, leaf: Leaf, who: np.ndarray) -> Closing:
    """What one counts up at a pace, with its minimum sample, if any."""
    columns = columns_of(leaf, reader.data.as_of)
    history = reader.histories.of(columns[0])[who]
    now = reader.read(leaf)
    wanted, assumed = listed(leaf, "work_types"), None
    if leaf.measure == "charts_coded" and (not wanted or reader.paces.work_type in wanted):
        assumed = reader.paces.charts
    pace = _ahead(history, assumed)
    value = np.nan_to_num(now.value[who])
    cdf = counts.closing(history, value, float(leaf.target), _window(leaf), pace)
    for unit, least in leaf.minimum.items():  # audits as reviewer: the charts in them
        series = reader.histories.of(next(c for c in columns if c.key.startswith(f"{unit}:")))[who]
        sample = counts.closing(series, now.samples[unit][who], least, _window(leaf), pace_of(series))
        cdf = np.minimum(cdf, sample)
    return cdf, pace.reason


def _months_logged(reader: Reader, leaf: Leaf, who: np.ndarray) -> Closing:
    history = np.ones((len(who), LENGTH))
    for column in columns_of(leaf, reader.data.as_of):
        index, month, rows = reader.histories.rows(column.source)
        logged = np.zeros((reader.data.size, LENGTH))
        some = np.asarray(rows[column.key]) > 0
        logged[index[some], month[some]] = 1
        history *= logged[who]
    paced = {"volume": reader.paces.charts, "audit": reader.paces.records}
    monthly = all(paced[kind] is not None for kind in listed(leaf, "kinds"))
    pace = _ahead(history, 1.0 if monthly else None)
    # A month is logged or it is not: it varies no more than that.
    noise = np.minimum(pace.noise, np.maximum(pace.mean * (1 - pace.mean), 0.05))
    pace = Pace(pace.mean, noise, noise / np.maximum(pace.months, 1), pace.months, pace.reason)
    value = np.nan_to_num(reader.read(leaf).value[who])
    return counts.closing(history, value, float(leaf.target), _window(leaf), pace), pace.reason


def _audit_series(reader: Reader, leaf: Leaf, who: np.ndarray) -> dict[str, np.ndarray]:
    """By month: correct, reviewed, and the units of the sample."""
    plain = replace(leaf, measure="audit_accuracy", params={"method": leaf.params["method"]})
    columns = columns_of(plain, reader.data.as_of)[:4]
    correct, reviewed, audits, records = (reader.histories.of(column)[who] for column in columns)
    own = {METHOD_UNITS[leaf.params["method"]]: reviewed}
    return {"correct": correct, "reviewed": reviewed, "records": records, "audits": audits} | own


def _audits_ahead(reader: Reader, leaf: Leaf, series: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What is assumed of a month's audits, by unit; nothing where nothing is."""
    if reader.paces.records is None:
        return {}
    units = reader.paces.records * units_a_record(leaf, series["reviewed"], series["records"])
    own = METHOD_UNITS[leaf.params["method"]]
    return {"records": reader.paces.records, "audits": 1.0, own: units, "reviewed": units}


def units_a_record(leaf: Leaf, units: np.ndarray, records: np.ndarray) -> float:
    """Units of a method in one record: by the audits so far, or else as the milestone's own minimum supposes."""
    if units.sum() > 0 and records.sum() > 0:
        return float(units.sum() / records.sum())
    own = METHOD_UNITS[leaf.params["method"]]
    if own in leaf.minimum and leaf.minimum.get("records"):
        return leaf.minimum[own] / leaf.minimum["records"]
    return 1.0


def _accuracy(reader: Reader, leaf: Leaf, who: np.ndarray) -> Closing:
    series, now = _audit_series(reader, leaf, who), reader.read(leaf)
    window, ahead = leaf.months or LENGTH, _audits_ahead(reader, leaf, series)
    enough = rates.samples(
        {unit: series[unit] for unit in leaf.minimum},
        {unit: now.samples[unit][who] for unit in leaf.minimum},
        leaf.minimum,
        window,
        ahead,
    )
    pooled = (now.correct[who].astype(float), now.reviewed[who].astype(float))
    return rates.accuracy(
        series["correct"], series["reviewed"], pooled, float(share_of(leaf)), window, enough,
        rate=reader.paces.rate, ahead=ahead.get("reviewed"),
    )  # fmt: skip


def _accuracy_sustained(reader: Reader, leaf: Leaf, who: np.ndarray) -> Closing:
    """Two years in a row, each by its own pooled rate: the earlier one is history for the next twelve months, and what is
    the present year now is the earlier one after them."""
    if leaf.target != 2:
        return _cannot(who, Reason.NOT_PACED)
    series, at = _audit_series(reader, leaf, who), float(leaf.params["at"]) / 100
    year = {unit: values[:, -12:] for unit, values in series.items()}
    pooled = (year["correct"].sum(axis=1), year["reviewed"].sum(axis=1))
    enough = rates.samples(
        {unit: series[unit] for unit in leaf.minimum},
        {unit: year[unit].sum(axis=1) for unit in leaf.minimum},
        leaf.minimum,
        12,
        ahead := _audits_ahead(reader, leaf, series),
    )
    present, reason = rates.accuracy(
        series["correct"], series["reviewed"], pooled, at, 12, enough,
        rate=reader.paces.rate, ahead=ahead.get("reviewed"),
    )  # fmt: skip
    earlier = np.zeros_like(present)
    for month in range(12):
        end = LENGTH - 12 + month + 1
        before = {unit: values[:, max(end - 12, 0) : end].sum(axis=1) for unit, values in series.items()}
        earlier[:, month] = (before["reviewed"] > 0) & (before["correct"] >= at * before["reviewed"] - 1e-9)
        for unit, least in leaf.minimum.items():
            earlier[:, month] *= before[unit] >= least
    earlier[:, 12:] = present[:, : grid.HORIZON - 12]
    return np.maximum.accumulate(present * earlier, axis=1), reason


def _specialty_share(reader: Reader, leaf: Leaf, who: np.ndarray) -> Closing:
    """Of the specialty with most charts: the one that gets there first, if any does."""
    (column,) = columns_of(leaf, reader.data.as_of)
    index, month, rows = reader.histories.rows(VOLUMES_BY_SPECIALTY)
    charts, wanted = np.asarray(rows[column.key], float), listed(leaf, "specialties")
    names = rows["specialty__slug"]
    slugs = sorted({name for name in names if name and (not wanted or name in wanted)})
    whole = np.zeros((reader.data.size, LENGTH))
    np.add.at(whole, (index, month), charts)
    if not slugs:
        return _cannot(who, Reason.NOTHING)
    part = np.zeros((len(slugs), reader.data.size, LENGTH))
    place = np.array([slugs.index(name) if name in slugs else -1 for name in names])
    np.add.at(part, (place[place >= 0], index[place >= 0], month[place >= 0]), charts[place >= 0])
    most = part.sum(axis=2).argmax(axis=0)
    part = part[most, np.arange(reader.data.size)][who]
    now, window = reader.read(leaf), leaf.months or LENGTH
    enough = rates.samples(
        dict.fromkeys(leaf.minimum, whole[who]),
        {unit: now.samples[unit][who] for unit in leaf.minimum},
        leaf.minimum,
        window,
    )
    pooled = (now.correct[who].astype(float), now.reviewed[who].astype(float))
    cdf, reason = rates.share(part, whole[who], pooled, float(share_of(leaf)), window, enough)
    return cdf, np.where(part.sum(axis=1) > 0, reason, Reason.NOTHING)


def _attainment(reader: Reader, leaf: Leaf, who: np.ndarray) -> Closing:
    charts_column, minutes_column = columns_of(leaf, reader.data.as_of)
    index, month, rows = reader.histories.rows(VOLUMES)
    charts, minutes = (np.asarray(rows[c.key], float) for c in (charts_column, minutes_column))
    rate = Attainment._rates(reader.data, index, rows["work_type_id"])
    has = ~np.isnan(rate)
    earned, worked = np.zeros((2, reader.data.size, LENGTH))
    np.add.at(earned, (index[has], month[has]), charts[has] / rate[has])
    np.add.at(worked, (index[has], month[has]), minutes[has] / 60)
    earned, worked, window = earned[who], worked[who], leaf.months or LENGTH
    present = (earned[:, -window:].sum(axis=1), worked[:, -window:].sum(axis=1))
    enough = rates.samples(
        dict.fromkeys(leaf.minimum, worked), dict.fromkeys(leaf.minimum, present[1]), leaf.minimum, window,
        {} if reader.paces.attainment is None else {"hours": reader.paces.hours},
    )  # fmt: skip
    hours, share = reader.paces.hours, reader.paces.attainment
    ahead = None if share is None else (hours * share, hours)
    return rates.share(earned, worked, present, float(share_of(leaf)), window, enough, ahead)


def _experience(reader: Reader, leaf: Leaf, who: np.ndarray) -> Closing:
    running = np.zeros(reader.data.size, bool)
    for i, row in rows_of(reader.data, POSITIONS, False):
        running[i] |= bool(row["role__codes_charts"]) and row["open"]
    missing = 12 * (float(leaf.target) - np.nan_to_num(reader.read(leaf).value[who]))
    return _by_time(running[who], missing, TENTH_OF_A_YEAR)


def _specialty_months(reader: Reader, leaf: Leaf, who: np.ndarray) -> Closing:
    """The specialty that is worked in now; of several, the one with the earlier start."""
    wanted = listed(leaf, "specialties")
    so_far = np.full(reader.data.size, -1.0)
    for i, row in rows_of(reader.data, SPECIALTY_EXPERIENCE, False):
        if row["open"] and (not wanted or row["specialty__slug"] in wanted):
            so_far[i] = max(so_far[i], (reader.data.as_of - row["starts_on"]).days / DAYS_A_MONTH)
    if reader.paces.specialty and (not wanted or reader.paces.specialty in wanted):
        so_far = np.maximum(so_far, 0.0)  # from today on
    if leaf.months:
        so_far = np.minimum(so_far, leaf.months)
    return _by_time(so_far[who] >= 0, float(leaf.target) - so_far[who], 0.1)


def _by_time(running: np.ndarray, missing: np.ndarray, slack: float) -> Closing:
    cdf = dated.clock(np.where(running, np.maximum(missing, 0.05), np.nan), slack)
    return cdf, np.where(running, Reason.CAN_SAY, Reason.NOT_RUNNING)


def _credentials(reader: Reader, leaf: Leaf, who: np.ndarray) -> Closing:
    cdf, reason = _cannot(who, Reason.NO_PLAN)
    today = reader.data.as_of
    for row, i in enumerate(who):
        exams = reader.exams.get(int(i), [])
        used = exams_for(reader, leaf, int(i))
        if used is not None:
            cdf[row] = np.multiply.reduce([exam.cdf(today) for exam in used])
            reason[row] = Reason.CAN_SAY
        elif any(exam.day < today and exam.fits(leaf) for exam in exams):
            reason[row] = Reason.OVERDUE
    return cdf, reason


def exams_for(reader: Reader, leaf: Leaf, i: int) -> list[Exam] | None:
    """The planned exams that close a condition on credentials for a coder; None where they do not."""
    exams = [exam for exam in reader.exams.get(i, []) if exam.day >= reader.data.as_of]
    return needed(leaf, exams, *held_now(leaf, reader.data, reader.read(leaf), i)) if exams else None


def held_now(leaf: Leaf, data: Data, found: Measurement, i: int) -> tuple[float, float | None]:
    """How many credentials of a coder count for a condition; and how many are held at all, where one is set aside."""
    if not leaf.params.get("beyond_first"):
        return float(np.nan_to_num(found.value[i])), None
    held, _, every = (data.column(c) for c in get_measure(leaf.measure).columns(leaf, data.as_of, False))
    return float(held[i]), float(every[i])


def _education_pace(reader: Reader, leaf: Leaf, who: np.ndarray) -> Closing:
    """Hours earned against hours due, both of which go on; of the body that is furthest behind."""
    data, today = reader.data, reader.data.as_of
    measure = get_measure(leaf.measure)
    activities, pins = measure.activities(data, False), measure.pins(data)
    behind, growth = np.full(data.size, np.inf), np.zeros(data.size)
    history = np.zeros((data.size, LENGTH))
    for i, cycle, _ in measure.cycles(data):
        rule = cycle.rule
        if not rule.counts_hours:
            continue
        own = activities[i, rule.body]
        missing = earned(cycle, own, today, pins[rule.body]) / HUNDREDTHS - rule.due(cycle.span, today)
        if missing < behind[i]:
            behind[i] = missing
            growth[i] = rule.required_hours(cycle.span.joined) / rule.period_months
            history[i] = _by_months([(a.day, a.hundredths / HUNDREDTHS) for a in own], today)
    pace, growth = pace_of(history), growth[:, None]
    running = np.isfinite(behind)
    cdf = balance.closing(
        history[who] - growth[who],
        np.where(running, behind, -1.0)[who],
        grid.HORIZON,
        (pace.mean - growth[:, 0])[who],
        pace.noise[who],
        pace.doubt[who],
    )
    return cdf, np.where(running, pace.reason, Reason.NOT_RUNNING)[who]


def _by_months(days, today) -> np.ndarray:
    ends = [months_before(today, ago) for ago in range(LENGTH + 1)]
    history = np.zeros(LENGTH)
    for day, hours in days:
        for ago in range(LENGTH):
            if ends[ago + 1] < day <= ends[ago]:
                history[LENGTH - 1 - ago] += float(hours)
    return history


_WAYS: dict[str, Callable[[Reader, Leaf, np.ndarray], Closing]] = {
    "attainment": _attainment,
    "audit_accuracy": _accuracy,
    "audit_accuracy_sustained": _accuracy_sustained,
    "audit_work": _counted,
    "ce_pace": _education_pace,
    "charts_coded": _counted,
    "claim_outcomes": _counted,
    "contributions": _counted,
    "credentials": _credentials,
    "experience_years": _experience,
    "months_logged": _months_logged,
    "practicum": _counted,
    "specialty_months": _specialty_months,
    "specialty_share": _specialty_share,
}


def monthly_leaves(leaves) -> set[Leaf]:
    """The conditions for which records are to be read by month; sustained accuracy reads what plain accuracy does."""
    wanted = set()
    for leaf in leaves:
        if leaf.measure == "audit_accuracy_sustained":
            leaf = replace(
                leaf, measure="audit_accuracy", params={"method": leaf.params["method"]}, key=f"plain {leaf.key}"
            )  # fmt: skip
        if leaf.measure in _WAYS:
            wanted.add(leaf)
    return wanted
