"""Assumptions in the place of measurements: "as if what I assume had come true". Arrays in, arrays out.

Readiness is shown as it would be once everything assumed has come true and its window is full of it; the forecast says when
that is. What is attested stays as it is: nobody attests an assumption.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from curriculum.conditions import Leaf
from tracker.forecast.grid import HORIZON
from tracker.measures import Data, Measurement, get_measure
from tracker.measures.audits import METHOD_UNITS
from tracker.measures.base import listed
from tracker.outlook.exams import Exam
from tracker.outlook.leaves import Paces, units_a_record

from .assumptions import Assumptions

DAYS_WORKED = 21.0  # in a month
WHOLE_YEAR = 12
FINE = 10_000  # an assumed rate is as fine as this


@dataclass(frozen=True)
class Overlay:
    """`exams` are the assumed credentials that are not held yet; `per_hour` the coder's confirmed target in charts an
    hour for the assumed work type, None without one."""

    assumed: Assumptions
    exams: tuple[Exam, ...]
    per_hour: float | None

    def __call__(self, leaf: Leaf, data: Data, found: Measurement) -> Measurement:
        change = _CHANGES.get(leaf.measure)
        return found if change is None else change(self, leaf, data, found)

    @property
    def charts_a_month(self) -> float | None:
        return None if self.assumed.charts is None else self.assumed.charts * DAYS_WORKED

    @property
    def hours_a_month(self) -> float | None:
        return None if self.assumed.hours is None else self.assumed.hours * DAYS_WORKED

    @property
    def attainment(self) -> float | None:
        """Share of the confirmed target; None unless charts, hours and a target are there."""
        if not (self.assumed.charts and self.assumed.hours and self.per_hour):
            return None
        return self.assumed.charts / (self.assumed.hours * self.per_hour)

    @property
    def paces(self) -> Paces:
        """The same for the months to come."""
        assumed = self.assumed
        return Paces(
            charts=self.charts_a_month,
            work_type=assumed.work_type,
            hours=self.hours_a_month,
            attainment=self.attainment,
            records=assumed.audited,
            rate=None if assumed.accuracy is None else assumed.accuracy / 100,
            specialty=assumed.specialty,
        )


def _credentials(overlay: Overlay, leaf: Leaf, data: Data, found: Measurement) -> Measurement:
    fitting = sum(exam.fits(leaf) for exam in overlay.exams)
    if not overlay.exams:
        return found
    value = np.nan_to_num(found.value)
    if leaf.params.get("beyond_first"):
        # One of all that are held is set aside as the first: without any before, the first of the assumed ones is it.
        columns = get_measure(leaf.measure).columns(leaf, data.as_of, False)
        held, _, every = (data.column(column) for column in columns)
        value = np.minimum(held + fitting, np.maximum(every + len(overlay.exams) - 1, 0))
    else:
        value = value + fitting
    return replace(found, value=np.where(value > 0, value, np.nan))


def _accuracy(overlay: Overlay, leaf: Leaf, data: Data, found: Measurement) -> Measurement:
    """A window full of the assumed audits; where only one of rate and number is assumed, the other is as it is."""
    assumed = overlay.assumed
    if assumed.accuracy is None and assumed.audited is None:
        return found
    unit, months = METHOD_UNITS[leaf.params["method"]], leaf.months or WHOLE_YEAR
    records = np.asarray(found.samples["records"], float)
    reviewed = np.asarray(found.reviewed, float)
    if assumed.audited is not None:
        records = np.full_like(records, assumed.audited * months)
        reviewed = np.round(records * units_a_record(leaf, found.reviewed, found.samples["records"]))
    rate = np.divide(
        found.correct, found.reviewed, out=np.full(len(reviewed), np.nan), where=found.reviewed > 0
    )
    if assumed.accuracy is not None:
        rate = np.full(len(reviewed), assumed.accuracy / 100)
    has = (reviewed > 0) & ~np.isnan(rate)
    # Counts are whole, and a rate that is assumed must come out as it is, neither rounded up to a target nor down from it.
    reviewed = np.where(has, reviewed, 0)
    correct = np.where(has, np.round(np.nan_to_num(rate) * reviewed * FINE), 0)
    audits = np.asarray(found.samples["audits"], float)
    if assumed.audited is not None:
        audits = np.maximum(audits, months)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(reviewed > 0, 100 * correct / (reviewed * FINE), np.nan)
    return replace(
        found,
        value=value,
        correct=correct.astype(np.int64),
        reviewed=(reviewed * FINE).astype(np.int64),
        samples={"records": records, "audits": audits} | {unit: reviewed},
    )


def _accuracy_sustained(overlay: Overlay, leaf: Leaf, data: Data, found: Measurement) -> Measurement:
    rate, audited = overlay.assumed.accuracy, overlay.assumed.audited
    if rate is None or rate < float(leaf.params["at"]):
        return found
    samples = found.samples
    if audited is not None:
        samples = {"records": np.full(data.size, audited * 12), "audits": np.full(data.size, 12.0)}
    return replace(found, value=np.full(data.size, float(leaf.target)), samples=samples)


def _months_logged(overlay: Overlay, leaf: Leaf, data: Data, found: Measurement) -> Measurement:
    logged = {"volume": overlay.assumed.charts is not None, "audit": overlay.assumed.audited is not None}
    if not all(logged[kind] for kind in listed(leaf, "kinds")):
        return found
    return replace(found, value=np.full(data.size, float(leaf.months or HORIZON)))


def _charts(overlay: Overlay, leaf: Leaf, data: Data, found: Measurement) -> Measurement:
    wanted = listed(leaf, "work_types")
    if overlay.charts_a_month is None or (wanted and overlay.assumed.work_type not in wanted):
        return found
    month = overlay.charts_a_month
    if leaf.months:
        return replace(found, value=np.full(data.size, month * leaf.months))
    return replace(found, value=np.nan_to_num(found.value) + month * WHOLE_YEAR)


def _attainment(overlay: Overlay, leaf: Leaf, data: Data, found: Measurement) -> Measurement:
    if overlay.attainment is None:
        return found
    hours = overlay.hours_a_month * (leaf.months or WHOLE_YEAR)
    return replace(
        found,
        value=np.full(data.size, 100 * overlay.attainment),
        samples={"hours": np.full(data.size, hours)},
    )


def _specialty_months(overlay: Overlay, leaf: Leaf, data: Data, found: Measurement) -> Measurement:
    wanted = listed(leaf, "specialties")
    if not overlay.assumed.specialty or (wanted and overlay.assumed.specialty not in wanted):
        return found
    return replace(found, value=np.full(data.size, float(leaf.months or leaf.target)))


def _lapsed(overlay: Overlay, leaf: Leaf, data: Data, found: Measurement) -> Measurement:
    """With a first credential there is something that could lapse, and has not."""
    if not overlay.exams:
        return found
    return replace(found, value=np.nan_to_num(found.value))


_CHANGES: Mapping = {
    "attainment": _attainment,
    "audit_accuracy": _accuracy,
    "audit_accuracy_sustained": _accuracy_sustained,
    "charts_coded": _charts,
    "credentials": _credentials,
    "credentials_lapsed": _lapsed,
    "months_logged": _months_logged,
    "specialty_months": _specialty_months,
}
